"""The nursery: a process that has imported Keras (or, a light one, NumPy alone) once and makes workers by forking.

It runs the same walls as a worker, holds no tests and no solutions, and never loads an answer: a
worker is a child that does. TensorFlow survives a fork only as long as no operation was run, and
none is run here. Between two submissions everything that the first one left is removed: its
processes, its files. Started as `RUN_NURSERY` of `sandbox`, or as a plain process where there are
no walls.
"""

import gc
import os
import resource
import shutil
import signal
import socket
import struct
import sys
import time
from pathlib import Path

from course.grading import limits

LEFT_BEHIND_SECONDS = 5.0
ENDING_SECONDS = 2.0
WRITABLE = Path("/tmp"), Path("/dev/shm")


class Nursery:
    """What the nursery process does. `walled` says that it is alone in a process namespace of its own."""

    def __init__(self, control: socket.socket, *, walled: bool, users: range | None, bounds: str):
        if walled and os.getpid() != 1:
            raise SystemExit("not in a process namespace of its own; to clean up here would end other people's processes")
        self.control, self.walled, self.users, self.bounds = control, walled, users, bounds
        self.user = self._new_user()
        self.files = _files() if walled else []
        self.standing = _standing()
        self.children: dict[int, int | None] = {}
        """Exit status by process number; None while it runs."""

    def serve(self) -> None:
        """Answer the parent until it closes the connection. Requests are one letter and a number."""
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.control, 5, 1)
            if len(message) < 5:
                return
            order, number = chr(message[0]), struct.unpack("<i", message[1:])[0]
            if order == "s":
                reply = self.spawn(descriptors[0])
                os.close(descriptors[0])
            elif order == "e":
                reply = self.end(number)
            elif order == "w":
                reply = self.end(number, patience=ENDING_SECONDS)
            else:
                reply = self.clean()
            self.control.sendall(struct.pack("<i", reply))

    def spawn(self, descriptor: int) -> int:
        """A new worker that talks through this descriptor; returns its process number."""
        number = os.fork()
        if number:
            self.children[number] = None
            return number
        try:
            self._become_a_worker(descriptor)
        finally:
            os._exit(1)

    def _become_a_worker(self, descriptor: int) -> None:
        self.control.close()
        os.setsid()
        limits.become(self.user)
        limits.die_with_parent()
        limits.bind(self.bounds)
        import numpy

        numpy.random.seed()  # a fork would go on with the same numbers as its siblings
        from course.grading import worker

        worker.serve(socket.socket(fileno=descriptor))
        os._exit(0)

    def _new_user(self) -> int:
        return self.users[int.from_bytes(os.urandom(4)) % len(self.users)] if self.users else 0

    def end(self, number: int, patience: float = 0.0) -> int:
        """End one worker and its group; returns the exit status that it had by itself, or -1.

        A worker that has closed its connection is about to end: `patience` lets it, so that its own status is known.
        """
        if number not in self.children:
            return -1
        deadline = time.monotonic() + patience
        self._reap(number)
        while self.children[number] is None and time.monotonic() < deadline:
            time.sleep(0.002)
            self._reap(number)
        own = self.children[number]
        while True:
            _kill(number)  # it may still have our rights, or
            self._as_user(lambda: _kill(number))  # its own already
            self._reap(number)
            if self.children[number] is not None:
                break
            time.sleep(0.002)
        del self.children[number]
        return -1 if own is None else own

    def _reap(self, number: int) -> None:
        if self.children[number] is None:
            done, status = os.waitpid(number, os.WNOHANG)
            if done:
                self.children[number] = status

    def clean(self) -> int:
        """End everything that is left of a submission and remove its files. Returns 1 where nothing remains,
        and this process is as it was; without walls, nobody could tell.
        """
        for number in list(self.children):
            self.end(number)
        if not self.walled:
            return 0
        deadline = time.monotonic() + LEFT_BEHIND_SECONDS
        while self._others() and time.monotonic() < deadline:
            self._as_user(lambda: os.kill(-1, signal.SIGKILL))
            self._reap_adopted()
            time.sleep(0.002)
        self._as_user(_empty_writable_folders)
        clean = not self._others() and not _shared_memory_left() and _files() == self.files and _standing() == self.standing
        self.user = self._new_user()
        return int(clean)

    def _as_user(self, action) -> None:
        """Do something with the rights of the workers, not with our own."""
        if not self.user:
            try:
                action()
            except (ProcessLookupError, PermissionError):
                pass
            return
        number = os.fork()
        if not number:
            try:
                limits.become(self.user)
                action()
            finally:
                os._exit(0)
        os.waitpid(number, 0)

    def _others(self) -> list[int]:
        """Processes in this namespace besides its first one and this."""
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]

    def _reap_adopted(self) -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


def _kill(number: int) -> None:
    """End a worker and its group, as far as our rights go."""
    for kill in (os.killpg, os.kill):
        try:
            kill(number, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _standing() -> tuple:
    """What another process of the same user could have changed about this one."""
    kinds = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return (sorted(os.sched_getaffinity(0)), os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0),
            [resource.getrlimit(kind) for kind in kinds])


def _files() -> list[str]:
    """What lies in the folders that workers may write to."""
    return sorted(str(path) for folder in WRITABLE for path in folder.iterdir())


def _empty_writable_folders() -> None:
    for folder in WRITABLE:
        for path in folder.iterdir():
            try:
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)
                    for above, folders, _ in os.walk(path):
                        for name in folders:
                            if not os.path.islink(os.path.join(above, name)):
                                os.chmod(os.path.join(above, name), 0o700)
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
            except OSError:  # not the submission's: mount points, and what Keras wrote when it was imported
                pass


def _shared_memory_left() -> bool:
    """Whether System V objects, which outlive their processes, were left in this namespace."""
    return any(len(Path("/proc/sysvipc", kind).read_text().splitlines()) > 1 for kind in ("shm", "sem", "msg")
               if Path("/proc/sysvipc", kind).exists())


def _import_what_numpy_puts_off() -> None:
    """What NumPy imports when it is first wanted, here once in place of in every worker."""
    import numpy.ma  # noqa: F401  for np.unique

    numpy.random.seed()  # brings what draws from the system's own random numbers


def main() -> None:
    """Arguments: descriptor of the control socket, "walled" or "open", range of users or 0, limits as `limits.bind`
    reads them, "keras" or "light"."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    limits.die_with_parent()
    first, _, last = sys.argv[3].partition("-")
    limits.die_first()
    if sys.argv[2] == "open":
        limits.adopt_orphans()
    _import_what_numpy_puts_off()
    from course.grading import brought, keras_objects, loading, worker  # noqa: F401  imported once, for all

    if sys.argv[5] == "keras":
        keras_objects.import_keras()  # the point of all this

    limits.be_unreachable()
    gc.collect()
    gc.freeze()
    Nursery(control, walled=sys.argv[2] == "walled", users=range(int(first), int(last)) if last else None, bounds=sys.argv[4]).serve()


if __name__ == "__main__":
    main()
