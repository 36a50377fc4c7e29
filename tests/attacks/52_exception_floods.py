"""Raises errors with enormous texts, endless chains and hidden endings.

Loses: 1.1, 1.2, 1.4
Stopped by: D, E
"""


def to_grayscale(image):
    raise ValueError("x" * 10**8)


def filter_response(patch, kernel):
    error = ValueError("first")
    for _ in range(10**5):
        following = ValueError("next")
        following.__cause__ = error
        error = following
    raise error


def output_size(*args, **kwargs):
    raise ExceptionGroup("many", [AssertionError("passed")] * 1000)
