"""What the grounds look like from above: one square, periodic tile each, on any number of pixels."""

from collections.abc import Callable

import numpy as np

from course.data.creatures.randomness import generator, noise
from course.data.creatures.shapes import Canvas, Colour, Ellipse


def _shaded(colour: Colour, shade: np.ndarray) -> list[np.ndarray]:
    return [value * shade for value in colour]


def _mixed(one: list | Colour, other: list | Colour, share: np.ndarray) -> list[np.ndarray]:
    return [a + (b - a) * share for a, b in zip(one, other)]


def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    place = (np.arange(size) + 0.5) / size
    return place[None, :], place[:, None]


def grass_tile(size: int) -> list[np.ndarray]:
    mottled = 0.6 * noise(size, 9, 7, 1) + 0.4 * noise(size, 31, 29, 2)
    return _mixed((0.30, 0.52, 0.16), (0.46, 0.68, 0.24), 0.5 + 0.5 * mottled)


def sand_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    wave = along * 14 + 0.9 * noise(size, 4, 5, 3) + 0.35 * noise(size, 9, 11, 4)
    wave = np.abs(wave - np.floor(wave) - 0.5) * 2
    ripple = wave * wave * (3 - 2 * wave) - 0.5
    grains = noise(size, size // 2, size // 2, 5)
    return _shaded((0.88, 0.75, 0.52), 1 + 0.13 * ripple + 0.05 * grains + 0.05 * noise(size, 5, 3, 6))


def snow_tile(size: int) -> list[np.ndarray]:
    hollow = 0.6 * noise(size, 6, 4, 7) + 0.4 * noise(size, 13, 9, 8)
    sparkle = noise(size, 60, 60, 9) > 0.86
    return _mixed((0.80, 0.86, 0.95), (0.97, 0.98, 1.0), np.clip(0.6 + 0.55 * hollow + 0.3 * sparkle, 0, 1))


def floor_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    boards = 8
    board = np.floor(across * boards).astype(np.int64)
    chance = generator("boards").random((boards, 2))
    seam = np.abs(across * boards - board - 0.5) > 0.462
    joint = np.abs((along + chance[board, 1]) * 2 % 1 - 0.5) > 0.491
    veins = noise(size, 6, 96, 10) + 0.6 * noise(size, 14, 48, 11)
    wood = 0.86 + 0.26 * chance[board, 0] + 0.055 * veins
    return _shaded((0.70, 0.47, 0.28), wood * (1 - 0.45 * (seam | joint)))


def carpet_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    weave = 1 + 0.08 * noise(size, 90, 90, 12) + 0.04 * noise(size, 8, 8, 13)
    diamond = np.abs(across * 5 % 1 - 0.5) + np.abs(along * 5 % 1 - 0.5)
    red, gold, blue = (0.62, 0.16, 0.22), (0.86, 0.68, 0.38), (0.20, 0.25, 0.46)
    cloth = _mixed(red, gold, np.clip(1 - np.abs(diamond - 0.36) * 22, 0, 1))
    return [layer * weave for layer in _mixed(cloth, blue, np.clip((0.24 - diamond) * 30, 0, 1))]


def stone_tile(size: int) -> list[np.ndarray]:
    across, along = _grid(size)
    rng = generator("stones")
    nearest, second = np.full((size, size), 9.0), np.full((size, size), 9.0)
    bright = np.zeros((size, size))
    for row in range(7):
        for column in range(7):
            x, y = (column + 0.5 * (row % 2) + 0.15 + 0.7 * rng.random()) / 7, (row + 0.2 + 0.6 * rng.random()) / 7
            tone = rng.random()
            dx, dy = np.abs(across - x % 1), np.abs(along - y)
            dx, dy = np.minimum(dx, 1 - dx), np.minimum(dy, 1 - dy)
            distance = np.sqrt(dx * dx + dy * dy)
            closer = distance < nearest
            second = np.where(closer, nearest, np.minimum(second, distance))
            bright = np.where(closer, tone, bright)
            nearest = np.minimum(nearest, distance)
    dome = np.clip((second - nearest) * 32, 0, 1)
    dome = dome * (2 - dome)
    speckle = 0.06 * noise(size, 64, 64, 14)
    stone = _mixed((0.46, 0.48, 0.54), (0.70, 0.68, 0.66), bright)
    return _mixed((0.27, 0.27, 0.28), [layer * (1 + speckle) for layer in stone], dome)


def leaves_tile(size: int) -> list[np.ndarray]:
    """Fallen leaves, painted on a layer of 1 × 1 unit; those that cross the edge come in again on the other side."""
    canvas = Canvas(size, size, 0, size, size, mirrored=False, fur_seed=0)
    colours = ((0.80, 0.36, 0.12), (0.90, 0.58, 0.16), (0.62, 0.26, 0.12), (0.93, 0.74, 0.26), (0.52, 0.34, 0.18),
               (0.72, 0.20, 0.12))
    rng = generator("leaves")
    for _ in range(330):
        x, y, turn, long, kind, light = rng.random(6)
        colour = tuple(value * (0.82 + 0.3 * light) for value in colours[int(kind * len(colours))])
        radius = 0.026 + 0.018 * long
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if -0.06 < x + dx < 1.06 and -0.06 < y + dy < 1.06:
                    leaf = Ellipse(x + dx, y + dy, radius, radius * 0.58, 180 * turn)
                    canvas.paint(leaf, colour, light=0.15, edge=0.42, depth=0.014)
    return [layer + value * canvas.clear for layer, value in zip(canvas.colour, (0.34, 0.20, 0.12))]


TILES: dict[str, Callable[[int], list[np.ndarray]]] = {
    "carpet": carpet_tile, "floor": floor_tile, "grass": grass_tile, "leaves": leaves_tile, "sand": sand_tile, "snow": snow_tile,
    "stone": stone_tile,
}
