"""The small network that the project ships: its card tells the truth, and a wrong file is said to be one."""

import os
import subprocess
import sys

import numpy as np
import pytest

from course.data.creatures import ANIMALS
from course.data.small_mobilenet import HELD_OUT, TRAINED_ON, WEIGHTS_FILE, WeightsUnusable, small_mobilenet_weights, train

CARD = WEIGHTS_FILE.with_name("CARD.md").read_text(encoding="utf-8")


def test_the_card_names_what_it_never_saw():
    assert f"lesson 7 uses as its new task: {', '.join(HELD_OUT)}." in CARD.replace("\n", " ")
    assert f"{len(TRAINED_ON)} kinds: {', '.join(TRAINED_ON)}." in CARD.replace("\n", " ")
    assert f"{train.PICTURES:,} pictures" in CARD.replace("\n", " ") and f"{train.EPOCHS} times each" in CARD


def test_no_kind_is_on_both_sides():
    assert not set(HELD_OUT) & set(TRAINED_ON) and set(HELD_OUT) | set(TRAINED_ON) == set(ANIMALS)
    assert 4 <= len(HELD_OUT) <= 6


def test_training_draws_no_held_out_kind(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    drawn = []
    monkeypatch.setattr(train, "draw_all", lambda creatures, *_, **__: drawn.extend(creatures) or np.zeros((len(creatures), 64, 64, 3), np.uint8))
    _, labels = train.pictures(400, 3)
    assert {creature.animal for creature in drawn} == set(TRAINED_ON)
    assert [TRAINED_ON[label] for label in labels] == [creature.animal for creature in drawn]


def test_the_shipped_weights_are_small_and_complete():
    weights = small_mobilenet_weights()
    assert WEIGHTS_FILE.stat().st_size <= 1.2e6
    assert sum(array.size for array in weights) == 218_544
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in weights)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a download", b"no weights"])
def test_a_damaged_file_is_one_line(tmp_path, content):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(WeightsUnusable, match="damaged, or no file of weights") as failure:
        small_mobilenet_weights(path)
    assert "\n" not in str(failure.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(WeightsUnusable, match="no such file; make it with"):
        small_mobilenet_weights(tmp_path / "weights.npz")


def test_weights_of_another_network_are_refused_and_the_own_ones_are_used(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, a=np.zeros((2, 3), np.float32))
    script = ("import sys\nimport numpy as np\nfrom course.data.small_mobilenet import WeightsUnusable, small_mobilenet, small_mobilenet_weights\n"
              "try: small_mobilenet(sys.argv[1])\nexcept WeightsUnusable as failure: print(failure)\n"
              "network = small_mobilenet()\n"
              "assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), small_mobilenet_weights(), strict=True))\n"
              "print(network.output_shape)")
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=180,
                          env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert f"{path}: these 1 arrays are not those of a MobileNet" in first and second == "(None, 256)"
