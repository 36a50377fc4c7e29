"""What a learner has done so far, in `.course/progress.json`: points, attempts, hints seen, time spent.

Nothing here decides a mark; it remembers what the last checks said. Several `course` programs may
run at once: a change is made by reading the file, changing it and writing it whole, under a lock.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from course.catalog import Lesson, Task
from course.grading.results import STATUSES
from course.locking import locked

SCHEMA = 2
LONGEST_GAP = 15 * 60.0
"""Seconds between two signs of life that count as work; what is longer counts as this."""


@dataclass
class TaskProgress:
    """What is known about one task."""

    status: str = "not_attempted"
    """At its last check: passed, failed, error or not_attempted."""
    score: int = 0
    passed: bool = False
    """Whether it has passed at least once."""
    attempts: int = 0
    """Checks of something attempted, until it passed for the first time."""
    hints: int = 0
    """How many hints were shown."""
    revealed: bool = False
    """Whether the solution was shown before the task had passed."""
    checked: str = ""
    """When the last check was, as 2026-01-31T12:00:00+00:00."""
    key: str = ""
    """Digest of the code that was checked and of the tests that checked it."""
    message: str = ""


@dataclass
class Progress:
    """Everything that is remembered. Read it with `of`; change it inside `with Progress.changing(root)`."""

    path: Path
    tasks: dict[str, TaskProgress] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent, by the lesson's number: gaps between signs of life, long ones cut off."""
    last_activity: float = 0.0
    """Seconds since 1970; 0 where there was none."""
    trouble: str = ""
    """One line, where an unreadable file had to be put aside."""

    @classmethod
    def of(cls, root: Path) -> "Progress":
        """The learner's progress in the course at `root`; empty where there is none yet.

        A file that cannot be read is kept under another name; the copy of the one before takes its
        place if there is one, and `trouble` says so.
        """
        path = root / ".course" / "progress.json"
        try:
            return cls._read(path, path)
        except FileNotFoundError:
            return cls(path)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            aside = path.with_suffix(".unreadable.json")
            with contextlib.suppress(FileNotFoundError):  # another program was faster
                os.replace(path, aside)
            said = f"{path.name} could not be read ({error}); it is kept as {aside.name}"
        try:
            before = cls._read(_previous(path), path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path, trouble=f"{said}, and counting starts anew")
        before.trouble = f"{said}, and the copy from the check before it is used"
        before.save()
        return before

    @classmethod
    @contextlib.contextmanager
    def changing(cls, root: Path) -> Iterator["Progress"]:
        """The progress as it is now, saved when the block ends; other programs wait meanwhile."""
        with locked(root / ".course" / "lock"):
            progress = cls.of(root)
            yield progress
            progress.save()

    @classmethod
    def _read(cls, source: Path, path: Path) -> "Progress":
        data = json.loads(source.read_text(encoding="utf-8"))
        if data.get("schema", 1) == 1:
            return cls._from_first_form(path, data)
        names = {one.name: one.type for one in fields(TaskProgress)}
        tasks = {str(task_id): TaskProgress(**{name: names[name](value) for name, value in known.items() if name in names})
                 for task_id, known in data["tasks"].items()}
        if strange := {known.status for known in tasks.values()} - set(STATUSES):
            raise ValueError(f"no such status: {strange.pop()}")
        seconds = {str(number): float(spent) for number, spent in data["seconds"].items()}
        return cls(path, tasks, seconds, float(data["last_activity"]))

    @classmethod
    def _from_first_form(cls, path: Path, data: dict) -> "Progress":
        progress = cls(path)
        for task_id, score in data["scores"].items():
            progress.task(str(task_id)).score = int(score)
        for task_id, count in data["hints"].items():
            progress.task(str(task_id)).hints = int(count)
        for task_id in data["passed"]:
            progress.task(str(task_id)).passed = True
        return progress

    def save(self) -> None:
        """Write the whole file at once, so that an interruption leaves the old one or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {"schema": SCHEMA, "tasks": {task_id: asdict(known) for task_id, known in sorted(self.tasks.items())},
                "seconds": {number: round(spent, 1) for number, spent in sorted(self.seconds.items())},
                "last_activity": self.last_activity}
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        with contextlib.suppress(FileNotFoundError):
            _write(_previous(self.path), self.path.read_text(encoding="utf-8", errors="replace"))
        _write(self.path, text)

    def task(self, task_id: str) -> TaskProgress:
        """What is known about a task; change it in place."""
        return self.tasks.setdefault(task_id, TaskProgress())

    def score(self, task: Task) -> int:
        return self.tasks[task.id].score if task.id in self.tasks else 0

    def done(self, task: Task) -> bool:
        """Whether the task had all its points at its last check."""
        return self.score(task) == task.points

    @property
    def passed(self) -> set[str]:
        """Ids of the tasks that have passed at least once."""
        return {task_id for task_id, known in self.tasks.items() if known.passed}

    def forget(self, lesson: Lesson) -> None:
        """Begin a lesson anew: no points, no hints seen, solutions closed. The time spent stays."""
        for task in lesson.tasks:
            self.tasks.pop(task.id, None)

    def record(self, task_id: str, status: str, score: int, *, message: str = "", key: str = "") -> None:
        """Remember the last verdict on a task."""
        known = self.task(task_id)
        seen_before = key and key == known.key  # the same code checked twice is one attempt
        if not known.passed and status != "not_attempted" and not seen_before:
            known.attempts += 1
        known.status, known.score, known.message, known.key = status, score, message, key
        known.passed |= status == "passed"
        known.checked = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())

    def sign_of_life(self, lesson: Lesson, now: float | None = None) -> None:
        """Something was saved, checked or asked: the time since the last such thing was spent on this lesson."""
        now = time.time() if now is None else now
        if self.last_activity:
            gap = min(max(0.0, now - self.last_activity), LONGEST_GAP)
            self.seconds[str(lesson.number)] = self.seconds.get(str(lesson.number), 0.0) + gap
        self.last_activity = now


def time_in_words(seconds: float) -> str:
    """"35 min" or "2 h 05 min"; empty for less than a minute."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else ""
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _previous(path: Path) -> Path:
    return path.with_suffix(".previous.json")


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with open(unfinished, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # else a power cut may leave an empty file under the new name
    os.replace(unfinished, path)
