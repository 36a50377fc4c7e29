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
tasks = lesson.tasks[:6]
values = json.loads(sys.argv[2])
results = []
for start in range(0, len(values), 4):
    given = [values[(start + number) % len(values)] for number in range(len(tasks))]
    path = Path(sys.argv[1]) / f"{lesson.name}.py"
    path.write_text(sys.argv[3] + "".join(f"def {task.name}(*args, **kwargs): return {value}\\n" for task, value in zip(tasks, given)))
    report = grade([lesson], path, tasks={task.id for task in tasks})
    results += [(value, task.task.id, task.status, task.score, task.message) for value, task in zip(given, report.lessons[0].tasks)]
print(json.dumps(results))
"""


def test_no_strange_value_passes_or_breaks_the_grader(tmp_path, root):
    """Each run gives every function another value, so that each value meets one or two of them."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path), json.dumps(VALUES), PREAMBLE], cwd=root,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert {value for value, *_ in results} == set(VALUES)
    for value, task_id, status, score, message in results:
        said = f"{value} for task {task_id}: {status}, {score} points: {message}"
        assert status in ("failed", "error") and score == 0, said
        assert "Please report" not in message and "could not be checked" not in message, said
