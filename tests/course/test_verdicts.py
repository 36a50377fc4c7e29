"""What `course check` says about answers that are broken in the ways people break them."""

import json
import subprocess
import sys

import pytest

from course.grading.sandbox import isolation
from course.authoring.stubs import make_exercise


@pytest.fixture
def check(tmp_path, root):
    """Run `course check` on a submission; returns (exit code, tasks by id, everything printed)."""

    def run(what: str, submission, *more: str):
        result = tmp_path / "result.json"
        command = [sys.executable, "-m", "course.cli", "check", what, "--submission", str(submission), "--json", str(result), *more]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
        tasks = {}
        if result.exists():
            data = json.loads(result.read_text())
            tasks = {task["id"]: task for lesson in data["lessons"] for task in lesson["tasks"]}
        return done.returncode, tasks, done.stdout + done.stderr

    return run


FLIPPED = ("kernel[row, column] * image", "kernel[-1 - row, -1 - column] * image")

BROKEN = [
    ("1.2", "filter_response", "return None", "failed", "came back  None; does every path through the function end with return?"),
    ("1.3", "convolve2d", "return [1, 2, 3]", "failed", "came back  a list: [1, 2, 3]; turn it into an array with np.array(…)"),
    ("1.1", "to_grayscale", "return (args[0] / 255) @ LUMINANCE.astype('float64')", "failed", "the right values as float64"),
    ("1.5", "edge_strength", "return args[0] * np.nan", "failed", "NaN at [0, 0]"),
    ("1.2", "filter_response", "return 1j", "failed", "of real numbers"),
    ("1.2", "filter_response", "return 'nine'", "failed", "a str: 'nine'"),
    ("1.3", "convolve2d", "return args[0]", "failed", "float64 array of shape (9, 7)"),
    ("1.6", "find_pattern", "return 1 / 0", "error", "your code raised ZeroDivisionError: division by zero"),
    ("1.2", "filter_response", "import os; os._exit(0)", "error", "the Python process that ran it ended"),
    ("1.1", "to_grayscale", "return np.zeros((20000, 20000))", "error", "too large to grade"),
    ("1.2", "filter_response", "raise ValueError('\\x1b[31mred\\x07')", "error", "\ufffd[31mred\ufffd"),
]


@pytest.mark.parametrize("task, function, body, status, words", BROKEN)
def test_a_broken_answer_is_told_in_clear_words(check, submit, task, function, body, status, words):
    code, tasks, printed = check(task, submit(function, body))
    assert code == 1
    assert tasks[task]["status"] == status and tasks[task]["score"] == 0
    assert words in tasks[task]["message"]
    assert "Traceback" not in printed and "\x1b" not in printed


def test_a_flipped_kernel_is_told_that_it_is_flipped(check, submit):
    code, tasks, printed = check("1.3", submit(replace=FLIPPED))
    assert code == 1 and tasks["1.3"]["diagnosis"] == "convolve2d__flipped_kernel"
    message = tasks["1.3"]["message"]
    order = [message.index(part) for part in
             ("convolve2d(", "came back", "expected", "The kernel was flipped", "course hint 1.3")]
    assert order == sorted(order)


def test_other_tasks_are_graded_beside_broken_ones(submit, root):
    path = submit(replace=("rgb = image.astype(np.float32) / 255", "rgb = (image.astype(np.float32) / 255"))
    path.write_text(path.read_text() + "\n\n# %%\ndef output_size(*args, **kwargs):\n    while True: pass\n")
    script = ("import json\nfrom course import catalog\nfrom course.grading.run import grade\n"
              f"report = grade([catalog.lesson(1)], __import__('pathlib').Path({str(path)!r}), tasks={{'1.1', '1.2', '1.3', '1.4', '1.5'}})\n"
              "print(json.dumps(report.as_json()))")
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True)
    tasks = json.loads(done.stdout)["lessons"][0]["tasks"]
    assert [task["status"] for task in tasks] == ["error", "passed", "passed", "error", "passed"]
    assert "line 43: SyntaxError: '(' was never closed" in tasks[0]["message"]
    assert "it did not return within 5 s and was stopped" in tasks[3]["message"]


def test_a_missing_function_is_named_with_what_the_task_asks_for(check, submit):
    _, tasks, _ = check("1.2", submit(replace=("def filter_response(", "def filter_answer(")))
    assert tasks["1.2"]["message"] == (f"there is no function filter_response in {submit().name}; "
                                       "the task asks for def filter_response(patch, kernel)")


def test_other_parameters_are_told_with_the_expected_ones(check, submit):
    path = submit(replace=("def filter_response(patch: np.ndarray, kernel: np.ndarray)", "def filter_response(patch)"))
    _, tasks, _ = check("1.2", path)
    assert "your function is filter_response(patch)" in tasks["1.2"]["message"]
    assert "the task asks for filter_response(patch, kernel)" in tasks["1.2"]["message"]


