"""What grading says: per test, task, lesson and submission, and the JSON object made of it."""

from dataclasses import dataclass, field

from course.catalog import Lesson, Task

STATUSES = ("passed", "failed", "error", "not_attempted")


@dataclass(frozen=True)
class TestResult:
    """One grading test, on one submission."""

    __test__ = False  # not a test class for pytest

    task_id: str
    name: str
    points: int
    status: str
    message: str = ""
    diagnosis: str | None = None
    seconds: float = 0.0
    note: str = ""


@dataclass
class TaskResult:
    """A task's tests together. What was not seen to pass gives no points."""

    task: Task
    tests: list[TestResult] = field(default_factory=list)
    missing: str = ""
    """Why the task could not be graded at all, if so."""

    @property
    def score(self) -> int:
        return 0 if self.missing else sum(test.points for test in self.tests if test.status == "passed")

    @property
    def first_failure(self) -> TestResult | None:
        return next((test for test in self.tests if test.status != "passed"), None)

    @property
    def status(self) -> str:
        if self.missing or not self.tests:
            return "not_attempted"
        if self.first_failure is None:
            return "passed" if self.score == self.task.points else "error"
        if self.first_failure.status == "not_attempted" and self.score:
            return "failed"
        return self.first_failure.status

    @property
    def message(self) -> str:
        if self.missing:
            return self.missing
        if self.first_failure:
            return "\n".join(part for part in (self.first_failure.message, self.first_failure.note) if part)
        return next((test.note for test in self.tests if test.note), "")

    @property
    def diagnosis(self) -> str | None:
        return next((test.diagnosis for test in self.tests if test.diagnosis), None)

    @property
    def seconds(self) -> float:
        return sum(test.seconds for test in self.tests)


@dataclass
class LessonResult:
    """A lesson's tasks, in order."""

    lesson: Lesson
    tasks: list[TaskResult]
    note: str = ""
    """Something about the file as a whole, such as a line that Python cannot read."""

    @property
    def score(self) -> int:
        return sum(task.score for task in self.tasks)

    @property
    def max_score(self) -> int:
        return sum(task.task.points for task in self.tasks)


@dataclass
class Report:
    """The result of grading one submission."""

    submission: str
    isolation: str
    lessons: list[LessonResult]
    keras_tasks: list[str] = field(default_factory=list)
    """Tasks of these lessons whose tests use Keras, whether they were graded or not."""

    @property
    def score(self) -> int:
        return sum(lesson.score for lesson in self.lessons)

    @property
    def max_score(self) -> int:
        return sum(lesson.max_score for lesson in self.lessons)

    @property
    def all_passed(self) -> bool:
        return self.score == self.max_score and all(
            task.status == "passed" for lesson in self.lessons for task in lesson.tasks)

    def as_json(self) -> dict:
        """The object that `--json` writes: schema 1."""
        return {
            "schema": 1, "submission": self.submission, "isolation": self.isolation,
            "score": self.score, "max_score": self.max_score,
            "lessons": [
                {
                    "name": lesson.lesson.name, "score": lesson.score, "max_score": lesson.max_score,
                    "tasks": [
                        {
                            "id": task.task.id, "name": task.task.name, "status": task.status, "score": task.score,
                            "max_score": task.task.points, "message": task.message, "diagnosis": task.diagnosis,
                            "seconds": round(task.seconds, 3),
                        }
                        for task in lesson.tasks
                    ],
                }
                for lesson in self.lessons
            ],
        }
