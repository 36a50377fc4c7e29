"""`course watch`: save, and see what is next. What is shown, and what the keys do.

The work is done by `rechecker`; the terminal is handled by `terminal`.
"""

import io
import queue
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from course.catalog import Lesson
from course.learning import board
from course.learning.progress import Progress
from course.learning.rechecker import Happening, LessonState, Rechecker, TaskState
from course.learning.terminal import Terminal

TICK_SECONDS = 0.25
"""How often the size of the window is looked at."""
HELP = """\
h  a hint for this task: first those you have had, then, pressed again, one more
n  the next open task          p  the one before
l  all tasks with their points
a  check everything again
↑ ↓ space  move through a long text
q  quit; what you have reached is kept

The file is checked whenever your editor saves it: first the tasks whose code has changed, then
those that use it. A save while a check is running takes its place."""
KEYS = "h hint · n next · l list · a all · q quit · ?"
NARROW_KEYS = "h hint n next l list a all q quit ?"


@dataclass(frozen=True)
class Hint:
    """One hint: what kind of help it is, and its Markdown."""

    kind: str
    text: str


@dataclass
class Screen:
    """What the learner is looking at; `frame` makes lines of it."""

    lesson: Lesson
    hints: dict[str, list[Hint]]
    colours: str | None = None
    """A rich colour system; None for plain text."""
    view: str = "task"
    """task, hint, list or help."""
    focus: str = ""
    """The task at hand."""
    passed_now: list[str] = field(default_factory=list)
    """Tasks that have passed in this round of checks."""
    failed_now: bool = False
    trouble: str = ""
    status: str = ""
    scroll: int = 0

    def frame(self, state: LessonState, hints_seen: dict[str, int], width: int, height: int) -> list[str]:
        """Exactly `height` lines, none wider than `width`."""
        head = [*self._lines(self._head(state, width), width), ""]
        body = self._lines(self._body(state, hints_seen), width)
        room = max(1, height - len(head) - 2)
        self.scroll = max(0, min(self.scroll, len(body) - room))
        visible = body[self.scroll : self.scroll + room]
        more = len(body) - self.scroll - room
        status = f"↓ {more} more line{'s' * (more != 1)}" if more > 0 else self.status
        foot = self._lines(Text.assemble((status, "dim"), "\n", self._keys(width)), width)[:2]
        lines = head + visible + [""] * (room - len(visible)) + foot
        return lines[:height]

    def _lines(self, what: RenderableType, width: int) -> list[str]:
        out = Console(file=io.StringIO(), width=width, force_terminal=self.colours is not None, color_system=self.colours,
                      highlight=False, legacy_windows=False)
        out.print(what)
        return out.file.getvalue().rstrip("\n").split("\n")

    def _keys(self, width: int) -> Text:
        if self.view == "hint":
            return Text("h one more hint · any other key: back", overflow="ellipsis", no_wrap=True)
        if self.view != "task":
            return Text("any key: back · q quit", no_wrap=True)
        return Text(KEYS if width > len(KEYS) else NARROW_KEYS, overflow="ellipsis", no_wrap=True)

    def _head(self, state: LessonState, width: int) -> RenderableType:
        title = Table.grid(expand=True)
        title.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        title.add_column(justify="right", no_wrap=True)
        title.add_row(Text(f"Lesson {state.lesson.number} · {state.lesson.title}", style="bold"), f" {state.score}/{state.lesson.points}")
        strip = Text()
        for one in state.tasks:
            mark, style = ("…", "yellow") if one.checking else board.MARKS[one.status]
            here = one.task.id == self.focus
            strip.append(f"{mark}{one.task.id}", style=f"{style} reverse" if here else style)
            strip.append(" ")
        return Group(title, strip)

    def _body(self, state: LessonState, hints_seen: dict[str, int]) -> RenderableType:
        if self.view == "help":
            return Text(HELP)
        if self.view == "list":
            return self._list(state)
        if self.view == "hint":
            return self._hints(hints_seen.get(self.focus, 0))
        return Group(*self._task_view(state))

    def _list(self, state: LessonState) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for one in state.tasks:
            mark, style = board.MARKS[one.status]
            table.add_row(Text(f"{mark} {one.task.id}", style=style), one.task.title, f"{one.score}/{one.task.points}")
        return table

    def _hints(self, seen: int) -> RenderableType:
        hints = self.hints[self.focus]
        parts: list[RenderableType] = []
        for number, hint in enumerate(hints[:seen], 1):
            parts += [Text(f"Hint {number} of {len(hints)} for {self.focus} · {hint.kind}", style="bold"), Markdown(hint.text), Text()]
        if seen == len(hints):
            parts.append(Text(f"That was the last one. The solution: course solution {self.lesson.number} --reveal", style="dim"))
        return Group(*parts)

    def _task_view(self, state: LessonState) -> list[RenderableType]:
        parts: list[RenderableType] = []
        if self.trouble:
            parts += [Text(self.trouble, style="yellow"), Text()]
        if state.problem:
            where, _, code = state.problem.partition("\n")
            return [*parts, Text(f"! {where}", style="red"), *([Text(code)] if code else []), Text(), Text("Mend it and save.")]
        if state.note:
            parts += [Text(state.note, style="yellow"), Text()]
        for task_id in self.passed_now:
            parts.append(_headline(_find(state, task_id)))
        if self.passed_now and all(one.passed for one in state.tasks):
            return [*parts, Text(), Text("The whole lesson has passed.", style="bold green"),
                    Text(f"The explained solutions: course solution {self.lesson.number}")]
        one = _find(state, self.focus)
        if one.task.id in self.passed_now:
            return parts
        if parts:
            parts.append(Text())
        parts.append(_headline(one, following=bool(self.passed_now) and one.status == "not_attempted"))
        if one.message and not one.passed:
            parts.append(Padding(_message(one), (0, 0, 0, 2)))
        elif one.status == "not_attempted":
            place = self.lesson.exercise.relative_to(self.lesson.root).as_posix()
            parts += [Padding(Text(signature), (0, 0, 0, 2)) for signature in one.task.signatures]
            parts.append(Padding(Text(f"{place}:{one.line}" if one.line else place, style="dim"), (0, 0, 0, 2)))
            parts += [Text(), Text("Write it and save; the verdict appears here.")]
        return parts


