"""Grounds and what stands behind them; nothing here knows about the animals.

A ground is a square tile seen from above, painted once per size, that `paint_ground` lays out in
perspective from a random spot; grass gets blades on top. The background is drawn anew for every scene.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from course.data.creatures.randomness import generator, noise
from course.data.creatures.shapes import Canvas, Colour, Ellipse, Limb, Polygon

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


def _shaded(colour: Colour, shade: np.ndarray) -> list[np.ndarray]:
    return [value * shade for value in colour]


def _mixed(one: list | Colour, other: list | Colour, share: np.ndarray) -> list[np.ndarray]:
    return [a + (b - a) * share for a, b in zip(one, other)]


def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    place = (np.arange(size) + 0.5) / size
    return place[None, :], place[:, None]


def grass_tile(size: int) -> list[np.ndarray]:
    mottled = 0.6 * noise(size, 9, 7, 1) + 0.4 * noise(size, 31, 29, 2)
    return _mixed((0.30, 0.52, 0.16), (0.46, 0.68, 0.24), 0.5 + 0.5 * mottled)


def sand_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    wave = along * 14 + 0.9 * noise(size, 4, 5, 3) + 0.35 * noise(size, 9, 11, 4)
    wave = np.abs(wave - np.floor(wave) - 0.5) * 2
    ripple = wave * wave * (3 - 2 * wave) - 0.5
    grains = noise(size, size // 2, size // 2, 5)
    return _shaded((0.88, 0.75, 0.52), 1 + 0.13 * ripple + 0.05 * grains + 0.05 * noise(size, 5, 3, 6))


def snow_tile(size: int) -> list[np.ndarray]:
    hollow = 0.6 * noise(size, 6, 4, 7) + 0.4 * noise(size, 13, 9, 8)
    sparkle = noise(size, 60, 60, 9) > 0.86
    return _mixed((0.80, 0.86, 0.95), (0.97, 0.98, 1.0), np.clip(0.6 + 0.55 * hollow + 0.3 * sparkle, 0, 1))


def floor_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    boards = 8
    board = np.floor(across * boards).astype(np.int64)
    chance = generator("boards").random((boards, 2))
    seam = np.abs(across * boards - board - 0.5) > 0.462
    joint = np.abs((along + chance[board, 1]) * 2 % 1 - 0.5) > 0.491
    veins = noise(size, 6, 96, 10) + 0.6 * noise(size, 14, 48, 11)
    wood = 0.86 + 0.26 * chance[board, 0] + 0.055 * veins
    return _shaded((0.70, 0.47, 0.28), wood * (1 - 0.45 * (seam | joint)))


def carpet_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    weave = 1 + 0.08 * noise(size, 90, 90, 12) + 0.04 * noise(size, 8, 8, 13)
    diamond = np.abs(across * 5 % 1 - 0.5) + np.abs(along * 5 % 1 - 0.5)
    red, gold, blue = (0.62, 0.16, 0.22), (0.86, 0.68, 0.38), (0.20, 0.25, 0.46)
    cloth = _mixed(red, gold, np.clip(1 - np.abs(diamond - 0.36) * 22, 0, 1))
    return [layer * weave for layer in _mixed(cloth, blue, np.clip((0.24 - diamond) * 30, 0, 1))]


def stone_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    rng = generator("stones")
    nearest, second = np.full((size, size), 9.0), np.full((size, size), 9.0)
    bright = np.zeros((size, size))
    for row in range(7):
        for column in range(7):
            x, y = (column + 0.5 * (row % 2) + 0.15 + 0.7 * rng.random()) / 7, (row + 0.2 + 0.6 * rng.random()) / 7
            tone = rng.random()
            dx, dy = np.abs(across - x % 1), np.abs(along - y)
            dx, dy = np.minimum(dx, 1 - dx), np.minimum(dy, 1 - dy)
            distance = np.sqrt(dx * dx + dy * dy)
            closer = distance < nearest
            second = np.where(closer, nearest, np.minimum(second, distance))
            bright = np.where(closer, tone, bright)
            nearest = np.minimum(nearest, distance)
    dome = np.clip((second - nearest) * 32, 0, 1)
    dome = dome * (2 - dome)
    speckle = 0.06 * noise(size, 64, 64, 14)
    stone = _mixed((0.46, 0.48, 0.54), (0.70, 0.68, 0.66), bright)
    return _mixed((0.27, 0.27, 0.28), [layer * (1 + speckle) for layer in stone], dome)


def leaves_tile(size: int) -> list[np.ndarray]:
    """Fallen leaves, painted on a layer of 1 × 1 unit; those that cross the edge come in again on the other side."""
    canvas = Canvas(size, size, 0, size, size, mirrored=False, fur_seed=0)
    colours = ((0.80, 0.36, 0.12), (0.90, 0.58, 0.16), (0.62, 0.26, 0.12), (0.93, 0.74, 0.26), (0.52, 0.34, 0.18), (0.72, 0.20, 0.12))
    rng = generator("leaves")
    for _ in range(330):
        x, y, turn, long, kind, light = rng.random(6)
        colour = tuple(value * (0.82 + 0.3 * light) for value in colours[int(kind * len(colours))])
        radius = 0.026 + 0.018 * long
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if -0.06 < x + dx < 1.06 and -0.06 < y + dy < 1.06:
                    leaf = Ellipse(x + dx, y + dy, radius, radius * 0.58, 180 * turn)
                    canvas.paint(leaf, colour, light=0.15, edge=0.42, depth=0.014)
    return [layer + value * canvas.clear for layer, value in zip(canvas.colour, (0.34, 0.20, 0.12))]


TILES: dict[str, Callable[[int], list[np.ndarray]]] = {
    "carpet": carpet_tile, "floor": floor_tile, "grass": grass_tile, "leaves": leaves_tile, "sand": sand_tile, "snow": snow_tile,
    "stone": stone_tile,
}


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
        cover = np.clip(0.5 + (half - np.abs(across - middle)) * full_height, 0, 1) * (down > 0) * np.clip(half * 2 * full_height, 0, 1)
        keep = 1 - cover
        bright = (0.62 + 0.5 * np.clip(up, 0, 1)) * (0.8 + 0.36 * chance[3][cell])
        yellow = 0.8 + 0.45 * chance[1][cell]
        for channel, value in enumerate((0.36, 0.62, 0.17)):
            colour[channel, top:bottom] *= keep
            colour[channel, top:bottom] += value * bright * cover * (yellow if channel == 0 else 1)
        bare[top:bottom] *= keep
    return colour, bare


SKIES: dict[str, tuple[Colour, Colour]] = {
    "carpet": ((0.58, 0.70, 0.66), (0.66, 0.77, 0.72)),
    "floor": ((0.93, 0.86, 0.74), (0.95, 0.90, 0.80)),
    "grass": ((0.46, 0.72, 0.93), (0.84, 0.93, 0.97)),
    "leaves": ((0.90, 0.84, 0.70), (0.96, 0.90, 0.74)),
    "sand": ((0.38, 0.68, 0.90), (0.88, 0.94, 0.94)),
    "snow": ((0.66, 0.76, 0.86), (0.90, 0.92, 0.94)),
    "stone": ((0.68, 0.74, 0.82), (0.86, 0.87, 0.88)),
}
"""Colours at the top and at the horizon: sky, or the wall of a room."""


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


FLAT = {"light": 0.0, "edge": 0.0}


def _clouds(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for _ in range(2):
        x, y, size = rng.random(3)
        x, y, size = x * width, top * (0.5 + 0.4 * y), 0.07 + 0.05 * size
        for dx, grow in ((-0.9, 0.6), (0.8, 0.55), (0, 1)):
            canvas.paint(Ellipse(x + dx * size, y + 0.2 * size * grow, size * 1.2 * grow, size * 0.5 * grow), (1.0, 1.0, 1.0), light=0.03, edge=0.0,
                         opacity=0.85)


def _hills(canvas: Canvas, rng: np.random.Generator, width: float, colours: tuple[Colour, ...], height: float) -> None:
    for index, colour in enumerate(colours):
        for _ in range(2):
            x, tall = rng.random(2)
            tall = height * (0.5 + 0.6 * tall) * (1 - 0.3 * index)
            canvas.paint(Ellipse(x * width, -0.05, 0.42 * width, tall + 0.05), colour, light=0.08, edge=0.08, depth=0.05)


def meadow(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    _clouds(canvas, rng, width, top)
    _hills(canvas, rng, width, ((0.56, 0.74, 0.62), (0.44, 0.66, 0.36)), 0.16)
    for _ in range(3):
        x, size = rng.random(2)
        size = 0.045 + 0.035 * size
        canvas.paint(Limb(((x * width, -0.02), (x * width, size)), size * 0.16, size * 0.13), (0.42, 0.30, 0.20), **FLAT)
        canvas.paint(Ellipse(x * width, size * 1.4, size * 0.85, size), (0.27, 0.50, 0.24), light=0.25, edge=0.2, depth=0.03, fur=0.012)


def beach(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    _clouds(canvas, rng, width, top)
    sea = 0.07 + 0.05 * rng.random()
    canvas.paint(Polygon(((-0.1, -0.06), (width + 0.1, -0.06), (width + 0.1, sea), (-0.1, sea))), (0.25, 0.58, 0.70), light=-0.1, edge=0)
    for _ in range(4):
        x, y = rng.random(2)
        canvas.paint(Limb(((x * width, y * sea), (x * width + 0.12, y * sea)), 0.004, 0.004), (0.75, 0.90, 0.92), **FLAT)
    if rng.random() < 0.6:
        x = width * rng.random()
        canvas.paint(Ellipse(x, -0.03, 0.4, 0.07), (0.84, 0.72, 0.50), light=0.1, edge=0.05)


def winter(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    _hills(canvas, rng, width, ((0.78, 0.84, 0.91), (0.88, 0.92, 0.96)), 0.17)
    for _ in range(5):
        x, size = rng.random(2)
        x, size = x * width, 0.09 + 0.08 * size
        for step in (0.0, 0.3, 0.6):
            wide, low = size * (0.42 - 0.36 * step), -0.01 + size * step
            tip = (x, low + size * 0.55)
            canvas.paint(Polygon(((x - wide, low), (x + wide, low), tip), 0.006), (0.24, 0.38, 0.36), light=0.15, edge=0.1)
            canvas.paint(Polygon(((x - wide * 0.45, low + size * 0.3), (x + wide * 0.45, low + size * 0.3), tip), 0.004), (0.95, 0.97, 1.0), **FLAT)


def wood(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for layer, colour in enumerate(((0.80, 0.68, 0.52), (0.62, 0.46, 0.34), (0.42, 0.29, 0.22))):
        for _ in range(4 - layer):
            x, lean, thick = rng.random(3)
            x, thick = x * width, (0.014 + 0.01 * thick) * (1 + 0.7 * layer)
            canvas.paint(Limb(((x, -0.03), (x + 0.08 * (lean - 0.5), top + 0.1)), thick, thick * 0.75), colour, light=0, edge=0.25, depth=0.02)
        for _ in range(3):
            x, y, size = rng.random(3)
            canvas.paint(Ellipse(x * width, top * (0.75 + 0.35 * y), 0.09 + 0.06 * size, 0.05 + 0.03 * size),
                         ((0.93, 0.74, 0.40), (0.90, 0.60, 0.25), (0.82, 0.42, 0.18))[layer], light=0.12, edge=0.12, fur=0.02, opacity=0.85)


def room(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """Striped wallpaper, a skirting board and a picture or a window."""
    shift = 0.16 * rng.random()
    for step in range(int(width / 0.16) + 2):
        x = step * 0.16 - shift
        canvas.paint(Polygon(((x, -0.02), (x + 0.075, -0.02), (x + 0.075, top + 0.1), (x, top + 0.1))), (0.87, 0.76, 0.62), opacity=0.6, **FLAT)
    _frame(canvas, rng, width, top, (0.72, 0.52, 0.32))
    _skirting(canvas, width, (0.98, 0.96, 0.92))


def parlour(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """A green wall with dots."""
    shift = 0.12 * rng.random()
    for row in range(4):
        for column in range(int(width / 0.12) + 2):
            canvas.paint(Ellipse(column * 0.12 + 0.06 * (row % 2) - shift, 0.08 + 0.1 * row, 0.014, 0.014), (0.90, 0.91, 0.82), opacity=0.8, **FLAT)
    _frame(canvas, rng, width, top, (0.50, 0.36, 0.26))
    _skirting(canvas, width, (0.45, 0.31, 0.22))


def _frame(canvas: Canvas, rng: np.random.Generator, width: float, top: float, colour: Colour) -> None:
    x, y, wide = rng.random(3)
    x, wide = x * width, 0.08 + 0.05 * wide
    low, high = 0.13, max(top - 0.03 - 0.04 * y, 0.2)
    canvas.paint(Polygon(((x - wide, low), (x + wide, low), (x + wide, high), (x - wide, high)), 0.012), colour, light=0.1, edge=0.2, depth=0.02)
    canvas.paint(Polygon(((x - wide + 0.012, low + 0.012), (x + wide - 0.012, low + 0.012), (x + wide - 0.012, high - 0.012),
                          (x - wide + 0.012, high - 0.012))), (0.74, 0.86, 0.94), light=0.1, edge=0)
    canvas.paint(Ellipse(x, low, wide * 0.7, 0.05), (0.50, 0.66, 0.42), light=0.1, edge=0)


def _skirting(canvas: Canvas, width: float, colour: Colour) -> None:
    canvas.paint(Polygon(((-0.1, -0.02), (width + 0.1, -0.02), (width + 0.1, 0.045), (-0.1, 0.045))), colour, light=0.05, edge=0.2, depth=0.012)


def town(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """House fronts in soft colours."""
    x = -0.2 * rng.random()
    while x < width:
        wide, tall, hue = rng.random(3)
        wide, tall = 0.2 + 0.12 * wide, top * (0.5 + 0.35 * tall)
        wall = ((0.80, 0.72, 0.64), (0.72, 0.74, 0.74), (0.78, 0.66, 0.60))[int(hue * 3)]
        canvas.paint(Polygon(((x, -0.02), (x + wide, -0.02), (x + wide, tall), (x, tall))), wall, light=0.06, edge=0.14, depth=0.03)
        roof = ((x - 0.012, tall), (x + wide + 0.012, tall), (x + wide * 0.8, tall + 0.08), (x + wide * 0.2, tall + 0.08))
        canvas.paint(Polygon(roof), (0.55, 0.36, 0.33), light=0.1, edge=0.15, depth=0.02)
        for share in (0.28, 0.72):
            middle = x + wide * share
            canvas.paint(Polygon(((middle - 0.022, tall * 0.45), (middle + 0.022, tall * 0.45), (middle + 0.022, tall * 0.78),
                                  (middle - 0.022, tall * 0.78))), (0.42, 0.50, 0.60), light=0.2, edge=0.2, depth=0.01)
        x += wide + 0.004


BACKGROUNDS: dict[str, Callable[[Canvas, np.random.Generator, float, float], None]] = {
    "carpet": parlour, "floor": room, "grass": meadow, "leaves": wood, "sand": beach, "snow": winter, "stone": town,
}


def _scatter(rng: np.random.Generator, count: int, width: float, top: float):
    """`count` places on the ground, far ones first: x, y (upwards from the lower edge), size (1 near) and chance."""
    for depth in sorted(float(value) for value in rng.random(count)):
        x, chance = rng.random(2)
        yield x * width, (1 - depth) * top * 0.96, 0.35 + 0.65 * depth, chance


def flowers(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    colours = ((0.98, 0.96, 0.90), (0.97, 0.84, 0.30), (0.90, 0.56, 0.68))
    for x, y, size, chance in _scatter(rng, 7, width, top):
        canvas.paint(Ellipse(x, y, 0.018 * size, 0.014 * size), colours[int(chance * 3)], light=0.1, edge=0.15, depth=0.01)


def pebbles(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for x, y, size, chance in _scatter(rng, 6, width, top):
        colour = (0.62 + 0.25 * chance, 0.52 + 0.27 * chance, 0.42 + 0.3 * chance)
        canvas.paint(Ellipse(x, y, 0.026 * size, 0.015 * size), colour, light=0.25, edge=0.3, depth=0.012)


def drifts(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for x, y, size, chance in _scatter(rng, 4, width, top):
        canvas.paint(Ellipse(x, y, (0.12 + 0.1 * chance) * size, 0.03 * size), (0.93, 0.96, 1.0), light=0.07, edge=0.1, depth=0.03, opacity=0.8)


def loose_leaves(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    colours = ((0.92, 0.44, 0.14), (0.96, 0.76, 0.24), (0.78, 0.22, 0.12))
    for x, y, size, chance in _scatter(rng, 7, width, top):
        canvas.paint(Ellipse(x, y, 0.036 * size, 0.017 * size, 180 * (chance * 3 % 1)), colours[int(chance * 3)], light=0.2, edge=0.35, depth=0.012)


def tufts(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for x, y, size, chance in _scatter(rng, 4, width, top):
        for lean in (-0.6, 0.1, 0.7):
            tip = (x + 0.03 * size * lean, y + 0.04 * size)
            canvas.paint(Limb(((x, y), tip), 0.006 * size, 0.002), (0.36, 0.50 + 0.1 * chance, 0.26), **FLAT)


def nothing(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """A tidy room."""


DETAILS: dict[str, Callable[[Canvas, np.random.Generator, float, float], None]] = {
    "carpet": nothing, "floor": nothing, "grass": flowers, "leaves": loose_leaves, "sand": pebbles, "snow": drifts, "stone": tufts,
}
