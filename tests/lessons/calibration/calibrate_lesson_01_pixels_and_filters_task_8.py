"""How far from the secret filter do right and wrong answers to task 1.8 end, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_01_pixels_and_filters_task_8.py`. It
writes `lesson_01_pixels_and_filters_task_8.json` beside itself; the tolerance in the grading test (0.02) must lie
well above the solution's largest error and well below the smallest error of each wrong answer.
"""

import json
import runpy
from pathlib import Path

import numpy as np

SEEDS = range(20)
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LESSON = "lesson_01_pixels_and_filters.py"


def largest_error(learn_filter, convolve2d, seed: int) -> float:
    """The largest error of nine weights for one secret filter, drawn as in the test, and one picture of random dots."""
    rng = np.random.default_rng(seed)
    secret = -rng.uniform(0.1, 1.2, size=(3, 3)).astype(np.float32)
    image = rng.random((32, 32)).astype(np.float32)
    return float(np.abs(learn_filter(image, convolve2d(image, secret)) - secret).max())


def main() -> None:
    solution = runpy.run_path(str(ROOT / "solutions" / LESSON))
    learners = {"learn_filter (solution)": solution["learn_filter"]}
    for folder in ("accepted", "wrong_answers"):
        module = runpy.run_path(str(ROOT / "tests" / folder / LESSON))
        learners |= {name: function for name, function in module.items() if name.startswith("learn_filter__")}
    table = {}
    for name, learner in learners.items():
        errors = [largest_error(learner, solution["convolve2d"], seed) for seed in SEEDS]
        table[name] = {"smallest": min(errors), "median": float(np.median(errors)), "largest": max(errors)}
        print(f"{name:45} {table[name]['smallest']:.5f} {table[name]['median']:.5f} {table[name]['largest']:.5f}", flush=True)
    result = {"lesson": LESSON.removesuffix(".py"), "task": "1.8", "what": "largest error of the nine weights", "seeds": len(SEEDS),
              "threshold": 0.02, "right_is": "below", "in_test": "rtol=0, atol=0.02", "values": table}
    (HERE / "lesson_01_pixels_and_filters_task_8.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
