"""How each animal is drawn: one function per kind, facing right, feet at y = 0, centred at x = 0."""

from collections.abc import Callable

from course.data.creatures.animals import birds, furry, hoofed, small
from course.data.creatures.animals.bunny import SPECIES, bunny
from course.data.creatures.animals.parts import Individual, Pen

_MODULES = {
    furry: ("bear", "cat", "dog", "fox", "lion", "mouse"),
    hoofed: ("camel", "cow", "deer", "elephant", "giraffe", "horse", "pig", "sheep", "zebra"),
    birds: ("duck", "hen", "owl", "penguin"),
    small: ("frog", "hedgehog", "snail", "turtle"),
}
DRAW: dict[str, Callable[[Pen, Individual, float], None]] = {
    name: getattr(module, name) for module, names in _MODULES.items() for name in names
}
"""All kinds but the bunny, which has species: `bunny(pen, individual, pose, species)`."""

__all__ = ["DRAW", "SPECIES", "Individual", "Pen", "bunny"]
