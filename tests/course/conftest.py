"""A learner at work: a copy of the course, whose exercise is written and saved as editors do it."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from course import catalog

ENDED_SECONDS = 10.0


@dataclass
class Pupil:
    """Works on lesson 1 of a copy of the course."""

    root: Path
    lesson: catalog.Lesson

    @property
    def text(self) -> str:
        return self.lesson.exercise.read_text(encoding="utf-8")

    def save(self, text: str) -> None:
        """As most editors do: a new file takes the old one's name."""
        new = self.lesson.exercise.with_name(".exercise.py.new")
        new.write_text(text, encoding="utf-8")
        os.replace(new, self.lesson.exercise)

    def solved(self, *ids: str) -> str:
        """The exercise with the solution's cells for these tasks; not saved."""
        solution, text = self.lesson.solution.read_text(encoding="utf-8"), self.text
        for task_id in ids:
            cell = re.compile(rf"# %% Task {re.escape(task_id)} .*?(?=# %% |\Z)", re.DOTALL)
            text = text.replace(cell.search(text)[0], cell.search(solution)[0])
        return text

    def changed(self, old: str, new: str) -> str:
        assert old in self.text
        return self.text.replace(old, new)

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """`course …` in this course's folder."""
        return subprocess.Popen([sys.executable, "-m", "course.cli", *arguments], cwd=self.root, text=True, **options)


@pytest.fixture(scope="session")
def new_pupil():
    """A function that gives a learner for a course's folder."""
    return lambda root: Pupil(root, catalog.lesson(1, root))


@pytest.fixture
def pupil(course_copy, new_pupil) -> Pupil:
    return new_pupil(course_copy)


@pytest.fixture
def family():
    """Remembers processes with all that are below them, and checks that they have ended."""

    class Family:
        def remember(self, *numbers: int) -> list[psutil.Process]:
            heads = [psutil.Process(number) for number in numbers]
            self.seen = [*heads, *(child for head in heads for child in head.children(recursive=True))]
            return self.seen

        def has_ended(self) -> bool:
            _, alive = psutil.wait_procs([one for one in self.seen if one.is_running()], timeout=ENDED_SECONDS)
            print("still there:", alive)
            return not alive

    return Family()


def wait_until(condition, seconds: float = 30.0, what: str = "it"):
    """The condition's value once it is true; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"{what} did not happen within {seconds:.0f} s")


@pytest.fixture(name="wait_until")
def wait_until_fixture():
    return wait_until
