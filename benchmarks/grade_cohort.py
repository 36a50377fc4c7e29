"""`course grade` beside plain pytest in one process per submission with the answers imported, as autograders do.

Both grade the same submissions of one lesson: the solution in variations, some with a known mistake
in one task. CPU seconds are those of all processes that the grading started, down to the sandbox's
(this process adopts orphans, so that the kernel counts them when they end). The learner's own
computing is measured in the plain runs, around the answers' own lines and each call of them; what
importing NumPy or Keras costs there is not theirs.
What is beyond it, per submission once warm, comes from two runs of `course grade` of different
length: the imports that a slot pays once are in both.
"""

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from course import catalog
from course.grading.gradebook import Gradebook
from course.grading.wrong_answers import wrong_answers

PR_SET_CHILD_SUBREAPER = 36
EVERY = 3
"""Each third submission has a known mistake."""


def variations(lesson: catalog.Lesson, count: int) -> list[str]:
    """Texts of submissions: the solution, with a comment that makes each one unique; some with a known mistake."""
    solution = lesson.solution.read_text(encoding="utf-8")
    mistakes = lesson.wrong_answers.read_text(encoding="utf-8") if lesson.wrong_answers.is_file() else ""
    wrong = cycle([f"\n\n{mistakes}\n\n{mistake.function} = {mistake.name}\n" for mistake in wrong_answers(lesson)] or [""])
    return [solution + (next(wrong) if number % EVERY == EVERY - 1 else "") + f"\n# submission {number}\n"
            for number in range(count)]


def measure(lesson: catalog.Lesson, count: int, few: int) -> dict:
    """Grade `count` submissions both ways; `few` of them once more to tell the start from the rest."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    texts = variations(lesson, count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few_cpu, _, _ = _course_grade(lesson, texts[:few], folder / "few")
        cpu, wall, ours = _course_grade(lesson, texts, folder / "all")
        plain_cpu, plain_wall, own, plain = _plain_pytest(lesson, texts, folder)
    warm = (cpu - few_cpu) / (count - few)
    own_warm = sum(own[few:]) / (count - few)
    return {
        "lesson": lesson.name, "submissions": count,
        "CPU s per submission, course grade": round(cpu / count, 3),
        "CPU s per submission, course grade once warm": round(warm, 3),
        "CPU s per submission, plain pytest": round(plain_cpu / count, 3),
        "CPU s per submission, learner's own computing": round(own_warm, 3),
        "CPU s per submission beyond it, course grade once warm": round(warm - own_warm, 3),
        "CPU s per submission beyond it, plain pytest": round(plain_cpu / count - sum(own) / count, 3),
        "ratio of CPU, plain pytest to course grade": round(plain_cpu / cpu, 2),
        "wall s per submission, course grade": round(wall / count, 3),
        "wall s per submission, plain pytest": round(plain_wall / count, 3),
        "submissions that pass as a whole, course grade": ours, "submissions that pass as a whole, plain pytest": plain,
    }


def _course_grade(lesson: catalog.Lesson, texts: list[str], folder: Path) -> tuple[float, float, int]:
    for number, text in enumerate(texts):
        path = folder / "inbox" / f"student {number:04}" / f"{lesson.name}.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "course.cli", "grade", str(folder / "inbox"), "--out", str(folder / "marks"), "--jobs", "1",
               "--lesson", str(lesson.number)]
    with _cpu() as cpu:
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=lesson.root, capture_output=True, text=True)
        wall = time.perf_counter() - begun
        _reap_orphans()
    if done.returncode != 0:
        raise SystemExit(f"benchmark: course grade failed:\n{done.stdout}{done.stderr}")
    with Gradebook.open(folder / "marks") as book:
        passed = sum(attempt.score == book.cohort.max_score for attempt in book.latest())
    return cpu[0], wall, passed


def _plain_pytest(lesson: catalog.Lesson, texts: list[str], folder: Path) -> tuple[float, float, list[float], int]:
    answers, report = folder / f"{lesson.name}.py", folder / "report.json"
    command = [sys.executable, "-m", "pytest", str(lesson.grading_tests), "-o", "addopts=", "-p", "benchmarks.in_process",
               "--import-mode=importlib", "-p", "no:cacheprovider", "--noconftest", "-q", "--answers", str(answers),
               "--report", str(report)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    own, passed = [], 0
    with _cpu() as cpu:
        begun = time.perf_counter()
        for number, text in enumerate(texts):
            answers.write_text(text, encoding="utf-8")
            report.unlink(missing_ok=True)
            done = subprocess.run(command, cwd=lesson.root, capture_output=True, text=True, env=environment)
            if not report.exists():
                raise SystemExit(f"benchmark: plain pytest failed on submission {number}:\n{done.stdout}{done.stderr}")
            found = json.loads(report.read_text())
            own.append(found["own"])
            passed += all(found["passed"].values())
            print(f"plain pytest, {number + 1} of {len(texts)}", end="\r", file=sys.stderr)
        wall = time.perf_counter() - begun
    return cpu[0], wall, own, passed


@contextmanager
def _cpu() -> Iterator[list[float]]:
    """CPU seconds of all ended descendants in between, in a list of one."""
    def ended() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before, found = ended(), []
    yield found
    found.append(ended() - before)


def _reap_orphans() -> None:
    """Wait for what the ended run has left to end: the kernel counts a process when its parent has waited for it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)
        except ChildProcessError:
            return


class Memory:
    """A watcher of a cohort that reads how much memory the trusted processes hold, in MB."""

    def __init__(self, moments: tuple[int, ...]):
        self.moments, self.graded_now, self.found = moments, 0, {}

    def begin(self, total): ...
    def unchanged(self, admitted): ...
    def tick(self): ...

    def graded(self, attempt):
        self.graded_now += 1
        if self.graded_now in self.moments:
            from course.grading import slots

            numbers = {f"slot {place}": slot.process.pid for place, slot in enumerate(slots._all)} | {"course grade": os.getpid()}
            self.found[self.graded_now] = {name: _resident(number) for name, number in numbers.items()}
            print(f"{self.graded_now} submissions: {self.found[self.graded_now]}", file=sys.stderr)


def _resident(number: int) -> float:
    return round(int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def memory(lesson: catalog.Lesson, moments: tuple[int, ...] = (10, 100, 1000)) -> dict:
    """Resident memory after so many small submissions (fresh exercises, one task answered)."""
    from course.grading.cohort import CohortRun

    text = lesson.exercise.read_text(encoding="utf-8")
    watcher = Memory(moments)
    with tempfile.TemporaryDirectory() as name:
        for number in range(max(moments)):
            path = Path(name, "inbox", f"{number:04}", f"{lesson.name}.py")
            path.parent.mkdir(parents=True)
            path.write_text(f"{text}\n# {number}\ndef {lesson.tasks[0].name}(*args):\n    return None\n", encoding="utf-8")
        CohortRun([lesson], Path(name, "inbox"), Path(name, "marks")).grade(watcher)
    return watcher.found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grade_cohort", description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", default="1")
    parser.add_argument("--count", type=int, default=50, help="submissions (default: 50)")
    parser.add_argument("--few", type=int, default=6, help="submissions of the shorter run (default: 6)")
    parser.add_argument("--memory", action="store_true", help="memory after 10, 100 and 1,000 submissions instead")
    chosen = parser.parse_args()
    lesson = catalog.lesson(chosen.lesson)
    found = memory(lesson) if chosen.memory else measure(lesson, chosen.count, chosen.few)
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
