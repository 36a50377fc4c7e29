"""Animals with hooves, and the elephant: camel, cow, deer, elephant, giraffe, horse, pig, sheep, zebra."""

from course.data.creatures.animals.furry import face_at
from course.data.creatures.animals.parts import (
    BROWN, CREAM, GREY, INK, PINK, SAND, WHITE, Build, Individual, Pen, blend, blush, eye, four_legs, spots, tone, two_eyes,
)
from course.data.creatures.shapes import Colour, Point

HORN = (0.88, 0.82, 0.70)
HOOF = (0.28, 0.23, 0.21)


def thin_tail(pen: Pen, rump: Point, hips: float, coat: Colour, tuft: Colour, length: float = 0.26) -> None:
    """A hanging tail with a tuft."""
    x, y = rump[0] - hips * 0.85, rump[1] + hips * 0.45
    pen.paint(pen.curve((x, y), (x - 0.09, y), (x - 0.07, y - length), 0.022, 0.016), tone(coat, 0.9))
    pen.paint(pen.ellipse(x - 0.07, y - length, 0.03, 0.055), tuft, fur=0.012)


def side_ear(head: Pen, x: float, y: float, angle: float, colour: Colour, length: float = 0.1, width: float = 0.035) -> None:
    """A leaf-shaped ear, seen from the side."""
    root = head.at(x, y, angle=angle)
    root.paint(root.ellipse(0, length * 0.5, width, length * 0.6), colour, edge=0.25, depth=0.04)
    root.paint(root.ellipse(0.004, length * 0.48, width * 0.5, length * 0.4), blend(PINK, colour, 0.5), edge=0.1)


def long_head(head: Pen, coat: Colour, snout: Colour, length: float = 0.2, *, eye_size: float = 0.026) -> None:
    """A head in profile: the origin is the cheek, the snout points right and down."""
    end = (length * 0.86, -length * 0.62)
    painted = head.paint(head.joined(head.ellipse(0, 0, 0.1, 0.095), head.line((0, 0), end, start=0.085, end=0.062),
                                     softness=0.05),
                         coat, fur=0.005, depth=0.07)
    head.paint(head.ellipse(end[0] + 0.01, end[1] - 0.005, 0.085, 0.075), snout, within=painted, edge=0.1, depth=0.04)
    head.paint(head.ellipse(end[0] + 0.03, end[1] + 0.012, 0.013, 0.011), INK, edge=0)
    head.paint(head.line((end[0] + 0.03, end[1] - 0.035), (end[0] - 0.03, end[1] - 0.03), start=0.006), tone(snout, 0.5), edge=0)
    eye(head, 0.035, 0.03, eye_size)


def horse(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.40, 0.24, 0.16), (0.58, 0.35, 0.20), (0.76, 0.58, 0.38))
    mane = blend(coat, INK, 0.7) if one.markings[1] < 0.6 else CREAM
    top = (0.26, 0.82 + 0.07 * pose)

    def tail(rump):
        pen.paint(pen.curve((rump[0] - 0.1, rump[1] + 0.1), (rump[0] - 0.28, rump[1] + 0.08), (rump[0] - 0.2, rump[1] - 0.28),
                            0.045, 0.05),
                  mane, fur=0.015)

    build = Build(length=0.38, hips=0.16, chest=0.165, legs=0.32, thick=0.04, x=-0.08, hoof=HOOF, fur=0.006)
    neck = pen.curve((0.08, 0.5), (0.18, 0.62), top, 0.13, 0.085)
    four_legs(pen, build, coat, one, pose, behind=tail, neck=neck, socks=coat)
    head = pen.at(*top, angle=8 * pose - 6)
    pen.paint(pen.curve((0.0, 0.6), (0.08, 0.72), (top[0] - 0.08, top[1] + 0.05), 0.04, 0.045), mane, fur=0.016)
    side_ear(head, -0.05, 0.06, 12, tone(coat, 0.75), 0.1)
    long_head(head, coat, blend(coat, INK, 0.45), 0.235)
    if one.markings[2] > 0.4:
        head.paint(head.line((0.085, 0.03), (0.19, -0.07), start=0.02), WHITE, edge=0)
    side_ear(head, -0.02, 0.065, -6, coat, 0.11)
    head.paint(head.curve((-0.03, 0.1), (0.04, 0.11), (0.07, 0.03), 0.03, 0.015), mane, fur=0.01)


