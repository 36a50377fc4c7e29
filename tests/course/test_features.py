"""Features on disk: computed once, and again as soon as anything changes that they depend on."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from course.data.features import cached_features, feature_key


@dataclass
class Layer:
    strides: tuple = (1, 1)


@dataclass
class Backbone:
    """As much of a Keras model as the cache looks at."""

    weight: np.ndarray = field(default_factory=lambda: np.ones((3, 2), np.float32))
    layers: tuple = (Layer(),)

    def get_weights(self):
        return [self.weight]


def preprocess(images):
    return images.astype(np.float32) / np.float32(127.5) - 1


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (4, 6, 6, 3), dtype=np.uint8)


@pytest.fixture
def extract():
    calls = []

    def extract(backbone, images):
        calls.append(len(images))
        return images.mean(axis=(1, 2), dtype=np.float32) @ backbone.weight

    extract.calls = calls
    return extract


def test_the_same_features_are_computed_once(tmp_path, images, extract):
    first = cached_features(extract, Backbone(), images, preprocess, tmp_path)
    second = cached_features(extract, Backbone(), images.copy(), preprocess, tmp_path)
    np.testing.assert_array_equal(first, second)
    assert extract.calls == [4] and len(list(tmp_path.iterdir())) == 1


def test_every_change_that_matters_changes_the_key(images):
    one_pixel = images.copy()
    one_pixel[2, 3, 3, 1] ^= 1
    keys = [feature_key(Backbone(), images, preprocess),
            feature_key(Backbone(), one_pixel, preprocess),
            feature_key(Backbone(), images[::-1], preprocess),
            feature_key(Backbone(), images[:3], preprocess),
            feature_key(Backbone(np.full((3, 2), 1.0001, np.float32)), images, preprocess),
            feature_key(Backbone(layers=(Layer((2, 2)),)), images, preprocess),
            feature_key(Backbone(), images, lambda pictures: pictures.astype(np.float32) / 255)]
    assert len(set(keys)) == len(keys)
    assert keys[0] == feature_key(Backbone(), images.copy(), lambda pictures: preprocess(pictures))


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY\x01\x00v", b"no features at all", None])
def test_a_damaged_file_is_computed_again_with_one_line(tmp_path, images, extract, damage, capsys):
    right = cached_features(extract, Backbone(), images, preprocess, tmp_path)
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    np.testing.assert_array_equal(cached_features(extract, Backbone(), images, preprocess, tmp_path), right)
    assert capsys.readouterr().err == f"{path} is damaged; the features are computed again\n"
    assert extract.calls == [4, 4] and len(list(tmp_path.iterdir())) == 1
    cached_features(extract, Backbone(), images, preprocess, tmp_path)
    assert extract.calls == [4, 4], "the file was not mended"


def test_features_of_other_pictures_in_a_file_are_not_believed(tmp_path, images, extract):
    cached_features(extract, Backbone(), images, preprocess, tmp_path)
    np.save(next(tmp_path.iterdir()), np.zeros((3, 2), np.float32))
    assert len(cached_features(extract, Backbone(), images, preprocess, tmp_path)) == 4
