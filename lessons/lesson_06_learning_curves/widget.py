"""What the widget of lesson 6 shows: the recorded runs, what was done to each, its remedy's run, and the rule's diagnosis."""

import math

REMEDIES = {
    "the model is too small": "a larger model",
    "the learning rate is far too small": "larger steps",
    "it was stopped far too early": "more epochs, and larger steps",
    "few pictures, a large model, trained for long": "more pictures, a smaller model, stop earlier",
    "few pictures with some wrong labels, a large model, trained for long": "more pictures, right labels, a smaller model",
    "the learning rate is far too high": "smaller steps",
    "the labels are shuffled": "mend the labels: they do not belong to their pictures",
    "all weights start at zero": "start from random weights",
    "the neurons are dead": "a start in which the neurons answer",
    "the layers are frozen": "unfreeze the layers",
}


def data(chapter: dict) -> dict:
    """The runs as lists of numbers with four digits; null where the loss was no number any more."""
    bank = chapter["bank"]
    places = {name: place for place, name in enumerate(bank)}
    runs = []
    for run, answer in zip(bank.values(), chapter["answers"], strict=True):
        runs.append({
            "loss": _numbers(run.curves["loss"]), "val_loss": _numbers(run.curves["val_loss"]),
            "accuracy": _numbers(run.curves["val_accuracy"][-1:])[0], "classes": run.classes,
            "diagnosis": run.diagnosis, "cause": run.cause, "rule": str(answer),
            "remedy": places[run.remedy] if run.remedy else None,
            "changes": changes(run.settings, bank[run.remedy].settings) if run.remedy else "",
        })  # fmt: skip
    return {"runs": runs, "remedies": REMEDIES}


def changes(before: dict, after: dict) -> str:
    """What differs between two runs, all of it: "learning rate 3.0 → 0.001"."""
    differing = [key for key in before if before[key] != after[key]]
    return ", ".join(f"{key.replace('_', ' ')} {_word(before[key])} → {_word(after[key])}" for key in differing)


def _word(value) -> str:
    if isinstance(value, list):
        return " and ".join(map(str, value)) or "none"
    return str(value) if value != "" else "none"


def _numbers(values) -> list[float | None]:
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in map(float, values)]
