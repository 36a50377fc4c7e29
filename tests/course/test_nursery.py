"""A nursery makes workers quickly, and nothing of one submission reaches the next."""

import os
import time

import pytest

from course.grading import sandbox
from course.grading.answers import Answers
from course.grading.lesson_workers import LessonWorkers, NoAnswer
from course.grading.submission import Source
from course.grading.worker_process import NURSERIES, NurseryProcess

pytestmark = pytest.mark.skipif(not NURSERIES, reason="nurseries need Linux: elsewhere a process with TensorFlow must not fork")

LITTER = """
import os, signal, subprocess, sys, time
def litter():
    open('/tmp/note', 'w').write('psst')
    os.makedirs('/tmp/deep/deeper/deepest', exist_ok=True)
    os.symlink('/', '/tmp/deep/link')
    os.chmod('/tmp/deep/deeper', 0)
    os.chmod('/tmp/deep', 0)
    open('/dev/shm/note', 'w').write('psst')
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                time.sleep(1)
        os._exit(0)
    return 'left'
def found():
    mine = {os.getpid(), 1}
    others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in mine]
    return [sorted(os.listdir('/tmp')), sorted(os.listdir('/dev/shm')), len(others)]
def murder():
    done = []
    for p in os.listdir('/proc'):
        if p.isdigit() and int(p) != os.getpid():
            try:
                os.kill(int(p), signal.SIGKILL)
                done.append(int(p))
            except OSError:
                pass
    return done
def forever():
    while True:
        pass
def number():
    return os.getpid()
def who():
    return os.getuid()
"""


@pytest.fixture(scope="module")
def nursery():
    one = NurseryProcess()
    yield one
    one.stop()


@pytest.fixture
def answers_of(nursery, lesson_1):
    started = []

    def start(text: str, own: NurseryProcess | None = None) -> Answers:
        workers = LessonWorkers(lesson_1, [Source("exercise.py", text)], nursery=lambda: own or nursery)
        started.append(workers)
        return Answers(workers, keras=True, seconds=20)

    yield start
    for workers in started:
        workers.stop()


def walled() -> None:
    if sandbox.isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {sandbox.isolation().reason}")


def test_workers_have_keras_already_and_train_after_the_fork(answers_of):
    text = """
import sys
def train():
    ready = 'keras' in sys.modules
    import keras, numpy as np
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy')
    return [ready, len(model.fit(np.ones((32, 3)), np.zeros(32), epochs=2, verbose=0).history['loss'])]
"""
    assert answers_of(text).train() == [True, 2]
    assert answers_of(text).train() == [True, 2], "the second worker of the same nursery trains as well"


def test_random_numbers_differ_between_workers(answers_of):
    text = "def draw():\n    import random, numpy as np, keras\n    return [random.random(), float(np.random.random()), float(keras.random.uniform(()))]"
    first, second = answers_of(text).draw(), answers_of(text).draw()
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_one_worker_can_be_ended_while_another_goes_on(answers_of):
    looping, patient = answers_of(LITTER), answers_of(LITTER)
    number = patient.number()
    looping.seconds = 0.5
    with pytest.raises(NoAnswer, match="did not return within 0.5 s"):
        looping.forever()
    assert patient.number() == number


def test_nothing_of_one_submission_reaches_the_next(answers_of, nursery):
    walled()
    first = answers_of(LITTER)
    user, before = first.who(), first.found()
    assert first.litter() == "left"
    first.workers.stop()
    assert nursery.clean()
    second = answers_of(LITTER)
    assert second.found() == before
    assert os.geteuid() != 0 or second.who() != user


def test_a_worker_that_ends_its_nursery_costs_only_itself(answers_of, lesson_1):
    walled()
    own = NurseryProcess()
    attacker = answers_of(LITTER, own)
    try:
        killed = attacker.murder()
    except NoAnswer:
        killed = ["the nursery"]
    assert os.geteuid() != 0 or killed == [], "as root, workers are other users than their nursery"
    attacker.workers.stop()
    own.clean()
    own.stop()
    assert not own.alive


def test_a_nursery_that_was_ended_is_said_to_have_ended_and_nothing_hangs(answers_of):
    own = NurseryProcess()
    answers = answers_of("def one(): return 1", own)
    assert answers.one() == 1
    own.stop()
    started = time.monotonic()
    with pytest.raises(NoAnswer):
        answers.one()
    assert time.monotonic() - started < 5
