"""Checking again whenever an exercise file is saved: what changed first, the rest after it.

Used by `course watch` and `course start`, which only show what happens here. Files are watched in
one thread, verdicts come from the checking process through another, and everything is decided in a
third, which works through one queue.
"""

import hashlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from course.catalog import Lesson, Task
from course.grading.submission import Source, Submission
from course.learning.changes import broken_line, task_keys, task_lines
from course.learning.checker import Checker
from course.learning.progress import Progress

QUIET_MS = 20
"""A burst of file events is over after this long without another."""
POLL_SECONDS = 0.5
"""How often files are looked at besides, or where the system cannot report changes."""
SETTLE_SECONDS, SETTLE_TRIES = 0.03, 8
"""A file that is missing, empty or no Python may be half-way through being saved: it is read again after this long."""
IDLE_SECONDS = 30 * 60.0
"""After this long without a save, the memory of warm workers is given back."""


@dataclass(frozen=True)
class TaskState:
    """What is known about a task now."""

    task: Task
    status: str = "not_attempted"
    score: int = 0
    message: str = ""
    key: str = ""
    """Digest of the code and tests that the verdict is about."""
    checking: bool = False
    stale: bool = False
    """Whether the code has changed since the verdict."""
    line: int | None = None
    """Where the task's function begins in the exercise file."""

    @property
    def passed(self) -> bool:
        return self.status == "passed"


@dataclass(frozen=True)
class LessonState:
    """A lesson's tasks and what is to be said about its file."""

    lesson: Lesson
    tasks: tuple[TaskState, ...]
    problem: str = ""
    """Why the file cannot be checked at all: a place and what is wrong, then perhaps the line itself."""
    note: str = ""
    """A line outside the tasks that could not be run."""

    @property
    def score(self) -> int:
        return sum(state.score for state in self.tasks)

    @property
    def busy(self) -> bool:
        return any(state.checking for state in self.tasks)

    def next_open(self) -> TaskState | None:
        """What to work on: a task that was begun and fails, else the first that has not passed."""
        begun = [state for state in self.tasks if state.status in ("failed", "error")]
        return next(iter([*begun, *(state for state in self.tasks if not state.passed)]), None)


@dataclass(frozen=True)
class Happening:
    """Something that whoever shows the state should know of."""

    kind: str
    """saved, checking, verdict, problem, idle (nothing is left to check) or trouble (with the grader, not the answers)."""
    lesson: Lesson | None = None
    task_id: str = ""
    text: str = ""


@dataclass
class _Run:
    number: int
    lesson: Lesson
    keys: dict[str, str]
    """By the task ids that were asked for and not answered yet."""


