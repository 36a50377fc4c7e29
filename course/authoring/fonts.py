"""Fonts as small as the site needs them: the characters that occur on its pages, without ligatures for code.

The files in the repository stay whole. A character that turns up only later, such as one in a
learner's file, is shown in the next font of the list, as on every page.
"""

import hashlib
import shutil
import string
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "rvrn", "liga", "tnum")
"""What fonts may do with characters that stand beside each other. Not "calt": in code, -> and != stay what one types."""

TEXTS = ("*.html", "*.js", "*.json", "*.css")


def slim_all(site: Path, kept: Path) -> None:
    """Reduce every .woff2 of a built site, in place, to the characters of the site's texts and those of a keyboard.

    Args:
        site: folder of the built site.
        kept: folder where results wait for the next build, which seldom needs other characters.
    """
    text = set(string.printable).union(*(path.read_text(encoding="utf-8") for pattern in TEXTS for path in site.rglob(pattern)))
    recipe = f"{version('fonttools')} {FEATURES} {''.join(sorted(text))}".encode()
    kept.mkdir(parents=True, exist_ok=True)
    old = set(kept.iterdir())
    for path in sorted(site.rglob("*.woff2")):
        result = kept / f"{hashlib.sha256(recipe + path.read_bytes()).hexdigest()[:32]}.woff2"
        if result in old:
            old.remove(result)
        else:
            slim(path, text)
            shutil.copy(path, unfinished := result.with_suffix(".part"))
            unfinished.replace(result)
        shutil.copy(result, path)
    for useless in old:
        useless.unlink(missing_ok=True)


def slim(path: Path, characters: Iterable[str]) -> None:
    """Reduce a font file, in place, to those of the characters that it has."""
    options = subset.Options(layout_features=list(FEATURES), hinting=False, flavor="woff2")
    font = TTFont(path)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=map(ord, characters))
    chooser.subset(font)
    font.flavor = "woff2"
    font.save(path)
