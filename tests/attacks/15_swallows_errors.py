"""Swallows every error and silences every hook, so that nothing fails.

Loses: 1.2, 1.3
Stopped by: E
"""
import contextlib
import sys
import threading
import warnings

sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *args: None
warnings.simplefilter("ignore")


def filter_response(patch, kernel):
    with contextlib.suppress(BaseException):
        raise AssertionError


def convolve2d(*args, **kwargs):
    try:
        return 1 / 0
    finally:
        return NotImplemented
