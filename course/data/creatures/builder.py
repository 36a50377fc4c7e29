"""The drawn creatures as a TensorFlow data set (TFDS): drawn once, then read like any other.

    import tensorflow_datasets as tfds
    import course.data.creatures.builder   # makes the name "creatures" known to TFDS

    train = tfds.load("creatures/bunny_elephant", split="train[:80%]", data_dir="data", as_supervised=True)

`data_dir` is the folder where TFDS keeps its files; without it, TFDS uses its own, in your home folder.
Nothing is downloaded: the first call draws the pictures and shows a progress bar.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from course.data.creatures.drawing import draw
from course.data.creatures.randomness import generator
from course.data.creatures.spec import ANIMALS, BUNNY_SPECIES, GROUNDS, Creature, random_creature

SIZE = 64
"""Pixels per side."""
FIRST_INDIVIDUAL = {"train": 0, "validation": 1_000_000, "test": 2_000_000}
"""Each split has individuals of its own, counted from here."""


@dataclasses.dataclass(eq=False, kw_only=True)
class CreaturesConfig(tfds.core.BuilderConfig):
    """One data set: which classes, on which grounds, how many pictures."""

    label: str = "animal"
    """The field of `Creature` that is the class: "animal" or "species"."""
    names: tuple[str, ...] = ANIMALS
    """The classes, in the order of their numbers."""
    ground_of: dict[str, str] | None = None
    """A fixed ground per class, and one more split "test_swapped": the test pictures, each on the ground of
    the next class. None: any ground for any class."""
    pictures_of_each: int = 4
    """Pictures of one individual; all are in the same split."""
    train: int = 2000
    validation: int = 480
    test: int = 480

    @property
    def sizes(self) -> dict[str, int]:
        """Pictures per split."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


PAIR = ("bunny", "elephant")


class Creatures(tfds.core.GeneratorBasedBuilder):
    """Drawn animals on exchangeable grounds; `label` is the kind of animal, or the species of the bunny."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [
        CreaturesConfig(name="animals", description="All kinds of animals on all grounds.", train=4800, validation=960, test=960),
        CreaturesConfig(name="bunny_elephant", description="Bunnies and elephants, both on all grounds.", names=PAIR),
        CreaturesConfig(name="bunny_elephant_shortcut", names=PAIR, ground_of={"bunny": "grass", "elephant": "sand"},
                        description="Bunnies on grass and elephants on sand; in the split test_swapped the grounds are exchanged."),
        CreaturesConfig(name="bunny_species", description="Species of bunnies on all grounds; they differ in fine things.",
                        label="species", names=BUNNY_SPECIES, train=4000),
    ]

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            description="Small pictures of drawn animals on grounds that can be exchanged without changing the animal. "
                        + (self.builder_config.description or ""),
            features=tfds.features.FeaturesDict({
                "image": tfds.features.Image(shape=(SIZE, SIZE, 3), dtype=np.uint8),
                "label": tfds.features.ClassLabel(names=self.builder_config.names),
                "ground": tfds.features.ClassLabel(names=GROUNDS),
                "individual": tfds.features.Scalar(dtype=np.int64),
                "scene": tfds.features.Scalar(dtype=np.int64),
            }),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Iterator]:
        splits = {split: self._generate_examples(split) for split in FIRST_INDIVIDUAL}
        if self.builder_config.ground_of:
            splits["test_swapped"] = self._generate_examples("test", swapped=True)
        return splits

    def _generate_examples(self, split: str, swapped: bool = False) -> Iterator[tuple[str, dict]]:
        for index in range(self.builder_config.sizes[split]):
            name, creature = creature_of(self.builder_config, split, index, swapped=swapped)
            yield f"{split}_{index:06d}", {
                "image": draw(creature, SIZE), "label": name, "ground": creature.ground,
                "individual": creature.individual, "scene": creature.scene,
            }


def creature_of(config: CreaturesConfig, split: str, index: int, *, swapped: bool = False) -> tuple[str, Creature]:
    """The class and the description of one example; classes take turns, individual by individual.

    Args:
        config: the data set.
        split: "train", "validation" or "test".
        index: 0 to the size of the split, less one.
        swapped: exchange the grounds of the classes (only with `ground_of`), and nothing else.
    """
    number = index // config.pictures_of_each
    order = number % len(config.names)
    name = config.names[order]
    fixed = {"animal": "bunny", "individual": FIRST_INDIVIDUAL[split] + number, config.label: name}
    if config.ground_of:
        fixed["ground"] = config.ground_of[config.names[(order + swapped) % len(config.names)]]
    return name, random_creature(generator("example", config.name, split, index), **fixed)
