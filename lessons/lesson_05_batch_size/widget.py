"""What the widget of lesson 5 walks on: two numbers for each three and eight of the chapter, and what an update costs."""

import numpy as np

from course.widget_data import pack

UPPER_LEFT, LOWER_LEFT = np.s_[:, 7:14, 4:12], np.s_[:, 15:22, 4:12]
"""Where an 8 is closed and a 3 is open."""


def data(chapter: dict) -> dict:
    """Features with mean 0, shape (pictures, 2), labels (1 for an 8), and seconds per epoch by batch size."""
    chosen = np.isin(chapter["labels"], (3, 8))
    pictures = np.reshape(chapter["seen"][chosen], (-1, 28, 28))
    ink = np.stack([pictures[UPPER_LEFT].mean(axis=(1, 2)), pictures[LOWER_LEFT].mean(axis=(1, 2))], axis=1)
    features = (ink - ink.mean(axis=0)) / ink.std()
    return {
        "features": pack(features.astype(np.float32)),
        "eight": pack(np.array(chapter["labels"])[chosen] == 8),
        "examples": len(chapter["seen"]),
        "seconds_per_epoch": {str(size): float(f"{seconds:.3g}") for size, seconds in chapter["per_epoch"].items()},
    }
