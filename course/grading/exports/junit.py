"""JUnit XML, as build servers show it: a suite per student, a case per task.

A format without points: each case carries them as a property. One pytest run writes its own with
`pytest tests/lessons --submission PATH --junitxml FILE`.
"""

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from course.grading.exports.graded import Graded, Results
from course.grading.exports.writing import whole_file

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(results: Results, out: Path) -> int:
    """Write one XML file; returns the number of students. They are written one by one, as they are read."""
    count = 0
    with whole_file(out) as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="Learning to See">\n')
        for count, graded in enumerate(results, start=1):
            file.write(_suite(graded))
        file.write("</testsuites>\n")
    return count


def _suite(graded: Graded) -> str:
    cases = [_case(lesson["name"], task) for lesson, task in graded.tasks]
    if graded.result is None:
        cases = [f'  <testcase classname="grading" name="grading"><error message={_attribute(graded.problem)}/></testcase>\n']
    statuses = [task["status"] for _, task in graded.tasks]
    failures = sum(status in ("failed", "not_attempted") for status in statuses)
    errors = statuses.count("error") + (graded.result is None)
    seconds = sum(task["seconds"] for _, task in graded.tasks)
    timestamp = f" timestamp={_attribute(graded.graded_at)}" if graded.graded_at else ""
    head = (f' <testsuite name={_attribute(graded.shown_as)} tests="{len(cases)}" failures="{failures}" errors="{errors}" '
            f'skipped="0" time="{seconds:.3f}"{timestamp}>\n')  # fmt: skip
    maximum = graded.result["max_score"] if graded.result else 0
    return head + _points(graded.score, maximum, "  ") + "".join(cases) + " </testsuite>\n"


def _case(lesson: str, task: dict) -> str:
    name = f"{task['id']} {task['name']}"
    head = f'  <testcase classname={_attribute(lesson)} name={_attribute(name)} time="{task["seconds"]:.3f}">\n'
    body = _points(task["score"], task["max_score"], "   ")
    if task["status"] != "passed":
        kind = "error" if task["status"] == "error" else "failure"
        first, _, _ = task["message"].partition("\n")
        reason = task["diagnosis"] or task["status"]
        body += f"   <{kind} message={_attribute(first)} type={_attribute(reason)}>{_text(task['message'])}</{kind}>\n"
    return f"{head}{body}  </testcase>\n"


def _points(score: int, maximum: int, indent: str) -> str:
    return f'{indent}<properties><property name="score" value="{score}"/><property name="max_score" value="{maximum}"/></properties>\n'


def _text(text: str) -> str:
    return escape(NOT_IN_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(NOT_IN_XML.sub("\ufffd", text))
