"""From save to verdict: the warm loop of `course watch` and `course start` beside plain pytest started at the save.

The clock starts when the file has its new name and stops when the verdict is there to be shown. A Keras task's own
computing, which nothing can hide, is measured inside the worker and shown beside. Both grade the same solution with
the same tests, in turn; the yardstick imports the answers into pytest and is not isolated.
"""

import os
import queue
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course import catalog
from course.authoring.stubs import make_exercise
from course.learning.rechecker import Rechecker

TASKS = {"a NumPy task": "1.3", "a NumPy task that fails": "1.2", "a Keras task": "1.7"}
FAILS = {"1.2": ("return float(np.sum(patch * kernel))", "return float(np.max(patch * kernel))")}


def measure(rounds: int) -> dict:
    """Seconds from save to verdict and their ratios to plain pytest, per task; medians over the rounds."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        lesson = _copied_course(Path(folder))
        heard: queue.SimpleQueue = queue.SimpleQueue()
        with Rechecker([lesson], lambda happening: heard.put((happening, time.perf_counter()))) as loop:
            loop.check_stale(lesson)
            _wait(heard, "idle")
            for name, task_id in TASKS.items():
                results[name] = _measure_task(name, task_id, lesson, loop, heard, rounds)
    return results


def _measure_task(name: str, task_id: str, lesson: catalog.Lesson, loop: Rechecker, heard, rounds: int) -> dict:
    ours, plain, own = [], [], []
    answered = _answered(lesson, task_id)
    for number in range(rounds + 2):  # the first two fill caches and start what is kept warm; they are not counted
        text = answered + f"\n\nif {number} < 0:\n    pass\n"  # every task counts as changed
        saved = _save(lesson, text)
        verdict = _wait(heard, "verdict", task_id) - saved
        _wait(heard, "idle")
        state = next(one for one in loop.state(lesson).tasks if one.task.id == task_id)
        if (state.status == "passed") == (task_id in FAILS):
            raise SystemExit(f"benchmark: task {task_id} came out {state.status}:\n{state.message}")
        beside = _plain_pytest(lesson, task_id)
        if number > 1:
            ours.append(verdict)
            plain.append(beside)
            own.append(_own_seconds(lesson, task_id))
        print(f"{name} ({task_id}), round {number}: {verdict:.3f} s beside {beside:.2f} s", flush=True)
    return {
        "task": task_id, "rounds": rounds,
        "save to verdict, seconds": round(statistics.median(ours), 3), "slowest, seconds": round(max(ours), 3),
        "its own computing, seconds": round(statistics.median(own), 3),
        "plain pytest, seconds": round(statistics.median(plain), 3),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, plain)), 3),
    }


def _copied_course(folder: Path) -> catalog.Lesson:
    root = catalog.course_root()
    for part in ("lessons", "solutions", "tests/lessons", "tests/wrong_answers"):
        shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", folder / "pyproject.toml")
    lesson = catalog.lesson(1, folder)
    lesson.exercise.write_text(make_exercise(lesson), encoding="utf-8")
    return lesson


def _answered(lesson: catalog.Lesson, task_id: str) -> str:
    """A fresh exercise with the solution's cell for one task, or with a mistake in it."""
    cell = re.compile(rf"# %% Task {re.escape(task_id)} .*?(?=# %% |\Z)", re.DOTALL)
    solved = cell.search(lesson.solution.read_text(encoding="utf-8"))[0].replace(*FAILS.get(task_id, ("", "")))
    return cell.sub(lambda found: solved, make_exercise(lesson))


def _save(lesson: catalog.Lesson, text: str) -> float:
    new = lesson.exercise.with_name(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, lesson.exercise)
    return time.perf_counter()


def _wait(heard, kind: str, task_id: str = "") -> float:
    while True:
        happening, moment = heard.get(timeout=120)
        if happening.kind == kind and happening.task_id == task_id:
            return moment


OWN = """
import sys, time
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import numpy, {imports}
from benchmarks import in_process
import importlib.util
spec = importlib.util.spec_from_file_location("answers", sys.argv[3])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
spec = importlib.util.spec_from_file_location("grading_tests", sys.argv[4])
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)
answers = in_process.Imported(module)
chosen = [test for test in vars(tests).values() if getattr(getattr(test, "pytestmark", [None])[0], "args", None) == (sys.argv[5],)]
began = time.perf_counter()
for test in chosen:
    given = {{"submission": answers, "reference": answers, "rng": numpy.random.default_rng(1)}}
    names = test.__code__.co_varnames[: test.__code__.co_argcount]
    try:
        test(**{{name: given[name] for name in names}})
    except AssertionError:
        pass
print(time.perf_counter() - began)
"""


def _own_seconds(lesson: catalog.Lesson, task_id: str) -> float:
    """What the tests and answers compute, in a process that has imported everything and does nothing else."""
    script = OWN.format(imports="keras" if task_id == "1.7" else "numpy")
    command = [sys.executable, "-c", script, str(catalog.course_root()), str(lesson.root), str(lesson.solution), str(lesson.grading_tests), task_id]
    return float(_run(command, lesson).stdout.split()[-1])


def _plain_pytest(lesson: catalog.Lesson, task_id: str) -> float:
    command = [sys.executable, "-m", "pytest", str(lesson.grading_tests), "--only", task_id, "-c", str(lesson.root / "pyproject.toml"),
               "-o", "addopts=", "-p", "benchmarks.in_process", "--import-mode=importlib", "-p", "no:cacheprovider", "--noconftest", "-q"]
    began = time.perf_counter()
    _run(command, lesson)
    return time.perf_counter() - began


def _run(command: list[str], lesson: catalog.Lesson) -> subprocess.CompletedProcess:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                                "PYTHONPATH": str(catalog.course_root())}
    done = subprocess.run(command, cwd=lesson.root, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"benchmark: {' '.join(command[1:4])} failed:\n{done.stdout}{done.stderr}")
    return done


if __name__ == "__main__":
    for task, row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5).items():
        print(task, row)
