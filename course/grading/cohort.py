"""Grading a cohort: every submission once, into the gradebook, whatever happens in between.

Nothing is remembered outside the gradebook. A run looks at every submission, leaves out what has
been graded already (same submission, tests, solutions, packages, grader), and writes each verdict
as soon as it is there. So a run that was stopped or killed is continued by starting it again.
"""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from course.catalog import Lesson, course_root, lesson as lesson_called
from course.grading import admission, sandbox, slots, unit
from course.grading.admission import Admitted
from course.grading.gradebook import Attempt, Cohort, Gradebook, HiddenTestFacts, LessonFacts, TaskFacts, verdict_bytes
from course.grading.run import require_tests
from course.grading.submission import CannotGrade
from course.grading.wrong_answers import wrong_answers

LOCK_NAME = ".running"
NOTES_NAME = "admission.txt"
TICK_SECONDS = 0.5
CONNECT_SECONDS = 10


class Watcher(Protocol):
    """Who is told how the run goes."""

    def begin(self, total: int) -> None: ...
    def unchanged(self, admitted: Admitted) -> None: ...
    def graded(self, attempt: Attempt) -> None: ...
    def tick(self) -> None: ...


@dataclass
class Summary:
    """What one run did."""

    graded: int = 0
    unchanged: int = 0
    not_graded: list[tuple[str, str]] = field(default_factory=list)
    """(name as shown, problem in one line)."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(name as shown, reason in one line)."""
    strays: list[str] = field(default_factory=list)
    """What lay between the submissions and is none, one line each."""


@dataclass
class CohortRun:
    """One run of `course grade`."""

    lessons: list[Lesson]
    folder: Path
    out: Path
    jobs: int = 1
    scheduler: str | None = None
    hidden: Path | None = None
    require_sandbox: bool = False
    seed: int | None = None

    def grade(self, watcher: Watcher) -> Summary:
        """Grade what has not been graded yet. Raises CannotGrade; what was graded until then is kept."""
        require_tests(self.lessons)
        tests = unit.Tests(self.lessons, unit.read_hidden(self.hidden))
        if self.require_sandbox and not self.scheduler and sandbox.isolation().kind != "sandbox":
            raise CannotGrade(f"there is no sandbox on this machine: {sandbox.isolation().reason}")
        total = admission.count(self.folder, self.lessons)
        if self.folder.resolve() in self.out.resolve().parents:
            raise CannotGrade(f"{self.out} lies among the submissions and would count as one; choose an --out elsewhere")
        with Gradebook.create_or_open(self.out) as book, _alone(self.out):
            secret = book.secret(self.seed)
            book.begin(cohort_of(tests), tests.hidden)
            with open_workers(self.jobs, self.scheduler) as workers:
                watcher.begin(total)
                summary = _Grading(self, tests, book, secret, workers, watcher).run()
        _write_notes(self.out)
        return summary


class _Grading:
    """The loop: admit, leave out what is graded, hand over, write down what comes back."""

    def __init__(self, run: CohortRun, tests: unit.Tests, book: Gradebook, secret: bytes, workers: "Workers", watcher: Watcher):
        self.run_, self.tests, self.book, self.secret, self.workers, self.watcher = run, tests, book, secret, workers, watcher
        self.tests_hash, self.environment_hash = tests.hash, unit.environment_hash()
        self.summary = Summary()
        self.under_way: dict[int, Admitted] = {}
        self.hidden_known = bool(book.cohort.hidden)

    def run(self) -> Summary:
        for number, found in enumerate(admission.submissions(self.run_.folder, self.run_.lessons)):
            if isinstance(found, str):
                self.summary.strays.append(found)
                continue
            self.summary.refused += [(found.shown_as, reason) for reason in found.refused]
            known = self.book.find(found.student, found.hash, self.tests_hash, self.environment_hash,
                                   "sandbox" if self.run_.require_sandbox else None)
            if known is not None:
                self.book.point(found.student, found.shown_as, found.refused, found.ignored, known)
                self.summary.unchanged += 1
                self.watcher.unchanged(found)
                continue
            while len(self.under_way) >= self.workers.width:
                self._take_one()
            self.under_way[number] = found
            self.workers.submit(number, self._request(found))
        while self.under_way:
            self._take_one()
        return self.summary

    def _seed(self, found: Admitted) -> int:
        return unit.seed_of(self.secret, found.student, found.hash)

    def _request(self, found: Admitted) -> bytes:
        return unit.request(self.tests, self.tests_hash, found.shown_as, found.content, self._seed(found),
                            require_sandbox=self.run_.require_sandbox)

    def _take_one(self) -> None:
        while (done := self.workers.next(TICK_SECONDS)) is None:
            self.watcher.tick()
        number, data = done
        reply, found = unit.Reply.of(data), self.under_way.pop(number)
        if reply.impossible:
            raise CannotGrade(reply.impossible)
        if reply.hidden_tests and not self.hidden_known:
            facts = tuple(HiddenTestFacts(**test) for test in reply.hidden_tests)
            self.book.describe_hidden(replace(self.book.cohort, hidden=facts))
            self.hidden_known = True
        attempt = Attempt(
            found.student, found.shown_as, found.hash, self.tests_hash, self.environment_hash, self._seed(found), reply.isolation,
            reply.result, reply.hidden, reply.problem, reply.started_at, reply.graded_at, reply.seconds,
            found.refused, found.ignored)
        self.book.keep(attempt, found.content)
        if attempt.graded:
            self.summary.graded += 1
        else:
            self.summary.not_graded.append((found.shown_as, attempt.problem))
        self.watcher.graded(attempt)


