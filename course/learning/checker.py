"""The checking process as those who wait for verdicts see it: ask, listen, stop.

Requests, one JSON object per line: {"do": "check", "id", "lesson", "tasks", "text", "shown_as"}, {"do": "cancel", "id"},
{"do": "prepare"} (Keras will be needed), {"do": "rest"} (nothing will be needed for long).
Replies: {"event": "ready"}; of a check, each with its "id": any number of {"event": "task", "task"},
then one of {"event": "done", "note", "keras_tasks"}, {"event": "superseded"}, {"event": "failed", "message"};
and {"event": "ended", "pid", "message"} when the process has ended without being told to.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from course.grading.submission import Source

SECONDS_TO_END = 5.0


class Checker:
    """Owns one checking process, starts it anew should it have ended, and leaves none behind."""

    def __init__(self, root: Path, listener: Callable[[dict], None]):
        """`listener` gets every reply, in a thread of its own."""
        self.root, self.listener = root, listener
        self.process: subprocess.Popen | None = None
        self.last_id = 0
        self.first_id = 0
        """Of the requests that the present process has been given."""
        self.stopping = False

    def start(self) -> None:
        """Start the process; its "ready" comes some tenths of a second later."""
        said = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", "course.learning.checking_process", str(self.root)],  # nothing that lies about is imported
            cwd=self.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, encoding="utf-8",
            start_new_session=True)  # Ctrl-C in the terminal is for us; we end it
        threading.Thread(target=self._listen, args=(self.process, said), daemon=True).start()
        self.first_id = self.last_id

    def check(self, lesson: str, tasks: list[str], source: Source) -> int:
        """Ask for verdicts on these tasks of the lesson with this name, answered by this text whatever the file holds
        by then. Returns the number that the replies will carry."""
        self.last_id += 1
        self._send({"do": "check", "id": self.last_id, "lesson": lesson, "tasks": tasks, "text": source.text,
                    "shown_as": source.shown_as})
        return self.last_id

    def cancel(self) -> None:
        """Break off what is under way."""
        self.last_id += 1
        self._send({"do": "cancel", "id": self.last_id})

    def prepare_keras(self) -> None:
        self._send({"do": "prepare"})

    def rest(self) -> None:
        """Give memory back; the next check takes longer."""
        self._send({"do": "rest"})

    def stop(self) -> None:
        """End the process and its workers, and wait until they are gone."""
        self.stopping = True
        if self.process is None:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            _kill(self.process)

    def _send(self, request: dict) -> None:
        if self.process is None or self.process.poll() is not None:
            self.start()
        with contextlib.suppress(OSError):  # it has just ended: its "ended" is on the way
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()

    def _listen(self, process: subprocess.Popen, said) -> None:
        for line in process.stdout:
            self.listener(json.loads(line))
        code = process.wait()
        with said:
            if self.stopping:
                return
            said.seek(0)
            last = (said.read().decode(errors="replace").strip().splitlines() or [f"exit code {code}"])[-1]
        self.listener({"event": "ended", "pid": process.pid, "message": f"the checking process ended ({last[:200]})"})


def _kill(process: subprocess.Popen) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
