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
from functools import cache
from pathlib import Path

MOST = 8 * 2**30
SHARE = 0.75
"""Of what the machine or its container has."""

SECONDS_BETWEEN = 0.1
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


def halted(process: int) -> list[int]:
    """The process and everything below it, stopped: looked for again until nobody is left who could start another one."""
    seen: list[int] = []
    while new := [number for number in descendants(process) if number not in seen]:
        _signal(new, signal.SIGSTOP)
        seen += new
    return seen


def end(processes: list[int]) -> None:
    _signal(processes, signal.SIGKILL)


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


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
            family = halted(process)
            end(family[1:])  # the first one below takes its process namespace with it
            end(family[:1])


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
