"""The gradebook of a cohort: one SQLite file that remembers every attempt, and what may be read from it.

For those who write exports, this is all there is to know:

    with Gradebook.open(folder) as book:
        book.cohort                      # lessons, tasks, points, hashes
        for attempt in book.latest():    # one per student, sorted by student; read one at a time
            attempt.shown_as, attempt.score, attempt.result, attempt.refused

A row is written in one transaction when its verdict is complete, so a run that is killed leaves
whole rows only. The file is written by one `course grade` at a time and can be read meanwhile.
"""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from course.grading.submission import CannotGrade

FILE_NAME = "gradebook.sqlite"
SCHEMA = 1

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE cohorts (tests_hash TEXT PRIMARY KEY, cohort TEXT NOT NULL, hidden_files TEXT NOT NULL);
CREATE TABLE submissions (hash TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    submission_hash TEXT NOT NULL REFERENCES submissions,
    tests_hash TEXT NOT NULL REFERENCES cohorts,
    environment_hash TEXT NOT NULL,
    seed INTEGER NOT NULL,
    isolation TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('graded', 'not graded')),
    result TEXT CHECK ((result IS NULL) = (outcome = 'not graded')),
    hidden TEXT,
    problem TEXT NOT NULL,
    started_at TEXT NOT NULL,
    graded_at TEXT NOT NULL,
    seconds REAL NOT NULL
);
CREATE UNIQUE INDEX graded_once ON attempts (student, submission_hash, tests_hash, environment_hash, isolation)
    WHERE outcome = 'graded';
CREATE TABLE students (
    student TEXT PRIMARY KEY,
    shown_as TEXT NOT NULL,
    refused TEXT NOT NULL,
    ignored TEXT NOT NULL,
    attempt INTEGER NOT NULL REFERENCES attempts
);
"""


@dataclass(frozen=True)
class TaskFacts:
    """One task of the cohort."""

    id: str
    name: str
    title: str
    max_score: int


@dataclass(frozen=True)
class LessonFacts:
    """One lesson of the cohort."""

    number: int
    name: str
    title: str
    max_score: int
    tasks: tuple[TaskFacts, ...]


@dataclass(frozen=True)
class HiddenTestFacts:
    """One of the instructor's own tests."""

    name: str
    task: str
    """Id of the task that it belongs to, which may be one of the instructor's own, such as "1.90"."""
    max_score: int


@dataclass(frozen=True)
class Cohort:
    """What a cohort was graded on."""

    lessons: tuple[LessonFacts, ...]
    mistakes: dict[str, str]
    """Title of each named wrong answer, by the name that `diagnosis` in a result gives."""
    hidden: tuple[HiddenTestFacts, ...]
    """The instructor's own tests, empty where there were none."""
    tests_hash: str

    @property
    def max_score(self) -> int:
        """Of the course's own tests."""
        return sum(lesson.max_score for lesson in self.lessons)

    @property
    def hidden_max_score(self) -> int:
        return sum(test.max_score for test in self.hidden)

    @classmethod
    def from_json(cls, data: dict) -> "Cohort":
        lessons = tuple(LessonFacts(**{**lesson, "tasks": tuple(TaskFacts(**task) for task in lesson["tasks"])})
                        for lesson in data["lessons"])
        return cls(lessons, data["mistakes"], tuple(HiddenTestFacts(**test) for test in data["hidden"]), data["tests_hash"])


@dataclass(frozen=True)
class Attempt:
    """One grading of one submission.

    `result` is the `--json` object, schema 1; None where the submission could not be graded, and
    then `problem` says why in one line. A submission that was refused at admission is graded all
    the same: with 0 points, the reason as its tasks' message, and in `refused`.
    """

    student: str
    """As given: the name of the folder or archive. May hold anything that a file name may hold, newlines included."""
    shown_as: str
    """The same for terminals and pages: one line, without control characters. Not escaped for HTML or CSV."""
    submission_hash: str
    tests_hash: str
    environment_hash: str
    seed: int
    """Of the tests' inputs, this submission's own."""
    isolation: str
    result: dict | None
    hidden: dict | None
    """Results of the instructor's own tests: {"score", "max_score", "tests": [{"name", "task", "status", "score",
    "max_score", "message", "seconds"}]}; None where there were none. Not for feedback unless the instructor allows it."""
    problem: str
    started_at: str
    graded_at: str
    """ISO 8601, UTC."""
    seconds: float
    """From the beginning to the end of grading it, on the wall."""
    refused: tuple[str, ...]
    """What was refused at admission and why, one line each."""
    ignored: tuple[str, ...]
    """Names of other files that were in the submission and were not looked at."""
    number: int = 0

    @property
    def score(self) -> int:
        """Points of the course's own tests; 0 where it could not be graded."""
        return self.result["score"] if self.result else 0

    @property
    def graded(self) -> bool:
        return self.result is not None