def zebra(pen: Pen, one: Individual, pose: float) -> None:
    coat, black = one.coat((0.93, 0.92, 0.90), (0.95, 0.91, 0.84), spread=0.04), (0.14, 0.13, 0.15)
    top = (0.25, 0.8 + 0.07 * pose)

    def stripes(body, rump, chest):
        width = 0.02 + 0.006 * one.markings[1]
        for step in range(5):
            x = -0.36 + 0.085 * step + 0.02 * one.markings[2 + step]
            pen.paint(pen.curve((x + 0.02, 0.78), (x - 0.02, 0.5), (x + 0.03, 0.3), width * 0.8, width * 0.5, 4), black,
                      within=body, edge=0)
        for step in range(6):
            x, y = 0.06 + 0.034 * step, 0.46 + 0.066 * step * (1 + 0.15 * pose)
            pen.paint(pen.line((x - 0.14, y + 0.09), (x + 0.14, y - 0.05), start=width * 0.7), black, within=body, edge=0)

    build = Build(length=0.36, hips=0.16, chest=0.16, legs=0.3, thick=0.04, x=-0.08, hoof=HOOF, fur=0.005)
    neck = pen.curve((0.07, 0.5), (0.17, 0.62), top, 0.13, 0.085)
    standing = four_legs(pen, build, coat, one, pose, neck=neck, pattern=stripes, socks=coat,
                         behind=lambda rump: thin_tail(pen, rump, 0.16, coat, black))
    for x in (standing.chest[0] + 0.056, standing.rump[0] - 0.056):
        for y in (0.1, 0.17, 0.24):
            pen.paint(pen.line((x - 0.045, y), (x + 0.045, y), start=0.012), black, edge=0)
    head = pen.at(*top, angle=8 * pose - 6)
    pen.paint(pen.curve((0.02, 0.66), (0.09, 0.75), (top[0] - 0.07, top[1] + 0.07), 0.025, 0.035), black, fur=0.012)
    side_ear(head, -0.05, 0.06, 12, tone(coat, 0.7), 0.1)
    long_head(head, coat, (0.25, 0.22, 0.22), 0.215)
    for x in (0.085, 0.13):
        head.paint(head.line((x - 0.01, 0.03 - (x - 0.085)), (x - 0.05, -0.07 - (x - 0.085) * 0.7), start=0.011), black, edge=0)
    side_ear(head, -0.02, 0.065, -6, coat, 0.11)


def giraffe(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.90, 0.76, 0.48), (0.94, 0.82, 0.58), (0.88, 0.70, 0.42))
    patch = one.coat((0.60, 0.34, 0.16), (0.70, 0.42, 0.20), (0.50, 0.28, 0.15))
    top = (0.24 - 0.05 * pose, 0.93 + 0.04 * pose)

    def patches(body, rump, chest):
        for row, count in enumerate((4, 4, 3)):
            left = rump[0] - 0.1 + 0.05 * (row % 2)
            spots(pen, body, one, patch, count, (left, rump[1] - 0.11 + 0.09 * row, left + 0.4, rump[1] - 0.09 + 0.09 * row),
                  0.037, edge=0.1)
        for step in range(4):
            share = step / 4
            x, y = 0.06 + (top[0] - 0.08) * share, 0.56 + (top[1] - 0.58) * share
            pen.paint(pen.ellipse(x + 0.03, y, 0.04, 0.045, 30), patch, within=body, edge=0.1)
            pen.paint(pen.ellipse(x - 0.045, y + 0.05, 0.03, 0.04, 30), patch, within=body, edge=0.1)

    build = Build(length=0.3, hips=0.125, chest=0.14, legs=0.36, thick=0.034, x=-0.1, hoof=HOOF, fur=0.004)
    neck = pen.line((0.03, 0.52), top, start=0.11, end=0.055)
    four_legs(pen, build, coat, one, pose, neck=neck, pattern=patches, socks=coat, softness=0.1,
              behind=lambda rump: thin_tail(pen, rump, 0.13, coat, patch))
    head = pen.at(*top, angle=8 * pose)
    for x in (-0.04, 0.015):
        head.paint(head.line((x, 0.05), (x - 0.015, 0.15), start=0.014), coat)
        head.paint(head.ellipse(x - 0.015, 0.155, 0.022, 0.022), tone(patch, 0.7))
    side_ear(head, -0.06, 0.03, 70, coat, 0.11)
    long_head(head, coat, CREAM, 0.2, eye_size=0.03)


