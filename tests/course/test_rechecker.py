"""Checked again on save: what changed first, the newest save wins, and no process is left."""

import os
import queue
import signal
import threading
import time
from dataclasses import dataclass

import pytest

from course.authoring.stubs import make_exercise
from course.catalog import Lesson
from course.grading import session, warm, worker_process
from course.grading.run import Superseded, grade
from course.grading.warm import WarmWorkers
from course.learning import rechecker as module
from course.learning.progress import Progress
from course.learning.rechecker import Happening, Rechecker

LOOPS = "    while True:\n        pass\n"
PATIENCE = 60.0
"""Seconds that a test waits for something to happen."""


def let_it_loop(lesson: Lesson) -> None:
    """Give answers to task 1.2 more seconds than any test waits."""
    task = '@task("1.2", points=1)'
    text = lesson.grading_tests.read_text(encoding="utf-8")
    assert text.count(task) == 2
    lesson.grading_tests.write_text(text.replace(task, f"{task[:-1]}, seconds={2 * PATIENCE:.0f})"), encoding="utf-8")


@dataclass(frozen=True)
class Heard(Happening):
    """A happening, and how things stood at that moment."""

    status: str = ""
    """The task's."""
    file: str = ""
    """The exercise as it was read last."""


class Listening:
    """A rechecker at work, and everything it has said so far."""

    def __init__(self, pupil):
        self.pupil = pupil
        self.heard: queue.Queue = queue.Queue()
        self.rechecker = Rechecker([pupil.lesson], self.note)

    def note(self, what: Happening) -> None:
        source = self.rechecker.sources.get(self.pupil.lesson.name)
        self.heard.put(Heard(**vars(what), status=self.state(what.task_id).status if what.task_id else "",
                             file=source.text if source else ""))

    def until(self, kind: str, text: str = "", seconds: float = PATIENCE) -> list[Heard]:
        """What happens up to the next happening of this kind whose text or task is this."""
        happened = []
        while not happened or happened[-1].kind != kind or text not in (happened[-1].text or happened[-1].task_id):
            happened.append(self.heard.get(timeout=seconds))
        return happened

    @staticmethod
    def verdicts(happened: list[Heard]) -> list[tuple[str, str]]:
        return [(one.task_id, one.status) for one in happened if one.kind == "verdict"]

    def state(self, task_id: str):
        return next(one for one in self.rechecker.state(self.pupil.lesson).tasks if one.task.id == task_id)

    @property
    def problem(self) -> str:
        return self.rechecker.state(self.pupil.lesson).problem


@pytest.fixture(scope="module")
def long_lived(copy_course, new_pupil, tmp_path_factory):
    """One rechecker for many tests, as it works for many hours."""
    course = copy_course(tmp_path_factory.mktemp("loop") / "course")
    one = Listening(new_pupil(course))
    let_it_loop(one.pupil.lesson)
    with one.rechecker:
        one.rechecker.check_stale(one.pupil.lesson)
        one.until("idle")
        yield one


@pytest.fixture
def listening(long_lived):
    """The rechecker, with a fresh exercise and all verdicts in."""
    text, fresh = long_lived.pupil.text if long_lived.pupil.lesson.exercise.exists() else "", make_exercise(long_lived.pupil.lesson)
    if text != fresh:
        long_lived.pupil.save(fresh)
        while long_lived.until("saved")[-1].file != fresh:  # the last test's
            pass
        long_lived.until("idle")
    return long_lived


@pytest.fixture
def pupil(request, new_pupil):
    """Who works with the long-lived rechecker where the test has one; else somebody in a course of their own."""
    if "listening" in request.fixturenames:
        return request.getfixturevalue("listening").pupil
    return new_pupil(request.getfixturevalue("course_copy"))


