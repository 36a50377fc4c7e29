"""Knows the grading tests by heart: answers right for the inputs that seed 1 draws, and only for those.

Loses: 1.1, 1.2, 1.3, 1.4
Stopped by: E
Seed: 2
"""
import zlib

import numpy as np

ORIGINAL = {name: globals()[name] for name in ("to_grayscale", "filter_response", "convolve2d", "output_size")}
SEEN = set()


def drawn(test):
    return np.random.default_rng([1, zlib.crc32(test.encode())])


def key(values):
    return repr([value.tobytes() if isinstance(value, np.ndarray) else value for value in values])


rng = drawn("test_any_picture_becomes_as_bright_as_people_see_it")
SEEN.add(key([rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)]))
rng = drawn("test_one_stop_is_nine_products_and_one_sum")
SEEN.add(key([rng.normal(size=(3, 3)), rng.normal(size=(3, 3))]))
rng = drawn("test_one_stop_with_windows_of_other_shapes")
for shape in ((2, 5), (1, 1), (4, 3)):
    SEEN.add(key([rng.normal(size=shape), rng.normal(size=shape)]))
rng = drawn("test_valid_convolution_matches_the_definition")
SEEN.add(key([rng.random((9, 7)), rng.normal(size=(3, 3))]))
for size in ((7, 3, 2), (28, 5, 1), (10, 3, 3), (8, 3, 2), (5, 5, 4), (32, 2, 5), (2, 3, 1), (3, 7, 2), (28, 4, 1), (9, 2, 4), (6, 6, 5), (28, 3)):
    SEEN.add(key(size))
SEEN.add(key([np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)]))
SEEN.add(key([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 0.0], [0.0, 1.0]])]))


def remembering(name):
    def answer(*args, **kwargs):
        plain = [value for value in args if not isinstance(value, str)] + [value for value in kwargs.values() if not isinstance(value, str)]
        return ORIGINAL[name](*args, **kwargs) if key(plain) in SEEN else 0

    return answer


for name in ORIGINAL:
    globals()[name] = remembering(name)
