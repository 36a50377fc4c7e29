"""A cohort is graded right, once, whatever happens to the run."""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from course import catalog
from course.grading import cohort, sandbox, slots, unit
from course.grading.cohort import CohortRun, replay
from course.grading.cohort_display import Display, duration
from course.grading.gradebook import Gradebook, verdict_bytes
from course.grading.submission import CannotGrade

RIGHT = "def double(x):\n    return x + x\ndef total(values):\n    return float(sum(values))\n"
HALF = "def double(x):\n    return x + x\ndef total(values):\n    return 0.0\n"
SQUARED = "def double(x):\n    return x * x\ndef total(values):\n    return float(sum(values))\n"
STUB = ("def double(x):\n    raise NotImplementedError('Task 1.1: double')\n"
        "def total(values):\n    raise NotImplementedError('Task 1.2: total')\n")
ENDS = "import os\ndef double(x):\n    os._exit(0)\ndef total(values):\n    return float(sum(values))\n"
FILE = "lesson_01_tiny.py"


class Silent:
    """A watcher that only remembers who was graded."""

    def __init__(self):
        self.names, self.waited = [], 0

    def begin(self, total): self.total = total
    def unchanged(self, admitted): pass
    def graded(self, attempt): self.names.append(attempt.student)
    def tick(self): self.waited += 1


@pytest.fixture(autouse=True)
def no_slot_is_left():
    yield
    slots.stop_slots()


@pytest.fixture
def inbox(tiny_course):
    folder = tiny_course / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def grade(tiny_course, inbox):
    """Grade the inbox into `marks`; returns (summary, attempts by student)."""

    def run(**options):
        options = {"out": tiny_course / "marks", "seed": 7, **options}
        summary = CohortRun([catalog.read_lesson(tiny_course / "solutions" / FILE)], inbox, **options).grade(run.watcher)
        with Gradebook.open(options["out"]) as book:
            return summary, {attempt.student: attempt for attempt in book.latest()}

    run.watcher = Silent()
    return run


def hand_in(inbox: Path, **texts: str) -> None:
    for student, text in texts.items():
        (inbox / student).mkdir(exist_ok=True)
        (inbox / student / FILE).write_text(text, encoding="utf-8")


def statuses(attempt) -> list[str]:
    return [task["status"] for lesson in attempt.result["lessons"] for task in lesson["tasks"]]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def hide(tiny_course: Path, text: str) -> Path:
    """The instructor's own tests."""
    folder = tiny_course / "my tests"
    folder.mkdir(exist_ok=True)
    imports = "import os\nimport pytest\nfrom course.grading.checks import assert_equal, task\n"
    (folder / "test_mine.py").write_text(imports + text)
    return folder


# Marks

def test_everybody_gets_the_marks_that_their_answers_earn(grade, inbox):
    hand_in(inbox, right=RIGHT, half=HALF, squared=SQUARED, stub=STUB, ends=ENDS, nonsense="def (:\n")
    (inbox / "empty").mkdir()
    (inbox / "broken.zip").write_bytes(b"PK nothing")
    with zipfile.ZipFile(inbox / "packed.zip", "w") as archive:
        archive.writestr(f"homework/{FILE}", RIGHT)
    summary, marks = grade()
    assert {name: attempt.score for name, attempt in marks.items()} == {
        "right": 3, "half": 2, "squared": 1, "stub": 0, "ends": 1, "nonsense": 0, "empty": 0, "broken": 0, "packed": 3}
    assert statuses(marks["ends"]) == ["error", "passed"] and statuses(marks["stub"]) == ["not_attempted"] * 2
    assert marks["squared"].result["lessons"][0]["tasks"][0]["diagnosis"] == "double__squared"
    assert "lesson 1 is missing" in marks["empty"].result["lessons"][0]["tasks"][0]["message"]
    assert "cannot be read as a .zip" in marks["broken"].result["lessons"][0]["tasks"][0]["message"]
    assert summary.graded == 9 and summary.not_graded == [] and [name for name, _ in summary.refused] == ["broken"]


