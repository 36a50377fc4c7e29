"""One worker as the trusted side sees it: start, ask, stop. Keeps the clock, believes nothing.

The process gets one socket, an empty temporary folder and a handful of environment variables, and
the walls of `sandbox` around it where the machine has them.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from course.grading import sandbox, system_calls
from course.grading.codec import CodecError
from course.grading.memory_watch import WATCH, end_family, limit_in_words
from course.grading.protocol import ConnectionEnded, DeadlinePassed, receive, send
from course.grading.replies import Nonsense, checked

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
"""What a worker without a sandbox gets of this process's environment."""

STALE_SECONDS = 60.0
"""A folder younger than this may be about to be locked."""

ENDING_SECONDS = 2.0
"""How long a worker that has hung up may take to end, so that its exit code can be told."""
PATIENCE_SECONDS = 0.05
"""The same of a worker that spoke nonsense: it may have been its last word."""
NURSERY_SECONDS = 60.0
"""How long a nursery may take to answer; it imports Keras first."""

NURSERIES = sys.platform.startswith("linux")
"""Elsewhere, forking a process that has imported TensorFlow is not safe."""


class WorkerTimeout(Exception):
    """The worker did not answer within the seconds it had; it has been stopped."""


class WorkerDied(Exception):
    """The worker ended, or spoke nonsense and was stopped."""


class NurseryProcess:
    """A nursery as the trusted side sees it: it has Keras imported (a light one only NumPy), and makes workers quickly.

    All its workers may be given answers of one submission only; `clean` comes before the next one.
    """

    def __init__(self, *, light: bool = False):
        kind = "light" if light else "keras"
        self.folder = None
        self.control, theirs = socket.socketpair()
        options = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")} | {"start_new_session": True}
        with theirs:
            if sandbox.isolation().kind == "sandbox":
                with system_calls.filter_descriptor() as calls:
                    self.process = subprocess.Popen(sandbox.nursery_command(theirs, calls, kind), cwd="/", env={},
                                                    pass_fds=(theirs.fileno(), calls), **options)
            else:
                self.folder = WorkingFolder()
                command = [sys.executable, "-I", "-X", "utf8", "-m", "course.grading.nursery", str(theirs.fileno()), "open", "0",
                           sandbox.limits(processes=0), kind]
                self.process = subprocess.Popen(command, cwd=self.folder.path, env=_open_environment(),
                                                pass_fds=(theirs.fileno(),), **options)
        WATCH.add(self.process.pid)
        self.used = False
        """Whether a worker was ordered since the last cleaning."""
        self.waiting: list[WorkerProcess] = []
        """Workers whose process number has not been read yet, in order."""

    @property
    def alive(self) -> bool:
        return self.control.fileno() >= 0 and self.process.poll() is None

    def spawn(self, worker: "WorkerProcess") -> socket.socket:
        """Order a worker; does not wait for it. Returns the connection to it."""
        self.used = True
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):  # where the nursery is gone, the connection ends at its first use
            socket.send_fds(self.control, [b"s" + struct.pack("<i", 0)], [theirs.fileno()])
            self.waiting.append(worker)
        return ours

    def end(self, worker: "WorkerProcess", *, ending: bool = False) -> int | None:
        """End one worker. Returns the exit code that it ended with by itself, if it did; `ending` says that it is about to."""
        try:
            self._read_numbers(NURSERY_SECONDS)
            if worker.number is None:
                return None
            status = self._order(b"w" if ending else b"e", worker.number, NURSERY_SECONDS)
            return None if status < 0 else os.waitstatus_to_exitcode(status)
        except (OSError, EOFError):
            self.stop()
            return None

    def clean(self) -> bool:
        """End all workers and remove what they left; a nursery that cannot is stopped. Returns whether it goes on."""
        try:
            self._read_numbers(NURSERY_SECONDS)
            if self._order(b"c", 0, NURSERY_SECONDS) == 1:
                self.used = False
                return True
        except (OSError, EOFError):
            pass
        self.stop()
        return False

    def stop(self) -> None:
        """End the nursery and all its workers."""
        if self.control.fileno() < 0:
            return
        _kill(self.process)
        self.control.close()
        if self.folder:
            self.folder.remove()

    def _read_numbers(self, seconds: float) -> None:
        self.control.settimeout(seconds)
        while self.waiting:
            number = self._receive()
            self.waiting.pop(0).number = number

    def _order(self, letter: bytes, number: int, seconds: float) -> int:
        self.control.settimeout(seconds)
        self.control.sendall(letter + struct.pack("<i", number))
        return self._receive()

    def _receive(self) -> int:
        data = b""
        while len(data) < 4:
            piece = self.control.recv(4 - len(data))
            if not piece:
                raise EOFError
            data += piece
        return struct.unpack("<i", data)[0]