def _find(state: LessonState, task_id: str) -> TaskState:
    return next((one for one in state.tasks if one.task.id == task_id), state.tasks[0])


def _headline(one: TaskState, *, following: bool = False) -> Text:
    """Mark, number, title, points; a task that follows after a success is announced instead."""
    mark, style = ("…", "yellow") if one.checking else board.MARKS[one.status]
    points = f"{one.task.points} point{'s' * (one.task.points != 1)}"
    if one.status != "not_attempted":
        points = f"{one.score} of {points}"
    begin = ("Next: ", "bold") if following else (f"{mark} ", style)
    return Text.assemble(begin, (one.task.id, "bold" if following else style), (f" {one.task.title}", "bold"), f" · {points}",
                         (" · checking" if one.checking else "", "yellow"))


def _message(one: TaskState) -> Text:
    text = Text()
    for line in one.message.splitlines():
        if line.startswith("Stuck? "):
            text.append("Stuck? Press h.", style="cyan")
        else:
            text.append(line, style="yellow" if line.startswith("That is what happens here: ") else "")
        text.append("\n")
    text.rstrip()
    return text


class Watch:
    """One session: happenings and keys come in, frames go out."""

    def __init__(self, lesson: Lesson, hints: dict[str, list[Hint]]):
        self.lesson = lesson
        self.queue: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        self.screen = Screen(lesson, hints, Console().color_system)
        self.saved_at: float | None = None
        self.hints_seen: dict[str, int] = {}

    def run(self) -> None:
        """Until q, Ctrl-C or a signal."""
        self.hints_seen = {task_id: known.hints for task_id, known in Progress.of(self.lesson.root).tasks.items()}
        with Rechecker([self.lesson], lambda happening: self.queue.put(("happening", happening))) as rechecker:
            self.screen.focus = rechecker.state(self.lesson).next_open().task.id if rechecker.state(self.lesson).next_open() else self.lesson.tasks[0].id
            self.screen.status = "looking at your file"
            rechecker.check_stale(self.lesson)
            with Terminal(lambda key: self.queue.put(("key", key))) as terminal:
                while True:
                    width, height = terminal.size
                    terminal.show(self.screen.frame(rechecker.state(self.lesson), self.hints_seen, width, height))
                    try:
                        kind, what = self.queue.get(timeout=TICK_SECONDS)
                    except queue.Empty:
                        continue
                    if kind == "happening":
                        self.note(what, rechecker.state(self.lesson))
                    elif what == "q":
                        return
                    else:
                        self.press(what, rechecker, height)

    def note(self, happening: Happening, state: LessonState) -> None:
        """Take in what has happened."""
        screen = self.screen
        match happening.kind:
            case "saved":
                self.saved_at = time.monotonic()
                screen.trouble, screen.passed_now, screen.failed_now = "", [], False
                screen.view, screen.scroll, screen.status = "task", 0, "saved"
            case "problem":
                screen.view, screen.scroll, screen.status = "task", 0, ""
            case "trouble":
                screen.trouble = happening.text
            case "checking":
                screen.status = f"checking {happening.text}"
            case "verdict":
                self._verdict(_find(state, happening.task_id), state)
            case "idle":
                took = f" in {time.monotonic() - self.saved_at:.1f} s" if self.saved_at else ""
                screen.status = f"checked{took} · waiting for a save"
                self.saved_at = None

    def _verdict(self, one: TaskState, state: LessonState) -> None:
        screen = self.screen
        if one.passed and self.saved_at:
            screen.passed_now.append(one.task.id)
        if one.status in ("failed", "error") and not screen.failed_now:
            screen.failed_now = True
            screen.focus, screen.scroll = one.task.id, 0
        elif not screen.failed_now and _find(state, screen.focus).passed:
            following = state.next_open()
            screen.focus = following.task.id if following else one.task.id

    def press(self, key: str, rechecker: Rechecker, height: int) -> None:
        """Do what a key asks for."""
        screen = self.screen
        page = max(1, height - 6)
        moves = {"up": -1, "k": -1, "down": 1, "j": 1, "page up": -page, "page down": page}
        if key in moves:
            screen.scroll = max(0, screen.scroll + moves[key])
            return
        was, screen.view, screen.scroll = screen.view, "task", 0
        if key == "h":
            self._hint(one_more=was == "hint")
        elif key in ("l", "?") and was == "task":
            screen.view = {"l": "list", "?": "help"}[key]
        elif key == "a":
            screen.passed_now, screen.failed_now, self.saved_at = [], False, time.monotonic()
            rechecker.check_all(self.lesson)
        elif key in ("n", "p"):
            screen.passed_now = []
            screen.focus = _another(rechecker.state(self.lesson), screen.focus, 1 if key == "n" else -1)

    def _hint(self, *, one_more: bool) -> None:
        task_id = self.screen.focus
        seen = self.hints_seen.get(task_id, 0)
        if one_more or not seen:
            seen = min(seen + 1, len(self.screen.hints[task_id]))
            try:
                with Progress.changing(self.lesson.root) as progress:
                    progress.task(task_id).hints = seen
                    progress.sign_of_life(self.lesson)
            except OSError:
                pass  # it is shown all the same
            self.hints_seen[task_id] = seen
        self.screen.view = "hint"
        if one_more:
            self.screen.scroll = 10_000  # its end, where the new one stands


