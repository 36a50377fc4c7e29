"""The gradebook as a CSV table: one row per student, one column per lesson and task."""

import csv
from pathlib import Path

from course.grading.exports.graded import Results
from course.grading.exports.writing import whole_file

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this is a formula for spreadsheets, whatever the file says."""


def write(results: Results, out: Path) -> int:
    """Write the table to `out`; returns the number of students.

    Text cells are neutralised with a leading apostrophe where a spreadsheet would run them.
    """
    cohort = results.cohort
    tasks = [task for lesson in cohort.lessons for task in lesson.tasks]
    header = ["student", "score", "max_score", "percent", *(lesson.name for lesson in cohort.lessons), *(task.id for task in tasks)]
    if cohort.hidden:
        header += ["hidden_score", "hidden_max_score"]
    header += ["isolation", "graded_at", "remarks"]
    count = 0
    with whole_file(out, newline="") as file:
        table = csv.writer(file)
        table.writerow(header)
        for count, graded in enumerate(results, start=1):
            by_lesson = {lesson["name"]: lesson["score"] for lesson in graded.result["lessons"]} if graded.result else {}
            by_task = {task["id"]: task["score"] for _, task in graded.tasks}
            row = [harmless(graded.shown_as), graded.score, cohort.max_score, round(100 * graded.score / max(1, cohort.max_score), 1)]
            row += [by_lesson.get(lesson.name, "") for lesson in cohort.lessons]
            row += [by_task.get(task.id, "") for task in tasks]
            if cohort.hidden:
                row += [graded.hidden["score"], graded.hidden["max_score"]] if graded.hidden else ["", ""]
            row += [graded.isolation, graded.graded_at, harmless("; ".join(filter(None, (graded.problem, *graded.refused))))]
            table.writerow(row)
    return count


def harmless(text: str) -> str:
    """A cell's text that no spreadsheet takes for a formula, on one line."""
    text = " ".join(text.splitlines())
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text
