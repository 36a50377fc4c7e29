"""One photograph: Grace Hopper's official portrait, which matplotlib ships as sample data."""

import numpy as np


def portrait() -> np.ndarray:
    """Grace Hopper, computer scientist and rear admiral, in colour.

    Returns:
        uint8 array of shape (600, 512, 3); channels red, green, blue. Public domain
        (United States Navy), shipped with matplotlib as `grace_hopper.jpg`.
    """
    from matplotlib.cbook import get_sample_data
    from PIL import Image

    with get_sample_data("grace_hopper.jpg") as file:
        return np.asarray(Image.open(file).convert("RGB"))
