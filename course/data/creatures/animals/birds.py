"""Birds: duck, hen, owl, penguin."""

from course.data.creatures.animals.parts import CREAM, WHITE, Individual, Pen, blend, blush, eye, spots, tone, two_eyes
from course.data.creatures.shapes import Colour

ORANGE, YELLOW = (0.95, 0.56, 0.16), (0.97, 0.78, 0.25)


def bird_leg(pen: Pen, x: float, top: float, colour: Colour, foot: float = 0.07) -> None:
    """A thin leg with a webbed or clawed foot."""
    pen.paint(pen.line((x, top), (x, 0.03), start=0.02, end=0.017), colour, edge=0.15)
    pen.paint(pen.polygon((x - foot * 0.4, 0.012), (x + foot, 0.012), (x + foot * 0.1, 0.045), rounding=0.012), colour, edge=0.15)


def duck(pen: Pen, one: Individual, pose: float) -> None:
    drake = one.tint < 0.5
    coat = one.coat((0.97, 0.96, 0.92), (0.97, 0.86, 0.50), (0.78, 0.62, 0.44), spread=0.05)
    crown = (0.16, 0.42, 0.30) if one.markings[0] < 0.4 else coat
    for x, shade in ((-0.02, 0.75), (0.1, 1.0)):
        bird_leg(pen, x, 0.2, tone(ORANGE, shade), 0.09)
    neck = pen.curve((0.12, 0.36), (0.24, 0.4), (0.2, 0.66 + 0.06 * pose), 0.12, 0.085)
    tail = pen.polygon((-0.3, 0.28), (-0.3, 0.42), (-0.46, 0.5), rounding=0.02)
    trunk = pen.joined(pen.ellipse(-0.08, 0.3, 0.29 * one.vary(one.plump, 0.07), 0.19), neck, tail, softness=0.12)
    pen.paint(trunk, coat, fur=0.01, depth=0.14)
    if crown != coat:
        pen.paint(pen.curve((0.13, 0.52), (0.2, 0.5), (0.29, 0.53), 0.022, 0.022), WHITE, edge=0)
    head = pen.at(0.22, 0.72 + 0.06 * pose, one.vary(one.head, 0.06), 6 * pose)
    head.paint(head.polygon((0.1, 0.03), (0.1, -0.055), (0.23, -0.055), (0.24, -0.02), rounding=0.022), tone(ORANGE, 0.85),
               edge=0.15)
    head.paint(head.curve((0.1, 0.01), (0.17, 0.0), (0.27, 0.0), 0.045, 0.024), ORANGE, light=0.25)
    head.paint(head.ellipse(0, 0, 0.145, 0.135), crown, fur=0.008, depth=0.1)
    eye(head, 0.06, 0.03, 0.03)
    wing = pen.joined(pen.ellipse(-0.12, 0.33, 0.18, 0.12, 12),
                      pen.polygon((-0.2, 0.3), (-0.18, 0.42), (-0.36, 0.43), rounding=0.02), softness=0.06)
    painted = pen.paint(wing, tone(coat, 0.93 if drake else 0.85), fur=0.01, edge=0.35, depth=0.06)
    for y in (0.28, 0.34):
        pen.paint(pen.curve((-0.05, y - 0.01), (-0.16, y - 0.03), (-0.28, y + 0.05), 0.009, 0.007, 4), tone(coat, 0.7),
                  within=painted, edge=0)


def hen(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.96, 0.93, 0.88), (0.86, 0.58, 0.30), (0.62, 0.32, 0.18), (0.30, 0.26, 0.27), spread=0.06)
    red = (0.85, 0.18, 0.17)
    for x, shade in ((-0.08, 0.75), (0.03, 1.0)):
        bird_leg(pen, x, 0.24, tone(YELLOW, shade * 0.95))
    for step, angle in enumerate((48, 28, 8)):
        plume = pen.at(-0.26, 0.42, angle=angle)
        plume.paint(plume.ellipse(-0.03, 0.13, 0.07, 0.17), tone(coat, 0.7 + 0.1 * step), fur=0.012)
    neck = pen.curve((0.08, 0.42), (0.2, 0.48), (0.17, 0.7 + 0.06 * pose), 0.15, 0.085)
    trunk = pen.joined(pen.ellipse(-0.07, 0.38, 0.26 * one.vary(one.plump, 0.07), 0.215), neck, softness=0.14)
    painted = pen.paint(trunk, coat, fur=0.014, depth=0.14)
    spots(pen, painted, one, tone(coat, 0.75), 6, (0.02, 0.3, 0.24, 0.6), 0.018, edge=0, light=0)
    head = pen.at(0.18, 0.74 + 0.06 * pose, one.vary(one.head, 0.06), 6 * pose)
    comb = [head.ellipse(x, y, 0.048, 0.055) for x, y in ((-0.06, 0.12), (0.02, 0.145), (0.085, 0.105))]
    head.paint(head.joined(*comb, softness=0.02), red, edge=0.2, depth=0.04)
    head.paint(head.ellipse(0, 0, 0.12, 0.115), coat, fur=0.01, depth=0.09)
    head.paint(head.ellipse(0.1, -0.1, 0.034, 0.06), red, edge=0.2, depth=0.03)
    head.paint(head.polygon((0.1, 0.03), (0.1, -0.045), (0.2, -0.02), rounding=0.014), YELLOW, edge=0.2, depth=0.03)
    eye(head, 0.05, 0.025, 0.027)
    wing = pen.paint(pen.joined(pen.ellipse(-0.1, 0.4, 0.165, 0.13, 14), pen.ellipse(-0.2, 0.42, 0.1, 0.07, -20), softness=0.06),
                     tone(coat, 0.86), fur=0.014, edge=0.35, depth=0.06)
    for y in (0.34, 0.4):
        pen.paint(pen.curve((-0.02, y), (-0.12, y - 0.05), (-0.24, y + 0.02), 0.01, 0.008, 4), tone(coat, 0.66), within=wing,
                  edge=0)


