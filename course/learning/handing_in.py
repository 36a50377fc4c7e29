"""A learner's own progress as one file to hand in. It is a record, not a mark: marks come from grading the exercises."""

import hashlib
import importlib.metadata
import time

from course.catalog import Lesson
from course.learning.progress import Progress, TaskProgress

ABOUT = "What the checks on the learner's own machine said. It proves nothing by itself; marks come from grading the exercises."


def progress_as_json(lessons: tuple[Lesson, ...], progress: Progress) -> dict:
    """Everything that is known, as the object that `course export progress` writes: schema 1."""
    return {
        "schema": 1, "kind": "progress", "about": ABOUT,
        "course": _version(),
        "written": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "score": sum(progress.score(task) for lesson in lessons for task in lesson.tasks),
        "max_score": sum(lesson.points for lesson in lessons),
        "lessons": [_lesson(lesson, progress) for lesson in lessons],
    }


def _version() -> str:
    try:
        return importlib.metadata.version("learning-to-see")
    except importlib.metadata.PackageNotFoundError:  # run from its folder, not installed
        return ""


def _lesson(lesson: Lesson, progress: Progress) -> dict:
    present = lesson.exercise.is_file()
    tasks = []
    for task in lesson.tasks:
        known = progress.tasks.get(task.id, TaskProgress())
        tasks.append({"id": task.id, "name": task.name, "status": known.status, "score": known.score, "max_score": task.points,
                      "attempts": known.attempts, "hints": known.hints, "revealed": known.revealed, "checked": known.checked})
    return {"name": lesson.name, "score": sum(map(progress.score, lesson.tasks)), "max_score": lesson.points,
            "minutes": round(progress.seconds.get(str(lesson.number), 0.0) / 60),
            "exercise_sha256": hashlib.sha256(lesson.exercise.read_bytes()).hexdigest() if present else "", "tasks": tasks}
