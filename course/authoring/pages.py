"""The pages that are made from a lesson's files: exercise, solution, self-check, and the lists on the home page.

Markdown and HTML as strings, nothing is written. Reading and checking the files is `lesson_texts`;
placing the pages in the site is `site_hooks`.
"""

import ast
import html
import re
from collections.abc import Callable, Sequence
from textwrap import indent

from course.authoring.fingerprint import PACKAGE
from course.authoring.lesson_texts import Docstring, Question, TaskSolution, read_hints, read_solution
from course.catalog import Lesson, Task

WORDS = {
    1: "One task", 2: "Two tasks", 3: "Three tasks", 4: "Four tasks", 5: "Five tasks", 6: "Six tasks",
    7: "Seven tasks", 8: "Eight tasks", 9: "Nine tasks", 10: "Ten tasks",
}  # fmt: skip
SELF_CHECK_ANCHOR = "check-yourself"
SECTION_TITLES = {"Args": "Takes", "Returns": "Gives back", "Raises": "Raises", "Yields": "Gives, one by one"}


def exercise_page(lesson: Lesson) -> str:
    """The exercise as Markdown: how to work, then each task with its contract and three closed hints.

    Raises TextFormatError where the hints do not follow their format.
    """
    hints = read_hints(lesson)
    _, solutions = read_solution(lesson)
    first = lesson.tasks[0].id
    parts = [
        _front_matter(f"Exercise · {lesson.title}", f"The tasks of lesson {lesson.number}, with three hints each."),
        f"# {lesson.title}: the exercise",
        f"{WORDS.get(len(lesson.tasks), f'{len(lesson.tasks)} tasks')}, {lesson.points} points. "
        "Each one is a function for you to write, and each comes with a check that tells you what is right and what is not yet. "
        "Take them in order: later ones use earlier ones.",
        "## How to work",
        f"1. Open `lessons/{lesson.name}/exercise.py` in your editor. Every task says what to write and where.\n"
        "2. Write one function and save it. With `course start` this page marks the task, with `course watch` your terminal does. "
        "Or ask for a single verdict:\n\n"
        f"    ```sh\n    course watch {lesson.number}        # again on every save\n    course check {first}      # this task\n"
        f"    course check {lesson.number}        # the whole lesson\n    ```\n\n"
        "3. Stuck? Each task below has three hints. The first only asks a question, the last is nearly the code. "
        f"The terminal shows them too: `course hint {first}`.\n"
        "4. Done, or out of ideas? The [solution](solution.md) explains every task.",
        "[Download exercise.py](exercise.py){ .download download=exercise.py }",
        _task_table(lesson),
        f'<div><course-live lesson="{lesson.number}"><p>With <code>course start</code> on your machine, '
        "this page marks each task as you save it.</p></course-live></div>",
    ]
    for task in lesson.tasks:
        parts.append(f"## Task {task.id} · {task.title} {{ #{anchor(task)} }}")
        parts.append(f"{_points(task)}\n{{ .points }}")
        parts.append(f'<div><task-status task="{task.id}"></task-status></div>')
        for signature, docstring in solutions[task.id].functions:
            parts.append(f"```python\n{signature}\n```")
            parts.append(_contract(docstring))
        for number, hint in enumerate(hints[task.id], start=1):
            kind = hint.kind[0].lower() + hint.kind[1:]
            parts.append(_closed("hint", f"Hint {number}: {kind}", hint.text))
    return "\n\n".join(parts) + "\n"


def solution_page(lesson: Lesson) -> str:
    """The solution as Markdown: each task's explanation and code, behind something to open."""
    shared, solutions = read_solution(lesson)
    parts = [
        _front_matter(f"Solution · {lesson.title}", f"Every task of lesson {lesson.number}, solved and explained."),
        f"# {lesson.title}: the solution",
        "One good way to write each task, and why it is written like this. "
        "Yours may look different and be just as right; the checks ask for the result, not for the wording.\n\n"
        "An answer helps most after a serious try of your own. "
        "If you are not there yet, the [hints](exercise.md) give less away. "
        "What each function takes and gives back stands there too, so the code here leaves it out.",
    ]
    if shared:
        parts += ["## What all tasks share", f"```python\n{shared}\n```"]
    for task in lesson.tasks:
        solution: TaskSolution = solutions[task.id]
        body = f"{solution.explanation}\n\n```python\n{solution.code}\n```"
        parts.append(f"## Task {task.id} · {task.title} {{ #{anchor(task)} }}")
        parts.append(_closed("solution", f"Show the solution of {task.id}", body))
        parts.append(f"[Back to the task](exercise.md#{anchor(task)})\n{{ .back }}")
    return "\n\n".join(parts) + "\n"


def self_check(questions: Sequence[Question], render: Callable[[str], str]) -> str:
    """The self-check as HTML: each choice is a <details> that holds its feedback.

    Args:
        questions: from `read_quiz`.
        render: turns Markdown into HTML.
    """
    items = []
    for question in questions:
        choices = []
        for choice in question.choices:
            mark, verdict = ("right", "That is right") if choice.correct else ("wrong", "Not quite")
            choices.append(
                f'<details class="choice"><summary>{_inline(render(choice.text))}</summary>'
                f'<div class="feedback {mark}"><p class="verdict">{verdict}</p>{render(choice.feedback)}</div></details>'
            )
        items.append(f'<li id="check-{html.escape(question.id)}">{render(question.question)}{"".join(choices)}</li>')
    return (
        f'<section class="self-check" aria-labelledby="{SELF_CHECK_ANCHOR}"><self-check>'
        f'<h2 id="{SELF_CHECK_ANCHOR}">Check yourself</h2>'
        "<p>Decide first, then open your choice. The other choices have something to say as well.</p>"
        f'<ol class="questions">{"".join(items)}</ol></self-check></section>'
    )


