"""Exercises made from solutions: signature, docstring and given lines stay, the answer goes.

A solution's function keeps what stands before its line `# Your turn`; without that line it keeps
the docstring alone. The explanation under a task's header and private functions (`_name`) are left
out. Everything else, such as imports and constants, is given to the learner as it is.
"""

import ast
import difflib
from pathlib import Path

from course.catalog import TASK_HEADER, Lesson, Task

YOUR_TURN = "# Your turn"

INTRODUCTION = '''"""Lesson {number} · {title}

{question}

{count} tasks, {points} points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course watch {number}       every time you save
    course check {number}       all tasks of this lesson
    course check {first}     one task
    course hint {first}      a question first, then a pointer, then nearly the code
    course run {number} --mine  the chapter's experiments with your functions
"""
'''


def make_exercise(lesson: Lesson) -> str:
    """The text of a lesson's fresh `exercise.py`, from its solution."""
    source = lesson.solution.read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    edits: list[tuple[int, int, list[str]]] = [_introduction(lesson, tree)]
    for line_number, line in enumerate(lines, 1):
        header = TASK_HEADER.match(line)
        if header:
            end = line_number
            while end < len(lines) and lines[end].startswith("#"):
                end += 1
            edits.append((line_number + 1, end, []))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        if node.name.startswith("_"):
            edits.append((_first_line(node), node.end_lineno, []))
        else:
            task = lesson.task_of_function(node.name)
            if task:
                edits.append(_hole(node, task, lines))
    for start, end, replacement in sorted(edits, reverse=True):
        lines[start - 1 : end] = replacement
    return _tidy_blank_lines(lines)


def sync(lesson: Lesson) -> bool:
    """Write `exercise.py` anew where it differs from its solution; returns whether it did."""
    wanted = make_exercise(lesson)
    if difference(lesson) == "":
        return False
    lesson.folder.mkdir(parents=True, exist_ok=True)
    lesson.exercise.write_text(wanted, encoding="utf-8")
    return True


def difference(lesson: Lesson) -> str:
    """Where the committed exercise and its solution have grown apart; empty where they agree.

    Syntax trees are compared, so that white space and comments do not matter.
    """
    wanted = make_exercise(lesson)
    if not lesson.exercise.is_file():
        return f"{lesson.exercise.name} of {lesson.name} does not exist"
    present = lesson.exercise.read_text(encoding="utf-8")
    try:
        same = ast.dump(ast.parse(present)) == ast.dump(ast.parse(wanted))
    except SyntaxError as error:
        return f"{lesson.exercise.name} of {lesson.name}, line {error.lineno}: {error.msg}"
    if same:
        return ""
    changed = difflib.unified_diff(present.splitlines(), wanted.splitlines(), "exercise.py", "from the solution", lineterm="", n=1)
    return "\n".join(list(changed)[:20])


def reset(lesson: Lesson, keep_in: Path) -> Path | None:
    """Put a fresh exercise in place of the learner's file, which is kept as a copy.

    Args:
        keep_in: folder for the copy.

    Returns:
        The copy, or None where there was nothing to keep.
    """
    copy = None
    fresh = make_exercise(lesson)
    if lesson.exercise.is_file():
        old = lesson.exercise.read_bytes()
        if old == fresh.encode():
            return None
        keep_in.mkdir(parents=True, exist_ok=True)
        number = 1 + len(list(keep_in.glob(f"{lesson.name}.*.py")))
        copy = keep_in / f"{lesson.name}.{number}.py"
        copy.write_bytes(old)
    lesson.folder.mkdir(parents=True, exist_ok=True)
    lesson.exercise.write_text(fresh, encoding="utf-8")
    return copy


def _introduction(lesson: Lesson, tree: ast.Module) -> tuple[int, int, list[str]]:
    text = INTRODUCTION.format(number=lesson.number, title=lesson.title, question=lesson.question, count=len(lesson.tasks),
                               points=lesson.points, first=lesson.tasks[0].id)
    return tree.body[0].lineno, tree.body[0].end_lineno, text.splitlines()


def _hole(node: ast.FunctionDef, task: Task, lines: list[str]) -> tuple[int, int, list[str]]:
    body_start = node.body[0].end_lineno + 1 if ast.get_docstring(node) else node.body[0].lineno
    hole = f'    raise NotImplementedError("Task {task.id}: {task.title}")'
    for number in range(body_start, node.end_lineno + 1):
        if lines[number - 1].strip() == YOUR_TURN:
            return number, node.end_lineno, [hole]
    return body_start, node.end_lineno, [hole]


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _tidy_blank_lines(lines: list[str]) -> str:
    """At most two blank lines in a row, one newline at the end."""
    tidy: list[str] = []
    for line in lines:
        if line or tidy[-2:] != ["", ""]:
            tidy.append(line)
    return "\n".join(tidy).rstrip("\n") + "\n"