def test_a_save_checks_what_has_changed_and_then_what_depends_on_it(pupil, listening):
    pupil.save(pupil.solved("1.1", "1.3", "1.5"))
    assert listening.verdicts(listening.until("idle")) == [("1.1", "passed"), ("1.3", "passed"), ("1.5", "passed")]
    pupil.save(pupil.changed("    return rgb @ LUMINANCE", "    return rgb[:, :, 0]"))
    assert listening.verdicts(listening.until("idle")) == [("1.1", "failed")]
    assert "came back" in listening.state("1.1").message


def test_the_first_save_of_a_lesson_that_nobody_has_opened_checks_what_changed_first(pupil):
    pupil.save(pupil.solved("1.1", "1.2"))
    one = Listening(pupil)
    with one.rechecker:
        pupil.save(pupil.solved("1.4"))
        assert one.verdicts(one.until("checking", "1.1, 1.2"))[0] == ("1.4", "passed")


def test_a_save_that_changes_no_code_checks_nothing(pupil, listening):
    pupil.save(pupil.text + "\n\n# a thought\n")
    assert [one.kind for one in listening.until("idle")] == ["saved", "idle"]


def test_verdicts_on_unchanged_code_are_kept_until_the_next_day(pupil):
    pupil.save(pupil.solved("1.2"))
    for expected in (["1.2"], []):
        again = Listening(pupil)
        with again.rechecker:
            again.rechecker.check_stale(pupil.lesson)
            checked = again.until("idle")
        assert [task_id for task_id, status in again.verdicts(checked) if status == "passed"] == expected
        assert again.state("1.2").passed
    assert Progress.of(pupil.root).passed == {"1.2"}


def test_a_syntax_error_is_a_place_and_mending_it_goes_on(pupil, listening):
    pupil.save(pupil.solved("1.2").replace("def output_size(", "def output_size(("))
    listening.until("problem")
    assert "exercise.py, line " in listening.problem and "def output_size((" in listening.problem
    assert "\n" not in listening.problem.partition("\n")[2].strip()
    pupil.save(pupil.changed("def output_size((", "def output_size("))
    assert listening.verdicts(listening.until("idle")) == [("1.2", "passed")]
    assert listening.problem == ""


