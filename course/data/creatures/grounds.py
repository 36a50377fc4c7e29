"""A picture without an animal: ground, background and small things on the ground.

A ground is a square tile seen from above, painted once per size, that `paint_ground` lays out in
perspective from a random spot; grass gets blades on top. The background is drawn anew for every scene.
"""

from functools import lru_cache

import numpy as np

from course.data.creatures.backgrounds import BACKGROUNDS, DETAILS, SKIES
from course.data.creatures.randomness import generator
from course.data.creatures.shapes import Canvas
from course.data.creatures.tiles import TILES

TILE = 2.0
"""Side of a tile; 1 is about the width of the picture at its lower edge."""


def paint_ground(ground: str, scene: int, height: int, width: int) -> np.ndarray:
    """The picture without an animal.

    Returns:
        float64, shape (3, height, width), 0 to 1; a fresh array.
    """
    rng = generator("scene", ground, int(scene))
    horizon = 0.38 + 0.08 * rng.random()
    first = round(horizon * height)
    picture = np.empty((3, height, width))
    _background(picture, ground, horizon, rng)
    _lay_tile(picture[:, first:], ground, rng)
    if ground == "grass":
        _plant(picture[:, first:], rng, height)
    canvas = Canvas(height, width, 0, height, height, mirrored=False, fur_seed=0)
    DETAILS[ground](canvas, rng, width / height, 1 - horizon)
    picture *= canvas.clear
    picture += canvas.colour
    return picture


def _lay_tile(picture: np.ndarray, ground: str, rng: np.random.Generator) -> None:
    """Fill the rows below the horizon with the ground's tile in perspective, fading with distance; in place."""
    _, height, width = picture.shape
    size = 2 * max(64, 32 * round(max(height / 0.58, width) / 32))
    tile, mean = _tile(ground, size)
    near = ((np.arange(height) + 0.5) / height)[:, None]
    depth = 1 / (0.22 + 0.86 * near)
    across = ((np.arange(width) + 0.5) / width - 0.5) * (width / (height / 0.58)) * depth + TILE * rng.random()
    along = depth * 0.8 + TILE * rng.random() + np.zeros((1, width))
    place = (along * (size / TILE)).astype(np.int64) % size * size + ((across + 2 * TILE) * (size / TILE)).astype(np.int64) % size
    tint = 1 + np.array((0.06, 0.04, 0.07, 0.12)) * (rng.random(4) - 0.5)
    contrast = np.clip(0.25 + 2.2 * near, 0, 1)
    shade = (0.9 + 0.16 * near) * tint[3]
    for channel in range(3):
        layer = tile[channel].ravel()[place]
        layer -= mean[channel]
        layer *= contrast
        layer += mean[channel]
        layer *= shade * tint[channel]
        picture[channel] = layer


@lru_cache(maxsize=24)
def _tile(ground: str, size: int) -> tuple[np.ndarray, tuple[float, float, float]]:
    """A ground from above, float64 of shape (3, size, size), and its mean colour."""
    tile = np.stack([np.broadcast_to(layer, (size, size)) for layer in TILES[ground](size)])
    tile.flags.writeable = False
    return tile, tuple(round(float(layer.mean()), 6) for layer in tile)


def _plant(picture: np.ndarray, rng: np.random.Generator, full_height: int) -> None:
    """Blades of grass from a strip that is four pictures wide, from a random place in it; in place."""
    _, height, width = picture.shape
    blades, bare = _blades(full_height, width)
    start = int(rng.random() * 4 * width)
    columns = (np.arange(width) + start) % (4 * width)
    tint = 1 + 0.12 * (rng.random(3) - 0.5)
    for channel in range(3):
        layer = picture[channel]
        layer *= bare[:height, columns]
        layer += blades[channel, :height, columns].T * tint[channel]


@lru_cache(maxsize=4)
def _blades(full_height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of blades from far to near: colour (3, rows, 4 × width), already multiplied by coverage, and what stays bare."""
    height = full_height - round(0.38 * full_height) + 1
    colour, bare = np.zeros((3, height, 4 * width)), np.ones((height, 4 * width))
    across = (np.arange(4 * width) + 0.5) / full_height
    rng = generator("blades")
    rows = 26
    for row in range(rows):
        near = (row + 0.6) / rows
        base, tall = 0.62 * near * near * 0.55 + 0.62 * near * 0.5, 0.014 + 0.075 * near
        count = round(4 / (0.010 + 0.034 * near))
        pitch = 4 * width / full_height / count
        chance = rng.random((4, count))
        cell = np.minimum((across / pitch).astype(np.int64), count - 1)
        top = max(int((base - 1.5 * tall) * full_height), 0)
        bottom = min(int(base * full_height) + 1, height)
        down = (base - (np.arange(top, bottom) + 0.5) / full_height)[:, None] - tall * 0.5 * rng.random(count)[cell]
        up = np.clip(down / (tall * (0.45 + 0.55 * chance[0][cell])), 0, 2)
        middle = (cell + 0.5 + 0.5 * (chance[1][cell] - 0.5)) * pitch + (chance[2][cell] - 0.5) * 1.1 * pitch * up * up
        half = 0.26 * pitch * (1 - up)
        cover = np.clip(0.5 + (half - np.abs(across - middle)) * full_height, 0, 1) * (down > 0) * np.clip(half * 2 * full_height,
                                                                                                           0, 1)
        keep = 1 - cover
        bright = (0.62 + 0.5 * np.clip(up, 0, 1)) * (0.8 + 0.36 * chance[3][cell])
        yellow = 0.8 + 0.45 * chance[1][cell]
        for channel, value in enumerate((0.36, 0.62, 0.17)):
            colour[channel, top:bottom] *= keep
            colour[channel, top:bottom] += value * bright * cover * (yellow if channel == 0 else 1)
        bare[top:bottom] *= keep
    return colour, bare


def _background(picture: np.ndarray, ground: str, horizon: float, rng: np.random.Generator) -> None:
    """Sky or wall, and what stands at the horizon; in place, the whole picture."""
    _, height, width = picture.shape
    down = np.clip((np.arange(height) + 0.5) / (height * horizon), 0, 1)[:, None]
    top, low = SKIES[ground]
    tint = 1 + 0.07 * (rng.random(3) - 0.5)
    for channel in range(3):
        picture[channel] = (top[channel] + (low[channel] - top[channel]) * down) * tint[channel]
    # Units of the picture's height, y upwards from the horizon.
    canvas = Canvas(height, width, 0, horizon * height, height, mirrored=False, fur_seed=0)
    BACKGROUNDS[ground](canvas, rng, width / height, horizon)
    picture *= canvas.clear
    picture += canvas.colour