def _another(state: LessonState, task_id: str, step: int) -> str:
    """The next open task in this direction; where none is open, simply the next one."""
    tasks = state.tasks[::step]
    place = next((index for index, one in enumerate(tasks) if one.task.id == task_id), -1)
    around = [*tasks[place + 1 :], *tasks[: place + 1]]
    return next((one for one in around if not one.passed), around[0]).task.id


def watch(lesson: Lesson, hints: dict[str, list[Hint]]) -> None:
    """Watch a lesson's exercise until the learner quits; line by line where there is no terminal."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        Watch(lesson, hints).run()
    else:
        watch_in_lines(lesson, print)


def watch_in_lines(lesson: Lesson, write: Callable[[str], None]) -> None:
    """The same for a pipe or a log: a line for each verdict, with its message; ends with a signal."""
    happenings: queue.SimpleQueue[Happening] = queue.SimpleQueue()
    with Rechecker([lesson], happenings.put) as rechecker:
        rechecker.check_stale(lesson)
        while True:
            happening = happenings.get()
            state = rechecker.state(lesson)
            if happening.kind in ("problem", "trouble"):
                write(f"! {happening.text}")
            elif happening.kind == "verdict":
                one = _find(state, happening.task_id)
                write(_headline(one).plain + (f"\n{one.message}" if one.message and not one.passed else ""))
            elif happening.kind == "idle":
                following = state.next_open()
                write(f"{state.score}/{lesson.points} points" + (f"; next: {following.task.id} {following.task.title}" if following else ""))
            sys.stdout.flush()