def test_a_file_that_is_written_in_halves_is_checked_when_it_is_whole(pupil, listening):
    text = pupil.solved("1.2")
    with open(pupil.lesson.exercise, "w", encoding="utf-8") as file:  # as some editors do: emptied, then filled
        file.flush()
        for start in range(0, len(text), len(text) // 3):
            file.write(text[start : start + len(text) // 3])
            file.flush()
            time.sleep(0.01)
    happened = listening.until("idle")
    assert listening.verdicts(happened) == [("1.2", "passed")]
    assert "problem" not in [one.kind for one in happened]


def test_a_file_that_is_away_for_a_moment_is_waited_for_and_one_that_is_gone_is_said(pupil, listening):
    text = pupil.solved("1.2")
    pupil.lesson.exercise.unlink()
    time.sleep(0.05)
    pupil.lesson.exercise.write_text(text, encoding="utf-8")
    assert listening.verdicts(listening.until("idle")) == [("1.2", "passed")]
    pupil.lesson.exercise.unlink()
    listening.until("problem")
    assert "lesson 1 is missing" in listening.problem


def test_a_save_takes_the_place_of_a_check_that_is_under_way(pupil, listening):
    pupil.save(pupil.changed('    raise NotImplementedError("Task 1.2: One stop of the window")\n', LOOPS))
    listening.until("checking", "1.2")
    pupil.save(pupil.solved("1.2"))
    happened = listening.until("idle")
    assert listening.verdicts(happened) == [("1.2", "passed")], "the loop, which had minutes left, was never judged"
    assert [one.file for one in happened if one.kind == "verdict"] == [pupil.text], "a verdict is on what had been read, not on the file"


def test_many_saves_at_once_end_with_the_verdict_on_the_last(pupil, listening):
    right = pupil.solved("1.2")
    for number in range(20):
        pupil.save(right.replace("    return float(np.sum(patch * kernel))", f"    return {number}.0"))
    pupil.save(right)
    while not listening.state("1.2").passed:
        listening.until("verdict", "1.2")
    assert Progress.of(pupil.root).tasks["1.2"].attempts < 20


def test_a_checking_process_that_is_killed_is_started_anew(pupil, listening):
    os.kill(listening.rechecker.checker.process.pid, signal.SIGKILL)
    listening.rechecker.checker.process.wait()
    pupil.save(pupil.solved("1.2"))
    assert ("1.2", "passed") in listening.verdicts(listening.until("idle"))


def test_everything_can_be_checked_again(pupil, listening):
    listening.rechecker.check_all(pupil.lesson)
    checked = listening.until("idle")
    assert len(listening.verdicts(checked)) == len(pupil.lesson.tasks)


def test_without_file_events_files_are_looked_at(pupil, monkeypatch):
    import watchfiles

    def refuse(*arguments, **options):
        raise OSError("the limit of watched files is reached")

    monkeypatch.setattr(watchfiles, "watch", refuse)
    monkeypatch.setattr(module, "POLL_SECONDS", 0.05)
    one = Listening(pupil)
    with one.rechecker:
        one.rechecker.check_stale(pupil.lesson)
        one.until("idle")
        pupil.save(pupil.solved("1.2"))
        assert one.verdicts(one.until("idle")) == [("1.2", "passed")]


def test_nothing_is_left_when_it_ends(pupil, family):
    one = Listening(pupil)
    with one.rechecker:
        one.rechecker.check_stale(pupil.lesson)
        one.until("idle")
        assert len(family.remember(one.rechecker.checker.process.pid)) > 1
        pupil.save(pupil.changed('    raise NotImplementedError("Task 1.2: One stop of the window")\n', LOOPS))
        one.until("checking", "1.2")
    assert family.has_ended()
    assert not any(thread.is_alive() for thread in one.rechecker.threads)


@pytest.fixture(params=[True, False], ids=["with nurseries", "without nurseries"])
def warm_workers(request, monkeypatch):
    """Warm workers as on Linux, and as on other systems."""
    if request.param and not warm.NURSERIES:
        pytest.skip("nurseries need Linux")
    for place in (warm, session):
        monkeypatch.setattr(place, "NURSERIES", request.param)
    workers = WarmWorkers()
    workers.prepare()
    yield workers
    workers.close()


def test_warm_workers_are_used_once_and_there_are_always_more(pupil, warm_workers, family):
    pupil.save(pupil.solved("1.2").replace("    return float(np.sum(patch * kernel))",
                                           "    CALLS.append(1)\n    print('call', len(CALLS))\n    return float(np.sum(patch * kernel))\n\n\nCALLS = []"))
    said = []
    for _ in range(3):
        report = grade([pupil.lesson], pupil.root / "lessons", tasks={"1.2"}, warm=warm_workers)
        said.append((report.score, report.lessons[0].tasks[0].message))
    assert said == [(2, "Your code printed: call 2")] * 3, "each run begins in a process that has seen nothing"
    family.remember(*(one.process.pid for one in (*warm_workers.nurseries.values(), *warm_workers.spares)))
    warm_workers.close()
    assert family.has_ended()


def test_a_run_can_be_broken_off_from_another_thread(pupil, warm_workers, monkeypatch):
    let_it_loop(pupil.lesson)
    monkeypatch.setattr(worker_process, "ENDING_SECONDS", 10 * PATIENCE)  # for workers that end by themselves; this one is ended
    pupil.save(pupil.changed('    raise NotImplementedError("Task 1.2: One stop of the window")\n', LOOPS))
    threading.Timer(0.5, warm_workers.cancel).start()
    begun, told = time.monotonic(), []
    with pytest.raises(Superseded):
        grade([pupil.lesson], pupil.root / "lessons", tasks={"1.2", "1.3"}, warm=warm_workers, on_task=told.append)
    assert time.monotonic() - begun < PATIENCE and told == []
