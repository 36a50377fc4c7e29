"""No right answer may lose a point because of the inputs that chance has drawn for it.

The solutions, imported, on many inputs: the tasks that need no Keras take milliseconds that way. A check that fails once
in a thousand submissions costs somebody in a large cohort a point, and twelve seeds will hardly ever show it. So after a
change of a grading test give it more: `COURSE_SEEDS=2000 .venv/bin/python -m pytest tests/course/test_chance.py`.
"""

import os
import re
import subprocess
import sys

import pytest

from course import catalog

SEEDS = int(os.environ.get("COURSE_SEEDS", "60"))


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda lesson: lesson.name)
def test_the_solution_passes_whatever_is_drawn(lesson):
    command = [sys.executable, "-m", "pytest", str(lesson.grading_tests), "-o", "addopts=", "-p", "benchmarks.in_process", "--import-mode=importlib",
               "-p", "no:cacheprovider", "--noconftest", "-q", "--tb=short", "--seeds", str(SEEDS), "--without-keras"]
    done = subprocess.run(command, cwd=lesson.root, capture_output=True, text=True,
                          env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= SEEDS
