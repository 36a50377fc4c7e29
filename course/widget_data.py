"""What a chapter's run leaves for the page's widget: one small JSON file, made from the chapter's own variables.

`lessons/<lesson>/widget.py` has a function `data(chapter)` that picks from them. The site's build and
`course run` write the same format, so a reader's own run can take the place of the published one.
How the file is shown is decided in site/assets/widgets.
"""

import base64
import importlib.util
import json
import os
from pathlib import Path

import numpy as np

SCHEMA = 1
KIND = "course-run"
MOST_BYTES = 300_000
TYPES = ("int8", "uint8", "uint16", "float32")


class WidgetDataError(Exception):
    """Data that a page cannot take; the message says why."""


def pack(array, *, steps: bool = False) -> dict:
    """An array as JSON can hold it: its bytes in base64, row by row, the lowest byte first.

    Args:
        array: of dtype int8, uint8, uint16 or float32 (bool counts as uint8).
        steps: keep only 255 steps between the largest value and its negative: int8, and the step as
            "scale". A quarter of the size of float32, off by at most half a step.

    Returns:
        {"type", "shape", "base64"} and, with `steps`, "scale".

    Raises:
        WidgetDataError: where the dtype is another one or a value is not finite.
    """
    array = np.asarray(array)
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if not np.all(np.isfinite(array)):
        raise WidgetDataError("the widget's data hold a value that is not finite")
    packed = {}
    if steps:
        scale = float(np.abs(array).max()) / 127 or 1.0
        array = np.round(np.asarray(array, np.float64) / scale).astype(np.int8)
        packed["scale"] = scale
    if array.dtype.name not in TYPES:
        raise WidgetDataError(f"widgets read {', '.join(TYPES)}, not {array.dtype}")
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return packed | {"type": array.dtype.name, "shape": list(array.shape), "base64": base64.b64encode(little.tobytes()).decode()}


def unpack(packed: dict) -> np.ndarray:
    """The array that a page reads from `pack()`: times its scale, where it has one."""
    array = np.frombuffer(base64.b64decode(packed["base64"]), np.dtype(packed["type"]).newbyteorder("<")).reshape(packed["shape"])
    return array.astype(np.float32) * np.float32(packed["scale"]) if "scale" in packed else array


def write(lesson: str, data: dict, path: Path, *, source: str) -> None:
    """Write the file, whole or not at all.

    Args:
        lesson: its name, such as "lesson_02_mlp_on_mnist".
        data: numbers, strings, lists, dicts and `pack()`ed arrays.
        path: of the JSON file.
        source: who made it, shown on the page.

    Raises:
        WidgetDataError: where it would be larger than a page may load.
    """
    text = json.dumps({"schema": SCHEMA, "kind": KIND, "lesson": lesson, "source": source, "data": data},
                      ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    size = len(text.encode())
    if size > MOST_BYTES:
        raise WidgetDataError(f"the widget's data of {lesson} are {size:,} bytes; a page may load {MOST_BYTES:,}")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def record(recipe: Path, chapter: dict, path: Path, *, source: str) -> None:
    """Write what a lesson's `widget.py` makes of the chapter that has just run.

    Args:
        recipe: path of lessons/<lesson>/widget.py.
        chapter: the variables of the chapter, by name, after its last line.
        path, source: see `write()`.

    Raises:
        WidgetDataError: where a variable is missing or of another kind, as in a chapter that was changed.
    """
    spec = importlib.util.spec_from_file_location(f"{recipe.parent.name}.widget", recipe)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        data = module.data(chapter)
    except KeyError as missing:
        raise WidgetDataError(f"lessons/{recipe.parent.name}/widget.py asks for {missing}, which the chapter does not have") from None
    except Exception as error:  # a learner's own functions may have left anything
        raise WidgetDataError(f"lessons/{recipe.parent.name}/widget.py: {type(error).__name__}: {error}") from error
    write(recipe.parent.name, data, path, source=source)
