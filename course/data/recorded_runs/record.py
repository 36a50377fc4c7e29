"""Makes the recorded runs anew: trains a hundred small networks, four of five spoilt on purpose.

    python -m course.data.recorded_runs.record             a few minutes on two cores
    python -m course.data.recorded_runs.record --sheets    draws what is stored as contact sheets, into build/

Every sick run is a healthy one with something changed, so what is wrong with it is known from how it was made, and so
is a remedy. A run is kept only if its curves show what is wrong with it: `shows` is the rule, and the only one.
The learners' runs are stored beside this file, the ones that grade answers in `tests/lessons/data/`. The two share
neither seeds nor healthy networks.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
STORED = {
    "learners": HERE / "runs.json",
    "unseen": HERE.parents[2] / "tests" / "lessons" / "data" / "lesson_06_unseen_runs.json",
}
VALIDATION_PICTURES = 400
LINES = ("loss", "accuracy", "val_loss", "val_accuracy")


@dataclass(frozen=True)
class Settings:
    """Everything that a run depends on."""

    problem: str
    """"ten digits", "odd or even", "digits 0 to 4" or "grainy digits"."""
    pictures: int
    hidden: tuple[int, ...]
    learning_rate: float
    epochs: int
    seed: int
    batch_size: int = 32
    optimizer: str = "adam"
    """"adam", "sgd" or "sgd with momentum"."""
    activation: str = "relu"
    wrong_labels: float = 0.0
    """Share of the training labels that were exchanged for a wrong one."""
    fault: str = ""
    """"labels shuffled", "weights start at zero", "dead neurons" or "frozen layers"."""


HEALTHY = {
    "learners": (
        Settings("ten digits", 1000, (64,), 0.001, 30, 101),
        Settings("odd or even", 1200, (64,), 0.001, 30, 102),
        Settings("ten digits", 1200, (32,), 0.003, 20, 103),
        Settings("ten digits", 900, (100,), 0.002, 24, 104),
        Settings("odd or even", 1350, (48,), 0.001, 32, 105),
        Settings("ten digits", 1000, (48, 48), 0.001, 24, 106),
        Settings("odd or even", 1300, (32,), 0.003, 20, 107),
        Settings("ten digits", 1300, (40,), 0.001, 36, 108, batch_size=16),
    ),
    "unseen": (
        Settings("ten digits", 950, (80,), 0.001, 32, 201),
        Settings("digits 0 to 4", 600, (40,), 0.001, 26, 202, batch_size=16),
        Settings("odd or even", 1250, (96,), 0.0015, 22, 203),
        Settings("ten digits", 1100, (50,), 0.05, 28, 204, optimizer="sgd with momentum"),
        Settings("digits 0 to 4", 500, (24, 24), 0.002, 34, 205, batch_size=16),
        Settings("odd or even", 1350, (60, 30), 0.001, 20, 206),
        Settings("ten digits", 1350, (30,), 0.004, 18, 207, batch_size=64),
        Settings("grainy digits", 1350, (150,), 0.0005, 16, 208),
        Settings("digits 0 to 4", 620, (70,), 0.02, 30, 209, optimizer="sgd with momentum"),
        Settings("odd or even", 1390, (200,), 0.001, 26, 210, batch_size=24),
        Settings("ten digits", 1300, (120, 60), 0.0007, 20, 211, batch_size=24),
        Settings("grainy digits", 1390, (90,), 0.001, 14, 212),
    ),
}

FEW_AND_WRONG = "few pictures with some wrong labels, a large model, trained for long"
FEW = "few pictures, a large model, trained for long"
TOO_HIGH = "the learning rate is far too high"
SICK = {
    "underfitting": {
        "learners": (
            ("the model is too small", {"hidden": (2,), "learning_rate": 0.003, "optimizer": "adam"}),
            ("the learning rate is far too small", {"learning_rate": 1e-5, "optimizer": "adam"}),
            ("it was stopped far too early", {"epochs": 5, "learning_rate": 0.0002, "optimizer": "adam"}),
        ),
        "unseen": (
            ("the learning rate is far too small", {"learning_rate": 1.5e-5, "optimizer": "adam"}),
            ("the model is too small", {"hidden": (2,), "learning_rate": 0.002, "optimizer": "adam", "epochs": 22}),
            ("it was stopped far too early", {"epochs": 6, "learning_rate": 0.0001, "optimizer": "adam"}),
            ("the learning rate is far too small", {"learning_rate": 0.002, "optimizer": "sgd"}),
        ),
    },
    "overfitting": {
        "learners": (
            (FEW_AND_WRONG, {"pictures": 100, "hidden": (256,), "learning_rate": 0.003, "epochs": 40, "batch_size": 10,
                             "wrong_labels": 0.2}),
            (FEW, {"pictures": 90, "hidden": (256, 256), "learning_rate": 0.003, "epochs": 34, "batch_size": 10}),
            (FEW_AND_WRONG, {"pictures": 150, "hidden": (200, 200), "learning_rate": 0.002, "epochs": 28, "batch_size": 10,
                             "wrong_labels": 0.25}),
        ),
        "unseen": (
            (FEW_AND_WRONG, {"pictures": 110, "hidden": (300,), "learning_rate": 0.003, "epochs": 40, "batch_size": 8,
                             "wrong_labels": 0.2, "optimizer": "adam"}),
            (FEW_AND_WRONG, {"pictures": 130, "hidden": (160, 160), "learning_rate": 0.003, "epochs": 32, "batch_size": 8,
                             "wrong_labels": 0.2, "optimizer": "adam"}),
            (FEW_AND_WRONG, {"pictures": 80, "hidden": (220,), "learning_rate": 0.004, "epochs": 36, "batch_size": 8,
                             "wrong_labels": 0.15, "optimizer": "adam"}),
        ),
    },
    "diverging": {
        "learners": (
            (TOO_HIGH, {"learning_rate": 3.0, "activation": "tanh"}),
            (TOO_HIGH, {"learning_rate": 3.0, "optimizer": "sgd", "activation": "leaky_relu"}),
            (TOO_HIGH, {"learning_rate": 10.0, "hidden": ()}),
            (TOO_HIGH, {"learning_rate": 1.0, "optimizer": "sgd", "activation": "elu"}),
        ),
        "unseen": (
            (TOO_HIGH, {"learning_rate": 5.0, "optimizer": "sgd with momentum", "activation": "tanh"}),
            (TOO_HIGH, {"learning_rate": 2.0, "optimizer": "sgd", "activation": "leaky_relu"}),
            (TOO_HIGH, {"learning_rate": 20.0, "optimizer": "adam", "hidden": ()}),
            (TOO_HIGH, {"learning_rate": 1.5, "optimizer": "sgd", "activation": "elu"}),
            (TOO_HIGH, {"learning_rate": 5.0, "optimizer": "adam", "activation": "tanh"}),
        ),
    },
    "not learning": {
        "learners": (
            ("the labels are shuffled", {"fault": "labels shuffled", "epochs": 10}),
            ("all weights start at zero", {"fault": "weights start at zero"}),
            ("the neurons are dead", {"fault": "dead neurons"}),
            ("the layers are frozen", {"fault": "frozen layers"}),
        ),
        "unseen": (
            ("the layers are frozen", {"fault": "frozen layers"}),
            ("the labels are shuffled", {"fault": "labels shuffled", "epochs": 8, "optimizer": "adam", "learning_rate": 0.0008}),
            ("the neurons are dead", {"fault": "dead neurons"}),
            ("the labels are shuffled", {"fault": "labels shuffled", "epochs": 14, "hidden": (12,), "optimizer": "adam",
                                         "learning_rate": 0.0005}),
            ("all weights start at zero", {"fault": "weights start at zero", "batch_size": 16}),
        ),
    },
}


def shows(diagnosis: str, curves: dict, classes: int) -> bool:
    """Whether the curves show, by a wide margin, what is known to be wrong with the run.

    Losses are counted in units of ln(classes), the loss of somebody who knows nothing. Between any two
    diagnoses lies a gap that belongs to neither: runs that fall into it are ambiguous, and are not stored.
    """
    training, validation = (np.asarray(curves[name], dtype=float) / np.log(classes) for name in ("loss", "val_loss"))
    exploded = not np.isfinite(training).all() or training[-5:].mean() >= 2.5
    if diagnosis == "diverging" or exploded:
        return exploded and diagnosis == "diverging"
    rise = validation[-1] - validation.min()
    match diagnosis:
        case "not learning":
            return training.min() >= 0.95 and training.max() <= 1.3
        case "underfitting":
            return 0.4 <= training[-1] <= 0.8 and rise <= 0.01 and validation[-1] - training[-1] <= 0.12
        case "overfitting":
            return training[-1] <= 0.15 and rise >= 0.12 and validation.argmin() <= 0.6 * len(validation)
        case "good fit":
            return training[-1] <= 0.15 and validation[-1] <= 0.25 and rise <= 0.02
    raise ValueError(f"no such diagnosis: {diagnosis!r}")


def train(settings: Settings) -> tuple[dict, int]:
    """The four lines of one run, measured at the end of each epoch, and the number of classes."""
    import keras

    (images, labels), (validation_images, validation_labels), classes = _data(settings)
    keras.utils.set_random_seed(settings.seed)
    model = _model(settings, images.shape[1], classes)
    curves = {name: [] for name in LINES}

    def measure(epoch, logs):
        for prefix, part in (("", (images, labels)), ("val_", (validation_images, validation_labels))):
            model.reset_metrics()
            for name, value in model.test_on_batch(*part, return_dict=True).items():
                curves[prefix + name].append(float(value))

    model.fit(images, labels, epochs=settings.epochs, batch_size=settings.batch_size, verbose=0,
              callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=measure)])
    return curves, classes


def _data(settings: Settings):
    from course.data.digits import bundled_digits

    digits = bundled_digits()
    images = np.concatenate([digits.train_images, digits.test_images]).reshape(-1, 784) / np.float32(255)
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    rng = np.random.default_rng(settings.seed)
    if settings.problem == "digits 0 to 4":
        images, labels = images[labels < 5], labels[labels < 5]
    elif settings.problem == "odd or even":
        labels = labels % 2
    elif settings.problem == "grainy digits":
        images = images + rng.normal(0, 0.3, images.shape).astype(np.float32)
    classes = int(labels.max()) + 1
    order = rng.permutation(len(images))
    held_out = min(VALIDATION_PICTURES, len(images) // 4)
    validation, chosen = order[:held_out], order[held_out : held_out + settings.pictures]
    own_labels = labels[chosen]
    wrong = rng.permutation(len(chosen))[: round(settings.wrong_labels * len(chosen))]
    own_labels[wrong] = (own_labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
    if settings.fault == "labels shuffled":
        own_labels = rng.permutation(own_labels)
    return (images[chosen], own_labels), (images[validation], labels[validation]), classes


def _model(settings: Settings, features: int, classes: int):
    import keras

    kernel = "zeros" if settings.fault == "weights start at zero" else "glorot_uniform"
    bias = keras.initializers.Constant(-30.0) if settings.fault == "dead neurons" else "zeros"
    layers = [keras.layers.Dense(units, settings.activation, kernel_initializer=kernel, bias_initializer=bias)
              for units in settings.hidden]
    model = keras.Sequential([keras.Input((features,)), *layers,
                              keras.layers.Dense(classes, "softmax", kernel_initializer=kernel)])
    model.trainable = settings.fault != "frozen layers"
    optimizers = {"adam": keras.optimizers.Adam(settings.learning_rate), "sgd": keras.optimizers.SGD(settings.learning_rate),
                  "sgd with momentum": keras.optimizers.SGD(settings.learning_rate, momentum=0.9)}
    model.compile(optimizers[settings.optimizer], "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def planned(part: str) -> list[dict]:
    """Every run of one part, not yet trained: each healthy network, and four spoilt ones made from it."""
    plan = []
    for number, healthy in enumerate(HEALTHY[part]):
        name = f"{part} {number + 1}"
        plan.append({"name": f"{name} healthy", "diagnosis": "good fit", "cause": "nothing is wrong", "remedy": None,
                     "settings": healthy})
        for diagnosis, ways in SICK.items():
            cause, change = ways[part][number % len(ways[part])]
            plan.append({"name": f"{name} {diagnosis}", "diagnosis": diagnosis, "cause": cause, "remedy": f"{name} healthy",
                         "settings": replace(healthy, **change)})
    return plan


def record(part: str, progress) -> None:
    """Train what is planned, keep what shows its trouble, store it."""
    plan = planned(part)
    task = progress.add_task(part, total=len(plan))
    kept = []
    for run in plan:
        curves, classes = train(run["settings"])
        if shows(run["diagnosis"], curves, classes):
            kept.append(run | {"settings": asdict(run["settings"]), "classes": classes,
                               "curves": {name: [_short(value) for value in values] for name, values in curves.items()}})
        else:
            ends = ", ".join(f"{name} {min(curves[name]):.3g} … {curves[name][-1]:.3g}" for name in LINES[::2])
            progress.console.print(f"not kept: {run['name']} ({run['cause']}; {classes} classes, {ends})")
        progress.advance(task)
    STORED[part].parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(run, separators=(",", ":")) for run in kept)
    STORED[part].write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _short(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None


def draw_sheets(folder: Path) -> None:
    """One sheet of small plots per part and diagnosis."""
    from course import plots
    from course.data.recorded_runs import read_runs

    folder.mkdir(parents=True, exist_ok=True)
    for part, path in STORED.items():
        runs = read_runs(path)
        for diagnosis in dict.fromkeys(run.diagnosis for run in runs):
            own = [run for run in runs if run.diagnosis == diagnosis]
            rows = -(-len(own) // 4)
            figure, axes = plots.plt.subplots(rows, 4, figsize=(13, 2.3 * rows), squeeze=False)
            for axis, run in zip(axes.flat, own, strict=False):
                scale = np.log(run.classes)
                axis.plot(np.array(run.curves["loss"]) / scale, color=plots.BLUE)
                axis.plot(np.array(run.curves["val_loss"]) / scale, color=plots.ORANGE)
                axis.axhline(1, color=plots.GREY, linewidth=0.8, linestyle=":")
                axis.set_ylim(0, None)
                axis.set_title(f"{run.name}\n{run.cause[:44]}", fontsize=8)
            figure.savefig(folder / f"{part}-{diagnosis.replace(' ', '-')}.png", dpi=80)
            plots.plt.close(figure)


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "--sheets" not in sys.argv:
        from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn()) as progress:
            for part in STORED:
                record(part, progress)
    draw_sheets(Path("build/recorded_runs"))


if __name__ == "__main__":
    main()
