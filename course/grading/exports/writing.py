"""Writing files whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from course.grading.submission import CannotGrade


@contextmanager
def whole_file(path: Path, *, binary: bool = False, newline: str | None = None) -> Iterator[IO]:
    """A file to write to, which gets its name only when everything is in it.

    Raises CannotGrade where it cannot be written.
    """
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
        with open(descriptor, "wb" if binary else "w", encoding=None if binary else "utf-8", newline=newline) as file:
            yield file
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
        unfinished = None
    except OSError as error:
        raise CannotGrade(f"{path} cannot be written: {error.strerror}") from None
    finally:
        if unfinished and os.path.exists(unfinished):
            os.unlink(unfinished)
