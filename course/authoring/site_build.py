"""Building the whole site: run the chapters, let MkDocs make the pages, check every link.

Everything ends up in `build/site`, whole or not at all. How pages look and what they say is decided
elsewhere; how a server keeps to this machine is `site_server`.
"""

import logging
import tempfile
import time
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from rich.console import Console

from course import catalog
from course.authoring import chapters, fingerprint, links
from course.authoring.failures import CannotPublish
from course.authoring.site_server import open_server

KEY = ".fingerprint"


class SiteBuildFailed(CannotPublish):
    """The site could not be built as it should be; the message says why, one problem a line."""


def build(root: Path, *, strict: bool = True, only_if_stale: bool = False, console: Console | None = None) -> Path:
    """Run the chapters that have changed and build the site.

    Args:
        root: the course's folder.
        strict: also fail on warnings, such as a page that is not in the navigation.
            Dead links and dead anchors fail in any case.
        only_if_stale: return at once where nothing has changed since the last build.
        console: where progress goes; by default the terminal's error stream.

    Returns:
        The folder of the built site, `build/site`.

    Raises:
        SiteBuildFailed: with every problem that MkDocs or the link check found.
        ChapterFailed, TextFormatError: with one line, where a chapter or a lesson's text is wrong.
    """
    console = console or Console(stderr=True)
    root = root.resolve()
    site = _site(root)
    lessons = catalog.lessons(root)
    key = fingerprint.of_site(root, lessons)
    if only_if_stale and (site / KEY).is_file() and (site / KEY).read_text(encoding="utf-8") == key:
        console.print("Site · unchanged")
        return site

    chapters.execute_all(lessons, console=console)
    started = time.monotonic()
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".site-", dir=site.parent) as workshop:
        made = Path(workshop) / "site"
        _make_pages(root, made, strict)
        problems = links.broken(made)
        if problems:
            raise SiteBuildFailed(_list("broken links", problems))
        (made / KEY).write_text(key, encoding="utf-8")
        if site.exists():
            site.rename(Path(workshop) / "previous")
        made.rename(site)
    pages = sum(1 for _ in site.rglob("*.html"))
    console.print(f"Site · {pages} pages in {time.monotonic() - started:.0f} s: {site.relative_to(root).as_posix()}/index.html")
    return site


def serve(root: Path, port: int | None = None) -> None:
    """Serve `build/site` of a course to this machine until Ctrl-C, and say where.

    Args:
        root: the course's folder.
        port: None or 0 takes the first free one from 8000 on.

    Raises:
        SiteNotServed: see `open_server`.
    """
    with open_server(_site(root), port) as server:
        print(f"The course is at {server.address} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def _site(root: Path) -> Path:
    return root / "build" / "site"


def _make_pages(root: Path, site: Path, strict: bool) -> None:
    heard = _Listener()
    log = logging.getLogger("mkdocs")
    log.addHandler(heard)
    propagated, log.propagate = log.propagate, False
    try:
        config = load_config(str(root / "mkdocs.yml"), site_dir=str(site), strict=strict)
        mkdocs_build(config)
    except MkDocsException as error:
        raise SiteBuildFailed(_list("problems", heard.messages or [str(error)])) from None
    finally:
        log.propagate = propagated
        log.removeHandler(heard)


class _Listener(logging.Handler):
    """Collects what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(" ".join(record.getMessage().split()))


def _list(what: str, problems: list[str]) -> str:
    if len(problems) == 1:
        return f"the site has 1 of these {what}: {problems[0]}"
    return f"the site has {len(problems)} {what}:\n" + "\n".join(f"  {problem}" for problem in problems)
