"""Patches the clocks, so that no time seems to pass while it loops.

Loses: 1.2, 1.4
Stopped by: A, C
"""
import time

time.monotonic = time.time = lambda: 0.0
time.perf_counter = iter(range(10**9, 0, -1)).__next__
time.sleep = lambda seconds: None


def filter_response(patch, kernel):
    while time.monotonic() < 1:
        pass


def output_size(*args, **kwargs):
    return 0
