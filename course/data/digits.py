"""Handwritten digits that need no download: scikit-learn's 1,797 scans, enlarged to 28 × 28."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Digits:
    """Pictures of digits in two parts that share no picture."""

    train_images: np.ndarray
    """uint8, shape (examples, 28, 28); 0 is paper, 255 is ink."""
    train_labels: np.ndarray
    """int64, shape (examples,); 0 to 9."""
    test_images: np.ndarray
    test_labels: np.ndarray
    source: str
    """Where they come from, in words that a page can print."""


def bundled_digits(test_fraction: float = 0.2) -> Digits:
    """The digits that come with scikit-learn, enlarged to MNIST's size.

    1,797 scans of 8 × 8 pixels, the test part of "Optical Recognition of Handwritten Digits"
    (E. Alpaydin and C. Kaynak, 1998, UCI), written by 13 people. The order is that of the file.

    Args:
        test_fraction: share of the pictures, from the end of the file, that is held out.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    pictures = small.reshape(-1, 8, 8) / 16
    # 8 → 20 pixels and a margin of 4: the place of the digit within the picture is MNIST's.
    large = np.clip(zoom(pictures, (1, 2.5, 2.5), order=1, grid_mode=True, mode="nearest"), 0, 1)
    images = np.pad(np.rint(large * 255).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    held_out = round(len(images) * test_fraction)
    return Digits(
        train_images=images[:-held_out],
        train_labels=labels[:-held_out].astype(np.int64),
        test_images=images[-held_out:],
        test_labels=labels[-held_out:].astype(np.int64),
        source="1,797 handwritten digits shipped with scikit-learn",
    )
