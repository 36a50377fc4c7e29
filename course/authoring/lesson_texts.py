"""Reading what authors write beside a lesson's code: docstrings, explanations, hints, the self-check.

Everything is read as text, nothing is imported. Each reader checks its format and says in one line
which file and which place is wrong. How the texts become pages is decided in `pages`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from course.authoring.failures import CannotPublish
from course.catalog import TASK_HEADER, Lesson, Task, cells

HINTS_PER_TASK = 3


class TextFormatError(CannotPublish):
    """A hints file, self-check or solution that does not follow its format."""


@dataclass(frozen=True)
class Docstring:
    """A Google-style docstring, cut into its parts."""

    summary: str
    paragraphs: tuple[str, ...] = ()
    sections: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """For example {"Args": (("image", "float array …"),), "Returns": (("", "One number."),)}."""


@dataclass(frozen=True)
class Hint:
    """One of a task's hints."""

    kind: str
    """What kind of help it is, for example "a question"."""
    text: str


@dataclass(frozen=True)
class Choice:
    """One answer to a self-check question, with what to say to somebody who chose it."""

    text: str
    feedback: str
    correct: bool


@dataclass(frozen=True)
class Question:
    """One self-check question. All texts are Markdown."""

    id: str
    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class TaskSolution:
    """A task's cell in the solution: why, and how."""

    explanation: str
    code: str
    """Without the docstrings of the public functions: those are the contract, see `functions`."""
    functions: tuple[tuple[str, Docstring], ...]
    """(signature as written, with its annotations; docstring) of each public function."""


@dataclass(frozen=True)
class WidgetText:
    """What stands around a widget, and in its place where there is no JavaScript."""

    element: str
    """Name of the custom element, and of its module in site/assets/widgets."""
    before: str
    """The chapter's heading before which it stands."""
    heading: str
    body: str
    """Markdown. A paragraph with the class `no-script` is only for readers without JavaScript."""


def read_widget(lesson: Lesson) -> WidgetText | None:
    """A lesson's widget.md: front matter with `element` and `before`, a heading, and text; None without the file."""
    if not lesson.widget.is_file():
        return None
    where = lesson.widget.relative_to(lesson.root).as_posix()
    found = re.fullmatch(r"---\n(.*?)\n---\n+## (.+?)\n(.*)", lesson.widget.read_text(encoding="utf-8"), re.DOTALL)
    try:
        facts = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:
        facts = None
    if not isinstance(facts, dict) or sorted(facts) != ["before", "element"]:
        raise TextFormatError(f"{where}: begins with 'element' and 'before' between two lines of '---', then a heading '## …'")
    if ".no-script" not in found[3]:
        raise TextFormatError(f"{where}: a paragraph marked {{ .no-script }} says what readers without JavaScript miss")
    return WidgetText(facts["element"], facts["before"], found[2].strip(), found[3].strip())


def read_solution(lesson: Lesson) -> tuple[str, dict[str, TaskSolution]]:
    """The code before the first task, and each task's explanation and code by task id."""
    source = lesson.solution.read_text(encoding="utf-8")
    before, tasks = "", {}
    for _, text in cells(source):
        header, _, body = text.partition("\n")
        found = TASK_HEADER.match(header)
        if found:
            tasks[found["id"]] = _task_solution(body, lesson.task(found["id"]))
        elif not tasks:
            before += text
    docstring = ast.parse(before).body[:1]
    if docstring and ast.get_docstring(ast.parse(before)) is not None:
        before = "\n".join(before.splitlines()[docstring[0].end_lineno :])
    return before.strip("\n"), tasks


def _task_solution(body: str, task: Task) -> TaskSolution:
    lines = body.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    explanation = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[:count])
    code = "\n".join(lines[count:]).strip("\n")
    code_lines = code.splitlines()
    functions, contract_lines = [], set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef) and node.name in task.functions:
            signature = "\n".join(code_lines[node.lineno - 1 : node.body[0].lineno - 1])
            functions.append((signature, read_docstring(ast.get_docstring(node) or "")))
            if ast.get_docstring(node) is not None:
                contract_lines.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    code = "\n".join(line for number, line in enumerate(code_lines, start=1) if number not in contract_lines)
    return TaskSolution(explanation, code, tuple(functions))


def read_docstring(text: str) -> Docstring:
    """Cut a docstring into summary, paragraphs and the sections Args, Returns, Raises and Yields."""
    summary, _, rest = text.partition("\n")
    pieces = re.split(r"^(Args|Returns|Raises|Yields):[ ]*\n", rest, flags=re.MULTILINE)
    # "By hand:" opens a paragraph of its own, also where no empty line stands before it.
    prose = re.sub(r"\n(?=By hand:)", "\n\n", pieces[0].strip())
    paragraphs = tuple(text for part in re.split(r"\n\s*\n", prose) if part.strip() for text in _paragraphs(part))
    sections = {name: _entries(name, block) for name, block in zip(pieces[1::2], pieces[2::2])}
    return Docstring(summary.strip(), paragraphs, sections)


