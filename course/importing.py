"""Importing what is large, in less time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
