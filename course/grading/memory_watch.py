"""How much memory a worker and everything that it started use together, watched from outside.

A limit per process bounds nothing where there may be many processes. A thread of the trusted
process adds up what each worker's descendants use, ten times a second, and ends those of a worker
that passes its share. Linux only: elsewhere nothing is watched.
"""

import contextlib
import os
import re
import signal
import sys
import threading
import time
from functools import cache
from pathlib import Path

MOST = 8 * 2**30
SHARE = 0.75
"""Of what the machine or its container has."""

SECONDS_BETWEEN = 0.1
STOPPING_SECONDS, ENDING_SECONDS = 1.0, 3.0
"""How long processes are waited for that are told to stop, or to end; the kernel may keep one that waits for a disk."""

_ENDED = {"Z", "X"}
_STOPPED = _ENDED | {"T", "t"}
_KILOBYTES = re.compile(rb"^(RssAnon|RssShmem):\s+(\d+) kB", re.MULTILINE)


def descendants(process: int) -> list[int]:
    """The process and everything below it, as far as it can be seen now."""
    found, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        found.append(number)
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{number}/task"):
                with contextlib.suppress(OSError):
                    waiting += map(int, Path(f"/proc/{number}/task/{thread}/children").read_text().split())
    return found


def end_family(process: int) -> None:
    """End the process and everything below it.

    Nobody is ended before everybody stands still: whoever ran on could start another one, and whoever lost a parent
    could no longer be found. The first one stays until nobody below it is left, in case it inherits them.
    """
    deadline = time.monotonic() + ENDING_SECONDS
    while True:
        below = _halted(process)[1:]
        _signal(below, signal.SIGKILL)
        running = [number for number in below if _states(number) - _ENDED]
        if not running or time.monotonic() > deadline:
            break
        time.sleep(0.002)
    _signal([process], signal.SIGKILL)


def _halted(process: int) -> list[int]:
    """The process and everything below it, stopped: looked for again until nobody is left who could start another one.

    A process that is told to stop while it starts another finishes that first: each one is waited for.
    """
    deadline = time.monotonic() + STOPPING_SECONDS
    seen: list[int] = []
    while new := [number for number in descendants(process) if number not in seen]:
        told = _signal(new, signal.SIGSTOP)
        while any(_states(number) - _STOPPED for number in told) and time.monotonic() < deadline:
            time.sleep(0.001)
        seen += new
    return seen


def _states(process: int) -> set[str]:
    """The states of its threads, one letter each as in proc(5); empty where there is no such process."""
    found = set()
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):
            with contextlib.suppress(OSError):
                found.add(Path(f"/proc/{process}/task/{thread}/stat").read_text().rsplit(")", 1)[1].split()[0])
    return found


def _signal(processes: list[int], number: int) -> list[int]:
    """Those that could be told."""
    told = []
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)
            told.append(process)
    return told


@cache
def limit() -> int:
    """Bytes that one worker and its descendants may use together."""
    return int(min(MOST, SHARE * _memory()))


def limit_in_words() -> str:
    return f"{limit() / 2**30:.1f} GB"


def used(processes: list[int]) -> int:
    """Bytes of memory that are these processes' own; what they share is counted once where the system tells."""
    roughly = sum(map(_own, processes))
    return roughly if roughly <= limit() else sum(map(_own_share, processes))


class MemoryWatch:
    """Ends what grows too large; remembers whom it ended."""

    def __init__(self):
        self.lock, self.thread = threading.Lock(), None
        self.watched: set[int] = set()
        self.ended: set[int] = set()

    def add(self, process: int) -> None:
        """Watch a process and its descendants until `remove`."""
        if not sys.platform.startswith("linux"):
            return
        with self.lock:
            self.ended.discard(process)
            self.watched.add(process)
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name="memory watch", daemon=True)
                self.thread.start()

    def remove(self, process: int) -> None:
        with self.lock:
            self.watched.discard(process)

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(SECONDS_BETWEEN):
            with self.lock:
                if not self.watched:
                    self.thread = None
                    return
                for process in self.watched - self.ended:
                    self._look_at(process)

    def _look_at(self, process: int) -> None:
        if _parent(process) != os.getpid():  # it has ended, and its number may be another's by now
            return
        family = descendants(process)
        if used(family) > limit():
            self.ended.add(process)
            end_family(process)


WATCH = MemoryWatch()


def _parent(process: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def _own(process: int) -> int:
    with contextlib.suppress(OSError):
        return sum(int(number) for _, number in _KILOBYTES.findall(Path(f"/proc/{process}/status").read_bytes())) * 1024
    return 0


def _own_share(process: int) -> int:
    with contextlib.suppress(OSError):
        found = re.findall(rb"^Pss_(?:Anon|Shmem):\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_bytes(), re.MULTILINE)
        if found:
            return sum(map(int, found)) * 1024
    return _own(process)


def _memory() -> float:
    """Bytes of the machine, or of the container where that has fewer."""
    sizes = [float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            sizes.append(float(Path(path).read_text()))
    return min(sizes)
