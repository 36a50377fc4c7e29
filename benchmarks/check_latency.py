"""From command to verdict: `course check TASK` beside plain pytest with the answers imported.

Both grade the solution with the same tests, in turn, so that the ratio of each pair holds even
where the machine's speed drifts.
"""

import os
import statistics
import subprocess
import sys
import time

from course import catalog

TASKS = {"a NumPy task": "1.3", "a Keras task": "1.7", "a task that trains": "1.8"}


def measure(rounds: int) -> dict:
    """Seconds from command to verdict and their ratios, per task; medians over the rounds."""
    results = {}
    for name, task_id in TASKS.items():
        lesson, _ = catalog.lesson_and_task(task_id)
        ours = [sys.executable, "-m", "course.cli", "check", task_id, "--submission", "solutions"]
        plain = [sys.executable, "-m", "pytest", str(lesson.grading_tests), "--only", task_id, "-o", "addopts=", "-p",
                 "benchmarks.in_process", "--import-mode=importlib", "-p", "no:cacheprovider", "--noconftest", "-q"]
        pairs = []
        for number in range(rounds + 1):  # the first round warms the disk's cache and is not counted
            pair = _seconds(ours, lesson.root), _seconds(plain, lesson.root)
            if number:
                pairs.append(pair)
            print(f"{name} ({task_id}), round {number} of {rounds}: {pair[0]:.2f} s beside {pair[1]:.2f} s", flush=True)
        results[name] = {
            "task": task_id,
            "course check, seconds": round(statistics.median(a for a, _ in pairs), 3),
            "plain pytest, seconds": round(statistics.median(b for _, b in pairs), 3),
            "ratio": round(statistics.median(a / b for a, b in pairs), 3),
            "difference, seconds": round(statistics.median(a - b for a, b in pairs), 3),
            "rounds": rounds,
        }
    return results


def _seconds(command: list[str], root) -> float:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"benchmark: {' '.join(command[1:4])} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begun
