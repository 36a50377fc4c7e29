"""A submission on disk: which file answers which lesson, read as text and never executed.

Only the expected names are looked at, only regular files of a sane size in UTF-8 are read.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from course.catalog import SOLUTION_NAME, Lesson

MAX_SOURCE_BYTES = 2**20


class CannotGrade(Exception):
    """The run as a whole is impossible; the text says what, where and what to do."""


@dataclass(frozen=True)
class Source:
    """One answer file, as text."""

    shown_as: str
    """The name that messages use, such as "lesson_01_pixels_and_filters/exercise.py"."""
    text: str


@dataclass(frozen=True)
class Unreadable:
    """Why there is no answer file for a lesson, in one line."""

    reason: str


@dataclass(frozen=True)
class Submission:
    """Answers under one path: a folder in either shape, or one file for one lesson.

    A folder holds `lesson_NN_name.py` (as in `solutions/`) or `lesson_NN_name/exercise.py` (as in
    `lessons/`).
    """

    path: Path

    @classmethod
    def at(cls, path: Path) -> "Submission":
        """Raises CannotGrade where there is nothing at `path`."""
        if not path.exists():
            raise CannotGrade(f"there is no submission at {path}; give a folder with lesson files, or one lesson file")
        return cls(path)

    def candidates(self, lesson: Lesson) -> list[Path]:
        """Where the answers to a lesson may be, best first."""
        if not self.path.is_dir():
            return [self.path]
        found = [self.path / f"{lesson.name}.py", self.path / lesson.name / "exercise.py"]
        if self.path.resolve().name == lesson.name:
            found.append(self.path / "exercise.py")
        return found

    def _is_for_another(self, lesson: Lesson) -> bool:
        """Whether this is a single file whose own name or folder belongs to another lesson."""
        if self.path.is_dir():
            return False
        named = [name for name in (self.path.stem, self.path.resolve().parent.name) if SOLUTION_NAME.fullmatch(name)]
        return bool(named) and lesson.name not in named

    def source(self, lesson: Lesson) -> Source | Unreadable:
        """The lesson's answers as text, or why there are none."""
        if self._is_for_another(lesson):
            return Unreadable(f"lesson {lesson.number} is missing from the submission: {self.path.name} belongs to another lesson")
        for path in self.candidates(lesson):
            if os.path.lexists(path):
                return _read(path, self._shown(path))
        expected = " or ".join(path.name if path.parent == self.path else f"{path.parent.name}/{path.name}"
                               for path in self.candidates(lesson)[:2])
        return Unreadable(f"lesson {lesson.number} is missing from the submission: no {expected} in {self.path}")

    def _shown(self, path: Path) -> str:
        return f"{path.parent.name}/{path.name}" if path.name == "exercise.py" else path.name


def _read(path: Path, shown_as: str) -> Source | Unreadable:
    # Opened without following a link and without waiting on a pipe; judged by the open file itself.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if path.is_symlink():
            return Unreadable(f"{shown_as} is a link; only a regular file is graded")
        return Unreadable(f"{shown_as} cannot be read: {error.strerror}")
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        return Unreadable(f"{shown_as} is not a regular file")
    with open(descriptor, "rb") as file:
        if state.st_size > MAX_SOURCE_BYTES:
            return Unreadable(f"{shown_as} is {state.st_size / 2**20:.1f} MB; at most 1 MB is graded")
        data = file.read(MAX_SOURCE_BYTES + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Unreadable(f"{shown_as}, line {line}: not UTF-8 text; save the file as UTF-8")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Unreadable(f"{shown_as}, line {line}: a NUL byte; this is not a Python file")
    return Source(shown_as, text.replace("\r\n", "\n").replace("\r", "\n"))
