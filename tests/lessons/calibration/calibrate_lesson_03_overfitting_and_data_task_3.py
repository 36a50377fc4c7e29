"""How many new pictures of bars do right and wrong networks of task 3.3 name correctly, over many seeds?

Run from the course's folder. It writes a JSON file of the same name beside itself; the threshold in
the grading test (0.8) must lie below the smallest share of every right answer and above the largest
of the wrong one that it is meant to refuse.
"""

import json
import runpy
from pathlib import Path

import numpy as np

SEEDS = range(20)
LESSON = "lesson_03_overfitting_and_data"
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DECIDED_BY_IT = "build_cnn__steps_far_too_large"


def accuracy(build_cnn, easy_problem, seed: int) -> float:
    """Share of new pictures named correctly after the training of the grading test."""
    import keras

    keras.backend.clear_session()
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    network = build_cnn((20, 20, 3), 3)
    pictures, labels = easy_problem(rng, 300)
    keras.utils.set_random_seed(seed)
    network.fit(pictures, labels, epochs=12, batch_size=16, verbose=0)
    pictures, labels = easy_problem(rng, 150)
    return float(np.mean(network.predict(pictures, verbose=0).argmax(axis=1) == labels))


def main() -> None:
    easy_problem = runpy.run_path(str(ROOT / "tests" / "lessons" / f"test_{LESSON}.py"))["easy_problem"]
    builders = {"build_cnn (solution)": runpy.run_path(str(ROOT / "solutions" / f"{LESSON}.py"))["build_cnn"]}
    accepted = runpy.run_path(str(ROOT / "tests" / "accepted" / f"{LESSON}.py"))
    builders |= {name: function for name, function in accepted.items() if name.startswith("build_cnn__")}
    builders[DECIDED_BY_IT] = runpy.run_path(str(ROOT / "tests" / "wrong_answers" / f"{LESSON}.py"))[DECIDED_BY_IT]
    table = {}
    for name, build_cnn in builders.items():
        shares = [accuracy(build_cnn, easy_problem, seed) for seed in SEEDS]
        table[name] = {"smallest": min(shares), "median": float(np.median(shares)), "largest": max(shares)}
        print(f"{name:40} {table[name]['smallest']:.3f} {table[name]['median']:.3f} {table[name]['largest']:.3f}", flush=True)
    result = {"lesson": LESSON, "task": "3.3", "what": "share of new pictures of bars named correctly", "seeds": len(SEEDS),
              "threshold": 0.8, "right_is": "above", "in_test": "check(accuracy >= 0.8,", "values": table}
    path = HERE / f"{LESSON}_task_3.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
