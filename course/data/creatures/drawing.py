"""From a `Creature` to pixels: ground, shadow, animal, light and grain, in this order."""

import math
import sys
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from course.data.creatures.animals import DRAW, SPECIES, Individual, Pen, bunny
from course.data.creatures.grounds import paint_ground
from course.data.creatures.randomness import generator, mix
from course.data.creatures.shapes import Canvas
from course.data.creatures.spec import Creature

UNIT = 0.68
"""Height of a tall animal at scale 1, as a share of the picture's height."""
SHADOW = {"giraffe": 0.28, "owl": 0.28, "penguin": 0.26, "duck": 0.3, "hen": 0.26}
"""Half the width of the shadow, in the animal's units; 0.36 for the others."""

Size = int | tuple[int, int]


def draw(creature: Creature, size: Size = 64) -> np.ndarray:
    """The picture of a creature.

    Args:
        creature: what to draw.
        size: side of the square picture in pixels, 16 to 512, or (height, width).

    Returns:
        uint8, shape (height, width, 3); red, green, blue. Where `animal_mask` is 1, the pixels do not depend
        on `ground`, and apart from the grain not on `scene` either.
    """
    height, width = _height_width(size)
    canvas = _animal(creature, height, width)
    picture = paint_ground(creature.ground, creature.scene, height, width)
    picture *= _shadow(creature, canvas)
    picture *= canvas.clear
    picture += canvas.colour
    _expose(picture, creature.light)
    if creature.noise:
        picture += creature.noise * _grain(creature.scene, height, width)
    np.clip(picture, 0, 1, out=picture)
    return np.ascontiguousarray(np.rint(picture * 255).astype(np.uint8).transpose(1, 2, 0))


def animal_mask(creature: Creature, size: Size = 64) -> np.ndarray:
    """Where the animal is, without its shadow.

    Returns:
        float32, shape (height, width): the share of the pixel that the animal covers, 0 to 1.
    """
    return (1 - _animal(creature, *_height_width(size)).clear).astype(np.float32)


def draw_all(creatures: Sequence[Creature], size: Size = 64, *, progress: bool = False) -> np.ndarray:
    """The pictures of many creatures.

    Args:
        creatures: what to draw.
        size: as for `draw`.
        progress: show a progress bar on stderr.

    Returns:
        uint8, shape (creatures, height, width, 3).
    """
    pictures = np.empty((len(creatures), *_height_width(size), 3), np.uint8)
    todo = enumerate(creatures)
    if progress:
        from tqdm import tqdm

        todo = tqdm(todo, total=len(creatures), desc="drawing", unit="picture", file=sys.stderr)
    for index, creature in todo:
        pictures[index] = draw(creature, size)
    return pictures


def _height_width(size: Size) -> tuple[int, int]:
    height, width = (size, size) if isinstance(size, int | np.integer) else size
    if not (16 <= height <= 512 and 16 <= width <= 512):
        raise ValueError(f"size={size!r}: a picture has 16 to 512 pixels on each side")
    return int(height), int(width)


def _animal(creature: Creature, height: int, width: int) -> Canvas:
    """The animal alone, on a transparent layer."""
    unit = UNIT * creature.scale * min(height, width)
    feet = creature.y * height + unit / 2
    number = int(creature.individual)
    canvas = Canvas(height, width, creature.x * width, feet, unit, mirrored=creature.facing == "left",
                    fur_seed=mix("fur", number) % 2**31)
    one = Individual.of(creature.animal, number)
    pen = Pen(canvas)
    if creature.animal == "bunny":
        names = tuple(SPECIES)
        bunny(pen, one, creature.pose, creature.species or names[mix("species", number) % len(names)])
    else:
        DRAW[creature.animal](pen, one, creature.pose)
    canvas.clear[canvas.clear < 1e-3] = 0  # covered is covered: nothing of the ground shines through
    return canvas


def _shadow(creature: Creature, canvas: Canvas) -> np.ndarray:
    """How much light the ground under the animal gets: 1 away from it; the same for every individual."""
    reach = SHADOW.get(creature.animal, 0.36)
    across = (canvas.columns + 0.03) / reach
    down = (canvas.rows - 0.01) / 0.075
    inside = np.clip(1 - across * across / 1.6 - down * down, 0, 1)
    return 1 - 0.5 * inside * (2 - inside)


def _expose(picture: np.ndarray, light: float) -> None:
    """Dusk is darker and bluer, bright is lighter and warmer; in place."""
    gain = 1 + (0.36 if light < 0 else 0.18) * light
    for channel, warmth in enumerate((0.06, 0.01, -0.07)):
        picture[channel] *= gain * (1 + warmth * light)


@lru_cache(maxsize=2)
def _grain(scene: int, height: int, width: int) -> np.ndarray:
    """Grain with standard deviation 1 (the sum of two uniform numbers), shape (3, height, width)."""
    one, other = generator("grain", int(scene)).random((2, 3, height, width))
    return (one + other - 1) * math.sqrt(6)
