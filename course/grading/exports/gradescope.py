"""Gradescope: the autograder that it runs, and the result that it reads.

`autograder` packs the course's grading into one archive with `setup.sh` and `run_autograder`.
Inside Gradescope that script grades and calls `convert`; a result is written whatever happens, so
that a student never sees an empty page.
"""

import json
import os
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from course.catalog import Lesson
from course.grading.exports.graded import WORDS
from course.grading.exports.writing import whole_file
from course.grading.submission import CannotGrade

SCRIPTS = Path(__file__).parent / "autograder"
PARTS = ("course", "pyproject.toml", "constraints.txt", "LICENSE", "README.md")
"""What of the project the autograder takes along, besides the chosen lessons."""
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
FIXED_TIME = (2026, 1, 1, 0, 0, 0)
"""The same course gives the same archive."""


def autograder(root: Path, lessons: Sequence[Lesson], out: Path) -> int:
    """Write the archive to upload as an assignment's autograder; returns its size in bytes.

    Args:
        root: the course's folder.
        lessons: what the assignment asks for; only their solutions and tests are packed.
    """
    files = {"setup.sh": SCRIPTS / "setup.sh", "run_autograder": SCRIPTS / "run_autograder"}
    for part in PARTS:
        files |= {f"course_files/{name}": path for name, path in _below(root / part, part).items()}
    for lesson in lessons:
        own = [lesson.solution, lesson.exercise, lesson.grading_tests, lesson.wrong_answers, lesson.accepted]
        files |= {f"course_files/{path.relative_to(root).as_posix()}": path for path in own if path.is_file()}
    with whole_file(out, binary=True) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())
    return out.stat().st_size


def _below(path: Path, name: str) -> dict[str, Path]:
    if path.is_file():
        return {name: path}
    found = (file for file in path.rglob("*") if file.is_file() and not LEFT_OUT & set(file.parts))
    return {f"{name}/{file.relative_to(path).as_posix()}": file for file in found}


def convert(result: dict, *, hidden: dict | None = None, show_hidden: bool = False) -> dict:
    """The object that Gradescope reads from `results.json`.

    Args:
        result: the `--json` object, schema 1.
        hidden: results of the instructor's own tests.
        show_hidden: whether students see these.
    """
    tests = [_test(task, lesson["name"]) for lesson in result["lessons"] for task in lesson["tasks"]]
    for number, test in enumerate(hidden["tests"] if hidden else (), start=1):
        tests.append({
            "score": test["score"], "max_score": test["max_score"], "status": "passed" if test["status"] == "passed" else "failed",
            "name": test["name"], "number": f"hidden {number}", "output": test["message"], "output_format": "text",
            "tags": ["hidden"], "visibility": "visible" if show_hidden else "hidden",
        })  # fmt: skip
    seconds = sum(task["seconds"] for lesson in result["lessons"] for task in lesson["tasks"])
    return {
        "score": result["score"] + (hidden["score"] if hidden else 0),
        "execution_time": round(seconds),
        "output": "", "output_format": "text", "test_output_format": "text",
        "visibility": "visible", "stdout_visibility": "hidden",
        "tests": tests, "leaderboard": [],
        "extra_data": {"schema": result["schema"], "isolation": result["isolation"], "max_score": result["max_score"]},
    }  # fmt: skip


def _test(task: dict, lesson: str) -> dict:
    message = "" if task["status"] == "passed" and not task["message"] else task["message"] or WORDS[task["status"]]
    return {
        "score": task["score"], "max_score": task["max_score"], "status": "passed" if task["status"] == "passed" else "failed",
        "name": task["name"], "number": task["id"], "output": message, "output_format": "text", "tags": [lesson],
        "visibility": "visible", "extra_data": {"status": task["status"], "diagnosis": task["diagnosis"]},
    }  # fmt: skip


def could_not_grade(reason: str) -> dict:
    """What Gradescope reads where grading was not possible: no points, and the reason."""
    return {
        "score": 0, "output": f"This could not be graded: {reason}", "output_format": "text", "visibility": "visible",
        "stdout_visibility": "hidden", "tests": [], "extra_data": {"graded": False},
    }  # fmt: skip


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """`python -m course.grading.exports.gradescope SUBMISSION RESULTS`, inside Gradescope.

    Grades all lessons of the course in whose folder it runs. The exit code is 0 as long as a result
    could be written, as Gradescope shows its own error for any other.
    """
    from course import catalog
    from course.grading import run

    submission, out = map(Path, arguments)
    try:
        lessons = list(catalog.lessons(catalog.course_root()))
        graded = run.grade(lessons, _only_file(submission, lessons), seed=int.from_bytes(os.urandom(3)))
        found = convert(graded.as_json())
    except Exception as error:  # a student is never left without a page
        expected = isinstance(error, (CannotGrade, catalog.CatalogError))
        found = could_not_grade(str(error) if expected else f"the grader itself failed ({type(error).__name__}: {error}); tell your instructor")
    with whole_file(out) as file:
        json.dump(found, file, ensure_ascii=False, indent=1)


def _only_file(submission: Path, lessons: Sequence[Lesson]) -> Path:
    """For an assignment on one lesson a bare exercise.py is enough; Gradescope knows no folders."""
    alone = submission / "exercise.py"
    named = any((submission / f"{lesson.name}.py").exists() or (submission / lesson.name).exists() for lesson in lessons)
    return alone if len(lessons) == 1 and alone.is_file() and not alone.is_symlink() and not named else submission


if __name__ == "__main__":
    main()
