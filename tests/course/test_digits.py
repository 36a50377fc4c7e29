"""Where digits come from, and what is said when MNIST cannot be had."""

import json
import os
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from course.data import digits, downloads


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No MNIST on disk, and a server that refuses connections."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    monkeypatch.setattr(digits, "MNIST_ADDRESS", "http://127.0.0.1:9/mnist.npz")
    return tmp_path


def test_bundled_digits_are_handwriting_in_mnists_format():
    found = digits.load_digits("bundled")
    assert found.name == "bundled" and "scikit-learn" in found.source
    assert found.train_images.shape == (1438, 28, 28) and found.test_images.shape == (359, 28, 28)
    assert found.train_images.dtype == np.uint8 and found.train_labels.dtype == np.int64
    assert set(np.unique(found.train_labels)) == set(np.unique(found.test_labels)) == set(range(10))
    together = np.concatenate([found.train_images, found.test_images])
    assert len(np.unique(together.reshape(len(together), -1), axis=0)) == 1797, "a picture is on both sides"
    border = np.ones((28, 28), bool)
    border[4:-4, 4:-4] = False
    assert not together[:, border].any()


def test_without_mnist_auto_says_why_in_one_line_and_goes_on(nowhere, capsys):
    found = digits.load_digits()
    said = capsys.readouterr().err
    assert found.name == "bundled"
    assert said.count("\n") == 1 and said.startswith("MNIST is not available: it cannot be downloaded from 127.0.0.1:9 (no connection")
    assert said.endswith("Going on with the 1,797 bundled digits.\n")


def test_insisting_on_mnist_raises_one_line(nowhere, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "mnist")
    with pytest.raises(digits.DigitsUnavailable, match="cannot be downloaded") as failure:
        digits.load_digits()
    assert "\n" not in str(failure.value)


def test_half_a_download_is_recognised_and_kept_where_there_is_no_network(nowhere, capsys):
    path = nowhere / "keras" / "datasets" / "mnist.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK\x03\x04" + bytes(3_000_000))
    assert digits.load_digits().name == "bundled"
    said = capsys.readouterr().err
    assert f"{path} is damaged or only half downloaded (3.0 MB, wrong checksum)" in said and said.count("\n") == 1
    assert path.stat().st_size == 3_000_004


def test_a_server_that_never_answers_costs_seconds_not_minutes(nowhere, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(digits, "MNIST_ADDRESS", f"http://127.0.0.1:{silent.getsockname()[1]}/mnist.npz")
        monkeypatch.setattr(downloads, "SECONDS_TO_CONNECT", 0.5)
        started = time.monotonic()
        assert digits.load_digits().name == "bundled"
        assert time.monotonic() - started < 4
    assert "no" in capsys.readouterr().err


def test_unknown_sources_are_refused_with_the_known_ones(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "cifar")
    with pytest.raises(ValueError, match="no such source of digits: 'cifar'.*auto, mnist, bundled"):
        digits.load_digits()


DOWNLOAD = """
import hashlib, http.server, io, json, os, sys, threading
from pathlib import Path
import numpy as np
from course.data import digits, downloads
served = Path(sys.argv[1])
class Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args): super().__init__(*args, directory=served)
    def log_message(self, *args): pass
    def end_headers(self):
        if sys.argv[2] == "cut" and self.command == "GET": self.close_connection = True
        super().end_headers()
    def copyfile(self, source, target):
        data = source.read()
        target.write(data[: len(data) // 2] if sys.argv[2] == "cut" else data)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
digits.MNIST_ADDRESS = f"http://127.0.0.1:{server.server_port}/mnist.npz"
digits.MNIST_SHA256 = hashlib.sha256((served / "mnist.npz").read_bytes()).hexdigest()
found = digits.load_digits("auto")
print(json.dumps([found.name, len(found.train_images), digits._keras_file().exists()]))
"""


@pytest.mark.parametrize(("how", "outcome"), [("whole", ["mnist", 20, True]), ("cut", ["bundled", 1438, False])])
def test_mnist_is_downloaded_to_where_keras_keeps_it_and_a_broken_download_leaves_nothing(nowhere, how, outcome):
    served = nowhere / "server"
    served.mkdir()
    rng = np.random.default_rng(0)
    np.savez(served / "mnist.npz", x_train=rng.integers(0, 255, (20, 28, 28), np.uint8), y_train=np.arange(20, dtype=np.uint8) % 10,
             x_test=np.zeros((4, 28, 28), np.uint8), y_test=np.zeros(4, np.uint8))
    damaged = nowhere / "keras" / "datasets" / "mnist.npz"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"half")
    done = subprocess.run([sys.executable, "-c", DOWNLOAD, str(served), how], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == outcome, done.stderr
    assert damaged.with_name("mnist.npz.damaged").read_bytes() == b"half"
    if how == "cut":
        assert "the download from 127.0.0.1" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.real_data
def test_real_mnist_is_read_from_keras_file_without_importing_keras(real_data, nowhere, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(real_data / "keras"))
    found = digits.load_digits("mnist")
    assert found.name == "mnist" and found.train_images.shape == (60_000, 28, 28) and found.test_images.shape == (10_000, 28, 28)
    assert found.train_labels[:5].tolist() == [5, 0, 4, 1, 9] and found.train_labels.dtype == np.int64
    assert "keras" not in sys.modules and "tensorflow" not in sys.modules


@pytest.mark.real_data
def test_real_mnist_is_read_through_tfds(real_data, nowhere):
    script = "from course.data.digits import load_digits\nd = load_digits('mnist')\nprint(d.name, d.train_images.shape, d.test_labels.shape, d.train_images.max())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"TFDS_DATA_DIR": str(real_data / "tfds"), "KERAS_HOME": str(nowhere / "none"), "TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[-2] == "mnist (60000, 28, 28) (10000,) 255"


@pytest.mark.real_data
def test_damaged_tfds_files_are_named_in_the_one_line(real_data, nowhere):
    folder = nowhere / "tfds" / "mnist" / "3.0.1"
    folder.mkdir(parents=True)
    for path in (real_data / "tfds" / "mnist" / "3.0.1").iterdir():
        (folder / path.name).write_bytes(path.read_bytes()[: 400_000 if path.suffix.startswith(".tfrecord") else None])
    script = "from course.data import digits\ndigits.MNIST_ADDRESS = 'http://127.0.0.1:9/x'\nprint(digits.load_digits('auto').name)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.stdout.endswith("bundled\n") and "Traceback" not in done.stderr
    assert f"TFDS could not read MNIST in {nowhere / 'tfds'}; is a file there damaged?" in done.stderr
