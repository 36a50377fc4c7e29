"""The picture on the home page: a face made of pixels, nine numbers, and the edges that they find.

It is computed, with the same filter that lesson 1 teaches, and returned as inline SVG. Its colours
for text and lines come from the site's style sheet, so that it fits light and dark pages.
"""

from itertools import groupby
from math import exp, hypot

SIZE, PIXEL = 28, 9
KERNEL = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
PAPER_TONES = ("#1f1a17", "#3f342c", "#655446", "#8c7762", "#b39c80", "#d3bf9f", "#ecdcc0", "#fbf3e3")
RED_TO_BLUE = ("#a92f2d", "#c8605a", "#e0a096", "#f5f1ea", "#9dbbdc", "#5b8dc4", "#25629f")
WINDOW = (9, 9)
"""Row and column where the window is drawn: at the left eye."""

DESCRIPTION = (
    "A face drawn with 28 by 28 grey pixels, a small square of nine numbers, and the picture that the nine "
    "numbers make of the face: its upright edges, blue where it gets brighter to the right and red where it "
    "gets darker, and nothing where it is even."
)


def svg() -> str:
    """The picture as one line of SVG, with a text description for those who cannot see it."""
    face = [[_brightness(column + 0.5, row + 0.5) for column in range(SIZE)] for row in range(SIZE)]
    edges = _responses(face)
    side = SIZE * PIXEL
    right = side + 148
    top, left = WINDOW[0] * PIXEL, WINDOW[1] * PIXEL
    middle = side + 74
    parts = [
        _grid(face, PAPER_TONES, 0, 1, 0, 0),
        _grid(edges, RED_TO_BLUE, -2.2, 2.2, right + PIXEL, PIXEL),
        f'<rect class="window" x="{left}" y="{top}" width="{3 * PIXEL}" height="{3 * PIXEL}"/>',
        f'<path class="thread" d="M{left + 3 * PIXEL} {top}L{middle - 39} 87M{left + 3 * PIXEL} {top + 3 * PIXEL}'
        f'L{middle - 39} 165M{middle + 39} 126L{right + left + PIXEL} {top + PIXEL * 1.5}"/>',
        *(
            f'<g class="weight" transform="translate({middle - 39 + 26 * column} {87 + 26 * row})">'
            f'<rect width="26" height="26"/><text x="13" y="18">{str(weight).replace("-", "−")}</text></g>'
            for row, weights in enumerate(KERNEL)
            for column, weight in enumerate(weights)
        ),
        f'<rect class="window" x="{right + left + PIXEL}" y="{top + PIXEL}" width="{PIXEL}" height="{PIXEL}"/>',
    ]
    return (
        f'<svg class="home-picture" viewBox="-4 -4 {right + side + 8} {side + 8}" role="img" '
        f'aria-label="{DESCRIPTION}">{"".join(parts)}</svg>'
    )


def _brightness(x: float, y: float) -> float:
    """How bright the drawn face is at a point, from 0 to 1."""

    def inside(cx: float, cy: float, rx: float, ry: float, soft: float = 0.09) -> float:
        return 1 / (1 + exp((hypot((x - cx) / rx, (y - cy) / ry) - 1) / soft))

    value = 0.42 + 0.16 * x / SIZE
    value += (0.16 - value) * max(inside(14, 10.5, 10.2, 9.6), inside(14, 17, 10.2, 8))  # hair
    value += (0.62 - value) * inside(14, 30, 12.5, 5.5)  # shoulders
    value += (0.78 - value) * inside(14, 23, 3.6, 5)  # neck
    value += (0.93 - value) * inside(14, 15.5, 7.6, 9)  # face
    value += (0.18 - value) * inside(12, 5.6, 7.5, 3.2) * 0.9  # fringe
    for side in (-1, 1):
        value += (0.08 - value) * inside(14 + 3.4 * side, 13.8, 1.35, 1.35)  # eye
        value += (0.35 - value) * inside(14 + 3.6 * side, 10.9, 2.1, 0.55)  # brow
        value += (0.70 - value) * inside(14 + 4.9 * side, 17.6, 1.7, 1.3, 0.3) * 0.6  # cheek
    value += (0.62 - value) * inside(14.5, 16.6, 0.7, 1.7)  # nose
    smile = y - 20.9 + 0.09 * (x - 14) ** 2
    value += (0.24 - value) * inside(14, 20.6, 3.7, 2.4) * exp(-((smile / 0.75) ** 2))
    return value


def _responses(picture: list[list[float]]) -> list[list[float]]:
    """Slide KERNEL over the picture; one response per stop, as in lesson 1's task 1.3."""
    stops = range(SIZE - 2)
    return [
        [sum(KERNEL[i][j] * picture[row + i][column + j] for i in range(3) for j in range(3)) for column in stops]
        for row in stops
    ]


def _grid(values: list[list[float]], tones: tuple[str, ...], low: float, high: float, left: float, top: float) -> str:
    """Values as squares; neighbours of one tone share one path, which keeps the page small."""
    runs: dict[str, list[str]] = {}
    for row, line in enumerate(values):
        steps = [int((min(max(value, low), high) - low) / (high - low) * (len(tones) - 1) + 0.5) for value in line]
        column = 0
        for step, group in groupby(steps):
            width = len(list(group))
            runs.setdefault(tones[step], []).append(
                f"M{left + column * PIXEL:g} {top + row * PIXEL:g}h{width * PIXEL}v{PIXEL}h-{width * PIXEL}z"
            )
            column += width
    squares = "".join(f'<path fill="{tone}" d="{"".join(path)}"/>' for tone, path in runs.items())
    height, width = len(values) * PIXEL, len(values[0]) * PIXEL
    lines = "".join(f"M{left + n * PIXEL:g} {top:g}v{height}" for n in range(1, len(values[0])))
    lines += "".join(f"M{left:g} {top + n * PIXEL:g}h{width}" for n in range(1, len(values)))
    return f'<g shape-rendering="crispEdges">{squares}</g><path class="grid" d="{lines}"/>'
