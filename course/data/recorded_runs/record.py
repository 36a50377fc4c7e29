"""Makes the recorded runs anew: trains a hundred small networks, four of five spoilt on purpose.

    python -m course.data.recorded_runs.record             some ten minutes on one core
    python -m course.data.recorded_runs.record unseen      only this part
    python -m course.data.recorded_runs.record --sheets    draws what is stored as contact sheets, into build/

What is wrong with a run is known from how it was made. A run is kept only if its curves show it: `shows` is the rule, and
the only one.

The learners' runs are stored beside this file. Each of their sick runs is a healthy one with something changed, so that its
remedy is known as well. The runs that grade answers lie in `tests/lessons/data/`, where no answer can read them. Nobody
chose their settings: these are drawn from wide ranges, and so are those of the runs that calibrate the test.
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


HEALTHY = (
    Settings("ten digits", 1000, (64,), 0.001, 30, 101),
    Settings("odd or even", 1200, (64,), 0.001, 30, 102),
    Settings("ten digits", 1200, (32,), 0.003, 20, 103),
    Settings("ten digits", 900, (100,), 0.002, 24, 104),
    Settings("odd or even", 1350, (48,), 0.001, 32, 105),
    Settings("ten digits", 1000, (48, 48), 0.001, 24, 106),
    Settings("odd or even", 1300, (32,), 0.003, 20, 107),
    Settings("ten digits", 1300, (40,), 0.001, 36, 108, batch_size=16),
)

FEW_AND_WRONG = "few pictures with some wrong labels, a large model, trained for long"
FEW = "few pictures, a large model, trained for long"
TOO_HIGH = "the learning rate is far too high"
PROBLEMS = {"ten digits": 1397, "odd or even": 1397, "digits 0 to 4": 670, "grainy digits": 1397}
"""How many pictures there are to train on."""
FIRST_UNSEEN_SEED, UNSEEN_OF_EACH = 2000, 10
SICK = {
    "underfitting": (
        ("the model is too small", {"hidden": (2,), "learning_rate": 0.003, "optimizer": "adam"}),
        ("the learning rate is far too small", {"learning_rate": 1e-5, "optimizer": "adam"}),
        ("it was stopped far too early", {"epochs": 5, "learning_rate": 0.0002, "optimizer": "adam"}),
    ),
    "overfitting": (
        (FEW_AND_WRONG, {"pictures": 100, "hidden": (256,), "learning_rate": 0.003, "epochs": 40, "batch_size": 10,
                         "wrong_labels": 0.2}),
        (FEW, {"pictures": 90, "hidden": (256, 256), "learning_rate": 0.003, "epochs": 34, "batch_size": 10}),
        (FEW_AND_WRONG, {"pictures": 150, "hidden": (200, 200), "learning_rate": 0.002, "epochs": 28, "batch_size": 10,
                         "wrong_labels": 0.25}),
    ),
    "diverging": (
        (TOO_HIGH, {"learning_rate": 3.0, "activation": "tanh"}),
        (TOO_HIGH, {"learning_rate": 3.0, "optimizer": "sgd", "activation": "leaky_relu"}),
        (TOO_HIGH, {"learning_rate": 10.0, "hidden": ()}),
        (TOO_HIGH, {"learning_rate": 1.0, "optimizer": "sgd", "activation": "elu"}),
    ),
    "not learning": (
        ("the labels are shuffled", {"fault": "labels shuffled", "epochs": 10}),
        ("all weights start at zero", {"fault": "weights start at zero"}),
        ("the neurons are dead", {"fault": "dead neurons"}),
        ("the layers are frozen", {"fault": "frozen layers"}),
    ),
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


def planned() -> list[dict]:
    """The learners' runs, not yet trained: each healthy network, and four spoilt ones made from it."""
    plan = []
    for number, healthy in enumerate(HEALTHY):
        name = f"learners {number + 1}"
        plan.append({"name": f"{name} healthy", "diagnosis": "good fit", "cause": "nothing is wrong", "remedy": None,
                     "settings": healthy})
        for diagnosis, ways in SICK.items():
            cause, change = ways[number % len(ways)]
            plan.append({"name": f"{name} {diagnosis}", "diagnosis": diagnosis, "cause": cause, "remedy": f"{name} healthy",
                         "settings": replace(healthy, **change)})
    return plan


