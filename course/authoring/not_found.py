"""What stands on the page for addresses that do not exist: an empty meadow, and the ways back."""

import io
import re
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from course.authoring.failures import CannotPublish
from course.catalog import Lesson
from course.data.creatures.grounds import paint_ground

PICTURE = "assets/meadow.webp"
SCENE, HEIGHT, WIDTH = 2, 240, 600
THEMES_HEADING = re.compile(r"<h1>404[^<]*</h1>")


class HeadingMissing(CannotPublish):
    """The theme's page has not the heading that is replaced."""


def picture() -> bytes:
    """The meadow as a WebP file, 600 by 240 pixels."""
    colours = np.moveaxis(paint_ground("grass", SCENE, HEIGHT, WIDTH), 0, -1)
    file = io.BytesIO()
    Image.fromarray((255 * np.clip(colours, 0, 1)).round().astype(np.uint8)).save(file, "WEBP", quality=70, method=6)
    return file.getvalue()


def fill(page: str, site_url: str | None, shortcuts: Lesson | None) -> str:
    """The theme's page with text and picture.

    Args:
        page: HTML of the theme's 404 page. Hosts show it at any address, so that its links begin at the root.
        site_url: where the site will lie, as in mkdocs.yml; None or "" where that is not known.
        shortcuts: the lesson on what a network looks at, where the course has it.

    Raises:
        HeadingMissing: where the theme's heading is not there once.
    """
    root = urlsplit(site_url or "").path.rstrip("/")
    more = ""
    if shortcuts:
        more = f' In <a href="{root}/{shortcuts.name}/">lesson {shortcuts.number}</a> you meet a network that has learned the grass.'
    content = f"""<h1>There is no page here</h1>
<figure class="meadow"><img src="{root}/{PICTURE}" width="{WIDTH}" height="{HEIGHT}" alt="A meadow under a blue sky, and no animal on it.">
<figcaption>And no bunny either.{more}</figcaption></figure>
<p>The address may be old or mistyped. Begin at the <a href="{root}/">first page</a>, or search at the top.</p>"""
    filled, count = THEMES_HEADING.subn(content, page)
    if count != 1:
        raise HeadingMissing(f"the theme's page for addresses that do not exist has its heading {count} times, not once")
    return filled
