"""Slots as their user sees them: processes that grade, kept warm between submissions.

`grade_bytes` is all there is to it: bytes in, bytes out. A cohort on this machine calls it from
threads, a cluster's worker calls it for its scheduler. A slot that ends costs the submission at
hand a "could not be graded" and nobody else anything.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from course.grading.session import LESSON_SECONDS
from course.grading.slot_process import read_frame, write_frame
from course.grading.unit import Reply

SPARE_SECONDS = 600.0
"""What a submission may take beyond its lessons' own time, for imports and for the search for known mistakes."""


class Slot:
    """One process that grades, one submission at a time."""

    def __init__(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="course-slot-"))
        self.errors = open(self.scratch / "errors", "w+b")  # closed in stop
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "course.grading.slot_process", str(self.scratch)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True)
        self.too_slow = False

    def grade(self, request: bytes) -> bytes:
        """One submission. A slot that gave no reply has ended."""
        limit = SPARE_SECONDS + 2 * LESSON_SECONDS * len(json.loads(request)["tests"]["lessons"])
        watch = threading.Timer(limit, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            write_frame(self.process.stdin, request)
            reply = read_frame(self.process.stdout)
        except (OSError, ValueError):
            reply = None
        finally:
            watch.cancel()
        return reply if reply is not None else Reply(problem=self._ending(limit)).as_bytes()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def _give_up(self) -> None:
        self.too_slow = True
        self.process.kill()

    def _ending(self, limit: float) -> str:
        self.process.kill()
        code = self.process.wait()
        if self.too_slow:
            return f"the grader did not finish within {limit:.0f} s and was stopped"
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - 2000))
        last = self.errors.read().decode(errors="replace").strip().splitlines()[-1:]
        ending = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"the grader itself ended ({': '.join([ending, *(line[:200] for line in last)])})"

    def stop(self) -> None:
        """End it, and with it its workers; remove its files."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            with contextlib.suppress(OSError):
                stream.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


_lock = threading.Lock()
_idle: list[Slot] = []
_all: set[Slot] = set()


def grade_bytes(request: bytes) -> bytes:
    """Grade one submission in a slot of this process: see `unit` for what the bytes say."""
    with _lock:
        slot = _idle.pop() if _idle else None
    if slot is None or not slot.alive:
        slot = _start()
    reply = slot.grade(request)
    healthy = slot.alive and not Reply.of(reply).problem  # after a failure of its own, nothing in it is relied on
    with _lock:
        if healthy and slot in _all:
            _idle.append(slot)
            return reply
        _all.discard(slot)
    slot.stop()
    return reply


def _start() -> Slot:
    with _lock:
        slot = Slot()
        _all.add(slot)
        return slot


def stop_slots() -> None:
    """End all slots of this process; whatever they are grading is not recorded."""
    with _lock:
        stopped = list(_all)
        _all.clear()
        _idle.clear()
    for slot in stopped:
        slot.stop()
