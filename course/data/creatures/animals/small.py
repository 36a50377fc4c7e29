"""Small animals near the ground: frog, hedgehog, snail, turtle."""

from course.data.creatures.animals.parts import CREAM, INK, SAND, WHITE, Individual, Pen, blend, blush, eye, spots, tone
from course.data.creatures.shapes import sin_cos


def frog(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.28, 0.52, 0.20), (0.42, 0.64, 0.24), (0.56, 0.66, 0.28))
    pale = blend(coat, CREAM, 0.7)
    lift = 0.04 * pose
    pen.paint(pen.ellipse(-0.2, 0.16, 0.2, 0.15, 25), tone(coat, 0.7))
    trunk = pen.joined(pen.ellipse(-0.07, 0.28 + lift, 0.28, 0.2, 24), pen.ellipse(0.14, 0.44 + lift, 0.225, 0.17), softness=0.14)
    body = pen.paint(trunk, coat, fur=0.004, depth=0.14)
    pen.paint(pen.ellipse(0.2, 0.26 + lift, 0.17, 0.16), pale, within=body, edge=0)
    spots(pen, body, one, tone(coat, 0.7), 5, (-0.28, 0.3, 0.1, 0.5), 0.035, edge=0, light=0)
    for x in (0.17, 0.05):
        shade = 1.0 if x < 0.1 else 0.8
        pen.paint(pen.line((x, 0.24), (x + 0.05, 0.05), start=0.055, end=0.035), tone(coat, shade), edge=0.2)
        for toe in (0.0, 0.06, 0.12):
            pen.paint(pen.ellipse(x + toe + 0.02, 0.025, 0.032, 0.022), tone(coat, shade * 1.05), edge=0.15)
    pen.paint(pen.ellipse(-0.2, 0.19, 0.19, 0.145, 32), tone(coat, 1.05), edge=0.36, depth=0.07)
    pen.paint(pen.line((-0.3, 0.05), (-0.02, 0.035), start=0.042, end=0.032), tone(coat, 1.05), edge=0.25)
    head = pen.at(0.17, 0.47 + lift, one.vary(one.head, 0.05))
    for x, shade in ((0.14, 0.85), (-0.03, 1.0)):
        head.paint(head.ellipse(x, 0.14, 0.085, 0.085), tone(coat, shade), depth=0.06)
        eye(head, x + 0.015, 0.15, 0.042, iris=(0.95, 0.84, 0.35))
    blush(head.at(-0.08, -0.03), 0.0, 0, 0.03)
    head.paint(head.curve((-0.06, -0.04), (0.06, -0.11), (0.15, -0.04), 0.012, 0.009), tone(coat, 0.3), light=0, edge=0)
    head.paint(head.ellipse(0.15, 0.025, 0.012, 0.01), tone(coat, 0.35), edge=0)


def turtle(pen: Pen, one: Individual, pose: float) -> None:
    skin = one.coat((0.46, 0.58, 0.30), (0.58, 0.66, 0.36), (0.62, 0.60, 0.42))
    shell = one.coat((0.45, 0.32, 0.18), (0.36, 0.42, 0.22), (0.56, 0.40, 0.22))
    head = pen.at(0.43, 0.33 + 0.09 * pose, one.vary(one.head, 0.06), 8 * pose)
    pen.paint(pen.polygon((-0.4, 0.14), (-0.38, 0.22), (-0.52, 0.12), rounding=0.015), skin)
    for x in (-0.2, 0.17):
        pen.paint(pen.line((x, 0.2), (x + 0.04, 0.045), start=0.075, end=0.055), tone(skin, 0.7), edge=0.2)
    pen.paint(pen.curve((0.2, 0.2), (0.36, 0.16), (0.42, 0.31 + 0.09 * pose), 0.085, 0.065), skin)
    head.paint(head.joined(head.ellipse(0, 0, 0.105, 0.095), head.ellipse(0.05, -0.025, 0.08, 0.06), softness=0.04), skin,
               depth=0.08)
    eye(head, 0.04, 0.028, 0.029)
    head.paint(head.curve((0.03, -0.05), (0.08, -0.06), (0.125, -0.03), 0.008, 0.007, 3), tone(skin, 0.4), edge=0)
    dome = pen.joined(pen.ellipse(-0.06, 0.24, 0.36, 0.29 * one.vary(one.plump, 0.08)), softness=0.02)
    painted = pen.paint(dome, shell, light=0.3, edge=0.36, depth=0.12)
    plate = blend(shell, SAND, 0.45)
    for x, y, r in ((-0.06, 0.43, 0.085), (-0.23, 0.34, 0.075), (0.11, 0.34, 0.075), (-0.06, 0.27, 0.075), (-0.34, 0.22, 0.055),
                    (0.23, 0.22, 0.055)):
        corners = [(x + r * 0.9 * sin_cos(60 * k + 30)[1], y + r * 0.8 * sin_cos(60 * k + 30)[0]) for k in range(6)]
        pen.paint(pen.polygon(*corners, rounding=0.012), plate, within=painted, edge=0.3, depth=0.05)
    pen.paint(pen.line((-0.38, 0.14), (0.26, 0.14), start=0.055), blend(shell, SAND, 0.6), edge=0.25, depth=0.05)
    for x in (-0.3, 0.12):
        pen.paint(pen.line((x, 0.15), (x + 0.03, 0.05), start=0.075, end=0.06), skin, edge=0.2, depth=0.05)
        for toe in (0.0, 0.045, 0.09):
            pen.paint(pen.ellipse(x + toe, 0.02, 0.016, 0.016), CREAM, edge=0)


