"""Train the small MobileNet that lesson 7 starts from: `python -m course.data.small_mobilenet.train`.

Draws the pictures once (kept in build/small_mobilenet/), trains for some minutes with progress shown, and writes
`weights.npz` and `CARD.md` beside this file.
"""

import hashlib
import os
from pathlib import Path

import numpy as np

from course.data.creatures import Creature, draw, draw_all, random_creatures
from course.data.small_mobilenet import ALPHA, HELD_OUT, SIZE, TRAINED_ON, WEIGHTS_FILE

PICTURES = 20_000
PICTURES_TO_TEST = 1_800
EPOCHS = 6
LARGEST_SHIFT = 6
"""Pixels; in every epoch each picture is moved anew by up to so many, and every other one is mirrored."""
BATCH_SIZE = 64
LEARNING_RATE = 3e-3
SEED = 7

CARD = """# Card of the small MobileNet

**What it is.** The convolutional part of a MobileNet (version 1, width {alpha}, {size} × {size} pixels), without a top:
pictures in, {features} features out, {parameters:,} parameters. `weights.npz` holds its arrays as float32, in Keras's
order; `small_mobilenet()` loads them. Input: red, green and blue, scaled to [-1, 1].

**How it was made.** By `python -m course.data.small_mobilenet.train`, from random numbers and on a CPU. It saw
{pictures:,} pictures drawn by `course.data.creatures`, {epochs} times each, each time moved by up to {shift} pixels and
perhaps mirrored, and learned to name the animal. Settings and seed stand at the top of `train.py`. Its top, which named
the kinds, was thrown away after training.

**What it was trained on.** {count} kinds: {trained_on}. On all the drawn grounds, in many poses, sizes, places and lights.

**What it never saw.** {held_count} kinds, which lesson 7 uses as its new task: {held_out}. A test of the project holds
this list against the script.

**How good it is at what it was trained for.** With its top, it named {accuracy:.1%} of {tests:,} other drawn pictures of
the {count} kinds correctly. That says nothing about other kinds; lesson 7 measures those.

**What it is for.** Showing on a small scale, without a download, how features that were learned once serve a new task.

**What it is not for.** Photographs. It has seen nothing but drawings by one program, whose lines, colours and
backgrounds repeat; for photographs take a network trained on photographs, as lesson 7 does with
`course run 7 --photos`. It is not for telling animals apart outside of these drawings, and its accuracy is no measure of
what MobileNet can do.

**Licence.** That of the project; the pictures come from its own code.
"""


def pictures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Drawn creatures of the kinds to train on and their places in TRAINED_ON; drawn once and kept on disk."""
    looks = b"".join(draw(Creature(animal=kind, ground="sand"), SIZE).tobytes() for kind in TRAINED_ON)
    key = hashlib.sha256(repr((count, seed, SIZE, TRAINED_ON)).encode() + looks).hexdigest()[:12]
    path = Path("build") / "small_mobilenet" / f"pictures-{key}.npz"
    if not path.is_file():
        creatures = random_creatures(count, seed, animal=TRAINED_ON)
        images = draw_all(creatures, SIZE, progress=True)
        labels = np.array([TRAINED_ON.index(creature.animal) for creature in creatures])
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npz")
        np.savez(unfinished, images=images, labels=labels)
        os.replace(unfinished, path)
    with np.load(path) as stored:
        return stored["images"], stored["labels"]


def moved_and_mirrored(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pictures, each moved a little and perhaps mirrored; at the border, the last pixel is repeated."""
    border = LARGEST_SHIFT
    wide = np.pad(images, ((0, 0), (border, border), (border, border), (0, 0)), mode="edge")
    places = rng.integers(0, 2 * border + 1, size=(len(images), 2))
    moved = np.stack([picture[down : down + SIZE, right : right + SIZE] for picture, (down, right) in zip(wide, places, strict=True)])
    mirrored = rng.random(len(images)) < 0.5
    moved[mirrored] = moved[mirrored, :, ::-1]
    return moved


def main() -> None:
    import keras

    class Batches(keras.utils.PyDataset):
        """All pictures in a new order in every epoch, moved and mirrored anew."""

        def __init__(self, images, labels):
            super().__init__()
            self.images, self.labels, self.rng = images, labels, np.random.default_rng(SEED)
            self.on_epoch_end()

        def __len__(self):
            return len(self.images) // BATCH_SIZE

        def __getitem__(self, number):
            chosen = self.order[number * BATCH_SIZE : (number + 1) * BATCH_SIZE]
            return moved_and_mirrored(self.images[chosen], self.rng), self.labels[chosen]

        def on_epoch_end(self):
            self.order = self.rng.permutation(len(self.images))

    images, labels = pictures(PICTURES, SEED)
    other_images, other_labels = pictures(PICTURES_TO_TEST, SEED + 1)
    keras.utils.set_random_seed(SEED)
    backbone = keras.applications.MobileNet(input_shape=(SIZE, SIZE, 3), alpha=ALPHA, include_top=False, weights=None, pooling="avg")
    model = keras.Sequential([
        keras.Input((SIZE, SIZE, 3)),
        keras.layers.Rescaling(1 / 127.5, offset=-1),
        backbone,
        keras.layers.Dropout(0.2),
        keras.layers.Dense(len(TRAINED_ON)),
    ])
    slower = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * (PICTURES // BATCH_SIZE))
    model.compile(keras.optimizers.Adam(slower), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(Batches(images, labels), epochs=EPOCHS, validation_data=(other_images, other_labels), verbose=2)
    accuracy = model.evaluate(other_images, other_labels, verbose=0, return_dict=True)["accuracy"]

    weights = backbone.get_weights()
    np.savez_compressed(WEIGHTS_FILE, **{f"{number:03}": array for number, array in enumerate(weights)})
    WEIGHTS_FILE.with_name("CARD.md").write_text(CARD.format(
        alpha=ALPHA, size=SIZE, features=backbone.output_shape[-1], parameters=backbone.count_params(), pictures=PICTURES,
        epochs=EPOCHS, shift=LARGEST_SHIFT, count=len(TRAINED_ON), trained_on=", ".join(TRAINED_ON), held_count=len(HELD_OUT),
        held_out=", ".join(HELD_OUT), accuracy=accuracy, tests=PICTURES_TO_TEST), encoding="utf-8")
    print(f"wrote {WEIGHTS_FILE.name} ({WEIGHTS_FILE.stat().st_size / 1e6:.2f} MB) and CARD.md; named {accuracy:.1%} of {PICTURES_TO_TEST:,} other pictures")


if __name__ == "__main__":
    main()
