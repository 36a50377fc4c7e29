"""Handwritten digits: MNIST where it can be had, otherwise 1,797 scans that scikit-learn ships."""

import hashlib
import os
import sys
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course.data.downloads import give_up_after_silence, trouble_with_connection

SOURCES = ("auto", "mnist", "bundled")
MNIST_FILE = "mnist.npz"
MNIST_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
"""Of Keras's own file; `keras.datasets.mnist` checks the same."""


class DigitsUnavailable(RuntimeError):
    """MNIST cannot be had here. The message is one line that says why and what to do."""


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
    name: str = "bundled"
    """"mnist" or "bundled"."""


def load_digits(source: str | None = None) -> Digits:
    """MNIST where it is on disk or can be downloaded, the bundled digits otherwise.

    Args:
        source: "auto" takes MNIST if it can be had and else says in one line, on stderr, why the
            bundled digits are used; "mnist" insists on it; "bundled" never looks for it. None asks
            the environment variable COURSE_DATA, and means "auto" where that is not set.

    Raises:
        DigitsUnavailable: with "mnist", where it cannot be had.
        ValueError: for any other source.
    """
    source = source or os.environ.get("COURSE_DATA") or "auto"
    if source not in SOURCES:
        raise ValueError(f"no such source of digits: {source!r}; COURSE_DATA and `source` can be {', '.join(SOURCES)}")
    if source == "bundled":
        return bundled_digits()
    try:
        return _mnist()
    except DigitsUnavailable as failure:
        if source == "mnist":
            raise
        print(f"{failure} Going on with the 1,797 bundled digits.", file=sys.stderr)
        return bundled_digits()


def bundled_digits(test_fraction: float = 0.2) -> Digits:
    """The digits that come with scikit-learn, enlarged to MNIST's size.

    1,797 scans of 8 × 8 pixels, the test part of "Optical Recognition of Handwritten Digits"
    (E. Alpaydin and C. Kaynak, 1998, UCI), written by 13 people. The order is that of the file.

    Args:
        test_fraction: share of the pictures, from the end of the file, that is held out.
    """
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits as scikit_learns_digits

    small, labels = scikit_learns_digits(return_X_y=True)
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


def _mnist() -> Digits:
    """MNIST from Keras's file, else from TFDS's, else downloaded. Raises DigitsUnavailable."""
    troubles = []
    for find in (_from_keras_file, _from_tfds, _from_download):
        try:
            found = find()
        except DigitsUnavailable as trouble:
            troubles.append(str(trouble))
            continue
        if found is not None:
            return found
    raise DigitsUnavailable(f"MNIST is not available: {'; '.join(troubles)}.")


def _keras_file() -> Path:
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return home.expanduser() / "datasets" / MNIST_FILE


def _from_keras_file() -> Digits | None:
    """Where `keras.datasets.mnist.load_data()` keeps it; None if there is none."""
    path = _keras_file()
    if not path.is_file():
        return None
    try:
        damaged = hashlib.sha256(path.read_bytes()).hexdigest() != MNIST_SHA256
    except OSError as error:
        raise DigitsUnavailable(f"{path} cannot be read ({error.strerror})") from None
    if damaged:
        raise DigitsUnavailable(f"{path} is damaged or only half downloaded ({path.stat().st_size / 1e6:.1f} MB, wrong checksum)")
    return _read(path)


def _read(path: Path) -> Digits:
    with np.load(path, allow_pickle=False) as file:
        return _as_mnist(file["x_train"], file["y_train"], file["x_test"], file["y_test"])


def _as_mnist(train_images, train_labels, test_images, test_labels) -> Digits:
    return Digits(train_images, train_labels.astype(np.int64), test_images, test_labels.astype(np.int64),
                  source="MNIST: 60,000 handwritten digits to learn from and 10,000 to test with", name="mnist")


def _from_tfds() -> Digits | None:
    """What `tfds.load("mnist")` has prepared before, or can prepare from files that lie there; None if there is neither."""
    folder = Path(os.environ.get("TFDS_DATA_DIR") or Path.home() / "tensorflow_datasets").expanduser()
    prepared = any(folder.glob("mnist/*/dataset_info.json"))
    if not prepared and len(list(folder.glob("downloads/manual/*-idx?-ubyte.gz"))) < 4:
        return None
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder("mnist", data_dir=folder)
        if not prepared:
            builder.download_and_prepare()
        parts = [builder.as_dataset(split=split, batch_size=-1) for split in ("train", "test")]
        train, test = tfds.as_numpy(tuple(parts))
    except Exception as error:  # TFDS raises TensorFlow's own errors, its own, and OSError
        raise DigitsUnavailable(f"TFDS could not read MNIST in {folder}; is a file there damaged? ({type(error).__name__})") from None
    return _as_mnist(train["image"][..., 0], train["label"], test["image"][..., 0], test["label"])


def _from_download() -> Digits:
    """Download Keras's file to where Keras keeps it, with Keras's own progress bar."""
    host = urllib.parse.urlparse(MNIST_ADDRESS).netloc
    trouble = trouble_with_connection(MNIST_ADDRESS)
    if trouble:
        raise DigitsUnavailable(f"it cannot be downloaded from {host} ({trouble})")
    import keras

    old = _keras_file()
    kept = old.with_name(f"{MNIST_FILE}.damaged")
    if old.is_file():  # only a damaged one comes this far
        old.replace(kept)
    try:
        with give_up_after_silence():
            path = keras.utils.get_file(MNIST_FILE, origin=MNIST_ADDRESS, file_hash=MNIST_SHA256)
        return _read(Path(path))
    except Exception as error:  # get_file raises plain Exception, and whatever the connection raises
        print()  # Keras's bar has left its line open
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise DigitsUnavailable(f"the download from {host} broke off ({reason[:160]})") from None
