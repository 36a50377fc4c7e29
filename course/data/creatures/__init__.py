"""Drawn creatures: pictures made from a description, so that one thing can be changed and nothing else.

    from dataclasses import replace
    from course.data.creatures import Creature, draw

    on_grass = Creature(animal="elephant", ground="grass", individual=7)
    draw(on_grass), draw(replace(on_grass, ground="sand"))     # the very same elephant, to the last bit

`spec` says what can be described, `shapes` paints soft shapes, `animals`, `tiles` and `backgrounds` know what things look
like, `grounds` and `drawing` put them together, `builder` offers them as a TFDS data set. Nothing here imports TensorFlow
except `builder`, which is not imported here.
"""

from course.data.creatures.drawing import animal_mask, draw, draw_all
from course.data.creatures.spec import ANIMALS, BUNNY_SPECIES, GROUNDS, Creature, random_creature, random_creatures

__all__ = [
    "ANIMALS", "BUNNY_SPECIES", "GROUNDS", "Creature", "animal_mask", "draw", "draw_all", "random_creature", "random_creatures",
]
