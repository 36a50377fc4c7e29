"""The vocabulary that the animals share: a pen with a place and a size, and eyes, ears, legs, paws, tails."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course.data.creatures.randomness import generator
from course.data.creatures.shapes import Blend, Canvas, Colour, Ellipse, Limb, Point, Polygon, Shape, Stencil, sin_cos

WHITE, CREAM, PINK, INK = (0.97, 0.96, 0.94), (0.95, 0.89, 0.78), (0.90, 0.62, 0.60), (0.13, 0.10, 0.10)
GREY, BROWN, SAND = (0.56, 0.56, 0.58), (0.52, 0.37, 0.25), (0.80, 0.65, 0.44)


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 is the one colour, 1 the other."""
    return tuple(a + (b - a) * share for a, b in zip(one, other))


def tone(colour: Colour, factor: float) -> Colour:
    """Darker (below 1) or lighter (above 1)."""
    return tuple(min(value * factor, 1.0) for value in colour)


class Individual(NamedTuple):
    """What makes this animal itself: numbers from 0 to 1, and a generator's seed for its markings."""

    tint: float
    shade: float
    plump: float
    head: float
    legs: float
    ears: float
    tail: float
    markings: tuple[float, ...]

    @classmethod
    def of(cls, animal: str, number: int) -> "Individual":
        chance = generator("individual", animal, number).random(31)
        return cls(*(float(value) for value in chance[:7]), tuple(float(value) for value in chance[7:]))

    def coat(self, *colours: Colour, spread: float = 0.12) -> Colour:
        """A colour somewhere along these, up to `spread` lighter or darker."""
        place = self.tint * (len(colours) - 1)
        index = min(int(place), len(colours) - 2)
        return tone(blend(colours[index], colours[index + 1], place - index), 1 + spread * (2 * self.shade - 1))

    def vary(self, trait: float, spread: float) -> float:
        """A factor from 1 - spread to 1 + spread."""
        return 1 + spread * (2 * trait - 1)


