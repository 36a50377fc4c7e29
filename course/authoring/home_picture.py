"""The picture on the home page: a face made of pixels, nine numbers, and the edges that they find.

It is computed, with the same filter that lesson 1 teaches, and returned as inline SVG. Its colours
for text and lines come from the site's style sheet, so that it fits light and dark pages.
"""

from itertools import groupby
from math import exp, hypot

SIZE, PIXEL = 28, 9
KERNEL = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
GREYS = (
    "#1c1815", "#2e2721", "#44392f", "#5c4d40", "#756352", "#8f7a65", "#a89178",
    "#c0a98c", "#d6c1a2", "#e8d7b9", "#f4e7cf", "#fdf6e7",
)  # fmt: skip
RED_TO_BLUE = ("#a92f2d", "#c8605a", "#e0a096", "#f5f1ea", "#9dbbdc", "#5b8dc4", "#25629f")
WINDOW = (13, 11)
"""Row and column where the window is drawn: where the eye on the left ends and the face begins."""

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
        _grid(face, GREYS, 0, 1, 0, 0),
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

    value = 0.46 + 0.16 * x / SIZE
    value += (0.15 - value) * max(inside(14, 10.6, 10.4, 9.8), inside(14, 17.5, 10.4, 8))  # hair
    value += (0.62 - value) * inside(14, 30.5, 12.5, 5)  # shoulders
    value += (0.76 - value) * inside(14, 24, 3.4, 4.5)  # neck
    value += (0.95 - value) * inside(14, 15.4, 7.9, 9.2)  # face
    value += (0.15 - value) * inside(11.6, 5.2, 8.2, 3.4)  # fringe
    for side in (-1, 1):
        value += (0.05 - value) * inside(14 + 3.5 * side, 13.9, 1.6, 1.9)  # eye
        value += (0.75 - value) * inside(14.6 + 3.5 * side, 13.1, 0.6, 0.6, 0.3)  # light in it
        value += (0.45 - value) * inside(14 + 3.6 * side, 10.4, 2.3, 0.5)  # brow
        value += (0.72 - value) * inside(14 + 5.1 * side, 17.6, 1.9, 1.3, 0.3) * 0.7  # cheek
    value += (0.70 - value) * inside(14.4, 17, 0.6, 1.4)  # nose
    smile = y - 21.9 + 0.13 * (x - 14) ** 2
    value += (0.25 - value) * inside(14, 20.6, 4.6, 3) * exp(-((smile / 0.7) ** 2))
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
