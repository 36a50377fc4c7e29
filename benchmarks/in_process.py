"""The other way to grade, as a yardstick: the same tests, with the answers imported into pytest.

A pytest plugin for benchmarks, and for tests of the solutions on more inputs than the grader has time for. It gives no
protection at all: no time limit, no isolation.
"""

import ast
import importlib.util
import inspect
import json
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from course import catalog
from course.grading.lesson_workers import NoAnswer

SPENT = {"own": 0.0}
"""CPU seconds of this process inside the answers: running their lines once and calling them."""
OUTCOMES: dict[str, bool] = {}


def pytest_addoption(parser):
    parser.addoption("--only", help="task to run; all where not given")
    parser.addoption("--answers", type=Path, help="file to grade; the solution where not given")
    parser.addoption("--seeds", type=int, default=1, help="how often to run each test, every time with other random inputs")
    parser.addoption("--without-keras", action="store_true", help="leave out the tests of Keras tasks")
    parser.addoption("--report", type=Path, help="where to write CPU seconds and outcomes")


def pytest_configure(config):
    config.addinivalue_line("markers", "task(id, points, keras=False, seconds=5, replay=True): a grading test of one task")


def pytest_collection_modifyitems(config, items):
    only, without_keras = config.getoption("--only"), config.getoption("--without-keras")
    tasks = [(item, item.get_closest_marker("task")) for item in items]
    items[:] = [item for item, task in tasks if only in (None, task.args[0]) and not (without_keras and task.kwargs.get("keras"))]


def pytest_generate_tests(metafunc):
    if "rng" in metafunc.fixturenames:
        metafunc.parametrize("rng", range(1, metafunc.config.getoption("--seeds") + 1), indirect=True)


def pytest_runtest_logreport(report):
    if report.when == "call":
        OUTCOMES[report.nodeid.rpartition("::")[2]] = report.passed


def pytest_unconfigure(config):
    if config.getoption("--report"):
        config.getoption("--report").write_text(json.dumps({"own": SPENT["own"], "all": time.process_time(), "passed": OUTCOMES}))


class KerasObject:
    """A model (or another object of Keras) with the methods that grading tests use."""

    def __init__(self, kind, value):
        self.kind, self.value = kind, value

    def __getattr__(self, name):
        from course.grading import keras_objects

        return lambda *args, **kwargs: counted(keras_objects.METHODS[name], self.value, *map(bare, args),
                                               **{key: bare(value) for key, value in kwargs.items()})


def counted(function, *args, **kwargs):
    """Call the answers' side and count its CPU seconds."""
    begun = time.process_time()
    try:
        return function(*args, **kwargs)
    finally:
        SPENT["own"] += time.process_time() - begun


class Brought:
    """A function of the test, which remembers what it is called with."""

    def __init__(self, function, bound):
        from course.grading.brought import bring

        self.value = bring(inspect.getsource(function), function.__name__, {name: bare(value) for name, value in bound.items()})

    def calls(self):
        return list(self.value.calls)


class Imported:
    """The answers' functions, called directly."""

    def __init__(self, module):
        self._module, self.interactions = module, []

    def __getattr__(self, name):
        def call(*args, **kwargs):
            args, kwargs = [bare(value) for value in args], {key: bare(value) for key, value in kwargs.items()}
            try:
                with noted(self.interactions, args):
                    return dressed(counted(getattr(self._module, name), *args, **kwargs))
            except Exception as error:  # in the form that assert_raises knows
                raise NoAnswer("raised", str(error), tuple(kind.__name__ for kind in type(error).__mro__)) from error

        return call

    def each(self, function, calls):
        return (getattr(self, function)(*args) for args in calls)

    def build_model(self, *args, **kwargs):
        from course.grading import keras_objects

        return dressed(keras_objects.build_model(*args, **kwargs))

    def bring(self, function, **bound):
        return Brought(function, bound)

    def suspect(self, mistake, evidence):
        """Diagnosis is no part of this yardstick."""


@contextmanager
def noted(interactions, args):
    """What tests ask about a call: which arrays were changed in place, and whether shared random numbers were used."""
    before = [value.copy() if isinstance(value, np.ndarray) else None for value in args]
    state = np.random.get_state()[1].tobytes(), np.random.get_state()[2]
    try:
        yield
    finally:
        pairs = enumerate(zip(before, args))
        changed = [place for place, (old, new) in pairs if old is not None and old.tobytes() != new.tobytes()]
        used = state != (np.random.get_state()[1].tobytes(), np.random.get_state()[2])
        interactions.append(SimpleNamespace(changed=changed, shared_random=used))


def bare(value):
    if type(value) in (list, tuple):
        return type(value)(bare(item) for item in value)
    return value.value if isinstance(value, (KerasObject, Brought)) else value


def dressed(value):
    if type(value) in (list, tuple):
        return type(value)(dressed(item) for item in value)
    if not type(value).__module__.startswith("keras."):
        return value
    from course.grading.keras_objects import kind_of

    kind = kind_of(value)
    return KerasObject(kind, value) if kind else value


def load(path):
    """The module at `path`; importing the packages that it names is nobody's computing, running its own lines is the answers'."""
    for name in packages(path):
        importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    counted(spec.loader.exec_module, module)
    return Imported(module)


def packages(path):
    """Names of the modules that a file imports, in order."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


@pytest.fixture(scope="module")
def answers(request):
    return request.config.getoption("--answers")


@pytest.fixture(scope="module")
def imported():
    """Modules by path: each file is imported once."""
    return {}


def answers_from(path, imported):
    if path not in imported:
        imported[path] = load(path)
    return imported[path]


@pytest.fixture
def submission(request, answers, imported):
    return answers_from(answers or solution_of(request), imported)


@pytest.fixture
def reference(request, imported):
    before = SPENT["own"]
    module = answers_from(solution_of(request), imported)
    SPENT["own"] = before
    return Reference(module._module)


class Reference(Imported):
    """The solution's functions; their time is not the answers'."""

    def __getattr__(self, name):
        def call(*args, **kwargs):
            before = SPENT["own"]
            try:
                return Imported.__getattr__(self, name)(*args, **kwargs)
            finally:
                SPENT["own"] = before

        return call


def solution_of(request):
    lesson, _ = catalog.lesson_and_task(request.node.get_closest_marker("task").args[0])
    return lesson.solution


@pytest.fixture
def rng(request):
    return np.random.default_rng(request.param)
