"""Workers run what they are given, keep to their time, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from course import catalog
from course.grading import memory_watch, sandbox
from course.grading.answers import Answers
from course.grading.lesson_workers import LessonWorkers, NoAnswer
from course.grading.submission import Source


@pytest.fixture
def answers_of(lesson_1):
    """Answers from source text, in workers that are stopped afterwards."""
    started = []

    def start(text: str, **options) -> Answers:
        workers = LessonWorkers(lesson_1, [Source("exercise.py", text)])
        started.append(workers)
        return Answers(workers, **options)

    yield start
    for workers in started:
        workers.stop()


@pytest.fixture
def isolated(monkeypatch):
    """Choose how workers are kept apart; a sandbox that this machine does not have is a skip with its reason."""

    def choose(kind: str) -> None:
        if kind == "sandbox" and sandbox.isolation().kind != "sandbox":
            pytest.skip(f"no sandbox here: {sandbox.isolation().reason}")
        monkeypatch.setattr(sandbox, "isolation", lambda: sandbox.Isolation(kind))

    return choose


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_numpy_answer_never_imports_keras_or_the_graders_tests(answers_of):
    answers = answers_of("import sys\ndef loaded(): return sorted(sys.modules)")
    names = set(answers.loaded())
    assert not names & {"tensorflow", "keras", "pytest", "course.catalog", "course.grading.session"}


def test_a_worker_gets_no_secrets_from_the_environment(answers_of, monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", "secret")
    answers = answers_of("import os\ndef variables(): return dict(os.environ)")
    assert "CANVAS_TOKEN" not in answers.variables()


def test_a_worker_holds_one_socket_besides_the_silenced_standard_descriptors(answers_of):
    answers = answers_of("import os\ndef opened():\n    links = []\n    for number in range(64):\n"
                         "        try: links.append(os.readlink(f'/proc/self/fd/{number}'))\n"
                         "        except OSError: pass\n    return links")
    opened = answers.opened()
    assert opened.count("/dev/null") == 3
    assert len(opened) == 4 and opened[3].startswith("socket:")


def test_an_endless_loop_is_stopped_and_the_next_call_works(answers_of):
    answers = answers_of("def wait():\n    while True: pass\ndef fine(): return 1", seconds=0.5)
    answers.fine()
    pid = answers.workers.workers[False].process.pid
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match="did not return within 0.5 s"):
        answers.wait()
    assert time.monotonic() - begun < 5
    assert not _alive(pid)
    assert answers.fine() == 1


def test_signals_cannot_be_used_to_live_on(answers_of):
    text = ("import signal, time\ndef wait():\n    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):\n"
            "        signal.signal(number, signal.SIG_IGN)\n    time.sleep(1000)")
    answers = answers_of(text, seconds=0.5)
    with pytest.raises(NoAnswer, match="stopped"):
        answers.wait()


@pytest.mark.parametrize("walls", ["process", "sandbox"])
def test_children_of_an_answer_end_with_its_worker(answers_of, isolated, walls):
    isolated(walls)
    mark = f"{time.time_ns()}.25"
    text = ("import subprocess, sys\ndef spawn():\n"
            f"    subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(1000)  # {mark}'])\n    return 1")
    answers = answers_of(text)
    answers.spawn()
    assert _soon(lambda: _processes_with(mark))
    answers.workers.stop()
    assert _soon(lambda: not _processes_with(mark))


def _soon(condition) -> bool:
    deadline = time.monotonic() + 3
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def _processes_with(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in line:
            found.append(int(path.parent.name))
    return found


SLOW_FORKS = """
import os, time
mark = {mark!r}
kept = bytearray(b"x") * (300 * 2**20)  # its page tables are copied by every fork: that takes milliseconds
print("begun", flush=True)
for _ in range(40):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="families of processes are looked for in /proc")
def test_who_is_ended_while_it_starts_another_process_leaves_nobody():
    escaped = 0
    for number in range(10):
        mark = f"slow-forks-{os.getpid()}-{number}"
        first = subprocess.Popen([sys.executable, "-I", "-c", SLOW_FORKS.format(mark=mark)], stdout=subprocess.PIPE, start_new_session=True)
        first.stdout.readline()
        time.sleep(0.01 + 0.005 * number)
        memory_watch.end_family(first.pid)
        first.wait()
        first.stdout.close()
        left = _processes_with(mark)
        escaped += bool(left)
        for process in left:
            os.kill(process, signal.SIGKILL)
    assert escaped == 0, f"processes outlived their family in {escaped} of 10 tries"


