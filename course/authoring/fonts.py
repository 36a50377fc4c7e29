"""Fonts as small as the site needs them: the characters that occur on its pages, without ligatures for code.

The files in the repository stay whole. A character that turns up only later, such as one in a
learner's file, is shown in the next font of the list, as on every page.
"""

import string
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "rvrn", "liga", "tnum")
"""What fonts may do with characters that stand beside each other. Not "calt": in code, -> and != stay what one types."""

TEXTS = ("*.html", "*.js", "*.json", "*.css")


def slim_all(site: Path) -> None:
    """Reduce every .woff2 of a built site, in place, to the characters of the site's texts and those of a keyboard."""
    text = set(string.printable).union(*(path.read_text(encoding="utf-8") for pattern in TEXTS for path in site.rglob(pattern)))
    for path in sorted(site.rglob("*.woff2")):
        slim(path, text)


def slim(path: Path, characters: Iterable[str]) -> None:
    """Reduce a font file, in place, to those of the characters that it has."""
    options = subset.Options(layout_features=list(FEATURES), hinting=False, flavor="woff2")
    font = TTFont(path)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=map(ord, characters))
    chooser.subset(font)
    font.flavor = "woff2"
    font.save(path)