def owl(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.48, 0.36, 0.27), (0.62, 0.46, 0.32), (0.52, 0.48, 0.46))
    pale = blend(coat, CREAM, 0.7)
    lift = 0.03 * pose
    body = pen.paint(pen.joined(pen.ellipse(0, 0.33, 0.26 * one.vary(one.plump, 0.07), 0.3),
                                pen.ellipse(0, 0.62 + lift, 0.25, 0.2),
                                softness=0.1), coat, fur=0.016, depth=0.14)
    belly = pen.paint(pen.ellipse(0.02, 0.27, 0.17, 0.22), pale, within=body, fur=0.01, edge=0.14)
    for row in range(4):
        for column in range(4 - row % 2):
            x, y = -0.1 + 0.075 * column + 0.037 * (row % 2), 0.4 - 0.08 * row
            pen.paint(pen.curve((x - 0.022, y), (x, y - 0.04), (x + 0.022, y), 0.01, 0.01, 2), tone(coat, 0.85), within=belly,
                      edge=0, light=0)
    for side in (-1, 1):
        pen.paint(pen.ellipse(side * 0.235, 0.33, 0.08, 0.24, side * 8), tone(coat, 0.75), fur=0.012, edge=0.3)
        pen.paint(pen.line((side * 0.08 - 0.04, 0.03), (side * 0.08 + 0.04, 0.03), start=0.03), ORANGE, edge=0.2)
    head = pen.at(0, 0.65 + lift, one.vary(one.head, 0.05), 10 * (one.tail - 0.5))
    for side in (-1, 1):
        head.paint(head.polygon((side * 0.07, 0.13), (side * 0.2, 0.08), (side * 0.21, 0.215), rounding=0.02), tone(coat, 0.8),
                   fur=0.01)
    for side in (-1, 1):
        head.paint(head.ellipse(side * 0.105, 0.01, 0.125, 0.13), pale, fur=0.01, edge=0.25, depth=0.06)
    two_eyes(head, 0.1, 0.015, 0.062, iris=blend(YELLOW, ORANGE, one.markings[1]))
    head.paint(head.polygon((-0.035, -0.03), (0.035, -0.03), (0, -0.11), rounding=0.014), (0.30, 0.25, 0.22), light=0.4, edge=0)


def penguin(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.16, 0.18, 0.24), (0.28, 0.32, 0.40), (0.12, 0.12, 0.14))
    lift = 0.04 * pose
    for side, shade in ((-1, 0.8), (1, 1.0)):
        pen.paint(pen.ellipse(side * 0.1 + 0.05, 0.03, 0.1, 0.032), tone(ORANGE, shade), edge=0.2, depth=0.03)
    pen.paint(pen.curve((-0.17, 0.55), (-0.34, 0.42), (-0.3, 0.24), 0.06, 0.04), tone(coat, 0.8), edge=0.25)
    trunk = pen.joined(pen.ellipse(0, 0.34, 0.235 * one.vary(one.plump, 0.07), 0.32), pen.ellipse(0.03, 0.72 + lift, 0.155, 0.15),
                       softness=0.14)
    body = pen.paint(trunk, coat, fur=0.008, light=0.35, depth=0.12)
    pen.paint(pen.ellipse(0.06, 0.32, 0.18, 0.27), WHITE, within=body, edge=0.16, depth=0.08, fur=0.008)
    pen.paint(pen.ellipse(0.1, 0.6, 0.11, 0.06), YELLOW, within=body, edge=0, fur=0.01, opacity=0.75)
    head = pen.at(0.03, 0.74 + lift, one.vary(one.head, 0.05), 6 * pose)
    head.paint(head.ellipse(0.06, -0.01, 0.1, 0.095), WHITE, edge=0.12, fur=0.006)
    head.paint(head.curve((0.1, -0.01), (0.17, 0.0), (0.25, -0.035), 0.035, 0.012), ORANGE, light=0.2)
    head.paint(head.ellipse(0.03, 0.09, 0.1, 0.06), coat, edge=0, light=0.2)
    eye(head, 0.06, 0.025, 0.03)
    blush(head.at(0.06, -0.05), 0.0, 0, 0.03)
    pen.paint(pen.curve((-0.02, 0.56), (-0.15, 0.42), (-0.11, 0.22), 0.062, 0.036), tone(coat, 1.1), edge=0.35, depth=0.05)
