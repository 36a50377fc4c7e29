"""Returns objects that run code when unpickled, object arrays, and pickled bytes.

Loses: 1.1, 1.2, 1.3, 1.4
Says: a value of type Runs
Stopped by: D
"""
import pathlib
import pickle

import numpy as np


class Runs:
    def __reduce__(self):
        return pathlib.Path.write_text, (pathlib.Path("@HOME@/planted-pickle"), "was here")


def to_grayscale(image):
    return Runs()


def filter_response(patch, kernel):
    return np.array([Runs()], dtype=object)


def convolve2d(*args, **kwargs):
    return pickle.dumps(Runs())


def output_size(*args, **kwargs):
    return [Runs(), {"a": Runs()}]
