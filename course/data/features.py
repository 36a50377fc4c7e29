"""Features of pictures, computed once and kept: the same pictures, weights and scaling are never computed twice."""

import hashlib
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

FOLDER = Path("build") / "features"
TEST_CARD = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
"""Every brightness once; what a scaling makes of it stands for the scaling."""


def cached_features(extract: Callable, backbone, images: np.ndarray, preprocess: Callable, folder: Path | None = None) -> np.ndarray:
    """What `extract(backbone, images)` returns, from a file where it has been computed before.

    The file's name is made from the pictures, the backbone's layers and weights, and what `preprocess` does to each
    of the 256 brightnesses, so a change of any of them computes anew. A damaged file is computed anew too, and said.

    Args:
        extract: function of a backbone and images, which uses `preprocess`.
        backbone: keras.Model.
        images: uint8 array of shape (pictures, height, width, 3).
        preprocess: from uint8 pictures to what the backbone takes.
        folder: where files are kept; None: build/features.
    """
    path = (folder or FOLDER) / f"{feature_key(backbone, images, preprocess)}.npy"
    if path.is_file():
        try:
            features = np.load(path, allow_pickle=False)
            if len(features) == len(images) and features.ndim == 2:
                return features
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            pass
        print(f"{path} is damaged; the features are computed again", file=sys.stderr)
    features = np.asarray(extract(backbone, images))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.stem}.{os.getpid()}.part.npy")
    np.save(unfinished, features)
    os.replace(unfinished, path)
    return features


def feature_key(backbone, images: np.ndarray, preprocess: Callable) -> str:
    """A short text that changes with the pictures, the network and the scaling."""
    digest = hashlib.blake2b(digest_size=12)
    card = np.asarray(preprocess(TEST_CARD))
    for array in (images, card, *backbone.get_weights()):
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array)
    digest.update("".join(type(layer).__name__ + str(getattr(layer, "strides", "")) for layer in backbone.layers).encode())
    return digest.hexdigest()
