"""What stands behind a ground, and what lies about on it; drawn anew for every scene.

A background's canvas has its origin at the left end of the horizon, y upwards; that of the details at the
lower left corner. The unit of both is the height of the picture.
"""

from collections.abc import Callable

import numpy as np

from course.data.creatures.shapes import Blend, Canvas, Colour, Ellipse, Limb, Polygon

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

FLAT = {"light": 0.0, "edge": 0.0}


def _clouds(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for _ in range(2):
        x, y, size = rng.random(3)
        x, y, size = x * width, top * (0.5 + 0.4 * y), 0.07 + 0.05 * size
        puffs = [Ellipse(x + dx * size, y + 0.2 * size * grow, size * 1.2 * grow, size * 0.5 * grow)
                 for dx, grow in ((-0.9, 0.6), (0.8, 0.55), (0, 1))]
        canvas.paint(Blend(tuple(puffs), 0.02), (1.0, 1.0, 1.0), light=0.03, edge=0.0, opacity=0.85)


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
        canvas.paint(Ellipse(x * width, size * 1.4, size * 0.85, size), (0.27, 0.50, 0.24), light=0.25, edge=0.2, depth=0.03,
                     fur=0.012)


def beach(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    _clouds(canvas, rng, width, top)
    sea = 0.07 + 0.05 * rng.random()
    canvas.paint(Polygon(((-0.1, -0.06), (width + 0.1, -0.06), (width + 0.1, sea), (-0.1, sea))), (0.25, 0.58, 0.70), light=-0.1,
                 edge=0)
    for _ in range(4):
        x, y = rng.random(2)
        canvas.paint(Limb(((x * width, y * sea), (x * width + 0.12, y * sea)), 0.004, 0.004), (0.75, 0.90, 0.92), **FLAT)
    if rng.random() < 0.6:
        x = width * rng.random()
        canvas.paint(Ellipse(x, -0.03, 0.4, 0.07), (0.84, 0.72, 0.50), light=0.1, edge=0.05)


def winter(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    _hills(canvas, rng, width, ((0.78, 0.84, 0.91), (0.88, 0.92, 0.96)), 0.17)
    for _ in range(4):
        x, size = rng.random(2)
        x, size = x * width, 0.09 + 0.08 * size
        for step in (0.0, 0.45):
            wide, low = size * (0.42 - 0.36 * step), -0.01 + size * step
            tip = (x, low + size * 0.55)
            canvas.paint(Polygon(((x - wide, low), (x + wide, low), tip), 0.006), (0.24, 0.38, 0.36), light=0.15, edge=0.1)
            canvas.paint(Polygon(((x - wide * 0.45, low + size * 0.3), (x + wide * 0.45, low + size * 0.3), tip), 0.004),
                         (0.95, 0.97, 1.0), **FLAT)


def wood(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    for layer, colour in enumerate(((0.80, 0.68, 0.52), (0.62, 0.46, 0.34), (0.42, 0.29, 0.22))):
        for _ in range(4 - layer):
            x, lean, thick = rng.random(3)
            x, thick = x * width, (0.014 + 0.01 * thick) * (1 + 0.7 * layer)
            canvas.paint(Limb(((x, -0.03), (x + 0.08 * (lean - 0.5), top + 0.1)), thick, thick * 0.75), colour, light=0,
                         edge=0.25, depth=0.02)
        for _ in range(3):
            x, y, size = rng.random(3)
            canvas.paint(Ellipse(x * width, top * (0.75 + 0.35 * y), 0.09 + 0.06 * size, 0.05 + 0.03 * size),
                         ((0.93, 0.74, 0.40), (0.90, 0.60, 0.25),
                          (0.82, 0.42, 0.18))[layer], light=0.12, edge=0.12, fur=0.02, opacity=0.85)


def room(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """Striped wallpaper, a skirting board and a picture or a window."""
    shift = 0.16 * rng.random()
    for step in range(int(width / 0.16) + 2):
        x = step * 0.16 - shift
        canvas.paint(Polygon(((x, -0.02), (x + 0.075, -0.02), (x + 0.075, top + 0.1), (x, top + 0.1))), (0.87, 0.76, 0.62),
                     opacity=0.6, **FLAT)
    _frame(canvas, rng, width, top, (0.72, 0.52, 0.32))
    _skirting(canvas, width, (0.98, 0.96, 0.92))


def parlour(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """A green wall with dots."""
    shift = 0.15 * rng.random()
    for row in range(3):
        for column in range(int(width / 0.15) + 2):
            canvas.paint(Ellipse(column * 0.15 + 0.075 * (row % 2) - shift, 0.11 + 0.12 * row, 0.015, 0.015), (0.90, 0.91, 0.82),
                         opacity=0.8, **FLAT)
    _frame(canvas, rng, width, top, (0.50, 0.36, 0.26))
    _skirting(canvas, width, (0.45, 0.31, 0.22))


def _frame(canvas: Canvas, rng: np.random.Generator, width: float, top: float, colour: Colour) -> None:
    x, y, wide = rng.random(3)
    x, wide = x * width, 0.08 + 0.05 * wide
    low, high = 0.13, max(top - 0.03 - 0.04 * y, 0.2)
    canvas.paint(Polygon(((x - wide, low), (x + wide, low), (x + wide, high), (x - wide, high)), 0.012), colour, light=0.1,
                 edge=0.2, depth=0.02)
    canvas.paint(Polygon(((x - wide + 0.012, low + 0.012), (x + wide - 0.012, low + 0.012), (x + wide - 0.012, high - 0.012),
                          (x - wide + 0.012, high - 0.012))), (0.74, 0.86, 0.94), light=0.1, edge=0)
    canvas.paint(Ellipse(x, low, wide * 0.7, 0.05), (0.50, 0.66, 0.42), light=0.1, edge=0)


def _skirting(canvas: Canvas, width: float, colour: Colour) -> None:
    canvas.paint(Polygon(((-0.1, -0.02), (width + 0.1, -0.02), (width + 0.1, 0.045), (-0.1, 0.045))), colour, light=0.05,
                 edge=0.2, depth=0.012)


def town(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    """House fronts in soft colours."""
    x = -0.2 * rng.random()
    while x < width:
        wide, tall, hue = rng.random(3)
        wide, tall = 0.2 + 0.12 * wide, top * (0.5 + 0.35 * tall)
        wall = ((0.80, 0.72, 0.64), (0.72, 0.74, 0.74), (0.78, 0.66, 0.60))[int(hue * 3)]
        canvas.paint(Polygon(((x, -0.02), (x + wide, -0.02), (x + wide, tall), (x, tall))), wall, light=0.06, edge=0.14,
                     depth=0.03)
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
        canvas.paint(Ellipse(x, y, (0.12 + 0.1 * chance) * size, 0.03 * size), (0.93, 0.96, 1.0), light=0.07, edge=0.1,
                     depth=0.03, opacity=0.8)


def loose_leaves(canvas: Canvas, rng: np.random.Generator, width: float, top: float) -> None:
    colours = ((0.92, 0.44, 0.14), (0.96, 0.76, 0.24), (0.78, 0.22, 0.12))
    for x, y, size, chance in _scatter(rng, 7, width, top):
        canvas.paint(Ellipse(x, y, 0.036 * size, 0.017 * size, 180 * (chance * 3 % 1)), colours[int(chance * 3)], light=0.2,
                     edge=0.35, depth=0.012)


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
