"""A classifier for your own photographs: `course run 7 --photos FOLDER`, with one folder per class in FOLDER.

Two networks that were trained on ImageNet describe each photograph by some hundred numbers, once; a head is trained on
those, with the functions of lesson 7. What is measured goes to build/run/lesson_07_transfer_learning/photographs.json,
beside the figures and the classifier. The page of lesson 7 shows a stored run of this script.
"""

import json
import os
import platform
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from course import plots
from course.data.features import cached_features
from course.data.imagenet import MOBILENET, MOBILENET_V2, SIZE, Network, WeightsUnavailable, imagenet_weights
from course.data.photos import Photos, PhotosUnusable, load_photos
from solutions import lesson_07_transfer_learning as lesson

SPLITS = 5
SHARE_TO_TEST = 0.2
FEW = 10
"""Photographs per class in the second measurement."""
BATCH = 64
STEPS = 900
"""About as many steps as the training of a head takes, however many photographs there are."""


def split(labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the photographs to learn from and to test with; of each class the same share, at least one to test."""
    rng = np.random.default_rng(seed)
    learn, test = [], []
    for number in range(labels.max() + 1):
        own = rng.permutation(np.flatnonzero(labels == number))
        count = max(1, round(SHARE_TO_TEST * len(own)))
        test += own[:count].tolist()
        learn += own[count:].tolist()
    return rng.permutation(learn), np.array(test)


def only_few(places: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The first FEW places of each class."""
    return np.concatenate([places[labels[places] == number][:FEW] for number in range(labels.max() + 1)])


def passes(photographs: int) -> int:
    """How often the head goes through so many photographs: 60 times through a few, 20 through very many."""
    return min(60, max(20, round(STEPS * 32 / photographs)))


def pixels_only():
    """A backbone that has learned nothing: the photograph made small, its numbers in a row."""
    return keras.Sequential([keras.Input((SIZE, SIZE, 3)), keras.layers.AveragePooling2D(7), keras.layers.Flatten()])


def with_progress(backbone, images: np.ndarray) -> np.ndarray:
    batches = tqdm(range(0, len(images), BATCH), desc="features", unit="batch", leave=False)
    return np.concatenate([lesson.extract_features(backbone, images[start : start + BATCH]) for start in batches])


def answers(model, features: np.ndarray) -> np.ndarray:
    """Probabilities from features: the model's last layer, followed by softmax where it has none."""
    kernel, bias = model.get_weights()[-2:]
    logits = features @ kernel + bias
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def measure(backbone, photos: Photos, features: np.ndarray) -> dict:
    """Train a head for each of several splits: accuracies with all and with few photographs, and seconds of one training."""
    classes, found = len(photos.class_names), {"all": [], "few": [], "seconds_head": []}
    for seed in range(SPLITS):
        learn, test = split(photos.labels, seed)
        enough = min(np.bincount(photos.labels[learn])) >= 2 * FEW
        for name, chosen in (("all", learn), *([("few", only_few(learn, photos.labels))] if enough else [])):
            keras.utils.set_random_seed(seed)
            begun = time.perf_counter()
            model = lesson.train_head(backbone, photos.images[chosen], photos.labels[chosen], classes, passes(len(chosen)), features[chosen])
            if name == "all":
                found["seconds_head"].append(round(time.perf_counter() - begun, 1))
            named = answers(model, features[test]).argmax(axis=1)
            found[name].append(round(float(np.mean(named == photos.labels[test])), 4))
    return found


def say(title: str, found: dict, seconds: float) -> None:
    low, high = min(found["all"]), max(found["all"])
    few = f", with {FEW} per class {np.mean(found['few']):.1%}" if found["few"] else ""
    print(f"{title:18} {np.mean(found['all']):.1%} of the held-out photographs ({SPLITS} splits: {low:.1%} to {high:.1%}){few}; "
          f"features in {seconds:.0f} s, head in {np.median(found['seconds_head']):.1f} s", flush=True)


def networks() -> list[tuple[Network, list]]:
    """The networks whose weights can be had here. Raises WeightsUnavailable where there is none."""
    found, troubles = [], []
    for network in (MOBILENET, MOBILENET_V2):
        try:
            found.append((network, imagenet_weights(network)))
        except WeightsUnavailable as trouble:
            troubles.append(trouble)
    if not found:
        raise troubles[0]
    for trouble in troubles:
        print(f"going on without it: {trouble}", flush=True)
    return found


def confusion(labels: np.ndarray, named: np.ndarray, classes: int) -> np.ndarray:
    """Counts: row is the true class, column what the classifier said."""
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (labels, named), 1)
    return table