class Rechecker:
    """Watches the exercises of some lessons of one course; use it as a context manager."""

    def __init__(self, lessons: tuple[Lesson, ...] | list[Lesson], listener: Callable[[Happening], None]):
        """`listener` is called in this object's own thread and should be quick."""
        self.lessons = {lesson.name: lesson for lesson in lessons}
        self.root = lessons[0].root
        self.listener = listener
        self.queue: queue.Queue[tuple] = queue.Queue()
        self.lock = threading.Lock()
        self.states: dict[str, LessonState] = {}
        self.sources: dict[str, Source] = {}
        """What was read last, and is what verdicts are about."""
        self.keys: dict[str, dict[str, str]] = {}
        self.plan: list[tuple[Lesson, list[str]]] = []
        self.run: _Run | None = None
        self.ended_in_a_row = 0
        self.keras_tasks: set[str] = set()
        self.keras_ready = False
        self.stop_watching = threading.Event()
        self.checker = Checker(self.root, lambda reply: self.queue.put(("reply", reply)))

    def __enter__(self) -> "Rechecker":
        self.stamps = {name: _stamp(lesson) for name, lesson in self.lessons.items()}
        progress = Progress.of(self.root)
        for lesson in self.lessons.values():
            self.states[lesson.name] = _remembered(lesson, progress)
            source = Submission.at(self.root / "lessons").source(lesson)
            if isinstance(source, Source) and not broken_line(source.text):
                self.keys[lesson.name] = _keys(source.text, lesson)
        self.checker.start()
        self.threads = [threading.Thread(target=self._work, name="rechecker"), threading.Thread(target=self._watch, name="watcher")]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.stop_watching.set()
        self.queue.put(("stop",))
        for thread in self.threads:
            thread.join()
        self.checker.stop()

    def state(self, lesson: Lesson) -> LessonState:
        """A lesson as it is now; may be called from any thread."""
        with self.lock:
            return self.states[lesson.name]

    def check_stale(self, lesson: Lesson) -> None:
        """Check what has no verdict yet or has changed since."""
        self.queue.put(("open", lesson.name))

    def check_all(self, lesson: Lesson) -> None:
        """Check every task of the lesson again."""
        self.queue.put(("all", lesson.name))

    # What follows runs in the working thread.

    def _work(self) -> None:
        rested = False
        while True:
            try:
                what, *details = self.queue.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                if not rested:
                    self.checker.rest()
                    rested, self.keras_ready = True, False
                continue
            rested = False
            if what == "stop":
                return
            try:
                {"file": self._file, "open": self._open, "all": self._all, "reply": self._reply}[what](*details)
            except Exception as error:  # the next save may well go better; the thread must live
                self.listener(Happening("trouble", text=f"this check failed ({type(error).__name__}: {error}); save again to try once more"))

    def _open(self, name: str) -> None:
        self._file(name, saved=False)

    def _file(self, name: str, saved: bool = True) -> None:
        lesson = self.lessons[name]
        source, reason = self._settled(lesson)
        if source is None:
            self._interrupt(lesson)
            self._set_problem(lesson, reason)
            return
        if source == self.sources.get(name) and not self.states[name].problem:
            return
        self.sources[name] = source
        keys, lines = _keys(source.text, lesson), task_lines(source.text, lesson)
        before = self.states[name]
        # Compared with the check that is under way, else with the file as it was before, else with the last verdict.
        seen = {**{state.task.id: state.key for state in before.tasks}, **self.keys.get(name, {}), **(self.run.keys if self.run else {})}
        changed = [task_id for task_id in keys if keys[task_id] != seen[task_id]]
        with self.lock:
            self.states[name] = replace(before, problem="", tasks=tuple(
                replace(state, line=lines.get(state.task.id), stale=keys[state.task.id] != state.key) for state in before.tasks))
        self.keys[name] = keys
        if saved:
            self._tell("saved", lesson)
        stale = [state.task.id for state in self.states[name].tasks if state.stale]
        if changed or (stale and self.run is None):
            self._ask_for(lesson, changed, stale)
        elif self.run is None:
            self._tell("idle", lesson)
        if saved:
            self._remember(lambda progress: progress.sign_of_life(lesson))

    def _all(self, name: str) -> None:
        if name not in self.sources or self.states[name].problem:
            self._file(name)
            return
        everything = [task.id for task in self.lessons[name].tasks]
        self._update(name, everything, stale=True)
        self._ask_for(self.lessons[name], everything, everything)

    def _ask_for(self, lesson: Lesson, first: list[str], stale: list[str]) -> None:
        others = [(other, tasks) for other, tasks in self.plan if other != lesson]
        if self.run and self.run.lesson != lesson:
            others.insert(0, (self.run.lesson, list(self.run.keys)))
        rest = [task_id for task_id in stale if task_id not in first]
        self.plan = [(lesson, tasks) for tasks in (first, rest) if tasks] + others
        self._next()

    def _next(self) -> None:
        if self.run:
            self._update(self.run.lesson.name, list(self.run.keys), checking=False)
        self.run = None
        if not self.plan:
            return
        lesson, tasks = self.plan.pop(0)
        self._update(lesson.name, tasks, checking=True)
        number = self.checker.check(lesson.name, tasks, self.sources[lesson.name])
        self.run = _Run(number, lesson, {task_id: self.keys[lesson.name][task_id] for task_id in tasks})
        self._tell("checking", lesson, text=", ".join(tasks))

    def _interrupt(self, lesson: Lesson) -> None:
        self.plan = [(other, tasks) for other, tasks in self.plan if other != lesson]
        if self.run and self.run.lesson == lesson:
            self._update(lesson.name, list(self.run.keys), checking=False)
            self.run = None
            self.checker.cancel()

    def _reply(self, reply: dict) -> None:
        if reply["event"] == "ended":
            self._checker_ended(reply["pid"], reply["message"])
        if self.run is None or reply.get("id") != self.run.number:
            return
        lesson = self.run.lesson
        if reply["event"] == "task":
            self._verdict(lesson, reply["task"])
        elif reply["event"] == "failed":
            self.plan = []
            self._next()
            self._tell("trouble", lesson, text=reply["message"])
        elif reply["event"] == "done":
            self.ended_in_a_row = 0
            with self.lock:
                self.states[lesson.name] = replace(self.states[lesson.name], note=reply["note"])
            self.keras_tasks |= set(reply["keras_tasks"])
            self._next()
            if self.run is None:
                self._tell("idle", lesson)
                self._think_ahead(lesson)

    def _verdict(self, lesson: Lesson, said: dict) -> None:
        task_id = said["id"]
        key = self.run.keys.pop(task_id)
        self._update(lesson.name, [task_id], status=said["status"], score=said["score"], message=said["message"], key=key,
                     checking=False, stale=False)
        self._tell("verdict", lesson, task_id)
        self._remember(lambda progress: progress.record(task_id, said["status"], said["score"], message=said["message"], key=key))

    def _checker_ended(self, pid: int, message: str) -> None:
        """Try once more, in a new process; not for ever."""
        if self.checker.process.pid != pid and self.run and self.run.number >= self.checker.first_id:
            return  # a new process has the request already
        self.ended_in_a_row += 1
        self.keras_ready = False
        if self.run is None:
            return
        lesson, tasks = self.run.lesson, list(self.run.keys)
        if self.ended_in_a_row < 2:
            self.plan.insert(0, (lesson, tasks))
            self._next()
        else:
            self.plan = []
            self._next()
            self._tell("trouble", lesson, text=f"{message}; save again to try once more, or run: course doctor")

    def _think_ahead(self, lesson: Lesson) -> None:
        """Have Keras imported where the task at hand, or the one after it, will need it."""
        at_hand = [state.task.id for state in self.states[lesson.name].tasks if not state.passed][:2]
        if not self.keras_ready and self.keras_tasks.intersection(at_hand):
            self.checker.prepare_keras()
            self.keras_ready = True

    def _settled(self, lesson: Lesson) -> tuple[Source | None, str]:
        """The file if it is Python, else the reason why it cannot be checked; read again while it may be half-written."""
        last = None
        for _ in range(SETTLE_TRIES):
            source = Submission.at(self.root / "lessons").source(lesson)
            broken = broken_line(source.text) if isinstance(source, Source) else None
            if isinstance(source, Source) and source.text.strip() and not broken:
                return source, ""
            if source == last and isinstance(source, Source) and source.text.strip():
                break
            last = source
            time.sleep(SETTLE_SECONDS)
        if not isinstance(source, Source):
            return None, source.reason
        if not source.text.strip():
            return None, f"{source.shown_as} is empty; a fresh one: course reset {lesson.number}"
        pointer = f"\n    {broken.code.strip()}" if broken.code.strip() else ""
        return None, f"{source.shown_as}, line {broken.line}: {broken.message}{pointer}"

    def _set_problem(self, lesson: Lesson, reason: str) -> None:
        with self.lock:
            before = self.states[lesson.name]
            self.states[lesson.name] = replace(before, problem=reason)
        if before.problem != reason:
            self._tell("problem", lesson, text=reason)

    def _update(self, name: str, task_ids: list[str], **changes) -> None:
        with self.lock:
            before = self.states[name]
            self.states[name] = replace(before, tasks=tuple(
                replace(state, **changes) if state.task.id in task_ids else state for state in before.tasks))

    def _tell(self, kind: str, lesson: Lesson, task_id: str = "", text: str = "") -> None:
        self.listener(Happening(kind, lesson, task_id, text))

    def _remember(self, change: Callable[[Progress], None]) -> None:
        try:
            with Progress.changing(self.root) as progress:
                change(progress)
        except OSError as error:
            self.listener(Happening("trouble", text=f"your progress could not be saved ({error.strerror}); the verdicts stand"))

    # What follows runs in the watching thread.

    def _watch(self) -> None:
        folder = self.root / "lessons"
        try:
            from watchfiles import watch

            # What the system does not report, as on some shared folders, is seen when nothing was reported for a while.
            for changes in watch(folder, watch_filter=lambda change, path: path.endswith("exercise.py"), debounce=10 * QUIET_MS,
                                 step=QUIET_MS, stop_event=self.stop_watching, rust_timeout=int(1000 * POLL_SECONDS),
                                 yield_on_timeout=True, ignore_permission_denied=True, raise_interrupt=False):
                self._report({Path(path).parent.name for _, path in changes} | self._touched())
        except (OSError, RuntimeError):  # the system's limit of watched files is reached, or it has no such service
            while not self.stop_watching.wait(POLL_SECONDS):
                self._report(self._touched())

    def _touched(self) -> set[str]:
        """The lessons whose files look different from the last time this was asked."""
        before, self.stamps = self.stamps, {name: _stamp(lesson) for name, lesson in self.lessons.items()}
        return {name for name in self.stamps if self.stamps[name] != before[name]}

    def _report(self, names: set[str]) -> None:
        for name in names & self.lessons.keys():
            self.queue.put(("file", name))


def _remembered(lesson: Lesson, progress: Progress) -> LessonState:
    states = []
    for task in lesson.tasks:
        known = progress.tasks.get(task.id)
        status = "passed" if progress.done(task) else known.status if known else "not_attempted"
        states.append(TaskState(task, status, progress.score(task), known.message if known else "", known.key if known else ""))
    return LessonState(lesson, tuple(states))


def _stamp(lesson: Lesson) -> tuple[int, int] | None:
    try:
        state = lesson.exercise.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def _keys(text: str, lesson: Lesson) -> dict[str, str]:
    """Each task's key for this text, and for the tests as they are."""
    tests = _tests_digest(lesson)
    return {task_id: f"{key}-{tests}" for task_id, key in task_keys(text, lesson).items()}


def _tests_digest(lesson: Lesson) -> str:
    digest = hashlib.sha256()
    for path in (lesson.grading_tests, lesson.solution, lesson.wrong_answers):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
