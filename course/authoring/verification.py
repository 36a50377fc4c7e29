"""The laws that every lesson keeps, proved by running them.

1. A fresh stub fails every task, as "not attempted".
2. The solution passes every task with all points, and every accepted way passes its task.
3. Every named wrong answer is refused, and by its own name.
And a lesson is complete: enough wrong answers, three hints a task, a self-check.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course.authoring.failures import CannotPublish
from course.authoring.lesson_texts import read_hints, read_quiz
from course.authoring.stubs import make_exercise
from course.catalog import Lesson
from course.grading.run import grade, grade_variants
from course.grading.wrong_answers import accepted_answers, wrong_answers

WRONG_ANSWERS_PER_LESSON = 20
WRONG_ANSWERS_PER_TASK = 3
QUESTIONS_PER_LESSON = 4


@dataclass(frozen=True)
class Finding:
    """One law looked at: what was tried, and what is wrong, if anything."""

    lesson: str
    law: str
    subject: str
    problem: str = ""

    @property
    def kept(self) -> bool:
        return not self.problem


def verify(lesson: Lesson, *, on_step: Callable[[str], None] = lambda text: None) -> list[Finding]:
    """Look at all laws for one lesson. `on_step` is told what is being done."""
    on_step(f"lesson {lesson.number}: a fresh stub")
    findings = list(_stub(lesson))
    on_step(f"lesson {lesson.number}: the solution")
    findings += _solution(lesson)
    on_step(f"lesson {lesson.number}: wrong and accepted answers")
    findings += _variants(lesson)
    return findings + list(_complete(lesson))


def _stub(lesson: Lesson) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{lesson.name}.py"
        path.write_text(make_exercise(lesson), encoding="utf-8")
        report = grade([lesson], path)
    for result in report.lessons[0].tasks:
        wrong = "" if result.status == "not_attempted" and not result.score else f"status {result.status}, {result.score} points"
        yield Finding(lesson.name, "the stub fails", result.task.id, wrong)


def _solution(lesson: Lesson) -> Iterator[Finding]:
    report = grade([lesson], lesson.solution)
    for result in report.lessons[0].tasks:
        wrong = "" if result.status == "passed" else f"{result.status}: {result.message}"
        yield Finding(lesson.name, "the solution passes", result.task.id, wrong)


def _variants(lesson: Lesson) -> Iterator[Finding]:
    results = grade_variants(lesson)
    for variant in accepted_answers(lesson):
        tests = results.get(variant.name, [])
        failed = next((test.message for test in tests if test.status != "passed"), "" if tests else "no test was run")
        yield Finding(lesson.name, "accepted ways pass", variant.name, failed)
    for variant in wrong_answers(lesson):
        tests = results.get(variant.name, [])
        named = {test.diagnosis for test in tests if test.diagnosis}
        if all(test.status == "passed" for test in tests):
            problem = "it passes every test" if tests else "no test was run"
        else:
            problem = "" if named == {variant.name} else f"it is refused as {', '.join(sorted(named)) or 'unknown'}"
        yield Finding(lesson.name, "wrong answers are refused by name", variant.name, problem)


def _complete(lesson: Lesson) -> Iterator[Finding]:
    wrong = wrong_answers(lesson)
    few = "" if len(wrong) >= WRONG_ANSWERS_PER_LESSON else f"only {len(wrong)}"
    yield Finding(lesson.name, f"at least {WRONG_ANSWERS_PER_LESSON} wrong answers", lesson.name, few)
    for task in lesson.tasks:
        count = sum(variant.task.id == task.id for variant in wrong)
        few = "" if count >= WRONG_ANSWERS_PER_TASK else f"only {count}"
        yield Finding(lesson.name, f"at least {WRONG_ANSWERS_PER_TASK} wrong answers per task", task.id, few)
    questions, trouble = 0, ""
    try:
        read_hints(lesson)
        questions = len(read_quiz(lesson))
    except CannotPublish as error:
        trouble = str(error)
    yield Finding(lesson.name, "hints and self-check can be read", lesson.name, trouble)
    few = "" if questions >= QUESTIONS_PER_LESSON else f"only {questions}"
    yield Finding(lesson.name, f"at least {QUESTIONS_PER_LESSON} self-check questions", lesson.name, few)
