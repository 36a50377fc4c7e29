"""Lesson 7's classifier on real photographs, in small: 40 flowers of each kind, MobileNet 0.25 and two splits."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("photographs", sys.argv[1])
photographs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(photographs)
photographs.networks = lambda: [(photographs.MOBILENET, photographs.imagenet_weights(photographs.MOBILENET))]
photographs.SPLITS = 2
photographs.main()

import keras
classifier = keras.models.load_model(os.path.join(os.environ["COURSE_FIGURES"], "classifier.keras"))
photos = photographs.load_photos(os.environ["COURSE_PHOTOS"], photographs.SIZE)
shares = classifier.predict(photos.images[::10].astype("float32"), verbose=0)
assert abs(shares.sum(axis=1) - 1).max() < 1e-4
print("right:", float((shares.argmax(axis=1) == photos.labels[::10]).mean()))
"""


@pytest.mark.real_data
def test_flowers_are_told_apart_by_a_frozen_mobilenet(real_data, root, tmp_path):
    flowers = tmp_path / "flowers"
    for kind in sorted(path for path in (real_data / "flowers").iterdir() if path.is_dir()):
        (flowers / kind.name).mkdir(parents=True)
        for photograph in sorted(kind.iterdir())[:40]:
            (flowers / kind.name / photograph.name).symlink_to(photograph)
    environment = os.environ | {"KERAS_HOME": str(real_data / "keras"), "COURSE_PHOTOS": str(flowers), "COURSE_FIGURES": str(tmp_path / "run"),
                                "PYTHONPATH": str(root), "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg"}
    script = root / "lessons" / "lesson_07_transfer_learning" / "photographs.py"
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(script)], cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=1200)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "run" / "photographs.json").read_text(encoding="utf-8"))
    frozen, pixels = (np.mean(result["networks"][name]["all"]) for name in ("MobileNet 0.25", "linear on pixels"))
    assert frozen >= 0.65 and frozen >= pixels + 0.2, (frozen, pixels)
    assert np.sum(result["confusion"]["table"]) == result["to_test"] == 40 and result["data"].startswith("200 photographs from flowers")
    assert (tmp_path / "run" / "confusion.png").is_file() and (tmp_path / "run" / "confident-mistakes.png").is_file()
    assert len(list((tmp_path / "build" / "features").iterdir())) == 2
    assert float(done.stdout.splitlines()[-1].removeprefix("right: ")) >= 0.7