def test_the_result_is_the_object_that_check_writes(grade, inbox, tiny_course):
    hand_in(inbox, ana=HALF)
    _, marks = grade()
    subprocess.run([sys.executable, "-m", "course.cli", "check", "1", "--submission", str(inbox / "ana"), "--json", "one.json"],
                   cwd=tiny_course, capture_output=True, timeout=120)
    alone = json.loads((tiny_course / "one.json").read_text())
    ours = marks["ana"].result
    assert ours["schema"] == 1 and ours.keys() == alone.keys()
    assert ours["submission"] == "ana" and (ours["score"], ours["max_score"]) == (alone["score"], alone["max_score"]) == (2, 3)
    for mine, other in zip(ours["lessons"][0]["tasks"], alone["lessons"][0]["tasks"], strict=True):
        assert mine.keys() == other.keys() and mine["status"] == other["status"]


def test_nothing_of_one_submission_is_left_for_the_next(grade, inbox):
    """In one slot, in this order: a right one, one that stops everything it can, one without a file, and a right one."""
    hostile = ("import os, signal, subprocess, sys\n"
               "for number in os.listdir('/proc'):\n"
               "    if number.isdigit() and int(number) not in (1, os.getpid()):\n"
               "        try: os.kill(int(number), signal.SIGKILL)\n"
               "        except OSError: pass\n"
               "open('/tmp/note', 'w').write('psst')\n" + RIGHT)
    looks = "import os\nseen = 'note' in os.listdir('/tmp')\n" + RIGHT.replace("x + x", "0 if seen else x + x")
    if sandbox.isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {sandbox.isolation().reason}")
    hand_in(inbox, a=RIGHT, b=hostile, d=looks, e=RIGHT)
    (inbox / "c").mkdir()
    _, marks = grade()
    assert [marks[name].score for name in "acde"] == [3, 0, 3, 3]
    assert statuses(marks["c"]) == ["not_attempted"] * 2


def test_a_skipped_test_gives_no_points(grade, inbox, tiny_course):
    edit(tiny_course / "tests/lessons/test_lesson_01_tiny.py", "    assert_equal(submission.double(4), 8)",
         "    if submission.double(4) == 9:\n        pytest.skip('for no reason')\n    assert_equal(submission.double(4), 8)")
    hand_in(inbox, ana=RIGHT.replace("return x + x", "return 9 if x == 4 else x + x"), ben=RIGHT)
    _, marks = grade()
    assert (marks["ana"].score, marks["ben"].score) == (2, 3)
    assert statuses(marks["ana"]) == ["error", "passed"]


def test_inputs_are_drawn_anew_for_every_submission(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT.replace("x + x", "8 if x == 4 else -1.0"), ben=RIGHT.replace("x + x", "8 if x == 4 else -1.0"))
    _, marks = grade()
    messages = [marks[name].result["lessons"][0]["tasks"][0]["message"] for name in ("ana", "ben")]
    assert all("double(0." in message for message in messages) and messages[0] != messages[1]
    _, elsewhere = grade(out=tiny_course / "other marks", seed=None)
    assert len({marks["ana"].seed, marks["ben"].seed, elsewhere["ana"].seed, elsewhere["ben"].seed}) == 4
    hand_in(inbox, ana=RIGHT)
    assert grade()[1]["ana"].seed != marks["ana"].seed, "a changed submission meets other inputs"


# Once, and only once

def test_what_is_unchanged_is_not_graded_again(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT, ben=HALF)
    grade()
    grade.watcher.names.clear()
    hand_in(inbox, cleo=RIGHT)
    summary, marks = grade()
    assert grade.watcher.names == ["cleo"] and summary.unchanged == 2 and len(marks) == 3
    hand_in(inbox, ben=RIGHT)
    summary, marks = grade()
    assert grade.watcher.names == ["cleo", "ben"] and marks["ben"].score == 3
    hand_in(inbox, ben=HALF)  # as at first
    summary, marks = grade()
    assert summary.graded == 0 and marks["ben"].score == 2
    with Gradebook.open(tiny_course / "marks") as book:
        assert [attempt.score for attempt in book.history("ben")] == [2, 3]


