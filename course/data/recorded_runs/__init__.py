"""Learning curves of real training runs on scikit-learn's digits, each with what was wrong with it."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Run:
    """One training run that really happened."""

    name: str
    diagnosis: str
    """"underfitting", "overfitting", "good fit", "diverging" or "not learning"; known from how the run was made."""
    cause: str
    """What was done to it, in a few words."""
    remedy: str | None
    """The name of the healthy run that this one was made from; None for a healthy one."""
    classes: int
    settings: dict
    """Problem, number of pictures, hidden layers, learning rate, epochs, seed and so on; see `record.Settings`."""
    curves: dict
    """The keys "loss", "accuracy", "val_loss", "val_accuracy"; each a list of floats, one per epoch, measured
    at its end. Rounded to four digits; NaN where it was no finite number any more."""


def recorded_runs() -> tuple[Run, ...]:
    """The runs that are stored with the course, in a fixed order."""
    return read_runs(HERE / "runs.json")


def read_runs(path: Path) -> tuple[Run, ...]:
    """The runs of a file that `record` has written."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Run(**run | {"curves": {name: _numbers(values) for name, values in run["curves"].items()}}) for run in stored)


def _numbers(values: list) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]
