"""Bunnies: one body for all species; ears, muzzle and the pattern of the fur tell them apart."""

from typing import NamedTuple

from course.data.creatures.animals.parts import BROWN, CREAM, GREY, INK, PINK, SAND, WHITE, Individual, Pen, blend, eye, tone
from course.data.creatures.shapes import Colour


class Species(NamedTuple):
    """What is fine about a species."""

    ear: float
    """Length of an ear, in units."""
    droop: float
    """Degrees by which the ears hang: 0 upright, 150 beside the cheeks."""
    muzzle: float
    """How far the snout stands out of the face, in units."""
    pattern: str = "plain"
    """"plain", "blanket" (white front and blaze) or "points" (dark ears, nose and feet)."""


SPECIES = {
    "belgian": Species(ear=0.40, droop=0, muzzle=0.07),
    "dutch": Species(ear=0.31, droop=0, muzzle=0.045, pattern="blanket"),
    "himalayan": Species(ear=0.31, droop=0, muzzle=0.05, pattern="points"),
    "lop": Species(ear=0.34, droop=150, muzzle=0.04),
    "netherland": Species(ear=0.19, droop=0, muzzle=0.02),
}


def fur_colour(one: Individual) -> Colour:
    """Grey over brown to sandy, whatever the species."""
    return one.coat(tone(GREY, 0.85), blend(GREY, BROWN, 0.5), BROWN, SAND, CREAM, spread=0.14)


def bunny(pen: Pen, one: Individual, pose: float, species: str) -> None:
    kind = SPECIES[species]
    coat = fur_colour(one)
    pale = blend(coat, WHITE, 0.55)
    dark = blend(tone(coat, 0.45), INK, 0.25)
    points = kind.pattern == "points"
    front = WHITE if kind.pattern == "blanket" else coat
    feet = dark if points else blend(front, WHITE, 0.15)
    plump = one.vary(one.plump, 0.07)
    head = pen.at(0.19, 0.53 + 0.055 * pose, one.vary(one.head, 0.05), 5 * pose)

    pen.paint(pen.ellipse(-0.42, 0.2, 0.085, 0.08), dark if points else WHITE, fur=0.02, edge=0.2)
    pen.paint(pen.line((0.16, 0.2), (0.21, 0.03), start=0.06, end=0.045), tone(front, 0.72), edge=0.2)
    ear(head, one, kind, tone(dark if points else coat, 0.8), far=True)
    chest = pen.curve((-0.05, 0.27), (0.1, 0.34), (0.17, 0.47 + 0.05 * pose), 0.19 * plump, 0.13)
    trunk = pen.joined(pen.ellipse(-0.17, 0.26, 0.265 * plump, 0.245 * plump), chest, softness=0.12)
    body = pen.paint(trunk, coat, fur=0.014, depth=0.14)
    pen.paint(pen.ellipse(0.2, 0.25, 0.09, 0.16), blend(front, WHITE, 0.5), within=body, edge=0, light=0, soft=0.06, opacity=0.8)
    if kind.pattern == "blanket":
        edge = 0.02 + 0.06 * one.markings[1]
        pen.paint(pen.ellipse(0.2 + edge, 0.25, 0.23, 0.42, 12), WHITE, within=body, edge=0.12, fur=0.014)
    pen.paint(pen.ellipse(-0.2, 0.19, 0.185 * plump, 0.17 * plump), tone(coat, 1.05), fur=0.01, light=0.16, edge=0.2, depth=0.07)
    pen.paint(pen.ellipse(-0.1, 0.045, 0.17, 0.045), feet, edge=0.24, depth=0.05)
    pen.paint(pen.line((0.1, 0.2), (0.15, 0.045), start=0.07, end=0.048), front, light=0.05, edge=0.18, depth=0.05, melt=0.16)
    pen.paint(pen.ellipse(0.175, 0.04, 0.075, 0.04), feet, edge=0.24, depth=0.04)
    face(head, one, kind, coat, pale, dark)
    ear(head, one, kind, dark if points else coat, far=False)


def face(head: Pen, one: Individual, kind: Species, coat: Colour, pale: Colour, dark: Colour) -> None:
    """Head, cheeks, snout, eye and whiskers; the origin is the middle of the head, the face looks to the right."""
    snout = head.ellipse(0.1 + kind.muzzle, -0.045, 0.09, 0.085)
    shape = head.joined(head.ellipse(0, 0, 0.178, 0.168), snout, softness=0.09)
    painted = head.paint(shape, coat, fur=0.01, depth=0.11)
    tip = 0.185 + kind.muzzle
    if kind.pattern == "blanket":
        head.paint(head.joined(head.ellipse(tip - 0.03, -0.05, 0.12, 0.1),
                               head.line((tip - 0.08, 0), (0.07, 0.2), start=0.05, end=0.02), softness=0.06),
                   WHITE, within=painted, edge=0.1, fur=0.008)
    elif kind.pattern == "points":
        head.paint(head.ellipse(tip, -0.04, 0.095, 0.085), dark, within=painted, edge=0, fur=0.01, opacity=0.9)
    else:
        head.paint(head.ellipse(tip - 0.02, -0.085, 0.085, 0.06), pale, within=painted, edge=0, light=0.1, opacity=0.9, soft=0.03)
    head.paint(head.ellipse(-0.01, -0.075, 0.095, 0.075), blend(coat, WHITE, 0.22), within=painted, edge=0, soft=0.05,
               opacity=0.6)
    head.paint(head.ellipse(0.01, -0.06, 0.04, 0.032), PINK, edge=0, light=0, opacity=0.6, soft=0.04)
    nose = INK if kind.pattern == "points" else PINK
    head.paint(head.ellipse(tip - 0.008, -0.022, 0.026, 0.02), nose, light=0.3, edge=0.1, depth=0.02)
    head.paint(head.curve((tip - 0.014, -0.045), (tip - 0.025, -0.085), (tip - 0.07, -0.085), 0.006, 0.005, 3), tone(dark, 0.9),
               edge=0, light=0)
    for turn in (-0.035, 0.0):
        head.paint(head.line((tip - 0.06, -0.05), (tip - 0.19, -0.07 + turn), start=0.002), WHITE, edge=0, light=0, opacity=0.35)
    ring = tone(blend(coat, WHITE, 0.45), 1.02)
    head.paint(head.ellipse(0.075, 0.035, 0.05, 0.052), ring, edge=0, opacity=0.7)
    eye(head, 0.078, 0.035, 0.037)


def ear(head: Pen, one: Individual, kind: Species, colour: Colour, *, far: bool) -> None:
    """One ear, rooted behind the top of the head."""
    length = kind.ear * one.vary(one.ears, 0.08)
    if kind.droop:
        root = head.at(-0.07 if not far else -0.01, 0.125, angle=kind.droop + 18 if not far else -166)
    else:
        root = head.at(-0.07 if not far else 0.0, 0.1, angle=14 + 8 * one.tail if not far else -6)
    root.paint(root.curve((0, 0), (0.012, length * 0.5), (0, length), 0.042, 0.05), colour, fur=0.006, light=0.1, edge=0.26,
               depth=0.06)
    if not (kind.droop or far):
        root.paint(root.curve((0.008, length * 0.2), (0.02, length * 0.5), (0.008, length * 0.95), 0.018, 0.026),
                   blend(PINK, colour, 0.25), edge=0.12, light=0.1)
