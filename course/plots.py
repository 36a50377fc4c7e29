"""Figures that the lessons share: one look, colours with a meaning, and alt text for each.

Blue likes, red dislikes, zero is the neutral middle, and wherever a sign matters the number is
printed as well. A figure is finished with `show()`, which writes it as a file (light and dark on
the site) and never without a text description.
"""

import html
import os
from pathlib import Path

import matplotlib

if "MPLBACKEND" not in os.environ:
    matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex

from course.output import emit, in_notebook

INK, PAPER = "#22303c", "#ffffff"
DARK_INK, DARK_PAPER = "#dfe6ec", "#1b232b"
BLUE, RED, ORANGE, PURPLE, GREEN, GREY = "#2b6cb0", "#c43c39", "#d97a1d", "#7a4fb3", "#2f855a", "#7b8794"
SIGNED = LinearSegmentedColormap.from_list("signed", [RED, "#f5f3ef", BLUE])
"""Red below zero, blue above; use it with limits that are symmetric around 0."""

plt.rcParams.update({
    "figure.dpi": 100, "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": "auto",
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.titleweight": "bold", "axes.titlesize": 12, "axes.titlelocation": "left", "axes.labelsize": 11,
    "font.size": 11, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False,
    "figure.constrained_layout.use": True, "image.interpolation": "nearest",
})


def pictures(images, titles, *, size: float = 2.6, signed: bool = False, limit: float | None = None):
    """A row of pictures, each with its title above.

    Args:
        images: arrays of shape (height, width) or (height, width, 3).
        titles: one per picture; the title states what to see.
        size: inches per picture.
        signed: red below zero and blue above, on one scale for all pictures.
        limit: the largest absolute value of that scale; by default the largest one there is.

    Returns:
        (figure, array of axes).
    """
    figure, axes = plt.subplots(1, len(images), figsize=(size * len(images), size + 0.45), squeeze=False)
    limit = limit or max(float(np.abs(image).max()) for image in images)
    for axis, image, title in zip(axes[0], images, titles, strict=True):
        scale = {"cmap": SIGNED, "vmin": -limit, "vmax": limit} if signed else {"cmap": "gray", "vmin": 0}
        axis.imshow(image, **scale)
        axis.set_title(title, fontsize=11)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    return figure, axes[0]


def number_grid(axis, values, *, digits: int = 0, signed: bool = False, fontsize: float = 9) -> None:
    """Draw a small array as squares with the numbers written in them.

    Args:
        axis: where to draw.
        values: array of shape (rows, columns).
        digits: decimals to print.
        signed: red and blue around zero instead of black to white.
    """
    values = np.asarray(values, dtype=float)
    limit = max(float(np.abs(values).max()), 1e-9)
    low, high = (-limit, limit) if signed else (min(0.0, float(values.min())), 1.1 * limit)  # no white on white paper
    shown = axis.imshow(values, cmap=SIGNED if signed else "gray", vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(values):
        red, green, blue, _ = shown.cmap(shown.norm(value))
        bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45
        # The colour belongs to the square behind it, so it stays the same on the dark page.
        written = f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0: no minus before a zero
        axis.text(column, row, written, ha="center", va="center", fontsize=fontsize,
                  color="#101418" if bright else "#fafafa", gid="on-picture")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)


def headline(figure, finding: str) -> None:
    """Write what the whole figure shows above its panels, whose own titles step back.

    Args:
        figure: with one title per panel already set.
        finding: one sentence, without a full stop.
    """
    for axis in figure.axes:
        axis.set_title(axis.get_title(loc="left"), fontsize=11, fontweight="normal")
    figure.suptitle(finding, x=0.005, ha="left", fontsize=12, fontweight="bold")
    figure.get_layout_engine().set(h_pad=0.09)


def show(figure, name: str, alt: str) -> None:
    """Finish a figure: write it to a file and place it in the page, with its text description.

    On the site it is written twice, for light and dark pages; as a script, once, as PNG.

    Args:
        figure: a matplotlib figure.
        name: file name without ending, unique in the chapter.
        alt: what somebody who cannot see the figure needs to know, in one or two sentences.

    Raises:
        ValueError: where `alt` says too little to be of use.
    """
    if len(alt.split()) < 5:
        raise ValueError(f"figure {name!r}: the alt text must describe the figure, not name it: {alt!r}")
    folder = Path(os.environ.get("COURSE_FIGURES", "build/figures"))
    folder.mkdir(parents=True, exist_ok=True)
    if in_notebook():
        _write(figure, folder / f"{name}.webp")
        _to_dark(figure)
        width, height = _write(figure, folder / f"{name}-dark.webp")
        images = "".join(
            f'<img class="{mode}" src="figures/{name}{ending}.webp" alt="{html.escape(alt)}" '
            f'width="{width}" height="{height}" loading="lazy">'
            for mode, ending in (("only-light", ""), ("only-dark", "-dark"))
        )
        emit(f'<figure class="course-figure">{images}</figure>', alt)
    else:
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=150)
        emit("", f"figure {path}: {alt}")
    plt.close(figure)


def _write(figure, path: Path) -> tuple[int, int]:
    """Write at twice the shown size; returns the size to show at, in CSS pixels."""
    figure.savefig(path, dpi=200, pil_kwargs={"quality": 88, "method": 6})
    return round(figure.get_figwidth() * 100), round(figure.get_figheight() * 100)


def _to_dark(figure) -> None:
    """Exchange ink and paper; colours that carry a meaning stay."""
    figure.set_facecolor(DARK_PAPER)
    exchange = {to_hex(INK): DARK_INK, to_hex(PAPER): DARK_PAPER}
    for artist in figure.findobj():
        if artist.get_gid() == "on-picture":
            continue
        for part in ("color", "facecolor", "edgecolor"):
            read, write = getattr(artist, f"get_{part}", None), getattr(artist, f"set_{part}", None)
            if read is None or write is None:
                continue
            try:
                colour = to_hex(read())
            except (ValueError, TypeError):  # an artist with many colours: those carry a meaning
                continue
            if colour in exchange:
                write(exchange[colour])
    for axis in figure.axes:
        axis.tick_params(colors=DARK_INK)
