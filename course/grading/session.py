"""One grading run inside pytest: who answers, how a failure is judged, what is remembered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from course import catalog
from course.grading.answers import Answers, Interaction
from course.grading.checks import Mismatch
from course.grading.diagnosis import diagnose
from course.grading.lesson_workers import KERAS_SECONDS, LessonWorkers, NoAnswer
from course.grading.results import TestResult
from course.grading.submission import Source, Submission, Unreadable
from course.grading.worker_process import NURSERIES, NurseryProcess, WorkerProcess
from course.grading.wrong_answers import Variant, wrong_answers

LESSON_SECONDS = 180.0
"""What all calls of one lesson may take together before the rest is no longer run."""

STATUS_OF = {"not_attempted": "not_attempted", "absent": "not_attempted", "needs": "failed"}
NOTED_OUTPUT, NOTED_LINES = 500, 3


@dataclass(frozen=True)
class TaskMark:
    """What `@task` says about a test."""

    lesson: catalog.Lesson
    task: catalog.Task
    points: int
    keras: bool
    seconds: float
    replay: bool = True


@dataclass
class GradingSession:
    """Holds the workers of a run and turns what happened in a test into a result."""

    root: Path
    submission: Submission
    seed: int = 1
    debug: bool = False
    listeners: list[Callable[[str, TestResult], None]] = field(default_factory=list)
    """Called with (variant name or "", result) as soon as a test is judged."""
    spares: list[WorkerProcess] = field(default_factory=list)
    """Fresh workers, started ahead; each is used once."""
    nurseries: dict[str, NurseryProcess] = field(default_factory=dict)
    """Two at most: "submission", whose workers get its answers, and "trusted", for solutions and known mistakes."""

    def __post_init__(self):
        self._workers: dict[tuple[str, str], LessonWorkers] = {}
        self._gave_up: dict[tuple[str, str], NoAnswer] = {}
        self._spent: dict[tuple[str, str], float] = {}
        self.reported_problems: dict[str, list[str]] = {}

    def answers_of_submission(self, mark: TaskMark, variant: Variant | None = None) -> Answers:
        """The submission's side of a test. Raises NoAnswer where it has no such lesson."""
        key = (mark.task.id, variant.name if variant else "")
        if key in self._gave_up:
            raise self._gave_up[key]
        if self._spent.get((mark.lesson.name, key[1]), 0.0) > LESSON_SECONDS:
            raise NoAnswer("timeout", f"not run: the lesson's {LESSON_SECONDS:.0f} s of computing are used up")
        workers = self._submission_workers(mark.lesson, variant)
        return Answers(workers, keras=mark.keras, seconds=mark.seconds, functions=mark.task.functions)

    def answers_of_reference(self, mark: TaskMark) -> Answers:
        """The solution's side of a test: one worker, which imports Keras only if it is asked for some."""
        return Answers(self._trusted_workers("reference", mark.lesson), seconds=KERAS_SECONDS)

    def start_early(self, marks: list[TaskMark], *, variants: bool) -> None:
        """Start the workers that these tests need, so that imports overlap with everything else."""
        for lesson in {mark.lesson.name: mark.lesson for mark in marks}.values():
            own = [mark for mark in marks if mark.lesson == lesson]
            self._trusted_workers("reference", lesson).start(keras=False)
            if variants and any(mark.keras for mark in own):
                for role in ("variants", "diagnosis"):
                    self._trusted_workers(role, lesson).start(keras=True)
            if variants or not isinstance(self.submission.source(lesson), Source):
                continue
            workers = self._submission_workers(lesson, None)
            workers.look_for_open_tasks()
            if any(mark.keras and not workers.unanswered.issuperset(mark.task.functions) for mark in own):
                workers.start(keras=True)
                # Should a test fail, the known mistakes are tried at once.
                if self.submission.path.resolve() not in (lesson.solution.parent.resolve(), lesson.solution.resolve()) and any(mark.keras and mark.replay for mark in own):
                    self._trusted_workers("diagnosis", lesson).start(keras=True)

    def _submission_workers(self, lesson: catalog.Lesson, variant: Variant | None) -> LessonWorkers:
        if variant is not None:
            workers = self._trusted_workers("variants", lesson)
            # A wrong or an accepted answer: its own file says which.
            file = lesson.wrong_answers if variant in wrong_answers(lesson) else lesson.accepted
            workers.exchange([_trusted(lesson.solution), _trusted(file)], {variant.function: variant.name})
            return workers
        key = ("submission", lesson.name)
        if key not in self._workers:
            source = self.submission.source(lesson)
            if isinstance(source, Unreadable):
                raise NoAnswer("absent", source.reason)
            self._workers[key] = LessonWorkers(lesson, [source], debug=self.debug, spares=self.spares, nursery=self._nursery("submission"))
        return self._workers[key]

    def _nursery(self, role: str) -> Callable[[], NurseryProcess] | None:
        """How this role's workers get their nursery: started at first use, and anew should it have ended."""
        if self.debug or not NURSERIES:
            return None

        def find() -> NurseryProcess:
            if role not in self.nurseries or not self.nurseries[role].alive:
                self.nurseries[role] = NurseryProcess()
            return self.nurseries[role]

        return find

    def _trusted_workers(self, role: str, lesson: catalog.Lesson) -> LessonWorkers:
        key = (role, lesson.name)
        if key not in self._workers:
            self._workers[key] = LessonWorkers(lesson, [_trusted(lesson.solution)], spares=self.spares, nursery=self._nursery("trusted"))
        return self._workers[key]

    def judge(self, mark: TaskMark, name: str, error: BaseException | None, answers: Answers | None, seconds: float,
              variant: Variant | None = None) -> TestResult:
        """Turn the end of a test into a result and tell the listeners.

        Args:
            error: what the test raised; None if it passed.
            answers: the submission's side of this test, None where it never got that far.
        """
        interactions = answers.interactions if answers else []
        variant_name = variant.name if variant else ""
        lesson_key = (mark.lesson.name, variant_name)
        self._spent[lesson_key] = self._spent.get(lesson_key, 0.0) + seconds
        note = _printed_note(interactions)
        if error is None:
            result = TestResult(mark.task.id, name, mark.points, "passed", seconds=seconds, note=note)
        else:
            if isinstance(error, NoAnswer):
                status = STATUS_OF.get(error.kind, "error")
                if error.kind in ("timeout", "died"):
                    self._gave_up[mark.task.id, variant_name] = error
            else:
                status = "failed" if isinstance(error, AssertionError) else "error"
            found, trouble = None, ""
            if status != "not_attempted":
                try:
                    found = self._diagnosis(mark, error, answers)
                except Exception as failure:  # a strange answer must not cost the verdicts on the others
                    trouble = f"(The search for a known mistake failed: {type(failure).__name__}. Please report this.)"
            message = "\n".join(filter(None, (_message(mark, error, interactions, found), trouble)))
            result = TestResult(mark.task.id, name, mark.points, status, message, found.name if found else None, seconds, note)
        if answers and not variant and answers.workers.problems:
            self.reported_problems[mark.lesson.name] = answers.workers.problems_in_words()
        for listener in self.listeners:
            listener(variant_name, result)
        return result

    def _diagnosis(self, mark: TaskMark, error: BaseException, answers: Answers | None) -> Variant | None:
        known_kinds = ("raised", "timeout")
        if answers is None or not (isinstance(error, Mismatch) or getattr(error, "kind", "") in known_kinds):
            return None
        variants = [variant for variant in wrong_answers(mark.lesson) if variant.task.id == mark.task.id]
        if not variants:
            return None
        if not mark.replay:
            return next((variant for variant in variants if variant.name in answers.suspects), None)
        known = [_trusted(mark.lesson.solution), _trusted(mark.lesson.wrong_answers)]
        mismatch = error if isinstance(error, Mismatch) else None
        return diagnose(answers.interactions, mismatch, variants, self._trusted_workers("diagnosis", mark.lesson),
                        keras=mark.keras, seconds=mark.seconds, known=known, suspects=answers.suspects)

    def close(self) -> None:
        """Stop every worker of this run."""
        for nursery in self.nurseries.values():
            nursery.stop()
        self.nurseries.clear()
        for workers in self._workers.values():
            workers.stop()
        self._workers.clear()
        while self.spares:
            self.spares.pop().stop()


