"""Soft-edged shapes: signed distances, and a canvas that paints them in layers.

Everything is in the animal's own units: x to where it faces, y upwards from its feet, 1 is the height of
a large animal. A signed distance is negative inside; half a pixel on either side of zero makes the
smooth edge (anti-aliasing). Formulas: https://iquilezles.org/articles/distfunctions2d/ .
Only +, -, ×, ÷ and square roots touch the arrays, so that every platform draws the same bits.
"""

import math
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import numpy as np

from course.data.creatures.randomness import soft_noise

Colour = tuple[float, float, float]
"""Red, green, blue; 0 to 1."""
Point = tuple[float, float]


def between_0_and_1(values: np.ndarray) -> np.ndarray:
    """Clip in place; quicker than `np.clip` for small arrays."""
    return np.minimum(np.maximum(values, 0, out=values), 1, out=values)


@lru_cache(maxsize=4096)
def sin_cos(angle: float) -> Point:
    """Sine and cosine of degrees, rounded so that the last bit of a platform's library does not matter."""
    return round(math.sin(math.radians(angle)), 12), round(math.cos(math.radians(angle)), 12)


class Box(NamedTuple):
    """The rectangle outside of which a shape has no pixel."""

    left: float
    bottom: float
    right: float
    top: float


class Ellipse(NamedTuple):
    """An ellipse with radii `rx` and `ry`, turned by `angle` degrees counter-clockwise."""

    x: float
    y: float
    rx: float
    ry: float
    angle: float = 0.0

    @property
    def box(self) -> Box:
        sin, cos = sin_cos(self.angle)
        width = math.sqrt((self.rx * cos) ** 2 + (self.ry * sin) ** 2)
        height = math.sqrt((self.rx * sin) ** 2 + (self.ry * cos) ** 2)
        return Box(self.x - width, self.y - height, self.x + width, self.y + height)

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = x - self.x, y - self.y
        if self.angle:
            sin, cos = sin_cos(self.angle)
            x, y = x * cos + y * sin, y * cos - x * sin
        x, y = x / self.rx, y / self.ry
        square = x * x + (y * y + 1e-9)
        x, y = x / self.rx, y / self.ry
        slope = x * x + (y * y + 1e-9)
        np.sqrt(slope, out=slope)
        square -= np.sqrt(square)
        square /= slope
        return square  # first order: exact on the outline, good near it


class Limb(NamedTuple):
    """A line through `points` that is `start` thick at its beginning and `end` at its end (radii)."""

    points: tuple[Point, ...]
    start: float
    end: float

    @classmethod
    def curved(cls, begin: Point, control: Point, end: Point, start: float, stop: float, steps: int = 7) -> Self:
        """A quadratic Bézier curve, drawn as short straight pieces."""
        points = []
        for step in range(steps + 1):
            t = step / steps
            a, b, c = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
            points.append((a * begin[0] + b * control[0] + c * end[0], a * begin[1] + b * control[1] + c * end[1]))
        return cls(tuple(points), start, stop)

    @property
    def box(self) -> Box:
        thick = max(self.start, self.end)
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs) - thick, min(ys) - thick, max(xs) + thick, max(ys) + thick)

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        pieces = len(self.points) - 1
        best = None
        for index, ((ax, ay), (bx, by)) in enumerate(zip(self.points, self.points[1:])):
            dx, dy = bx - ax, by - ay
            px, py = x - ax, y - ay
            square = dx * dx + dy * dy + 1e-12
            along = between_0_and_1(px * (dx / square) + py * (dy / square))
            ex, ey = px - along * dx, py - along * dy
            ex *= ex
            ey *= ey
            ex += ey
            distance = np.sqrt(ex, out=ex)
            along *= (self.end - self.start) / pieces
            along += self.start + (self.end - self.start) * index / pieces
            distance -= along
            best = distance if best is None else np.minimum(best, distance, out=best)
        return best


class Polygon(NamedTuple):
    """A convex polygon, corners in either direction, with corners rounded by `rounding`."""

    points: tuple[Point, ...]
    rounding: float = 0.0

    @property
    def box(self) -> Box:
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs) - self.rounding, min(ys) - self.rounding, max(xs) + self.rounding, max(ys) + self.rounding)

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        corners = self.points
        turn = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]))
        sign = 1.0 if turn > 0 else -1.0
        best = None
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
            length = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
            nx, ny = sign * (by - ay) / length, sign * (ax - bx) / length
            distance = (x - ax) * nx + (y - ay) * ny
            best = distance if best is None else np.maximum(best, distance, out=best)
        return best - self.rounding


class Blend(NamedTuple):
    """Several shapes that flow into one another over a width of about `softness`."""

    shapes: tuple
    softness: float

    @property
    def box(self) -> Box:
        boxes = [shape.box for shape in self.shapes]
        grow = self.softness / 4
        return Box(min(b.left for b in boxes) - grow, min(b.bottom for b in boxes) - grow,
                   max(b.right for b in boxes) + grow, max(b.top for b in boxes) + grow)

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        best = self.shapes[0].distance(x, y)
        for shape in self.shapes[1:]:
            other = shape.distance(x, y)
            share = between_0_and_1(0.5 + (other - best) * (0.5 / self.softness))
            best = other + (best - other) * share - self.softness * share * (1 - share)
        return best


