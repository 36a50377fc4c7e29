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
from course.learning.failures import CannotServe

TEXT_WIDTH = 100
"""Columns of hints and explanations; where the output is no terminal, there is no width to go by."""

app = typer.Typer(
    help="Learning to See: Keras from pixels to transfer learning.\n\nWithout a command: the board, and what is next.",
    no_args_is_help=False, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False,
)
author = typer.Typer(help="For those who write lessons.", no_args_is_help=True)
app.add_typer(author, name="author")

LessonArgument = Annotated[str, typer.Argument(metavar="LESSON", help="a number or a name, such as 1 or lesson_01_pixels_and_filters")]
DataSource = Enum("DataSource", {"auto": "auto", "mnist": "mnist", "bundled": "bundled"})
ExportFormat = Enum("ExportFormat", {name: name for name in ("progress", "gradescope", "classroom50", "canvas", "csv", "junit", "html")})
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="such as 1.3")]


def main() -> None:
    """Run the command line; every expected failure is one line and exit code 2."""
    try:
        app()
    except (catalog.CatalogError, CannotGrade, CannotPublish, CannotServe) as error:
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
    from course.grading import sandbox

    sandbox.find_out_early()  # takes as long as what is imported next
    from course.grading.run import grade
    from course.learning import board as words

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
        _remember(root, report)
    if json_file:
        _write_json(json_file, report.as_json())
    raise typer.Exit(0 if report.all_passed else 1)


@app.command("grade")
def grade_submissions(
    submissions: Annotated[Optional[Path], typer.Argument(metavar="SUBMISSIONS", help="holds a folder or archive per student")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="where the gradebook is, or will be")] = ...,
    lesson: Annotated[Optional[list[str]], typer.Option(metavar="LESSON", help="may be given several times; default: all")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="submissions at a time; with Keras 1.5 GB each")] = os.cpu_count() or 1,
    scheduler: Annotated[Optional[str], typer.Option(metavar="ADDRESS", help="a Dask cluster, such as tcp://host:8786")] = None,
    hidden: Annotated[Optional[Path], typer.Option(metavar="DIR", help="your own test_*.py; results are kept apart")] = None,
    require_sandbox: Annotated[bool, typer.Option("--require-sandbox", help="refuse to grade where there is no sandbox")] = False,
    seed: Annotated[Optional[int], typer.Option(help="derive all inputs from it; default: drawn once per gradebook")] = None,
    replay: Annotated[Optional[str], typer.Option(metavar="STUDENT", help="grade again what is recorded, and compare")] = None,
) -> None:
    """Grade a folder of submissions into a gradebook. Start it again to go on, or after changes.

    Exit code 0: all graded, 1: some could not be, 2: nothing can be graded.

    Examples: `course grade inbox --out marks --lesson 1`, `course grade --out marks --replay ana`
    """
    from course.grading.cohort import CohortRun
    from course.grading.cohort import replay as grade_again
    from course.grading.cohort_display import Display, show_replay, show_summary
    from course.learning.board import console

    screen = console()
    if replay is not None:
        again = grade_again(out, replay)
        show_replay(screen, again)
        raise typer.Exit(0 if again.same else 1)
    if submissions is None:
        raise CannotGrade("give the folder with the submissions, such as: course grade inbox --out marks")
    lessons = sorted({catalog.lesson(one) for one in lesson}, key=lambda one: one.number) if lesson else list(catalog.lessons())
    run = CohortRun(lessons, submissions, out, jobs, scheduler, hidden, require_sandbox, seed)
    try:
        with Display(screen) as display:
            summary = run.grade(display)
    except KeyboardInterrupt:
        print("stopped; what is graded is kept, and the same command goes on from there", file=sys.stderr)
        raise typer.Exit(130) from None
    show_summary(screen, summary, out)
    raise typer.Exit(1 if summary.not_graded else 0)


@app.command()
def watch(
    lesson: Annotated[Optional[str], typer.Argument(metavar="[LESSON]", help="the one that is under way if left out")] = None,
) -> None:
    """Check a lesson again whenever you save it, what has changed first. Keys: hint, next, list, all, quit.

    Examples: `course watch`, `course watch 1`
    """
    from course.authoring.lesson_texts import read_hints
    from course.learning.board import next_task
    from course.learning.progress import Progress
    from course.learning.watch import Hint
    from course.learning.watch import watch as start_watching

    if lesson:
        its_lesson = catalog.lesson(lesson)
    else:
        under_way = next_task(catalog.lessons(), Progress.of(catalog.course_root()))
        its_lesson = under_way[0] if under_way else catalog.lessons()[-1]
    hints = {task_id: [Hint(hint.kind, hint.text) for hint in its] for task_id, its in read_hints(its_lesson).items()}
    start_watching(its_lesson, hints)


