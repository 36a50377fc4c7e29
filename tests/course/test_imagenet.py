"""Weights of others: where they are looked for, and what is said where they cannot be had."""

import os
import socket
import subprocess
import sys
import time

import pytest

from course.data import downloads, imagenet
from course.data.imagenet import MOBILENET, MOBILENET_V2, WeightsUnavailable, weights_file


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No weights on disk, and a server that refuses connections."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(imagenet, "ADDRESS", "http://127.0.0.1:9/applications")
    return tmp_path


def test_weights_on_disk_are_found_without_a_connection(nowhere):
    path = nowhere / "keras" / "models" / MOBILENET.file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"whatever")
    assert weights_file(MOBILENET) == path


@pytest.mark.parametrize("network", [MOBILENET, MOBILENET_V2])
def test_without_weights_and_connection_one_line_says_which_file_where_and_what_to_do(nowhere, network):
    with pytest.raises(WeightsUnavailable) as failure:
        weights_file(network)
    said = str(failure.value)
    assert "\n" not in said and str(nowhere / "keras" / "models" / network.file) in said
    assert "127.0.0.1:9 cannot be reached (no connection" in said and f"download http://127.0.0.1:9/applications/{network.folder}/{network.file}" in said


def test_a_server_that_never_answers_is_given_up_soon(nowhere, monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(imagenet, "ADDRESS", f"http://127.0.0.1:{silent.getsockname()[1]}/applications")
        monkeypatch.setattr(downloads, "SECONDS_TO_CONNECT", 0.5)
        started = time.perf_counter()
        with pytest.raises(WeightsUnavailable, match="no answer within"):
            weights_file(MOBILENET)
        assert time.perf_counter() - started < 5


def test_a_damaged_file_of_weights_is_one_line(tmp_path):
    path = tmp_path / "models" / MOBILENET.file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(2000))
    script = ("from course.data.imagenet import MOBILENET, WeightsUnavailable, imagenet_weights\n"
              "try: imagenet_weights(MOBILENET)\nexcept WeightsUnavailable as failure: print(failure)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=180,
                          env=os.environ | {"KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1 and f"{path} is damaged or belongs to another network" in done.stdout
