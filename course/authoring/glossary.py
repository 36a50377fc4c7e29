"""The glossary: `site/glossary.md` read as data, and its words linked at their first use on a page.

Each entry is a heading of the second level with its explanation below. Two optional lines may follow:
`Also: forms, other words` and `Linked: only where set in bold`, for words that mean something in
everyday language too.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

from course.authoring.failures import CannotPublish

PAGE = "glossary.md"
LISTED = ("Also", "Linked")
ONLY_BOLD = "only where set in bold"
NOT_INSIDE = ("a", "code", "pre", "h1", "h2", "h3", "h4", "summary", "figcaption", "table", "svg", "script")


class GlossaryError(CannotPublish):
    """An entry of the glossary that does not follow its format; one line says which."""


@dataclass(frozen=True)
class Term:
    """One entry."""

    name: str
    meaning: str
    """Plain text."""
    forms: tuple[str, ...]
    """Every spelling that counts as a use, the name among them."""
    only_bold: bool

    @property
    def anchor(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def read(site: Path) -> tuple[Term, ...]:
    """The entries of `site/glossary.md`, in their order.

    Raises:
        GlossaryError: for an entry without an explanation, out of order, or a form that two entries claim.
    """
    path = site / PAGE
    _, *sections = re.split(r"^## +", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    terms = tuple(map(_term, sections))
    owners: dict[str, str] = {}
    for term, following in zip(terms, (*terms[1:], None)):
        if not term.meaning:
            raise GlossaryError(f"{path.name}: {term.name!r} has no explanation")
        if following and following.name.lower() < term.name.lower():
            raise GlossaryError(f"{path.name}: {following.name!r} must stand before {term.name!r}")
        for form in term.forms:
            if owners.setdefault(form.lower(), term.name) != term.name:
                raise GlossaryError(f"{path.name}: {form!r} stands for both {owners[form.lower()]!r} and {term.name!r}")
    return terms


def _term(section: str) -> Term:
    name, _, body = section.partition("\n")
    settings = dict(re.findall(rf"^({'|'.join(LISTED)}): +(.+)$", body, flags=re.MULTILINE))
    also = [form.strip() for form in settings.get("Also", "").split(",") if form.strip()]
    if settings.get("Linked", ONLY_BOLD) != ONLY_BOLD:
        raise GlossaryError(f"{PAGE}: {name!r} says 'Linked: {settings['Linked']}'; the only thing to say is '{ONLY_BOLD}'")
    return Term(name.strip(), _without_settings(body).strip(), (name.strip(), *also), "Linked" in settings)


def _without_settings(text: str) -> str:
    return re.sub(rf"^(?:{'|'.join(LISTED)}): .*\n?", "", text, flags=re.MULTILINE)


def as_page(text: str, chapters: dict[int, str]) -> str:
    """The glossary's Markdown as readers see it: without the lines that are for the program, and
    with links to the lessons.

    Args:
        chapters: each lesson's number and the address of its chapter.
    """
    text = re.sub(r"\(Lesson (\d)\)", lambda found: _lesson_link(found[0], chapters.get(int(found[1]))), _without_settings(text))
    title, *entries = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return f'{title}<div class="glossary" markdown>\n\n{"".join(entries)}\n</div>\n'


def _lesson_link(said: str, address: str | None) -> str:
    return f"[{said.strip('()')}]({address})" if address else said


def as_json(terms: tuple[Term, ...]) -> str:
    """What the page's script shows: each meaning by its anchor."""
    return json.dumps({term.anchor: {"name": term.name, "meaning": term.meaning} for term in terms}, ensure_ascii=False)


def link_first_uses(page_html: str, terms: tuple[Term, ...], address: str) -> str:
    """A page's HTML with each term's first use turned into a link to the glossary.

    Args:
        page_html: prose; code, headings, tables and links in it are left alone.
        terms: from `read`.
        address: of the glossary as the page links to it.
    """
    soup = BeautifulSoup(page_html, "html.parser")
    by_form = {form.lower(): term for term in terms for form in term.forms}
    longest_first = sorted(by_form, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
    seen: set[str] = set()
    for text in [node for node in soup.find_all(string=pattern) if not node.find_parent(NOT_INSIDE)]:
        bold = text.find_parent(("strong", "em")) is not None
        pieces, position = [], 0
        for found in pattern.finditer(text):
            term = by_form[found[0].lower()]
            if term.name in seen or (term.only_bold and not bold) or _abbreviation_differs(found[0], term):
                continue
            seen.add(term.name)
            link = soup.new_tag("a", href=f"{address}#{term.anchor}", attrs={"class": "term"})
            link.string = found[0]
            pieces += [NavigableString(text[position : found.start()]), link]
            position = found.end()
        if pieces:
            _replace(text, [*pieces, NavigableString(text[position:])])
    return soup.decode(formatter="minimal") if seen else page_html


def _abbreviation_differs(used: str, term: Term) -> bool:
    """Whether a word only looks like an abbreviation: "mlp" is not MLP."""
    form = next(form for form in term.forms if form.lower() == used.lower())
    return form.isupper() and not used.isupper()


def _replace(text: NavigableString, pieces: list[NavigableString | Tag]) -> None:
    for piece in pieces:
        text.insert_before(piece)
    text.extract()