def cohort_of(tests: unit.Tests) -> Cohort:
    """What the gradebook says about the lessons."""
    lessons = tuple(
        LessonFacts(lesson.number, lesson.name, lesson.title, lesson.points,
                    tuple(TaskFacts(task.id, task.name, task.title, task.points) for task in lesson.tasks))
        for lesson in tests.lessons)
    mistakes = {mistake.name: mistake.title for lesson in tests.lessons for mistake in wrong_answers(lesson)}
    return Cohort(lessons, mistakes, (), tests.hash)


# Who does the work

class Workers(Protocol):
    """Takes requests, gives replies in the order in which they are done."""

    width: int
    """How many requests to have under way."""

    def submit(self, number: int, request: bytes) -> None: ...
    def next(self, seconds: float) -> tuple[int, bytes] | None: ...


class LocalWorkers:
    """Slots on this machine."""

    def __init__(self, jobs: int):
        self.width = jobs
        self.pool = ThreadPoolExecutor(jobs, thread_name_prefix="slot")
        self.done: queue.SimpleQueue = queue.SimpleQueue()

    def submit(self, number: int, request: bytes) -> None:
        future = self.pool.submit(slots.grade_bytes, request)
        future.add_done_callback(lambda future: self.done.put((number, future)))

    def next(self, seconds: float) -> tuple[int, bytes] | None:
        try:
            number, future = self.done.get(timeout=seconds)
        except queue.Empty:
            return None
        return number, future.result()

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        waiting = threading.Thread(target=self.pool.shutdown)  # futures.wait would wait for ever for those cancelled above
        waiting.start()
        while waiting.is_alive():  # more than once: a thread may be just about to start a slot
            slots.stop_slots()
            waiting.join(0.1)
        slots.stop_slots()


class ClusterWorkers:
    """Slots on the machines of a Dask cluster. Requests and replies are bytes; nothing else travels."""

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise CannotGrade("--scheduler needs Dask; install it with: pip install -c constraints.txt -e '.[cluster]'") from None
        self.address = address
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CannotGrade(f"no Dask scheduler answers at {address}: {str(error).splitlines()[0]}") from None
        threads = [worker["nthreads"] for worker in self.client.scheduler_info(n_workers=-1)["workers"].values()]
        if not threads:
            self.client.close()
            raise CannotGrade(f"the scheduler at {address} has no workers; start some with: dask worker {address}")
        self.width = 2 * sum(threads)
        self.done: queue.SimpleQueue = queue.SimpleQueue()
        self.futures: dict[int, object] = {}

    def submit(self, number: int, request: bytes) -> None:
        future = self.client.submit(slots.grade_bytes, request, pure=False)
        self.futures[number] = future
        future.add_done_callback(lambda future: self.done.put(number))

    def next(self, seconds: float) -> tuple[int, bytes] | None:
        if self.client.status not in ("running", "connecting"):
            raise CannotGrade(f"the scheduler at {self.address} is gone; what is graded is kept, and the same command goes on")
        try:
            number = self.done.get(timeout=seconds)
        except queue.Empty:
            return None
        future = self.futures.pop(number)
        if future.status == "finished":
            return number, future.result()
        if future.status == "error":
            error = future.exception()
            said = admission.plain(f"{type(error).__name__}: {error}", 300)
            return number, unit.Reply(problem=f"the cluster gave it up: {said}").as_bytes()
        raise CannotGrade(f"the scheduler at {self.address} is gone; what is graded is kept, and the same command goes on")

    def close(self) -> None:
        self.futures.clear()
        self.client.close(timeout=2)


