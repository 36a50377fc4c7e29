"""What is remembered survives crashes, other programs and older forms of the file."""

import json
import subprocess
import sys

import pytest

from course.learning.progress import LONGEST_GAP, Progress, time_in_words

OLD_FORM = {"hints": {"1.3": 2}, "scores": {"1.1": 2, "1.3": 1}, "passed": ["1.1"]}


def file_of(root):
    return root / ".course" / "progress.json"


def remember(root, task_id: str, status: str, score: int) -> None:
    with Progress.changing(root) as progress:
        progress.record(task_id, status, score)


def test_the_old_form_of_the_file_is_still_read(tmp_path):
    file_of(tmp_path).parent.mkdir()
    file_of(tmp_path).write_text(json.dumps(OLD_FORM))
    progress = Progress.of(tmp_path)
    assert progress.passed == {"1.1"} and progress.tasks["1.3"].hints == 2 and progress.tasks["1.3"].score == 1


def test_a_half_written_file_is_put_aside_and_the_copy_before_it_used(tmp_path):
    remember(tmp_path, "1.1", "passed", 2)
    remember(tmp_path, "1.2", "passed", 2)
    whole = file_of(tmp_path).read_text()
    file_of(tmp_path).write_text(whole[: len(whole) // 2])
    progress = Progress.of(tmp_path)
    assert progress.passed == {"1.1"}, "the copy from the check before"
    assert "kept as progress.unreadable.json" in progress.trouble
    assert file_of(tmp_path).with_suffix(".unreadable.json").read_text() == whole[: len(whole) // 2]
    assert Progress.of(tmp_path).passed == {"1.1"} and not Progress.of(tmp_path).trouble


def test_a_status_that_does_not_exist_is_no_progress(tmp_path):
    remember(tmp_path, "1.1", "passed", 2)
    file_of(tmp_path).write_text(file_of(tmp_path).read_text().replace('"passed",', '"magic",', 1))
    file_of(tmp_path).with_suffix(".previous.json").unlink(missing_ok=True)
    assert "magic" in Progress.of(tmp_path).trouble


def test_an_unfinished_write_changes_nothing(tmp_path):
    remember(tmp_path, "1.1", "passed", 2)
    (tmp_path / ".course" / "progress.77.part").write_text('{"schema"')
    assert Progress.of(tmp_path).passed == {"1.1"}


def test_programs_that_write_at_once_lose_nothing(tmp_path):
    program = ("import sys; from pathlib import Path; from course.learning.progress import Progress\n"
               "for n in range(25):\n    with Progress.changing(Path(sys.argv[1])) as p: p.task(sys.argv[2]).hints += 1; p.task('both').hints += 1\n")
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("1.1", "1.2", "1.3")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert {task_id: known.hints for task_id, known in Progress.of(tmp_path).tasks.items()} == {"1.1": 25, "1.2": 25, "1.3": 25, "both": 75}


def test_attempts_count_until_the_first_success(tmp_path):
    for status in ("not_attempted", "failed", "error", "passed", "failed", "passed"):
        remember(tmp_path, "1.1", status, 0)
    known = Progress.of(tmp_path).tasks["1.1"]
    assert known.attempts == 3 and known.passed and known.status == "passed"


def test_the_same_code_checked_twice_is_one_attempt(tmp_path):
    for key in ("a", "a", "b", "", ""):
        with Progress.changing(tmp_path) as progress:
            progress.record("1.1", "failed", 0, key=key)
    assert Progress.of(tmp_path).tasks["1.1"].attempts == 4


@pytest.mark.parametrize(("gaps", "spent"), [([], 0), ([60, 120], 180), ([8 * 3600], LONGEST_GAP), ([30, -3600, 30], 60)])
def test_time_spent_is_the_gaps_between_signs_of_life_and_long_ones_are_cut(lesson_1, tmp_path, gaps, spent):
    progress, now = Progress(file_of(tmp_path)), 1_000_000.0
    progress.sign_of_life(lesson_1, now)
    for gap in gaps:
        now += gap
        progress.sign_of_life(lesson_1, now)
    assert progress.seconds.get("1", 0) == spent


def test_beginning_anew_forgets_the_tasks_and_keeps_the_time(lesson_1, tmp_path):
    progress = Progress(file_of(tmp_path))
    progress.record("1.1", "passed", 2)
    progress.record("2.1", "passed", 2)
    progress.seconds["1"] = 90.0
    progress.forget(lesson_1)
    assert set(progress.tasks) == {"2.1"} and progress.seconds == {"1": 90.0}


@pytest.mark.parametrize(("seconds", "words"), [(0, ""), (59, ""), (60, "1 min"), (3599, "59 min"), (7500, "2 h 05 min")])
def test_time_in_words(seconds, words):
    assert time_in_words(seconds) == words
