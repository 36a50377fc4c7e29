"""What exports start from: a gradebook's folder, or one object that `course check --json` wrote."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course.catalog import CatalogError, course_root, lessons
from course.grading.gradebook import Cohort, Gradebook, LessonFacts, TaskFacts
from course.grading.submission import CannotGrade

STATUSES = ("passed", "failed", "error", "not_attempted")
WORDS = {"passed": "passed", "failed": "not yet right", "error": "did not run through", "not_attempted": "not attempted"}


@dataclass(frozen=True)
class Graded:
    """One student's result, or why there is none."""

    student: str
    shown_as: str
    """One line without control characters; not escaped for any format."""
    result: dict | None
    """The `--json` object, schema 1."""
    hidden: dict | None = None
    problem: str = ""
    refused: tuple[str, ...] = ()
    graded_at: str = ""
    isolation: str = ""

    @property
    def score(self) -> int:
        return self.result["score"] if self.result else 0

    @property
    def tasks(self) -> Iterator[tuple[dict, dict]]:
        """Each task with its lesson, as they stand in the result."""
        for lesson in self.result["lessons"] if self.result else ():
            for task in lesson["tasks"]:
                yield lesson, task


@dataclass(frozen=True)
class Results:
    """Everything that is to be exported; students are read one at a time."""

    cohort: Cohort
    book: Gradebook | None = None
    single: Graded | None = None

    def __iter__(self) -> Iterator[Graded]:
        if self.single:
            yield self.single
            return
        for attempt in self.book.latest():
            yield Graded(attempt.student, attempt.shown_as, attempt.result, attempt.hidden, attempt.problem, attempt.refused,
                         attempt.graded_at, attempt.isolation)  # fmt: skip


@contextmanager
def results(source: Path) -> Iterator[Results]:
    """Open a gradebook's folder, or a file that `course check --json` wrote.

    Raises:
        CannotGrade: where there is neither, or the file is something else.
    """
    if source.is_file():
        result = read_result(source)
        name = Path(str(result["submission"])).name or "submission"
        shown = "".join(character if character.isprintable() else "\ufffd" for character in name)
        yield Results(_cohort_of(result), single=Graded(name, shown, result, isolation=result["isolation"]))
        return
    with Gradebook.open(source) as book:
        yield Results(book.cohort, book=book)


def read_result(path: Path) -> dict:
    """One `--json` object. Raises CannotGrade where the file holds something else."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotGrade(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CannotGrade(f"{path} is not JSON ({error}); make it with: course check --submission PATH --json {path.name}") from None
    if not (isinstance(result, dict) and result.get("schema") == 1 and isinstance(result.get("lessons"), list)):
        raise CannotGrade(f"{path} is not a result of this course (schema 1); make it with: course check --submission PATH --json {path.name}")
    return result


def _cohort_of(result: dict) -> Cohort:
    titles = _titles()
    graded_lessons = tuple(
        LessonFacts(
            int(lesson["name"].split("_")[1]), lesson["name"], titles.get(lesson["name"], lesson["name"]), lesson["max_score"],
            tuple(TaskFacts(task["id"], task["name"], titles.get(task["id"], task["name"]), task["max_score"]) for task in lesson["tasks"]))
        for lesson in result["lessons"]
    )  # fmt: skip
    return Cohort(graded_lessons, {}, (), "")


def _titles() -> dict[str, str]:
    """Titles of lessons by name and of tasks by id, where the course is at hand."""
    try:
        known = lessons(course_root())
    except CatalogError:
        return {}
    return {lesson.name: lesson.title for lesson in known} | {task.id: task.title for lesson in known for task in lesson.tasks}
