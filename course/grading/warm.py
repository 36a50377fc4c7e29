"""Workers kept ready between one grading run and the next, for the answers of one person.

Whoever checks a file after every save should not wait for Python, NumPy or Keras to start. What is
kept are nurseries, or workers started ahead where there are none; a worker itself is used for one
run and thrown away.
"""

from typing import TYPE_CHECKING

from course.grading.lesson_workers import LOAD_SECONDS
from course.grading.worker_process import NURSERIES, NurseryProcess, WorkerProcess

if TYPE_CHECKING:  # it imports pytest, and Keras had better begin to be imported before that
    from course.grading.session import GradingSession

SPARES = 2
"""Where nothing can be forked: one for the submission, one for what is trusted."""


class WarmWorkers:
    """Hand the same one to every `grade` call; `cancel` ends the running one from another thread."""

    def __init__(self):
        self.nurseries: dict[str, NurseryProcess] = {}
        self.spares: list[WorkerProcess] = []
        self.keras_spares: list[WorkerProcess] = []
        self.with_keras = False
        self.session: "GradingSession | None" = None
        self.cancelled = False

    def prepare(self, *, keras: bool = False) -> None:
        """Start what a run needs, with Keras or without; does not wait until it is ready."""
        self.with_keras |= keras
        if NURSERIES:
            for role in ("submission", "trusted"):
                self.nursery(role if keras else f"{role}, light")
            return
        spares = self.keras_spares if keras else self.spares
        while len(spares) < SPARES:
            spares.append(WorkerProcess())
            if keras:
                spares[-1].post({"op": "warm", "modules": ["keras"]}, seconds=LOAD_SECONDS)

    def nursery(self, role: str) -> NurseryProcess:
        """The nursery of this role ("submission", "trusted", or these with ", light"), started at first use,
        and anew should it have ended."""
        if role not in self.nurseries or not self.nurseries[role].alive:
            self.nurseries[role] = NurseryProcess(light=role.endswith("light"))
        return self.nurseries[role]

    def begin(self, session: "GradingSession") -> None:
        """Called by a run that starts."""
        self.session = session
        if self.cancelled:
            session.interrupt()

    def cancel(self) -> None:
        """Called from another thread: end the running grading as soon as may be."""
        self.cancelled = True
        if self.session:
            self.session.interrupt()

    def settle(self) -> None:
        """Called when a run has ended: end its workers, remove what they left, get ready for the next."""
        self.session = None
        for name, nursery in list(self.nurseries.items()):
            if nursery.used and not nursery.clean():
                del self.nurseries[name]
        self.prepare()
        if self.with_keras:
            self.prepare(keras=True)

    def close(self) -> None:
        """End every process; the next run starts new ones."""
        self.with_keras = False
        for nursery in self.nurseries.values():
            nursery.stop()
        self.nurseries.clear()
        for spares in (self.spares, self.keras_spares):
            while spares:
                spares.pop().stop()
