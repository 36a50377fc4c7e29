"""MobileNets that somebody trained on 1.2 million photographs of ImageNet: from Keras's cache, or downloaded to it."""

import os
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course.data.downloads import give_up_after_silence, trouble_with_connection

ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications"
SIZE = 224
"""Height and width of the photographs that these networks learned on, in pixels."""


class WeightsUnavailable(RuntimeError):
    """The weights cannot be had here. The message is one line: which file, where it should be, and what to do."""


@dataclass(frozen=True)
class Network:
    """A network of `keras.applications` whose weights Keras offers, without its top."""

    name: str
    """In `keras.applications`."""
    alpha: float
    file: str
    """Under this name Keras keeps the weights."""
    folder: str
    """Of the server."""

    @property
    def title(self) -> str:
        return f"{self.name} {self.alpha:g}"


MOBILENET = Network("MobileNet", 0.25, "mobilenet_2_5_224_tf_no_top.h5", "mobilenet")
MOBILENET_V2 = Network("MobileNetV2", 0.35, "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5", "mobilenet_v2")


def imagenet_weights(network: Network) -> list[np.ndarray]:
    """The weights of a network trained on ImageNet, without its top, in the order of Keras's `get_weights`.

    They are taken from Keras's own folder (`~/.keras/models`, or `models` in KERAS_HOME), and downloaded to it where
    they are missing; a server that does not answer is given up after a few seconds.

    Raises:
        WeightsUnavailable: where there is neither file nor download, or the file is damaged.
    """
    import keras

    path = weights_file(network)
    build = getattr(keras.applications, network.name)
    try:
        return build(input_shape=(SIZE, SIZE, 3), alpha=network.alpha, include_top=False, weights=str(path), pooling="avg").get_weights()
    except Exception as error:  # h5py and Keras raise OSError, ValueError, KeyError and others for what is no such file
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise WeightsUnavailable(f"{path} is damaged or belongs to another network ({said[:100]}); delete it and run this again with a network connection") from None


def weights_file(network: Network) -> Path:
    """Where the weights are, after a download if they were not there. Raises WeightsUnavailable."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    path = home / "models" / network.file
    if path.is_file():
        return path
    address = f"{ADDRESS}/{network.folder}/{network.file}"
    server = urllib.parse.urlparse(address).netloc
    advice = f"download {address} on a machine with a connection and put the file there"
    trouble = trouble_with_connection(address)
    if trouble:
        raise WeightsUnavailable(f"the weights of {network.title} are not in {path}, and {server} cannot be reached ({trouble}); {advice}")
    import keras

    try:
        with give_up_after_silence():
            return Path(keras.utils.get_file(network.file, origin=address, cache_subdir="models"))
    except Exception as error:  # get_file raises plain Exception, and whatever the connection raises
        print()  # Keras's bar has left its line open
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise WeightsUnavailable(f"the download of {network.file} from {server} broke off ({reason[:120]}); try again, or {advice}") from None
