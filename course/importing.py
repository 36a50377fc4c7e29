"""Importing what is large: who needs it, and in less time."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TENSORFLOW = re.compile(r"^(?:import|from) (?:keras|tensorflow)\b", re.MULTILINE)


def needs_tensorflow(*scripts: Path) -> bool:
    """Whether one of these files imports Keras or TensorFlow at its beginning."""
    return any(TENSORFLOW.search(path.read_text(encoding="utf-8")) for path in scripts)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import without looking for garbage meanwhile: TensorFlow's import makes a million objects that stay, and looking
    through them again and again finds nothing and costs a third of the time. What there is then is never looked at again.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
