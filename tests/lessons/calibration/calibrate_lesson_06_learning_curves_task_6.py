"""How many wrong labels do right and wrong answers to task 6.6's `regularized_model` learn by heart, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_06_learning_curves_task_6.py`. It writes
`lesson_06_learning_curves_task_6.json` beside itself. How well they read the validation digits is printed as well.
"""

import json
import os
import runpy
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


def known_by_heart(build, seed: int, tests: dict) -> tuple[float, float]:
    """The share of wrong labels learned by heart and the validation accuracy, as the grading test measures them."""
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
    return tests["_accuracy"](shares[:120][wrong], noisy[wrong]), tests["_accuracy"](shares[120:], labels[120:])


def main() -> None:
    tests = runpy.run_path(str(ROOT / "tests" / "lessons" / f"test_{LESSON}"))
    table = {}
    for name, build in answers("regularized_model").items():
        shares, accuracies = zip(*(known_by_heart(build, seed, tests) for seed in SEEDS))
        table[name] = {"smallest": min(shares), "median": float(np.median(shares)), "largest": max(shares)}
        print(f"{name:45} by heart {min(shares):.2f} {np.median(shares):.2f} {max(shares):.2f}   validation accuracy "
              f"{min(accuracies):.2f} {np.median(accuracies):.2f} {max(accuracies):.2f}", flush=True)
    table.pop("regularized_model__penalty_far_too_strong")  # its accuracy decides
    result = {"lesson": LESSON.removesuffix(".py"), "task": "6.6", "what": "share of the wrong labels learned by heart",
              "seeds": len(SEEDS), "threshold": 0.8, "right_is": "below", "in_test": "known_by_heart <= 0.8,", "values": table}
    (HERE / "lesson_06_learning_curves_task_6.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
