"""Stubs, claims, figures and the catalog keep what they promise to authors."""

import ast

import numpy as np
import pytest

from course import catalog, claims, plots
from course.authoring.stubs import make_exercise

SOLUTION = '''"""Lesson 3 · A small one

What is it for?

Minutes: 5
Before: nothing
"""

import numpy as np

GIVEN = 3


def _secret(x):
    return x


# %% Task 3.1 · Double it (2 points)
# Because two halves
# make a whole.
FACTOR = 2


def double(x: int) -> int:
    """Twice x.

    By hand: 2 becomes 4.
    """
    y = x
    # Your turn
    return FACTOR * y


# %% Task 3.2 · Two of a kind (1 point)
def first(a, *, b=None):
    """The first."""
    return _secret(a)


def second(a, b="x"):
    """The second."""
    return b
'''


@pytest.fixture
def small(tmp_path) -> catalog.Lesson:
    (tmp_path / "solutions").mkdir()
    path = tmp_path / "solutions" / "lesson_03_small.py"
    path.write_text(SOLUTION)
    return catalog.read_lesson(path)


def test_the_catalog_reads_titles_points_and_signatures_without_running_anything(small):
    assert (small.number, small.title, small.question, small.minutes, small.points) == (3, "A small one", "What is it for?", 5, 3)
    assert [task.functions for task in small.tasks] == [("double",), ("first", "second")]
    assert small.tasks[1].signatures == ("first(a, *, b=None)", "second(a, b='x')")


def test_a_stub_keeps_signature_docstring_and_given_lines_and_drops_the_rest(small):
    stub = make_exercise(small)
    namespace = {}
    exec(compile(stub, "stub", "exec"), namespace)  # a stub can always be imported
    assert "FACTOR = 2" in stub and "GIVEN = 3" in stub and "By hand: 2 becomes 4." in stub and "    y = x\n" in stub
    for left_out in ("return", "_secret", "Your turn", "two halves"):
        assert left_out not in ast.unparse(ast.parse(stub).body[1:]) and left_out not in stub.split('"""', 2)[2]
    for name in ("double", "first", "second"):
        with pytest.raises(NotImplementedError, match="Task 3.[12]:"):
            namespace[name](1)


@pytest.mark.parametrize("old, new, words", [
    ("Minutes: 5\n", "", "'Minutes: …'"), ("Lesson 3 · A small one", "A small one", "must begin 'Lesson N · Title'"),
    ("def double", "double = 1\ndef _double", "task 3.1 holds no public function"),
])
def test_a_solution_that_breaks_the_format_is_named_with_its_file(tmp_path, small, old, new, words):
    path = small.solution
    path.write_text(SOLUTION.replace(old, new))
    with pytest.raises(catalog.CatalogError, match="lesson_03_small.py") as caught:
        catalog.read_lesson(path)
    assert words in str(caught.value)


def test_a_claim_outside_its_range_fails_and_says_value_and_range():
    with pytest.raises(claims.ClaimFailed, match=r"The sky has 3.0 colours. Measured 3; the claim needs at least 4."):
        claims.claim("The sky has {value:.1f} colours.", 3, at_least=4)
    with pytest.raises(claims.ClaimFailed, match="at most"):
        claims.claim("{value}", 3, at_most=2)
    with pytest.raises(claims.ClaimFailed):
        claims.claim("{value}", float("nan"), at_most=2)


def test_a_claim_inside_its_range_is_shown_with_its_bounds(capsys):
    claims.claim("It has {value:.0f} corners.", 4, at_least=4, at_most=4)
    assert "It has 4 corners. (checked: exactly 4)" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("No number here", 1), ("{value}", 1)])
def test_a_claim_without_number_or_range_is_refused(arguments):
    with pytest.raises(ValueError):
        claims.claim(*arguments)


def test_a_figure_without_a_description_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FIGURES", str(tmp_path))
    figure, _ = plots.pictures([np.zeros((4, 4))], ["black"])
    with pytest.raises(ValueError, match="must describe the figure"):
        plots.show(figure, "black", "A figure")
    plots.show(figure, "black", "A square that is black from edge to edge")
    assert (tmp_path / "black.png").stat().st_size > 1000