def test_the_workers_folder_is_removed(answers_of, isolated):
    isolated("process")
    answers = answers_of("import os\ndef litter():\n    open('rubbish', 'w').write('x')\n    return os.getcwd()")
    folder = answers.litter()
    assert os.path.isdir(folder)
    answers.workers.stop()
    assert not os.path.exists(folder)


def test_a_worker_ends_when_the_grader_is_killed(lesson_1):
    script = ("from course import catalog\nfrom course.grading.answers import Answers\nfrom course.grading.lesson_workers import LessonWorkers\nfrom course.grading.submission import Source\n"
              "workers = LessonWorkers(catalog.lesson(1), [Source('exercise.py', 'def wait():\\n    while True: pass')])\n"
              "print(workers.start(keras=False).process.pid, flush=True)\nAnswers(workers, seconds=60).wait()")
    grader = subprocess.Popen([sys.executable, "-c", script], cwd=lesson_1.root, stdout=subprocess.PIPE, text=True)
    worker = int(grader.stdout.readline())
    time.sleep(0.5)
    assert _alive(worker)
    grader.kill()
    grader.wait()
    ended_by = time.monotonic() + 10
    while _alive(worker) and time.monotonic() < ended_by:
        time.sleep(0.1)
    assert not _alive(worker)


@pytest.mark.parametrize("ending, seen", [
    ("import os; os._exit(3)", "exit code 3"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    ("import sys; sys.exit(0)", "SystemExit"),
    ("raise KeyboardInterrupt", "KeyboardInterrupt"),
])
def test_an_answer_that_ends_python_is_named(answers_of, ending, seen):
    answers = answers_of(f"def end():\n    {ending}\ndef fine(): return 1")
    with pytest.raises(NoAnswer, match=seen):
        answers.end()
    assert answers.fine() == 1


def test_ten_megabytes_of_output_are_counted_and_not_kept(answers_of):
    answers = answers_of("def talk():\n    for _ in range(10):\n        print('x' * 10**6)\n    return 7")
    assert answers.talk() == 7
    assert answers.interactions[-1].printed_count > 10**7 and len(answers.interactions[-1].printed) <= 500


def test_writing_to_the_standard_descriptors_reaches_nobody(answers_of, capfd):
    answers = answers_of("import os\ndef talk():\n    os.write(1, b'forged'); os.write(2, b'forged')\n    return 1")
    assert answers.talk() == 1
    assert "forged" not in "".join(capfd.readouterr())


def test_garbage_on_the_socket_ends_the_worker_and_is_an_error(answers_of):
    text = ("import os, socket\ndef forge():\n    for number in range(3, 64):\n"
            "        try: os.write(number, b'\\xff' * 64)\n        except OSError: pass\n    return 1")
    answers = answers_of(text)
    with pytest.raises(NoAnswer, match="process that ran it ended"):
        answers.forge()


def test_one_broken_statement_does_not_hide_the_functions_around_it(answers_of):
    answers = answers_of("def first(): return 1\nimport no_such_module\ndef second(): return 2")
    assert (answers.first(), answers.second()) == (1, 2)
    assert "line 2: ModuleNotFoundError" in answers.workers.problems_in_words()[0]


def test_a_syntax_error_costs_its_own_cell_only(answers_of):
    answers = answers_of("# %% one\ndef first(): return 1\n# %% two\ndef second(: return 2\n# %% three\ndef third(): return 3")
    assert (answers.first(), answers.third()) == (1, 3)
    with pytest.raises(NoAnswer, match="line 4: SyntaxError"):
        answers.second()


def test_an_error_is_told_with_the_learners_own_lines_only(answers_of):
    answers = answers_of("import numpy as np\ndef add(a):\n    return a + np.zeros((2, 7))")
    with pytest.raises(NoAnswer) as caught:
        answers.add(np.zeros((3, 3)))
    assert "exercise.py, line 3, in add: return a + np.zeros((2, 7))" in str(caught.value)
    assert "worker.py" not in str(caught.value)


def test_keras_objects_stay_in_the_worker_and_answer_questions(answers_of):
    answers = answers_of("import keras\ndef double_units(model):\n    return keras.Sequential([model, keras.layers.Dense(2)])",
                         keras=True, seconds=60)
    weights = [np.full((3, 4), 0.5, np.float32), np.zeros(4, np.float32)]
    model = answers.build_model((3,), [("Dense", {"units": 4})], weights)
    assert model.kind == "model"
    np.testing.assert_array_equal(model.weights()[0], weights[0])
    np.testing.assert_allclose(model.predict(np.ones((2, 3), np.float32)), np.full((2, 4), 1.5))
    assert model.trainable()[0]["trainable"] is True
    larger = answers.double_units(model)
    description = larger.describe()
    assert [layer["class"] for layer in description["layers"]] == ["Sequential", "Dense"]
    assert description["trainable_parameters"] == 16 + 10


def test_models_are_built_from_models_and_count_what_goes_through(answers_of):
    answers = answers_of("def ask_twice(model, x):\n    model(x)\n    model.predict(x, verbose=0)\n    return model", keras=True, seconds=60)
    inner = answers.build_model((2,), [("CountExamples", {}), ("Dense", {"units": 3})], trainable=False)
    whole = answers.build_model((2,), [(inner, {}), ("Dense", {"units": 4})])
    about = whole.describe()
    assert (about["trainable_parameters"], about["frozen_parameters"]) == (16, 10)
    assert float(inner.weights()[0]) == 0, "building a model counts nothing"
    answers.ask_twice(whole, np.ones((5, 2), np.float32))
    assert float(inner.weights()[0]) == 10
    network = answers.build_model((32, 32, 3), [("MobileNet", {"alpha": 0.25, "input_shape": (32, 32, 3), "include_top": False, "weights": None})])
    assert network.describe()["output_shape"] == (None, 1, 1, 256)


def test_a_lesson_that_has_used_up_its_time_is_not_run_any_further(root, submit):
    from course.grading.session import LESSON_SECONDS, GradingSession, TaskMark
    from course.grading.submission import Submission

    lesson = catalog.lesson(1, root)
    mark = TaskMark(lesson, lesson.tasks[1], points=1, keras=False, seconds=5)
    session = GradingSession(root, Submission.at(submit()))
    try:
        assert session.answers_of_submission(mark).filter_response(np.ones((2, 2)), np.ones((2, 2))) == 4
        session.judge(mark, "a slow test", None, None, LESSON_SECONDS + 1)
        with pytest.raises(NoAnswer, match="the lesson's 180 s of computing are used up"):
            session.answers_of_submission(mark)
    finally:
        session.close()


def nearest_mean(train_images, train_labels, *, factor):
    """A function that tests bring along."""
    return float(factor * (train_images.mean() + train_labels.sum()))


def test_a_function_of_the_test_is_called_in_the_worker_and_remembers_its_calls(answers_of):
    answers = answers_of("def twice(train, images, labels):\n    first = train(images, labels)\n    images += 1\n"
                         "    return [first, train(images, train_labels=labels)]")
    train = answers.bring(nearest_mean, factor=2.0)
    assert answers.twice(train, np.zeros((2, 2)), np.array([1, 2])) == [6.0, 8.0]
    first, second = train.calls()
    assert first["args"][0].max() == 0 and second["args"][0].min() == 1  # copies, taken when it was called
    assert second["kwargs"]["train_labels"].tolist() == [1, 2]


def test_a_compiled_model_of_the_test_can_be_trained_measured_and_described(answers_of):
    answers = answers_of("def passed_on(model): return model", keras=True, seconds=60)
    model = answers.build_model((2,), [("Dense", {"units": 2, "activation": "softmax"})], [np.zeros((2, 2)), np.zeros(2)],
                                compile={"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})
    model = answers.passed_on(model)
    inputs, targets = np.array([[4.0, 0.0], [0.0, 4.0]] * 8, np.float32), np.array([0, 1] * 8)
    assert abs(model.evaluate(inputs, targets)["loss"] - np.log(2)) < 1e-5
    losses = model.fit(inputs, targets, epochs=2, batch_size=4)["loss"]
    assert len(losses) == 2 and losses[1] < losses[0]
    compiled = model.describe()["compiled"]
    assert compiled["optimizer"] == "SGD" and compiled["loss"] == "sparse_categorical_crossentropy"


def test_a_callback_of_an_answer_takes_part_in_the_training_of_the_tests_model(answers_of):
    answers = answers_of("import keras\ndef stop():\n    return keras.callbacks.EarlyStopping(monitor='val_loss', patience=1)",
                         keras=True, seconds=60)
    callback = answers.stop()
    assert callback.kind == "callback"
    model = answers.build_model((1,), [("Dense", {"units": 1})], [np.zeros((1, 1)), np.zeros(1)],
                                compile={"optimizer": "sgd", "loss": "mse"})
    ones = np.ones((4, 1), np.float32)
    losses = model.fit(ones, ones, epochs=5, validation=(ones, -ones), callbacks=[callback])
    assert len(losses["loss"]) == len(losses["val_loss"]) == 2  # validation only gets worse
    assert ", callbacks=[<callback>]" in answers.interactions[-1].in_words()


def test_a_model_that_was_never_compiled_says_so(answers_of):
    answers = answers_of("def passed_on(model): return model", keras=True, seconds=60)
    model = answers.build_model((2,), [("Dropout", {"rate": 0.5})])
    assert answers.passed_on(model).describe()["compiled"] is None
    zeros = np.ones((4, 2), np.float32)
    assert (model.predict(zeros) == 1).all() and set(np.unique(model.predict(zeros, training=True))) <= {0.0, 2.0}


def test_a_call_that_touches_numpys_shared_random_numbers_is_noted(answers_of):
    answers = answers_of("import numpy as np\ndef own(): return int(np.random.default_rng(0).integers(9))\n"
                         "def drawn(): return int(np.random.randint(9))\ndef seeded(): np.random.seed(0)")
    answers.own(), answers.drawn(), answers.seeded()
    assert [interaction.shared_random for interaction in answers.interactions] == [False, True, True]


def test_a_reply_to_a_question_not_yet_asked_is_not_taken_for_an_answer(answers_of):
    answers = answers_of("import os, socket\nfrom course.grading.protocol import send\ndef first():\n    for number in range(3, 64):\n"
                         "        try: send(socket.socket(fileno=os.dup(number)), {'status': 'ok', 'value': 'forged'})\n"
                         "        except OSError: pass\n    return 'own'\ndef second(): return 2")
    assert answers.first() == "forged"
    time.sleep(0.2)  # the worker's own reply is on its way
    with pytest.raises(NoAnswer, match="a reply before it was asked"):
        answers.second()
    assert answers.second() == 2


# Many calls in one request

def test_many_calls_give_what_one_call_after_the_other_gives(answers_of):
    text = "import numpy as np\nseen = []\ndef double(n, plus):\n    seen.append(n)\n    return 2 * n + plus\ndef drawn(n): return float(np.random.rand())\n"
    answers = answers_of(text)
    asked = _requests(answers)
    assert list(answers.each("double", [(n, 1) for n in range(40)])) == [2 * n + 1 for n in range(40)]
    assert [interaction.in_words() for interaction in answers.interactions[:2]] == ["double(0, 1)", "double(1, 1)"]
    assert [interaction.value for interaction in answers.interactions] == [2 * n + 1 for n in range(40)] and len(asked) == 1
    list(answers.each("drawn", [(1,), (2,)]))
    assert [interaction.shared_random for interaction in answers.interactions[-3:]] == [False, True, True]


def test_many_calls_end_at_the_one_that_fails_and_it_is_the_last_one_written_down(answers_of):
    answers = answers_of("def root(n):\n    if n < 0: raise ValueError('below 0')\n    return n ** 0.5\n")
    values = []
    with pytest.raises(NoAnswer, match="your code raised ValueError: below 0"):
        for value in answers.each("root", [(4.0,), (9.0,), (-1.0,), (16.0,)]):
            values.append(value)
    assert values == [2.0, 3.0]
    assert [interaction.in_words() for interaction in answers.interactions] == ["root(4.0)", "root(9.0)", "root(-1.0)"]
    assert answers.interactions[-1].failure and not any(interaction.failure for interaction in answers.interactions[:2])


def test_a_test_that_stops_looking_has_seen_no_later_call(answers_of):
    answers = answers_of("def same(n): return n")
    for value in answers.each("same", [(n,) for n in range(9)]):
        if value == 3:
            break
    assert [interaction.value for interaction in answers.interactions] == [0, 1, 2, 3]


def test_slow_calls_share_no_time_limit(answers_of):
    answers = answers_of("import time\ndef slow(n):\n    time.sleep(0.7)\n    return n\n", seconds=1.9)
    asked = _requests(answers)
    assert list(answers.each("slow", [(n,) for n in range(5)])) == list(range(5))  # 3.5 s together
    assert len(asked) == 3


def test_one_of_many_calls_that_hangs_is_stopped_in_time(answers_of):
    answers = answers_of("def wait(n):\n    while n: pass\n    return n\n", seconds=1.0)
    with pytest.raises(NoAnswer, match="did not return within 1 s"):
        list(answers.each("wait", [(0,), (1,), (2,)]))
    assert answers.wait(0) == 0


def test_values_that_are_too_large_only_together_all_arrive(answers_of):
    answers = answers_of("import numpy as np\ndef large(n): return np.full(5_000_000, n)\n")  # 40 MB each
    assert [int(value[-1]) for value in answers.each("large", [(1,), (2,), (3,)])] == [1, 2, 3]


@pytest.mark.parametrize("forged", ["[]", "[{'status': 'ok', 'value': 1}] * 9", "[{'status': 'ok'}]", "[1]", "{'status': 'ok', 'value': 1}",
                                    "[{'status': 'marvellous', 'value': 1}]"])
def test_a_forged_reply_to_many_calls_is_refused(answers_of, forged):
    answers = answers_of("import os, socket\nfrom course.grading.protocol import send\ndef first(n):\n    for number in range(3, 64):\n"
                         f"        try: send(socket.socket(fileno=os.dup(number)), {{'status': 'ok', 'value': {forged}}})\n"
                         "        except OSError: pass\n    return 'own'\n")
    with pytest.raises(NoAnswer, match="makes no sense"):
        list(answers.each("first", [(1,), (2,)]))


def _requests(answers) -> list[dict]:
    """What is asked of the worker from now on."""
    asked, ask = [], answers.workers.ask
    answers.workers.ask = lambda request, **how: asked.append(request) or ask(request, **how)
    return asked