def draw(diagnosis: str, seed: int) -> tuple[str, Settings]:
    """What is done to a run that shall get this diagnosis, and its settings, which nobody chose."""
    rng = np.random.default_rng(seed)

    def between(low, high):
        """A number in the range, each order of magnitude as likely as any other."""
        return float(f"{np.exp(rng.uniform(np.log(low), np.log(high))):.3g}")

    def one_of(*choices):
        return choices[rng.integers(len(choices))]

    problem = one_of(*PROBLEMS)
    optimizer = one_of("adam", "adam", "sgd with momentum")
    rate = between(0.0007, 0.003) if optimizer == "adam" else between(0.02, 0.06)
    hidden = tuple(int(between(24, 160)) for _ in range(one_of(1, 1, 2)))
    healthy = Settings(problem, int(PROBLEMS[problem] * rng.uniform(0.75, 1)), hidden, rate, int(rng.integers(14, 37)), seed,
                       batch_size=one_of(16, 24, 32), optimizer=optimizer)
    few = {"pictures": int(rng.integers(80, 160)), "hidden": (int(rng.integers(150, 301)),) * one_of(1, 2), "optimizer": "adam",
           "learning_rate": between(0.002, 0.004), "epochs": int(rng.integers(24, 41)), "batch_size": 8}
    ways = {
        "good fit": [("nothing is wrong", {})],
        "underfitting": [
            ("the model is too small", {"hidden": (one_of(1, 2),), "optimizer": "adam", "learning_rate": between(0.001, 0.004)}),
            ("the learning rate is far too small", {"optimizer": "adam", "learning_rate": between(5e-6, 5e-5)}),
            ("the learning rate is far too small", {"optimizer": "sgd", "learning_rate": between(0.0005, 0.005)}),
            ("it was stopped far too early", {"epochs": int(rng.integers(4, 9)), "optimizer": "adam",
                                              "learning_rate": between(0.00005, 0.0003)}),
        ],
        "overfitting": [(FEW, few), (FEW_AND_WRONG, few | {"wrong_labels": round(rng.uniform(0.1, 0.3), 2)})],
        "diverging": [
            (TOO_HIGH, {"learning_rate": between(2, 8), "optimizer": "adam", "activation": "tanh"}),
            (TOO_HIGH, {"learning_rate": between(2, 8), "optimizer": "sgd with momentum", "activation": "tanh"}),
            (TOO_HIGH, {"learning_rate": between(0.8, 4), "optimizer": "sgd", "activation": one_of("elu", "leaky_relu")}),
            (TOO_HIGH, {"learning_rate": between(5, 30), "optimizer": "adam", "hidden": ()}),
        ],
        "not learning": [
            ("the labels are shuffled", {"fault": "labels shuffled", "epochs": int(rng.integers(6, 13)), "optimizer": "adam",
                                         "learning_rate": between(0.0003, 0.001)}),
            ("all weights start at zero", {"fault": "weights start at zero"}),
            ("the neurons are dead", {"fault": "dead neurons"}),
            ("the layers are frozen", {"fault": "frozen layers"}),
        ],
    }[diagnosis]
    cause, change = one_of(*ways)
    return cause, replace(healthy, **change)


def draw_runs(part: str, first_seed: int, of_each: int, progress) -> tuple[list[dict], list[dict]]:
    """Draw and train runs until there are so many of each diagnosis; those that are kept, and those that are not."""
    task = progress.add_task(part, total=of_each * (1 + len(SICK)))
    kept, left_out, seed = [], [], first_seed
    for diagnosis in ("good fit", *SICK):
        found = 0
        while found < of_each:
            cause, settings = draw(diagnosis, seed)
            run = {"name": f"{part} {seed}", "diagnosis": diagnosis, "cause": cause, "remedy": None, "settings": settings}
            seed += 1
            run, clear = _trained(run, progress)
            (kept if clear else left_out).append(run)
            found += clear
            progress.advance(task, clear)
    return kept, left_out


def record(part: str, progress) -> None:
    """Train the runs of one part and store them."""
    if part == "unseen":
        kept, _ = draw_runs(part, FIRST_UNSEEN_SEED, UNSEEN_OF_EACH, progress)
    else:
        task = progress.add_task(part, total=len(planned()))
        kept = []
        for planned_run in planned():
            run, clear = _trained(planned_run, progress)
            kept += [run] * clear
            progress.advance(task)
    STORED[part].parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(run, separators=(",", ":")) for run in kept)
    STORED[part].write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _trained(run: dict, progress) -> tuple[dict, bool]:
    """The run with its curves, as it is stored, and whether they show what is wrong with it."""
    curves, classes = train(run["settings"])
    clear = shows(run["diagnosis"], curves, classes)
    if not clear:
        ends = ", ".join(f"{name} {min(curves[name]):.3g} … {curves[name][-1]:.3g}" for name in LINES[::2])
        progress.console.print(f"not kept: {run['name']} ({run['diagnosis']}: {run['cause']}; {classes} classes, {ends})")
    return run | {"settings": asdict(run["settings"]), "classes": classes,
                  "curves": {name: [_short(value) for value in values] for name, values in curves.items()}}, clear


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
            for part in [part for part in STORED if part in sys.argv] or STORED:
                record(part, progress)
    draw_sheets(Path("build/recorded_runs"))


if __name__ == "__main__":
    main()
