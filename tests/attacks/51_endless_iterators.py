"""Returns generators, iterators and containers that never end or grow while they are read.

Loses: 1.1, 1.2, 1.3, 1.4
Stopped by: D
"""
import itertools


class Growing(list):
    def __iter__(self):
        while True:
            self.append(0)
            yield 0


def to_grayscale(image):
    return itertools.count()


def filter_response(patch, kernel):
    return (0.0 for _ in itertools.count())


def convolve2d(*args, **kwargs):
    inside = []
    inside.append(inside)
    return inside


def output_size(*args, **kwargs):
    return Growing([1]) if kwargs else range(10**12)
