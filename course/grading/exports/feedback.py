"""HTML: a page of feedback per student, and a page about the cohort for the instructor.

Pages without scripts, everything escaped. A student's page holds nothing of other students and
nothing of an instructor's own tests, unless these are to be shown.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from course.grading.exports.graded import WORDS, Graded, Results
from course.grading.exports.writing import whole_file

TEMPLATES = Path(__file__).parent / "templates"
BARS = 10


@dataclass
class TaskCounts:
    """How the cohort did at one task."""

    id: str
    title: str
    max_score: int
    score: int = 0
    statuses: Counter = field(default_factory=Counter)

    @property
    def students(self) -> int:
        return self.statuses.total()

    def share(self, status: str) -> float:
        return self.statuses[status] / max(1, self.students)

    @property
    def mean(self) -> float:
        return self.score / max(1, self.students)


@dataclass
class CohortCounts:
    """What the cohort's page shows, added up one student at a time."""

    tasks: dict[str, TaskCounts]
    students: list[tuple[str, str, int]] = field(default_factory=list)
    """Shown name, file of the feedback, points."""
    mistakes: Counter = field(default_factory=Counter)
    """Students per named wrong answer."""
    refused: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    isolations: Counter = field(default_factory=Counter)

    def add(self, graded: Graded, file: str) -> None:
        if graded.refused:
            self.refused.append((graded.shown_as, graded.refused))
        if graded.result is None:
            self.problems.append((graded.shown_as, graded.problem))
            return
        self.students.append((graded.shown_as, file, graded.score))
        self.isolations[graded.isolation] += 1
        for _, task in graded.tasks:
            if counts := self.tasks.get(task["id"]):
                counts.statuses[task["status"]] += 1
                counts.score += task["score"]
        self.mistakes.update({task["diagnosis"] for _, task in graded.tasks if task["diagnosis"]})

    def distribution(self, max_score: int) -> list[tuple[str, int, float]]:
        """For ten equal ranges of points: "70 to 79 %", students, and their share of the fullest range."""
        counts = [0] * BARS
        for _, _, score in self.students:
            counts[min(BARS - 1, int(BARS * score / max(1, max_score)))] += 1
        labels = [f"{10 * number} to {10 * number + (10 if number == BARS - 1 else 9)} %" for number in range(BARS)]
        return [(label, count, count / max(1, *counts)) for label, count in zip(labels, counts)]


def write(results: Results, out: Path, *, show_hidden: bool = False, on_student: Callable[[str], None] = lambda name: None) -> int:
    """Write `cohort.html` and `feedback/<student>.html` below `out`; returns the number of students.

    Args:
        show_hidden: whether students see the results of the instructor's own tests.
        on_student: called with each student's name when the page is written.
    """
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.globals |= {"WORDS": WORDS}
    cohort = results.cohort
    titles = {task.id: task.title for lesson in cohort.lessons for task in lesson.tasks} | {each.name: each.title for each in cohort.lessons}
    counts = CohortCounts({task.id: TaskCounts(task.id, task.title, task.max_score) for lesson in cohort.lessons for task in lesson.tasks})
    number = 0
    for number, graded in enumerate(results, start=1):
        file = f"feedback/{file_name(graded.student)}"
        _write(out / file, pages.get_template("feedback.html").render(
            graded=graded, max_score=cohort.max_score, titles=titles, hidden=graded.hidden if show_hidden else None))  # fmt: skip
        counts.add(graded, file)
        on_student(graded.shown_as)
    if results.book:
        mistakes = [(cohort.mistakes.get(name, name), name, count) for name, count in counts.mistakes.most_common()]
        _write(out / "cohort.html", pages.get_template("cohort.html").render(
            counts=counts, cohort=cohort, mistakes=mistakes, distribution=counts.distribution(cohort.max_score)))  # fmt: skip
    return number


def file_name(student: str) -> str:
    """A name for a student's page that every file system takes, different for different students."""
    readable = re.sub(r"[^a-z0-9]+", "-", student.lower()).strip("-")[:40]
    digest = hashlib.sha256(student.encode("utf-8", "backslashreplace")).hexdigest()[:10]
    return f"{readable or 'student'}-{digest}.html"


def _write(path: Path, page: str) -> None:
    with whole_file(path) as file:
        file.write(page.encode("utf-8", "replace").decode())
