"""Making the site's own scripts lighter: comments and indentation stay in the repository, where people read them."""

import re
from pathlib import Path

COMMENT_BLOCK = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
COMMENT_LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


def slim(script: str) -> str:
    """A script without comments on lines of their own, indentation and empty lines; each line of code stays a line.

    Raises:
        ValueError: where a template literal spans lines, as its spaces would count.
    """
    code = COMMENT_LINE.sub("", COMMENT_BLOCK.sub("", script))
    for number, line in enumerate(code.splitlines(), start=1):
        if line.count("`") % 2:
            raise ValueError(f"line {number} without comments: a template literal must end on its line: {line.strip()[:60]}")
    return "".join(f"{line.strip()}\n" for line in code.splitlines() if line.strip())


def slim_all(folder: Path) -> None:
    """Make every .js file of a folder slim, in place, with those in its subfolder `widgets`; the theme's are elsewhere.

    Raises:
        ValueError: with the file's name, see `slim()`.
    """
    for path in sorted([*folder.glob("*.js"), *folder.glob("widgets/*.js")]):
        try:
            path.write_text(slim(path.read_text(encoding="utf-8")), encoding="utf-8")
        except ValueError as problem:
            raise ValueError(f"{path.name}, {problem}") from None
