"""`course export`: which format needs what, and what is said when it is done."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from course import catalog
from course.grading.exports import canvas, classroom50, feedback, gradescope, junit, table
from course.grading.exports.graded import Results, read_result, results
from course.grading.exports.writing import whole_file
from course.grading.submission import CannotGrade

DEFAULT_OUT = {"csv": "grades.csv", "junit": "grades.xml", "html": "feedback_pages", "canvas": "canvas.csv",
               "gradescope": "autograder.zip", "classroom50": "result.json"}  # fmt: skip


def export(form: str, source: Path | None, out: Path | None, root: Path, *, lesson: str | None = None, into: Path | None = None,
           assignment: str | None = None, show_hidden: bool = False) -> Iterator[str]:  # fmt: skip
    """Do one export; yields what to tell the instructor.

    Args:
        form: a key of DEFAULT_OUT.
        source: a gradebook's folder or a result file; only Gradescope's autograder does without.
        root: the course's folder.

    Raises:
        CannotGrade, CatalogError: with one line.
    """
    out = out or Path(DEFAULT_OUT[form])
    if form == "gradescope":
        yield from _gradescope(source, out, root, lesson)
        return
    if source is None:
        raise CannotGrade(f"say where the results are: course export {form} --from DIR (the --out folder of course grade)")
    if form == "classroom50":
        yield from _classroom50(source, out)
        return
    with results(source) as graded:
        if form == "canvas":
            yield from _canvas(graded, into, out, assignment)
        elif form == "html":
            count = feedback.write(graded, out, show_hidden=show_hidden)
            cohort = f"; the cohort's page is {out / 'cohort.html'}" if graded.book else ""
            yield f"{_students(count)} in {out / 'feedback'}{cohort}"
        else:
            count = {"csv": table, "junit": junit}[form].write(graded, out)
            yield f"{_students(count)} in {out}"


def _students(count: int) -> str:
    return f"{count} student{'s' * (count != 1)}"


def _gradescope(source: Path | None, out: Path, root: Path, lesson: str | None) -> Iterator[str]:
    if source is not None and source.is_file():
        converted = out if out.suffix == ".json" else out.with_name("results.json")
        with whole_file(converted) as file:
            json.dump(gradescope.convert(read_result(source)), file, ensure_ascii=False, indent=1)
        yield f"Gradescope's result is in {converted}"
        return
    lessons = [catalog.lesson(lesson, root)] if lesson else _lessons_of(source, root)
    size = gradescope.autograder(root, lessons, out)
    yield f"the autograder for lesson{'s' * (len(lessons) != 1)} {', '.join(str(each.number) for each in lessons)} is {out} ({size / 1e6:.1f} MB)"
    yield "Upload it as the assignment's autograder, and choose a container with at least 3 GB of memory: TensorFlow needs it."


def _lessons_of(source: Path | None, root: Path) -> list[catalog.Lesson]:
    """Those that a gradebook is about, else all."""
    if source is None:
        return list(catalog.lessons(root))
    with results(source) as graded:
        return [catalog.lesson(lesson.name, root) for lesson in graded.cohort.lessons]


def _classroom50(source: Path, out: Path) -> Iterator[str]:
    if source.is_dir():
        raise CannotGrade("Classroom 50 grades one submission at a time, in its runner; give the file that check --json wrote: "
                          "course export classroom50 --from result.json")  # fmt: skip
    converted = classroom50.convert(read_result(source), Path.cwd(), os.environ)
    with whole_file(out) as file:
        json.dump(converted, file, ensure_ascii=False, indent=1)
    yield f"{converted['score']} of {converted['max-score']} points in {out}"


def _canvas(graded: Results, into: Path | None, out: Path, assignment: str | None) -> Iterator[str]:
    if into is None:
        raise CannotGrade("give the gradebook that you exported from Canvas: course export canvas --from DIR --into EXPORTED.csv")
    filled = canvas.fill(graded, into, out, assignment)
    yield f"{_students(filled.students)} in {out}, column '{filled.column}'"
    if filled.points_possible != graded.cohort.max_score:
        yield f"Points were scaled: {graded.cohort.max_score} here are {filled.points_possible:g} in Canvas."
    for words, names in (("in nobody's row, so left out", filled.not_found), ("fits several students, so left out", filled.ambiguous),
                         ("could not be graded, so its cell is as it was", filled.not_graded)):  # fmt: skip
        for name in names:
            yield f"  {name}: {words}"