@pytest.mark.parametrize("file", [
    "tests/lessons/test_lesson_01_tiny.py", "solutions/lesson_01_tiny.py", "tests/wrong_answers/lesson_01_tiny.py"])
def test_when_the_tests_change_everybody_is_graded_again(grade, inbox, tiny_course, file):
    hand_in(inbox, ana=RIGHT)
    grade()
    (tiny_course / file).write_text((tiny_course / file).read_text() + "\n# mended\n")
    assert grade()[0].graded == 1


def test_other_packages_or_another_grader_count_as_a_change(grade, inbox, monkeypatch):
    hand_in(inbox, ana=RIGHT)
    grade()
    monkeypatch.setattr(unit, "environment_hash", lambda: "another")
    with pytest.raises(CannotGrade, match="install the same versions"):  # this slot has the packages that it has
        grade()


def test_a_verdict_without_a_sandbox_does_not_do_where_one_is_required(grade, inbox, tiny_course):
    if sandbox.isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {sandbox.isolation().reason}")
    hand_in(inbox, ana=RIGHT)
    grade()
    book = sqlite3.connect(tiny_course / "marks/gradebook.sqlite", isolation_level=None)
    book.execute("UPDATE attempts SET isolation = 'process'")
    book.close()
    assert grade()[0].graded == 0
    assert grade(require_sandbox=True)[0].graded == 1


def test_without_a_sandbox_a_run_that_requires_one_does_not_begin(grade, inbox, monkeypatch, tiny_course):
    hand_in(inbox, ana=RIGHT)
    monkeypatch.setattr(sandbox, "isolation", lambda: sandbox.Isolation("process", "bubblewrap is not installed"))
    with pytest.raises(CannotGrade, match="no sandbox on this machine: bubblewrap is not installed"):
        grade(require_sandbox=True)
    assert not (tiny_course / "marks").exists()


# What goes wrong

CRASHES = """
@task("1.1", points=1)
def test_that_crashes(submission):
    if submission.double(1000) == -1:
        {crash}
"""


@pytest.mark.parametrize(("crash", "said"), [
    ("os._exit(3)", "exit code 3"), ("os.kill(os.getpid(), 9)", "signal 9"), ("pytest.exit('enough')", "Exit: enough")])
def test_a_crash_of_the_grader_costs_one_submission_and_is_tried_again(grade, inbox, tiny_course, crash, said):
    hidden = hide(tiny_course, CRASHES.format(crash=crash))
    hand_in(inbox, ana=RIGHT, ben=RIGHT.replace("x + x", "-1 if x == 1000 else x + x"), cleo=RIGHT)
    summary, marks = grade(hidden=hidden)
    assert [marks[name].score for name in ("ana", "ben", "cleo")] == [3, 0, 3]
    assert not marks["ben"].graded and "the grader itself" in marks["ben"].problem and said in marks["ben"].problem
    assert "\n" not in marks["ben"].problem and summary.not_graded == [("ben", marks["ben"].problem)]
    grade.watcher.names.clear()
    hide(tiny_course, CRASHES.format(crash="pass"))
    edit(inbox / "ben" / FILE, "-1 if x == 1000 else ", "")
    grade(hidden=hidden)
    assert "ben" in grade.watcher.names


def test_a_failure_inside_the_grader_is_not_the_learners(grade, inbox, tiny_course):
    """The solution's process ends during a test: no verdict, rather than a wrong one."""
    edit(tiny_course / "solutions" / FILE, "    return float(sum(values))", "    import os\n    os._exit(1)")
    hand_in(inbox, ana=RIGHT)
    summary, marks = grade()
    assert not marks["ana"].graded and "the solution gave no answer" in marks["ana"].problem
    assert grade()[0].not_graded, "it is tried again at the next run"


