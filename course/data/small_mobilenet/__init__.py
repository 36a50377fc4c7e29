"""A small MobileNet that has learned to name drawn animals, as a start for lesson 7. CARD.md says how it was made."""

import zipfile
from pathlib import Path

import numpy as np

SIZE = 64
"""Height and width of the pictures that it takes, in pixels."""
ALPHA = 0.25
"""Width of the network, as MobileNet counts it."""
HELD_OUT = ("camel", "fox", "hen", "mouse", "owl", "turtle")
"""Kinds of animals that it has never seen."""
TRAINED_ON = (
    "bear", "bunny", "cat", "cow", "deer", "dog", "duck", "elephant", "frog", "giraffe", "hedgehog", "horse", "lion",
    "penguin", "pig", "sheep", "snail", "zebra",
)
"""Kinds of animals that it learned to name."""
WEIGHTS_FILE = Path(__file__).with_name("weights.npz")


class WeightsUnusable(ValueError):
    """A file of weights cannot be used. The message is one line that says which file, what is wrong and what to do."""


def small_mobilenet_weights(file: str | Path = WEIGHTS_FILE) -> list[np.ndarray]:
    """The network's weights as float32 arrays, in Keras's order; nothing of Keras is imported.

    Raises:
        WeightsUnusable: where the file is missing or damaged.
    """
    file = Path(file)
    if not file.is_file():
        raise WeightsUnusable(f"{file}: there is no such file; make it with python -m course.data.small_mobilenet.train")
    try:
        with np.load(file, allow_pickle=False) as stored:
            return [stored[name] for name in sorted(stored.files)]
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile, zipfile.zlib.error) as error:
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise WeightsUnusable(f"{file}: damaged, or no file of weights ({said[:80]}); get it again from the project") from None


def small_mobilenet(file: str | Path = WEIGHTS_FILE):
    """The network with its trained weights.

    Returns:
        keras.Model from pictures of shape (batch, 64, 64, 3), scaled to [-1, 1], to features of shape (batch, 256).

    Raises:
        WeightsUnusable: where the file is missing, damaged or belongs to another network.
    """
    import keras

    weights = small_mobilenet_weights(file)
    network = keras.applications.MobileNet(input_shape=(SIZE, SIZE, 3), alpha=ALPHA, include_top=False, weights=None, pooling="avg")
    wanted = [tuple(weight.shape) for weight in network.weights]
    if [weight.shape for weight in weights] != wanted:
        raise WeightsUnusable(f"{file}: these {len(weights)} arrays are not those of a MobileNet of width {ALPHA} without a top, which has {len(wanted)}")
    network.set_weights(weights)
    return network
