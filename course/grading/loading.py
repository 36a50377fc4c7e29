"""Running an answer file statement by statement, so that one broken task does not hide the others.

Python itself gives up on a file at the first syntax error or failing import. A grader can do
better: what can be run is run, and what cannot is reported with its line. Imported by workers only.
"""

import __future__

import ast
import re
import sys
import types
from functools import lru_cache

from course.grading.codec import type_name

CELL = re.compile(r"^# %%", re.MULTILINE)


def load(name: str, sources: list[dict], rebind: dict[str, str]) -> tuple[types.ModuleType, list[dict]]:
    """Execute sources, one after the other, in one fresh module.

    Args:
        name: the module's name; it becomes `__name__` and is put into `sys.modules`.
        sources: dicts with "file" (the name that tracebacks show) and "text".
        rebind: names to exchange afterwards, {name: the name whose value it gets}.

    Returns:
        (module, problems); a problem is a dict with "line", "type", "message" and "file".
    """
    module = types.ModuleType(name)
    sys.modules[name] = module
    problems: list[dict] = []
    for source in sources:
        _execute(module, source["file"], source["text"], problems)
    for target, replacement in rebind.items():
        setattr(module, target, getattr(module, replacement))
    return module, problems


def unanswered(text: str) -> set[str]:
    """Names of functions that cannot have an answer yet: no `return`, and at the end
    `raise NotImplementedError("Task …")`. Only read, not run.
    """
    if "NotImplementedError" not in text:
        return set()
    return {node.name for node in _parse("", text, []).body if isinstance(node, ast.FunctionDef) and _is_open(node)}


def _is_open(node: ast.FunctionDef) -> bool:
    match node.body[-1]:
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"), args=[ast.Constant(value=str(reason))])):
            answers = (ast.Return, ast.Yield, ast.YieldFrom)
            return reason.startswith("Task ") and not any(isinstance(part, answers) for part in ast.walk(node))
    return False


def _execute(module: types.ModuleType, file: str, text: str, problems: list[dict]) -> None:
    module.__file__ = file
    statements, unreadable = _compiled(file, text)
    problems += unreadable
    for line, code in statements:
        try:
            if isinstance(code, Exception):
                raise code
            exec(code, module.__dict__)  # the statement is the learner's; this is the one place where it is meant to run
        except BaseException as error:  # SystemExit at import is a problem of the file, too
            problems.append({"file": file, "line": line, "type": type_name(type(error)), "message": text_of(error)})


@lru_cache(maxsize=4)
def _compiled(file: str, text: str) -> tuple[list[tuple[int, types.CodeType | Exception]], list[dict]]:
    """A file's statements with their lines, each as code or as the error that it is; and what cannot be parsed.
    Known mistakes are loaded again and again, to be tried one after the other."""
    problems: list[dict] = []
    tree = _parse(file, text, problems)
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    statements = []
    for node in tree.body:
        try:
            code = compile(ast.Module([node], []), file, "exec", flags=flags, dont_inherit=True)
        except Exception as error:
            code = error
        statements.append((node.lineno, code))
    return statements, problems


def text_of(error: BaseException) -> str:
    """`str(error)`, which may be the learner's own code and raise again."""
    try:
        return str(error)
    except BaseException as again:
        return f"(no text: its __str__ raised {type_name(type(again))})"


def _parse(file: str, text: str, problems: list[dict]) -> ast.Module:
    """The syntax tree of everything that parses: the whole file, or its `# %%` cells one by one."""
    try:
        return ast.parse(text, filename=file)
    except SyntaxError as error:
        whole = error
    starts = sorted({0, *(found.start() for found in CELL.finditer(text))})
    body: list[ast.stmt] = []
    broken = 0
    for start, end in zip(starts, [*starts[1:], len(text)]):
        lines_before = text.count("\n", 0, start)
        try:
            body += ast.parse("\n" * lines_before + text[start:end], filename=file).body
        except SyntaxError as error:
            broken += 1
            problems.append(_syntax_problem(file, error))
    if not broken:  # the cells parse, the whole does not: an unclosed bracket that spans cells
        problems.append(_syntax_problem(file, whole))
        body = []
    return ast.Module(body, [])


def _syntax_problem(file: str, error: SyntaxError) -> dict:
    return {"file": file, "line": error.lineno or 1, "type": type(error).__name__, "message": error.msg}
