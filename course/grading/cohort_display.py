"""How a cohort's run looks: a bar with the time left in a terminal, plain lines elsewhere, and what it came to."""

import statistics
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from course.grading.admission import Admitted
from course.grading.cohort import NOTES_NAME, Replay, Summary
from course.grading.gradebook import FILE_NAME, Attempt, Gradebook
from course.grading.sandbox import isolation

LINES_SHOWN = 20
NARROW = 60


class Display:
    """Tells how the run goes; use as a context manager."""

    def __init__(self, console: Console):
        self.console = console
        self.total = self.done = self.graded_now = 0
        self.begun = time.monotonic()
        self.bar = self.task = None

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *_) -> None:
        if self.bar:
            self.bar.stop()

    def begin(self, total: int) -> None:
        self.total, self.begun = total, time.monotonic()
        if not self.console.is_terminal:
            self._line(f"{total} submission{'s' * (total != 1)}")
            return
        narrow = self.console.width < NARROW
        columns = [TextColumn("{task.completed}/{task.total}"), BarColumn(bar_width=10 if narrow else 24),
                   TextColumn("{task.fields[left]}")]
        self.bar = Progress(*columns, console=self.console, transient=True)
        self.task = self.bar.add_task("", total=total, left="starting")
        self.bar.start()

    def unchanged(self, admitted: Admitted) -> None:
        self.done += 1
        self.tick()

    def graded(self, attempt: Attempt) -> None:
        self.done += 1
        self.graded_now += 1
        points = f"{attempt.score}/{attempt.result['max_score']}" if attempt.result else f"could not be graded: {attempt.problem}"
        if self.bar:
            if not attempt.graded:
                self._line(f"{attempt.shown_as}: {points}")
            self.tick()
        else:
            left = f"  ({self.left()})" if self.done < self.total else ""
            self._line(f"{self.done}/{self.total}  {attempt.shown_as}: {points}{left}")

    def tick(self) -> None:
        if self.bar:
            self.bar.update(self.task, completed=self.done, left=self.left() if self.graded_now else "starting")

    def left(self) -> str:
        """The time that is left, from the speed so far."""
        seconds = (time.monotonic() - self.begun) / max(1, self.graded_now) * (self.total - self.done)
        return f"about {duration(seconds)} left"

    def _line(self, text: str) -> None:
        self.console.print(Text(text), soft_wrap=True)


def duration(seconds: float) -> str:
    """Such as "40 s", "3 min" or "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def show_summary(console: Console, summary: Summary, out: Path) -> None:
    """What the run did, what was refused, and where to go on."""
    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=True)

    def listed(heading: str, entries: list[str], more: str) -> None:
        if entries:
            line(f"\n{heading} ({len(entries)})", "bold")
            for entry in entries[:LINES_SHOWN]:
                line(f"  {entry}")
            if len(entries) > LINES_SHOWN:
                line(f"  and {len(entries) - LINES_SHOWN} more{more}")

    with Gradebook.open(out) as book:
        scores, kinds, top = [], set(), book.cohort.max_score
        for attempt in book.latest():
            if attempt.graded:
                scores.append(attempt.score)
                kinds.add(attempt.isolation)
    counts = [f"{summary.graded} graded now"] + [f"{number} {what}" for number, what in (
        (summary.unchanged, "unchanged since they were graded"), (len(summary.not_graded), "could not be graded")) if number]
    line(", ".join(counts))
    if scores:
        line(f"points of {top}: median {statistics.median(scores):g}, from {min(scores)} to {max(scores)}")
    listed("Refused at admission", [f"{name}: {reason}" for name, reason in summary.refused],
           f"; all of them are in {out / NOTES_NAME}")
    listed("Not a submission", summary.strays, "")
    listed("Could not be graded; the next run tries again", [f"{name}: {problem}" for name, problem in summary.not_graded], "")
    if "process" in kinds:
        line(f"\nSome were graded without a sandbox: {isolation().reason or 'on a machine that has none'}. "
             "Learner code could read your files there.", "yellow")
    line(f"\n{out / FILE_NAME} holds every attempt; {out / NOTES_NAME} what was refused or not looked at.")


def show_replay(console: Console, replay: Replay) -> None:
    """Whether the verdict came out the same, and if not, what differs."""
    attempt = replay.attempt
    points = f"{attempt.score}/{attempt.result['max_score']} points"
    lines = [f"{attempt.shown_as}: {points}, graded {attempt.graded_at}, seed {attempt.seed}"]
    lines += [f"changed since then: {what}" for what in replay.changed]
    if replay.same:
        lines.append("The same verdict again, byte for byte (times apart).")
    else:
        lines += ["The verdict differs:", *(f"  {difference}" for difference in replay.differences())]
    for text in lines:
        console.print(Text(text), soft_wrap=True)
