"""The `course` command: one thin function per command; what it does lives in the rooms behind.

Exit codes of `check`: 0 everything passed, 1 something failed, 2 cannot grade.
"""

import json
import os
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from course import catalog
from course.authoring.failures import CannotPublish
from course.grading.submission import CannotGrade

app = typer.Typer(
    help="Learning to See: Keras from pixels to transfer learning.\n\nWithout a command: the board, and what is next.",
    no_args_is_help=False, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False,
)
author = typer.Typer(help="For those who write lessons.", no_args_is_help=True)
app.add_typer(author, name="author")

LessonArgument = Annotated[str, typer.Argument(metavar="LESSON", help="a number or a name, such as 1 or lesson_01_pixels_and_filters")]
DataSource = Enum("DataSource", {"auto": "auto", "mnist": "mnist", "bundled": "bundled"})
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="such as 1.3")]


def main() -> None:
    """Run the command line; every expected failure is one line and exit code 2."""
    try:
        app()
    except (catalog.CatalogError, CannotGrade, CannotPublish) as error:
        print(f"course: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


@app.callback(invoke_without_command=True)
def board(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _show_board()


@app.command("list")
def list_lessons() -> None:
    """List the lessons and their tasks.

    Example: `course list`
    """
    from course.learning.board import console

    out = console()
    for lesson in catalog.lessons():
        out.print(f"[bold]{lesson.number}  {lesson.title}[/]  {lesson.points} points, about {lesson.minutes} minutes")
        for task in lesson.tasks:
            out.print(f"   {task.id}  {task.title} ({task.points})  ", end="")
            out.print(", ".join(task.signatures), style="dim", markup=False, highlight=False)


@app.command()
def check(
    what: Annotated[Optional[str], typer.Argument(metavar="[LESSON|TASK]", help="1, lesson_01_pixels_and_filters or 1.3; everything if left out")] = None,
    submission: Annotated[Optional[Path], typer.Option(help="a folder or one lesson file to grade; default: lessons/")] = None,
    json_file: Annotated[Optional[Path], typer.Option("--json", metavar="FILE", help="also write the result as JSON")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="no time limits; your prints and breakpoint() use this terminal")] = False,
) -> None:
    """Grade a task, a lesson or everything.

    Examples: `course check 1.3`, `course check 1`, `course check 1 --submission solutions --json result.json`
    """
    from course.grading.run import grade
    from course.learning import board as words
    from course.learning.progress import Progress

    lessons, tasks = _chosen(what)
    root = lessons[0].root
    own_work = submission is None
    out = words.console()
    headed: set[int] = set()
    open_tasks = [task.id for lesson in lessons for task in lesson.tasks if tasks is None or task.id in tasks]

    with out.status(f"grading {open_tasks[0]}", spinner="dots") as status:
        if debug:
            status.stop()

        def on_task(result) -> None:
            lesson, _ = catalog.lesson_and_task(result.task.id)
            if lesson.number not in headed:
                out.print(words.lesson_heading(lesson))
                headed.add(lesson.number)
            out.print(words.verdict_line(result))
            open_tasks.remove(result.task.id)
            if open_tasks:
                status.update(f"grading {open_tasks[0]}")

        report = grade(lessons, submission or root / "lessons", tasks=tasks, debug=debug, on_task=on_task)
    out.print(words.closing(report, own_work=own_work))
    if own_work:
        _remember(Progress.of(root), report)
    if json_file:
        _write_json(json_file, report.as_json())
    raise typer.Exit(0 if report.all_passed else 1)


@app.command()
def hint(task: TaskArgument) -> None:
    """Show the next hint of a task: a question, then a pointer, then nearly the code.

    Example: `course hint 1.3`
    """
    from rich.markdown import Markdown

    from course.authoring.lesson_texts import read_hints
    from course.learning.board import console, spoken
    from course.learning.progress import Progress

    lesson, its_task = catalog.lesson_and_task(task)
    hints = read_hints(lesson)[its_task.id]
    progress = Progress.of(lesson.root)
    seen = min(progress.hints.get(its_task.id, 0) + 1, len(hints))
    out = console()
    for number, one in enumerate(hints[:seen], 1):
        out.print(f"[bold]Hint {number} of {len(hints)} · {one.kind}[/]")
        out.print(Markdown(one.text))
        out.print()
    progress.hints[its_task.id] = seen
    progress.save()
    if seen < len(hints):
        out.print(f"One more is there: [bold cyan]{spoken(f'course hint {its_task.id}')}[/]")
    else:
        out.print(f"That was the last one. The solution: [bold cyan]{spoken(f'course solution {lesson.number} --reveal')}[/]")


@app.command()
def solution(
    lesson: LessonArgument,
    reveal: Annotated[bool, typer.Option("--reveal", help="also of tasks that have not passed yet")] = False,
) -> None:
    """Show the explained solutions of the tasks that you have passed.

    Examples: `course solution 1`, `course solution 1 --reveal`
    """
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    from course.authoring.lesson_texts import read_solution
    from course.learning.board import console
    from course.learning.progress import Progress

    its_lesson = catalog.lesson(lesson)
    passed = Progress.of(its_lesson.root).passed
    closed = [task.id for task in its_lesson.tasks if task.id not in passed and not reveal]
    _, solutions = read_solution(its_lesson)
    out = console()
    for task in its_lesson.tasks:
        if task.id not in closed:
            out.print(f"\n[bold]Task {task.id} · {task.title}[/]")
            out.print(Markdown(solutions[task.id].explanation))
            out.print(Syntax(solutions[task.id].code.strip("\n"), "python", background_color="default", word_wrap=True))
    if closed:
        out.print(f"Not shown yet: {', '.join(closed)}. A solution opens when its task passes, or with --reveal.")


@app.command()
def reset(lesson: LessonArgument) -> None:
    """Begin a lesson anew: a fresh exercise file, and a copy of yours.

    Example: `course reset 1`
    """
    from course.authoring.stubs import reset as begin_anew
    from course.learning.board import console
    from course.learning.progress import Progress

    its_lesson = catalog.lesson(lesson)
    copy = begin_anew(its_lesson, its_lesson.root / ".course" / "copies")
    progress = Progress.of(its_lesson.root)
    progress.forget(its_lesson)
    progress.save()
    out = console()
    out.print(f"{its_lesson.exercise.relative_to(its_lesson.root)} is fresh.")
    if copy:
        out.print(f"Your file is kept as {copy.relative_to(its_lesson.root)}")


@app.command()
def run(
    lesson: LessonArgument,
    mine: Annotated[bool, typer.Option("--mine", help="use your functions from the exercise, not the solution's")] = False,
    data: Annotated[Optional[DataSource], typer.Option(help="digits: MNIST if it can be had, MNIST or nothing, or the bundled ones")] = None,
    photos: Annotated[Optional[Path], typer.Option(metavar="DIR", help="lesson 7: your photographs, one folder per class in DIR")] = None,
) -> None:
    """Run a chapter's experiments as a script; figures go to build/run/.

    Examples: `course run 1`, `course run 1 --mine`, `course run 2 --data mnist`, `course run 7 --photos pictures/pets`
    """
    from course.authoring.run_chapter import start

    raise typer.Exit(start(catalog.lesson(lesson), mine=mine, data=data.value if data else None, photos=photos))


@app.command()
def doctor() -> None:
    """Look at this machine: Python, packages, memory, disk. Exit code 1 where something needs a remedy.

    Example: `course doctor`
    """
    from course.learning.board import console
    from course.learning.doctor import examine

    out = console()
    findings = list(examine(catalog.course_root()))
    for finding in findings:
        mark = "[red]![/]" if finding.remedy else "[green]✓[/]"
        out.print(f"{mark} {finding.subject:22} {finding.state}", highlight=False)
        if finding.remedy:
            out.print(f"  → {finding.remedy}", highlight=False)
    raise typer.Exit(1 if any(finding.remedy for finding in findings) else 0)


@app.command()
def start(port: Annotated[Optional[int], typer.Option(help="port of the site; a free one from 8000 on if left out")] = None) -> None:
    """Show the board and serve the course's site on this machine, until Ctrl-C.

    Examples: `course start`, `course start --port 8080`
    """
    from course.authoring.site_build import build, serve
    from course.learning.board import console

    root = catalog.course_root()
    console().print("Preparing the site; the first time takes a minute or two, because the chapters are run for real.")
    build(root, only_if_stale=True)
    _show_board()
    serve(root, port)


@author.command()
def sync(only_check: Annotated[bool, typer.Option("--check", help="write nothing; exit 1 where an exercise and its solution differ")] = False) -> None:
    """Make the exercises from the solutions.

    Examples: `course author sync`, `course author sync --check`
    """
    from course.authoring.stubs import difference
    from course.authoring.stubs import sync as write_stub

    differing = 0
    for lesson in catalog.lessons():
        found = difference(lesson)
        if not only_check and write_stub(lesson):
            print(f"wrote {lesson.exercise.relative_to(lesson.root)}")
        elif only_check and found:
            differing += 1
            print(f"{lesson.name}: the exercise is not what its solution gives; run: course author sync\n{found}")
    print("every exercise agrees with its solution" if not differing else f"{differing} of {len(catalog.lessons())} exercises differ")
    raise typer.Exit(1 if differing else 0)


@author.command()
def execute(
    lesson: Annotated[Optional[str], typer.Argument(metavar="[LESSON]")] = None,
    force: Annotated[bool, typer.Option("--force", help="run again although nothing changed")] = False,
) -> None:
    """Run the chapters for the site; what has not changed is taken from the cache.

    Examples: `course author execute`, `course author execute 1 --force`
    """
    from course.authoring.chapters import execute as run_chapter

    for each in [catalog.lesson(lesson)] if lesson else catalog.lessons():
        run_chapter(each, force=force)


@author.command("build")
def build_site() -> None:
    """Run the chapters and build the site into build/site; warnings and dead links are errors.

    Example: `course author build`
    """
    from course.authoring.site_build import build

    print(f"built {build(catalog.course_root(), strict=True)}")


@author.command()
def verify(lesson: Annotated[Optional[str], typer.Argument(metavar="[LESSON]")] = None) -> None:
    """Prove the three laws: stubs fail, solutions pass, every named wrong answer is refused by name.

    Examples: `course author verify`, `course author verify 1`
    """
    from course.authoring.verification import verify as prove
    from course.learning.board import console

    out = console()
    findings = []
    for each in [catalog.lesson(lesson)] if lesson else catalog.lessons():
        findings += prove(each, on_step=lambda text: out.print(text, style="dim"))
    broken = [finding for finding in findings if not finding.kept]
    for finding in broken:
        out.print(f"{finding.lesson}: {finding.law}: {finding.subject}: {finding.problem}", style="red", markup=False)
    out.print(f"{len(findings) - len(broken)} of {len(findings)} findings are as they should be")
    raise typer.Exit(1 if broken else 0)


def _chosen(what: str | None) -> tuple[list[catalog.Lesson], set[str] | None]:
    if what is None:
        return list(catalog.lessons()), None
    if "." in what:
        lesson, task = catalog.lesson_and_task(what)
        return [lesson], {task.id}
    return [catalog.lesson(what)], None


def _show_board() -> None:
    from course.learning.board import board as whole_board
    from course.learning.board import console
    from course.learning.progress import Progress

    console().print(whole_board(catalog.lessons(), Progress.of(catalog.course_root())))


def _remember(progress, report) -> None:
    for lesson in report.lessons:
        for task in lesson.tasks:
            progress.record(task.task.id, task.score, task.status == "passed")
    try:
        progress.save()
    except OSError as error:
        print(f"course: your progress could not be saved ({error}); the verdict above stands", file=sys.stderr)


def _write_json(path: Path, data: dict) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        raise CannotGrade(f"the result could not be written to {path}: {error.strerror}") from None


if __name__ == "__main__":
    main()
