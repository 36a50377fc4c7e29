"""A slot: a trusted process that has imported pytest and read the tests once, and grades submission after submission.

It stays as long as its parent; requests come on standard input and replies go to standard output,
each a length and JSON. pytest collects once; for every request the same tests run again, with
fresh workers behind. Like the pytest of `course check` it compares plain data and never imports
a submission, TensorFlow or Keras.
"""

import datetime
import json
import os
import queue
import shutil
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO

from course import catalog
from course.grading import sandbox, unit
from course.grading.results import Report, TestResult
from course.grading.run import Gatherer, arguments, blank_report, no_outside_steering, require_tests
from course.grading.submission import AdmittedFiles, CannotGrade, Source
from course.grading.unit import Reply

HIDDEN_FOLDER = "hidden"


class SlotPlugin(Gatherer):
    """Collects the tests, then grades whatever is asked for until there is no more."""

    def __init__(self, lessons: list[catalog.Lesson], requests: "Requests"):
        blank = blank_report(lessons, AdmittedFiles({}, {}), "", "")
        super().__init__(blank, {task.task.id for lesson in blank.lessons for task in lesson.tasks}, lambda task: None, [])
        self.lessons, self.requests = lessons, requests
        self.public, self.hidden = [], []
        self.running_hidden = None
        self.hidden_results: dict[str, list[TestResult]] = {}

    def pytest_collection_modifyitems(self, session, config, items):
        self.hidden = [item for item in items if item.path.parent.name == HIDDEN_FOLDER]
        items[:] = [item for item in items if item not in self.hidden]
        super().pytest_collection_modifyitems(session, config, items)
        self.session.long_lived = True
        self.public = list(items)
        self._check_hidden()
        items[:] = [] if self.errors else self.public + self.hidden

    def _check_hidden(self) -> None:
        import pytest

        from course.grading.plugin import task_mark

        names = [item.name for item in self.hidden]
        for item in self.hidden:
            try:
                mark = task_mark(item)
            except pytest.UsageError as error:
                self.errors.append(f"hidden test {str(error).rpartition('::')[2]}")
                continue
            if mark is None:
                self.errors.append(f"hidden test {item.name} in {item.path.name} has no @task; "
                                   "say for which task and how many points")
            elif mark.lesson not in self.lessons:
                self.errors.append(f"hidden test {item.name} is for lesson {mark.lesson.number}, which is not graded here; "
                                   "leave --lesson out or move it")
            if names.count(item.name) > 1:
                self.errors.append(f"there are two hidden tests called {item.name}; rename one")

    def pytest_runtestloop(self, session):
        """Instead of pytest's own loop: the same tests for every request."""
        if self.errors:
            return True
        while True:
            try:
                reply = self.grade(self.requests.current)
            except Exception as failure:  # one submission on which the grader fails must not cost the others their marks
                reply = Reply(problem=f"the grader itself failed: {type(failure).__name__}: {failure}"[:300])
            self.requests.reply(reply)
            if not self.requests.next_of_the_same():
                return True

    def take(self, variant: str, test: TestResult) -> None:
        if self.running_hidden:
            self.hidden_results.setdefault(self.running_hidden, []).append(test)
        else:
            super().take(variant, test)

    def grade(self, request: dict) -> Reply:
        """One submission, with everything that belongs to it cleaned away afterwards."""
        started_at, begun = _now(), time.monotonic()
        sources = {lesson: Source(file["file"], file["text"]) for lesson, file in request["content"]["files"].items()}
        submission = AdmittedFiles(sources, request["content"]["reasons"])
        report = blank_report(self.lessons, submission, request["shown_as"], sandbox.isolation().kind)
        self.turn_to(report)
        self.hidden_results.clear()
        self.session.turn_to(submission, request["seed"])
        try:
            self._run({lesson for lesson in self.lessons if lesson.name in sources})
        finally:
            self.session.finish_submission()
        self.close()
        result, hidden = report.as_json(), self._hidden_part(report)
        if self.session.solution_trouble:
            return Reply(report.isolation, problem=self.session.solution_trouble, started_at=started_at, graded_at=_now())
        return Reply(report.isolation, result, hidden, hidden_tests=tuple(self._hidden_facts()), started_at=started_at,
                     graded_at=_now(), seconds=round(time.monotonic() - begun, 3))

    def _run(self, there: set[catalog.Lesson]) -> None:
        from course.grading.plugin import ANSWERS, task_mark

        public = [item for item in self.public if task_mark(item).lesson in there]
        hidden = [item for item in self.hidden if task_mark(item).lesson in there]
        self.session.start_early([task_mark(item) for item in public + hidden], variants=False)
        for item in public + hidden:  # hidden ones last: they can change nothing in what is shown
            if ANSWERS in item.stash:  # of the submission before
                del item.stash[ANSWERS]
            self.running_hidden = item.name if item in hidden else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        self.running_hidden = None

    def _hidden_facts(self) -> list[dict]:
        from course.grading.plugin import task_mark

        return [{"name": item.name, "task": task_mark(item).task.id, "max_score": task_mark(item).points} for item in self.hidden]

    def _hidden_part(self, report: Report) -> dict | None:
        """Fail closed here, too: a hidden test that was not run exactly once gives no points."""
        tests = []
        for fact in self._hidden_facts():
            runs = self.hidden_results.get(fact["name"], [])
            not_run = TestResult(fact["task"], fact["name"], fact["max_score"], "not_attempted", "this test was not run")
            test = runs[0] if len(runs) == 1 else not_run
            tests.append({"name": test.name, "task": test.task_id, "status": test.status,
                          "score": test.points if test.status == "passed" else 0, "max_score": test.points,
                          "message": test.message, "seconds": round(test.seconds, 3)})
        if not tests:
            return None
        return {**{key: sum(test[key] for test in tests) for key in ("score", "max_score")}, "tests": tests}


