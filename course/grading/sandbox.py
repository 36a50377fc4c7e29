"""The walls around a worker: bubblewrap, its own user, resource limits, fewer system calls.

Inside there is Python with its libraries, read-only, the few files of this package that a worker
needs, and an empty temporary folder of limited size. There is no network, no other process, no
home, no project, no environment. Where the machine offers none of this, workers run as ordinary
processes and results say so.
"""

import functools
import os
import platform
import random
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from course.grading import system_calls

PACKAGE = Path(__file__).resolve().parents[1]
WORKER_FILES = ("__init__.py", "importing.py", "data", "grading/__init__.py", "grading/worker.py", "grading/codec.py", "grading/protocol.py",
                "grading/loading.py", "grading/keras_objects.py", "grading/brought.py", "grading/nursery.py", "grading/limits.py")
"""What of `course` exists inside. No tests, no solutions, nothing that decides or writes results."""

SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
"""Shared libraries that Python and its packages are linked against."""

TEMPORARY_BYTES = 256 * 2**20
FILE_BYTES = 64 * 2**20
DATA_BYTES = 6 * 2**30
PROCESSES = 192
"""Threads count as well; TensorFlow starts some dozens."""
CPU_SECONDS = 900
OPEN_FILES = 512
OWN_USERS = range(1_100_000, 1_900_000)
"""Where this process is root, each worker becomes a user that nobody else is."""

BOOT = """
import sys
sys.path.insert(0, "/course")
from course.grading import limits
limits.die_first()
limits.stay_behind()
limits.become(int(sys.argv[1]))
limits.bind(sys.argv[2])
del sys.argv[1:3]
"""
RUN_WORKER = BOOT + "from course.grading.worker import main\nmain()\n"
RUN_NURSERY = "import sys\nsys.path.insert(0, '/course')\nfrom course.grading.nursery import main\nmain()\n"
"""The nursery keeps its rights, and gives each of its workers fewer."""


@dataclass(frozen=True)
class Isolation:
    """How workers are kept apart from this process."""

    kind: str
    """"sandbox" or "process"; results carry it."""
    reason: str = ""
    """Why there is no sandbox, and what to do about it."""


FINDING_OUT = threading.Lock()


def isolation() -> Isolation:
    """What this machine offers; found out once, by trying it."""
    with FINDING_OUT:
        return _isolation()


def find_out_early() -> None:
    """Begin to try it while something else is done; `isolation` then waits for what is left of it."""
    threading.Thread(target=isolation, daemon=True).start()


@functools.cache
def _isolation() -> Isolation:
    if not sys.platform.startswith("linux"):
        return Isolation("process", "a sandbox needs Linux; on this system grade only code that you trust")
    if shutil.which("bwrap") is None:
        return Isolation("process", "bubblewrap is not installed; on Debian and Ubuntu: apt install bubblewrap")
    if not system_calls.known_machine():
        return Isolation("process", f"the sandbox is made for x86_64 and aarch64, and this processor is {platform.machine()}")
    probe = BOOT + "import importlib.util\nopen('/tmp/probe', 'w').close()\nprint('fine' if importlib.util.find_spec('numpy') else 'no packages')"
    try:
        with system_calls.filter_descriptor() as calls:
            done = subprocess.run([*walls(calls), *_python(probe)], capture_output=True, text=True, timeout=30, env={}, pass_fds=(calls,))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Isolation("process", f"bubblewrap could not be started ({error})")
    if done.stdout.strip() == "fine":
        return Isolation("sandbox")
    if "Unknown option" in done.stderr:
        return Isolation("process", f"bubblewrap is too old ({done.stderr.strip()[:80]}); 0.7 or newer is needed")
    said = ((done.stderr + done.stdout).strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return Isolation("process", f"bubblewrap is not allowed to do its work here ({said[:160]}); "
                     "user namespaces may be switched off, as in many containers")


def command(connection: socket.socket, calls: int) -> list[str]:
    """The command line that runs a worker behind walls, talking through this socket. `calls` is the filter's descriptor."""
    return [*walls(calls), *_python(RUN_WORKER), str(connection.fileno())]


def nursery_command(control: socket.socket, calls: int, kind: str) -> list[str]:
    """The command line that runs a nursery ("keras" or "light") behind walls, controlled through this socket.
    `calls` is the filter's descriptor."""
    users = f"{OWN_USERS.start}-{OWN_USERS.stop}" if os.geteuid() == 0 else "0"
    return [*walls(calls), sys.executable, "-I", "-B", "-X", "utf8", "-c", RUN_NURSERY,
            str(control.fileno()), "walled", users, limits(), kind]


def walls(calls: int) -> list[str]:
    """bubblewrap and its arguments: what exists inside. `calls` is the descriptor of the filter of system calls.

    What it runs is the first process of a namespace: no signal from inside can end or stop that one.
    """
    arguments = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session", "--clearenv",
                 "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL",
                 "--as-pid-1", "--seccomp", str(calls)]
    if os.geteuid() == 0:  # it takes a real user of its own for the limit on processes to bind
        arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        arguments += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--size", str(TEMPORARY_BYTES), "--perms", "1777", "--tmpfs", "/tmp"]
    # /dev/shm is writable memory, without a limit of its own.
    arguments += ["--size", str(TEMPORARY_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm"]
    for folder in _parents([*SYSTEM, *_python_folders(), "/course/course/grading/x"]):
        arguments += ["--perms", "0755", "--dir", folder]
    for path in SYSTEM:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            arguments += ["--ro-bind", path, path]
    for folder in _python_folders():
        arguments += ["--ro-bind", folder, folder]
    for file in WORKER_FILES:
        arguments += ["--ro-bind", str(PACKAGE / file), f"/course/course/{file}"]
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in environment().items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--chdir", "/tmp", "--"]


def environment() -> dict[str, str]:
    """All environment variables inside."""
    return {
        "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1", "MPLBACKEND": "agg",
        # Networks this small are quicker with one thread, and workers run side by side.
        "TF_NUM_INTEROP_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1",
    }


def _python(script: str) -> list[str]:
    own_user = random.choice(OWN_USERS) if os.geteuid() == 0 else 0
    return [sys.executable, "-I", "-B", "-X", "utf8", "-c", script, str(own_user), limits()]


def limits(*, processes: int = PROCESSES) -> str:
    """The numbers that `limits.bind` reads inside. Without an own user, others' processes would count: say 0."""
    return ",".join(map(str, (DATA_BYTES, FILE_BYTES, processes, CPU_SECONDS, OPEN_FILES)))


def _parents(paths: list[str]) -> list[str]:
    """The folders above these paths, from the root downwards; made by us so that every user may pass through them."""
    return sorted({str(parent) for path in paths for parent in Path(path).parents if str(parent) not in ("/", "/tmp")})


@functools.cache
def _python_folders() -> tuple[str, ...]:
    """This interpreter, its environment and the folders of its packages; none inside another."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).parent), str(Path(sys.executable).resolve().parent)}
    folders |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
    if "/usr" in folders:  # a system's own Python: its program and libraries, not everything that is installed
        folders -= {"/usr", "/usr/bin"}
        folders |= {os.path.realpath(sys.executable)}
        folders |= {path for path in ("/usr/local/lib",) if os.path.isdir(path)}
    kept = sorted(folder for folder in folders if os.path.exists(folder) and not folder.startswith(("/usr/lib/", "/lib/")))
    return tuple(folder for folder in kept if not any(folder != other and folder.startswith(f"{other}/") for other in kept))
