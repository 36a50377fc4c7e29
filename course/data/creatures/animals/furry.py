"""Animals with paws whose face looks at us: bear, cat, dog, fox, lion, mouse."""

from course.data.creatures.animals.parts import (
    CREAM, GREY, INK, PINK, WHITE, Build, Individual, Pen, blend, blush, four_legs, muzzle, pointed_ears,
    round_ears, tone, two_eyes,
)


def face_at(pen: Pen, one: Individual, pose: float, x: float, y: float, size: float = 1.0) -> Pen:
    """The middle of a face; it rises and turns with the pose."""
    return pen.at(x + 0.01 * pose, y + 0.06 * pose, size * one.vary(one.head, 0.06), -4 * pose + 6 * (one.ears - 0.5))


def bear(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.36, 0.25, 0.19), (0.50, 0.34, 0.22), (0.62, 0.45, 0.30))
    build = Build(length=0.40, hips=0.25, chest=0.24, legs=0.17, thick=0.085, fur=0.02)
    four_legs(pen, build, coat, one, pose,
              behind=lambda rump: pen.paint(pen.ellipse(rump[0] - 0.23, rump[1] + 0.1, 0.06, 0.05), coat))
    head = face_at(pen, one, pose, 0.22, 0.64)
    round_ears(head, 0.165, 0.16, 0.075, coat, blend(coat, PINK, 0.4))
    head.paint(head.ellipse(0, 0, 0.235, 0.21), coat, fur=0.016, depth=0.13)
    muzzle(head, -0.075, 0.115, blend(coat, CREAM, 0.65), nose_width=0.05)
    two_eyes(head, 0.095, 0.045, 0.03)


def cat(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat(GREY, (0.72, 0.63, 0.52), (0.88, 0.60, 0.32), (0.40, 0.38, 0.40))
    stripe = tone(coat, 0.62)

    def tail(rump):
        curl = pen.curve((rump[0] - 0.08, rump[1]), (rump[0] - 0.36, rump[1] + 0.0), (rump[0] - 0.18, rump[1] + 0.42), 0.05,
                         0.042)
        pen.paint(curl, coat, fur=0.01, depth=0.05)
        pen.paint(pen.ellipse(rump[0] - 0.185, rump[1] + 0.42, 0.045, 0.05), stripe, edge=0.2)

    def stripes(body, rump, chest):
        for x in (-0.3, -0.19, -0.08, 0.03):
            pen.paint(pen.curve((x, 0.6), (x + 0.03, 0.45), (x - 0.01, 0.33), 0.026, 0.006), stripe, within=body, edge=0)

    build = Build(length=0.36, hips=0.165, chest=0.155, legs=0.2, thick=0.05)
    four_legs(pen, build, coat, one, pose, behind=tail, pattern=stripes, socks=WHITE if one.markings[2] > 0.5 else None)
    head = face_at(pen, one, pose, 0.2, 0.58)
    pointed_ears(head, 0.125, 0.1, 0.06, 0.15, coat, blend(PINK, coat, 0.3))
    painted = head.paint(head.joined(head.ellipse(0, 0, 0.2, 0.17), head.ellipse(0, -0.05, 0.215, 0.11), softness=0.05), coat,
                         fur=0.01)
    for x in (-0.05, 0.0, 0.05):
        head.paint(head.line((x * 1.2, 0.2), (x, 0.1), start=0.016, end=0.008), stripe, within=painted, edge=0)
    muzzle(head, -0.075, 0.085, WHITE, nose=(0.72, 0.36, 0.38), nose_width=0.026)
    two_eyes(head, 0.088, 0.02, 0.036, iris=blend((0.62, 0.78, 0.30), (0.90, 0.74, 0.25), one.markings[3]))
    for side in (-1, 1):
        for end in (-0.03, -0.1):
            head.paint(head.line((side * 0.07, -0.07), (side * 0.26, end), start=0.0045, end=0.003), WHITE, edge=0, opacity=0.8)


def dog(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.93, 0.86, 0.74), (0.82, 0.62, 0.38), (0.60, 0.42, 0.28))
    patch = tone(coat, 0.55)

    def tail(rump):
        pen.paint(pen.curve((rump[0] - 0.1, rump[1] + 0.05), (rump[0] - 0.26, rump[1] + 0.1), (rump[0] - 0.25, rump[1] + 0.33),
                            0.045, 0.025),
                  coat, fur=0.01, depth=0.05)

    def saddle(body, rump, chest):
        pen.paint(pen.ellipse(rump[0] + 0.1 + 0.1 * one.markings[4], rump[1] + 0.15, 0.17, 0.14), patch, within=body, edge=0.1,
                  fur=0.012)

    build = Build(length=0.38, hips=0.17, chest=0.185, legs=0.24, thick=0.058)
    four_legs(pen, build, coat, one, pose, behind=tail, pattern=saddle, socks=WHITE)
    head = face_at(pen, one, pose, 0.2, 0.66)
    pen.paint(pen.curve((0.08, 0.48 + 0.05 * pose), (0.18, 0.43 + 0.06 * pose), (0.29, 0.49 + 0.06 * pose), 0.034, 0.034),
              (0.78, 0.22, 0.22), edge=0.2)
    head.paint(head.ellipse(0, 0, 0.185, 0.185), coat, fur=0.01)
    head.paint(head.line((0, 0.17), (0, -0.02), start=0.025, end=0.06), WHITE, edge=0, fur=0.006)
    for side in (-1, 1):
        head.paint(head.curve((side * 0.13, 0.13), (side * 0.27, 0.12), (side * 0.225, -0.12), 0.05, 0.065), patch, fur=0.008,
                   edge=0.3)
    muzzle(head, -0.09, 0.115, WHITE, nose_width=0.052)
    head.paint(head.ellipse(0, -0.178, 0.032, 0.04), (0.92, 0.48, 0.50), edge=0.15, depth=0.03)
    two_eyes(head, 0.085, 0.035, 0.032)


