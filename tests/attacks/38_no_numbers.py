"""Returns NaN, infinities and complex numbers, with which a careless comparison is never false.

Loses: 1.1, 1.2, 1.3, 1.4
Says: NaN
Stopped by: D
"""
import numpy as np


def to_grayscale(image):
    return np.full(image.shape[:2], np.nan, np.float32)


def filter_response(patch, kernel):
    return float("nan") if patch.shape == (2, 2) else complex("nan")


def convolve2d(image, kernel, padding="valid"):
    if padding == "valid":
        return np.full((image.shape[0] - 2, image.shape[1] - 2), np.inf)
    return np.full(image.shape, 1j * np.nan)


def output_size(*args, **kwargs):
    return float("nan")
