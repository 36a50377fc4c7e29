"""Every page, in a real browser: wide and narrow, light and dark."""

from dataclasses import dataclass
from functools import cache

import pytest

from course import catalog

WIDTHS, SCHEMES = (1280, 400, 320), ("light", "dark")
LESSON_PAGES = [f"{lesson.name}/{part}" for lesson in catalog.lessons() for part in ("", "exercise/", "solution/")]
PAGES = ["", "study_guide/", "glossary/", "instructors/", "contributing/", "changelog/", *LESSON_PAGES]

MEASURE = """async () => {
  document.querySelectorAll("details").forEach(details => details.open = true)
  const shown = element => element.checkVisibility()
  const images = [...document.images].filter(shown)
  images.forEach(image => image.loading = "eager")
  await Promise.all(images.map(image => image.decode().catch(() => {})))

  const channels = colour => colour.match(/[\\d.]+/g).map(Number)
  const light = value => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4
  const luminance = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b)
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor)
      if (colour.length < 4 || colour[3] > .99) return colour
    }
    return [255, 255, 255]
  }
  const faint = new Set()
  const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !shown(element) || element.closest("svg, script")) continue
    const style = getComputedStyle(element)
    const [a, b] = [luminance(channels(style.color)), luminance(ground(element))].sort((x, y) => y - x)
    const ratio = (a + .05) / (b + .05)
    const large = parseFloat(style.fontSize) >= 24
    if (ratio < (large ? 3 : 4.5)) faint.add(`${walker.currentNode.data.trim().slice(0, 30)} (${ratio.toFixed(2)}:1)`)
  }
  return {
    page_width: document.documentElement.scrollWidth,
    headings: [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)")].map(heading => Number(heading.tagName[1])),
    without_alt: images.filter(image => !image.getAttribute("alt")).map(image => image.src),
    not_loaded: images.filter(image => !image.naturalWidth).map(image => image.src),
    faint: [...faint],
    fonts: [...document.fonts].filter(font => font.status === "loaded").map(font => font.family),
  }
}"""


@dataclass(frozen=True)
class Visit:
    """What one look at one page showed."""

    errors: tuple[str, ...]
    foreign: tuple[str, ...]
    page_width: int
    headings: list[int]
    without_alt: list[str]
    not_loaded: list[str]
    faint: list[str]
    fonts: list[str]


@pytest.fixture(scope="module")
def look(browser, address):
    """A function that visits a page once and remembers what it saw."""
    contexts = {}

    @cache
    def visit(page: str, width: int, scheme: str) -> Visit:
        if (width, scheme) not in contexts:
            contexts[width, scheme] = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme,
                reduced_motion="reduce")  # no half-way colours
        tab = contexts[width, scheme].new_page()
        errors, foreign = [], []
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: None if request.url.startswith((address, "data:")) else foreign.append(request.url))
        tab.goto(address + page)
        measured = tab.evaluate(MEASURE)
        tab.close()
        return Visit(tuple(errors), tuple(foreign), **measured)

    yield visit
    for context in contexts.values():
        context.close()


every_look = pytest.mark.parametrize(
    ("page", "width", "scheme"),
    [(page, width, scheme) for width in WIDTHS for scheme in SCHEMES for page in PAGES],
    ids=lambda value: value or "home" if isinstance(value, str) else f"{value} px",
)


@every_look
def test_a_page_loads_without_errors_and_from_one_host(look, page, width, scheme):
    visit = look(page, width, scheme)
    assert visit.errors == ()
    assert visit.foreign == ()
    assert {font.strip('"') for font in visit.fonts} >= {"Atkinson Hyperlegible Next", "Fraunces"}


@every_look
def test_a_page_does_not_scroll_sideways(look, page, width, scheme):
    assert look(page, width, scheme).page_width <= width


@every_look
def test_every_picture_is_there_and_described(look, page, width, scheme):
    visit = look(page, width, scheme)
    assert visit.without_alt == []
    assert visit.not_loaded == []


@every_look
def test_all_text_stands_out_from_its_ground(look, page, width, scheme):
    assert look(page, width, scheme).faint == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "home")
def test_headings_form_an_outline(look, page):
    levels = look(page, WIDTHS[0], "light").headings
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(levels, levels[1:])), levels


def test_the_self_check_works_without_javascript(browser, address):
    tab = browser.new_page(java_script_enabled=False)
    tab.goto(address + catalog.lessons()[0].name + "/")
    choice = tab.locator("details.choice").first
    assert not choice.locator(".feedback").is_visible()
    choice.locator("summary").press("Enter")
    assert choice.locator(".feedback").is_visible()
    tab.close()


def test_hints_and_solutions_are_closed_at_first(browser, address):
    tab = browser.new_page()
    for page, kind in (("exercise/", "hint"), ("solution/", "solution")):
        tab.goto(address + catalog.lessons()[0].name + "/" + page)
        found = tab.locator(f"details.{kind}")
        assert found.count() >= len(catalog.lessons()[0].tasks)
        assert tab.locator(f"details.{kind}[open]").count() == 0
    tab.close()


def test_code_can_be_copied(browser, address):
    tab = browser.new_page(viewport={"width": 320, "height": 800})
    tab.goto(address + catalog.lessons()[0].name + "/")
    boxes = tab.locator("article pre:visible > code")
    assert tab.locator("article .highlight button:visible").count() >= boxes.count() > 0
    tab.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "home")
def test_what_scrolls_sideways_can_be_scrolled_by_keyboard(browser, address, page):
    tab = browser.new_page(viewport={"width": 320, "height": 800})
    tab.goto(address + page)
    tab.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    stuck = """() => [...document.querySelectorAll("article pre > code, article pre.cell-output, .md-typeset__scrollwrap")]
        .filter(box => box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0).map(box => box.textContent.trim().slice(0, 40))"""
    tab.wait_for_function(f"() => ({stuck})().length === 0", timeout=5000, polling=100)
    tab.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_for_a_keyboard_code_is_a_stop_exactly_where_it_scrolls(browser, address, width):
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(f"{address}{LESSON_PAGES[0]}")
        everywhere = "[...document.querySelectorAll('pre > code')].filter(each => each.checkVisibility() && each.clientWidth)"
        assert tab.evaluate(f"{everywhere}.every(each => each.scrollWidth <= each.clientWidth || each.tabIndex === 0)")
        tab.keyboard.press("Tab")
        found = tab.evaluate(f"{everywhere}.map(each => [each.scrollWidth > each.clientWidth, each.tabIndex === 0])")
        assert {scrolls for scrolls, _ in found} == ({True, False} if width == 1280 else {True})
        assert len(found) > 10 and [scrolls for scrolls, _ in found] == [stop for _, stop in found]


def test_the_search_finds_a_task(browser, address):
    tab = browser.new_page()
    tab.goto(address, wait_until="networkidle")
    box = tab.get_by_role("textbox", name="Search")
    box.click()
    box.press_sequentially(catalog.lessons()[0].tasks[0].title)
    first = tab.locator(".md-search-result__link").first
    first.wait_for()
    assert catalog.lessons()[0].name in first.get_attribute("href")
    tab.close()


def test_paper_is_light_even_from_a_dark_screen(browser, address):
    tab = browser.new_page(color_scheme="dark")
    tab.goto(address + catalog.lessons()[0].name + "/")
    tab.emulate_media(media="print", color_scheme="dark")
    colour = tab.evaluate("getComputedStyle(document.querySelector('article p')).color")
    assert max(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 100
    assert tab.locator("a.only-light img").first.is_visible()
    assert not tab.locator("a.only-dark img").first.is_visible()
    tab.close()
