"""The site of a fresh clone, before any chapter was run."""

import re
import shutil

from bs4 import BeautifulSoup

from course import catalog
from course.authoring import site_build


def test_in_a_fresh_clone_every_page_is_there_before_any_chapter_was_run(root, tmp_path):
    """What `course start` shows first."""
    copy = tmp_path / "course"
    for part in ("course", "lessons", "solutions", "site", "tests/lessons", "tests/wrong_answers", "tests/accepted"):
        shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("mkdocs.yml", "pyproject.toml", "constraints.txt"):
        shutil.copy(root / file, copy / file)

    site = site_build.build_without_running(copy)

    for lesson in catalog.lessons(copy):
        page = BeautifulSoup((site / lesson.name / "index.html").read_text(encoding="utf-8"), "html.parser")
        assert page.find("chapter-ready") and not page.find("img", src=re.compile("figures/"))
        place = page.select_one("#widget")
        assert "that run is still under way" in place.get_text() and place.name == "div"
        assert not (site / lesson.name / "widget.json").exists()
        assert (site / lesson.name / "exercise" / "index.html").is_file() and (site / lesson.name / "solution" / "index.html").is_file()
    assert not (copy / "build" / "chapters").exists(), "a chapter was run"
    assert not site_build.is_fresh(copy)
