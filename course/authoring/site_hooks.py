"""The one place where MkDocs' events are handled: the catalog's lessons become files, navigation and pages.

What stands on the pages is made in `pages` and `chapter_page`; chapters are run by `chapters`.
"""

import html
import itertools
import re
from pathlib import Path

import markdown
import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url
from rich.console import Console

from course import catalog
from course.authoring import chapter_page, chapters, fonts, glossary, home_picture, not_found, pages, scripts, styles
from course.authoring.lesson_texts import read_quiz, read_widget
from course.authoring.stubs import make_exercise

MATHJAX_LOADER = re.compile(r"\s*<script data-mkdocs-jupyter-mathjax=.*?</script>", re.DOTALL)
THEME_PALETTES = re.compile(r'\s*<link rel="stylesheet" href="[^"]*/palette\.[^"]*">')
SCRIPTS_RUN = '<script>document.documentElement.classList.replace("no-js","js")</script>'
"""At once, so that nothing is laid out twice."""

TAG = re.compile(r"<[^>]*>")
SECTION_TITLE = re.compile(r'<label class="md-nav__title" for="(__nav_\d+)">\s*<span[^>]*></span>\s*([^<]+?)\s*</label>')
CODE = re.compile(r'<div class="([^"]*\bhighlight)"><pre><span></span><code>(.*?)</code></pre>', re.DOTALL)
COPY_BUTTON = ('<div class="md-code__nav"><button class="md-code__button" title="Copy to clipboard" data-md-type="copy" '
               'data-clipboard-target="#{name} code"></button></div>')
SECTION_TOGGLE = re.compile(r'<label class="md-nav__link " for="(__nav_\d+)" id="\1_label" tabindex="0">')


def _lessons(config: MkDocsConfig) -> tuple[catalog.Lesson, ...]:
    return catalog.lessons(Path(config.config_file_path).parent)


def _chapter_of(page: Page, config: MkDocsConfig) -> catalog.Lesson | None:
    """The lesson whose chapter this page is."""
    return next((lesson for lesson in _lessons(config) if page.file.src_uri == f"{lesson.name}/index.ipynb"), None)


def _executed(lesson: catalog.Lesson, config: MkDocsConfig) -> chapters.ExecutedChapter:
    # `course author build` has run it before, and shown its progress; plain `mkdocs build` runs it here.
    if not config.extra.get("run_chapters", True):
        return chapters.kept_or_unrun(lesson)
    return chapters.execute(lesson, console=Console(quiet=True))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Navigation: home, the lessons of the catalog, then the pages that mkdocs.yml lists."""
    lessons = [
        {f"{lesson.number} · {lesson.title}": [
            {lesson.title: f"{lesson.name}/index.ipynb"},
            {"Exercise": f"{lesson.name}/exercise.md"},
            {"Solution": f"{lesson.name}/solution.md"},
        ]}
        for lesson in _lessons(config)
    ]  # fmt: skip
    first, *rest = config.nav
    config.nav = [first, *lessons, *rest]
    return config


@event_priority(100)  # before mkdocs-jupyter looks for notebooks
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not in site/: executed chapters, their figures, the made pages, the downloads, the glossary's data."""
    files.append(File.generated(config, "assets/glossary.json", content=glossary.as_json(_terms(config))))
    files.append(File.generated(config, not_found.PICTURE, content=not_found.picture()))
    for lesson in _lessons(config):
        executed = _executed(lesson, config)
        on_disk = {"index.ipynb": executed.notebook, "chapter.py": lesson.chapter}
        if lesson.widget_data.is_file() and executed.run:  # a chapter that was not run yet has nothing for its widget
            on_disk["widget.json"] = executed.widget_data
        on_disk |= {f"figures/{figure.name}": figure for figure in executed.figures}
        made = {
            "exercise.md": pages.exercise_page(lesson),
            "solution.md": pages.solution_page(lesson),
            "chapter.ipynb": chapters.as_notebook(lesson, config.extra.get("repository", "")),
            "exercise.py": make_exercise(lesson),  # a fresh one, whatever the learner has made of the file
        }
        for name, path in on_disk.items():
            if not path.is_file():
                raise chapters.ChapterFailed(f"{path.relative_to(lesson.root).as_posix()}: there is no such file")
            files.append(File.generated(config, f"{lesson.name}/{name}", abs_src_path=str(path)))
        for name, content in made.items():
            files.append(File.generated(config, f"{lesson.name}/{name}", content=content))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Tell mkdocs-jupyter's own file objects where the notebooks are: they forget it for files
    that are not in docs_dir."""
    for lesson in _lessons(config):
        files.get_file_from_path(f"{lesson.name}/index.ipynb").abs_src_path = str(_executed(lesson, config).notebook)
    return nav


def on_page_markdown(text: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill the placeholders of hand-written pages, and take a chapter's prose from its notebook."""
    lesson = _chapter_of(page, config)
    if lesson:
        page.meta |= {"title": f"Lesson {lesson.number} · {lesson.title}", "description": lesson.question}
        return chapter_page.prose(_notebook(page), lesson.title, read_widget(lesson))
    if page.file.src_uri == glossary.PAGE:
        return glossary.as_page(text, {each.number: f"{each.name}/index.ipynb" for each in _lessons(config)})
    if page.is_homepage:
        text = text.replace("<!-- lessons -->", pages.lesson_list(_lessons(config)))
        text = text.replace("<!-- picture -->", home_picture.svg())
    return text


