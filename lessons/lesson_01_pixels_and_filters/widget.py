"""What the widget of lesson 1 shows: the chapter's portrait, its lines, a digit, and kernels that it used or found."""

import numpy as np

from course.widget_data import pack


def data(chapter: dict) -> dict:
    """Pictures as bytes from 0 (black) to 255 (white), and kernels, from the chapter's variables."""
    pictures = {
        "portrait": chapter["small"][40:136, 62:158],
        "upright line": chapter["upright"],
        "lying line": chapter["lying"],
        "digit": chapter["digits"].test_images[0] / 255,
    }
    return {
        "pictures": {name: pack(np.round(255 * picture).astype(np.uint8)) for name, picture in pictures.items()},
        "found": np.round(chapter["from_dots"], 2).tolist(),
    }
