"""Making scripts lighter: comments and indentation stay in the repository, where people read them."""

import re
from pathlib import Path

COMMENT_BLOCK = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
COMMENT_LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


MAP_NAMED = re.compile(r"\s*//# sourceMappingURL=\S+\s*\Z")
SCHEME_IN_HEAD = re.compile(r'let (\w+)=(\w+)\("meta",\{name:"color-scheme"\}\);document\.head\.appendChild\(\1\);')
"""Where the theme's script tells the browser in the page's head whether it is a light or a dark one."""


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


def leave_out_maps(assets: Path) -> None:
    """Remove the theme's source maps and the lines that name them: a megabyte for debuggers, of scripts that are not
    quite the theme's any more."""
    for script in assets.rglob("*.min.js"):
        script.write_text(MAP_NAMED.sub("", script.read_text(encoding="utf-8")), encoding="utf-8")
    for source_map in assets.rglob("*.js.map"):
        source_map.unlink()


def leave_scheme_to_styles(assets: Path) -> None:
    """Keep the theme's script from naming the colour scheme in the page's head: the style sheet does, and each time that
    the head changes in this, a browser styles the whole page anew, twice while it is being loaded.

    Raises:
        ValueError: where the theme's script does not do so, or not in this way: it is of another version.
    """
    for path in assets.glob("javascripts/bundle.*.js"):
        script, found = SCHEME_IN_HEAD.subn(r'let \1=\2("meta");', path.read_text(encoding="utf-8"))
        if found != 1:
            raise ValueError(f"{path.name} names the colour scheme {found} times and not once; see scripts.leave_scheme_to_styles")
        path.write_text(script, encoding="utf-8")
