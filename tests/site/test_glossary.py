"""The glossary is in order, and its words explain themselves where they are first used."""

import json

import pytest

from course import catalog
from course.authoring import glossary

CHAPTER = f"{catalog.lessons()[0].name}/"


def terms(tmp_path, entries: str) -> tuple[glossary.Term, ...]:
    (tmp_path / "glossary.md").write_text(f"# Glossary\n\n{entries}", encoding="utf-8")
    return glossary.read(tmp_path)


TWO = "## Epoch\nOne pass.\nAlso: epochs\n\n## Weight\nHow much it counts.\nLinked: only where set in bold\n"


def test_a_term_is_linked_once_in_whatever_form_comes_first(tmp_path):
    linked = glossary.link_first_uses("<h2>Epoch</h2><p><code>epoch</code> Many epochs. An epoch &amp; more.</p>", terms(tmp_path, TWO), "../glossary/")
    assert linked == ('<h2>Epoch</h2><p><code>epoch</code> Many <a class="term" href="../glossary/#epoch">epochs</a>. '
                      "An epoch &amp; more.</p>")


def test_an_everyday_word_is_linked_only_in_bold(tmp_path):
    linked = glossary.link_first_uses("<p>The weight of a bag. A <strong>weight</strong>.</p>", terms(tmp_path, TWO), "g")
    assert linked == '<p>The weight of a bag. A <strong><a class="term" href="g#weight">weight</a></strong>.</p>'


def test_an_abbreviation_is_no_ordinary_word(tmp_path):
    assert glossary.link_first_uses("<p>relu</p>", terms(tmp_path, "## ReLU\nA.\nAlso: RELU\n"), "g") != ""
    assert "<a" not in glossary.link_first_uses("<p>l2</p>", terms(tmp_path, "## Decay\nA.\nAlso: L2\n"), "g")


@pytest.mark.parametrize(("entries", "said"), [
    ("## Zebra\nA.\n\n## Ape\nB.\n", "'Ape' must stand before 'Zebra'"),
    ("## Ape\n\n## Bee\nB.\n", "'Ape' has no explanation"),
    ("## Ape\nA.\nAlso: animal\n\n## Bee\nB.\nAlso: Animal\n", "'Animal' stands for both 'Ape' and 'Bee'"),
    ("## Ape\nA.\nLinked: never\n", "'Ape' says 'Linked: never'"),
])  # fmt: skip
def test_a_bad_entry_is_named(tmp_path, entries, said):
    with pytest.raises(glossary.GlossaryError, match=said):
        terms(tmp_path, entries)


def test_readers_do_not_see_the_lines_for_the_program(built_site):
    page = (built_site / "glossary" / "index.html").read_text(encoding="utf-8")
    assert "Linked:" not in page and "Also:" not in page
    assert len(json.loads((built_site / "assets" / "glossary.json").read_text(encoding="utf-8"))) == page.count("<h2 ")


def test_a_lesson_named_in_the_glossary_exists():
    named = {number for term in glossary.read(catalog.course_root() / "site") for number in range(10) if f"esson {number}" in term.meaning}
    assert named <= set(range(1, 8))


def test_a_word_explains_itself_on_hover_and_on_focus(browser, address):
    tab = browser.new_page()
    tab.goto(address + CHAPTER)
    word, box = tab.locator("a.term").first, tab.locator(".term-meaning")
    word.hover()
    box.wait_for(state="visible")
    assert len(box.inner_text()) > 20
    tab.keyboard.press("Escape")
    box.wait_for(state="hidden")
    tab.mouse.move(0, 0)
    word.focus()
    box.wait_for(state="visible")
    assert word.get_attribute("aria-describedby") == box.get_attribute("id")
    tab.close()


def test_without_javascript_a_word_leads_to_the_glossary(browser, address):
    tab = browser.new_page(java_script_enabled=False)
    tab.goto(address + CHAPTER)
    tab.locator("a.term").first.click()
    assert "/glossary/#" in tab.url
    tab.close()
