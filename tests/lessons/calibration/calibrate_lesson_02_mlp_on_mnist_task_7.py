"""How rough are the weight pictures after right and wrong answers to task 2.7, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_02_mlp_on_mnist_task_7.py`.
It writes `lesson_02_mlp_on_mnist_task_7.json` beside itself. Training is as in the grading test. Only answers
that this threshold is meant to decide are listed; the other mistakes are refused by exact tests.
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
REFUSED = "build_smooth_mlp__no_penalty", "build_smooth_mlp__output_layer_only", "build_smooth_mlp__standard_normal_start"


def builders(solution: dict) -> dict:
    found = {"build_smooth_mlp (solution)": solution["build_smooth_mlp"]}
    accepted, wrong = (runpy.run_path(str(ROOT / "tests" / folder / f"{LESSON}.py")) for folder in ("accepted", "wrong_answers"))
    found |= {name: function for name, function in accepted.items() if name.startswith("build_smooth_mlp__")}
    return found | {name: wrong[name] for name in REFUSED}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import keras

    from course.data.digits import bundled_digits

    solution = runpy.run_path(str(ROOT / "solutions" / f"{LESSON}.py"))
    digits, table = bundled_digits(), {}
    seen, labels = solution["prepare_images"](digits.train_images)[:800], digits.train_labels[:800]
    for name, build in builders(solution).items():
        values = []
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            model = build(20)
            keras.utils.set_random_seed(0)
            model.fit(seen, labels, epochs=8, batch_size=16, verbose=0)
            values.append(float(np.median([solution["roughness"](one) for one in solution["weight_images"](model)])))
        table[name] = {"smallest": min(values), "median": float(np.median(values)), "largest": max(values)}
        print(f"{name:42} {min(values):.4f} {np.median(values):.4f} {max(values):.4f}", flush=True)
    result = {"lesson": LESSON, "task": "2.7", "what": "median roughness of 20 weight pictures after training", "seeds": len(SEEDS),
              "threshold": 0.385, "right_is": "below", "in_test": "rough <= 0.385", "values": table}
    (HERE / f"{LESSON}_task_7.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
