"""`course start` at work: exercises are watched, verdicts go to the pages and, in a line each, to the terminal."""

import contextlib
import os
import signal
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from course.catalog import Lesson
from course.learning import board
from course.learning.progress import Progress
from course.learning.rechecker import Happening, LessonState, Rechecker, TaskState
from course.learning.textbook import Textbook, open_server

TOLD_PAGES = ("saved", "checking", "verdict", "problem", "idle", "trouble")


class LiveCourse:
    """All lessons of a course, watched, as what pages and the terminal are told."""

    def __init__(self, lessons: tuple[Lesson, ...], publish: Callable[[dict], None], console: Console):
        self.lessons, self.publish, self.console = lessons, publish, console
        self.root = lessons[0].root
        self.rechecker = Rechecker(lessons, self._happened)
        self.site = "complete"
        """complete, or building while a newer one is being made."""

    def state(self) -> dict:
        """Everything that a page can show, as plain data."""
        states = [self.rechecker.state(lesson) for lesson in self.lessons]
        return {"site": self.site, "next": self._next(), "lessons": [self._lesson(state) for state in states]}

    def watch_from_here(self) -> None:
        """Check what is unchecked in the lesson that is under way; others follow when they are saved."""
        here = board.next_task(self.lessons, Progress.of(self.root))
        if here:
            self.rechecker.check_stale(here[0])

    def site_is(self, state: str) -> None:
        """Tell the pages that the site is "building" or "complete" anew."""
        self.site = state
        self.publish({"kind": "site", "site": state})

    def _happened(self, happening: Happening) -> None:
        lesson = happening.lesson
        if happening.kind in TOLD_PAGES:
            state = self._lesson(self.rechecker.state(lesson)) if lesson else None
            self.publish({"kind": happening.kind, "task": happening.task_id, "text": self._without_places(happening.text),
                          "lesson": state, "next": self._next()})
        line = self._line(happening)
        if line:
            self.console.print(Text(time.strftime("%H:%M  "), style="dim") + line)

    def _line(self, happening: Happening) -> Text | None:
        if happening.kind in ("problem", "trouble"):
            return Text(f"! {happening.text}", style="red")
        if happening.kind != "verdict":
            return None
        one = next(one for one in self.rechecker.state(happening.lesson).tasks if one.task.id == happening.task_id)
        if one.status == "not_attempted":
            return None
        mark, style = board.MARKS[one.status]
        return Text.assemble((f"{mark} {one.task.id}", style), f"  {one.task.title}  {one.score}/{one.task.points}")

    def _next(self) -> dict | None:
        for lesson in self.lessons:
            one = self.rechecker.state(lesson).next_open()
            if one:
                return {"lesson": lesson.name, "task": one.task.id, "title": one.task.title}
        return None

    def _lesson(self, state: LessonState) -> dict:
        following = state.next_open()
        return {"name": state.lesson.name, "number": state.lesson.number, "title": state.lesson.title, "score": state.score,
                "points": state.lesson.points, "problem": self._without_places(state.problem), "note": self._without_places(state.note),
                "next": following.task.id if following else None, "tasks": [self._task(one) for one in state.tasks]}

    def _task(self, one: TaskState) -> dict:
        return {"id": one.task.id, "title": one.task.title, "status": one.status, "score": one.score, "points": one.task.points,
                "message": "" if one.passed else self._without_places(_for_a_page(one.message)), "checking": one.checking, "stale": one.stale}

    def _without_places(self, text: str) -> str:
        """Without the folders of this machine, which are nobody's business."""
        for place, name in ((str(self.root), "…"), (str(Path.home()), "~")):
            if len(place) > 1:
                text = text.replace(place, name)
        return text


def _for_a_page(message: str) -> str:
    """The message without the way to the hints in the terminal: on the page they stand below."""
    return "\n".join(line for line in message.splitlines() if not line.startswith("Stuck? "))


def start(lessons: tuple[Lesson, ...], site: Path, port: int | None, console: Console, *, browser: bool,
          meanwhile: Callable[[LiveCourse], contextlib.AbstractContextManager] = contextlib.nullcontext) -> None:
    """Serve the site and watch the exercises until Ctrl-C or a signal.

    Args:
        lessons: all of the course.
        site: folder of the built site.
        port: see `open_server`.
        console: where the address and the verdicts go.
        browser: whether to open the home page.
        meanwhile: what else goes on while the site is served, for example a build.

    Raises CannotServe.
    """
    live: LiveCourse | None = None
    with open_server(site, port, state=lambda: live.state()) as textbook:
        live = LiveCourse(lessons, textbook.events.publish, console)
        with live.rechecker, meanwhile(live), _until_a_signal():
            console.print(Text.assemble("The course is at ", (textbook.address, "bold cyan"), "  (Ctrl-C ends it)"))
            console.print("Save an exercise, and its tasks are checked; the page and this window say what came out.", style="dim")
            live.watch_from_here()
            if browser:
                threading.Thread(target=webbrowser.open, args=(textbook.address,), daemon=True).start()
            _serve(textbook)


def _serve(textbook: Textbook) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        textbook.serve_forever()


@contextlib.contextmanager
def _until_a_signal() -> Iterator[None]:
    """A signal to end comes as SystemExit, so that nothing is left behind."""

    def end(number, frame):
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in
              (getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def has_browser() -> bool:
    """Whether a graphical browser can be expected here: not over ssh, not without a display."""
    if sys.platform in ("win32", "darwin"):
        return not os.environ.get("SSH_CONNECTION")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and not os.environ.get("SSH_CONNECTION")
