"""The solutions pass whatever inputs are drawn: a cohort's inputs come from a seed that nobody chose."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("seed", [4, 12])
def test_the_solutions_pass_on_other_inputs(root, seed):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/lessons", "--submission", "solutions", "--seed", str(seed)],
                          cwd=root, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-3000:]
