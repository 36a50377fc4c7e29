"""The lessons and their tasks, read from `solutions/` as text.

Nothing is imported or executed here: titles, points and signatures come from each solution's
syntax tree and from its cell headers, so the catalog is safe, fast and always true.
A solution is a percent script:

    \"\"\"Lesson 1 · Pixels and filters

    How can a program see a face, when all it has is a grid of numbers?

    Minutes: 150
    Before: Python, and a little NumPy indexing
    \"\"\"
    # %% Task 1.3 · Move the window over the whole picture (4 points)
    # Why it is solved like this, in Markdown; shown on the solution's page only.
    def convolve2d(image, kernel, padding="valid"): ...
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOLUTION_NAME = re.compile(r"lesson_(\d\d)_[a-z0-9_]+")
TASK_HEADER = re.compile(r"# %% Task (?P<id>\d+\.\d+) · (?P<title>.+) \((?P<points>\d+) points?\)\s*$")


class CatalogError(Exception):
    """A lesson or task that does not exist, or a solution that does not follow the format."""


@dataclass(frozen=True)
class Task:
    """One gradable step of a lesson: one function, seldom two."""

    id: str
    title: str
    points: int
    functions: tuple[str, ...]
    signatures: tuple[str, ...]
    line: int
    """Line of the task's cell header in the solution, counted from 1."""

    @property
    def name(self) -> str:
        return self.functions[0]


@dataclass(frozen=True)
class Lesson:
    """One lesson: what it is called, what it asks, and where its files are."""

    number: int
    name: str
    title: str
    question: str
    minutes: int
    before: str
    tasks: tuple[Task, ...]
    root: Path

    @property
    def points(self) -> int:
        return sum(task.points for task in self.tasks)

    @property
    def folder(self) -> Path:
        return self.root / "lessons" / self.name

    @property
    def exercise(self) -> Path:
        return self.folder / "exercise.py"

    @property
    def chapter(self) -> Path:
        return self.folder / "chapter.py"

    @property
    def hints(self) -> Path:
        return self.folder / "hints.md"

    @property
    def quiz(self) -> Path:
        return self.folder / "quiz.yml"

    @property
    def widget(self) -> Path:
        """What stands around the widget on the chapter's page; a lesson may have none."""
        return self.folder / "widget.md"

    @property
    def widget_data(self) -> Path:
        """What of the chapter's run the widget shows."""
        return self.folder / "widget.py"

    @property
    def solution(self) -> Path:
        return self.root / "solutions" / f"{self.name}.py"

    @property
    def grading_tests(self) -> Path:
        return self.root / "tests" / "lessons" / f"test_{self.name}.py"

    @property
    def wrong_answers(self) -> Path:
        return self.root / "tests" / "wrong_answers" / f"{self.name}.py"

    @property
    def accepted(self) -> Path:
        return self.root / "tests" / "accepted" / f"{self.name}.py"

    def task(self, task_id: str) -> Task:
        for task in self.tasks:
            if task.id == task_id:
                return task
        known = ", ".join(task.id for task in self.tasks)
        raise CatalogError(f"lesson {self.number} has no task {task_id}; it has {known}")

    def task_of_function(self, function: str) -> Task | None:
        return next((task for task in self.tasks if function in task.functions), None)


def course_root() -> Path:
    """The folder of the course: the nearest one, from here or from this package upwards,
    that holds `solutions/` and `lessons/`.

    Raises CatalogError where there is none.
    """
    starts = (Path.cwd(), Path(__file__).resolve().parent)
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "solutions").is_dir() and (folder / "lessons").is_dir():
                return folder
    raise CatalogError("no course here: run this inside the course's folder (the one with lessons/ and solutions/)")


@cache
def lessons(root: Path | None = None) -> tuple[Lesson, ...]:
    """All lessons in order. `root` is the course's folder, found by itself where not given."""
    root = root or course_root()
    paths = sorted(path for path in (root / "solutions").glob("lesson_*.py") if SOLUTION_NAME.fullmatch(path.stem))
    return tuple(read_lesson(path) for path in paths)


