"""One worker as the trusted side sees it: start, ask, stop. Keeps the clock, believes nothing.

The process gets one socket, an empty temporary folder and a handful of environment variables, and
the walls of `sandbox` around it where the machine has them.
"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course.grading import sandbox
from course.grading.codec import CodecError
from course.grading.protocol import ConnectionEnded, DeadlinePassed, receive, send

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
"""What a worker without a sandbox gets of this process's environment."""

NURSERY_SECONDS = 60.0
"""How long a nursery may take to answer; it imports Keras first."""

NURSERIES = sys.platform.startswith("linux")
"""Elsewhere, forking a process that has imported TensorFlow is not safe."""


class WorkerTimeout(Exception):
    """The worker did not answer within the seconds it had; it has been stopped."""


class WorkerDied(Exception):
    """The worker ended, or spoke nonsense and was stopped."""


class NurseryProcess:
    """A nursery as the trusted side sees it: it has Keras imported, and makes workers quickly.

    All its workers may be given answers of one submission only; `clean` comes before the next one.
    """

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="course-nursery-")
        self.control, theirs = socket.socketpair()
        if sandbox.isolation().kind == "sandbox":
            command, environment = sandbox.nursery_command(theirs), {}
        else:
            command = [sys.executable, "-I", "-X", "utf8", "-m", "course.grading.nursery", str(theirs.fileno()), "open", "0", "0"]
            environment = _open_environment()
        with theirs:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True)
        self.waiting: list[WorkerProcess] = []
        """Workers whose process number has not been read yet, in order."""

    @property
    def alive(self) -> bool:
        return self.control.fileno() >= 0 and self.process.poll() is None

    def spawn(self, worker: "WorkerProcess") -> socket.socket:
        """Order a worker; does not wait for it. Returns the connection to it."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):  # where the nursery is gone, the connection ends at its first use
            socket.send_fds(self.control, [b"s" + struct.pack("<i", 0)], [theirs.fileno()])
            self.waiting.append(worker)
        return ours

    def end(self, worker: "WorkerProcess") -> int | None:
        """End one worker. Returns the exit code that it ended with by itself, if it did."""
        try:
            self._read_numbers(NURSERY_SECONDS)
            if worker.number is None:
                return None
            status = self._order(b"e", worker.number, NURSERY_SECONDS)
            return None if status < 0 else os.waitstatus_to_exitcode(status)
        except (OSError, EOFError):
            self.stop()
            return None

    def clean(self) -> bool:
        """End all workers and remove what they left; a nursery that cannot is stopped. Returns whether it goes on."""
        try:
            self._read_numbers(NURSERY_SECONDS)
            if self._order(b"c", 0, NURSERY_SECONDS) == 1:
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
        shutil.rmtree(self.folder, ignore_errors=True)

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

    With a nursery it is forked there and has Keras imported; without, it is started anew.
    """

    def __init__(self, *, debug: bool = False, nursery: NurseryProcess | None = None):
        self.debug = debug
        self.pending = 0
        self.nursery, self.number, self.process, self.folder = nursery, None, None, None
        if nursery:
            self.connection = nursery.spawn(self)
        else:
            self.folder = tempfile.mkdtemp(prefix="course-worker-")
            self.process, self.connection = self._start()

    def _start(self) -> tuple[subprocess.Popen, socket.socket]:
        ours, theirs = socket.socketpair()
        quiet = None if self.debug else subprocess.DEVNULL
        if not self.debug and sandbox.isolation().kind == "sandbox":
            command, environment = sandbox.command(theirs), {}
        else:
            command = [sys.executable, "-I", "-X", "utf8", "-m", "course.grading.worker", str(theirs.fileno())]
            environment = _open_environment()
        if self.debug:
            command.append("--debug")
        options = {"cwd": self.folder, "env": environment, "stdout": quiet, "stderr": quiet}
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
            send(self.connection, request, deadline)
            return receive(self.connection, deadline)

        reply = self._talk(exchange, seconds)
        if type(reply) is not dict or type(reply.get("status")) is not str:
            self.stop()
            raise WorkerDied("its reply was no reply")
        return reply

    def _talk(self, exchange, seconds: float | None):
        try:
            return exchange(None if seconds is None else time.monotonic() + seconds)
        except DeadlinePassed:
            self.stop()
            raise WorkerTimeout from None
        except (ConnectionEnded, CodecError) as error:
            code = self.stop()
            raise WorkerDied(_ending(code, error)) from None
        except BaseException:  # Ctrl-C included: never leave a process behind
            self.stop()
            raise

    def stop(self) -> int | None:
        """End the process and everything in its group, remove its folder. Returns the exit code it
        ended with by itself, if it did."""
        if self.nursery:
            code = self.nursery.end(self) if self.nursery.alive and self.connection.fileno() >= 0 else None
            self.connection.close()
            return code
        if not self.debug and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05 if self.connection.fileno() >= 0 else 0)
        code = self.process.poll()
        _kill(self.process, group=not self.debug)
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


def _kill(process: subprocess.Popen, *, group: bool = True) -> None:
    """End a process, its group, and behind walls everything in its namespace; and wait until it is gone."""
    if sys.platform != "win32" and group:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        walled = process.args[0] == "bwrap"
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
