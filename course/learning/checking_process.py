"""The checking process: started once, it has pytest and warm workers ready and grades on request.

`python -m course.learning.checking_process ROOT` reads one JSON object per line from its input and
writes one per line to its output; what they say stands in `checker`. It is trusted: it never
imports what a learner wrote, that runs in workers. A request that comes while a run is under way
takes its place. When the input ends, the process and all its workers do.
"""

import contextlib
import json
import os
import queue
import sys
import threading
from pathlib import Path

from course import catalog
from course.grading.results import TaskResult
from course.grading.run import Superseded, grade
from course.grading.submission import AdmittedFiles, CannotGrade, Source
from course.grading.warm import WarmWorkers


class CheckingProcess:
    """Requests come from one thread, are graded in the main one, and answered in order."""

    def __init__(self, root: Path, requests, replies):
        self.root, self.input, self.output = root, requests, replies
        self.requests: queue.Queue[dict | None] = queue.Queue()
        self.newest = 0
        self.warm = WarmWorkers()

    def serve(self) -> None:
        """Work until the input ends."""
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.warm.prepare()
            import pytest  # noqa: F401  half of the time from a cold start to a first verdict

            self.say(event="ready")
            while (request := self.requests.get()) is not None:
                getattr(self, f"do_{request['do']}")(request)
        finally:
            self.warm.close()

    def _read(self) -> None:
        for line in self.input:
            request = json.loads(line)
            if request["do"] in ("check", "cancel"):
                self.newest = request["id"]
                self.warm.cancel()
            self.requests.put(request)
        self.newest = -1
        self.warm.cancel()
        self.requests.put(None)

    def say(self, **reply) -> None:
        self.output.write(json.dumps(reply, ensure_ascii=True) + "\n")
        self.output.flush()

    def do_cancel(self, request: dict) -> None:
        """Nothing is left to do: reading it has broken off the run."""

    def do_prepare(self, request: dict) -> None:
        self.warm.prepare(keras=True)

    def do_rest(self, request: dict) -> None:
        self.warm.close()

    def do_check(self, request: dict) -> None:
        number = request["id"]
        self.warm.cancelled = False
        if number != self.newest:  # looked at after the flag is down: a newer request puts it up again
            self.say(id=number, event="superseded")
            return
        try:
            lesson = catalog.lesson(request["lesson"], self.root)
            texts = AdmittedFiles({lesson.name: Source(request["shown_as"], request["text"])}, {})
            report = grade([lesson], self.root / "lessons", tasks=set(request["tasks"]), warm=self.warm, texts=texts,
                           on_task=lambda result: self.say(id=number, event="task", task=_as_json(result)))
        except Superseded:
            self.say(id=number, event="superseded")
        except (CannotGrade, catalog.CatalogError) as error:
            self.say(id=number, event="failed", message=str(error))
        except Exception as error:  # the next request may well succeed
            self.say(id=number, event="failed", message=f"the grader stopped with {type(error).__name__}: {error}")
        else:
            self.say(id=number, event="done", note=report.lessons[0].note, keras_tasks=report.keras_tasks)


def _as_json(result: TaskResult) -> dict:
    return {"id": result.task.id, "status": result.status, "score": result.score, "max_score": result.task.points,
            "message": "" if result.message == "not attempted" else result.message, "seconds": round(result.seconds, 3)}


def main() -> None:
    # Replies keep the real output to themselves; anything else that prints goes nowhere.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        CheckingProcess(Path(sys.argv[1]), sys.stdin, replies).serve()


if __name__ == "__main__":
    main()