def test_parameters_may_have_other_names(check, submit):
    path = submit()
    text = path.read_text().replace("def filter_response(patch: np.ndarray, kernel: np.ndarray)", "def filter_response(window, weights)")
    path.write_text(text.replace("float(np.sum(patch * kernel))", "float(np.sum(window * weights))"))
    code, tasks, _ = check("1.2", path)
    assert code == 0 and tasks["1.2"]["score"] == 2


def test_a_task_that_needs_another_one_says_which(check, submit, lesson_1, tmp_path):
    text = make_exercise(lesson_1)
    solved = lesson_1.solution.read_text()
    start, end = solved.index("# %% Task 1.5"), solved.index("# %% Task 1.6")
    text = text[: text.index("# %% Task 1.5")] + solved[start:end] + text[text.index("# %% Task 1.6") :]
    path = tmp_path / lesson_1.solution.name
    path.write_text(text)
    _, tasks, _ = check("1.5", path)
    assert tasks["1.5"]["status"] == "failed"
    assert "it calls a function of task 1.3, which is not done yet" in tasks["1.5"]["message"]


def test_much_output_does_not_change_the_mark_but_is_mentioned(check, submit):
    body = "print('x' * 10**7)\nreturn float(np.sum(args[0] * args[1]))"
    code, tasks, _ = check("1.2", submit("filter_response", body))
    assert code == 0 and "printed 10,000,001 characters" in tasks["1.2"]["message"]


@pytest.mark.parametrize("content, words", [
    (b"\xff\xfe\x00", "line 1: not UTF-8 text"), (b"x = 1\n\0", "line 2: a NUL byte"), (b"# " + b"x" * 2**20, "at most 1 MB is graded"),
])
def test_a_file_that_is_no_python_text_is_told_in_one_line(check, lesson_1, tmp_path, content, words):
    path = tmp_path / lesson_1.solution.name
    path.write_bytes(content)
    code, tasks, printed = check("1.2", path)
    assert code == 1 and words in printed and tasks["1.2"]["score"] == 0


def test_a_link_is_not_followed(check, lesson_1, tmp_path):
    (tmp_path / lesson_1.solution.name).symlink_to(lesson_1.solution)
    code, _, printed = check("1.2", tmp_path)
    assert code == 1 and "is a link; only a regular file is graded" in printed


def test_a_single_file_of_another_lesson_is_said_to_be_that(check, submit):
    path = submit()
    other = path.rename(path.with_name("lesson_09_something_else.py"))
    code, tasks, printed = check("1.2", other)
    assert code == 1 and tasks["1.2"]["score"] == 0
    assert "lesson 1 is missing from the submission: lesson_09_something_else.py belongs to another lesson" in printed


def test_a_missing_lesson_counts_zero_and_is_said_to_be_missing(check, tmp_path):
    code, tasks, printed = check("1", tmp_path)
    assert code == 1 and "lesson 1 is missing from the submission" in printed
    assert {task["status"] for task in tasks.values()} == {"not_attempted"} and len(tasks) == 8


def test_the_untouched_exercise_is_not_attempted_and_answered_at_once(check, lesson_1, tmp_path):
    path = tmp_path / "lesson_01_pixels_and_filters.py"
    path.write_text(make_exercise(lesson_1))
    code, tasks, printed = check("1", path)
    assert code == 1
    assert {(task["status"], task["score"]) for task in tasks.values()} == {("not_attempted", 0)}
    assert printed.count("not attempted") == 8


@pytest.mark.parametrize("arguments, words", [
    (["check", "9"], "there is no lesson '9'"),
    (["check", "1.77"], "lesson 1 has no task 1.77"),
    (["check", "1", "--submission", "nowhere"], "there is no submission at nowhere"),
    (["hint", "three"], "'three' is not a task"),
    (["check", "1.1", "--submission", "solutions", "--json", "no/such/folder/x.json"], "could not be written"),
])
def test_what_cannot_be_graded_is_exit_2_and_one_line(root, arguments, words):
    done = subprocess.run([sys.executable, "-m", "course.cli", *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 2
    assert words in done.stderr and done.stderr.count("\n") == 1


def test_the_json_follows_the_schema(check, submit, tmp_path):
    check("1.3", submit(replace=FLIPPED))
    data = json.loads((tmp_path / "result.json").read_text())
    assert list(data) == ["schema", "submission", "isolation", "score", "max_score", "lessons"]
    assert (data["schema"], data["isolation"], data["score"], data["max_score"]) == (1, isolation().kind, 0, 4)
    (lesson,) = data["lessons"]
    assert list(lesson) == ["name", "score", "max_score", "tasks"]
    (task,) = lesson["tasks"]
    assert list(task) == ["id", "name", "status", "score", "max_score", "message", "diagnosis", "seconds"]
    assert (task["id"], task["name"]) == ("1.3", "convolve2d")