def _paragraphs(part: str) -> Iterator[str]:
    """A paragraph in one line, and a list that follows, or is one by itself, with a line for each item."""
    first, *items = [" ".join(item.split()) for item in re.split(r"\n(?= *- )", part.strip("\n"))]
    if first.startswith("- "):
        items.insert(0, first)
    else:
        yield first
    if items:
        yield "\n".join(items)


def _entries(section: str, block: str) -> tuple[tuple[str, str], ...]:
    entries: list[tuple[str, str]] = []
    for line in block.splitlines():
        named = re.match(r"    (\*{0,2}[\w, ]+): +(.+)", line) if section in ("Args", "Raises") else None
        if named:
            entries.append((named[1], named[2]))
        elif line.strip():
            name, text = entries.pop() if entries else ("", "")
            entries.append((name, f"{text} {line.strip()}".strip()))
    return tuple(entries)


def read_hints(lesson: Lesson) -> dict[str, tuple[Hint, ...]]:
    """Each task's three hints, by task id.

    Raises:
        TextFormatError: where a task has not exactly three, or a heading is none of a task.
    """
    place = _inside(lesson, lesson.hints)
    hints: dict[str, list[Hint]] = {}
    task_id, fenced = None, False
    for number, line in enumerate(_lines(lesson, lesson.hints), start=1):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            found = re.fullmatch(r"## Task (\d+\.\d+)\s*", line)
            if not found or found[1] not in {task.id for task in lesson.tasks}:
                raise TextFormatError(f"{place}, line {number}: {line!r} names no task; write '## Task {lesson.number}.1'")
            task_id = found[1]
            hints[task_id] = []
        elif line.startswith("### ") and not fenced and task_id:
            hints[task_id].append(Hint(line[4:].strip(), ""))
        elif task_id and hints[task_id]:
            last = hints[task_id].pop()
            hints[task_id].append(Hint(last.kind, f"{last.text}{line}\n"))
        elif task_id and line.strip():
            raise TextFormatError(f"{place}, line {number}: this text belongs to no hint; begin one with '### '")
    for task in lesson.tasks:
        count = len(hints.get(task.id, ()))
        if count != HINTS_PER_TASK:
            raise TextFormatError(f"{place}: task {task.id} has {count} hints and needs {HINTS_PER_TASK}")
    return {task: tuple(Hint(hint.kind, hint.text.strip("\n")) for hint in own) for task, own in hints.items()}


def read_quiz(lesson: Lesson) -> tuple[Question, ...]:
    """The questions of a lesson's self-check.

    Raises:
        TextFormatError: for bad YAML, a missing or unknown field, or a question without a right choice.
    """
    place = _inside(lesson, lesson.quiz)
    try:
        entries = yaml.safe_load("\n".join(_lines(lesson, lesson.quiz)))
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if getattr(error, "problem_mark", None) else 1
        raise TextFormatError(f"{place}, line {line}: not valid YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(entries, list):
        raise TextFormatError(f"{place}: must be a list of questions")
    questions = []
    for number, entry in enumerate(entries, start=1):
        where = f"{place}, question {number}"
        _check_fields(entry, {"id": str, "question": str, "choices": list}, {}, where)
        choices = []
        for letter, choice in zip("abcdefghij", entry["choices"]):
            _check_fields(choice, {"text": str, "feedback": str}, {"correct": bool}, f"{where}, choice {letter}")
            choices.append(Choice(choice["text"], choice["feedback"], choice.get("correct", False)))
        if not any(choice.correct for choice in choices) or len(choices) < 2:
            raise TextFormatError(f"{where}: needs two choices or more, one of them with 'correct: true'")
        questions.append(Question(entry["id"], entry["question"], tuple(choices)))
    ids = [question.id for question in questions]
    if len(set(ids)) < len(ids):
        raise TextFormatError(f"{place}: two questions have the same id")
    return tuple(questions)


def _check_fields(entry, required: dict[str, type], optional: dict[str, type], where: str) -> None:
    if not isinstance(entry, dict):
        raise TextFormatError(f"{where}: must have the fields {', '.join(required)}")
    for name, kind in {**required, **optional}.items():
        if name not in entry and name in required:
            raise TextFormatError(f"{where}: the field '{name}' is missing")
        if name in entry and not isinstance(entry[name], kind):
            raise TextFormatError(
                f"{where}: the field '{name}' must be {'text (put it in quotes)' if kind is str else kind.__name__}"
            )
    for name in entry:
        if name not in required and name not in optional:
            raise TextFormatError(f"{where}: unknown field '{name}'")


def _lines(lesson: Lesson, path: Path) -> list[str]:
    if not path.is_file():
        raise TextFormatError(f"{_inside(lesson, path)}: there is no such file")
    return path.read_text(encoding="utf-8").splitlines()


def _inside(lesson: Lesson, path: Path) -> str:
    return path.relative_to(lesson.root).as_posix()
