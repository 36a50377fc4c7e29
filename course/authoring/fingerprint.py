"""Fingerprints: one short text that changes when anything that a result depends on changes.

The chapters and the site keep theirs beside what they made. Running and building live elsewhere.
"""

import ast
import hashlib
import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import course
from course.catalog import Lesson

PACKAGE = Path(course.__file__).parent
EXECUTOR = ("authoring/chapters.py", "authoring/fingerprint.py", "importing.py")
LIBRARIES = (
    "tensorflow", "keras", "tensorflow-datasets", "numpy", "scipy", "scikit-learn", "matplotlib", "pillow",
    "ipython", "ipykernel", "jupytext", "nbclient", "nbformat",
)  # fmt: skip
GENERATORS = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "nbconvert", "Markdown", "pymdown-extensions", "Pygments", "tinycss2",
              "fonttools")


def chosen_data() -> str:
    """Which data chapters run on: COURSE_DATA, and the bundled data where that is not set,
    so that a published number never depends on what was on somebody's disk."""
    return os.environ.get("COURSE_DATA", "bundled")


def of_chapter(lesson: Lesson) -> str:
    """The fingerprint of everything that an executed chapter depends on.

    That is the chapter, the stored runs beside it, its lesson's solution, what its widget takes from it, the parts of
    `course` that these import, directly or through each other, the executor, the pinned and the installed versions of the
    libraries, Python's version and the choice of data.
    """
    own = [lesson.chapter, lesson.solution, *[lesson.widget_data] * lesson.widget_data.is_file()]
    stored_runs = sorted(lesson.chapter.parent.glob("*.json"))
    paths = [*own, *stored_runs, *imported_parts(own), *(PACKAGE / part for part in EXECUTOR)]
    return _digest(paths, (*_pins(lesson.root / "constraints.txt"), *_versions(LIBRARIES), f"data {chosen_data()}"))


def imported_parts(files: Iterable[Path]) -> list[Path]:
    """The files of `course` that these files import, and what those import in turn; a package
    counts whole, with its data."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        for module in _course_modules(file, file.read_text(encoding="utf-8")):
            part = _part(module)
            if part and part not in found:
                found.add(part)
                waiting += sorted(part.rglob("*.py")) if part.is_dir() else [part]
    return sorted(found)


@lru_cache(maxsize=256)  # one build asks for the same files again for every chapter
def _course_modules(file: Path, text: str) -> frozenset[str]:
    modules: set[str] = set()
    try:
        tree = ast.parse(text)
    except SyntaxError:  # said with its line when the file is run
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.update((node.module, *(f"{node.module}.{name.name}" for name in node.names)))
        elif isinstance(node, ast.ImportFrom):
            folder = file.parents[node.level - 1]
            inside = ".".join(("course", *folder.relative_to(PACKAGE).parts)) if folder.is_relative_to(PACKAGE) else ""
            modules.update(f"{inside}.{name}" for name in ([node.module] if node.module else [each.name for each in node.names]))
    return frozenset(module for module in modules if module.startswith("course."))


def _part(module: str) -> Path | None:
    """The file or, below `course.data`, the package folder that a module's name stands for."""
    names = module.split(".")[1:]
    place = PACKAGE.joinpath(*names)
    if place.with_suffix(".py").is_file():
        return place.parent if names[:1] == ["data"] and len(names) > 2 else place.with_suffix(".py")
    if place.is_dir() and len(names) > 1:
        return place
    return None


def of_site(root: Path, lessons: Iterable[Lesson]) -> str:
    """The fingerprint of everything that the built site depends on: the chapters' own ones, the
    lessons' texts, the pages, the code that makes them and the versions of the generators.
    A learner's exercise is no part of the site, so saving it does not make the site stale."""
    chapters = []
    paths = [root / "site", root / "mkdocs.yml", PACKAGE / "authoring", PACKAGE / "catalog.py"]
    for lesson in lessons:
        chapters.append(of_chapter(lesson))
        paths += [lesson.chapter, lesson.hints, lesson.quiz, lesson.solution, *[lesson.widget] * lesson.widget.is_file()]
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


def _pins(constraints: Path) -> list[str]:
    """The pins of the libraries that a chapter can depend on."""
    wanted = {name.lower() for name in LIBRARIES}
    lines = constraints.read_text(encoding="utf-8").split() if constraints.is_file() else []
    return sorted(line for line in lines if line.partition("==")[0].lower() in wanted)


def _versions(libraries: Iterable[str]) -> list[str]:
    found = [f"python {sys.version}"]
    for library in libraries:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            found.append(f"{library} is not installed")
    return found
