"""Filling a gradebook that was exported from Canvas, so that it can be imported again.

Only the columns that identify a student and the one column of the assignment are written: a column
that Canvas does not know would become a new assignment, and a blank over a score counts as a change.
Students without a submission keep the score they had.
"""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from course.grading.exports.graded import Graded, Results
from course.grading.exports.writing import whole_file
from course.grading.submission import CannotGrade

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
POINTS_POSSIBLE = "Points Possible"
ASSIGNMENT = re.compile(r".+ \(\d+\)")
DOWNLOADED = re.compile(r"^[^_]+(?:_LATE)?_(\d+)_\d+_")
"""How Canvas names the files when an instructor downloads all submissions: name_userid_submissionid_file."""


@dataclass
class Filled:
    """What was done, for the instructor to read."""

    students: int = 0
    column: str = ""
    points_possible: float = 0
    not_found: list[str] = field(default_factory=list)
    """Submissions of nobody in the table."""
    ambiguous: list[str] = field(default_factory=list)
    """Submissions that fit several students."""
    not_graded: list[str] = field(default_factory=list)


def fill(results: Results, exported: Path, out: Path, assignment: str | None = None) -> Filled:
    """Write the table to import to `out`.

    A submission is matched with a student by Canvas's own user number (as in the names of downloaded
    submissions), or where its folder is called like the student's SIS Login ID, SIS User ID, ID or name.

    Args:
        exported: the CSV file that Canvas exported.
        assignment: title of the assignment, or its whole column name; may be left out where there is only one.

    Raises:
        CannotGrade: where the file is not such a table, or the assignment is not in it or not the only one.
    """
    header, before, students = _read(exported)
    column = _assignment_column(header, assignment, exported)
    possible = _points_possible(before, header.index(column), column, exported)
    keys = _keys(header, students)
    filled = Filled(column=column, points_possible=possible)
    scores: dict[int, float] = {}
    for graded in results:
        rows = _rows_of(graded, keys)
        if graded.result is None:
            filled.not_graded.append(graded.shown_as)
        elif not rows:
            filled.not_found.append(graded.shown_as)
        elif len(rows) > 1 or rows & scores.keys():
            filled.ambiguous.append(graded.shown_as)
        else:
            scores[rows.pop()] = round(graded.score * possible / max(1, results.cohort.max_score), 2)
    wanted = [index for index, name in enumerate(header) if name in IDENTITY] + [header.index(column)]
    with whole_file(out, newline="") as file:
        table = csv.writer(file)
        table.writerow([header[index] for index in wanted])
        for row in before:
            table.writerow([row[index] for index in wanted])
        for number, row in enumerate(students):
            if number in scores:
                row = [*row[: wanted[-1]], f"{scores[number]:g}", *row[wanted[-1] + 1 :]]
            table.writerow([row[index] for index in wanted])
    filled.students = len(scores)
    return filled


def _read(exported: Path) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Header, the rows up to "Points Possible", the rows of students; every row as long as the header."""
    try:
        with open(exported, encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except OSError as error:
        raise CannotGrade(f"{exported} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotGrade(f"{exported} is not a CSV file in UTF-8 ({error})") from None
    if not rows or rows[0][:2] != ["Student", "ID"]:
        raise CannotGrade(f"{exported} is not a gradebook that Canvas exported: its first columns should be Student, ID")
    header, *others = rows
    others = [[*row[: len(header)], *[""] * (len(header) - len(row))] for row in others]
    last = next((number for number, row in enumerate(others[:5]) if row[0].strip() == POINTS_POSSIBLE), None)
    if last is None:
        raise CannotGrade(f"{exported} has no row '{POINTS_POSSIBLE}'; export the whole gradebook from Canvas and use that file")
    return header, others[: last + 1], others[last + 1 :]


def _assignment_column(header: list[str], assignment: str | None, exported: Path) -> str:
    columns = [name for name in header if ASSIGNMENT.fullmatch(name)]
    fitting = [name for name in columns if assignment in (None, name, name.rpartition(" (")[0])]
    if len(fitting) == 1:
        return fitting[0]
    known = "; ".join(columns) or "none"
    if not fitting:
        raise CannotGrade(f"{exported} has no assignment {assignment!r}; it has: {known}")
    raise CannotGrade(f"{exported} has several assignments; name one with --assignment: {'; '.join(fitting)}")


def _points_possible(before: list[list[str]], index: int, column: str, exported: Path) -> float:
    text = before[-1][index].strip()
    try:
        possible = float(text)
    except ValueError:
        possible = 0
    if possible <= 0:
        raise CannotGrade(f"{exported}: '{column}' has {text or 'no'} points possible; give the assignment its points in Canvas first")
    return possible


def _keys(header: list[str], students: list[list[str]]) -> dict[tuple[str, str], set[int]]:
    """Which rows belong to an identifier: (column, what stands in it)."""
    keys: dict[tuple[str, str], set[int]] = {}
    for number, row in enumerate(students):
        for column in ("ID", "SIS Login ID", "SIS User ID", "Student"):
            if column in header and (value := row[header.index(column)].strip().casefold()):
                keys.setdefault((column, value), set()).add(number)
    return keys


def _rows_of(graded: Graded, keys: dict[tuple[str, str], set[int]]) -> set[int]:
    downloaded = DOWNLOADED.match(graded.student)
    if downloaded:
        return set(keys.get(("ID", downloaded[1]), ()))
    name = graded.student.strip().casefold()
    return next((set(keys[column, name]) for column in ("SIS Login ID", "SIS User ID", "ID", "Student") if (column, name) in keys), set())
