"""What the tests of the site share: the built site, a server for it, a browser, and a tiny course."""

import shutil
import threading
from pathlib import Path

import pytest

from course import catalog
from course.authoring import site_build
from course.learning.textbook import open_server

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip

TINY_SOLUTION = '''"""Lesson 1 · Tiny

Does it add up?

Minutes: 40
Before: Nothing.
"""

START = 1


# %% Task 1.1 · Add (2 points)
# Because `+` does that.
#
# Really.
def add(a: int, b: int = 0) -> int:
    """Add two numbers.

    The sum of both.
    By hand: 1 and 2 give 3.

    Args:
        a: a number,
            any number.
        b: another one.

    Returns:
        The sum.
    """
    return a + b
'''

TINY_CHAPTER = """# %% [markdown]
# # Tiny
#
# Does it add up?

# %%
from course.claims import claim
from solutions.lesson_01_tiny import add

print("the sum is", add(1, 2))

# %%
claim("The sum is {value:g}.", add(1, 2), at_least=3, at_most=3)
"""


@pytest.fixture
def tiny(tmp_path) -> catalog.Lesson:
    """The only lesson of a very small course, which needs neither figures nor TensorFlow."""
    name = "lesson_01_tiny"
    (tmp_path / "solutions").mkdir()
    (tmp_path / "lessons" / name).mkdir(parents=True)
    (tmp_path / "constraints.txt").write_text("")
    (tmp_path / "solutions" / f"{name}.py").write_text(TINY_SOLUTION, encoding="utf-8")
    (tmp_path / "lessons" / name / "chapter.py").write_text(TINY_CHAPTER, encoding="utf-8")
    return catalog.lessons(tmp_path)[0]


@pytest.fixture(scope="session")
def built_site() -> Path:
    """The course's own site, built if anything has changed since the last time."""
    return site_build.build(Path(__file__).parents[2], only_if_stale=True)


@pytest.fixture(scope="session")
def address(built_site) -> str:
    """Where a server of this test run serves the site."""
    with open_server(built_site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """An installed Chromium; without one the tests that need it are skipped, and say so."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e .[dev]")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(BROWSERS)})")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=executable, args=SWITCHES)
        yield running
        running.close()
