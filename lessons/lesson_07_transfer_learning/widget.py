"""What the widget of lesson 7 shows: drawings of the held-out kinds, their maps at four depths, and two lists of
numbers for each, the network's features and coarse pixels."""

import base64
import io

import numpy as np

from course.widget_data import pack

TRAIN, TEST, SHOWN = 10, 15, 2
"""Pictures of each kind to learn from, to test with, and with maps."""
CHANNELS = 4
THUMB = 40
"""Pixels of a picture in the page; the network sees 64."""


def data(chapter: dict) -> dict:
    """Training pictures first, then test pictures, kind after kind."""
    classes = chapter["classes"]
    images, labels = chapter["pools"][0]
    train = chapter["first"](TRAIN)
    test = np.concatenate([np.flatnonzero(chapter["test_labels"] == kind)[:TEST] for kind in range(classes)])
    pictures = np.concatenate([images[train], chapter["test_images"][test]])
    features = np.concatenate([chapter["pool_features"][0][train], chapter["test_features"][test]])
    coarse = pictures.reshape(len(pictures), 8, 8, 8, 8, 3).mean(axis=(2, 4)).reshape(len(pictures), -1)
    shown = [TEST * kind + number for kind in range(classes) for number in range(SHOWN)]
    return {
        "kinds": list(chapter["HELD_OUT"]),
        "train": [int(label) for label in labels[train]],
        "test": [int(label) for label in chapter["test_labels"][test]],
        "thumb": THUMB,
        "sprite": _sprite(pictures),
        "features": pack(features, steps=True),
        "pixels": pack(np.round(coarse / 2).astype(np.int8)),
        "shown": shown,
        "maps": {name: pack(_strongest(layer)) for name, layer in chapter["activations_of"](chapter["test_images"][test[shown]]).items()},
    }


def _strongest(layer: np.ndarray) -> np.ndarray:
    """For each picture the maps that vary most: (pictures, CHANNELS, rows, columns), as bytes of each map's largest value."""
    chosen = np.argsort(-layer.std(axis=(1, 2)), axis=1)[:, :CHANNELS]
    maps = np.stack([picture[:, :, channels].transpose(2, 0, 1) for picture, channels in zip(layer, chosen, strict=True)])
    return np.round(255 * maps / np.maximum(maps.max(axis=(2, 3), keepdims=True), 1e-6)).clip(0, 255).astype(np.uint8)


def _sprite(pictures: np.ndarray, columns: int = 15) -> str:
    """All pictures in one WebP, `columns` in a row."""
    from PIL import Image

    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * THUMB, rows * THUMB))
    for place, picture in enumerate(pictures):
        small = Image.fromarray(picture).resize((THUMB, THUMB), Image.Resampling.LANCZOS)
        sheet.paste(small, (place % columns * THUMB, place // columns * THUMB))
    file = io.BytesIO()
    sheet.save(file, "webp", quality=60, method=6)
    return base64.b64encode(file.getvalue()).decode()
