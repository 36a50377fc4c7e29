"""Fonts as small as the site needs them: the characters that occur on its pages, the weights that its
style sheet declares, and no ligatures for code.

The files in the repository stay whole. A character that turns up only later, such as one in a
learner's file, is shown in the next font of the list, as on every page.
"""

import hashlib
import re
import shutil
import string
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from course.authoring.failures import CannotPublish

FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "rvrn", "liga", "tnum")
"""What fonts may do with characters that stand beside each other. Not "calt": in code, -> and != stay what one types."""

FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
FILE = re.compile(r"""url\(["']?[^)"']*?([^/)"']+\.woff2)["']?\)""")
WEIGHT = re.compile(r"font-weight:\s*(\d+)(?:\s+(\d+))?")

SHEET = re.compile(r'<link rel="stylesheet" href="([^"]*?)assets/[^"]+">')
FIRST = ("atkinson-hyperlegible-next-latin-wght-normal.woff2", "fraunces-latin-wght-normal.woff2")
"""What the first lines of every page are set in."""

TEXTS = ("*.html", "*.js", "*.json", "*.css")


def slim_all(site: Path, kept: Path) -> None:
    """Reduce every .woff2 of a built site, in place, to the characters of the site's texts and those of a keyboard,
    and to the weights of its @font-face.

    Args:
        site: folder of the built site.
        kept: folder where results wait for the next build, which seldom needs other characters.

    Raises:
        CannotPublish: where no style sheet says of a font file which weights are wanted of it.
    """
    weights = declared_weights(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    text = set(string.printable).union(*(path.read_text(encoding="utf-8") for pattern in TEXTS for path in site.rglob(pattern)))
    recipe = f"{version('fonttools')} {FEATURES} {''.join(sorted(text))}".encode()
    kept.mkdir(parents=True, exist_ok=True)
    old = set(kept.iterdir())
    for path in sorted(site.rglob("*.woff2")):
        if path.name not in weights:
            raise CannotPublish(f"no @font-face names {path.name} with a font-weight; without one its weights are not known")
        wanted = weights[path.name]
        result = kept / f"{hashlib.sha256(recipe + repr(wanted).encode() + path.read_bytes()).hexdigest()[:32]}.woff2"
        if result in old:
            old.remove(result)
        else:
            slim(path, text, wanted)
            shutil.copy(path, unfinished := result.with_suffix(".part"))
            unfinished.replace(result)
        shutil.copy(result, path)
    for useless in old:
        useless.unlink(missing_ok=True)


def load_first_early(site: Path) -> None:
    """Have browsers fetch the first lines' fonts together with the style sheet, in place of after it: text that is shown
    in another font first moves what is below it.

    Raises:
        CannotPublish: where the site has no such font file.
    """
    fonts = {path.name: path.relative_to(site).as_posix() for path in site.rglob("*.woff2")}
    if missing := [name for name in FIRST if name not in fonts]:
        raise CannotPublish(f"no font file {missing[0]}; see fonts.FIRST")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if sheet := SHEET.search(text):
            links = "".join(f'<link rel="preload" href="{sheet[1]}{fonts[name]}" as="font" type="font/woff2" crossorigin>\n' for name in FIRST)
            page.write_text(text[:sheet.start()] + links + text[sheet.start():], encoding="utf-8")


def declared_weights(sheets: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The lightest and the boldest weight that style sheets declare, by the font file's name."""
    weights = {}
    for face in FACE.findall("".join(sheets)):
        file, weight = FILE.search(face), WEIGHT.search(face)
        if file and weight:
            weights[file[1]] = (int(weight[1]), int(weight[2] or weight[1]))
    return weights


def slim(path: Path, characters: Iterable[str], weights: tuple[int, int]) -> None:
    """Reduce a font file, in place, to those of the characters that it has, and a variable one to a range of weights."""
    options = subset.Options(layout_features=list(FEATURES), hinting=False, flavor="woff2")
    font = TTFont(path)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=map(ord, characters))
    chooser.subset(font)
    if "fvar" in font:
        lightest, boldest = weights
        font = instancer.instantiateVariableFont(font, {"wght": lightest if lightest == boldest else weights})
    font.flavor = "woff2"
    font.save(path)