def deer(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.60, 0.38, 0.22), (0.72, 0.47, 0.26), (0.66, 0.48, 0.32))
    top = (0.24, 0.7 + 0.06 * pose)

    def dots(body, rump, chest):
        spots(pen, body, one, CREAM, 7, (-0.34, 0.5, 0.1, 0.62), 0.017, edge=0, light=0)

    build = Build(length=0.34, hips=0.145, chest=0.145, legs=0.3, thick=0.032, x=-0.1, hoof=HOOF, fur=0.007)
    neck = pen.curve((0.04, 0.47), (0.14, 0.54), top, 0.11, 0.07)
    four_legs(pen, build, coat, one, pose, neck=neck, belly=CREAM, pattern=dots, socks=coat,
              behind=lambda rump: pen.paint(pen.ellipse(rump[0] - 0.15, rump[1] + 0.06, 0.045, 0.065, 20), WHITE, fur=0.014))
    head = pen.at(*top, angle=6 * pose)
    for x, lean, colour in ((0.0, 0.16, tone(BROWN, 0.75)), (-0.03, -0.16, BROWN)):
        grow = 0.9 + 0.25 * one.ears
        head.paint(head.curve((x, 0.07), (x + lean * 1.2, 0.14 * grow), (x + lean * 0.9, 0.32 * grow), 0.02, 0.012), colour,
                   edge=0.15)
        head.paint(head.line((x + lean * 0.55, 0.15 * grow), (x + lean * 0.2, 0.25 * grow), start=0.014, end=0.01), colour,
                   edge=0.15)
        head.paint(head.line((x + lean * 0.85, 0.2 * grow), (x + lean * 1.45, 0.28 * grow), start=0.014, end=0.01), colour,
                   edge=0.15)
    side_ear(head, -0.07, 0.04, 65, coat, 0.13, 0.042)
    long_head(head, coat, blend(coat, CREAM, 0.5), 0.17, eye_size=0.032)
    head.paint(head.ellipse(0.165, -0.09, 0.024, 0.02), INK, light=0.4, edge=0)


def camel(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.74, 0.56, 0.36), (0.82, 0.66, 0.44), (0.66, 0.48, 0.32))
    top = (0.37, 0.78 + 0.05 * pose)
    build = Build(length=0.36, hips=0.14, chest=0.15, legs=0.34, thick=0.038, x=-0.12, fur=0.012)
    neck = pen.joined(pen.curve((0.06, 0.46), (0.3, 0.36), top, 0.1, 0.06), pen.ellipse(-0.25, 0.63, 0.085, 0.13),
                      pen.ellipse(-0.02, 0.63, 0.085, 0.13), softness=0.07)
    four_legs(pen, build, coat, one, pose, neck=neck, softness=0.08,
              behind=lambda rump: thin_tail(pen, rump, 0.14, coat, tone(coat, 0.6), 0.2))
    for x in (-0.25, -0.02):
        pen.paint(pen.ellipse(x, 0.73, 0.06, 0.05), tone(coat, 0.7), fur=0.02, edge=0.1)
    head = pen.at(*top, 0.85, angle=10 + 6 * pose)
    side_ear(head, -0.06, 0.06, 25, coat, 0.07, 0.03)
    long_head(head, coat, blend(coat, CREAM, 0.4), 0.2, eye_size=0.03)
    head.paint(head.ellipse(-0.01, 0.085, 0.06, 0.035), tone(coat, 0.7), fur=0.014, edge=0.1)


