"""What a learner has done so far, in `.course/progress.json`: hints seen, points reached.

Nothing here decides a mark; it remembers what the last checks said.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from course.catalog import Lesson, Task


@dataclass
class Progress:
    """Hints seen and best result per task."""

    path: Path
    hints: dict[str, int] = field(default_factory=dict)
    """How many hints of a task were shown."""
    scores: dict[str, int] = field(default_factory=dict)
    """Points of a task at its last check."""
    passed: set[str] = field(default_factory=set)
    """Tasks that have passed at least once."""
    trouble: str = ""
    """One line, where an unreadable file had to be put aside."""

    @classmethod
    def of(cls, root: Path) -> "Progress":
        """The learner's progress in the course at `root`; empty where there is none yet.

        A file that cannot be read is kept under another name, and `trouble` says so.
        """
        path = root / ".course" / "progress.json"
        if not path.exists():
            return cls(path)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                path,
                hints={str(task): int(count) for task, count in data["hints"].items()},
                scores={str(task): int(score) for task, score in data["scores"].items()},
                passed={str(task) for task in data["passed"]},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            aside = path.with_suffix(".unreadable.json")
            os.replace(path, aside)
            return cls(path, trouble=f"{path.name} could not be read ({error}); it is kept as {aside.name}, and counting starts anew")

    def save(self) -> None:
        """Write the whole file at once, so that an interruption leaves the old one or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {"hints": self.hints, "scores": self.scores, "passed": sorted(self.passed)}
        unfinished = self.path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        os.replace(unfinished, self.path)

    def done(self, task: Task) -> bool:
        """Whether the task had all its points at its last check."""
        return self.scores.get(task.id, 0) == task.points

    def forget(self, lesson: Lesson) -> None:
        """Begin a lesson anew: no points, no hints seen, solutions closed."""
        for task in lesson.tasks:
            self.scores.pop(task.id, None)
            self.hints.pop(task.id, None)
            self.passed.discard(task.id)

    def record(self, task_id: str, score: int, passed: bool) -> None:
        """Remember the last verdict on a task."""
        self.scores[task_id] = score
        if passed:
            self.passed.add(task_id)
