"""Functions that a test brings along into a worker, so that an answer can be given a function to call.

A task such as "cover each square and ask the network again" gets the network as an argument. The
test sends a small function of its own in that place, whose right results it knows, and reads
afterwards what it was called with. Imported by workers only. The answer under test can look into
such a function, so nothing in it is a secret, and what it says about its calls is believed no more
than a returned value is: both are compared with what the right answer would give.
"""

import linecache
import textwrap

import numpy as np

KEPT_CALLS = 300
KEPT_BYTES = 24 * 2**20


class BroughtFunction:
    """A function from a test, which remembers what it was called with."""

    def __init__(self, function, bound: dict):
        self.function, self.bound = function, bound
        self.calls: list[dict] = []
        self.bytes_kept = 0
        self.__name__ = function.__name__

    def __call__(self, *args, **kwargs):
        self._remember(args, kwargs)
        return self.function(*args, **kwargs, **self.bound)

    def _remember(self, args, kwargs) -> None:
        call = {"args": [_copied(value) for value in args], "kwargs": {name: _copied(value) for name, value in kwargs.items()}}
        size = sum(value.nbytes for value in (*call["args"], *call["kwargs"].values()) if isinstance(value, np.ndarray))
        if len(self.calls) < KEPT_CALLS and self.bytes_kept + size <= KEPT_BYTES:
            self.calls.append(call)
            self.bytes_kept += size


def bring(text: str, name: str, bound: dict) -> BroughtFunction:
    """Make the function from its source.

    Args:
        text: source of one function, perhaps indented. It finds NumPy as `np`; everything else it imports itself.
        name: the function's name.
        bound: keyword arguments that every call gets besides its own.
    """
    text = textwrap.dedent(text)
    file = f"<{name}, from the test>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace = {"np": np, "__name__": "brought"}
    exec(compile(text, file, "exec"), namespace)
    return BroughtFunction(namespace[name], bound)


def _copied(value):
    """Arrays as they are now; what is no plain value is turned into an array where that works."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if value is None or type(value) in (bool, int, float, str, list, tuple, dict):
        return value
    return np.array(value)
