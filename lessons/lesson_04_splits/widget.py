"""What the widget of lesson 4 learns and is examined on: a thousand of the chapter's digits, made small."""

import numpy as np

from course.widget_data import pack

COUNT = 1000


def data(chapter: dict) -> dict:
    """Digits of 7 × 7 numbers, each the mean of 4 × 4 pixels, and their names."""
    chosen = np.random.default_rng(0).permutation(len(chapter["pictures"]))[:COUNT]
    small = chapter["pictures"][chosen].reshape(COUNT, 7, 4, 7, 4).mean(axis=(2, 4))
    return {"pictures": pack(np.round(small).astype(np.uint8)), "labels": pack(chapter["digit_names"][chosen].astype(np.uint8))}