def cow(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.95, 0.93, 0.90), (0.94, 0.90, 0.83), spread=0.04)
    patch = (0.17, 0.15, 0.16) if one.tint < 0.6 else (0.50, 0.28, 0.17)

    def patches(body, rump, chest):
        pen.paint(pen.ellipse(rump[0] + 0.01, rump[1] + 0.08, 0.11 + 0.06 * one.markings[1], 0.13, 30), patch, within=body,
                  edge=0.1, fur=0.03)
        pen.paint(pen.ellipse(rump[0] + 0.29 + 0.05 * one.markings[2], rump[1] + 0.1, 0.1, 0.1), patch, within=body, edge=0.1,
                  fur=0.03)
        pen.paint(pen.ellipse(rump[0] + 0.16, rump[1] - 0.13, 0.06, 0.05), patch, within=body, edge=0.1, fur=0.03)
        pen.paint(pen.ellipse(rump[0] + 0.14, rump[1] - 0.2, 0.055, 0.06), PINK, edge=0.2)

    build = Build(length=0.44, hips=0.185, chest=0.185, legs=0.25, thick=0.052, x=-0.1, hoof=HOOF, fur=0.006)
    four_legs(pen, build, coat, one, pose, pattern=patches, socks=coat,
              behind=lambda rump: thin_tail(pen, rump, 0.185, coat, patch, 0.3))
    head = face_at(pen, one, pose, 0.24, 0.62)
    for side in (-1, 1):
        head.paint(head.curve((side * 0.09, 0.14), (side * 0.19, 0.15), (side * 0.17, 0.27), 0.03, 0.014), HORN, edge=0.2,
                   depth=0.03)
        head.paint(head.ellipse(side * 0.22, 0.07, 0.1, 0.05, side * -12), patch, edge=0.25)
        head.paint(head.ellipse(side * 0.215, 0.065, 0.06, 0.025, side * -12), PINK, edge=0.1)
    face = head.paint(head.joined(head.ellipse(0, 0.05, 0.155, 0.14), head.ellipse(0, -0.12, 0.12, 0.1), softness=0.08), coat,
                      fur=0.006)
    for side in (-1, 1):
        if one.markings[3 + side] > 0.25:
            head.paint(head.ellipse(side * 0.11, 0.06, 0.085, 0.12), patch, within=face, edge=0.05, fur=0.014)
    head.paint(head.ellipse(0, -0.145, 0.135, 0.085), (0.93, 0.71, 0.68), edge=0.2, depth=0.06)
    for side in (-1, 1):
        head.paint(head.ellipse(side * 0.055, -0.13, 0.02, 0.026), tone(PINK, 0.55), edge=0)
        head.paint(head.ellipse(side * 0.085, 0.045, 0.046, 0.048), WHITE, edge=0.1)
    two_eyes(head, 0.083, 0.045, 0.032)


def pig(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.95, 0.70, 0.68), (0.93, 0.64, 0.60), (0.96, 0.77, 0.72), spread=0.06)
    dark = tone(coat, 0.8)

    def tail(rump):
        x, y = rump[0] - 0.2, rump[1] + 0.06
        pen.paint(pen.curve((x, y), (x - 0.12, y + 0.03), (x - 0.06, y + 0.11), 0.022, 0.018), dark)
        pen.paint(pen.curve((x - 0.06, y + 0.11), (x + 0.0, y + 0.09), (x - 0.09, y + 0.02), 0.018, 0.012), dark)

    def patches(body, rump, chest):
        if one.markings[1] > 0.55:
            spots(pen, body, one, tone(coat, 0.6), 3, (-0.3, 0.3, 0.1, 0.5), 0.06, edge=0, fur=0.02, opacity=0.8)

    build = Build(length=0.4, hips=0.215, chest=0.2, legs=0.15, thick=0.055, x=-0.08, hoof=tone(coat, 0.5), fur=0.003)
    four_legs(pen, build, coat, one, pose, pattern=patches, socks=coat, behind=tail)
    head = face_at(pen, one, pose, 0.22, 0.46)
    head.paint(head.ellipse(0, 0, 0.2, 0.185), coat, depth=0.12)
    for side in (-1, 1):
        head.paint(head.polygon((side * 0.06, 0.15), (side * 0.19, 0.07), (side * 0.21, 0.22), rounding=0.025), dark, edge=0.2)
    head.paint(head.ellipse(0, -0.055, 0.095, 0.075), tone(coat, 0.9), edge=0.3, depth=0.05)
    for side in (-1, 1):
        head.paint(head.ellipse(side * 0.036, -0.055, 0.017, 0.026), tone(coat, 0.45), edge=0)
    blush(head, 0.14, -0.05, 0.045)
    head.paint(head.curve((-0.05, -0.145), (0, -0.17), (0.05, -0.145), 0.008, 0.008, 4), tone(coat, 0.5), edge=0)
    two_eyes(head, 0.085, 0.05, 0.028)


