"""Solutions, hints and self-checks are read as written; a wrong format is said in one line with its place."""

import nbformat
import pytest

from course.authoring import chapter_page, pages
from course.authoring.lesson_texts import TextFormatError, read_docstring, read_hints, read_quiz, read_solution, read_widget
from course.authoring.scripts import slim

HINTS = "# Hints\n\n## Task 1.1\n\n### A question\nWhat is a sum?\n\n### A pointer\nLook at `+`.\n\n### Nearly the code\n```python\n### a comment\na ... b\n```\n"
QUIZ = """
- id: sum
  question: What is 1 + 1?
  choices:
    - {text: "2", feedback: "Yes, *two*.", correct: true}
    - {text: "11", feedback: "Those are digits, put side by side."}
"""


def test_a_solution_is_cut_into_what_is_shared_explanation_code_and_contract(tiny):
    shared, tasks = read_solution(tiny)
    assert shared == "START = 1"
    solution = tasks["1.1"]
    assert solution.explanation == "Because `+` does that.\n\nReally."
    assert solution.code == "def add(a: int, b: int = 0) -> int:\n    return a + b"
    signature, docstring = solution.functions[0]
    assert signature == "def add(a: int, b: int = 0) -> int:"
    assert docstring.paragraphs == ("The sum of both.", "By hand: 1 and 2 give 3.")
    assert docstring.sections["Args"] == (("a", "a number, any number."), ("b", "another one."))
    assert docstring.sections["Returns"] == (("", "The sum."),)


def test_a_docstring_may_be_a_single_line():
    assert read_docstring("Add.").summary == "Add."


def test_a_list_in_a_docstring_stays_one():
    assert read_docstring("S.\n\nText a\nb.\n- one\n  more\n- two - and a half\n\nEnd - so far.").paragraphs == (
        "Text a b.", "- one more\n- two - and a half", "End - so far.")
    assert read_docstring("S.\n\n    - one\n      more\n    - two\n").paragraphs == ("- one more\n- two",)


def test_hints_keep_their_code_and_need_exactly_three(tiny):
    tiny.hints.write_text(HINTS, encoding="utf-8")
    hints = read_hints(tiny)["1.1"]
    assert [hint.kind for hint in hints] == ["A question", "A pointer", "Nearly the code"]
    assert hints[2].text == "```python\n### a comment\na ... b\n```"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HINTS.replace("### A pointer\n", ""), "hints.md: task 1.1 has 2 hints and needs 3"),
        (HINTS.replace("1.1", "1.7"), "hints.md, line 3: '## Task 1.7' names no task"),
        (HINTS.replace("### A question\n", ""), "hints.md, line 5: this text belongs to no hint"),
        ("", "hints.md: task 1.1 has 0 hints and needs 3"),
    ],
)
def test_bad_hints_are_refused_with_their_place(tiny, text, said):
    tiny.hints.write_text(text, encoding="utf-8")
    with pytest.raises(TextFormatError) as failure:
        read_hints(tiny)
    assert said in str(failure.value) and "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (QUIZ.replace(", correct: true", ""), "question 1: needs two choices or more, one of them with 'correct: true'"),
        (QUIZ.replace("  question: What is 1 + 1?\n", ""), "question 1: the field 'question' is missing"),
        (QUIZ.replace('"11"', "11"), "question 1, choice b: the field 'text' must be text (put it in quotes)"),
        (QUIZ.replace("feedback:", "feed:"), "question 1, choice a: the field 'feedback' is missing"),
        (QUIZ + QUIZ, "two questions have the same id"),
        ("- id: [", "quiz.yml, line"),
        ("hello", "must be a list of questions"),
    ],
)
def test_a_bad_self_check_is_refused_with_its_place(tiny, text, said):
    tiny.quiz.write_text(text, encoding="utf-8")
    with pytest.raises(TextFormatError) as failure:
        read_quiz(tiny)
    assert said in str(failure.value) and "\n" not in str(failure.value)


def test_right_and_wrong_are_said_in_words(tiny):
    tiny.quiz.write_text(QUIZ, encoding="utf-8")
    made = pages.self_check(read_quiz(tiny), lambda text: f"<p>{text}</p>")
    assert made.count("<details") == 2
    assert made.count(">That is right<") == 1
    assert made.count(">Not quite<") == 1


def test_the_list_of_lessons_says_what_each_asks_and_takes(tiny):
    made = pages.lesson_list([tiny])
    assert f'href="{tiny.name}/"' in made and tiny.question in made and "about 40 minutes · 1 task ·" in made


@pytest.mark.parametrize(("minutes", "words"), [(40, "about 40 minutes"), (60, "about 1 hour"), (150, "about 2½ hours"), (120, "about 2 hours")])
def test_minutes_are_said_as_people_say_them(minutes, words):
    assert pages.duration(minutes) == words


WIDGET = """---
element: tiny-sum
before: The end
---
## Try it: a sum

Move the numbers.

With JavaScript, you can move them.
{ .no-script }
"""


def test_a_widget_stands_before_its_heading_with_its_own_one(tiny):
    tiny.widget.write_text(WIDGET, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Tiny\n\n## The beginning"), nbformat.v4.new_markdown_cell("## The end\n\nDone.")])
    text = chapter_page.prose(notebook, "Tiny", read_widget(tiny))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# Tiny", "## The beginning", "## Try it: a sum", "## The end"]
    assert text.index(chapter_page.WIDGET_BEGINS) < text.index("Move the numbers.") < text.index(chapter_page.WIDGET_ENDS) < text.index("## The end")
    with pytest.raises(chapter_page.ChapterPageError, match="before the heading 'The end', which the chapter has 0 times"):
        chapter_page.prose(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Tiny")]), "Tiny", read_widget(tiny))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WIDGET.replace("before: The end\n", ""), "begins with 'element' and 'before'"),
        (WIDGET.replace("## Try it", "Try it"), "begins with 'element' and 'before'"),
        (WIDGET.replace("element: tiny-sum", "element: ["), "begins with 'element' and 'before'"),
        (WIDGET.replace("{ .no-script }", ""), "says what readers without JavaScript miss"),
        ("", "begins with 'element' and 'before'"),
    ],
)
def test_a_bad_widget_text_is_refused_with_its_place(tiny, text, said):
    tiny.widget.write_text(text, encoding="utf-8")
    with pytest.raises(TextFormatError) as failure:
        read_widget(tiny)
    assert str(failure.value).startswith("lessons/lesson_01_tiny/widget.md: ") and said in str(failure.value)


def test_a_lesson_without_a_widget_has_none(tiny):
    assert read_widget(tiny) is None


def test_a_slim_script_keeps_its_code():
    script = "// why\nconst a = 1\n\n  /** more\n   *  why */\n  const b = `x // ${a}`  // here it stays\n"
    assert slim(script) == "const a = 1\nconst b = `x // ${a}`  // here it stays\n"
    with pytest.raises(ValueError, match="line 1 .* a template literal must end on its line: const a = `one"):
        slim("const a = `one\n  two`\n")