def fox(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.74, 0.36, 0.14), (0.88, 0.48, 0.18), (0.92, 0.58, 0.28))
    black = blend(coat, INK, 0.85)

    def tail(rump):
        brush = pen.curve((rump[0] - 0.06, rump[1] + 0.02), (rump[0] - 0.3, rump[1] + 0.02), (rump[0] - 0.26, rump[1] + 0.26),
                          0.05, 0.125)
        pen.paint(brush, coat, fur=0.024, depth=0.08)
        pen.paint(pen.ellipse(rump[0] - 0.255, rump[1] + 0.33, 0.09, 0.085), WHITE, fur=0.024, edge=0.16)

    build = Build(length=0.36, hips=0.15, chest=0.155, legs=0.22, thick=0.046, fur=0.014)
    four_legs(pen, build, coat, one, pose, behind=tail, belly=WHITE, socks=black)
    pen.paint(pen.ellipse(0.2, 0.36, 0.1, 0.14), WHITE, fur=0.024, edge=0.12)
    head = face_at(pen, one, pose, 0.2, 0.57)
    pointed_ears(head, 0.135, 0.1, 0.068, 0.17, coat, blend(CREAM, PINK, 0.3), tip=black, lean=0.22)
    head.paint(head.ellipse(0, 0.015, 0.195, 0.155), coat, fur=0.012)
    for side in (-1, 1):
        head.paint(head.polygon((side * 0.25, -0.015), (side * 0.03, 0.0), (side * 0.05, -0.13), rounding=0.02), WHITE, fur=0.012,
                   edge=0.14)
    head.paint(head.polygon((-0.085, 0.06), (0.085, 0.06), (0.02, -0.15), (-0.02, -0.15), rounding=0.02), coat, edge=0.1)
    head.paint(head.ellipse(0, -0.155, 0.036, 0.03), INK, light=0.5, edge=0)
    two_eyes(head, 0.1, 0.03, 0.032)


