"""The self-check remembers the first choice to each question, on this device."""

from course import catalog
from course.authoring.lesson_texts import read_quiz

LESSON = catalog.lessons()[0]
QUESTIONS = read_quiz(LESSON)


def open_choice(tab, question: int, *, right: bool) -> None:
    wanted = next(index for index, choice in enumerate(QUESTIONS[question].choices) if choice.correct == right)
    tab.locator("ol.questions > li").nth(question).locator("details.choice > summary").nth(wanted).press("Enter")


def status(tab) -> str:
    return tab.locator(".self-check-status").inner_text()


def test_the_first_choice_counts_and_is_remembered(browser, address):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{address}{LESSON.name}/")
    assert status(tab) == "" and not tab.locator(".self-check-again").is_visible()
    open_choice(tab, 0, right=False)
    open_choice(tab, 0, right=True)  # a second look is not a decision
    open_choice(tab, 1, right=True)
    said = f"You have decided 2 of {len(QUESTIONS)} questions, 1 of them right at the first choice."
    tab.wait_for_function("said => document.querySelector('.self-check-status').textContent === said", arg=said, polling=100)
    tab.reload()
    assert status(tab) == said
    tab.locator(".self-check-again").press("Enter")
    assert status(tab) == ""
    tab.reload()
    assert status(tab) == ""
    context.close()


def test_what_lies_in_the_storage_cannot_break_the_page(browser, address):
    context = browser.new_context()
    tab = context.new_page()
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    for rubbish in ("not json", "[1]", "null", '{"check-x": "y", "__proto__": 3}'):
        tab.goto(f"{address}{LESSON.name}/")
        tab.evaluate("rubbish => localStorage.setItem(`self-check ${location.pathname}`, rubbish)", rubbish)
        tab.reload()
        assert tab.locator("details.choice").count() > 4
        assert status(tab) == ""
    assert errors == []
    context.close()


def test_all_lessons_together_ask_enough():
    questions = [question for lesson in catalog.lessons() for question in read_quiz(lesson)]
    assert all(len(read_quiz(lesson)) >= 6 for lesson in catalog.lessons())
    assert len({question.id for question in questions}) == len(questions)