def snail(pen: Pen, one: Individual, pose: float) -> None:
    skin = one.coat((0.74, 0.66, 0.50), (0.66, 0.58, 0.48), (0.82, 0.72, 0.50))
    shell = one.coat((0.68, 0.40, 0.22), (0.86, 0.68, 0.36), (0.72, 0.46, 0.44))
    head = (0.38, 0.36 + 0.08 * pose)
    foot = pen.joined(pen.curve((-0.46, 0.03), (0.1, 0.02), (0.26, 0.09), 0.028, 0.1, 8),
                      pen.curve((0.2, 0.1), (0.38, 0.08), head, 0.1, 0.085), softness=0.06)
    for x, shade in ((head[0] + 0.12, 0.8), (head[0] + 0.0, 1.0)):
        pen.paint(pen.line((head[0] + 0.02, head[1]), (x, head[1] + 0.22), start=0.026, end=0.018), tone(skin, shade), edge=0.15)
        pen.paint(pen.ellipse(x, head[1] + 0.24, 0.05, 0.05), tone(skin, shade), edge=0.15)
        eye(pen, x + 0.01, head[1] + 0.243, 0.03)
    pen.paint(foot, skin, fur=0.004, depth=0.1)
    pen.paint(pen.curve((head[0] + 0.0, head[1] - 0.05), (head[0] + 0.04, head[1] - 0.08), (head[0] + 0.075, head[1] - 0.03),
                        0.009, 0.008, 3),
              tone(skin, 0.4), edge=0)
    blush(pen.at(head[0] - 0.01, head[1] - 0.02), 0.0, 0, 0.028)
    turn = pen.at(-0.08, 0.36, one.vary(one.plump, 0.08))
    turn.paint(turn.joined(turn.ellipse(0, 0, 0.285, 0.27), turn.ellipse(0.16, -0.14, 0.12, 0.1), softness=0.05), shell,
               light=0.3, edge=0.4, depth=0.1)
    spiral = []
    for step in range(26):
        sin, cos = sin_cos(-20 + 33 * step)
        radius = 0.235 * (1 - step / 28)
        spiral.append((radius * cos, radius * sin * 0.95))
    turn.paint(turn.line(*spiral, start=0.026, end=0.016), tone(shell, 0.52), edge=0)
    turn.paint(turn.ellipse(-0.1, 0.15, 0.07, 0.04, 35), WHITE, edge=0, light=0, opacity=0.35)


def hedgehog(pen: Pen, one: Individual, pose: float) -> None:
    spines = one.coat((0.36, 0.27, 0.21), (0.48, 0.37, 0.28), (0.42, 0.38, 0.36))
    skin = one.coat((0.86, 0.72, 0.54), (0.80, 0.64, 0.48))
    for x in (-0.2, 0.16):
        pen.paint(pen.ellipse(x, 0.04, 0.07, 0.04), tone(skin, 0.7))
    head = pen.at(0.27, 0.23 + 0.05 * pose, one.vary(one.head, 0.05), 8 * pose)
    dome = pen.joined(pen.ellipse(-0.09, 0.29, 0.34, 0.27 * one.vary(one.plump, 0.07)), pen.ellipse(0.08, 0.26, 0.2, 0.2),
                      softness=0.1)
    for angle in range(-18, 190, 16):
        sin, cos = sin_cos(angle)
        x, y = -0.08 + 0.34 * cos, 0.28 + 0.27 * sin
        tip = (x + 0.085 * cos, y + 0.085 * sin)
        pen.paint(pen.polygon((x - 0.05 * sin, y + 0.05 * cos), (x + 0.05 * sin, y - 0.05 * cos), tip, rounding=0.008),
                  tone(spines, 0.8), edge=0)
    painted = pen.paint(dome, spines, fur=0.02, light=0.25, depth=0.1)
    pen.paint(pen.ellipse(-0.03, 0.06, 0.3, 0.085), skin, within=painted, edge=0, fur=0.02)
    for row in range(4):
        for column in range(5):
            x, y = -0.36 + 0.115 * column + 0.05 * (row % 2), 0.2 + 0.085 * row
            pen.paint(pen.line((x, y), (x - 0.035, y + 0.055), start=0.014, end=0.004), blend(spines, CREAM, 0.6), within=painted,
                      edge=0)
    face = head.joined(head.ellipse(0, 0, 0.15, 0.14), head.line((0.03, -0.03), (0.21, -0.03), start=0.1, end=0.035),
                       softness=0.06)
    head.paint(face, skin, fur=0.008, depth=0.1)
    head.paint(head.ellipse(-0.07, 0.1, 0.055, 0.055), tone(skin, 0.8), edge=0.3, depth=0.04)
    head.paint(head.ellipse(0.235, -0.02, 0.034, 0.03), INK, light=0.5, edge=0)
    eye(head, 0.075, 0.035, 0.03)
    blush(head.at(0.05, -0.05), 0.0, 0, 0.04)
    head.paint(head.curve((0.11, -0.075), (0.15, -0.09), (0.18, -0.065), 0.007, 0.006, 3), tone(skin, 0.4), edge=0)
    for x in (-0.12, 0.2):
        pen.paint(pen.ellipse(x, 0.035, 0.075, 0.036), skin, edge=0.2, depth=0.03)
