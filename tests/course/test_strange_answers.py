"""Whatever a function returns, each task gets its verdict: no points, one message, no failure of the grader."""

import json
import subprocess
import sys

VALUES = [
    "None", "True", "0", "10**400", "float('nan')", "-float('inf')", "1j", "'text'", "b'bytes'", "[]", "[[1, 2], [3]]", "()", "(1, None)",
    "{}", "{'a': np.zeros(3)}", "object()", "lambda: 1", "np.array([])", "np.array(None)", "np.array('x')", "np.zeros((7, 5)).view(Sub)",
    "np.ma.zeros((7, 5))", "np.zeros((7, 5), complex)", "np.zeros((7, 5), bool)", "np.full((7, 5), np.nan)", "np.float16(1)",
    "np.zeros((1, 1, 1, 1))", "np.zeros((0, 7))", "(np.zeros(2), np.zeros(3))", "(1.5, 2.5)", "(Number(3), 2)", "Number(3)",
    "np.datetime64('2020-01-01')", "iter([1])", "NotImplemented", "range(3)", "{1: {2: {3: [4]}}}", "np.array([object()])", "Ellipsis",
]

PREAMBLE = """
import numpy as np
class Sub(np.ndarray): pass
class Number(float):
    def __eq__(self, other): return True
SOBEL_X = SOBEL_Y = LUMINANCE = None
"""

SCRIPT = """
import json, sys
from pathlib import Path
from course import catalog
from course.grading.run import grade
lesson = catalog.lesson(1)
tasks = {task.id for task in lesson.tasks[:6]}
results = {}
for value in json.loads(sys.argv[2]):
    path = Path(sys.argv[1]) / f"{lesson.name}.py"
    functions = "".join(f"def {task.name}(*args, **kwargs): return VALUE\\n" for task in lesson.tasks[:6])
    path.write_text(sys.argv[3] + f"VALUE = {value}\\n" + functions)
    results[value] = [(task.status, task.score, task.message) for task in grade([lesson], path, tasks=tasks).lessons[0].tasks]
print(json.dumps(results))
"""


def test_no_strange_value_passes_or_breaks_the_grader(tmp_path, root):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path), json.dumps(VALUES), PREAMBLE], cwd=root,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert list(results) == VALUES
    for value, tasks in results.items():
        for number, (status, score, message) in enumerate(tasks, 1):
            said = f"{value} for task 1.{number}: {status}, {score} points: {message}"
            assert status in ("failed", "error") and score == 0, said
            assert "failed:" not in message and "could not be checked" not in message, said
