"""How values and calls are written in messages: short, exact, one line."""

import numpy as np

from course.grading.codec import Opaque, Reference

SHOWN_IN_FULL = 12


def value_in_words(value) -> str:
    """A value as a person would describe it: small ones in full, large ones by type and shape."""
    if isinstance(value, np.ndarray):
        head = f"{value.dtype} array of shape {value.shape}"
        if 0 < value.size <= SHOWN_IN_FULL:
            return f"{head}: {_numbers(value)}"
        return head
    if isinstance(value, (np.number, float)) and not isinstance(value, complex):
        return f"the number {_number(value)}"
    if isinstance(value, Opaque):
        return f"a value of type {value}"
    if isinstance(value, Reference):
        return "a function" if value.kind == "function" else f"a Keras {value.kind}"
    if value is None:
        return "None"
    if isinstance(value, (list, tuple, dict, str, bytes)):
        if isinstance(value, (list, tuple)) and any(isinstance(part, (np.ndarray, Opaque)) for part in value):
            inside = "; ".join(value_in_words(part) for part in value[:3]) + ("; …" if len(value) > 3 else "")
            return f"a {type(value).__name__} of {len(value)}: {inside}"
        text = repr(_without_numpy_scalars(value))
        if len(text) > 80:
            text = text[:77] + "…"
        return f"a {type(value).__name__}: {text}"
    return f"{type(value).__name__} {value!r}"


def argument_in_words(value) -> str:
    """A value as it stands inside a call."""
    if isinstance(value, np.ndarray):
        if 0 < value.size <= SHOWN_IN_FULL:
            return _numbers(value)
        return f"<{value.dtype} array {'×'.join(map(str, value.shape))}>"
    if isinstance(value, np.generic):
        return _number(value)
    if isinstance(value, Reference):
        return f"<{value.kind}>"
    if type(value) in (list, tuple) and any(isinstance(part, (np.ndarray, Reference)) for part in value):
        parts = ", ".join(argument_in_words(part) for part in value[:6]) + (", …" if len(value) > 6 else "")
        return f"[{parts}]" if type(value) is list else f"({parts})"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def call_in_words(name: str, args, kwargs) -> str:
    """`name(argument, …, key=argument)`."""
    written = [argument_in_words(value) for value in args]
    written += [f"{key}={argument_in_words(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(written)})"


def difference_in_words(actual: np.ndarray, expected: np.ndarray, different: np.ndarray) -> str:
    """Where two arrays of one shape differ first, and in how many places."""
    place = tuple(int(n) for n in np.argwhere(different)[0])
    where = f"[{', '.join(map(str, place))}]" if place else "its value"
    count = int(different.sum())
    how_many = f"; {count:,} of {different.size:,} values differ" if different.size > 1 else ""
    return f"first difference at {where}: {_number(actual[place])} instead of {_number(expected[place])}{how_many}"


def _without_numpy_scalars(value):
    if type(value) in (list, tuple):
        return type(value)(_without_numpy_scalars(item) for item in value)
    return value.item() if isinstance(value, np.generic) else value


def _numbers(array: np.ndarray) -> str:
    if array.ndim == 0:
        return _number(array[()])
    return f"[{', '.join(_numbers(part) for part in array)}]" if array.ndim > 1 else f"[{', '.join(map(_number, array))}]"


def _number(value) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (complex, np.complexfloating)):
        return f"{value:.4g}"
    return "0" if abs(value) < 1e-12 else f"{value:.5g}"
