"""Lesson 2's table of widths with the real MNIST: the recipe of the chapter, one network per width."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json, keras, numpy as np
from course.data.digits import load_digits
from solutions import lesson_02_mlp_on_mnist as lesson

digits = load_digits("mnist")
seen = lesson.prepare_images(digits.train_images), digits.train_labels
unseen = lesson.prepare_images(digits.test_images), digits.test_labels

def train(network, images, labels):
    network.steps_per_execution = 15
    lesson.train_mlp(network, images, labels, epochs=15, batch_size=128)

keras.utils.set_random_seed(1)
widths = [2, 3, 10, 30]
table = lesson.accuracy_by_width(widths, lesson.build_mlp, train, seen, unseen, repeats=1)
print(json.dumps(dict(zip(map(str, widths), table[:, 0]))))
"""
AT_LEAST = {"2": 0.45, "3": 0.65, "10": 0.92, "30": 0.95}
"""Published, on MNIST: 22.80 % with 2 hidden neurons, 58.75 % with 3, 93.43 % with 10. The chapter's claims are
stricter, and about the mean of several networks; here is one network each."""


@pytest.mark.real_data
def test_few_neurons_read_real_mnist(real_data, root):
    environment = os.environ | {"KERAS_HOME": str(real_data / "keras"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, env=environment, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    short = {width: found[width] for width, least in AT_LEAST.items() if found[width] < least}
    assert not short, f"too low: {short}; all: {found}"
