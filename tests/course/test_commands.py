"""The learner's and the author's commands, in a copy of the course."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from course.cli import app


@pytest.fixture
def course(course_copy):
    """Run `course …` in the copy; returns the finished process."""

    def run(*arguments: str):
        return subprocess.run([sys.executable, "-m", "course.cli", *arguments], cwd=course_copy, capture_output=True, text=True,
                              timeout=120, env=os.environ | {"COLUMNS": "80"})

    run.root = course_copy
    run.exercise = course_copy / "lessons/lesson_01_pixels_and_filters/exercise.py"
    return run


def solve(course, *ids: str) -> None:
    """Put the solution's cells for these tasks into the exercise."""
    solution = (course.root / "solutions/lesson_01_pixels_and_filters.py").read_text()
    text = course.exercise.read_text()
    for task_id in ids:
        cell = re.compile(rf"# %% Task {re.escape(task_id)} .*?(?=# %% |\Z)", re.DOTALL)
        text = text.replace(cell.search(text)[0], cell.search(solution)[0])
    course.exercise.write_text(text)


def test_the_board_shows_every_task_and_one_next_step(course):
    shown = course().stdout
    assert shown.count("1.") >= 8 and "0/24" in shown
    assert shown.count("Next:") == 1 and "course check 1.1" in shown
    assert "\x1b" not in shown


def test_progress_is_remembered_and_moves_the_next_step(course):
    solve(course, "1.1", "1.2")
    assert course("check", "1.1").returncode == 0
    assert course("check", "1.2").returncode == 0
    shown = course().stdout
    assert "4/24" in shown and "course check 1.3" in shown


def test_grading_somebody_else_does_not_change_ones_own_progress(course):
    course("check", "1.2", "--submission", "solutions")
    assert not (course.root / ".course/progress.json").exists()


def test_a_damaged_progress_file_is_put_aside_and_said(course):
    (course.root / ".course").mkdir()
    (course.root / ".course/progress.json").write_text('{"hints": {')
    shown = course()
    assert shown.returncode == 0 and "kept as progress.unreadable.json" in " ".join(shown.stdout.split())
    assert (course.root / ".course/progress.unreadable.json").read_text() == '{"hints": {'


def test_hints_come_one_at_a_time_and_stay_at_the_last(course):
    shown = [course("hint", "1.3").stdout for _ in range(4)]
    assert [text.count("Hint ") for text in shown] == [1, 2, 3, 3]
    assert "course hint 1.3" in shown[0] and "--reveal" in shown[2]


def test_hints_that_were_seen_can_be_read_again_without_a_new_one(course):
    course("hint", "1.3")
    assert course("hint", "1.3", "--again").stdout.count("Hint ") == 1
    assert course("hint", "1.3").stdout.count("Hint ") == 2


def test_progress_can_be_handed_in(course, tmp_path):
    solve(course, "1.2")
    course("check", "1.2")
    course("hint", "1.3")
    course("solution", "2", "--reveal")
    written = course("export", "progress", "--out", str(tmp_path / "mine.json"))
    handed_in = json.loads((tmp_path / "mine.json").read_text())
    assert written.returncode == 0 and "mine.json" in written.stdout
    assert (handed_in["kind"], handed_in["score"], handed_in["lessons"][0]["score"]) == ("progress", 2, 2)
    tasks = {task["id"]: task for lesson in handed_in["lessons"] for task in lesson["tasks"]}
    assert tasks["1.2"]["attempts"] == 1 and tasks["1.3"]["hints"] == 1 and tasks["2.1"]["revealed"]
    assert str(course.root) not in json.dumps(handed_in)


def test_a_format_that_does_not_exist_is_said_with_those_that_do(course):
    done = course("export", "stone")
    assert done.returncode == 2 and "progress" in done.stderr and "Traceback" not in done.stderr


def test_a_solution_opens_when_its_task_has_passed_or_when_asked_out_loud(course):
    closed = course("solution", "1").stdout
    assert "def " not in closed and "Not shown yet: 1.1" in closed
    solve(course, "1.2")
    course("check", "1.2")
    opened = course("solution", "1").stdout
    assert "def filter_response" in opened and "def convolve2d" not in opened
    assert "def convolve2d" in course("solution", "1", "--reveal").stdout


def test_reset_gives_a_fresh_exercise_and_keeps_the_old_one(course):
    fresh = course.exercise.read_text()
    course.exercise.write_text("my work\n")
    shown = course("reset", "1").stdout
    assert course.exercise.read_text() == fresh
    (copy,) = (course.root / ".course/copies").iterdir()
    assert copy.read_text() == "my work\n" and copy.name in shown
    assert "kept" not in course("reset", "1").stdout


def test_reset_brings_back_a_lost_exercise(course):
    course.exercise.unlink()
    assert "course reset 1" in course("check", "1.1").stdout
    course("reset", "1")
    assert course.exercise.is_file()


def test_sync_finds_an_exercise_that_drifted_and_mends_it(course):
    assert course("author", "sync", "--check").returncode == 0
    course.exercise.write_text(course.exercise.read_text().replace("def to_grayscale(image", "def to_grayscale(picture"))
    found = course("author", "sync", "--check")
    assert found.returncode == 1 and "def to_grayscale(picture" in found.stdout and "course author sync" in found.stdout
    course("author", "sync")
    assert course("author", "sync", "--check").returncode == 0


def test_blank_lines_and_comments_are_no_drift(course):
    course.exercise.write_text(course.exercise.read_text() + "\n\n# a remark\n")
    assert course("author", "sync", "--check").returncode == 0


def test_debug_lets_an_answer_talk_to_the_terminal(course):
    solve(course, "1.2")
    text = course.exercise.read_text().replace("    return float(np.sum(patch * kernel))",
                                               "    print('a patch of', patch.shape)\n    return float(np.sum(patch * kernel))")
    course.exercise.write_text(text)
    assert "a patch of (3, 3)" in course("check", "1.2", "--debug").stdout


def test_run_with_own_functions_says_which_task_is_missing(course):
    done = course("run", "1", "--mine")
    assert done.returncode == 1
    assert "NotImplementedError: Task 1.1" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [
    "check", "watch", "hint", "solution", "reset", "run", "start", "list", "export", "doctor",
    "author sync", "author execute", "author build", "author verify",
])
def test_every_command_has_help_with_an_example(command):
    shown = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="course")
    assert shown.exit_code == 0 and f"course {command}" in shown.output.partition("Example")[2]


def test_doctor_names_a_version_that_differs(course):
    constraints = course.root / "constraints.txt"
    constraints.write_text(constraints.read_text().replace("rich==", "rich==0."))
    done = course("doctor")
    assert done.returncode == 1 and "tested with 0." in done.stdout


def test_outside_a_course_the_installed_one_is_used_or_said_to_be_missing(tmp_path):
    done = subprocess.run([sys.executable, "-m", "course.cli", "list"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "Pixels and filters" in done.stdout


def test_json_is_written_whole(course, tmp_path):
    result = tmp_path / "out.json"
    course("check", "1.2", "--submission", "solutions", "--json", str(result))
    assert json.loads(result.read_text())["score"] == 2 and not list(tmp_path.glob("*.part"))
