"""Grade a submission from Python: run the grading tests and gather a report.

Every expected test must have been seen exactly once; a task whose tests are not all there counts
as not gradable, never as passed.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from course.catalog import Lesson
from course.grading.results import LessonResult, Report, TaskResult, TestResult
from course.grading.submission import AdmittedFiles, CannotGrade, Source, Submission
from course.grading.sandbox import isolation
from course.grading.warm import WarmWorkers
from course.grading.worker_process import NURSERIES, NurseryProcess, WorkerProcess


NOT_NEEDED = ("unraisableexception", "threadexception", "faulthandler", "junitxml", "pastebin", "doctest", "stepwise", "setuponly",
              "setupplan", "logging", "recwarn", "unittest", "legacypath", "tmpdir", "monkeypatch")
"""Parts of pytest that no grading test uses; without them a run begins and ends in half the time."""


KERAS_MARK = re.compile(r'@task\("([\d.]+)"[^)\n]*\bkeras=True')
"""In a file of grading tests: a task whose answers may import Keras."""


class Superseded(Exception):
    """The run was broken off by `WarmWorkers.cancel`."""


class Gatherer:
    """A pytest plugin that collects results as they come."""

    def __init__(self, report: Report, tasks: set[str], on_task: Callable[[TaskResult], None], spares: list[WorkerProcess],
                 nurseries: dict[str, NurseryProcess] | None = None, warm: WarmWorkers | None = None,
                 texts: AdmittedFiles | None = None):
        self.spares, self.nurseries, self.warm, self.texts = spares, nurseries or {}, warm, texts
        self.tasks = {result.task.id: result for lesson in report.lessons for result in lesson.tasks}
        self.report, self.wanted, self.on_task = report, tasks, on_task
        self.expected: dict[str, int] = {}
        self.errors: list[str] = []
        self.keras_tasks: list[str] = []
        self.session = None

    def turn_to(self, report: Report) -> None:
        """Gather the results of another submission from now on, from the same tests."""
        self.report = report
        self.tasks = {result.task.id: result for lesson in report.lessons for result in lesson.tasks}
        self.wanted = {task_id for task_id, result in self.tasks.items() if not result.missing}

    def pytest_collection_modifyitems(self, session, config, items):
        from course.grading.plugin import SESSION, task_mark

        self.session = config.stash[SESSION]
        self.session.listeners.append(self.take)
        if self.texts:
            self.session.submission = self.texts
        self.session.spares = self.spares
        self.session.nurseries |= self.nurseries
        if self.warm:
            self.session.warm = self.warm
            self.warm.begin(self.session)
        marked = [(item, mark) for item in items if (mark := task_mark(item))]
        for task_id, result in self.tasks.items():
            points = [mark.points for _, mark in marked if mark.task.id == task_id]
            if sum(points) != result.task.points:
                self.errors.append(f"task {task_id} is worth {result.task.points} points in the solution, "
                                   f"its tests give {sum(points)}; mend one of the two")
            self.expected[task_id] = len(points)
        self.keras_tasks = sorted({mark.task.id for _, mark in marked if mark.keras})
        order = list(self.tasks)
        items[:] = [] if self.errors else sorted(
            (item for item, mark in marked if mark.task.id in self.wanted),
            key=lambda item: order.index(task_mark(item).task.id))

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(f"a grading test cannot be read: {report.longreprtext.strip().splitlines()[-1]}")

    def pytest_internalerror(self, excrepr):
        self.errors.append(f"the grader itself failed: {str(excrepr).strip().splitlines()[-1]}")
        return True  # said in one line; pytest need not print its stack

    def pytest_runtest_teardown(self, item):
        if self.session.interrupted:
            item.session.shouldstop = "a newer check takes its place"

    def take(self, variant: str, test: TestResult) -> None:
        result = self.tasks[test.task_id]
        result.tests.append(test)
        if len(result.tests) == self.expected[test.task_id]:
            self.on_task(result)

    def close(self) -> None:
        """Fail closed: a task with a missing or doubled test gives no points."""
        for task_id in self.wanted:
            result = self.tasks[task_id]
            if len(result.tests) != self.expected.get(task_id, -1) or len({test.name for test in result.tests}) != len(result.tests):
                result.missing = "not every test of this task was run"
        for lesson in self.report.lessons:
            problems = self.session.reported_problems.get(lesson.lesson.name, []) if self.session else []
            if problems:
                lesson.note = "\n".join([*problems, "Python stops there; the tasks that do without it were graded all the same."])


def _wants_keras(lessons: list[Lesson], submission: Submission | AdmittedFiles, wanted: set[str]) -> bool:
    """Whether a task with Keras may have been answered, by a glance at the texts: a stub says which task it is."""
    for lesson in lessons:
        source = submission.source(lesson)
        tasks = set(KERAS_MARK.findall(lesson.grading_tests.read_text(encoding="utf-8"))) & wanted
        if isinstance(source, Source) and any(f'NotImplementedError("Task {task}' not in source.text for task in tasks):
            return True
    return False


def blank_report(lessons: list[Lesson], submission: Submission | AdmittedFiles, shown_as: str, isolation_kind: str,
                 tasks: set[str] | None = None) -> Report:
    """A report in which nothing has been graded yet, and the lessons that are not there are said to be missing."""
    report = Report(shown_as, isolation_kind, [
        LessonResult(lesson, [TaskResult(task) for task in lesson.tasks if tasks is None or task.id in tasks])
        for lesson in lessons
    ])
    for lesson in report.lessons:
        source = submission.source(lesson.lesson)
        for task in lesson.tasks:
            task.missing = "" if isinstance(source, Source) else source.reason
    return report


def require_tests(lessons: list[Lesson]) -> None:
    """Raises CannotGrade where a lesson has no grading tests."""
    for lesson in lessons:
        if not lesson.grading_tests.is_file():
            raise CannotGrade(f"lesson {lesson.number} has no grading tests at {lesson.grading_tests}")


def grade(lessons: list[Lesson], path: Path, *, tasks: set[str] | None = None, seed: int = 1, debug: bool = False,
          on_task: Callable[[TaskResult], None] = lambda result: None, warm: WarmWorkers | None = None,
          texts: AdmittedFiles | None = None) -> Report:
    """Grade the lessons of one submission in this (trusted) process.

    Args:
        lessons: what to grade.
        path: a folder in either shape, or one file for one lesson.
        tasks: ids to grade, all tasks of the lessons where not given; the report holds only these.
        seed: of the tests' inputs.
        debug: no limits, and the workers share the terminal.
        on_task: called with each task's result as soon as it is complete.
        warm: workers that are ready already and outlive this call.
        texts: what is graded, read already, so that a file that is saved meanwhile changes nothing; `path` only names it then.

    Raises CannotGrade, with one line, and Superseded where `warm.cancel()` was called meanwhile.
    """
    submission = texts or Submission.at(path)
    report = blank_report(lessons, submission, str(path), "process" if debug else isolation().kind, tasks)
    for task in (task for lesson in report.lessons for task in lesson.tasks if task.missing):
        on_task(task)
    missing = {lesson.lesson.name for lesson in report.lessons if any(task.missing for task in lesson.tasks)}
    wanted = {task.task.id for lesson in report.lessons for task in lesson.tasks if not task.missing}
    graded = [lesson for lesson in lessons if lesson.name not in missing]
    if not graded:
        return report
    require_tests(graded)

    full = Report("", isolation().kind, [LessonResult(lesson, [TaskResult(task) for task in lesson.tasks]) for lesson in graded])
    shown = {task.task.id: task for lesson in report.lessons for task in lesson.tasks}
    for lesson in full.lessons:  # one and the same result object in both, where it is shown
        lesson.tasks = [shown.get(task.task.id, task) for task in lesson.tasks]
    # What takes longest begins first, while pytest is being imported: Keras, then the submission's and the solution's workers.
    begin_early = not warm and not debug
    nurseries = {"submission": NurseryProcess()} if begin_early and NURSERIES and _wants_keras(graded, submission, wanted) else {}
    spares = warm.spares if warm else [WorkerProcess(), WorkerProcess()] if begin_early else []
    import pytest

    gatherer = Gatherer(full, wanted, on_task, spares, nurseries, warm, texts)
    try:
        with no_outside_steering():
            code = pytest.main(arguments(graded, path, seed, debug), plugins=[gatherer])
    finally:
        while spares and not warm:
            spares.pop().stop()
        for nursery in nurseries.values():
            nursery.stop()
    if warm and warm.cancelled:
        raise Superseded
    gatherer.close()
    report.keras_tasks = gatherer.keras_tasks
    for ours, theirs in zip((one for one in report.lessons if one.lesson.name not in missing), full.lessons):
        ours.note = theirs.note
    if gatherer.errors:
        raise CannotGrade(gatherer.errors[0])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise CannotGrade(f"pytest stopped with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
    return report


def grade_variants(lesson: Lesson, *, seed: int = 1) -> dict[str, list[TestResult]]:
    """Put every named wrong answer and every accepted one in the solution's place, one at a time.

    Returns the results of the task's tests by the variant's name. Raises CannotGrade.
    """
    import pytest

    results: dict[str, list[TestResult]] = {}

    class Listener:
        def pytest_collection_modifyitems(self, config):
            from course.grading.plugin import SESSION

            config.stash[SESSION].listeners.append(lambda name, test: results.setdefault(name, []).append(test))

    with no_outside_steering():
        code = pytest.main([*arguments([lesson], lesson.solution, seed, False), "--variants"], plugins=[Listener()])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise CannotGrade(f"lesson {lesson.number}: pytest stopped with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
    return results


@contextlib.contextmanager
def no_outside_steering() -> Iterator[None]:
    """Run pytest without plugins, options or settings from the environment or from the learner's folder."""
    before = dict(os.environ)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def arguments(lessons: list[Lesson], path: Path, seed: int, debug: bool) -> list[str]:
    """pytest's arguments for the grading tests of these lessons."""
    root = lessons[0].root
    given = [str(lesson.grading_tests) for lesson in lessons]
    given += ["-c", str(root / "pyproject.toml"), "--rootdir", str(root), "-o", "addopts=", "-p", "course.grading.plugin"]
    given += [part for name in NOT_NEEDED for part in ("-p", f"no:{name}")]
    given += ["--import-mode=importlib", "--noconftest", "--strict-markers", "-p", "no:cacheprovider", "-p", "no:terminal"]
    given += ["--capture=no", "--submission", str(path), f"--seed={seed}"]
    return given + (["--debug-answers"] if debug else [])
