"""The result that Classroom 50 collects (`classroom50/result/v1`), from one result of this course.

It is made where the submission is graded, in the runner, which says in environment variables what
is graded. A low grade is no failure: whoever calls this ends with exit code 0.
"""

import os
import subprocess
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from course.grading.submission import CannotGrade

NEEDED = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
OPTIONAL = {"assignment_type": "ASSIGNMENT_TYPE", "owner": "OWNER"}
"""The runner fills these in by itself where it does not say them."""


def convert(result: dict, repository: Path, environment: Mapping[str, str] = os.environ) -> dict:
    """The object to write to `result.json`.

    Args:
        result: the `--json` object, schema 1.
        repository: the submission's git folder, whose last commit gives the time.
        environment: of the runner: CLASSROOM, ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL, and
            REVIEW_URL where there is a review.

    Raises:
        CannotGrade: where the environment is not that of a Classroom 50 runner, or the folder has no commit.
    """
    missing = [name for name in NEEDED if not environment.get(name)]
    if missing:
        raise CannotGrade(f"not in a Classroom 50 runner: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set")
    tests = [
        {"test-name": f"{task['id']} {task['name']}", "passed": task["status"] == "passed", "score": task["score"], "max-score": task["max_score"]}
        for lesson in result["lessons"] for task in lesson["tasks"]
    ]  # fmt: skip
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        **{field: environment[name] for field, name in OPTIONAL.items() if environment.get(name)},
        "submission": environment["SUBMISSION_TAG"],
        "commit": environment["COMMIT_URL"],
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": _time_of_commit(repository),
        "score": result["score"],
        "max-score": result["max_score"],
        "tests": tests,
    }


def _time_of_commit(repository: Path) -> str:
    """When the graded commit was made, as 2026-09-01T12:00:00Z."""
    command = ["git", "-c", f"safe.directory={repository.resolve()}", "-C", str(repository), "log", "-1", "--format=%ct"]
    try:
        seconds = int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        raise CannotGrade(f"{repository} has no git commit; run this in the submission's repository") from None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
