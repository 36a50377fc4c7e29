"""axe-core finds nothing on any page: light and dark, before and after things are opened."""

import pytest

from course import catalog

axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: pip install -e .[dev]")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LESSON_PAGES = [f"{lesson.name}/{part}" for lesson in catalog.lessons() for part in ("", "exercise/", "solution/")]
CLOSED_TOO = ("", *LESSON_PAGES[:3])
"""What is closed on the other pages is made like on these."""
PAGES = ["", "study_guide/", "glossary/", "instructors/", "contributing/", "changelog/", *LESSON_PAGES]


def violations(tab) -> list[str]:
    found = axe_module.Axe().run(tab, options=RULES).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="module", params=["light", "dark"])
def tab(request, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "home")
def test_axe_finds_nothing(tab, address, page):
    tab.goto(address + page)
    if page in CLOSED_TOO and tab.evaluate("matchMedia('(prefers-color-scheme: light)').matches"):
        assert violations(tab) == []
    tab.evaluate("document.querySelectorAll('article details').forEach(details => details.open = true)")
    assert violations(tab) == []


def test_axe_finds_what_is_wrong(tab, address):
    tab.goto(address)
    tab.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"assets/mark.svg\"><button></button>')")
    assert {one.split(":")[0] for one in violations(tab)} == {"image-alt", "button-name"}
