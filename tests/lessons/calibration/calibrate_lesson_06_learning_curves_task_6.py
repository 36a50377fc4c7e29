"""Which validation loss do right and wrong answers to task 6.6's `regularized_model` end with, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_06_learning_curves_task_6.py`. It writes
`lesson_06_learning_curves_task_6.json` (validation loss of `regularized_model`) and
`lesson_06_learning_curves_task_6_larger.json` (training accuracy of `larger_model`) beside itself.
"""

import json
import os
import runpy
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

SEEDS = range(20)
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LESSON = "lesson_06_learning_curves.py"


def answers(function: str) -> dict:
    """The solution, the accepted ways and the wrong answers that train at all, by name."""
    solution = runpy.run_path(str(ROOT / "solutions" / LESSON))
    found = {f"{function} (solution)": solution[function]}
    for folder in ("accepted", "wrong_answers"):
        module = runpy.run_path(str(ROOT / "tests" / folder / LESSON), init_globals=dict(solution))
        found |= {name: own for name, own in module.items() if name.startswith(f"{function}__")}
    refused_before = ("not_compiled", "loss_for_one_hot_labels", "no_softmax", "smaller_instead", "dropout_after_softmax")
    return {name: own for name, own in found.items() if not name.endswith(refused_before)}


def known_by_heart(build, seed: int, tests: dict) -> float:
    """As the grading test measures it."""
    import keras

    rng = np.random.default_rng(seed)
    images, labels = tests["_digits"](rng, 520)
    noisy = labels[:120].copy()
    wrong = rng.permutation(120)[:24]
    noisy[wrong] = (noisy[wrong] + rng.integers(1, 10, 24)) % 10
    model = build(784, 10)
    keras.utils.set_random_seed(seed)
    model.fit(images[:120], noisy, epochs=40, batch_size=10, verbose=0)
    shares = np.asarray(model(images), dtype=float)
    print(f"   validation accuracy {tests['_accuracy'](shares[120:], labels[120:]):.3f}", end="", flush=True)
    return tests["_accuracy"](shares[:120][wrong], noisy[wrong])


def training_accuracy(build, seed: int, tests: dict) -> float:
    """As the grading test measures it."""
    import keras

    images, labels = tests["_digits"](np.random.default_rng(seed), 600)
    model = build(784, 10)
    keras.utils.set_random_seed(seed)
    model.fit(images, labels, epochs=12, batch_size=32, verbose=0)
    return tests["_accuracy"](np.asarray(model(images), dtype=float), labels)


def main() -> None:
    tests = runpy.run_path(str(ROOT / "tests" / "lessons" / f"test_{LESSON}"))
    plans = (
        ("lesson_06_learning_curves_task_6.json", "regularized_model", validation_loss, "validation loss after 40 epochs", 1.0,
         "below", "loss <= 1.0,"),
        ("lesson_06_learning_curves_task_6_larger.json", "larger_model", training_accuracy, "training accuracy after 12 epochs", 0.9,
         "above", "accuracy >= 0.9,"),
    )
    for file, function, measure, what, threshold, right_is, in_test in plans:
        table = {}
        for name, build in answers(function).items():
            values = [measure(build, seed, tests) for seed in (range(int(sys.argv[1])) if len(sys.argv) > 1 else SEEDS)]
            table[name] = {"smallest": min(values), "median": float(np.median(values)), "largest": max(values)}
            print(f"\n{name:45} {table[name]['smallest']:.3f} {table[name]['median']:.3f} {table[name]['largest']:.3f}", flush=True)
        result = {"lesson": LESSON.removesuffix(".py"), "task": "6.6", "what": what, "seeds": len(SEEDS), "threshold": threshold,
                  "right_is": right_is, "in_test": in_test, "values": table}
        if len(sys.argv) == 1:
            (HERE / file).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
