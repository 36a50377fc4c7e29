"""The other way to grade, as a yardstick: the same tests, with the answers imported into pytest.

A pytest plugin for benchmarks only. It gives no protection at all: no time limit, no isolation.
"""

import importlib.util

import numpy as np
import pytest

from course import catalog
from course.grading.lesson_workers import NoAnswer


def pytest_addoption(parser):
    parser.addoption("--only", help="task to run")


def pytest_configure(config):
    config.addinivalue_line("markers", "task(id, points, keras=False, seconds=5): a grading test of one task")


def pytest_collection_modifyitems(config, items):
    items[:] = [item for item in items if item.get_closest_marker("task").args[0] == config.getoption("--only")]


class Model:
    """A Keras model with the methods that grading tests use."""

    kind = "model"

    def __init__(self, model):
        self.model = model

    def predict(self, inputs):
        return np.asarray(self.model(inputs, training=False))

    def weights(self):
        return self.model.get_weights()


class Imported:
    """The solution's functions, called directly."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        def call(*args, **kwargs):
            try:
                value = getattr(self.module, name)(*args, **kwargs)
            except Exception as error:  # in the form that assert_raises knows
                raise NoAnswer("raised", str(error), tuple(kind.__name__ for kind in type(error).__mro__)) from error
            return Model(value) if hasattr(value, "get_weights") else value

        return call

    def suspect(self, mistake, evidence):
        """Diagnosis is no part of this yardstick."""


@pytest.fixture
def submission(request):
    lesson, _ = catalog.lesson_and_task(request.node.get_closest_marker("task").args[0])
    spec = importlib.util.spec_from_file_location(lesson.name, lesson.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Imported(module)


reference = submission


@pytest.fixture
def rng():
    return np.random.default_rng(1)
