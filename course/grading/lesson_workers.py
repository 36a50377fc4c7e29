"""The worker processes of one lesson's answers: started early, loaded once, replaced when they end."""

from collections.abc import Callable

from course.catalog import Lesson
from course.grading.submission import Source
from course.grading.worker_process import NurseryProcess, WorkerDied, WorkerProcess, WorkerTimeout

LOAD_SECONDS = 30.0
KERAS_SECONDS = 120.0


class NoAnswer(Exception):
    """A call that gave no value to compare. `kind` says why, the text is for the learner."""

    def __init__(self, kind: str, text: str, error_types: tuple[str, ...] = (), error_message: str = ""):
        super().__init__(text)
        self.kind = kind
        self.error_types = error_types
        self.error_message = error_message


class LessonWorkers:
    """The worker processes of one lesson's answers: one without Keras, one with it.

    A lesson whose tasks need no Keras never imports it, and the one with Keras can be started
    early, so that its import runs while other tasks are graded.
    """

    def __init__(self, lesson: Lesson, sources: list[Source], *, debug: bool = False, spares: list[WorkerProcess] | None = None,
                 nursery: Callable[[], NurseryProcess] | None = None):
        self.lesson, self.debug, self.nursery = lesson, debug, nursery
        self.spares = spares if spares is not None else []
        self.sources, self.rebind = sources, {}
        self.workers: dict[bool, WorkerProcess] = {}
        self.loaded: set[bool] = set()
        self.problems: list[dict] = []
        self.cannot_load: NoAnswer | None = None
        self.unanswered: frozenset[str] = frozenset()

    def look_for_open_tasks(self) -> None:
        """Ask the light worker, without running anything, which functions are still stubs."""
        try:
            texts = "\n".join(source.text for source in self.sources)
            reply = self.start(keras=False).ask({"op": "inspect", "text": texts}, seconds=LOAD_SECONDS)
            self.unanswered = frozenset(name for name in reply.get("value", []) if isinstance(name, str))
        except (WorkerTimeout, WorkerDied):
            self._forget(False)

    def exchange(self, sources: list[Source], rebind: dict[str, str]) -> None:
        """Load other answers from now on, in the same processes. For trusted answers only."""
        self.sources, self.rebind = sources, rebind
        self.cannot_load = None
        self.loaded.clear()

    def start(self, *, keras: bool) -> WorkerProcess:
        """The worker, started if need be; with Keras, its import begins in the background."""
        if keras not in self.workers:
            if keras and self.nursery:
                self.workers[keras] = WorkerProcess(nursery=self.nursery())
                return self.workers[keras]
            worker = self.workers[keras] = self.spares.pop() if self.spares else WorkerProcess(debug=self.debug)
            if keras:
                worker.post({"op": "warm", "modules": ["keras"]}, seconds=LOAD_SECONDS)
        return self.workers[keras]

    def ask(self, request: dict, *, keras: bool, seconds: float | None) -> dict:
        """The worker's reply to a request, after the answers have been loaded there.

        Raises NoAnswer where the worker hung or ended.
        """
        if self.cannot_load:
            raise self.cannot_load
        worker = self.start(keras=keras)
        loading = keras not in self.loaded
        try:
            if loading:
                seconds_to_load = LOAD_SECONDS + (KERAS_SECONDS if keras else 0)
                reply = worker.ask(self._load_request(), seconds=self._limit(seconds_to_load))
                self.problems = reply.get("problems", [])
                self.loaded.add(keras)
                loading = False
            return worker.ask(request, seconds=self._limit(seconds))
        except WorkerTimeout:
            self._forget(keras)
            if loading:
                self.cannot_load = NoAnswer("unreadable", f"{self.shown_as} did not finish loading within {LOAD_SECONDS:.0f} s and "
                                            "was stopped. Does code outside the functions wait or loop?")
                raise self.cannot_load from None
            more = ", or more training than there is time for" if keras else ""
            raise NoAnswer("timeout", f"it did not return within {seconds:g} s and was stopped. "
                           f"Is there a loop that never ends{more}?") from None
        except WorkerDied as death:
            self._forget(keras)
            where = f"while {self.shown_as} was loading" if loading else "during this call"
            ended = NoAnswer("unreadable" if loading else "died", f"the Python process that ran it ended {where}: {death}. "
                           "Does it call exit(), or use far too much memory?")
            self.cannot_load = ended if loading else None
            raise ended from None

    @property
    def shown_as(self) -> str:
        return self.sources[0].shown_as

    def problems_in_words(self) -> list[str]:
        """What of the file could not be run, one line each: place, error."""
        return [f"{problem['file']}, line {problem['line']}: {problem['type']}: {problem['message']}"[:300]
                for problem in self.problems[:3]]

    def _load_request(self) -> dict:
        sources = [{"file": source.shown_as, "text": source.text} for source in self.sources]
        return {"op": "load", "name": self.lesson.name, "sources": sources, "rebind": self.rebind}

    def _limit(self, seconds: float | None) -> float | None:
        return None if self.debug else seconds

    def _forget(self, keras: bool) -> None:
        self.loaded.discard(keras)
        self.workers.pop(keras, None)

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()
        self.workers.clear()
        self.loaded.clear()
