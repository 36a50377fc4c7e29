"""Three hints per task, read from a lesson's `hints.md`, shown one at a time.

    ## Task 1.3
    ### A question
    …
    ### A pointer
    …
    ### Nearly the code
    …
"""

import re
from dataclasses import dataclass

from course.catalog import CatalogError, Lesson

HINTS_PER_TASK = 3


@dataclass(frozen=True)
class Hint:
    """One step of help: what kind it is, and Markdown."""

    kind: str
    text: str


def read_hints(lesson: Lesson) -> dict[str, list[Hint]]:
    """Hints by task id. Raises CatalogError where a task has not exactly three, or is unknown."""
    if not lesson.hints.is_file():
        raise CatalogError(f"lesson {lesson.number} has no {lesson.hints.name}")
    text = lesson.hints.read_text(encoding="utf-8")
    found: dict[str, list[Hint]] = {}
    for task_id, section in re.findall(r"^## Task (\S+)[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        lesson.task(task_id)
        parts = re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", section, re.MULTILINE | re.DOTALL)
        found[task_id] = [Hint(kind.strip(), body.strip()) for kind, body in parts]
    for task in lesson.tasks:
        count = len(found.get(task.id, []))
        if count != HINTS_PER_TASK:
            raise CatalogError(f"{lesson.name}/{lesson.hints.name}: task {task.id} has {count} hints instead of {HINTS_PER_TASK}")
    return found
