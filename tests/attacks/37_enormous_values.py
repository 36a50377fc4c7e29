"""Recurses without end and returns values of enormous size and depth.

Loses: 1.1, 1.2, 1.3, 1.4
Says: too large to grade
Stopped by: C, D
"""
import sys

import numpy as np


def to_grayscale(image):
    return np.broadcast_to(np.float32(0), (10**6, 10**6))


def filter_response(patch, kernel):
    sys.setrecursionlimit(10**9)

    def deeper():
        return deeper() + 1

    return deeper()


def convolve2d(image, kernel, padding="valid"):
    if padding == "valid":
        nested = []
        for _ in range(10**5):
            nested = [nested]
        return nested
    return [0] * 10**7 if padding == "same" else {number: number for number in range(10**5)}


def output_size(size, kernel, stride=1, padding="valid"):
    return 10**100000 if padding == "valid" else "x" * 10**8