def chapter_facts(lesson: Lesson, run: dict | None, repository: str = "") -> str:
    """The box at the top of a chapter, as HTML: minutes, prerequisites, data, how it was run, and where to go from here.

    Args:
        run: of the executed chapter: seconds, python, keras, tensorflow; None where it has not been run yet.
        repository: "owner/name" on GitHub, for the link to Colab; none where it is empty.
    """
    facts = [("Time", duration(lesson.minutes)), ("Before", lesson.before), ("Data", " ".join(data_sources(lesson)))]
    if run:
        ran = f"this page's experiments took {_seconds(run['seconds'])}, with Keras {run['keras']} on TensorFlow {run['tensorflow']}, without a graphics card"
        facts.append(("Run", _sentence(f"{ran}.")))
    rows = "".join(f"<div><dt>{term}</dt><dd>{_escape(text)}</dd></div>" for term, text in facts)
    targets = [
        ("exercise/", f"Exercise: {len(lesson.tasks)} tasks"), ("solution/", "Solution"),
        ("chapter.ipynb", "This chapter as a notebook"), ("chapter.py", "as a script"),
    ]  # fmt: skip
    if repository:
        targets.append((f"https://colab.research.google.com/github/{repository}/blob/gh-pages/{lesson.name}/chapter.ipynb", "Open in Colab"))
    links = "".join(f'<a href="{target}"{" download" * target.startswith("chapter.")}>{label}</a>' for target, label in targets)
    return f'<div class="chapter-facts"><dl>{rows}</dl><p class="chapter-links">{links}</p></div>'


def data_sources(lesson: Lesson) -> list[str]:
    """Where the chapter's pictures come from: the first sentence of each `course.data` module that
    the chapter or its solution imports."""
    modules: set[str] = set()
    for path in (lesson.chapter, lesson.solution):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                modules.update((node.module, *(f"{node.module}.{name.name}" for name in node.names)))
            elif isinstance(node, ast.Import):
                modules.update(name.name for name in node.names)
    found = []
    for module in sorted(name for name in modules if name.startswith("course.data.")):
        place = PACKAGE.joinpath(*module.split(".")[1:])
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if file.is_file():
            docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            found.append(docstring.partition("\n")[0])
    return found or ["Numbers that the chapter makes itself."]


def lesson_list(lessons: Sequence[Lesson]) -> str:
    """The course at a glance, as HTML."""
    items = []
    for lesson in lessons:
        about = f"{duration(lesson.minutes)} · {_tasks(lesson)} · Before: {_escape(lesson.before)}"
        items.append(
            f'<li class="ready"><a class="lesson-title" href="{lesson.name}/">{_escape(lesson.title)}</a>'
            f'<p class="lesson-question">{_escape(lesson.question)}</p><p class="lesson-about">{about}</p></li>'
        )
    return f'<ol class="lesson-list">{"".join(items)}</ol>'


def duration(minutes: int) -> str:
    """150 becomes "about 2½ hours", 40 becomes "about 40 minutes"."""
    if minutes < 60:
        return f"about {minutes} minutes"
    halves = round(minutes / 30)
    number = f"{halves // 2}{'½' if halves % 2 else ''}"
    return f"about {number} {'hour' if number == '1' else 'hours'}"


def anchor(task: Task) -> str:
    """The anchor of a task on the exercise and solution pages."""
    return f"task-{task.id.replace('.', '-')}"


def _contract(docstring: Docstring) -> str:
    parts = [f"**{docstring.summary}**"]
    for paragraph in docstring.paragraphs:
        by_hand = paragraph.removeprefix("By hand:").strip()
        parts.append(paragraph if by_hand == paragraph else f'!!! by-hand "By hand"\n    {_sentence(by_hand)}')
    for name, entries in docstring.sections.items():
        parts.append(f"{SECTION_TITLES[name]}\n{{ .contract }}")
        parts.append("\n\n".join(f"`{term}`\n:   {text}" if term else text for term, text in entries))
    return "\n\n".join(parts)


def _task_table(lesson: Lesson) -> str:
    rows = [f"| [{task.id}](#{anchor(task)}) | {task.title} | {task.points} |" for task in lesson.tasks]
    return "\n".join(["| Task | What you build | Points |", "| --- | --- | --: |", *rows])


def _closed(kind: str, summary: str, body: str) -> str:
    return f'??? {kind} "{summary}"\n\n{indent(body, "    ")}'


def _front_matter(title: str, description: str) -> str:
    return f'---\ntitle: "{title}"\ndescription: "{description}"\n---'


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.1f} minutes"


def _tasks(lesson: Lesson) -> str:
    return f"{len(lesson.tasks)} task{'s' * (len(lesson.tasks) != 1)}"


def _points(task: Task) -> str:
    return f"{task.points} point{'s' * (task.points != 1)}"


def _sentence(text: str) -> str:
    """With a capital letter at its beginning, unless it begins with code, such as `n = 10` or `slices(20, 10)`."""
    return text if re.match(r"\w+(?: = |\(|\[)|\w*_", text) else text[0].upper() + text[1:]


def _inline(rendered: str) -> str:
    return re.sub(r"^<p>(.*)</p>$", r"\1", rendered.strip(), flags=re.DOTALL)


def _escape(text: str) -> str:
    """HTML for a plain sentence that may hold `code`."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
