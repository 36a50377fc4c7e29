"""A chapter's page: its prose as MkDocs renders every page, its cells as slim, plain markup.

mkdocs-jupyter turns the executed notebook into HTML that was made for JupyterLab. From it only the
highlighted code and the outputs are kept, in the markup that the theme gives to code on all other
pages. The prose is rendered by MkDocs itself, so headings, links and admonitions work as elsewhere
and whichever mkdocs-jupyter is installed.
"""

import html
import re

import nbformat
from bs4 import BeautifulSoup, Tag

from course.authoring.failures import CannotPublish
from course.authoring.lesson_texts import WidgetText

WIDE = 32
"""Characters that surely fit beside each other on a screen of 320 px."""

PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
"""Names and spaces: they have no colour of their own, and are half of all marks in highlighted code."""


WIDGET_BEGINS, WIDGET_ENDS = '<div data-widget="begins"></div>', '<div data-widget="ends"></div>'
"""What stands in the prose around a widget's text."""

NO_DATA_YET = "<p>This experiment shows what the chapter's own run has measured, and that run is still under way on your machine.</p>"


class ChapterPageError(CannotPublish):
    """An executed chapter that cannot be made into a page."""


def prose(notebook: nbformat.NotebookNode, title: str, widget: WidgetText | None = None) -> str:
    """The chapter's Markdown, with one placeholder for each code cell, and the widget's text in its place.

    A chapter without a heading of the first level gets its lesson's title.

    Raises ChapterPageError where the chapter lacks the heading before which the widget stands.
    """
    parts, code_cells = [], 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts.append(placeholder(code_cells))
            code_cells += 1
        elif cell.cell_type == "markdown":
            parts.append(cell.source)
    text = "\n\n".join(parts) + "\n"
    if widget:
        text, places = re.subn(rf"^(?=## {re.escape(widget.before)}$)", lambda _: _widget_prose(widget), text, flags=re.MULTILINE)
        if places != 1:
            raise ChapterPageError(f"the widget stands before the heading {widget.before!r}, which the chapter has {places} times")
    return text if text.lstrip().startswith("# ") else f"# {title}\n\n{text}"


def _widget_prose(widget: WidgetText) -> str:
    return f"## {widget.heading}\n\n{WIDGET_BEGINS}\n\n{widget.body}\n\n{WIDGET_ENDS}\n\n"


def _widget_element(prose_html: str, widget: WidgetText, has_data: bool) -> str:
    """The custom element around its text. The script defines it; its data are loaded when a reader comes near.
    While there are no data, a sentence in the element's place says so."""
    if prose_html.count(WIDGET_BEGINS) != 1 or prose_html.count(WIDGET_ENDS) != 1:
        raise ChapterPageError(f"the widget {widget.element} has lost its place in the page")
    name = widget.element
    if not has_data:
        return prose_html.replace(WIDGET_BEGINS, '<div class="course-widget" id="widget">').replace(WIDGET_ENDS, f"{NO_DATA_YET}</div>")
    opened = f'<{name} class="course-widget" id="widget" data-src="widget.json">'
    closed = f'</{name}><script type="module" src="../assets/widgets/{name}.js"></script>'
    return prose_html.replace(WIDGET_BEGINS, opened).replace(WIDGET_ENDS, closed)


def placeholder(number: int) -> str:
    """What stands in the prose for the code cell with this number, counted from 0."""
    return f'<div data-cell="{number}"></div>'


def assemble(prose_html: str, notebook_html: str, facts: str, after: str, widget: WidgetText | None = None,
             has_data: bool = True) -> str:
    """Put the page together.

    Args:
        prose_html: what MkDocs made of `prose()`.
        notebook_html: what mkdocs-jupyter made of the same notebook.
        facts: HTML to stand below the title.
        after: HTML to stand at the end.
        widget: the one whose text is in the prose.
        has_data: whether the chapter was run, so that there is something for the widget to show.

    Raises:
        ChapterPageError: where the two do not hold the same cells, or the title is not the only one.
    """
    found = BeautifulSoup(notebook_html, "html.parser").select(".jp-CodeCell")
    cells = [cell for cell in found if not cell.find_parent(class_="jp-CodeCell")]
    if prose_html.count("<div data-cell=") != len(cells):
        raise ChapterPageError(f"the chapter has {prose_html.count('<div data-cell=')} code cells, its HTML {len(cells)}")
    if prose_html.count("<h1") != 1:
        raise ChapterPageError(f"the chapter needs one heading of the first level, it has {prose_html.count('<h1')}")
    for number, cell in enumerate(cells):
        prose_html = prose_html.replace(placeholder(number), _cell(cell))
    if widget:
        prose_html = _widget_element(prose_html, widget, has_data)
    prose_html = prose_html.replace("<p><strong>Predict.</strong>", '<p class="predict"><strong>Predict.</strong>')
    title, opening, rest = re.split(r"(</h1>\s*(?:<p><strong>[^<]*</strong></p>)?)", prose_html, maxsplit=1)
    return title + opening.replace("<p>", '<p class="question">') + facts + rest + after


def _cell(cell: Tag) -> str:
    """Code and what came out of it. The code that draws a figure is closed, and below it: in a
    chapter the figure is the experiment's result, and how it was drawn is not the lesson."""
    outputs = "".join(_output(output) for output in cell.select(".jp-OutputArea-output"))
    code = cell.select_one(".jp-InputArea-editor pre")
    height = f' style="--height: {_height(cell, code):.0f}rem"'
    source = ""
    if code is not None and code.get_text().strip():
        highlighted = PLAIN.sub(r"\1", code.decode_contents().removeprefix("<span></span>").strip())
        source = f'<div class="language-python highlight"><pre><span></span><code>{highlighted}\n</code></pre></div>'
    if source and "<figure" in outputs:
        closed = f'<details class="cell-code"><summary>The code of this figure</summary>{source}</details>'
        return f'<div class="cell"{height}>{outputs}{closed}</div>'
    return f'<div class="cell"{height}>{source}{outputs}</div>'


def _height(cell: Tag, code: Tag | None) -> float:
    """About how high a cell is, in rem: a browser lays a cell out only when it comes near, and until then goes by this."""
    text = sum(len(box.get_text().strip("\n").splitlines()) for box in cell.select(".jp-OutputArea-output"))
    figures = len(cell.select("figure"))
    lines = len(code.get_text().strip().splitlines()) if code is not None else 0
    return (3.0 if figures else 1.1 * lines + 1.5) + 1.05 * text + 20 * figures


def _output(output: Tag) -> str:
    kind = output.get("data-mime-type", "")
    text = output.get_text().strip("\n")
    if not text.strip() and not output.find(["img", "svg"]):
        return ""
    if kind == "text/html":
        for picture in output.select("figure img"):  # on a small screen a tap shows it in full size
            picture.wrap(Tag(name="a", attrs={"href": picture["src"], "class": picture.get("class", [])}))
        return f'<div class="cell-html">{output.decode_contents().strip()}</div>'
    box = ' tabindex="0" role="group" aria-label="Output"' if max(map(len, text.splitlines())) > WIDE else ""
    failed = " cell-error" if kind == "application/vnd.jupyter.error" else ""
    return f'<pre class="cell-output{failed}"{box}>{html.escape(text, quote=False)}</pre>'