def _trusted(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


def _printed_note(interactions: list[Interaction]) -> str:
    """The beginning of what the answer printed at its last call."""
    count = max((interaction.printed_count for interaction in interactions), default=0)
    printed = next((interaction.printed.strip() for interaction in reversed(interactions) if interaction.printed.strip()), "")
    if not printed:
        return ""
    lines = printed.splitlines()
    if count <= NOTED_OUTPUT and len(lines) <= NOTED_LINES:
        return _plain(f"Your code printed: {printed}")
    beginning = "\n".join(line[:100] for line in lines[:NOTED_LINES])
    return _plain(f"Your code printed {count:,} characters in one call (--debug shows all of it), beginning with: {beginning}")


def _message(mark: TaskMark, error: BaseException, interactions: list[Interaction], found: Variant | None) -> str:
    """The failure for the learner: the call, the two sides, the known mistake, the way on."""
    if isinstance(error, NoAnswer) and error.kind in ("not_attempted", "absent", "unreadable", "missing"):
        return _plain(str(error))
    lines = []
    call = _failed_call(error, interactions)
    if call:
        lines.append(call)
    if isinstance(error, (NoAnswer, AssertionError)):
        lines += str(error).splitlines()
    else:
        lines.append(f"this answer could not be checked ({type(error).__name__}: {error})")
    changed = next((interaction.changed for interaction in reversed(interactions) if interaction.changed), [])
    if changed:
        lines.append(f"It changed its argument number {changed[0] + 1} in place. Work on a copy: write b = b - c, not b -= c.")
    if found:
        lines.append(f"That is what happens here: {found.title} {found.idea}")
    lines.append(f"Stuck? course hint {mark.task.id}")
    return _plain("\n".join(lines))


def _plain(text: str) -> str:
    """Without control characters: what a submission prints or raises must not steer a terminal."""
    return "".join(character if character in "\n\t" or character.isprintable() else "\ufffd" for character in text)


def _failed_call(error: BaseException, interactions: list[Interaction]) -> str:
    if not interactions:
        return ""
    failed = interactions[-1]
    if isinstance(error, Mismatch) and error.actual is not None:
        failed = next((one for one in reversed(interactions) if one.value is error.actual), failed)
    if failed.request["op"] in ("bring", "calls"):  # what the answer did with it is what failed
        failed = next((one for one in reversed(interactions) if one.request["op"] == "call"), failed)
    if failed.request["op"] != "method":
        return failed.in_words()
    makers = [one for one in interactions if getattr(one.value, "number", None) == failed.request["object"]]
    return (makers[0].in_words() if makers else "") + failed.in_words()