def test_a_submission_that_takes_for_ever_is_given_up_by_the_parent(grade, inbox, tiny_course, monkeypatch):
    monkeypatch.setattr(slots, "SPARE_SECONDS", 2.0)
    monkeypatch.setattr(slots, "LESSON_SECONDS", 0.0)
    hidden = hide(tiny_course, CRASHES.format(crash="import time; time.sleep(1000)"))
    hand_in(inbox, ben=RIGHT.replace("x + x", "-1 if x == 1000 else x + x"))
    _, marks = grade(hidden=hidden)
    assert "did not finish within 2 s" in marks["ben"].problem


@pytest.mark.parametrize(("file", "old", "new", "said"), [
    ("tests/lessons/test_lesson_01_tiny.py", "import pytest", "import pytest_that_is_not_there", "a grading test cannot be read"),
    ("tests/lessons/test_lesson_01_tiny.py", '@task("1.2", points=1)', '@task("1.2", points=5)', "task 1.2 is worth 1 points"),
])
def test_broken_grading_tests_stop_the_run_in_one_line(grade, inbox, tiny_course, file, old, new, said):
    edit(tiny_course / file, old, new)
    hand_in(inbox, ana=RIGHT, ben=RIGHT)
    with pytest.raises(CannotGrade, match=said):
        grade()
    with Gradebook.open(tiny_course / "marks") as book:
        assert list(book.latest()) == []


def test_a_gradebook_between_the_submissions_would_be_a_student(grade, inbox):
    hand_in(inbox, ana=RIGHT)
    with pytest.raises(CannotGrade, match="lies among the submissions"):
        grade(out=inbox / "marks")
    assert not (inbox / "marks").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_the_gradebook_with_its_secret_is_readable_by_its_owner_alone(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT)
    grade()
    assert (tiny_course / "marks/gradebook.sqlite").stat().st_mode & 0o077 == 0


def test_two_runs_at_once_do_not_share_a_gradebook(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT)
    grade()
    with cohort._alone(tiny_course / "marks"), pytest.raises(CannotGrade, match="another course grade is writing"):
        grade()
    grade()


# The instructor's own tests

HIDDEN = """
@task("1.1", points=4)
def test_secret_number(submission):
    assert_equal(submission.double(123456), 246912)

@task("1.90", points=2, functions=("triple",))
def test_triple(submission):
    assert_equal(submission.triple(5), 15)
"""


def test_hidden_tests_are_kept_apart_from_the_result(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT, ben=RIGHT + "def triple(x):\n    print('x is', x)\n    return 16\n",
            cleo=RIGHT + "def triple(x):\n    return 3 * x\n", dora=RIGHT.replace("x + x", "x + x if x < 100 else 0"))
    (inbox / "emil").mkdir()
    without = {name: verdict_bytes(attempt.result, None) for name, attempt in grade(out=tiny_course / "without")[1].items()}
    _, marks = grade(hidden=hide(tiny_course, HIDDEN))
    assert {name: verdict_bytes(attempt.result, None) for name, attempt in marks.items()} == without
    points = {name: attempt.hidden["score"] for name, attempt in marks.items()}
    assert points == {"ana": 4, "ben": 4, "cleo": 6, "dora": 0, "emil": 0}
    assert all(attempt.hidden["max_score"] == 6 for attempt in marks.values())
    assert [test["status"] for test in marks["emil"].hidden["tests"]] == ["not_attempted"] * 2
    message = marks["ben"].hidden["tests"][1]["message"]
    assert "triple(5)" in message and "course hint" not in message
    with Gradebook.open(tiny_course / "marks") as book:
        assert [(test.name, test.task, test.max_score) for test in book.cohort.hidden] == [
            ("test_secret_number", "1.1", 4), ("test_triple", "1.90", 2)]
        assert book.cohort.max_score == 3 and book.cohort.hidden_max_score == 6


