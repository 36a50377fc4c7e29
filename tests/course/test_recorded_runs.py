"""The recorded runs of lesson 6, and its early stopping beside Keras's own."""

import json
import runpy
import subprocess
import sys
from collections import Counter
from dataclasses import asdict

import numpy as np
import pytest

from course.data.recorded_runs import read_runs, recorded_runs
from course.data.recorded_runs.record import FIRST_UNSEEN_SEED, STORED, draw, planned, shows
from course.grading.sandbox import PACKAGE, WORKER_FILES

PARTS = {part: read_runs(path) for part, path in STORED.items()}


@pytest.mark.parametrize("part", PARTS)
def test_every_stored_run_shows_what_was_done_to_it(part):
    for run in PARTS[part]:
        assert shows(run.diagnosis, run.curves, run.classes), run.name


def test_there_are_enough_runs_of_every_kind():
    assert len(PARTS["learners"]) >= 30 and len(PARTS["unseen"]) >= 40
    kinds = {part: Counter(run.diagnosis for run in runs) for part, runs in PARTS.items()}
    assert min(kinds["learners"].values()) >= 5 and min(kinds["unseen"].values()) >= 7
    assert len(kinds["learners"]) == len(kinds["unseen"]) == 5
    assert sum(path.stat().st_size for path in STORED.values()) < 150_000


def test_the_stored_runs_are_those_that_the_script_makes():
    plan = {run["name"]: asdict(run["settings"]) for run in planned()}
    for run in PARTS["learners"]:
        assert run.settings | {"hidden": tuple(run.settings["hidden"])} == plan[run.name], run.name
    for run in PARTS["unseen"]:
        cause, settings = draw(run.diagnosis, run.settings["seed"])
        assert (run.cause, run.settings | {"hidden": tuple(run.settings["hidden"])}) == (cause, asdict(settings)), run.name


def test_the_two_parts_share_no_seed():
    assert max(run.settings["seed"] for run in PARTS["learners"]) < FIRST_UNSEEN_SEED
    assert min(run.settings["seed"] for run in PARTS["unseen"]) >= FIRST_UNSEEN_SEED


def test_no_answer_can_read_the_unseen_runs():
    inside = [PACKAGE / file for file in WORKER_FILES]
    assert not any(STORED["unseen"].is_relative_to(file) for file in inside)
    assert any(STORED["learners"].is_relative_to(file) for file in inside)


def test_the_number_of_epochs_does_not_give_the_diagnosis_away():
    """The best that somebody could do who knew the unseen runs, and looked only at their lengths."""
    runs = PARTS["unseen"]
    lengths = {}
    for run in runs:
        lengths.setdefault(len(run.curves["loss"]), []).append(run.diagnosis)
    assert sum(max(Counter(found).values()) for found in lengths.values()) < 0.8 * len(runs)


def test_the_remedy_of_a_run_is_a_healthy_run_where_it_was_kept():
    runs = {run.name: run for run in recorded_runs()}
    remedies = [runs[run.remedy] for run in runs.values() if run.remedy in runs]
    assert len(remedies) >= 20 and {run.diagnosis for run in remedies} == {"good fit"}


AS_KERAS_DOES = """
import json, sys
import keras

class Model:
    stop_training = False

for line in sys.stdin:
    losses, patience, min_delta = json.loads(line)
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience, min_delta=min_delta)
    callback.set_model(Model())
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if callback.model.stop_training:
            break
    print(json.dumps([callback.best_epoch, epoch]))
"""


def test_best_epoch_gives_the_same_answer_as_keras(root):
    best_epoch = runpy.run_path(str(root / "solutions" / "lesson_06_learning_curves.py"))["best_epoch"]
    rng = np.random.default_rng(6)
    cases = []
    for _ in range(1500):
        losses = rng.uniform(0, 1, rng.integers(1, 25)).round(int(rng.integers(1, 4)))  # few digits: ties happen
        losses[rng.random(len(losses)) < rng.choice([0, 0, 0.2])] = np.nan
        min_delta = float(rng.choice([0, 0, 0.0503, 0.2007]))  # no ties after adding: Keras compares shorter numbers
        cases.append((losses.tolist(), int(rng.integers(0, 6)), min_delta))
    lines = "\n".join(json.dumps(case) for case in cases)
    done = subprocess.run([sys.executable, "-c", AS_KERAS_DOES], input=lines, capture_output=True, text=True, check=True)
    answers = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    assert answers == [best_epoch(*case) for case in cases]
