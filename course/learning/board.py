"""What a learner sees in the terminal: the board, verdicts as they come, the next step."""

import shutil
import sys
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from course.catalog import Lesson, Task
from course.grading.results import LessonResult, Report, TaskResult
from course.grading.sandbox import isolation
from course.learning.progress import Progress, time_in_words

MARKS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "error": ("!", "red"), "not_attempted": ("·", "dim")}
TITLE_WIDTH = 42


def board(lessons: tuple[Lesson, ...], progress: Progress) -> Group:
    """All lessons with their points, and the tasks of the one that is under way."""
    here = next_task(lessons, progress)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for lesson in lessons:
        score = sum(map(progress.score, lesson.tasks))
        done = all(progress.done(task) for task in lesson.tasks)
        table.add_row(
            Text("✓" if done else "▸" if here and here[0] == lesson else " ", style="green" if done else "bold"),
            Text(str(lesson.number), style="bold"), Text(lesson.title, style="bold"),
            Text(f"{score}/{lesson.points}", justify="right"), Text(_time(lesson, progress), style="dim"))
        if here and here[0] == lesson:
            for task in lesson.tasks:
                known = progress.tasks.get(task.id)
                mark, style = MARKS["passed" if progress.done(task) else known.status if known else "not_attempted"]
                table.add_row(
                    "", Text(mark, style=style), Text(f"{task.id}  {task.title}"),
                    Text(f"{progress.score(task)}/{task.points}", justify="right"), "")
    parts = [Text("Learning to See", style="bold"), Text(), table, Text(), next_step(lessons, progress)]
    if progress.trouble:
        parts.append(Text(progress.trouble, style="yellow"))
    return Group(*parts)


def _time(lesson: Lesson, progress: Progress) -> str:
    spent = time_in_words(progress.seconds.get(str(lesson.number), 0.0))
    return f"{spent} of about {lesson.minutes} min" if spent else f"about {lesson.minutes} min"


def next_task(lessons: tuple[Lesson, ...], progress: Progress) -> tuple[Lesson, Task] | None:
    """The first task that did not pass at its last check."""
    return next(((lesson, task) for lesson in lessons for task in lesson.tasks if not progress.done(task)), None)


def next_step(lessons: tuple[Lesson, ...], progress: Progress) -> Text:
    """One sentence that says what to do now."""
    found = next_task(lessons, progress)
    if found is None:
        return Text("Everything has passed. Go and teach somebody.", style="green")
    lesson, task = found
    file = lesson.exercise.relative_to(lesson.root)
    return _step(f"write task {task.id} ({task.name}) in {file}, then run", f"course check {task.id}")


def verdict_line(result: TaskResult) -> Group:
    """One task's verdict, with its message below."""
    mark, style = MARKS[result.status]
    head = Text("  ")
    head.append(f"{mark} {result.task.id}", style=style)
    title = result.task.title
    head.append(f"  {title}{' ' * (TITLE_WIDTH - len(title))}")
    head.append(f" {result.score}/{result.task.points}")
    if result.status == "not_attempted":
        head.append("  not attempted", style="dim")
    parts = [head]
    message = "" if result.message == "not attempted" else result.message
    if message and not result.missing:
        parts += [_message(message, indent="      "), Text()]
    return Group(*parts)


def lesson_heading(lesson: Lesson) -> Text:
    return Text.assemble(("\n" + f"Lesson {lesson.number} · {lesson.title}", "bold"))


def closing(report: Report, *, own_work: bool) -> Group:
    """Points, notes about whole files, and the next step."""
    parts: list = [Text()]
    for lesson in report.lessons:
        if lesson.note:
            parts.append(_message(lesson.note))
        missing = next((task.missing for task in lesson.tasks if task.missing), "")
        if missing:
            parts.append(Text(missing, style="red"))
    parts.append(Text(f"{report.score} of {report.max_score} points", style="bold green" if report.all_passed else "bold"))
    if not own_work and report.isolation == "process" and isolation().kind == "process":
        parts.append(Text(f"Graded without a sandbox: {isolation().reason}. Do this only with code that you trust.", style="yellow"))
    step = _next_after(report, own_work)
    if step:
        parts.append(step)
    return Group(*parts)


def _next_after(report: Report, own_work: bool) -> Text | None:
    if report.all_passed or not own_work:
        return None
    lesson, task = _first_open(report.lessons)
    if task.status == "not_attempted" and not task.missing:
        file = lesson.lesson.exercise.relative_to(lesson.lesson.root)
        return _step(f"write task {task.task.id} ({task.task.name}) in {file}, then run", f"course check {task.task.id}")
    if task.missing:
        return _step("get a fresh exercise with", f"course reset {lesson.lesson.number}")
    return _step(f"mend task {task.task.id}, then run", f"course check {task.task.id}")


def _first_open(lessons: list[LessonResult]) -> tuple[LessonResult, TaskResult]:
    """What to work on: a task that was begun and fails, else the first one not begun."""
    open_tasks = [(lesson, task) for lesson in lessons for task in lesson.tasks if task.status != "passed"]
    begun = [pair for pair in open_tasks if pair[1].status != "not_attempted"]
    return (begun or open_tasks)[0]


def _step(words: str, command: str) -> Text:
    return Text.assemble(("Next: ", "bold"), f"{words}  ", (spoken(command), "bold cyan"))


def spoken(command: str) -> str:
    """A `course …` command in the form that works in this terminal, where .venv/bin may not be on the path."""
    if shutil.which("course"):
        return command
    program = Path(sys.executable).parent / "course"
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    return command.replace("course", str(program), 1)


def _message(message: str, indent: str = "") -> RenderableType:
    """A message, indented. In a terminal a line that is too long goes on below its own beginning."""
    if indent and sys.stdout.isatty():
        return Padding(_message(message), (0, 0, 0, len(indent)))
    text = Text()
    for line in message.splitlines():
        text.append(indent)
        if line.startswith("Stuck? "):
            text.append("Stuck? ")
            text.append(spoken(line.removeprefix("Stuck? ")), style="cyan")
        elif line.startswith("That is what happens here: "):
            text.append(line, style="yellow")
        else:
            text.append(line)
        text.append("\n")
    text.rstrip()
    return text


def console() -> Console:
    """Colours in a terminal; plain text, never wrapped in the middle of a message, elsewhere."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=1000, soft_wrap=True, color_system=None)