@app.command()
def hint(
    task: TaskArgument,
    again: Annotated[bool, typer.Option("--again", help="only those that you have seen already")] = False,
) -> None:
    """Show the next hint of a task: a question, then a pointer, then nearly the code.

    Examples: `course hint 1.3`, `course hint 1.3 --again`
    """
    from rich.markdown import Markdown

    from course.authoring.lesson_texts import read_hints
    from course.learning.board import console, spoken
    from course.learning.progress import Progress

    lesson, its_task = catalog.lesson_and_task(task)
    hints = read_hints(lesson)[its_task.id]
    with Progress.changing(lesson.root) as progress:
        known = progress.task(its_task.id)
        seen = known.hints = max(1, known.hints) if again else min(known.hints + 1, len(hints))
        progress.sign_of_life(lesson)
    out = console()
    for number, one in enumerate(hints[:seen], 1):
        out.print(f"[bold]Hint {number} of {len(hints)} · {one.kind}[/]")
        out.print(Markdown(one.text), width=min(out.width, TEXT_WIDTH))
        out.print()
    if seen < len(hints):
        more = "There is one more" if seen == len(hints) - 1 else f"There are {len(hints) - seen} more; the next one"
        out.print(f"{more}: [bold cyan]{spoken(f'course hint {its_task.id}')}[/]")
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
    open_tasks = [task.id for task in its_lesson.tasks if task.id not in passed]
    closed = [] if reveal else open_tasks
    if reveal and open_tasks:
        with Progress.changing(its_lesson.root) as progress:
            for task_id in open_tasks:
                progress.task(task_id).revealed = True
    _, solutions = read_solution(its_lesson)
    out = console()
    for task in its_lesson.tasks:
        if task.id not in closed:
            out.print(f"\n[bold]Task {task.id} · {task.title}[/]")
            out.print(Markdown(solutions[task.id].explanation), width=min(out.width, TEXT_WIDTH))
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
    with Progress.changing(its_lesson.root) as progress:
        progress.forget(its_lesson)
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
    """Run a chapter's experiments as a script; figures, and run.json for the lesson's page, go to build/run/.

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
def start(
    port: Annotated[Optional[int], typer.Option(help="port of the site; a free one from 8000 on if left out")] = None,
    browser: Annotated[bool, typer.Option(help="open the site in a browser, where there is one")] = True,
) -> None:
    """The living textbook: the site on this machine, which marks your tasks as you save them. Until Ctrl-C.

    Examples: `course start`, `course start --port 8080`, `course start --no-browser`
    """
    from functools import partial

    from course.authoring.site_build import build_without_running, is_fresh, site_folder
    from course.learning import live
    from course.learning.board import console

    root = catalog.course_root()
    out = console()
    site = site_folder(root)
    fresh = is_fresh(root)
    if not (site / "index.html").is_file():
        out.print("Preparing the pages …", style="dim")
        build_without_running(root)
    _show_board()
    out.print()
    meanwhile = {} if fresh else {"meanwhile": partial(_renewed_site, root, out)}
    live.start(catalog.lessons(), site, port, out, browser=browser and live.has_browser(), **meanwhile)


def _renewed_site(root: Path, out, course):
    """A build in the background, told to the terminal and to the pages."""
    from course.authoring.background_build import BackgroundBuild

    out.print("The chapters' experiments are run in the background; the first time takes some minutes. You can begin meanwhile.")
    course.site = "building"

    def end(built: bool) -> None:
        course.site_is("complete" if built else "failed")
        out.print("The site is complete; reload your page." if built else "The site could not be renewed; what it said stands above.")

    return BackgroundBuild(root, lambda line: out.print(f"  {line}", style="dim", markup=False, highlight=False), end)


@app.command("export")
def export_results(
    form: Annotated[ExportFormat, typer.Argument(metavar="FORMAT", help="progress (your own), gradescope, classroom50, canvas, csv, junit or html")],
    source: Annotated[Optional[Path], typer.Option("--from", metavar="DIR", help="a gradebook's folder, or a file of check --json")] = None,
    out: Annotated[Optional[Path], typer.Option("--out", metavar="PATH", help="where to write (default: in this folder)")] = None,
    lesson: Annotated[Optional[str], typer.Option("--lesson", metavar="LESSON", help="gradescope: the assignment's lesson (default: all)")] = None,
    into: Annotated[Optional[Path], typer.Option("--into", metavar="FILE", help="canvas: the gradebook that Canvas exported")] = None,
    assignment: Annotated[Optional[str], typer.Option("--assignment", metavar="TITLE", help="canvas: which column to fill")] = None,
    show_hidden: Annotated[bool, typer.Option("--show-hidden", help="html: students see the results of your own tests")] = False,
) -> None:
    """Turn results into the form that somebody else reads.

    Examples: `course export progress`, `course export csv --from marks`, `course export gradescope --lesson 1`
    """
    if form is ExportFormat.progress:
        _export_progress(out or Path("my-progress.json"))
        return
    from course.grading.exports import commands

    for line in commands.export(form.value, source, out, catalog.course_root(), lesson=lesson, into=into, assignment=assignment,
                                show_hidden=show_hidden):  # fmt: skip
        print(line)


def _export_progress(path: Path) -> None:
    from course.learning.handing_in import progress_as_json
    from course.learning.progress import Progress

    _write_json(path, progress_as_json(catalog.lessons(), Progress.of(catalog.course_root())))
    print(f"written to {path}; marks come from your exercises, so hand in the folder lessons/ as well")


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


def _remember(root: Path, report) -> None:
    from course.learning.progress import Progress

    try:
        with Progress.changing(root) as progress:
            for lesson in report.lessons:
                progress.sign_of_life(lesson.lesson)
                for task in lesson.tasks:
                    progress.record(task.task.id, task.status, task.score, message=task.message)
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