Shape = Ellipse | Limb | Polygon | Blend


class Stencil(NamedTuple):
    """Where a shape was painted: `coverage` (0 to 1) of the pixels of the window `rows`, `columns`."""

    rows: slice
    columns: slice
    coverage: np.ndarray

    def window(self, rows: slice, columns: slice, shape: tuple[int, int]) -> np.ndarray:
        """The coverage of another window of the same picture."""
        picture = np.zeros(shape)
        picture[self.rows, self.columns] = self.coverage
        return picture[rows, columns]


class Canvas:
    """A transparent layer of `height` × `width` pixels, painted from back to front.

    Args:
        height, width: pixels.
        x, y: the pixel position (from the left, from the top) of the units' origin.
        unit: pixels per unit.
        mirrored: x grows to the left.
        fur_seed: which patch of the fur texture this animal wears.

    `colour` has shape (3, height, width), already multiplied by coverage; `clear` (height, width) is the
    share of what lies behind that shows through, 1 where nothing was painted and exactly 0 where covered.
    """

    def __init__(self, height: int, width: int, x: float, y: float, unit: float, *, mirrored: bool, fur_seed: int):
        self.pixel = 1 / unit
        self.columns = (np.arange(width) + 0.5 - x) * ((-1 if mirrored else 1) / unit)
        self.rows = ((y - np.arange(height) - 0.5) / unit)[:, None]
        self.origin, self.unit, self.mirrored = (x, y), unit, mirrored
        self.colour = np.zeros((3, height, width))
        self.clear = np.ones((height, width))
        self.fur_seed = fur_seed

    @cached_property
    def fur(self) -> np.ndarray:
        """The texture under every pixel, about -1 to 1; it belongs to the animal and moves with it."""
        tile = soft_noise()
        across = ((self.columns + 64) * 300).astype(np.int64) + self.fur_seed % 509
        down = ((self.rows + 64) * 200).astype(np.int64) + self.fur_seed % 521
        return tile[down % tile.shape[0], across % tile.shape[1]]

    def window(self, box: Box, margin: float) -> tuple[slice, slice]:
        """The pixels that a box can touch, as slices of rows and columns."""
        x, y = self.origin
        left, right = (-box.right, -box.left) if self.mirrored else (box.left, box.right)
        height, width = self.clear.shape
        top = max(math.floor(y - (box.top + margin) * self.unit), 0)
        bottom = min(math.ceil(y - (box.bottom - margin) * self.unit), height)
        first = max(math.floor(x + (left - margin) * self.unit), 0)
        last = min(math.ceil(x + (right + margin) * self.unit), width)
        return slice(top, max(bottom, top)), slice(first, max(last, first))

    def paint(self, shape: Shape, colour: Colour, *, light: float = 0.2, edge: float = 0.28, depth: float = 0.09,
              fur: float = 0.0, soft: float = 0.0, melt: float | None = None, opacity: float = 1.0,
              within: Stencil | None = None) -> Stencil:
        """Paint a shape: lighter above, darker below and towards its rim.

        Args:
            light: how much lighter the top is than the middle, as a share.
            edge: how much darker the rim is, as a share, fading inwards over `depth` units.
            fur: how far tufts stand out of the outline, in units, and how visible the texture is.
            soft: width of a blurred outline, in units.
            melt: above this y the shape fades into what it was painted on (a leg into a body).
            opacity: 0 to 1.
            within: paint only where this was painted (markings on a body).
        """
        box = shape.box
        rows, columns = self.window(box, self.pixel + fur + soft / 2)
        x, y = self.columns[columns], self.rows[rows]
        if not x.size or not y.size:
            return Stencil(rows, columns, np.zeros((y.size, x.size)))
        distance = shape.distance(x, y)
        if fur:
            tufts = self.fur[rows, columns]
            distance += fur * tufts
        coverage = between_0_and_1(0.5 - distance * (1 / (self.pixel + soft)))
        if within is not None:
            coverage *= within.window(rows, columns, self.clear.shape)
        if melt is not None:
            coverage *= between_0_and_1(1 - (y - melt) * 10)
        if opacity != 1:
            coverage *= opacity
        shade = 1 + (y - (box.top + box.bottom) / 2) * (2 * light / (box.top - box.bottom)) if light else 1.0
        if edge:
            distance *= 1 / depth
            distance += 1
            rim = between_0_and_1(distance)
            rim *= rim
            rim *= edge
            shade = shade - rim
        if fur:
            shade = shade + min(6 * fur, 0.14) * tufts
        keep = 1 - coverage
        self.clear[rows, columns] *= keep
        layer = self.colour[:, rows, columns]
        layer *= keep
        layer += np.array(colour)[:, None, None] * (shade * coverage)
        return Stencil(rows, columns, coverage)
