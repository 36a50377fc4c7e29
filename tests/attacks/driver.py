"""Grades attacks for `tests/course/test_attacks.py`: one process per isolation, one line of JSON per attack.

    python driver.py FOLDER sandbox|process

FOLDER holds a copy of the course, a home with a secret, and this process's temporary folder. Each
line read names an attack and says how to grade it; each line written says what came of it and what
became of the honest submission after it. Limits are lowered so that bombs stay small; they bind in
the same way.
"""

import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from course import catalog
from course.grading import checks, lesson_workers, memory_watch, sandbox
from course.grading.limits import PR_SET_CHILD_SUBREAPER
from course.grading.run import grade
from course.grading.session import GradingSession
from course.grading.worker_process import NurseryProcess, is_walled

SECONDS_PER_CALL = 5.0
SECONDS_TO_LOAD = 12.0
MEMORY, MEMORY_TOGETHER = 2**30, 640 * 2**20
FOLDER = Path(sys.argv[1])
SOURCES = Path(__file__).parent


def main() -> None:
    checks.task.__kwdefaults__["seconds"] = SECONDS_PER_CALL
    lesson_workers.LOAD_SECONDS = SECONDS_TO_LOAD
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # nothing that an attack starts can get lost
    nurseries = SharedNurseries()
    GradingSession._nursery = nurseries.find
    listener = Listener()
    assert sandbox.isolation().kind == sys.argv[2], sandbox.isolation()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line), nurseries, listener)), flush=True)
    nurseries.stop()


def run(order: dict, nurseries: "SharedNurseries", listener: "Listener") -> dict:
    lesson = catalog.lesson(1, FOLDER / "course")
    values = {"ROOT": FOLDER / "course", "HOME": FOLDER / "home", "PORT": listener.port, "GRADER": os.getpid()}
    submission = write(order["attack"], lesson, values)
    bombs = not order["keras"]
    memory_watch.limit.cache_clear()
    sandbox.DATA_BYTES, memory_watch.MOST = (MEMORY, MEMORY_TOGETHER) if bombs else (6 * 2**30, 4 * 2**30)
    started = time.monotonic()
    report = grade([lesson], submission, tasks=set(order["tasks"]), seed=order["seed"])
    seconds = time.monotonic() - started
    cleaned = nurseries.clean()
    left = processes_left(nurseries)
    honest = grade([lesson], lesson.solution, tasks={"1.7"} if order["keras"] else {"1.2"}, seed=order["seed"])
    return {"report": report.as_json(), "seconds": seconds, "left": left, "reached": listener.taken(), "cleaned": cleaned,
            "honest": honest.as_json(), "left_by_honest": nurseries.clean() and processes_left(nurseries)}


def write(attack: str, lesson: catalog.Lesson, values: dict) -> Path:
    """The submission: the solution, then the attack, which takes some of its functions' places; other files beside it."""
    text = (SOURCES / f"{attack}.py").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    own, *others = text.split("\n# === a file beside it: ")
    folder = FOLDER / "submissions" / attack
    folder.mkdir(parents=True)
    (folder / f"{lesson.name}.py").write_text(f"{honest_text(lesson)}\n\n# %% attack\n{own}\n", encoding="utf-8")
    for other in others:
        name, _, content = other.partition("\n")
        path = folder / name.strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def honest_text(lesson: catalog.Lesson) -> str:
    """The solution without the secret line that only its own file has."""
    lines = lesson.solution.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "SECRET" not in line)


def processes_left(nurseries: "SharedNurseries") -> list[str]:
    """What still runs below this process, besides the nurseries themselves."""
    deadline = time.monotonic() + 3
    while True:
        reap(nurseries)
        kept = nurseries.processes()
        left = [number for number in memory_watch.descendants(os.getpid()) if number not in kept and number != os.getpid()]
        if not left or time.monotonic() > deadline:
            return [command_of(number) for number in left]
        time.sleep(0.02)


def reap(nurseries: "SharedNurseries") -> None:
    """Bury what was adopted; what runs is left alone."""
    for task in os.listdir("/proc/self/task"):
        try:
            children = Path(f"/proc/self/task/{task}/children").read_text().split()
        except OSError:  # the thread has ended meanwhile
            continue
        for number in children:
            if int(number) not in nurseries.processes():
                try:
                    os.waitpid(int(number), os.WNOHANG)
                except ChildProcessError:
                    pass


def command_of(number: int) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    except OSError:
        return str(number)


class SharedNurseries:
    """Nurseries that stay from one submission to the next, as in the grading of a cohort."""

    def __init__(self):
        self.running: dict[str, NurseryProcess] = {}

    def find(self, role: str):
        def nursery() -> NurseryProcess:
            if role not in self.running or not self.running[role].alive:
                self.running[role] = NurseryProcess()
            return self.running[role]

        return nursery

    def clean(self) -> bool:
        """Whether every nursery goes on, as clean as it was."""
        results = [one.clean() for one in self.running.values() if one.alive]
        return all(results)

    def processes(self) -> set[int]:
        """The nurseries themselves: what was started, and behind walls the one process in it."""
        kept = set()
        for one in self.running.values():
            if one.alive:
                kept.add(one.process.pid)
                if is_walled(one.process):
                    kept |= {int(number) for number in Path(f"/proc/{one.process.pid}/task/{one.process.pid}/children").read_text().split()}
        return kept

    def stop(self) -> None:
        for one in self.running.values():
            one.stop()


class Listener:
    """Doors on this machine that no attack may reach: TCP, UDP and an abstract UNIX socket."""

    def __init__(self):
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(f"\0course-{self.port}")
        self.unix.listen()
        self.found: list[str] = []
        for name, one in (("tcp", self.tcp), ("udp", self.udp), ("unix", self.unix)):
            threading.Thread(target=self._listen, args=(name, one), daemon=True).start()

    def _listen(self, name: str, one: socket.socket) -> None:
        while True:
            one.recv(100) if name == "udp" else one.accept()
            self.found.append(name)

    def taken(self) -> list[str]:
        found, self.found = self.found, []
        return found


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(FOLDER / "course")
    main()
