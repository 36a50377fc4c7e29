"""Fingerprints: one short text that changes when anything that a result depends on changes.

The chapters and the site keep theirs beside what they made. Running and building live elsewhere.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import course
from course.catalog import Lesson

PACKAGE = Path(course.__file__).parent
IMPORTABLE = ("data", "plots.py", "claims.py", "output.py")
"""What a chapter may import from `course`, see the design notes."""
EXECUTOR = ("authoring/chapters.py", "authoring/fingerprint.py")
LIBRARIES = (
    "tensorflow", "keras", "tensorflow-datasets", "numpy", "scipy", "scikit-learn", "matplotlib", "pillow",
    "ipython", "ipykernel", "jupytext", "nbclient", "nbformat",
)  # fmt: skip
GENERATORS = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "nbconvert", "Markdown", "pymdown-extensions", "Pygments")


def chosen_data() -> str:
    """Which data chapters run on: COURSE_DATA, and the bundled data where that is not set,
    so that a published number never depends on what was on somebody's disk."""
    return os.environ.get("COURSE_DATA", "bundled")


def of_chapter(lesson: Lesson) -> str:
    """The fingerprint of everything that an executed chapter depends on.

    That is the chapter with the stored runs beside it, its lesson's solution, the parts of `course` that a chapter can import,
    the executor, the pinned and the installed versions, Python's version and the choice of data.
    """
    parts = [PACKAGE / part for part in (*IMPORTABLE, *EXECUTOR)]
    stored_runs = sorted(lesson.chapter.parent.glob("*.json"))
    paths = [lesson.chapter, *stored_runs, lesson.solution, lesson.root / "constraints.txt", *parts]
    return _digest(paths, (*_versions(LIBRARIES), f"data {chosen_data()}"))


def of_site(root: Path, lessons: Iterable[Lesson]) -> str:
    """The fingerprint of everything that the built site depends on: the chapters' own ones, the
    lessons' texts, the pages, the code that makes them and the versions of the generators.
    A learner's exercise is no part of the site, so saving it does not make the site stale."""
    chapters = []
    paths = [root / "site", root / "mkdocs.yml", PACKAGE / "authoring", PACKAGE / "catalog.py"]
    for lesson in lessons:
        chapters.append(of_chapter(lesson))
        paths += [lesson.chapter, lesson.hints, lesson.quiz, lesson.solution]
    return _digest(paths, (*_versions(GENERATORS), *chapters))


def _digest(paths: Iterable[Path], facts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if "__pycache__" in file.parts:
                continue
            # The name counts, the place does not: a copied course keeps its results.
            name = path.name if file == path else f"{path.name}/{file.relative_to(path).as_posix()}"
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{name} {content}\n".encode())
    for fact in facts:
        digest.update(f"{fact}\n".encode())
    return digest.hexdigest()


def _versions(libraries: Iterable[str]) -> list[str]:
    found = [f"python {sys.version}"]
    for library in libraries:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            found.append(f"{library} is not installed")
    return found