@pytest.mark.parametrize(("text", "said"), [
    ("def test_without_a_task(submission):\n    pass\n", "test_without_a_task in test_mine.py has no @task"),
    ('@task("1.9", points=1)\ndef test_a(submission):\n    pass\n', "has no task 1.9"),
    ('@task("2.1", points=1, functions=("f",))\ndef test_a(submission):\n    pass\n', "there is no lesson '2'"),
    ('@task("1.1", points=1, functions=("f",))\ndef test_a(submission):\n    pass\n', "cannot be a task of your own"),
    ("import nothing_of_that_name\n", "a grading test cannot be read"),
])
def test_hidden_tests_with_mistakes_are_said_in_one_line(grade, inbox, tiny_course, text, said):
    hand_in(inbox, ana=RIGHT)
    with pytest.raises(CannotGrade, match=said):
        grade(hidden=hide(tiny_course, text))


def test_a_folder_without_hidden_tests_is_said(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT)
    with pytest.raises(CannotGrade, match="no tests in"):
        grade(hidden=tiny_course / "lessons")


# Again

def test_a_replay_gives_the_same_verdict_byte_for_byte(grade, inbox, tiny_course):
    hand_in(inbox, ana=RIGHT.replace("x + x", "0.5"), ben=RIGHT)
    grade(hidden=hide(tiny_course, HIDDEN))
    shutil.rmtree(inbox)
    again = replay(tiny_course / "marks", "ana")
    assert again.same and again.changed == () and again.differences() == []
    ours, then = again.again.result, again.attempt.result
    assert "double(4)" in then["lessons"][0]["tasks"][0]["message"]
    assert verdict_bytes(ours, again.again.hidden) == verdict_bytes(then, again.attempt.hidden)


def test_shared_random_numbers_of_an_answer_are_repeated_too(grade, inbox, tiny_course):
    hand_in(inbox, ana="import random\nimport numpy as np\ndef double(x):\n    return float(np.random.random())\n"
                       "def total(values):\n    return random.random()\n", ben=RIGHT)
    _, marks = grade()
    assert "came back" in marks["ana"].result["lessons"][0]["tasks"][0]["message"]
    assert replay(tiny_course / "marks", "ana").same


TRAINS = """import numpy as np
import keras
def double(x):
    layers = keras.layers
    model = keras.Sequential([keras.Input((3,)), layers.Dense(8, activation="relu"), layers.Dropout(0.3), layers.Dense(1)])
    model.compile("adam", "mse")
    inputs = np.random.random((64, 3)).astype("float32")
    model.fit(inputs, inputs.sum(axis=1), epochs=1, batch_size=16, verbose=0)
    return float(model(inputs[:1])[0, 0])
def total(values):
    return float(sum(values))
"""


def test_training_is_repeated_byte_for_byte_by_another_slot(grade, inbox, tiny_course):
    """The second submission of a slot that has Keras imported, and the first one of a fresh slot."""
    edit(tiny_course / "tests/lessons/test_lesson_01_tiny.py", '@task("1.1", points=1)',
         '@task("1.1", points=1, keras=True, seconds=120)')
    hand_in(inbox, ana=RIGHT, ben=TRAINS, cleo=RIGHT)
    _, marks = grade()
    assert [marks[name].score for name in ("ana", "ben", "cleo")] == [3, 1, 3]
    message = marks["ben"].result["lessons"][0]["tasks"][0]["message"]
    assert re.search(r"came back .*\d\.\d{3}", message), message
    slots.stop_slots()
    again = replay(tiny_course / "marks", "ben")
    assert again.same, again.differences()


def test_a_replay_says_what_differs_and_what_has_changed(grade, inbox, tiny_course):
    restless = "import os\n" + RIGHT.replace("x + x", "int.from_bytes(os.urandom(4))")
    hand_in(inbox, ana=restless, ben=HALF)
    grade()
    again = replay(tiny_course / "marks", "ana")
    assert not again.same and [line.split(" was")[0] for line in again.differences()] == ["task 1.1: message"]
    edit(tiny_course / "tests/lessons/test_lesson_01_tiny.py", "assert_close(submission.total(values), reference.total(values))",
         "assert submission.total(values) == 0")
    again = replay(tiny_course / "marks", "ben")
    assert again.changed == ("the grading tests, the solution or the known mistakes",)
    assert "task 1.2: status was 'failed', is 'passed'" in again.differences()
    with pytest.raises(CannotGrade, match="there is no nobody"):
        replay(tiny_course / "marks", "nobody")


