"""One small style sheet for the built site: the theme's and the site's own ones in one file, without the rules that no page can use.

A browser shows nothing before it has every style sheet that a page names, and each one more is a
journey more. Of the theme's rules most are for what this site does not have.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2
from tinycss2.ast import Node, WhitespaceToken

from course.authoring.failures import CannotPublish

LINK = re.compile(r'\s*<link rel="stylesheet" href="((?:\.\./|/)*)(assets/[^"]+\.css)">')
WORD = re.compile(r"[\w-]+")
ADDRESS = re.compile(r"url\(\s*['\"]?(?!data:|['\"]?data:|#)([^'\")]+)")
CONTAINERS = ("media", "supports")
CLASSED_TABLE = re.compile(r"<table\b[^>]*\bclass\b")


class StyleError(CannotPublish):
    """Style sheets that cannot be joined; the message says which and why."""


def join_all(site: Path) -> Path:
    """Join the style sheets that the pages of a built site name, in place, and remove those that were joined.

    Returns:
        The joined sheet, in `assets/`, named after its content so that hosts may let browsers keep it.

    Raises:
        StyleError: where pages name different sheets, or one refers to files beside it from another folder.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    named = {path: tuple(name for _, name in LINK.findall(text)) for path, text in pages.items()}
    orders = {names for names in named.values() if names}
    if len(orders) != 1:
        raise StyleError(f"the pages name different style sheets or none: {sorted(orders)}")
    sheets = [site / name for name in orders.pop()]
    words = words_of([*pages.values(), *(script.read_text(encoding="utf-8") for script in site.rglob("*.js"))])
    css = "".join(without_unused(_read(sheet, site / "assets"), words) for sheet in sheets)
    if not any(map(CLASSED_TABLE.search, pages.values())):
        css = tables_without_class(css)
    joined = site / "assets" / f"style.{hashlib.sha256(css.encode()).hexdigest()[:8]}.css"
    joined.write_text(css, encoding="utf-8")
    for path, text in pages.items():
        if named[path]:
            path.write_text(_one_link(text, joined.name), encoding="utf-8")
    for sheet in sheets:
        sheet.unlink()
    return joined


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Every word that could be the name of a class, in pages and in the scripts that make parts of them."""
    return frozenset(word for text in texts for word in WORD.findall(text))


def without_unused(css: str, words: frozenset[str]) -> str:
    """A style sheet without comments, and without the selectors that ask for a class which no page has.

    Args:
        css: the sheet.
        words: see `words_of()`; a class that is not among them can never occur.
    """
    return "".join(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words))


def tables_without_class(css: str) -> str:
    """A style sheet for pages on which no table has a class, in which nothing asks whether a table has one.

    What follows from having a class at all makes a browser style everything below an element anew whenever that
    element's classes change. What is asked for in its place weighs as much, and no table has it.
    """
    return css.replace("table:not([class])", "table:not(._)")


def _kept(rules: list[Node], words: frozenset[str]) -> Iterable[str]:
    for rule in rules:
        if rule.type == "error":
            raise StyleError(f"line {rule.source_line} of a style sheet: {rule.message}")
        if rule.type == "qualified-rule":
            selectors = [tinycss2.serialize(each).strip() for each in _selectors(rule.prelude) if _classes(each) <= words]
            if selectors:
                yield f"{','.join(selectors)}{{{_declarations(rule.content)}}}"
        elif rule.content is None:  # such as @charset: a style sheet that is UTF-8 and joined to others does without
            if rule.lower_at_keyword != "charset":
                yield tinycss2.serialize([rule])
        elif rule.lower_at_keyword in CONTAINERS:
            inside = "".join(_kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}{{{inside}}}"
        else:
            yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}{{{_declarations(rule.content)}}}"


def _selectors(prelude: list[Node]) -> list[list[Node]]:
    selectors: list[list[Node]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        elif token.type != "comment":
            selectors[-1].append(token)
    return selectors


def _classes(selector: list[Node]) -> set[str]:
    """The classes that an element must have; those inside :not() or :is() say nothing about that."""
    return {name.value for dot, name in zip(selector, selector[1:], strict=False)
            if dot.type == "literal" and dot.value == "." and name.type == "ident"}


def _declarations(content: list[Node]) -> str:
    return tinycss2.serialize([_narrow(token) for token in content if token.type != "comment"]).strip()


def _narrow(token: Node) -> Node:
    return WhitespaceToken(token.source_line, token.source_column, " ") if token.type == "whitespace" else token


def _read(sheet: Path, folder: Path) -> str:
    css = sheet.read_text(encoding="utf-8")
    if sheet.parent != folder and (beside := ADDRESS.search(css)):
        raise StyleError(f"{sheet.name} refers to {beside[1]}, which would be looked for in {folder.name}/")
    return css


def _one_link(page: str, name: str) -> str:
    first = LINK.search(page)
    link = f'\n<link rel="stylesheet" href="{first[1]}assets/{name}">'
    return page[:first.start()] + link + LINK.sub("", page[first.start():])
