"""The three laws of every lesson, proved by running them."""

import subprocess
import sys

import pytest

from course import catalog


@pytest.mark.parametrize("lesson", catalog.lessons()[::-1], ids=lambda lesson: lesson.name)  # the longest ones first
def test_stubs_fail_solutions_pass_and_wrong_answers_are_refused_by_name(lesson):
    done = subprocess.run([sys.executable, "-m", "course.cli", "author", "verify", str(lesson.number)], cwd=lesson.root,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda lesson: lesson.name)
def test_grading_never_imports_tensorflow_keras_or_an_answer_into_the_deciding_process(lesson):
    script = ("import sys\nfrom course import catalog\nfrom course.grading.run import grade\n"
              f"lesson = catalog.lesson({lesson.number})\n"
              "tasks = {lesson.tasks[2].id, lesson.tasks[6].id}\n"
              "assert grade([lesson], lesson.solution, tasks=tasks).all_passed\n"
              f"bad = [name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras', 'solutions', '{lesson.name}')]\n"
              "sys.exit(f'imported: {bad[:5]}' if bad else 0)")
    done = subprocess.run([sys.executable, "-c", script], cwd=lesson.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plain_pytest_grades_a_submission_with_the_same_messages(submit, lesson_1):
    path = submit(replace=("kernel[row, column] * image", "kernel[-1 - row, -1 - column] * image"))
    done = subprocess.run([sys.executable, "-m", "pytest", str(lesson_1.grading_tests), "--submission", str(path), "-k", "definition",
                           "-p", "no:cacheprovider"], cwd=lesson_1.root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "The kernel was flipped." in done.stdout and "def test_" not in done.stdout


def test_points_that_do_not_add_up_stop_the_grading(course_copy, lesson_1):
    """The manifest: a grading test that was lost must not make a task easier."""
    tests = course_copy / lesson_1.grading_tests.relative_to(lesson_1.root)
    tests.write_text(tests.read_text().replace("def test_one_stop_with_windows", "def lost_one_stop_with_windows"))
    done = subprocess.run([sys.executable, "-m", "course.cli", "check", "1.2", "--submission", "solutions"], cwd=course_copy,
                          capture_output=True, text=True)
    assert done.returncode == 2
    assert "task 1.2 is worth 2 points in the solution, its tests give 1" in done.stderr


def test_a_grading_test_that_skips_counts_as_failed(course_copy, lesson_1):
    tests = course_copy / lesson_1.grading_tests.relative_to(lesson_1.root)
    tests.write_text(tests.read_text().replace("    patch, kernel = rng", "    import pytest; pytest.skip('no')\n    patch, kernel = rng", 1))
    done = subprocess.run([sys.executable, "-m", "course.cli", "check", "1.2", "--submission", "solutions"], cwd=course_copy,
                          capture_output=True, text=True)
    assert done.returncode == 1 and "1 of 2 points" in done.stdout
