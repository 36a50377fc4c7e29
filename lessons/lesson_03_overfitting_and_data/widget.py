"""What the widget of lesson 3 shows: the answers of three of the chapter's networks to all ways of exchanging the ground
of four animals tile by tile, and the chapter's data curves."""

import base64
import io

import numpy as np

from course.data.creatures import Creature, draw_all
from course.widget_data import pack

CUTS = 0, 11, 21, 32
"""Where a picture of 32 × 32 pixels is cut into 3 × 3 tiles."""
ANIMALS = 0, 2, 1, 3
"""Places in the exam: two bunnies and two elephants."""
SHOWN = 128
"""Pixels of the pictures to look at; the networks see 32."""


def data(chapter: dict) -> dict:
    """Pictures as WebP; curves as pairs (pictures of each class, accuracy); shares of the bunny as bytes, shape (networks, animals, 512), bit n of the last index for tile n."""
    usual, exchanged, exam = chapter["exam_usual"], chapter["exam_exchanged"], chapter["exam"]
    looks, shares = [], []
    for place in ANIMALS:
        other = {**exam[place], "ground": chapter["EXCHANGE"][exam[place]["ground"]]}
        looks.append([_webp(picture) for picture in draw_all([Creature(**exam[place]), Creature(**other)], SHOWN)])
        pictures = all_mixtures(usual[place], exchanged[place])
        shares.append([chapter["shares"](networks[0], pictures)[:, 0] for networks in chapter["diets"].values()])
    curves = {name: [[int(size), round(float(mean), 4)] for size, mean in zip(sizes, curve[0], strict=True)]
              for sizes, curve, _, name in chapter["curves"]}
    return {
        "pictures": looks,
        "animals": [exam[place]["animal"] for place in ANIMALS],
        "networks": list(chapter["diets"]),
        "bunny": pack(np.round(255 * np.array(shares).transpose(1, 0, 2)).astype(np.uint8)),
        "sizes": sorted({size for curve in curves.values() for size, _ in curve}),
        "curves": curves,
    }


def all_mixtures(usual: np.ndarray, exchanged: np.ndarray) -> np.ndarray:
    """512 pictures: number n has tile t from `exchanged` where bit t of n is set, else from `usual`."""
    mixtures = np.repeat(usual[np.newaxis], 512, axis=0)
    numbers = np.arange(512)
    for tile in range(9):
        row, column = divmod(tile, 3)
        window = np.s_[CUTS[row] : CUTS[row + 1], CUTS[column] : CUTS[column + 1]]
        mixtures[(numbers >> tile & 1 == 1, *window)] = exchanged[window]
    return mixtures


def _webp(picture: np.ndarray) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "webp", quality=85, method=6)
    return base64.b64encode(file.getvalue()).decode()
