"""Lesson 4's grading tests read TFDS's notation themselves, because importing TFDS takes seconds. Do they read it as TFDS does?

TFDS runs in a process of its own: the deciding process never imports it.
"""

import importlib.util
import json
import subprocess
import sys

from course import catalog

TEXTS = [
    "train", "train[:70%]", "train[70%:85%]", "train[85%:]", "train[-15%:]", "train[:-30%]", "train[33.3%:66.6%]",
    "train[:70]", "train[5:9]", "train[70%:85]", "train[70:85%]", "train[0%:100%]", "train[100%:]", "train[:0%]",
    "train[85%:70%]", "train[:101%]", "train[7%]", "train[7]", "train[:]", "train[]", "train[:80%", "train[: 80%]",
    "train[:80 %]", "train [:80%]", "train[:0.8]", "train[:20%:]", "train[:8_0%]", "", "80%", "train[:5000]",
    "train[-5000:]", "other[:50%]", "train[:x%]",
]
SIZES = [1000, 333, 57, 1]

SCRIPT = """
import json, sys
from tensorflow_datasets.core import splits
texts, sizes = json.loads(sys.argv[1])
def read(text, size):
    info = splits.SplitInfo(name="train", shard_lengths=[size], num_bytes=0)
    try:
        one, = splits.AbstractSplit.from_spec(text).to_absolute({"train": info})
    except Exception as error:
        return type(error).__name__
    return [one.from_ or 0, size if one.to is None else one.to]
print(json.dumps([[read(text, size) for size in sizes] for text in texts]))
"""


def test_slices_are_read_as_tfds_reads_them(root):
    lesson = catalog.lesson(4)
    specification = importlib.util.spec_from_file_location("grading_tests_of_lesson_4", lesson.grading_tests)
    grading_tests = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(grading_tests)
    done = subprocess.run([sys.executable, "-c", SCRIPT, json.dumps([TEXTS, SIZES])], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    of_tfds = json.loads(done.stdout.splitlines()[-1])
    for text, answers in zip(TEXTS, of_tfds, strict=True):
        for size, answer in zip(SIZES, answers, strict=True):
            try:
                own = list(grading_tests.slice_of(text, "train", size))
            except ValueError:
                own = "an error"
            expected = answer if isinstance(answer, list) else "an error"
            assert own == expected, f"{text!r} with {size} examples: TFDS says {answer}"