def verdict_bytes(result: dict, hidden: dict | None) -> bytes:
    """The part of a result that does not depend on how fast the machine was, in one canonical form.

    That is everything except each `seconds`. Two gradings say the same if these bytes are equal.
    """

    def without_times(value):
        if isinstance(value, dict):
            return {key: without_times(item) for key, item in value.items() if key != "seconds"}
        return [without_times(item) for item in value] if isinstance(value, list) else value

    verdict = {"result": without_times(result), "hidden": without_times(hidden)}
    return json.dumps(verdict, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Gradebook:
    """The open file. Use as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path):
        self.connection, self.path = connection, path

    @classmethod
    def open(cls, folder: Path) -> "Gradebook":
        """The gradebook in this folder. Raises CannotGrade where there is none."""
        path = folder / FILE_NAME
        if not path.is_file():
            raise CannotGrade(f"there is no gradebook in {folder}; make one with: course grade SUBMISSIONS --out {folder}")
        with _in_one_line(path):
            book = cls(_connect(path), path)
            schema = book._fact("schema")
        if schema != str(SCHEMA):
            raise CannotGrade(f"{path} was written by another version of this course (schema {schema}, this one reads {SCHEMA})")
        return book

    @classmethod
    def create_or_open(cls, folder: Path) -> "Gradebook":
        """The gradebook in this folder, made if there is none. Raises CannotGrade."""
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # it holds students' work and the secret from which inputs are drawn
        except OSError as error:
            raise CannotGrade(f"{path} cannot be made: {error.strerror}") from None
        with _in_one_line(path):
            connection = _connect(path)
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
                for statement in TABLES.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO facts VALUES ('schema', ?)", [str(SCHEMA)])
            connection.execute("COMMIT")
            connection.close()
        return cls.open(folder)

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    # Reading

    @property
    def cohort(self) -> Cohort:
        """What the last run was graded on. Raises CannotGrade where no run has begun."""
        return self.cohort_of(self._fact("tests_hash"))

    def cohort_of(self, tests_hash: str | None) -> Cohort:
        """What an attempt with this `tests_hash` was graded on. Raises CannotGrade."""
        row = self.connection.execute("SELECT cohort FROM cohorts WHERE tests_hash = ?", [tests_hash]).fetchone()
        if row is None:
            raise CannotGrade(f"{self.path} is empty; fill it with: course grade SUBMISSIONS --out {self.path.parent}")
        return Cohort.from_json(json.loads(row[0]))

    def find_student(self, name: str) -> str | None:
        """A student by the name as given or as shown."""
        row = self.connection.execute("SELECT student FROM students WHERE ? IN (student, shown_as) ORDER BY student <> ?",
                                      [name, name]).fetchone()
        return row[0] if row else None

    def hidden_files(self, tests_hash: str) -> dict[str, str]:
        """Texts of the instructor's own tests that an attempt was graded on, by file name. Not for feedback."""
        row = self.connection.execute("SELECT hidden_files FROM cohorts WHERE tests_hash = ?", [tests_hash]).fetchone()
        return json.loads(row[0])

    def latest(self) -> Iterator[Attempt]:
        """The attempt that counts of every student, sorted by student; one at a time, so memory stays small.

        It is the one on what the student had handed in at the last run that met them.
        """
        students = [row[0] for row in self.connection.execute("SELECT student FROM students ORDER BY student")]
        for student in students:
            if found := self.latest_of(student):
                yield found

    def latest_of(self, student: str) -> Attempt | None:
        """The attempt that counts of one student, called as in the submissions' folder."""
        return next(self._attempts("attempts.number = students.attempt AND attempts.student = ?", [student]), None)

    def history(self, student: str) -> Iterator[Attempt]:
        """All attempts of one student, oldest first. Admission notes are those of the last run."""
        return self._attempts("attempts.student = ?", [student])

    def content(self, submission_hash: str) -> dict:
        """What was admitted of a submission: see `admission.Admitted.content`."""
        row = self.connection.execute("SELECT content FROM submissions WHERE hash = ?", [submission_hash]).fetchone()
        return json.loads(zlib.decompress(row[0]))

    def _attempts(self, condition: str, values: list) -> Iterator[Attempt]:
        rows = self.connection.execute(
            "SELECT attempts.student, shown_as, submission_hash, tests_hash, environment_hash, seed, isolation, result, hidden, "
            "problem, started_at, graded_at, seconds, refused, ignored, number FROM attempts JOIN students USING (student) "
            f"WHERE {condition} ORDER BY number", values)
        for *before, result, hidden, problem, started_at, graded_at, seconds, refused, ignored, number in rows:
            yield Attempt(*before, json.loads(result) if result else None, json.loads(hidden) if hidden else None, problem,
                          started_at, graded_at, seconds, tuple(json.loads(refused)), tuple(json.loads(ignored)), number)

    def _fact(self, name: str) -> str | None:
        row = self.connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return row[0] if row else None

    # Writing, for `course grade` alone

    def secret(self, chosen: int | None) -> bytes:
        """From what every submission's own seed is made: drawn once per gradebook, or from a chosen number.

        Raises CannotGrade where the gradebook has another one already.
        """
        fresh = os.urandom(32) if chosen is None else hashlib.sha256(f"cohort {chosen}".encode()).digest()
        with self._changes():
            self.connection.execute("INSERT OR IGNORE INTO facts VALUES ('secret', ?)", [fresh.hex()])
        kept = bytes.fromhex(self._fact("secret"))
        if chosen is not None and kept != fresh:
            raise CannotGrade(f"{self.path} was begun with another seed; leave --seed out, or choose another --out")
        return kept

    def begin(self, cohort: Cohort, hidden_files: dict[str, str]) -> None:
        """Say what is graded from now on; what is known of these tests already stays.

        Raises CannotGrade where the gradebook is about other lessons.
        """
        known = self._fact("lessons")
        lessons = ", ".join(lesson.name for lesson in cohort.lessons)
        if known is not None and known != lessons:
            raise CannotGrade(f"{self.path} is about {known}; grade {lessons} into another folder with --out")
        with self._changes():
            self.connection.execute("INSERT OR IGNORE INTO cohorts VALUES (?, ?, ?)",
                                    [cohort.tests_hash, _json(asdict(cohort)), _json(hidden_files)])
            for name, value in (("lessons", lessons), ("tests_hash", cohort.tests_hash)):
                self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])

    def describe_hidden(self, cohort: Cohort) -> None:
        """Add what is known of the instructor's own tests once they have been read."""
        with self._changes():
            self.connection.execute("UPDATE cohorts SET cohort = ? WHERE tests_hash = ?",
                                    [_json(asdict(cohort)), cohort.tests_hash])

    def find(self, student: str, submission_hash: str, tests_hash: str, environment_hash: str,
             isolation: str | None) -> int | None:
        """Number of the attempt that has graded just this already; `isolation` None takes any."""
        row = self.connection.execute(
            "SELECT number FROM attempts WHERE outcome = 'graded' AND student = ? AND submission_hash = ? AND tests_hash = ? "
            "AND environment_hash = ? AND isolation = coalesce(?, isolation) ORDER BY number DESC",
            [student, submission_hash, tests_hash, environment_hash, isolation]).fetchone()
        return row[0] if row else None

    def keep(self, attempt: Attempt, content: dict) -> None:
        """Write one attempt and make it the student's latest, in one transaction."""
        with self._changes():
            self.connection.execute("INSERT OR IGNORE INTO submissions VALUES (?, ?)",
                                    [attempt.submission_hash, zlib.compress(_json(content).encode())])
            number = self.connection.execute(
                "INSERT INTO attempts (student, submission_hash, tests_hash, environment_hash, seed, isolation, outcome, result, "
                "hidden, problem, started_at, graded_at, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [attempt.student, attempt.submission_hash, attempt.tests_hash, attempt.environment_hash, attempt.seed,
                 attempt.isolation, "graded" if attempt.graded else "not graded", attempt.result and _json(attempt.result),
                 attempt.hidden and _json(attempt.hidden), attempt.problem, attempt.started_at, attempt.graded_at,
                 attempt.seconds]).lastrowid
            self._point(attempt.student, attempt.shown_as, attempt.refused, attempt.ignored, number)

    def point(self, student: str, shown_as: str, refused: tuple[str, ...], ignored: tuple[str, ...], number: int) -> None:
        """Say which attempt is a student's latest: an unchanged submission is not graded twice."""
        with self._changes():
            self._point(student, shown_as, refused, ignored, number)

    def _point(self, student, shown_as, refused, ignored, number) -> None:
        self.connection.execute("INSERT OR REPLACE INTO students VALUES (?, ?, ?, ?, ?)",
                                [student, shown_as, _json(list(refused)), _json(list(ignored)), number])

    @contextmanager
    def _changes(self):
        with _in_one_line(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def _in_one_line(path: Path):
    try:
        yield
    except sqlite3.Error as error:
        raise CannotGrade(f"the gradebook {path} cannot be used: {error}") from None


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)
