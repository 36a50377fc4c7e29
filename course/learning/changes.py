"""Which tasks does a change to an exercise file concern?

Each task gets a key: a digest of the syntax trees of its functions, of everything in the file that
they use by name, directly or through others, and of the statements that run when the file is
loaded. Comments, white space and the order of other tasks do not matter. Only read, never run.
"""

import ast
import hashlib
from dataclasses import dataclass

from course.catalog import Lesson

NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class BrokenLine:
    """Where Python cannot read a file."""

    line: int
    message: str
    code: str
    column: int
    """Counted from 1; 0 where unknown."""


def broken_line(text: str) -> BrokenLine | None:
    """The first place where the text is no Python; None where it is."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        lines = text.splitlines()
        number = error.lineno or 1
        code = lines[number - 1] if 0 < number <= len(lines) else ""
        return BrokenLine(number, error.msg, code, error.offset or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return BrokenLine(1, str(error) or type(error).__name__, "", 0)
    return None


def task_keys(text: str, lesson: Lesson) -> dict[str, str]:
    """Each task's key, by task id. The text must be Python."""
    tree = ast.parse(text)
    named: dict[str, list[ast.stmt]] = {}
    always, used_always = hashlib.sha256(), set()
    for node in tree.body:
        if isinstance(node, NAMED):
            named.setdefault(node.name, []).append(node)
        elif names := _assigned(node):
            for name in names:
                named.setdefault(name, []).append(node)
        elif not _is_text(node):
            always.update(ast.dump(node).encode())
            used_always |= _names(node)
    uses = {name: set().union(*map(_names, nodes)) & named.keys() for name, nodes in named.items()}
    dumps = {name: "".join(map(ast.dump, nodes)).encode() for name, nodes in named.items()}
    keys = {}
    for task in lesson.tasks:
        digest = always.copy()
        for name in sorted(_reached({*task.functions, *used_always}, uses)):
            digest.update(name.encode() + dumps[name])
        keys[task.id] = digest.hexdigest()[:16]
    return keys


def task_lines(text: str, lesson: Lesson) -> dict[str, int]:
    """The line, counted from 1, at which each task's first function begins. Tasks that are not there are left out."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}
    lines = {node.name: node.lineno for node in body if isinstance(node, NAMED)}
    return {task.id: lines[task.name] for task in lesson.tasks if task.name in lines}


def _reached(names: set[str], uses: dict[str, set[str]]) -> set[str]:
    found, open_names = set(), [name for name in names if name in uses]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += uses[name]
    return found


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _assigned(node: ast.stmt) -> list[str]:
    """The names that a plain assignment such as `A = …` or `a, b = …` gives; none where it does more than that."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    parts = [part for target in targets for part in (target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target])]
    return [part.id for part in parts] if all(isinstance(part, ast.Name) for part in parts) else []


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
