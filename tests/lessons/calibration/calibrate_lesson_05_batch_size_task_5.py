"""How far from the exact noise do right and wrong answers to task 5.5 end, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_05_batch_size_task_5.py`. It writes
`lesson_05_batch_size_task_5.json` beside itself; the tolerance in the grading test (15 %) must lie well above the largest
error of each right answer and below the smallest of each wrong one. An answer's error is the largest over all calls that
the grading tests make, because one that is out of range is enough to be refused.
"""

import json
import runpy
from pathlib import Path

import numpy as np

SEEDS = range(40)
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LESSON = "lesson_05_batch_size.py"
THRESHOLD = 0.15


def largest_error(gradient_noise, tests: dict, seed: int) -> float:
    """The largest relative error over the problems of the three tests; 1 where the answer raises an error."""
    rng = np.random.default_rng(seed)
    problems = []
    for count, calls in ((50, [(1, 600), (5, 600), (24, 600)]), (12, [(12, 500), (900, 500), (9, 500)]), (50, [(1, 3000)])):
        weights, images, labels = tests["_survey"](rng, n=count)
        if count == 12:
            images[[0, -1]] *= 2.0
        if calls == [(1, 3000)]:
            images[:10] *= 6.0
        problems += [(weights, images, labels, *call) for call in calls]
    errors = []
    for *problem, size, draws in problems:
        right, _ = tests["_noises"](*problem, size)
        try:
            errors.append(abs(gradient_noise(*problem, size, draws, int(rng.integers(10**6))) / right - 1))
        except ValueError:
            errors.append(1.0)
    return float(max(errors))


def main() -> None:
    tests = runpy.run_path(str(ROOT / "tests" / "lessons" / f"test_{LESSON}"))
    solution = runpy.run_path(str(ROOT / "solutions" / LESSON))
    answers = {"gradient_noise (solution)": solution["gradient_noise"]}
    for folder in ("accepted", "wrong_answers"):
        module = runpy.run_path(str(ROOT / "tests" / folder / LESSON), init_globals=solution)
        answers |= {name: function for name, function in module.items() if name.startswith("gradient_noise__")}
    for name in ("seed_ignored", "draws_ignored", "from_the_draws_own_mean"):  # right here; the third test is about them
        del answers[f"gradient_noise__{name}"]
    table = {}
    for name, answer in answers.items():
        errors = [largest_error(answer, tests, seed) for seed in SEEDS]
        table[name] = {"smallest": min(errors), "median": float(np.median(errors)), "largest": max(errors)}
        print(f"{name:45} {table[name]['smallest']:.4f} {table[name]['median']:.4f} {table[name]['largest']:.4f}", flush=True)
    result = {"lesson": LESSON.removesuffix(".py"), "task": "5.5", "what": "largest relative error of the gradient noise",
              "seeds": len(SEEDS), "threshold": THRESHOLD, "right_is": "below", "in_test": "abs(value / right - 1) <= 0.15",
              "values": table}
    (HERE / "lesson_05_batch_size_task_5.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
