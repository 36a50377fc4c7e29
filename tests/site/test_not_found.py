"""The page for addresses that do not exist."""

import io

import pytest
from PIL import Image

from course.authoring import not_found

THEMES = "<main><h1>404 - Not found</h1></main>"


def test_the_ways_back_begin_at_the_root_as_the_page_is_shown_at_any_address(lesson_1):
    page = not_found.fill(THEMES, None, lesson_1)
    assert '<a href="/">first page</a>' in page and f'<a href="/{lesson_1.name}/">lesson 1</a>' in page
    assert f'src="/{not_found.PICTURE}"' in page


def test_a_site_in_a_folder_of_its_host_keeps_to_it(lesson_1):
    page = not_found.fill(THEMES, "https://example.org/seeing/", lesson_1)
    assert f'src="/seeing/{not_found.PICTURE}"' in page and 'href="/seeing/"' in page
    assert 'href="/"' not in page


def test_without_the_lesson_there_is_no_link_to_it():
    assert "lesson" not in not_found.fill(THEMES, "", None)


def test_another_heading_in_the_theme_stops_the_build(lesson_1):
    with pytest.raises(not_found.HeadingMissing, match="0 times, not once"):
        not_found.fill("<h1>Nothing</h1>", None, lesson_1)


def test_the_meadow_is_a_small_webp_file():
    content = not_found.picture()
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", (not_found.WIDTH, not_found.HEIGHT))
    assert len(content) < 60_000