class WorkerProcess:
    """A fresh worker. Use `ask`; after WorkerTimeout or WorkerDied it is gone for good.

    With a nursery it is forked there and has its imports done; without, it is started anew.
    """

    def __init__(self, *, debug: bool = False, nursery: NurseryProcess | None = None):
        self.debug = debug
        self.pending = 0
        self.hung_up = False
        self.nursery, self.number, self.process, self.folder = nursery, None, None, None
        if nursery:
            self.connection = nursery.spawn(self)
        else:
            self.process, self.connection = self._start()
            WATCH.add(self.process.pid)

    def _start(self) -> tuple[subprocess.Popen, socket.socket]:
        ours, theirs = socket.socketpair()
        quiet = None if self.debug else subprocess.DEVNULL
        options = {"stdout": quiet, "stderr": quiet}
        if not self.debug and sandbox.isolation().kind == "sandbox":
            with theirs, system_calls.filter_descriptor() as calls:
                process = subprocess.Popen(sandbox.command(theirs, calls), cwd="/", env={}, stdin=quiet,
                                           pass_fds=(theirs.fileno(), calls), start_new_session=True, **options)
            return process, ours
        self.folder = WorkingFolder()
        command = [sys.executable, "-I", "-X", "utf8", "-m", "course.grading.worker", str(theirs.fileno())]
        command += ["--debug"] if self.debug else [sandbox.limits(processes=0), "--open"]
        options |= {"cwd": self.folder.path, "env": _open_environment()}
        with theirs:
            if sys.platform == "win32":
                process = subprocess.Popen(command, stdin=subprocess.PIPE, **options)
                process.stdin.write(theirs.share(process.pid))
                process.stdin.close()
            else:
                process = subprocess.Popen(command, stdin=quiet, pass_fds=(theirs.fileno(),),
                                           start_new_session=not self.debug, **options)
        return process, ours

    def post(self, request: dict, *, seconds: float) -> None:
        """Send a request whose reply is fetched by the next `ask`: lets the worker begin early."""
        self._talk(lambda deadline: send(self.connection, request, deadline), seconds)
        self.pending += 1

    def ask(self, request: dict, *, seconds: float | None) -> dict:
        """Send a request and return the reply. `seconds` None waits for ever (debugging).

        Raises WorkerTimeout, WorkerDied.
        """

        def exchange(deadline):
            while self.pending:
                receive(self.connection, deadline)
                self.pending -= 1
            self._refuse_what_was_not_asked_for()
            send(self.connection, request, deadline)
            return receive(self.connection, deadline)

        try:
            return checked(self._talk(exchange, seconds))
        except Nonsense as nonsense:
            self.stop()
            raise WorkerDied(str(nonsense)) from None

    def _refuse_what_was_not_asked_for(self) -> None:
        """A reply that is there before its request would be taken for the answer to another one."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if readable and self.connection.recv(1, socket.MSG_PEEK):
            raise CodecError("a reply before it was asked")

    def _talk(self, exchange, seconds: float | None):
        try:
            return exchange(None if seconds is None else time.monotonic() + seconds)
        except DeadlinePassed:
            self.stop()
            raise WorkerTimeout from None
        except (ConnectionEnded, CodecError) as error:
            watched = self.nursery.process.pid if self.nursery else self.process.pid
            code = self.stop(ending=isinstance(error, ConnectionEnded) and not self.hung_up, patience=PATIENCE_SECONDS)
            if watched in WATCH.ended:
                raise WorkerDied(f"together with what it had started it used more than {limit_in_words()} of memory") from None
            raise WorkerDied(_ending(code, error)) from None
        except BaseException:  # Ctrl-C included: never leave a process behind
            self.stop()
            raise

    def hang_up(self) -> None:
        """Make a call that another thread is waiting for fail at once; that thread then stops the worker."""
        self.hung_up = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def stop(self, *, ending: bool = False, patience: float = 0.0) -> int | None:
        """End the process and everything in its group, remove its folder. Returns the exit code it ended with by
        itself, if it did; `ending` says that it is about to, and `patience` for how many seconds it may be."""
        if self.nursery:
            code = self.nursery.end(self, ending=ending) if self.nursery.alive and self.connection.fileno() >= 0 else None
            self.connection.close()
            return code
        if not self.debug and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(ENDING_SECONDS if ending else patience)
        code = self.process.poll()
        _kill(self.process, group=not self.debug)
        self.connection.close()
        if self.folder:
            self.folder.remove()
        return code


class WorkingFolder:
    """An empty folder for a process without walls. What a grader that was killed left is removed with the next one."""

    prefix = "course-worker-"

    def __init__(self):
        self._remove_stale()
        self.path = tempfile.mkdtemp(prefix=self.prefix)
        self.lock = _locked(self.path)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None

    def _remove_stale(self) -> None:
        if fcntl is None:
            return
        for path in Path(tempfile.gettempdir()).glob(f"{self.prefix}*"):
            with contextlib.suppress(OSError):
                state = path.lstat()
                if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or time.time() - state.st_mtime < STALE_SECONDS:
                    continue
                lock = _locked(str(path))
                if lock is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(lock)


def _locked(folder: str) -> int | None:
    """A descriptor that holds this folder's lock as long as this process lives; None if another one holds it."""
    if fcntl is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return descriptor
    except OSError:
        os.close(descriptor)
        return None


