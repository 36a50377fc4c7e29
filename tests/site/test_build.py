"""The built site holds together, stays small, and its server keeps to this machine."""

import gzip
import http.client
import re

import pytest

from course import catalog
from course.authoring import chapters, links
from course.learning.textbook import CannotServe, open_server

CHAPTERS = [lesson.name for lesson in catalog.lessons()]
KILOBYTE = 1000


def zipped(path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def linked(page, pattern: str) -> list:
    return [(page.parent / address).resolve() for address in re.findall(pattern, page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_page_is_light(built_site, chapter):
    page = built_site / chapter / "index.html"
    styles = linked(page, r'<link rel="stylesheet" href="([^"]+)"')
    scripts = linked(page, r'<script src="([^"]+)"') + list(built_site.glob("assets/javascripts/workers/*.js"))
    assert styles and scripts
    assert zipped(page) + sum(map(zipped, styles)) <= 60 * KILOBYTE
    assert sum(map(zipped, scripts)) <= 60 * KILOBYTE


def test_nothing_is_left_of_the_notebook_program(built_site):
    traces = ("jp-Cell", "jupyter-wrapper", "mathjax", "require.js", "clipboard-copy", "<style>", "ansi-", "data-cell",
              "warning:tensorflow", "futurewarning", "deprecationwarning")
    for path in built_site.rglob("*.html"):
        page = path.read_text(encoding="utf-8").lower()
        assert [trace for trace in traces if trace.lower() in page] == [], path
        assert chapters.NO_ALT_TEXT.lower() not in page, path


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_page_says_its_time_prerequisites_and_data(built_site, chapter):
    page = (built_site / chapter / "index.html").read_text(encoding="utf-8")
    for term in ("Time", "Before", "Data"):
        assert f"<dt>{term}</dt>" in page
    for target in ("exercise/", "solution/", "chapter.ipynb", "chapter.py"):
        assert f'href="{target}"' in page


def test_no_machine_path_is_published(built_site):
    for path in [*built_site.rglob("*.html"), *built_site.rglob("*.ipynb")]:
        assert str(built_site.parents[1]) not in path.read_text(encoding="utf-8"), path.name


def test_all_links_of_the_site_are_alive(built_site):
    assert links.broken(built_site) == []


def test_a_heading_with_code_in_it_can_be_linked_to(tmp_path):
    (tmp_path / "index.html").write_text('<a href="#the-arrayshape">x</a><h2 id="the-arrayshape">The <code>array.shape</code></h2>')
    assert links.broken(tmp_path) == []


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<a href="gone/">x</a>', "index.html links to gone/, which is not there"),
        ('<a href="#gone">x</a>', "index.html links to #gone, and that page has no such anchor"),
        ('<img src="gone.webp">', "index.html links to gone.webp, which is not there"),
        ('<script src="https://example.org/a.js"></script>', "index.html loads https://example.org/a.js from another host"),
    ],
)
def test_dead_links_and_foreign_files_are_found(tmp_path, html, said):
    (tmp_path / "index.html").write_text(html)
    assert links.broken(tmp_path) == [said]


def ask(address: str, path: str, host: str | None = None) -> int:
    name = address.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(name, timeout=5)
    connection.request("GET", path, headers={"Host": host or name})
    return connection.getresponse().status


def test_the_server_gives_pages_and_nothing_else(address):
    assert ask(address, "/") == 200
    assert ask(address, "/assets/fonts/") == 404, "a folder must not be listed"
    assert ask(address, "/.fingerprint") == 404
    assert ask(address, "/../../pyproject.toml") == 404


def test_the_server_refuses_other_names_for_this_machine(address):
    assert ask(address, "/", host="evil.example") == 403


def test_serving_an_unbuilt_site_says_what_to_do(tmp_path):
    with pytest.raises(CannotServe, match="course author build"):
        open_server(tmp_path)
