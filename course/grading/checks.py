"""What grading tests are written with: the task mark and comparisons that explain themselves.

    @task("1.3", points=2)
    def test_valid_convolution_matches_the_definition(submission, reference, rng):
        image, kernel = rng.random((9, 7)), rng.random((3, 3))
        assert_close(submission.convolve2d(image, kernel), reference.convolve2d(image, kernel))
"""

import numpy as np
import pytest

from course.grading.answers import SECONDS_PER_CALL, KerasObject
from course.grading.codec import Opaque
from course.grading.lesson_workers import NoAnswer
from course.grading.wording import difference_in_words, value_in_words


class Mismatch(AssertionError):
    """An answer that is not the right one: what came back and what was expected."""

    def __init__(self, came_back: str, expected: str, *, actual=None, rtol: float = 1e-5, atol: float = 1e-6,
                 about_dtype: bool = False):
        super().__init__(f"came back  {came_back}\nexpected   {expected}")
        self.actual, self.rtol, self.atol, self.about_dtype = actual, rtol, atol, about_dtype


def task(task_id: str, *, points: int, keras: bool = False, seconds: float = SECONDS_PER_CALL, replay: bool = True,
         functions: tuple[str, ...] | None = None):
    """Mark a test as worth points of a task.

    Args:
        task_id: such as "1.3".
        points: whole number; the points of a task's tests add up to the task's.
        keras: whether the answer may import Keras; its worker then has it imported already.
        seconds: how long one call may take.
        replay: whether a failure is compared with the named wrong answers by running them. Where
            that would mean minutes of training, say False, and use `submission.suspect`.
        functions: of a task that the lesson does not have; for an instructor's own tests (`course grade --hidden`).
    """
    own = {} if functions is None else {"functions": tuple(functions)}
    return pytest.mark.task(task_id, points=points, keras=keras, seconds=seconds, replay=replay, **own)


def assert_close(actual, expected, *, rtol: float = 1e-5, atol: float = 1e-6, dtype=None) -> None:
    """The answer is a number or array of the expected shape and values.

    Args:
        actual: what the submission returned.
        expected: number or array.
        rtol, atol: as in `numpy.isclose`; NaN never equals anything.
        dtype: if given, the exact dtype that the answer must have.

    Raises Mismatch, which says what differs first.
    """
    wanted = np.asarray(expected)

    def mismatch(came_back: str, wish: str, *, about_dtype: bool = False):
        return Mismatch(came_back, wish, actual=actual, rtol=rtol, atol=atol, about_dtype=about_dtype)

    kind = f"{np.dtype(dtype)} " if dtype else ""
    within = f" (each value within {atol:g})" if atol >= 1e-3 else ""
    wish = f"{kind}array of shape {wanted.shape}" if wanted.ndim else value_in_words(float(wanted))
    if actual is None:
        raise mismatch("None; does every path through the function end with return?", wish)
    if isinstance(actual, KerasObject):
        raise mismatch(f"a Keras {actual.kind}", wish)
    if isinstance(actual, Opaque):
        raise mismatch(f"{value_in_words(actual)}; turn it into a NumPy array with np.asarray(…)", wish)
    if wanted.ndim and not isinstance(actual, np.ndarray):
        advice = "; turn it into an array with np.array(…)" if isinstance(actual, (list, tuple)) else ""
        raise mismatch(value_in_words(actual) + advice, wish)
    if isinstance(actual, (bool, str, bytes, list, tuple, dict)):
        raise mismatch(value_in_words(actual), wish)
    got = np.asarray(actual)
    if got.shape != wanted.shape:
        raise mismatch(value_in_words(actual), wish)
    if got.dtype.kind not in "iuf":
        raise mismatch(f"{value_in_words(actual)}", f"{wish} of real numbers", about_dtype=True)
    with np.errstate(invalid="ignore", over="ignore"):
        different = ~np.isclose(got, wanted, rtol=rtol, atol=atol)
    if (np.isnan(got) & ~np.isnan(wanted)).any():
        place = tuple(int(n) for n in np.argwhere(np.isnan(got))[0])
        where = f" at [{', '.join(map(str, place))}]" if place else ""
        raise mismatch(f"NaN{where}: not a number, as after 0 / 0", f"{value_in_words(float(wanted[place]))} there")
    if different.any():
        if not wanted.ndim:
            raise mismatch(value_in_words(actual), wish)
        expected_in_words = (value_in_words(wanted.astype(dtype or wanted.dtype)) if wanted.size <= 12 else wish) + within
        raise mismatch(f"{value_in_words(actual)}; {difference_in_words(got, wanted, different)}", expected_in_words)
    if dtype and got.dtype != np.dtype(dtype):
        raise mismatch(f"the right values as {got.dtype}", f"{np.dtype(dtype)}", about_dtype=True)


def assert_equal(actual, expected) -> None:
    """The answer is exactly this whole number, text, truth value, or tuple or list of those.

    NumPy's integers and booleans count as Python's, and a list counts as a tuple.
    Raises Mismatch.
    """
    if actual is None:
        raise Mismatch("None; does every path through the function end with return?", value_in_words(expected))
    if not _equal(actual, expected):
        came_back, wish = value_in_words(actual), value_in_words(expected)
        if _whole_but_float(actual, expected):
            came_back = f"{came_back}, as float" if isinstance(actual, (list, tuple)) else f"{float(actual)!r}, a float"
            wish += "; whole numbers: divide with //, or use int(…)"
        raise Mismatch(came_back, wish, actual=actual, about_dtype=True)


def assert_raises(error: str, call, *args, **kwargs) -> None:
    """The call raises this built-in error, such as "ValueError". Raises Mismatch where it does not."""
    try:
        value = call(*args, **kwargs)
    except NoAnswer as failure:
        if failure.kind != "raised":
            raise
        if error in failure.error_types:
            return
        raise NoAnswer("raised", f"{failure}\nexpected   {error} to be raised", failure.error_types, failure.error_message) from None
    raise Mismatch(value_in_words(value), f"{error} to be raised", actual=value)


def check(condition, came_back: str, expected: str) -> None:
    """A property of the answer that is no comparison. Both texts complete the lines of a message."""
    if not condition:
        raise Mismatch(came_back, expected)


def _whole_but_float(actual, expected) -> bool:
    """Whether the numbers are the right ones and only their type is not."""
    if isinstance(expected, (list, tuple)):
        return (isinstance(actual, (list, tuple)) and len(actual) == len(expected) > 0
                and all(_equal(a, b) or _whole_but_float(a, b) for a, b in zip(actual, expected)))
    return isinstance(expected, int) and not isinstance(expected, bool) and isinstance(actual, (float, np.floating)) and float(actual) == expected


def _equal(actual, expected) -> bool:
    if isinstance(expected, (list, tuple)):
        return (isinstance(actual, (list, tuple)) and len(actual) == len(expected)
                and all(_equal(a, b) for a, b in zip(actual, expected)))
    if isinstance(expected, bool):
        return isinstance(actual, (bool, np.bool_)) and bool(actual) == expected
    if isinstance(expected, int):
        return isinstance(actual, (int, np.integer)) and not isinstance(actual, bool) and int(actual) == expected
    return type(actual) is type(expected) and actual == expected
