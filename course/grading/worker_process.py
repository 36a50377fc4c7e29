"""One worker as the trusted side sees it: start, ask, stop. Keeps the clock, believes nothing.

The process gets one socket, an empty temporary folder and a handful of environment variables, and
the walls of `sandbox` around it where the machine has them.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from course.grading import sandbox
from course.grading.codec import CodecError
from course.grading.protocol import ConnectionEnded, DeadlinePassed, receive, send

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
"""What a worker without a sandbox gets of this process's environment."""


class WorkerTimeout(Exception):
    """The worker did not answer within the seconds it had; it has been stopped."""


class WorkerDied(Exception):
    """The worker ended, or spoke nonsense and was stopped."""


class WorkerProcess:
    """A fresh worker. Use `ask`; after WorkerTimeout or WorkerDied it is gone for good."""

    def __init__(self, *, debug: bool = False):
        self.debug = debug
        self.folder = tempfile.mkdtemp(prefix="course-worker-")
        self.process, self.connection = self._start()
        self.pending = 0

    def _start(self) -> tuple[subprocess.Popen, socket.socket]:
        ours, theirs = socket.socketpair()
        quiet = None if self.debug else subprocess.DEVNULL
        if not self.debug and sandbox.isolation().kind == "sandbox":
            command, environment = sandbox.command(theirs), {}
        else:
            command = [sys.executable, "-I", "-X", "utf8", "-m", "course.grading.worker", str(theirs.fileno())]
            environment = sandbox.environment() | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
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
        if not self.debug and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05 if self.connection.fileno() >= 0 else 0)
        code = self.process.poll()
        if sys.platform != "win32" and not self.debug:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


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
