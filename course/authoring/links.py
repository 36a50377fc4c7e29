"""Checks that a built site holds together: every link, anchor and file that a page names is there.

Reads the HTML that readers get, so it sees what no generator's own check sees, and it needs no
network: a page may link to another site, but it must not load anything from there.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADING = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src", "video": "src"}
NOT_LOADED = {"canonical", "alternate", "next", "prev"}
"""Kinds of <link> that only point somewhere."""


@dataclass(frozen=True)
class _PageLinks:
    anchors: frozenset[str]
    targets: tuple[tuple[str, bool], ...]
    """(address, whether the browser loads it by itself)."""


def broken(site: Path) -> list[str]:
    """One line for every dead link, dead anchor, missing file and file from another host.

    Args:
        site: folder of the built site.
    """
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        if path.name == "404.html":  # served for any address, so its own links are absolute
            continue
        where = path.relative_to(site).as_posix()
        for address, loaded in page.targets:
            parts = urlsplit(address)
            if parts.scheme == "data" or parts.scheme in ("http", "https", "mailto") and not loaded:
                continue
            if parts.netloc:
                problems.append(f"{where} loads {address} from another host")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                problems.append(f"{where} links to {address}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                problems.append(f"{where} links to {address}, and that page has no such anchor")
    return problems


def _read(path: Path) -> _PageLinks:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return _PageLinks(frozenset(reader.anchors), tuple(reader.targets))


class _Reader(HTMLParser):
    """Goes through a page once; a tree of it is not needed."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attributes if value is not None}
        self.anchors.update(given[name] for name in ("id", "name" if tag == "a" else "id") if name in given)
        if tag == "a" and "href" in given:
            self.targets.append((given["href"], False))
        elif (address := given.get(LOADING.get(tag, ""))) is not None:
            only_points = tag == "link" and NOT_LOADED & set(given.get("rel", "").split())
            self.targets.append((address, not only_points))
