"""How well do networks read held-out digits after right and wrong answers to task 2.3, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_02_mlp_on_mnist_task_3.py`.
It writes `lesson_02_mlp_on_mnist_task_3.json` beside itself. Only answers that this threshold is meant to
decide are listed; the other mistakes are refused by exact tests.
"""

import json
import runpy
import sys
from pathlib import Path

import numpy as np

SEEDS = range(20)
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LESSON = "lesson_02_mlp_on_mnist"
REFUSED = "train_mlp__shuffled_apart", "train_mlp__one_epoch", "train_mlp__not_trained", "train_mlp__scaled_again"


def learners(solution: dict) -> dict:
    found = {"train_mlp (solution)": solution["train_mlp"]}
    accepted, wrong = (runpy.run_path(str(ROOT / "tests" / folder / f"{LESSON}.py")) for folder in ("accepted", "wrong_answers"))
    found |= {name: function for name, function in accepted.items() if name.startswith("train_mlp__")}
    return found | {name: wrong[name] for name in REFUSED}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import keras

    from course.data.digits import bundled_digits

    solution = runpy.run_path(str(ROOT / "solutions" / f"{LESSON}.py"))
    digits, table = bundled_digits(), {}
    seen, unseen = solution["prepare_images"](digits.train_images), solution["prepare_images"](digits.test_images)
    for name, train in learners(solution).items():
        accuracies = []
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            model = solution["build_mlp"](30)
            train(model, seen, digits.train_labels)
            accuracies.append(float(np.mean(np.asarray(model(unseen)).argmax(axis=1) == digits.test_labels)))
        table[name] = {"smallest": min(accuracies), "median": float(np.median(accuracies)), "largest": max(accuracies)}
        print(f"{name:32} {min(accuracies):.4f} {np.median(accuracies):.4f} {max(accuracies):.4f}", flush=True)
    result = {"lesson": LESSON, "task": "2.3", "what": "accuracy on the held-out bundled digits", "seeds": len(SEEDS),
              "threshold": 0.86, "right_is": "above", "in_test": "accuracy >= 0.86", "values": table}
    (HERE / f"{LESSON}_task_3.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
