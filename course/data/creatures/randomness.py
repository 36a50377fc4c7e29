"""Chance that is the same everywhere: generators from whole numbers and words, and periodic soft noise."""

from functools import lru_cache
from zlib import crc32

import numpy as np

WORD = 2**64 - 1


def mix(*parts: int | str) -> int:
    """One 64-bit number from several numbers and words (the splitmix64 finaliser; Steele, Lea and Flood, 2014)."""
    state = 0
    for part in parts:
        state = (state + (crc32(part.encode()) if isinstance(part, str) else part) + 0x9E3779B97F4A7C15) & WORD
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & WORD
        state ^= state >> 31
    return state


def generator(*parts: int | str) -> np.random.Generator:
    """A random generator that belongs to these numbers and words. Use only `.random()` and `.integers()`."""
    return np.random.Generator(np.random.PCG64(mix(*parts)))


@lru_cache(maxsize=64)
def noise(size: int, cells_down: int, cells_across: int, seed: int = 0) -> np.ndarray:
    """Periodic value noise: float64, shape (size, size), -1 to 1, with so many bumps down and across."""
    lattice = generator("noise", cells_down, cells_across, seed).random((cells_down, cells_across)) * 2 - 1

    def weights(cells: int):
        place = (np.arange(size) + 0.5) * (cells / size)
        low = place.astype(np.int64)
        part = place - low
        return low % cells, (low + 1) % cells, part * part * (3 - 2 * part)

    top, bottom, down = weights(cells_down)
    left, right, across = weights(cells_across)
    rows = lattice[top] * (1 - down[:, None]) + lattice[bottom] * down[:, None]
    picture = rows[:, left] * (1 - across) + rows[:, right] * across
    picture.flags.writeable = False
    return picture


@lru_cache(maxsize=1)
def soft_noise() -> np.ndarray:
    """The texture of fur, feathers and skin: float64, shape (512, 512), about -1 to 1, periodic."""
    return 0.55 * noise(512, 22, 30, 1) + 0.45 * noise(512, 48, 72, 2)