class Requests:
    """Standard input and output. When the parent goes, so does this process, whatever it is doing."""

    def __init__(self, source: BinaryIO, target: BinaryIO, scratch: Path):
        self.source, self.target, self.scratch = source, target, scratch
        self.waiting: queue.SimpleQueue[dict] = queue.SimpleQueue()
        self.current: dict | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while (data := read_frame(self.source)) is not None:
            self.waiting.put(json.loads(data))
        shutil.rmtree(self.scratch, ignore_errors=True)
        os._exit(0)

    def wait(self) -> None:
        self.current = self.waiting.get()

    def next_of_the_same(self) -> bool:
        """Wait for the next request; whether it is about the same tests."""
        before = self.current["tests"]
        self.wait()
        return self.current["tests"] == before

    def reply(self, reply: Reply) -> None:
        write_frame(self.target, reply.as_bytes())


def read_frame(source: BinaryIO) -> bytes | None:
    """One frame, None at the end of the stream."""
    head = source.read(8)
    if len(head) < 8:
        return None
    data = source.read(struct.unpack("<Q", head)[0])
    return data if len(data) == struct.unpack("<Q", head)[0] else None


def write_frame(target: BinaryIO, data: bytes) -> None:
    target.write(struct.pack("<Q", len(data)) + data)
    target.flush()


def serve(requests: Requests, scratch: Path) -> None:
    """Grade for ever: one pytest session for all requests about the same tests."""
    requests.wait()
    while True:
        answered = requests.current
        try:
            _session(requests, scratch)
        except (CannotGrade, catalog.CatalogError) as error:
            requests.reply(Reply(impossible=str(error)))
            requests.wait()
        if requests.current is answered:
            raise SystemExit("the grading session ended without a reply")


def _session(requests: Requests, scratch: Path) -> None:
    import pytest

    wanted = requests.current
    root = catalog.course_root()
    lessons = [catalog.lesson(name, root) for name in wanted["tests"]["lessons"]]
    _require_the_same(wanted, lessons)
    require_tests(lessons)
    folder = scratch / HIDDEN_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in wanted["tests"]["hidden"].items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    plugin = SlotPlugin(lessons, requests)
    hidden = [str(folder)] if wanted["tests"]["hidden"] else []
    code = pytest.main([*hidden, *arguments(lessons, root / "solutions", 0, False)], plugins=[plugin])
    if plugin.errors:
        raise CannotGrade(plugin.errors[0])
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise CannotGrade(f"pytest stopped with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")


def _require_the_same(wanted: dict, lessons: list[catalog.Lesson]) -> None:
    """That this machine would say what the asking one would say. Raises CannotGrade."""
    place = f"on {os.uname().nodename}" if hasattr(os, "uname") else "here"
    if unit.Tests(lessons, wanted["tests"]["hidden"]).hash != wanted["tests"]["hash"]:
        raise CannotGrade(f"the grading tests or solutions {place} are others than those where the cohort was started")
    if unit.environment_hash() != wanted["environment_hash"]:
        raise CannotGrade(f"Python, its packages or the grader {place} are others than where the cohort was started; "
                          "install the same versions (constraints.txt)")
    if wanted["require_sandbox"] and sandbox.isolation().kind != "sandbox":
        raise CannotGrade(f"there is no sandbox {place}: {sandbox.isolation().reason}")


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def main() -> None:
    """Argument: the scratch folder, where temporary files go."""
    scratch = Path(sys.argv[1])
    tempfile.tempdir = str(scratch)
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    with no_outside_steering():
        serve(Requests(source, target, scratch), scratch)


if __name__ == "__main__":
    main()
