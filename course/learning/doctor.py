"""Is this machine fit for the course? Each finding has a remedy."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.grading.sandbox import isolation

LEAST_DISK_GB = 1.0
LEAST_MEMORY_GB = 2.0
LOOKED_AT = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "matplotlib", "scikit-learn", "pytest", "mkdocs-material",
             "mkdocs-jupyter", "typer", "rich", "starlette", "uvicorn", "watchfiles")
"""Shown one by one; all others that constraints.txt names are counted."""
DATA_SERVER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SECONDS_TO_CONNECT = 4.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: str
    remedy: str = ""
    """What to do about it; empty where all is well."""


def examine(root: Path) -> Iterator[Finding]:
    """Look at Python, packages, data, disk, memory and isolation; importing none of the packages."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("Python", version, "" if fits else "use Python 3.11, 3.12 or 3.13")
    yield from _packages(root / "constraints.txt")
    yield from _folders(root)
    yield from _data()
    free = shutil.disk_usage(root).free / 1e9
    yield Finding("free disk", f"{free:.1f} GB", "" if free >= LEAST_DISK_GB else f"free at least {LEAST_DISK_GB:.0f} GB; `make clean` removes what the course generated")
    memory = _free_memory_gb()
    if memory is not None:
        yield Finding("free memory", f"{memory:.1f} GB", "" if memory >= LEAST_MEMORY_GB else "close other programs: Keras tasks need about 1 GB for each of two workers")
    yield _file_events(root)
    found = isolation()
    yield Finding("isolation of answers", "sandbox: no network, none of your files, limits on memory, processes and time" if found.kind == "sandbox"
                  else f"process: fine for your own answers, not for strangers' ({found.reason})")


def _packages(constraints: Path) -> Iterator[Finding]:
    try:
        pinned = dict(line.strip().split("==") for line in constraints.read_text(encoding="utf-8").splitlines() if "==" in line)
    except OSError as error:
        yield Finding("constraints.txt", f"cannot be read ({error.strerror})", "get it back from the course's repository")
        return
    for name in LOOKED_AT:
        wanted = pinned.get(name, "any version")
        present = _version(name)
        if present is None:
            yield Finding(name, "not installed", "pip install -c constraints.txt -e .")
            continue
        differs = present != wanted and name in pinned
        yield Finding(name, present, f"tested with {wanted}: pip install {name}=={wanted}" if differs else "")
    others = {name: _version(name) for name in pinned if name not in LOOKED_AT}
    differing = [f"{name} {present} (tested with {pinned[name]})" for name, present in others.items() if present not in (None, pinned[name])]
    count = sum(present is not None for present in others.values())
    shown = ", ".join(differing[:4]) + (f" and {len(differing) - 4} more" if len(differing) > 4 else "")
    yield Finding("other packages", shown or f"{count}, all as tested", "pip install -c constraints.txt -e ." if differing else "")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folders(root: Path) -> Iterator[Finding]:
    """Where the course keeps things must be writable."""
    for name, what in ((".course", "your progress"), ("build", "the built site and the chapters' results")):
        folder = root / name
        place = folder if folder.exists() else root
        writable = os.access(place, os.W_OK)
        state = f"{name}/, {_size(folder)}" if folder.exists() else f"{name}/, not there yet"
        yield Finding(what.split(" and ")[0], state, "" if writable else f"make {place} writable for you, or copy the course to a folder that is")


def _size(folder: Path) -> str:
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return f"{total / 1e6:.1f} MB"


def _data() -> Iterator[Finding]:
    """Real data is wanted, never needed: without it the lessons use what they bring along."""
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    tfds = Path(os.environ.get("TFDS_DATA_DIR") or Path.home() / "tensorflow_datasets").expanduser()
    mnist = [name for name, found in (("Keras's file", (keras / "datasets" / "mnist.npz").is_file()), ("TFDS", (tfds / "mnist").is_dir())) if found]
    weights = sorted((keras / "models").glob("mobilenet*")) if (keras / "models").is_dir() else []
    trouble = "" if mnist and weights else _trouble_with_connection(DATA_SERVER)
    missing = f"not on disk; its server cannot be reached ({trouble})" if trouble else "not on disk; it can be downloaded"
    yield Finding("MNIST", f"on disk ({' and '.join(mnist)})" if mnist else f"{missing}; without it the 1,797 bundled digits are used")
    yield Finding("MobileNet weights", f"on disk ({len(weights)} file{'s' * (len(weights) != 1)})" if weights else f"{missing}; without them lesson 7 uses what it brings along")


def _trouble_with_connection(address: str) -> str:
    """Why a server cannot be reached, or nothing. Name look-up and connection share one time limit."""
    outcome = [f"no answer within {SECONDS_TO_CONNECT:.0f} s"]

    def knock() -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=SECONDS_TO_CONNECT).close()
            outcome[0] = ""
        except urllib.error.HTTPError as error:
            outcome[0] = f"it says {error.code} {error.reason}"
        except (OSError, ValueError) as error:
            outcome[0] = "no network" if isinstance(getattr(error, "reason", None), socket.gaierror) else f"no connection: {error}"

    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    knocking.join(SECONDS_TO_CONNECT)
    return outcome[0]


def _file_events(root: Path) -> Finding:
    """Whether the system reports saved files; it has a limit of how many it watches."""
    if importlib.util.find_spec("watchfiles") is None:
        return Finding("saved files", "looked for twice a second (watchfiles is not installed)", "pip install -c constraints.txt -e .")
    from watchfiles import watch

    at_once = threading.Event()
    at_once.set()
    try:
        list(watch(root / "lessons", stop_event=at_once))
    except Exception as error:  # its own kinds, by system
        reason = re.sub(r"\s+", " ", str(error))[:120]
        return Finding("saved files", f"looked for twice a second ({reason})", "raise the limit: sysctl fs.inotify.max_user_watches=524288"
                       if sys.platform.startswith("linux") else "")
    return Finding("saved files", "reported by the system at once")


def _free_memory_gb() -> float | None:
    """What new programs can have, with what the system would give up for them."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1e6
    except OSError:
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (ValueError, OSError, AttributeError):
        return None
