"""The pytest plugin: `@task` tests get `submission`, `reference` and `rng`, and end as results.

The pytest process only compares plain data. It never imports a submission, TensorFlow or Keras.
"""

import zlib
from pathlib import Path

import numpy as np
import pytest

from course import catalog
from course.grading.session import GradingSession, TaskMark
from course.grading.submission import CannotGrade, Submission
from course.grading.wrong_answers import accepted_answers, wrong_answers

SESSION = pytest.StashKey[GradingSession]()
ANSWERS = pytest.StashKey()
VARIANT = pytest.StashKey()
MARK = pytest.StashKey[TaskMark | None]()


def pytest_addoption(parser):
    group = parser.getgroup("course", "grading a submission")
    group.addoption("--submission", metavar="PATH", help="the answers to grade: a folder or one lesson file (default: solutions)")
    group.addoption("--seed", type=int, default=1, help="seed of the inputs that the tests draw (default: 1)")
    group.addoption("--debug-answers", action="store_true", help="no time limits; workers share this terminal, so breakpoint() works")
    group.addoption("--variants", action="store_true", help="grade every named wrong and accepted answer in the submission's place")


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "task(id, points, keras=False, seconds=5, replay=True, functions=None): a grading test of one task")
    try:
        root = catalog.course_root()
        chosen = config.getoption("--submission")
        submission = Submission.at(Path(chosen) if chosen else root / "solutions")
    except (catalog.CatalogError, CannotGrade) as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[SESSION] = GradingSession(root, submission, seed=config.getoption("--seed"),
                                           debug=config.getoption("--debug-answers"))
    if not config.pluginmanager.has_plugin("terminal"):
        config.option.tbstyle = "native"  # nobody sees pytest's own text of a failure; this one is the cheapest


def pytest_unconfigure(config):
    if SESSION in config.stash:
        config.stash[SESSION].close()


def pytest_generate_tests(metafunc):
    marker = metafunc.definition.get_closest_marker("task")
    if marker is None or not metafunc.config.getoption("--variants"):
        return
    lesson, task = catalog.lesson_and_task(marker.args[0], metafunc.config.stash[SESSION].root)
    variants = [variant for variant in (*wrong_answers(lesson), *accepted_answers(lesson)) if variant.task.id == task.id]
    metafunc.parametrize("submission", variants, indirect=True, ids=[variant.name for variant in variants])


def pytest_collection_finish(session):
    """The manifest: a lesson that is graded whole must have tests for exactly its points."""
    grading = session.config.stash[SESSION]
    marks = [mark for item in session.items if (mark := task_mark(item))]
    if session.config.getoption("--collect-only") or grading.long_lived:
        return
    grading.start_early(marks, variants=session.config.getoption("--variants"))


def task_mark(item) -> TaskMark | None:
    """What `@task` says about this test, None for any other test. Raises pytest.UsageError."""
    if MARK not in item.stash:
        item.stash[MARK] = _read_mark(item)
    return item.stash[MARK]


def _read_mark(item) -> TaskMark | None:
    marker = item.get_closest_marker("task")
    if marker is None:
        return None
    about = dict(marker.kwargs)
    functions = about.pop("functions", None)
    root = item.config.stash[SESSION].root
    try:
        if functions is None:
            lesson, task = catalog.lesson_and_task(marker.args[0], root)
        else:
            lesson, task = catalog.task_of_ones_own(marker.args[0], functions, root)
    except catalog.CatalogError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    return TaskMark(lesson, task, **about)


@pytest.fixture
def submission(request):
    """The answers under test; each call runs in a worker."""
    variant = request.node.stash[VARIANT] = getattr(request, "param", None)
    grading = request.config.stash[SESSION]
    answers = grading.answers_of_submission(task_mark(request.node), variant)
    request.node.stash[ANSWERS] = answers
    return answers


@pytest.fixture
def reference(request):
    """The solution's answers, from a worker of their own."""
    return request.config.stash[SESSION].answers_of_reference(task_mark(request.node))


@pytest.fixture
def rng(request) -> np.random.Generator:
    """Random numbers for a test's inputs: from the run's seed and the test's name alone."""
    grading = request.config.stash[SESSION]
    return np.random.default_rng([grading.seed, zlib.crc32(request.node.originalname.encode())])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    mark = task_mark(item)
    ended = call.when == "call" or (call.when == "setup" and call.excinfo is not None)
    if mark is None or not ended:
        return report
    error = call.excinfo.value if call.excinfo else None
    result = item.config.stash[SESSION].judge(
        mark, item.name, error, item.stash.get(ANSWERS, None), call.duration, item.stash.get(VARIANT, None))
    if result.status != "passed":
        # A skipped test counts as failed here: a submission must not be able to skip its own test.
        report.outcome = "failed"
        report.longrepr = f"Task {mark.task.id} · {mark.task.title} ({result.status.replace('_', ' ')})\n{result.message}"
    return report
