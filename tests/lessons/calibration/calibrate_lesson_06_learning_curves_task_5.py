"""Which share of runs that nobody has tuned anything on do right and wrong answers to task 6.5 get right?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_06_learning_curves_task_5.py`. It records
fresh runs as the grading ones were recorded, with other seeds (some ten minutes), and grades them as the test does, over
many draws. It writes `lesson_06_learning_curves_task_5.json` beside itself. That also says how it would be on all the
recorded runs, those included that do not show clearly what was done to them.
"""

import json
import os
import runpy
from collections import Counter
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

FIRST_SEED, OF_EACH = 5000, 12
SEEDS = range(40)
DECIDED_BY_OTHER_TESTS = ("nan_overlooked", "limits_of_ten_classes", "every_rise_is_overfitting")
"""Textbook cases with 2 and with 30 to 100 classes, with NaN and with a last value just above the lowest, are asked for first."""
HERE = Path(__file__).resolve().parent
LESSON = "lesson_06_learning_curves.py"


def fresh_runs():
    """Runs that show what was done to them, and those that do not."""
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    from course.data.recorded_runs import read_runs
    from course.data.recorded_runs.record import draw_runs

    file = HERE.parents[2] / "build" / "recorded_runs" / "fresh.json"
    if not file.exists():
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), TimeElapsedColumn()) as progress:
            kept, left_out = draw_runs("fresh", FIRST_SEED, OF_EACH, progress)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kept + left_out), encoding="utf-8")
    runs = read_runs(file)
    return runs[: 5 * OF_EACH], runs[5 * OF_EACH :]


def main() -> None:
    tests = runpy.run_path(str(HERE.parent / f"test_{LESSON}"))
    answers = runpy.run_path(str(HERE / "calibrate_lesson_06_learning_curves_task_6.py"))["answers"]
    kept, left_out = fresh_runs()
    table, whole = {}, {}
    for name, diagnose in answers("diagnose").items():
        def right(run, curves, diagnose=diagnose):
            return diagnose(curves, run.classes) == run.diagnosis

        shares = []
        for seed in SEEDS:
            rng = np.random.default_rng(seed)
            drawn = tests["_drawn"](kept, rng)
            shares.append(float(np.mean([right(run, tests["_retold"](run.curves, rng)) for run in drawn])))
        row = {"smallest": min(shares), "median": float(np.median(shares)), "largest": max(shares)}
        whole[name] = {"clear": float(np.mean([right(run, run.curves) for run in kept])),
                       "clear and unclear": float(np.mean([right(run, run.curves) for run in kept + left_out]))}
        if not name.endswith(DECIDED_BY_OTHER_TESTS):
            table[name] = row
        print(f"{name:45}", *(f"{value:.3f}" for value in (*row.values(), *whole[name].values())), flush=True)
    result = {"lesson": LESSON.removesuffix(".py"), "task": "6.5", "what": "share of right diagnoses of fresh recorded runs",
              "seeds": len(SEEDS), "threshold": 0.9, "right_is": "above", "in_test": "right < 0.9 * asked", "values": table,
              "runs": {"clear": len(kept), "unclear": Counter(run.diagnosis for run in left_out)},
              "share_of_all_runs": whole}
    (HERE / "lesson_06_learning_curves_task_5.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