class Pen:
    """Draws on a canvas from a place of its own, turned by `angle` degrees and enlarged by `size`."""

    def __init__(self, canvas: Canvas, x: float = 0.0, y: float = 0.0, size: float = 1.0, angle: float = 0.0):
        self.canvas, self.x, self.y, self.size, self.angle = canvas, x, y, size, angle
        self.sin, self.cos = sin_cos(angle)

    def at(self, x: float, y: float, size: float = 1.0, angle: float = 0.0) -> "Pen":
        """A pen whose origin is at (x, y) of this one."""
        return Pen(self.canvas, *self.point(x, y), self.size * size, self.angle + angle)

    def point(self, x: float, y: float) -> Point:
        """Where (x, y) of this pen is on the canvas."""
        return (self.x + (x * self.cos - y * self.sin) * self.size, self.y + (x * self.sin + y * self.cos) * self.size)

    def ellipse(self, x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Ellipse:
        return Ellipse(*self.point(x, y), rx * self.size, ry * self.size, self.angle + angle)

    def line(self, *points: Point, start: float, end: float | None = None) -> Limb:
        stop = start if end is None else end
        return Limb(tuple(self.point(*point) for point in points), start * self.size, stop * self.size)

    def curve(self, begin: Point, control: Point, end: Point, start: float, stop: float, steps: int = 5) -> Limb:
        places = (self.point(*begin), self.point(*control), self.point(*end))
        return Limb.curved(*places, start * self.size, stop * self.size, steps)

    def polygon(self, *points: Point, rounding: float = 0.0) -> Polygon:
        return Polygon(tuple(self.point(*point) for point in points), rounding * self.size)

    def joined(self, *shapes: Shape, softness: float = 0.1) -> Blend:
        return Blend(shapes, softness * self.size)

    def paint(self, shape: Shape, colour: Colour, **look) -> Stencil:
        return self.canvas.paint(shape, colour, **look)


def eye(pen: Pen, x: float, y: float, radius: float, colour: Colour = INK, iris: Colour | None = None) -> None:
    """A round eye with a highlight; with `iris`, a coloured ring around a dark pupil."""
    flat = {"light": 0.0, "edge": 0.0}
    if iris:
        pen.paint(pen.ellipse(x, y, radius * 1.35, radius * 1.35), iris, light=0.1, edge=0.5, depth=0.03)
    pen.paint(pen.ellipse(x, y, radius * (0.8 if iris else 1), radius * (0.95 if iris else 1.1)), colour, **flat)
    pen.paint(pen.ellipse(x + radius * 0.3, y + radius * 0.42, radius * 0.36, radius * 0.36), WHITE, **flat)


def two_eyes(pen: Pen, apart: float, y: float, radius: float, **colours) -> None:
    """Both eyes of a face that looks at us, `apart` from its middle."""
    eye(pen, -apart, y, radius, **colours)
    eye(pen, apart, y, radius, **colours)


def blush(pen: Pen, apart: float, y: float, radius: float) -> None:
    """Two faint pink cheeks."""
    for side in (-1, 1):
        pen.paint(pen.ellipse(side * apart, y, radius, radius * 0.75), PINK, light=0, edge=0, opacity=0.55, soft=0.03)


def muzzle(pen: Pen, y: float, width: float, colour: Colour, nose: Colour = INK, nose_width: float = 0.045) -> None:
    """A light snout seen from the front, with nose and mouth."""
    pen.paint(pen.ellipse(0, y, width, width * 0.78), colour, light=0.1, edge=0.14, depth=0.06)
    mouth = y - width * 0.12
    pen.paint(pen.line((0, y + width * 0.2), (0, mouth - 0.03), start=0.009), tone(nose, 0.9), edge=0)
    for side in (-1, 1):
        bow = pen.curve((0, mouth - 0.03), (side * width * 0.3, mouth - 0.07), (side * width * 0.55, mouth - 0.02), 0.009, 0.007,
                        3)
        pen.paint(bow, tone(nose, 0.9), edge=0)
    pen.paint(pen.ellipse(0, y + width * 0.38, nose_width, nose_width * 0.72), nose, light=0.5, edge=0)


def round_ears(pen: Pen, apart: float, y: float, radius: float, colour: Colour, inside: Colour, fur: float = 0.008) -> None:
    """Ears like a bear's or a mouse's, behind the head."""
    for side in (-1, 1):
        pen.paint(pen.ellipse(side * apart, y, radius, radius), colour, fur=fur)
        pen.paint(pen.ellipse(side * apart * 0.98, y - radius * 0.12, radius * 0.6, radius * 0.62), inside, edge=0.2)


def pointed_ears(pen: Pen, apart: float, y: float, width: float, height: float, colour: Colour, inside: Colour,
                 tip: Colour | None = None, lean: float = 0.3) -> None:
    """Ears like a cat's or a fox's; the tips lean outwards by `lean` of the height."""
    for side in (-1, 1):
        x, top = side * apart, (side * (apart + height * lean), y + height)
        pen.paint(pen.polygon((x - width, y - 0.03), (x + width, y - 0.03), top, rounding=0.022), colour, edge=0.25)
        inner = pen.polygon((x - width * 0.5, y), (x + width * 0.5, y), (top[0] * 0.97, y + height * 0.7), rounding=0.008)
        pen.paint(inner, inside, edge=0.15)
        if tip:
            pen.paint(pen.polygon((top[0] - width * 0.32, y + height * 0.72), (top[0] + width * 0.25, y + height * 0.72), top,
                                  rounding=0.02), tip, edge=0)


class Build(NamedTuple):
    """The proportions of an animal on four legs, in units; it stands around x = 0 with its feet at y = 0."""

    length: float
    """Centre of the hips to centre of the chest."""
    hips: float
    """Radius."""
    chest: float
    """Radius."""
    legs: float
    """Ground to belly."""
    thick: float
    """Radius of a leg at its foot."""
    x: float = -0.06
    """Middle of the trunk."""
    hoof: Colour | None = None
    """Colour of a hoof; None: paws."""
    fur: float = 0.012


class Standing(NamedTuple):
    """Where the parts of an animal on four legs are, for whoever draws the rest of it."""

    body: Stencil
    rump: Point
    chest: Point
    back: float


def four_legs(pen: Pen, build: Build, coat: Colour, one: Individual, pose: float, *, socks: Colour | None = None,
              neck: Shape | None = None, behind: Callable[[Point], None] | None = None, belly: Colour | None = None,
              pattern: Callable[[Stencil, Point, Point], None] | None = None, softness: float = 0.16) -> Standing:
    """Trunk and legs, from back to front; `behind` draws the tail, `pattern` the markings of the trunk."""
    plump = one.vary(one.plump, 0.08)
    legs = build.legs * one.vary(one.legs, 0.1) * (1 + 0.16 * pose)
    hips, chest = build.hips * plump, build.chest * plump
    rump, breast = (build.x - build.length / 2, legs + hips * 0.92), (build.x + build.length / 2,
                                                                      legs + chest * 0.96 + 0.02 * pose)
    far, foot = tone(coat, 0.72), socks or tone(coat, 0.93)
    if behind:
        behind(rump)
    inset = build.thick * 0.6
    fore, hind = breast[0] + chest * 0.5 - inset, rump[0] - hips * 0.5 + inset
    leg(pen, fore - build.thick * 2.1, legs + hips * 0.6, build, far, tone(foot, 0.72), hind=False)
    leg(pen, hind + build.thick * 2.1, legs + hips * 0.6, build, far, tone(foot, 0.72), hind=True)
    trunk = [pen.ellipse(*rump, hips, hips * 0.94), pen.line(rump, breast, start=hips * 0.86, end=chest * 0.86),
             pen.ellipse(*breast, chest * 0.92, chest)]
    if neck:
        trunk.append(neck)
    body = pen.paint(pen.joined(*trunk, softness=softness), coat, fur=build.fur, light=0.18, edge=0.3, depth=0.12)
    if belly:
        pen.paint(pen.ellipse(build.x, legs + hips * 0.1, build.length * 0.75, hips * 0.5), belly, within=body, edge=0, light=0,
                  opacity=0.75, soft=0.1)
    if pattern:
        pattern(body, rump, breast)
    leg(pen, fore, legs + hips * 0.75, build, coat, foot, hind=False, melt=legs + 0.01)
    leg(pen, hind, legs + hips * 0.75, build, coat, foot, hind=True, melt=legs + 0.01)
    return Standing(body, rump, breast, max(rump[1] + hips, breast[1] + chest))


def leg(pen: Pen, x: float, top: float, build: Build, coat: Colour, foot: Colour, *, hind: bool,
        melt: float | None = None) -> None:
    """One leg from the trunk to the ground, thicker above; a hind leg of a hoofed animal bends backwards."""
    thick = build.thick
    if build.hoof:
        bend = -0.5 * thick if hind else 0.2 * thick
        course = ((x + (0.3 if hind else 0) * thick, top), (x + bend, top * 0.45), (x, thick))
        shape = pen.line(*course, start=thick * (1.75 if hind else 1.5), end=thick * 0.72)
    else:
        shape = pen.line((x, top), (x, thick * 0.9), start=thick * 1.3, end=thick)
    pen.paint(shape, coat, light=0.04, edge=0.22, depth=0.05, melt=melt)
    if build.hoof:
        pen.paint(pen.polygon((x - thick * 0.8, 0.012), (x + thick * 0.9, 0.012), (x + thick * 0.6, thick * 1.1),
                              (x - thick * 0.6, thick * 1.1), rounding=0.012), build.hoof, edge=0.2)
    else:
        pen.paint(pen.ellipse(x + thick * 0.25, thick * 0.75, thick * 1.3, thick * 0.78), foot, edge=0.24, depth=0.04)


def spots(pen: Pen, within: Stencil, one: Individual, colour: Colour, count: int, box: tuple[float, float, float, float],
          radius: float, **look) -> None:
    """`count` irregular spots at the individual's own places in the box (left, bottom, right, top)."""
    left, bottom, right, top = box
    rng = np.random.Generator(np.random.PCG64(int(one.markings[0] * 2**40)))
    for index in range(count):
        u, v, size, turn = rng.random(4)
        x = left + (right - left) * (index + 0.2 + 0.6 * u) / count
        y = bottom + (top - bottom) * v
        r = radius * (0.7 + 0.6 * size)
        pen.paint(pen.ellipse(x, y, r * 1.2, r * 0.85, 180 * turn), colour, within=within, **look)
