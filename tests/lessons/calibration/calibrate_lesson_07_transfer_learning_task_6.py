"""How many new animals do right and wrong answers to task 7.6 name correctly, over many seeds?

Run from the course's folder: `python tests/lessons/calibration/calibrate_lesson_07_transfer_learning_task_6.py`. It
writes `lesson_07_transfer_learning_task_6.json` beside itself.
"""

import json
from pathlib import Path

import numpy as np

from course.data.creatures import draw_all, random_creatures
from course.data.small_mobilenet import HELD_OUT, small_mobilenet

SEEDS = 20
THRESHOLD = 0.55
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LESSON = "lesson_07_transfer_learning"
DECIDED = ("train_head__weights_copied", "train_head__put_together_at_the_end", "train_head__trained_layers_not_in_the_model")
"""The answers that this threshold is meant to tell apart; the other mistakes show in the second test."""


def pictures(seed: int):
    """As in the grading test: 10 pictures of each of 4 kinds, and 25 others of each."""
    rng = np.random.default_rng(seed)
    parts = []
    for count in (10, 25):
        creatures = [one for kind in HELD_OUT[:4] for one in random_creatures(count, int(rng.integers(2**31)), animal=kind)]
        parts += [draw_all(creatures, 64), np.repeat(np.arange(4), count)]
    order = rng.permutation(len(parts[0]))
    return parts[0][order], parts[1][order], parts[2], parts[3]


def load() -> dict:
    """The solution, with the other answers in the same namespace."""
    namespace: dict = {"__name__": "answers"}
    for path in (ROOT / "solutions" / f"{LESSON}.py", ROOT / "tests" / "accepted" / f"{LESSON}.py", ROOT / "tests" / "wrong_answers" / f"{LESSON}.py"):
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return namespace


def main() -> None:
    import keras

    answers = load()
    learners = {"train_head (solution)": answers["train_head"]} | {name: answers[name] for name in DECIDED}
    found: dict[str, list[float]] = {name: [] for name in learners}
    backbone = small_mobilenet()
    backbone.trainable = False
    for seed in range(SEEDS):
        images, labels, other_images, other_labels = pictures(seed)
        for name, learner in learners.items():
            keras.utils.set_random_seed(seed)
            model = learner(backbone, images, labels, 4)
            named = np.asarray(model(answers["preprocess"](other_images), training=False)).argmax(axis=1)
            found[name].append(float(np.mean(named == other_labels)))
        print(seed, {name: round(values[-1], 2) for name, values in found.items()}, flush=True)
        keras.backend.clear_session()
    table = {name: {"smallest": min(values), "median": float(np.median(values)), "largest": max(values)} for name, values in found.items()}
    result = {"lesson": LESSON, "task": "7.6", "what": "share of 100 new pictures named correctly", "seeds": SEEDS, "threshold": THRESHOLD,
              "right_is": "above", "in_test": f"accuracy >= {THRESHOLD:g}", "values": table}
    (HERE / f"{LESSON}_task_6.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