def is_walled(process: subprocess.Popen) -> bool:
    """Whether this is bubblewrap, with one process below it that everything behind the walls depends on."""
    return Path(process.args[0]).name == "bwrap"


def _kill(process: subprocess.Popen, *, group: bool = True) -> None:
    """End a process and everything below it: its namespace behind walls, its group and what it started elsewhere.
    Waits until it is gone.
    """
    WATCH.remove(process.pid)
    if sys.platform != "win32" and group:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        walled = is_walled(process)
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            # The first process behind the walls takes all others with it, and bubblewrap then ends by itself.
            for _ in range(100 if walled else 0):
                numbers = children.read_text().split()
                if numbers or process.poll() is not None:
                    break
                time.sleep(0.002)  # it has only just been started
            for number in numbers if walled else ():
                os.kill(int(number), signal.SIGKILL)
            process.wait(1.0 if walled else 0)
        if not walled and process.poll() is None:
            end_family(process.pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _open_environment() -> dict[str, str]:
    return sandbox.environment() | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def _ending(code: int | None, error: Exception) -> str:
    if isinstance(error, CodecError):
        return f"it sent something unreadable ({error})"
    if code is None:
        return "it closed its connection"
    if 128 < code < 160:  # a sandbox passes a signal on like this
        code = 128 - code
    if code < 0:
        return f"signal {-code} ({signal.Signals(-code).name})" if -code in signal.valid_signals() else f"signal {-code}"
    return f"exit code {code}"
