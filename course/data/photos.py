"""Photographs in folders, one folder per class; files that are no readable picture are named and left out."""

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff")
READ_BY_KERAS = {"JPEG": ".jpg", "PNG": ".png", "BMP": ".bmp"}
"""Formats that `keras.utils.image_dataset_from_directory` reads as they are, where the picture is plain RGB."""
ORIENTATION = 274
"""EXIF's number for how the camera was held; 1 is upright."""

LARGEST_SIDE = 20_000
NAMED_IN_SUMMARY = 3


class PhotosUnusable(ValueError):
    """The folder cannot be used. The message is one line that says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Skipped:
    """A file that was left out."""

    file: str
    """Path within the folder."""
    reason: str


@dataclass(frozen=True)
class Photos:
    """Pictures of one size with the class of each."""

    images: np.ndarray
    """uint8, shape (pictures, height, width, 3)."""
    labels: np.ndarray
    """int64, shape (pictures,): places in `class_names`."""
    class_names: tuple[str, ...]
    files: tuple[str, ...]
    """Path of each picture within the folder."""
    skipped: tuple[Skipped, ...]
    source: str
    """Where they come from, in words that a page can print."""


def load_photos(folder: str | Path, size: int | tuple[int, int] = 224, *, progress: bool = False) -> Photos:
    """Read a folder of photographs with one folder per class, by `keras.utils.image_dataset_from_directory`.

    Pictures are cut to the wanted shape around their middle and never squeezed. Before Keras sees them, every file
    is opened once: what is no readable picture is left out and named, and what Keras would refuse or misread (CMYK,
    16 bits, transparency, a camera held sideways, WebP, TIFF) is turned into plain RGB. The folder itself is
    only read.

    Args:
        folder: holds one folder per class; pictures may lie deeper in them.
        size: height and width in pixels, or one number for both.
        progress: whether to show a bar on stderr, and the summary of what was left out.

    Raises:
        PhotosUnusable: where there is no such folder, no folder per class, fewer than two classes, or a class
            without a readable picture.
    """
    folder = Path(folder).expanduser()
    height, width = (size, size) if isinstance(size, int) else size
    classes = _classes(folder)
    with tempfile.TemporaryDirectory(prefix="course-photos-") as temporary:
        files, skipped = _check_all(folder, classes, Path(temporary), progress=progress)
        for name in classes:
            if not any(file.startswith(f"{name}/") for file in files):
                raise PhotosUnusable(_without_pictures(folder, name, skipped))
        images, labels = _read(Path(temporary), classes, (height, width))
    counts = ", ".join(f"{np.sum(labels == number):,} {name}" for number, name in enumerate(classes))
    photos = Photos(images, labels, classes, tuple(files), tuple(skipped), f"{len(files):,} photographs from {folder.name}: {counts}")
    if progress and skipped:
        print(summary_of_skipped(photos.skipped), file=sys.stderr)
    return photos


def summary_of_skipped(skipped: tuple[Skipped, ...]) -> str:
    """One line that names the files that were left out; the first few, where they are many."""
    named = "; ".join(f"{one.file} ({one.reason})" for one in skipped[:NAMED_IN_SUMMARY])
    more = f"; and {len(skipped) - NAMED_IN_SUMMARY:,} more" if len(skipped) > NAMED_IN_SUMMARY else ""
    return f"left out {len(skipped):,} file{'s' if len(skipped) > 1 else ''}: {named}{more}"


def _classes(folder: Path) -> tuple[str, ...]:
    if not folder.exists():
        raise PhotosUnusable(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise PhotosUnusable(f"{folder}: this is a file; give the folder that holds one folder per class")
    classes = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")))
    if len(classes) >= 2:
        return classes
    advice = f"put the pictures of each class into a folder of its own, such as {folder.name}/cats and {folder.name}/dogs"
    if classes:
        raise PhotosUnusable(f"{folder}: there is one class only, {classes[0]}; a classifier needs at least two folders")
    empty = not any(path.suffix.lower() in ENDINGS for path in folder.iterdir())
    raise PhotosUnusable(f"{folder}: {'the folder is empty' if empty else 'the pictures lie in no class folder'}; {advice}")


def _without_pictures(folder: Path, name: str, skipped: list[Skipped]) -> str:
    own = tuple(one for one in skipped if one.file.startswith(f"{name}/"))
    why = summary_of_skipped(own) if own else "it is empty"
    return f"{folder / name}: the class {name} has no readable picture ({why}); add some or remove the folder"


def _check_all(folder: Path, classes: tuple[str, ...], checked: Path, *, progress: bool) -> tuple[list[str], list[Skipped]]:
    """Put every readable picture into `checked`, under names that keep their order.

    Returns:
        (files in the order in which Keras will read them, files left out).
    """
    jobs = []
    for name in classes:
        (checked / name).mkdir()
        found = sorted(path for path in (folder / name).rglob("*") if path.is_file() and not path.name.startswith("."))
        jobs += [(path, checked / name / f"{number:06}") for number, path in enumerate(found)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        reasons = pool.map(lambda job: _check(*job), jobs)
        if progress:
            from tqdm import tqdm

            reasons = tqdm(reasons, total=len(jobs), desc="looking at photographs", unit="file", leave=False)
        outcomes = list(reasons)
    files, skipped = [], []
    for (path, _), reason in zip(jobs, outcomes, strict=True):
        file = path.relative_to(folder).as_posix()
        skipped.append(Skipped(file, reason)) if reason else files.append(file)
    return files, skipped


def _check(path: Path, target: Path) -> str:
    """Copy a picture to the target, as plain RGB; or say why that cannot be done."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.suffix.lower() not in ENDINGS:
        return f"no picture: {path.suffix or 'no ending'}"
    if not path.stat().st_size:
        return "empty file"
    try:
        with Image.open(path) as image:
            if max(image.size) > LARGEST_SIDE:
                return f"too large: {image.width:,} × {image.height:,} pixels"
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = image.mode == "RGB" and "transparency" not in image.info and image.getexif().get(ORIENTATION, 1) == 1
            if plain and image.format in READ_BY_KERAS:
                shutil.copyfile(path, target.with_suffix(READ_BY_KERAS[image.format]))
            else:
                _as_rgb(upright).save(target.with_suffix(".png"), compress_level=1)
    except UnidentifiedImageError:
        return "not a picture, whatever its name says"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "too many pixels"
    except (OSError, ValueError, SyntaxError) as error:  # Pillow's decoders raise all three
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        return "damaged or cut off" if "truncated" in said else f"cannot be read: {said[:80]}"
    return ""


def _as_rgb(image):
    """Plain 8-bit RGB: 16 bits scaled down, transparent parts on white."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float64)
        brightest = 65535 if image.mode.startswith("I") else max(float(values.max()), 1e-9)
        return Image.fromarray(np.rint(np.clip(values / brightest, 0, 1) * 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _read(checked: Path, classes: tuple[str, ...], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    import keras

    batches = keras.utils.image_dataset_from_directory(
        checked, labels="inferred", label_mode="int", class_names=list(classes), batch_size=64, image_size=size,
        shuffle=False, crop_to_aspect_ratio=True, interpolation="area", verbose=False)
    parts = list(batches.as_numpy_iterator())
    images = np.concatenate([np.rint(np.clip(part, 0, 255)).astype(np.uint8) for part, _ in parts])
    return images, np.concatenate([part for _, part in parts]).astype(np.int64)
