"""The unit of work of a cohort: one submission in, one result out, as bytes of JSON.

Everything that a verdict depends on is in the request: what was admitted, the seed, which tests.
So it can be done by a process on this machine or by another machine, and done again later.
"""

import functools
import hashlib
import hmac
import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course.catalog import Lesson
from course.grading.submission import CannotGrade

SCHEMA = 1


@dataclass(frozen=True)
class Tests:
    """On what a cohort is graded."""

    __test__ = False  # not a test class for pytest

    lessons: list[Lesson]
    hidden: dict[str, str]
    """Texts of the instructor's own test files, by file name."""

    @property
    def hash(self) -> str:
        """Of everything that decides: grading tests, solutions, known mistakes, the instructor's own tests."""
        files = {f"{kind} {lesson.name}": path.read_text(encoding="utf-8")
                 for lesson in self.lessons
                 for kind, path in (("tests", lesson.grading_tests), ("solution", lesson.solution),
                                    ("mistakes", lesson.wrong_answers))
                 if path.is_file()}
        return _digest({**files, **{f"hidden {name}": text for name, text in self.hidden.items()}})


def read_hidden(folder: Path | None) -> dict[str, str]:
    """The instructor's own tests: every `test_*.py` in a folder. Raises CannotGrade."""
    if folder is None:
        return {}
    paths = sorted(folder.glob("test_*.py")) if folder.is_dir() else []
    if not paths:
        raise CannotGrade(f"there are no tests in {folder}; --hidden takes a folder with files named test_*.py")
    try:
        return {path.name: path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise CannotGrade(f"a hidden test in {folder} cannot be read: {error}") from None


@functools.cache
def environment_hash() -> str:
    """Of Python, the installed packages and the grader's own code: results of another one may differ."""
    package = Path(__file__).resolve().parents[1]
    code = {str(path.relative_to(package)): path.read_text(encoding="utf-8")
            for part in ("grading", "data") for path in sorted((package / part).rglob("*.py"))}
    packages = {f"package {one.name}": one.version for one in metadata.distributions()}
    return _digest({**code, **packages, "python": platform.python_version(), "system": sys.platform})


def seed_of(secret: bytes, student: str, submission_hash: str) -> int:
    """Of one submission's inputs: from the cohort's secret, so that nobody who is graded can work it out. 62 bits."""
    mixed = hmac.digest(secret, json.dumps([student, submission_hash]).encode(), "sha256")
    return int.from_bytes(mixed[:8]) >> 2


def request(tests: Tests, tests_hash: str, shown_as: str, content: dict, seed: int, *, require_sandbox: bool) -> bytes:
    """What `slots.grade_bytes` takes."""
    return json.dumps({
        "schema": SCHEMA,
        "tests": {"lessons": [lesson.name for lesson in tests.lessons], "hidden": tests.hidden, "hash": tests_hash},
        "environment_hash": environment_hash(), "require_sandbox": require_sandbox,
        "shown_as": shown_as, "content": content, "seed": seed,
    }).encode()


@dataclass(frozen=True)
class Reply:
    """What `slots.grade_bytes` gives. One of `result`, `problem` and `impossible` is there."""

    isolation: str = ""
    result: dict | None = None
    hidden: dict | None = None
    problem: str = ""
    """Why this submission could not be graded; the others can."""
    impossible: str = ""
    """Why nothing can be graded, such as a grading test that cannot be read."""
    hidden_tests: tuple = ()
    """The instructor's own tests as they were found: dicts with "name", "task", "max_score"."""
    started_at: str = ""
    graded_at: str = ""
    seconds: float = 0.0

    def as_bytes(self) -> bytes:
        return json.dumps({"schema": SCHEMA, **self.__dict__}).encode()

    @classmethod
    def of(cls, data: bytes) -> "Reply":
        fields = json.loads(data)
        del fields["schema"]
        return cls(**fields)


def _digest(files: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for part in _parts(files):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _parts(files: dict[str, str]) -> Iterable[bytes]:
    for name in sorted(files):
        yield name.encode()
        yield files[name].encode()