@event_priority(100)  # before the search index reads the page
def on_page_content(notebook_html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace what mkdocs-jupyter made of a chapter by a page like all others."""
    lesson = _chapter_of(page, config)
    if lesson is None:
        return _with_terms(notebook_html, page, config) if page.file.src_uri.endswith("/exercise.md") else notebook_html
    Page.render(page, config, files)  # mkdocs-jupyter has put its own in front of it
    page.toc.items[0].children.append(AnchorLink("Check yourself", pages.SELF_CHECK_ANCHOR, 2))
    check = pages.self_check(read_quiz(lesson), lambda text: _render(text, config))
    run = _executed(lesson, config).run
    facts = pages.chapter_facts(lesson, run, config.extra.get("repository", ""))
    return chapter_page.assemble(_with_terms(page.content, page, config), notebook_html, facts, check, read_widget(lesson), bool(run))


@event_priority(-100)  # after mkdocs-jupyter, which from 0.27 on adds its script to every page
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Take out what no page needs: a script that would load MathJax from another host, and the
    theme's palettes, as colours.css has all colours. And name for screen readers what the theme leaves
    unnamed: the search box, and each lesson's part of the navigation, whose label is an icon only.

    The theme's script would put a button above every piece of code, measure the page after each, and so
    lay it out forty times; they are put there here, and it finds them."""
    numbers = itertools.count(1)
    output = CODE.sub(lambda found: _code(found[1], found[2], f"code-{next(numbers)}"), output)
    output = output.replace("<head>", f"<head>{SCRIPTS_RUN}", 1).replace(' type="module"', ' type="module" fetchpriority="low"')
    output = THEME_PALETTES.sub("", MATHJAX_LOADER.sub("", output))
    titles = dict(SECTION_TITLE.findall(output))
    output = SECTION_TOGGLE.sub(lambda found: f'{found[0]}<span class="only-read">Pages of {titles[found[1]]}</span>', output)
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """The page for addresses that do not exist is made past `on_post_page`."""
    output = THEME_PALETTES.sub("", output)
    if template_name == "404.html":
        shortcuts = next((lesson for lesson in _lessons(config) if lesson.number == 3), None)
        output = not_found.fill(output, config.site_url, shortcuts)
    return output


def _code(classes: str, highlighted: str, name: str) -> str:
    """A piece of code with its button. Where it may scroll sideways, the keyboard reaches it; repairs.js takes that
    back where it does not scroll."""
    longest = max(map(len, html.unescape(TAG.sub("", highlighted)).splitlines()), default=0)
    reached = ' tabindex="0"' if longest > chapter_page.WIDE else ""
    button = COPY_BUTTON.format(name=name)
    return f'<div class="{classes}" id="{name}"><pre><span></span>{button}<code{reached}>{highlighted}</code></pre>'


def _terms(config: MkDocsConfig) -> tuple[glossary.Term, ...]:
    return glossary.read(Path(config.docs_dir))


def _with_terms(page_html: str, page: Page, config: MkDocsConfig) -> str:
    return glossary.link_first_uses(page_html, _terms(config), get_relative_url("glossary/", page.url))


def on_post_build(config: MkDocsConfig) -> None:
    """Make what a page loads lighter: the site's own scripts, the style sheets, the fonts."""
    site = Path(config.site_dir)
    scripts.slim_all(site / "assets")
    scripts.leave_out_maps(site / "assets")
    scripts.leave_scheme_to_styles(site / "assets")
    styles.join_all(site)
    fonts.slim_all(site, Path(config.config_file_path).parent / "build" / "fonts")
    fonts.load_first_early(site)


def _notebook(page: Page) -> nbformat.NotebookNode:
    return nbformat.read(page.file.abs_src_path, as_version=4)


def _render(text: str, config: MkDocsConfig) -> str:
    return markdown.markdown(text, extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