def lion(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat((0.80, 0.60, 0.32), (0.88, 0.70, 0.42), (0.84, 0.64, 0.44))
    mane = one.coat((0.48, 0.25, 0.12), (0.66, 0.36, 0.14), (0.40, 0.22, 0.14))

    def tail(rump):
        pen.paint(pen.curve((rump[0] - 0.1, rump[1]), (rump[0] - 0.34, rump[1] - 0.1), (rump[0] - 0.24, rump[1] + 0.3), 0.028,
                            0.024), coat)
        pen.paint(pen.ellipse(rump[0] - 0.235, rump[1] + 0.33, 0.055, 0.07), mane, fur=0.02)

    build = Build(length=0.42, hips=0.165, chest=0.18, legs=0.24, thick=0.066)
    four_legs(pen, build, coat, one, pose, behind=tail, belly=CREAM)
    head = face_at(pen, one, pose, 0.18, 0.62)
    petals = [head.ellipse(x * 0.2, y * 0.2 - 0.02, 0.125, 0.125) for x, y in
              ((1, 0), (0.71, 0.71), (0, 1), (-0.71, 0.71), (-1, 0), (-0.71, -0.71), (0, -1), (0.71, -0.71))]
    head.paint(head.joined(*petals, head.ellipse(0, -0.02, 0.2, 0.2), softness=0.04), mane, fur=0.035, depth=0.1)
    round_ears(head, 0.145, 0.14, 0.055, coat, blend(coat, PINK, 0.4))
    head.paint(head.joined(head.ellipse(0, 0.01, 0.165, 0.16), head.ellipse(0, -0.08, 0.13, 0.1), softness=0.06), coat, fur=0.006)
    muzzle(head, -0.085, 0.098, CREAM, nose=(0.42, 0.2, 0.18), nose_width=0.045)
    two_eyes(head, 0.078, 0.03, 0.03)


def mouse(pen: Pen, one: Individual, pose: float) -> None:
    coat = one.coat(tone(GREY, 0.95), (0.66, 0.58, 0.52), (0.70, 0.54, 0.40))
    skin = (0.92, 0.68, 0.66)
    pen.paint(pen.curve((-0.28, 0.1), (-0.62, -0.02), (-0.46, 0.4 + 0.1 * one.tail), 0.024, 0.012, 9), skin, depth=0.03)
    pen.paint(pen.ellipse(0.1, 0.035, 0.07, 0.035), tone(skin, 0.8))
    body = pen.joined(pen.ellipse(-0.12, 0.24, 0.26 * one.vary(one.plump, 0.07), 0.23), pen.ellipse(0.1, 0.26, 0.15, 0.15),
                      softness=0.12)
    painted = pen.paint(body, coat, fur=0.014, depth=0.14)
    pen.paint(pen.ellipse(0.06, 0.1, 0.2, 0.11), CREAM, within=painted, edge=0, fur=0.01, opacity=0.8)
    for x in (-0.16, 0.2):
        pen.paint(pen.ellipse(x, 0.035, 0.075, 0.036), skin, edge=0.2, depth=0.03)
    head = face_at(pen, one, pose, 0.2, 0.42)
    round_ears(head, 0.175, 0.17, 0.125, coat, (0.94, 0.70, 0.68), fur=0.004)
    head.paint(head.joined(head.ellipse(0, 0.02, 0.17, 0.15), head.ellipse(0, -0.07, 0.09, 0.09), softness=0.1), coat, fur=0.01)
    blush(head, 0.11, -0.05, 0.04)
    for side in (-1, 1):
        for end in (-0.05, -0.13):
            head.paint(head.line((side * 0.05, -0.1), (side * 0.24, end), start=0.0045, end=0.003), INK, edge=0, opacity=0.5)
    two_eyes(head, 0.08, 0.02, 0.04)
    head.paint(head.ellipse(0, -0.11, 0.036, 0.03), (0.88, 0.45, 0.48), light=0.4, edge=0)
