"""Named wrong answers: mistakes that people make, written down as code, each with the idea behind it.

A wrong answer is a function `<task function>__<mistake>` in `tests/wrong_answers/<lesson>.py`. The
first line of its docstring names the mistake; the rest gives the idea that clears it up. Accepted
answers, `<task function>__<way>` in `tests/accepted/<lesson>.py`, have the same form. Both are read
as text here; only workers execute them.
"""

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

from course.catalog import CatalogError, Lesson, Task


@dataclass(frozen=True)
class Variant:
    """A function that stands in for a task's own one."""

    name: str
    function: str
    task: Task
    title: str
    idea: str


def wrong_answers(lesson: Lesson) -> list[Variant]:
    """The lesson's named wrong answers, in the order of the file. Raises CatalogError."""
    return _read(lesson, lesson.wrong_answers)


def accepted_answers(lesson: Lesson) -> list[Variant]:
    """Other correct ways to solve the lesson's tasks, in the order of the file. Raises CatalogError."""
    return _read(lesson, lesson.accepted)


def _read(lesson: Lesson, path: Path) -> list[Variant]:
    return list(_parsed(lesson, path.name, path.read_text(encoding="utf-8"))) if path.is_file() else []


@functools.lru_cache(maxsize=32)
def _parsed(lesson: Lesson, name: str, text: str) -> tuple[Variant, ...]:
    """The variants in a text; every failed test asks for them."""
    found = []
    for node in ast.parse(text, filename=name).body:
        if not isinstance(node, ast.FunctionDef) or "__" not in node.name:
            continue
        function = node.name.split("__")[0]
        task = lesson.task_of_function(function)
        if task is None:
            raise CatalogError(f"{name}, line {node.lineno}: {node.name} stands in for no function of lesson {lesson.number}")
        title, _, idea = (ast.get_docstring(node) or "").partition("\n\n")
        if not title or not idea:
            raise CatalogError(f"{name}, line {node.lineno}: {node.name} needs a docstring: a first line, then a paragraph")
        found.append(Variant(node.name, function, task, " ".join(title.split()), " ".join(idea.split())))
    return tuple(found)