# Killed, stopped, watched

def command(tiny_course: Path, out: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "course.cli", "grade", "inbox", "--out", out, "--jobs", "2", "--seed", "5", *more]


def left_behind(mark: Path) -> list[str]:
    """Command lines of processes that work in this test's folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(path / "cwd").startswith(str(mark)) and "slot_process" in (path / "cmdline").read_text():
                found.append((path / "cmdline").read_text())
        except OSError:
            pass
    return found


def wait_until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)


def whole_content(folder: Path) -> list[tuple]:
    """Everything in a gradebook except times and row numbers."""
    with Gradebook.open(folder) as book:
        connection = book.connection
        rows = [(a.student, a.shown_as, a.submission_hash, a.tests_hash, a.environment_hash, a.seed, a.isolation, a.problem,
                 a.refused, a.ignored, verdict_bytes(a.result, a.hidden)) for a in book.latest()]
        rows += connection.execute("SELECT student, submission_hash, outcome FROM attempts ORDER BY 1, 2, 3").fetchall()
        rows += connection.execute("SELECT hash, content FROM submissions ORDER BY 1").fetchall()
        rows += connection.execute("SELECT name, value FROM facts ORDER BY 1").fetchall()
        return rows + connection.execute("SELECT * FROM cohorts").fetchall()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_instant_and_started_again_it_ends_with_the_same_gradebook(tiny_course, inbox):
    texts = [RIGHT, HALF, SQUARED, STUB, ENDS, RIGHT] * 2
    hand_in(inbox, **{f"s{number}": text + f"# {number}\n" for number, text in enumerate(texts)})
    (inbox / "broken.zip").write_bytes(b"PK nothing")
    begun = time.monotonic()
    done = subprocess.run(command(tiny_course, "undisturbed"), cwd=tiny_course, capture_output=True, text=True, timeout=120)
    whole = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    expected = whole_content(tiny_course / "undisturbed")

    dice, kills, rounds = random.Random(3), 0, 0
    while kills < 20:
        rounds += 1
        out = f"killed {rounds}"
        while kills < 20:
            process = subprocess.Popen(command(tiny_course, out), cwd=tiny_course, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE)
            try:
                process.wait(dice.uniform(0.1, 1.0) * whole)
                assert process.returncode == 0, process.stderr.read().decode()
                break
            except subprocess.TimeoutExpired:
                process.kill()  # SIGKILL
                process.wait()
                kills += 1
            finally:
                process.stderr.close()
        done = subprocess.run(command(tiny_course, out), cwd=tiny_course, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert whole_content(tiny_course / out) == expected
    wait_until(lambda: not left_behind(tiny_course))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_stops_in_one_line_and_loses_nothing(tiny_course, inbox):
    slow = RIGHT.replace("return x + x", "import time; time.sleep(1); return x + x")
    hand_in(inbox, a=RIGHT, b=slow, c=slow, d=slow)
    process = subprocess.Popen(command(tiny_course, "marks"), cwd=tiny_course, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    while not (line := process.stdout.readline()).startswith("1/4"):
        assert line, process.stderr.read()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == "stopped; what is graded is kept, and the same command goes on from there\n"
    wait_until(lambda: not left_behind(tiny_course))
    with Gradebook.open(tiny_course / "marks") as book:
        kept = [attempt.student for attempt in book.latest()]
    assert "a" in kept
    done = subprocess.run(command(tiny_course, "marks"), cwd=tiny_course, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and f"{len(kept)} unchanged since they were graded" in done.stdout


@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_ending_does_not_wait_for_what_no_slot_has_begun(monkeypatch, waiting):
    """Ctrl-C may come at the moment between handing a request over and a slot's taking it."""
    begun, stopped = threading.Event(), threading.Event()

    def grade_bytes(request):
        begun.set()
        assert stopped.wait(20)
        return b"ended"

    monkeypatch.setattr(cohort.slots, "grade_bytes", grade_bytes)
    monkeypatch.setattr(cohort.slots, "stop_slots", stopped.set)
    workers = cohort.LocalWorkers(1)
    for number in range(1 + waiting):
        workers.submit(number, b"request")
    assert begun.wait(20)
    closing = threading.Thread(target=workers.close, daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()


def test_the_command_says_what_it_did(tiny_course, inbox):
    hand_in(inbox, **{"ana": RIGHT, "=ben": HALF})
    (inbox / "ca\x1b[31mrl.zip").write_bytes(b"PK nothing")
    (inbox / "notes.txt").write_text("remember")

    def run(*arguments):
        return subprocess.run([sys.executable, "-m", "course.cli", "grade", *arguments], cwd=tiny_course, capture_output=True,
                              text=True, timeout=120)

    done = run("inbox", "--out", "marks", "--jobs", "1")
    assert done.returncode == 0 and "\x1b" not in done.stdout and done.stderr == ""
    assert "3 submissions\n1/3  =ben: 2/3  (about " in done.stdout
    assert "3 graded now\npoints of 3: median 2, from 0 to 3\n" in done.stdout
    assert "Refused at admission (1)\n  ca\ufffd[31mrl: nothing of it is graded: cannot be read as a .zip archive" in done.stdout
    assert "Not a submission (1)\n  notes.txt: neither a folder nor an archive" in done.stdout
    assert "ca\ufffd[31mrl: refused: nothing of it" in (tiny_course / "marks/admission.txt").read_text()
    assert "0 graded now, 3 unchanged" in run("inbox", "--out", "marks").stdout
    again = run("--out", "marks", "--replay", "=ben")
    assert again.returncode == 0 and "The same verdict again, byte for byte" in again.stdout
    for arguments, said in ((["--out", "marks"], "give the folder with the submissions"),
                            (["inbox/ana", "--out", "x"], "is itself a submission"),
                            (["inbox", "--out", "marks", "--seed", "3"], "begun with another seed"),
                            (["--out", "x", "--replay", "a"], "no gradebook in x"),
                            (["inbox", "--out", "marks", "--lesson", "9"], "there is no lesson '9'")):
        refused = run(*arguments)
        assert refused.returncode == 2 and said in refused.stderr and refused.stderr.count("\n") == 1


def test_the_bar_fits_into_a_small_terminal(tmp_path, grade, inbox):
    hand_in(inbox, ana=RIGHT, ben=HALF)
    for width in (40, 80):
        with open(tmp_path / "screen", "w") as screen, Display(Console(file=screen, force_terminal=True, width=width)) as display:
            grade.watcher = display
            grade(out=tmp_path / f"marks {width}")
        shown = (tmp_path / "screen").read_text()
        plain = [part for line in Console(width=500).render_str(shown).plain.split("\n") for part in line.split("\r")]
        lines = [_without_codes(part) for part in plain]
        assert any("2/2" in line for line in lines) and max(map(len, lines)) <= width


def _without_codes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def test_durations_are_said_as_people_say_them():
    spoken = [duration(seconds) for seconds in (0.2, 40, 89, 100, 3600, 7800)]
    assert spoken == ["1 s", "40 s", "89 s", "2 min", "60 min", "2 h 10 min"]


# Memory

@contextmanager
def rss_of_children():
    """Megabytes of the slots and of this process, on request."""
    def measure() -> float:
        numbers = [os.getpid(), *(slot.process.pid for slot in slots._all)]
        pages = sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in numbers)
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    yield measure


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_does_not_grow_with_the_number_of_submissions(grade, inbox):
    hand_in(inbox, **{f"s{number:03}": RIGHT + f"# {number}\n" for number in range(120)})
    sizes = {}
    with rss_of_children() as measure:
        class Measuring(Silent):
            def graded(self, attempt):
                super().graded(attempt)
                if len(self.names) in (30, 120):
                    sizes[len(self.names)] = measure()

        grade.watcher = Measuring()
        grade()
    assert sizes[120] - sizes[30] < 3, f"megabytes after 30 and 120 submissions: {sizes}"