@contextlib.contextmanager
def open_workers(jobs: int, scheduler: str | None) -> Iterator[Workers]:
    """Slots here, or those of a cluster; ended afterwards, also by Ctrl-C."""
    workers = ClusterWorkers(scheduler) if scheduler else LocalWorkers(jobs)
    try:
        yield workers
    finally:
        workers.close()


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One run at a time in one folder. The lock ends with the process, however that ends."""
    lock = sqlite3.connect(out / LOCK_NAME, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        raise CannotGrade(f"another course grade is writing to {out}; wait for it, or choose another --out") from None
    try:
        yield
    finally:
        lock.close()


def _write_notes(out: Path) -> None:
    """What was refused and what was not looked at, for the instructor, one line each."""
    with Gradebook.open(out) as book:
        lines = [f"{attempt.shown_as}: {kind}: {note}" for attempt in book.latest()
                 for kind, notes in (("refused", attempt.refused), ("not looked at", attempt.ignored)) for note in notes]
    text = "\n".join(lines or ["Nothing was refused."]) + "\n"
    try:
        (out / NOTES_NAME).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotGrade(f"{out / NOTES_NAME} cannot be written: {error.strerror}; the gradebook is complete") from None


# Once more

@dataclass(frozen=True)
class Replay:
    """A recorded verdict and the same grading done again."""

    attempt: Attempt
    again: unit.Reply
    changed: tuple[str, ...]
    """What is no longer as it was then, such as the tests."""

    @property
    def same(self) -> bool:
        """Byte for byte, apart from the times."""
        return self.again.result is not None and (
            verdict_bytes(self.again.result, self.again.hidden) == verdict_bytes(self.attempt.result, self.attempt.hidden))

    def differences(self) -> list[str]:
        """What differs, one line each."""
        if self.again.result is None:
            return [f"it could not be graded again: {self.again.problem}"]
        then, now = _by_task(self.attempt.result, self.attempt.hidden), _by_task(self.again.result, self.again.hidden)
        lines = [f"{name}: {key} was {then[name][key]!r}, is {now[name][key]!r}"
                 for name in then if name in now for key in ("status", "score", "diagnosis", "message")
                 if then[name].get(key) != now[name].get(key)]
        lines += [f"{name}: {'no longer there' if name in then else 'not there then'}" for name in then.keys() ^ now.keys()]
        if self.attempt.isolation != self.again.isolation:
            lines.append(f"isolation was {self.attempt.isolation}, is {self.again.isolation}")
        return lines


def replay(out: Path, student: str) -> Replay:
    """Grade a student's recorded submission again, with the recorded seed. Nothing is written. Raises CannotGrade."""
    with Gradebook.open(out) as book:
        name = book.find_student(student)
        if name is None:
            raise CannotGrade(f"there is no {admission.plain(student)} in {book.path}; "
                              "names are those of the submitted folders and archives")
        attempt = book.latest_of(name)
        if not attempt.graded:
            raise CannotGrade(f"{attempt.shown_as} has no verdict to repeat ({attempt.problem}); run course grade again")
        names = [lesson.name for lesson in book.cohort_of(attempt.tests_hash).lessons]
        content, hidden = book.content(attempt.submission_hash), book.hidden_files(attempt.tests_hash)
    tests = unit.Tests([lesson_called(name, course_root()) for name in names], hidden)
    changed = [what for what, then, now in (
        ("the grading tests, the solution or the known mistakes", attempt.tests_hash, tests.hash),
        ("Python, its packages or the grader", attempt.environment_hash, unit.environment_hash())) if then != now]
    request = unit.request(tests, tests.hash, attempt.shown_as, content, attempt.seed,
                           require_sandbox=attempt.isolation == "sandbox")
    try:
        reply = unit.Reply.of(slots.grade_bytes(request))
    finally:
        slots.stop_slots()
    if reply.impossible:
        raise CannotGrade(reply.impossible)
    return Replay(attempt, reply, tuple(changed))


def _by_task(result: dict, hidden: dict | None) -> dict[str, dict]:
    tasks = {f"task {task['id']}": task for lesson in result["lessons"] for task in lesson["tasks"]}
    return tasks | {f"hidden test {test['name']}": test for test in (hidden or {"tests": []})["tests"]}
