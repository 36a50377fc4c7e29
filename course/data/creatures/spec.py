"""What a picture shows, as plain data: the `Creature`, its allowed values, and random ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ANIMALS = (
    "bear", "bunny", "camel", "cat", "cow", "deer", "dog", "duck", "elephant", "fox", "frog", "giraffe",
    "hedgehog", "hen", "horse", "lion", "mouse", "owl", "penguin", "pig", "sheep", "snail", "turtle", "zebra",
)
BUNNY_SPECIES = ("belgian", "dutch", "himalayan", "lop", "netherland")
GROUNDS = ("carpet", "floor", "grass", "leaves", "sand", "snow", "stone")
FACINGS = ("left", "right")

_CHOICES = {"animal": ANIMALS, "ground": GROUNDS, "facing": FACINGS}
_RANGES = {"pose": (-1, 1), "scale": (0.5, 1.3), "x": (0, 1), "y": (0, 1), "light": (-1, 1), "noise": (0, 0.3)}
INDIVIDUALS = 1_000_000
"""`random_creature` chooses among so many individuals and scenes."""


@dataclass(frozen=True, kw_only=True)
class Creature:
    """One picture, described. Replace one field and everything else stays as it was, to the last bit.

    Raises:
        ValueError: a value that is not allowed; the message says which are.
    """

    animal: str = "bunny"
    """One of `ANIMALS`."""
    species: str | None = None
    """One of `BUNNY_SPECIES`, bunnies only; None: the individual's number decides."""
    ground: str = "grass"
    """One of `GROUNDS`; it brings its background with it."""
    individual: int = 0
    """This very animal: tint, proportions, markings. The same number is the same animal in every picture."""
    facing: str = "right"
    """Or "left": the same animal, mirrored."""
    pose: float = 0.0
    """-1 (head low, crouching) to 1 (head high, stretched)."""
    scale: float = 1.0
    """0.5 to 1.3; at 1 a tall animal fills two thirds of the height."""
    x: float = 0.5
    """Centre of the animal's place, as a share of the width, from the left."""
    y: float = 0.5
    """Centre of the animal's place, as a share of the height, from the top; the feet are 0.34 × scale below it."""
    light: float = 0.0
    """-1 (dusk) to 1 (bright): brightness and warmth of the whole picture."""
    scene: int = 0
    """Details of the ground and of the background, and the grain."""
    noise: float = 0.03
    """Standard deviation of the grain; 1 is full white. 0 to 0.3."""

    def __post_init__(self) -> None:
        for field, allowed in _CHOICES.items():
            if (value := getattr(self, field)) not in allowed:
                raise ValueError(f"Creature({field}={value!r}): no such {field}; there are {', '.join(allowed)}")
        for field, (low, high) in _RANGES.items():
            value = getattr(self, field)
            if not isinstance(value, int | float | np.integer | np.floating) or not low <= value <= high:
                raise ValueError(f"Creature({field}={value!r}): {field} is a number from {low} to {high}")
        for field in ("individual", "scene"):
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
                raise ValueError(f"Creature({field}={value!r}): {field} is a whole number, 0 or more")
        if self.species is not None and self.animal != "bunny":
            raise ValueError(f"Creature(species={self.species!r}): only a bunny has a species, this is a {self.animal}")
        if self.species is not None and self.species not in BUNNY_SPECIES:
            raise ValueError(f"Creature(species={self.species!r}): no such species; there are {', '.join(BUNNY_SPECIES)}")


def _place(rng: np.random.Generator, reach: float, low: float, high: float) -> float:
    """A random centre so that `reach` to either side stays between `low` and `high`; the middle if it does not fit."""
    room = max((high - low) / 2 - reach, 0)
    return (low + high) / 2 + (2 * rng.random() - 1) * room


def random_creature(rng: np.random.Generator, **fixed: Any) -> Creature:
    """A creature with every field that is not fixed drawn at random, (nearly) wholly inside the picture.

    Args:
        rng: where the chance comes from; it is used the same number of times whatever is fixed.
        fixed: values of fields of `Creature`. The grain is 0.03 unless it is fixed.
    """
    scale = 0.7 + 0.4 * rng.random()
    scale_used = fixed.get("scale", scale)
    drawn = {
        "animal": ANIMALS[rng.integers(len(ANIMALS))],
        "ground": GROUNDS[rng.integers(len(GROUNDS))],
        "individual": int(rng.integers(INDIVIDUALS)),
        "scene": int(rng.integers(INDIVIDUALS)),
        "facing": FACINGS[rng.integers(len(FACINGS))],
        "pose": 2 * rng.random() - 1,
        "scale": scale,
        "light": 2 * rng.random() - 1,
        "x": _place(rng, 0.4 * scale_used, 0.02, 0.98),
        "y": _place(rng, 0.38 * scale_used, 0.08, 0.98),
    }
    return Creature(**drawn | fixed)


def random_creatures(count: int, seed: int, **fixed: Any) -> list[Creature]:
    """So many random creatures; the first ones of a longer list are those of a shorter one.

    Args:
        count: how many.
        seed: the same seed gives the same creatures.
        fixed: a value, or a tuple or list of values to choose from, per field; `ground=("grass", "sand")`.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    return [random_creature(rng, **{field: _choose(rng, value) for field, value in fixed.items()}) for _ in range(count)]


def _choose(rng: np.random.Generator, value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value[rng.integers(len(value))]
    return value
