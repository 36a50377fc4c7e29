"""What several of the project's own tests share."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from course import catalog


def pytest_configure():
    """A shell that starts this in the background has Ctrl-C ignored, and so would all that the tests start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)  # there is no such hook without pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """With several test processes, one gets all tests of the built site, so that it is built once and
    each page is visited once. Every other test goes where there is time for it."""
    from xdist.scheduler import LoadScopeScheduling

    class OneProcessForTheSite(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            about_the_site = nodeid.startswith(("tests/site/test_build", "tests/site/test_pages"))
            return "the built site" if about_the_site else nodeid

    return OneProcessForTheSite(config, log)


LONGEST_FIRST = ("tests/course/test_laws.py::test_stubs_fail", "tests/course/test_soak.py", "tests/course/test_real_")
"""What takes minutes begins first, so that no test process is left alone with it in the end."""


def pytest_collection_modifyitems(items):
    def place(item) -> int:
        return next((number for number, name in enumerate(LONGEST_FIRST) if item.nodeid.startswith(name)), len(LONGEST_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def root() -> Path:
    """The course's folder."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def real_data(root, request) -> Path:
    """The folder with MNIST, MobileNet weights and photographs: beside the project, or where KERAS_HOME points.
    Tests that use it are marked `real_data`; without the folder they are skipped, by name."""
    places = [root.parent / "shared" / "data"]
    if os.environ.get("KERAS_HOME"):
        places.insert(0, Path(os.environ["KERAS_HOME"]).parent)
    for place in places:
        if (place / "keras" / "datasets" / "mnist.npz").is_file():
            return place
    pytest.skip(f"{request.node.name}: needs real data; there is no keras/datasets/mnist.npz in {' or '.join(map(str, places))}")


@pytest.fixture
def lesson_1(root) -> catalog.Lesson:
    return catalog.lesson(1, root)


@pytest.fixture
def submit(tmp_path, lesson_1):
    """Write an answer to lesson 1: the solution, with one function's body exchanged."""

    def write(function: str | None = None, body: str = "", *, replace: tuple[str, str] | None = None) -> Path:
        text = lesson_1.solution.read_text(encoding="utf-8")
        if replace:
            assert replace[0] in text
            text = text.replace(*replace)
        if function:
            text += f"\n\ndef {function}(*args, **kwargs):\n" + "".join(f"    {line}\n" for line in body.splitlines())
        path = tmp_path / lesson_1.solution.name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def course_copy(copy_course, tmp_path) -> Path:
    """Lessons, solutions and grading tests in another folder, to be changed freely. Its exercises are fresh."""
    return copy_course(tmp_path / "course")


@pytest.fixture(scope="session")
def copy_course(root):
    """A function that makes such a copy at a path."""
    from course.authoring.stubs import make_exercise

    def make(copy: Path) -> Path:
        for part in ("lessons", "solutions", "tests/lessons", "tests/wrong_answers", "tests/accepted"):
            shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "constraints.txt"):
            shutil.copy(root / file, copy / file)
        for path in (copy / "solutions").glob("lesson_*.py"):
            lesson = catalog.read_lesson(path)
            lesson.exercise.write_text(make_exercise(lesson), encoding="utf-8")
        return copy

    return make


TINY_SOLUTION = '''"""Lesson 1 · Tiny

How small can a lesson be?

Minutes: 5
Before: nothing
"""
# %% Task 1.1 · Double (2 points)
def double(x):
    """Twice x."""
    return 2 * x


# %% Task 1.2 · Add up (1 point)
def total(values):
    """The sum of an array, as a float."""
    return float(sum(values))
'''

TINY_TESTS = '''import pytest
from course.grading.checks import assert_close, assert_equal, task


@task("1.1", points=1)
def test_whole_numbers(submission):
    assert_equal(submission.double(4), 8)


@task("1.1", points=1)
def test_drawn_numbers(submission, rng):
    x = rng.random()
    assert_close(submission.double(x), 2 * x)


@task("1.2", points=1)
def test_sums(submission, reference, rng):
    values = rng.random(5)
    assert_close(submission.total(values), reference.total(values))
'''

TINY_MISTAKES = '''def double__squared(x):
    """It squares.

    Twice is x + x, not x times x.
    """
    return x * x
'''


@pytest.fixture
def tiny_course(tmp_path, root, monkeypatch) -> Path:
    """A course of one lesson with two tasks and three points that need NumPy at most; the working folder."""
    folder = tmp_path / "course"
    for path, text in (("solutions/lesson_01_tiny.py", TINY_SOLUTION), ("tests/lessons/test_lesson_01_tiny.py", TINY_TESTS),
                       ("tests/wrong_answers/lesson_01_tiny.py", TINY_MISTAKES), ("lessons/lesson_01_tiny/exercise.py", "")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    shutil.copy(root / "pyproject.toml", folder)
    monkeypatch.chdir(folder)
    return folder
