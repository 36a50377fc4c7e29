"""What the widget of lesson 2 shows: two of the chapter's networks, and one unseen digit of each kind."""

import numpy as np

from course.widget_data import pack, unpack

SHIFT = 3


def data(chapter: dict) -> dict:
    """The first network and the first smooth one, a digit of each kind that the first one reads, and the digit to begin with."""
    networks = {"first": chapter["network"].get_weights(), "smooth": chapter["smooth"][0].get_weights()}
    packed = {name: [pack(weights, steps=weights.ndim == 2) for weights in network] for name, network in networks.items()}
    unseen, labels = chapter["unseen"], chapter["unseen_labels"]
    as_shown = [unpack(weights) for weights in packed["first"]]
    right = shares(as_shown, unseen).argmax(axis=1) == labels
    digits = np.stack([unseen[np.flatnonzero((labels == digit) & right)[0]] for digit in range(10)]).reshape(-1, 28, 28)
    return {
        "networks": packed,
        "digits": pack(np.round(15 * digits).astype(np.uint8)),
        "start": most_misled(as_shown, digits),
        "digits_from": chapter["data_name"],
    }


def shares(network: list[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """The forward pass in NumPy: (pictures, 784) to (pictures, 10)."""
    to_hidden, hidden_bias, to_output, output_bias = network
    called = 1 / (1 + np.exp(-(rows @ to_hidden + hidden_bias)))
    sums = np.exp(called @ to_output + output_bias)
    return sums / sums.sum(axis=1, keepdims=True)


def most_misled(network: list[np.ndarray], digits: np.ndarray) -> int:
    """The digit that, moved to the right, is read as another one with the largest share."""
    moved = np.zeros_like(digits)
    moved[:, :, SHIFT:] = digits[:, :, :-SHIFT]
    answers = shares(network, moved.reshape(10, -1))
    answers[np.arange(10), np.arange(10)] = 0
    return int(answers.max(axis=1).argmax())