def show_confusion(table: np.ndarray, names: tuple[str, ...], title: str) -> None:
    width = max(map(len, names))
    print(f"\nrows: what it is; columns: what {title} said")
    print(" " * width, *(f"{name[:10]:>10}" for name in names))
    for name, row in zip(names, table, strict=True):
        print(f"{name:>{width}}", *(f"{count:10}" for count in row))
    size = max(4.2, 0.9 * len(names) + 1.6)
    figure, axis = plots.plt.subplots(figsize=(size, size))
    plots.number_grid(axis, table)
    axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axis.set_yticks(range(len(names)), names)
    axis.set_xlabel("what the classifier said")
    axis.set_ylabel("what it is")
    axis.set_title(f"{np.trace(table)} of {table.sum()} held-out photographs are named correctly")
    plots.show(figure, "confusion", "A table of counts: the true class by row, what the classifier said by column.")


def show_mistakes(photos: Photos, test: np.ndarray, shares: np.ndarray) -> None:
    """The mistakes of which the classifier was most certain."""
    labels, named = photos.labels[test], shares.argmax(axis=1)
    wrong = np.flatnonzero(named != labels)
    worst = wrong[np.argsort(-shares[wrong, named[wrong]])][:6]
    if not len(worst):
        print("\nno mistake on the held-out photographs")
        return
    print("\nthe most confident mistakes:")
    for place in worst:
        print(f"  {photos.files[test[place]]}: called {photos.class_names[named[place]]}, {shares[place, named[place]]:.0%} sure")
    titles = [f"{photos.class_names[labels[place]]}, called\n{photos.class_names[named[place]]}: {shares[place, named[place]]:.0%} sure" for place in worst]
    figure, _ = plots.pictures([photos.images[test[place]] for place in worst], titles, size=2.1)
    plots.headline(figure, "The mistakes that the classifier was most certain of")
    plots.show(figure, "confident-mistakes", "Up to six photographs that the classifier named wrongly and with great confidence.")


def save(model, photos: Photos, folder: Path) -> Path:
    """The classifier as one file, which takes photographs as they are, with numbers from 0 to 255."""
    path = folder / "classifier.keras"
    answers_to_grey = np.asarray(model(np.zeros((1, SIZE, SIZE, 3), np.float32), training=False))
    shares = [] if np.isclose(answers_to_grey.sum(), 1) and (answers_to_grey >= 0).all() else [keras.layers.Softmax()]
    whole = keras.Sequential([keras.Input((SIZE, SIZE, 3)), keras.layers.Rescaling(1 / 127.5, offset=-1), model, *shares])
    whole.save(path)
    (folder / "classifier.json").write_text(json.dumps({"classes": photos.class_names, "size": SIZE}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def main() -> None:
    folder = Path(os.environ.get("COURSE_FIGURES", "build/figures"))
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(7)
    photos = load_photos(os.environ["COURSE_PHOTOS"], SIZE, progress=True)
    counts = np.bincount(photos.labels)
    if counts.min() < 2:
        name = photos.class_names[int(counts.argmin())]
        raise PhotosUnusable(f"{os.environ['COURSE_PHOTOS']}: the class {name} has one picture; it takes at least two, one to learn from and one to test with")
    print(photos.source)
    learn, test = split(photos.labels, 0)
    print(f"{len(learn):,} to learn from, {len(test):,} held out; guessing the most frequent class is right for {counts.max() / counts.sum():.0%}\n", flush=True)
    result = {"made_by": "course run 7 --photos FOLDER", "data": photos.source, "classes": photos.class_names, "to_learn": len(learn), "to_test": len(test),
              "splits": SPLITS, "per_class_few": FEW, "networks": {},
              "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__, "numpy": np.__version__}}
    chosen = networks()
    candidates = [("linear on pixels", pixels_only()), *((network.title, lesson.frozen_backbone(weights, SIZE, network.name, network.alpha)) for network, weights in chosen)]
    for title, backbone in candidates:
        begun = time.perf_counter()
        features = cached_features(with_progress, backbone, photos.images, lesson.preprocess)
        seconds = time.perf_counter() - begun
        found = measure(backbone, photos, features)
        say(title, found, seconds)
        result["networks"][title] = found | {"seconds_features": round(seconds, 1), "features": features.shape[1], "parameters": backbone.count_params()}

    keras.utils.set_random_seed(0)
    model = lesson.train_head(backbone, photos.images[learn], photos.labels[learn], len(photos.class_names), passes(len(learn)), features[learn])
    shares = answers(model, features[test])
    table = confusion(photos.labels[test], shares.argmax(axis=1), len(photos.class_names))
    show_confusion(table, photos.class_names, title)
    show_mistakes(photos, test, shares)
    result["confusion"] = {"network": title, "table": table.tolist()}
    (folder / "photographs.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nyour classifier: {save(model, photos, folder)}\nfigures and figures in numbers: {folder}")


if __name__ == "__main__":
    main()
