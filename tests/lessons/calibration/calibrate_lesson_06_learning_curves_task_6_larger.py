"""Which share of its training digits do right and wrong answers to task 6.6's `larger_model` get right, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_06_learning_curves_task_6_larger.py`. It
writes `lesson_06_learning_curves_task_6_larger.json` beside itself.
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


def training_accuracy(build, seed: int, tests: dict) -> float:
    """As the grading test measures it."""
    import keras

    images, labels = tests["_digits"](np.random.default_rng(seed), 600)
    keras.utils.set_random_seed(seed)
    model = build(784, 10)
    model.fit(images, labels, epochs=12, batch_size=32, verbose=0)
    return tests["_accuracy"](np.asarray(model(images), dtype=float), labels)


def main() -> None:
    tests = runpy.run_path(str(ROOT / "tests" / "lessons" / f"test_{LESSON}"))
    answers = runpy.run_path(str(HERE / "calibrate_lesson_06_learning_curves_task_6.py"))["answers"]
    table = {}
    for name, build in answers("larger_model").items():
        values = [training_accuracy(build, seed, tests) for seed in SEEDS]
        table[name] = {"smallest": min(values), "median": float(np.median(values)), "largest": max(values)}
        print(f"{name:45} {min(values):.3f} {np.median(values):.3f} {max(values):.3f}", flush=True)
    result = {"lesson": LESSON.removesuffix(".py"), "task": "6.6", "what": "training accuracy after 12 epochs",
              "seeds": len(SEEDS), "threshold": 0.9, "right_is": "above", "in_test": "check(accuracy >= 0.9,", "values": table}
    (HERE / "lesson_06_learning_curves_task_6_larger.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
