"""Is this machine fit for the course? Each finding has a remedy."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.grading.sandbox import isolation

LEAST_DISK_GB = 1.0
LEAST_MEMORY_GB = 2.0
LOOKED_AT = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "matplotlib", "scikit-learn", "pytest", "mkdocs-material",
             "mkdocs-jupyter", "typer", "rich")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: str
    remedy: str = ""
    """What to do about it; empty where all is well."""


def examine(root: Path) -> Iterator[Finding]:
    """Look at Python, packages, disk, memory and isolation; importing none of the packages."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("Python", version, "" if fits else "use Python 3.11, 3.12 or 3.13")
    yield from _packages(root / "constraints.txt")
    free = shutil.disk_usage(root).free / 1e9
    yield Finding("free disk", f"{free:.1f} GB", "" if free >= LEAST_DISK_GB else f"free at least {LEAST_DISK_GB:.0f} GB; `make clean` removes what the course generated")
    memory = _free_memory_gb()
    if memory is not None:
        yield Finding("free memory", f"{memory:.1f} GB", "" if memory >= LEAST_MEMORY_GB else "close other programs: Keras tasks need about 1 GB for each of two workers")
    found = isolation()
    yield Finding("isolation of answers", "sandbox: bubblewrap, no network, no files, own user and limits" if found.kind == "sandbox"
                  else f"process: each answer runs in a process of its own, as you ({found.reason})")


def _packages(constraints: Path) -> Iterator[Finding]:
    pinned = dict(line.strip().split("==") for line in constraints.read_text().splitlines() if "==" in line)
    for name in LOOKED_AT:
        wanted = pinned.get(name, "any version")
        try:
            present = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "not installed", "pip install -c constraints.txt -e .")
            continue
        differs = present != wanted and name in pinned
        yield Finding(name, present, f"tested with {wanted}: pip install {name}=={wanted}" if differs else "")


def _free_memory_gb() -> float | None:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (ValueError, OSError, AttributeError):
        return None