def lesson(which: str | int, root: Path | None = None) -> Lesson:
    """The lesson with this number ("1", "01") or name ("lesson_01_pixels_and_filters").

    Raises CatalogError that lists the lessons there are.
    """
    text = str(which)
    for candidate in lessons(root):
        if text == candidate.name or (text.isdigit() and int(text) == candidate.number):
            return candidate
    known = ", ".join(f"{candidate.number} ({candidate.title})" for candidate in lessons(root))
    raise CatalogError(f"there is no lesson {text!r}; the lessons are {known}")


def lesson_and_task(task_id: str, root: Path | None = None) -> tuple[Lesson, Task]:
    """The task called "3.2" and its lesson. Raises CatalogError."""
    found = re.fullmatch(r"(\d+)\.\d+", task_id)
    if not found:
        raise CatalogError(f"{task_id!r} is not a task; tasks are written lesson.task, for example 1.3")
    its_lesson = lesson(found[1], root)
    return its_lesson, its_lesson.task(task_id)


def task_of_ones_own(task_id: str, functions: tuple[str, ...], root: Path | None = None) -> tuple[Lesson, Task]:
    """A task that an instructor adds to a lesson, with an id that the lesson does not have. Raises CatalogError."""
    number, _, rest = task_id.partition(".")
    its_lesson = lesson(number, root)
    if not rest or any(task.id == task_id for task in its_lesson.tasks):
        raise CatalogError(f"{task_id!r} cannot be a task of your own; choose an id that lesson {number} does not have, "
                           f"such as {number}.90, or leave out functions= to test the task that it has")
    return its_lesson, Task(task_id, f"task {task_id}", 0, functions, (), 0)


def read_lesson(path: Path) -> Lesson:
    """Read one solution file. Raises CatalogError that names file and line."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source, filename=str(path))
    title, question, fields = _read_docstring(ast.get_docstring(tree) or "", path)
    number = int(SOLUTION_NAME.fullmatch(path.stem)[1])
    return Lesson(
        number=number,
        name=path.stem,
        title=title,
        question=question,
        minutes=int(fields["Minutes"]),
        before=fields["Before"],
        tasks=tuple(_read_tasks(source, tree, path)),
        root=path.parent.parent,
    )


def cells(source: str) -> list[tuple[int, str]]:
    """The percent cells of a script: (line of the `# %%` header counted from 1, text of the cell).

    What stands before the first header is a cell of its own, at line 1.
    """
    lines = source.splitlines(keepends=True)
    starts = [0, *(i for i, line in enumerate(lines) if line.startswith("# %%") and i)]
    ends = [*starts[1:], len(lines)]
    return [(start + 1, "".join(lines[start:end])) for start, end in zip(starts, ends)]


def _read_docstring(docstring: str, path: Path) -> tuple[str, str, dict[str, str]]:
    found = re.match(r"Lesson \d+ · (.+)\n\n((?:.+\n)+)", docstring + "\n")
    fields = dict(re.findall(r"^(Minutes|Before): (.+)$", docstring, re.MULTILINE))
    if not found or fields.keys() != {"Minutes", "Before"}:
        raise CatalogError(
            f"{path.name}: the docstring must begin 'Lesson N · Title', then a paragraph with the question, "
            "then the lines 'Minutes: …' and 'Before: …'"
        )
    return found[1].strip(), " ".join(found[2].split()), fields


def _read_tasks(source: str, tree: ast.Module, path: Path):
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    for line, text in cells(source):
        header = TASK_HEADER.match(text.splitlines()[0]) if text.strip() else None
        if header is None:
            continue
        last = line + len(text.splitlines()) - 1
        own = [node for node in functions if line <= node.lineno <= last]
        if not own:
            raise CatalogError(f"{path.name}, line {line}: task {header['id']} holds no public function")
        yield Task(
            id=header["id"],
            title=header["title"],
            points=int(header["points"]),
            functions=tuple(node.name for node in own),
            signatures=tuple(_signature(node) for node in own),
            line=line,
        )


def _signature(node: ast.FunctionDef) -> str:
    """`name(a, b='x')`: names and defaults, no annotations."""
    bare = ast.parse(ast.unparse(node.args).join(("def f(", "): ..."))).body[0]
    for argument in ast.walk(bare.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"{node.name}({ast.unparse(bare.args)})"