def sheep(pen: Pen, one: Individual, pose: float) -> None:
    wool = one.coat((0.96, 0.94, 0.90), (0.90, 0.85, 0.76), (0.80, 0.76, 0.72), spread=0.04)
    skin = one.coat((0.20, 0.18, 0.19), (0.34, 0.27, 0.24), (0.55, 0.45, 0.38))
    build = Build(length=0.32, hips=0.12, chest=0.12, legs=0.2, thick=0.038, x=-0.08, hoof=HOOF)
    four_legs(pen, build, skin, one, pose, socks=skin)
    plump = 0.125 * one.vary(one.plump, 0.1)
    places = ((-0.32, 0.36), (-0.3, 0.5), (-0.18, 0.58), (-0.03, 0.6), (0.1, 0.55), (0.14, 0.42), (0.07, 0.3), (-0.08, 0.27),
              (-0.22, 0.28))
    curls = [pen.ellipse(x, y, plump, plump) for x, y in places]
    fleece = pen.paint(pen.joined(pen.ellipse(-0.09, 0.43, 0.25, 0.19), *curls, softness=0.03), wool, fur=0.02, edge=0.3,
                       depth=0.1)
    for x, y in places[:7]:
        shadow = pen.curve((x * 0.6 - 0.08, y * 0.6 + 0.17), (x * 0.6 - 0.03, y * 0.6 + 0.11), (x * 0.6 + 0.04, y * 0.6 + 0.16),
                           0.011, 0.011, 3)
        pen.paint(shadow, tone(wool, 0.8), within=fleece, edge=0, light=0)
    head = face_at(pen, one, pose, 0.24, 0.58)
    for side in (-1, 1):
        head.paint(head.ellipse(side * 0.16, 0.03, 0.08, 0.038, side * -18), skin, edge=0.25)
    head.paint(head.joined(head.ellipse(0, 0.02, 0.12, 0.13), head.ellipse(0, -0.1, 0.085, 0.08), softness=0.08), skin,
               light=0.25)
    tuft = [head.ellipse(x, y, 0.065, 0.06) for x, y in ((-0.08, 0.13), (0, 0.16), (0.08, 0.13))]
    head.paint(head.joined(*tuft, softness=0.03), wool, fur=0.016)
    for side in (-1, 1):
        head.paint(head.ellipse(side * 0.058, 0.025, 0.04, 0.042), WHITE, edge=0.1)
        head.paint(head.ellipse(side * 0.022, -0.13, 0.011, 0.014), tone(skin, 0.4), edge=0)
    two_eyes(head, 0.055, 0.022, 0.028)


def elephant(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat(tone(GREY, 0.85), GREY, blend(GREY, BROWN, 0.5), blend(BROWN, SAND, 0.3), blend(GREY, SAND, 0.6), spread=0.14)
    dark = tone(coat, 0.78)
    head = pen.at(0.22, 0.63 + 0.05 * pose, one.vary(one.head, 0.05), 5 * pose)

    def tail(rump):
        thin_tail(pen, rump, 0.25, coat, tone(coat, 0.45), 0.24)

    build = Build(length=0.3, hips=0.255, chest=0.25, legs=0.2, thick=0.082, x=-0.13, fur=0.004)
    standing = four_legs(pen, build, coat, one, pose, behind=tail, socks=coat)
    for x in (standing.chest[0] + 0.09, standing.rump[0] - 0.065):
        for nail in (0.0, 0.05, 0.1):
            pen.paint(pen.ellipse(x + nail, 0.025, 0.018, 0.02), blend(coat, CREAM, 0.6), edge=0)
    lift = 0.5 + 0.5 * pose
    tip = (0.27 + 0.08 * lift, -0.42 + 0.26 * lift)
    trunk = head.joined(head.ellipse(0, 0, 0.19, 0.19), head.ellipse(-0.02, 0.1, 0.13, 0.11),
                        head.curve((0.11, 0.0), (0.27, -0.1), (0.19, -0.36 + 0.1 * lift), 0.105, 0.052, 8),
                        head.curve((0.19, -0.36 + 0.1 * lift), (0.185, -0.46 + 0.1 * lift), tip, 0.052, 0.04, 5), softness=0.05)
    head.paint(trunk, coat, fur=0.004, depth=0.12)
    for step in range(4):
        y = -0.1 - 0.065 * step
        head.paint(head.line((0.185 - 0.012 * step, y), (0.235 - 0.01 * step, y + 0.012), start=0.006), dark, edge=0, light=0,
                   opacity=0.7)
    if one.markings[1] > 0.2:
        length = 0.1 + 0.14 * one.markings[2]
        head.paint(head.curve((0.1, -0.12), (0.13, -0.2), (0.15 + length, -0.17 + 0.2 * length), 0.03, 0.012), (0.96, 0.93, 0.84),
                   edge=0.2, depth=0.03)
    eye(head, 0.105, 0.045, 0.028)
    flap = one.vary(one.ears, 0.12)
    ear = head.joined(head.ellipse(-0.13, 0.02, 0.145 * flap, 0.2 * flap, 14),
                      head.ellipse(-0.09, -0.13, 0.07 * flap, 0.11 * flap, 10), softness=0.07)
    head.paint(ear, tone(coat, 0.92), fur=0.004, edge=0.42, depth=0.07)
    head.paint(head.ellipse(-0.12, 0.01, 0.09 * flap, 0.13 * flap, 14), blend(coat, PINK, 0.32), edge=0.1, opacity=0.75)
