"""Grading tests of lesson 6. What is compared is a property or the definition, on inputs drawn anew."""

import math
from collections import Counter
from pathlib import Path

import numpy as np

from course.data.recorded_runs import read_runs
from course.grading.checks import Mismatch, assert_close, assert_equal, check, task
from course.grading.codec import Opaque
from course.grading.wording import value_in_words

LINES = ("loss", "accuracy", "val_loss", "val_accuracy")
UNSEEN = Path(__file__).resolve().parent / "data" / "lesson_06_unseen_runs.json"
DIAGNOSES = ("underfitting", "overfitting", "good fit", "diverging", "not learning")


# Task 6.1. The model is one layer with softmax, so that NumPy can say what must come out.


@task("6.1", points=1, keras=True, seconds=60, replay=False)
def test_both_lines_are_measured_at_the_end_of_each_epoch(submission, rng):
    training, validation, weights = _examples(rng, 40), _examples(rng, 30), _weights(rng)
    after = _descend(training, weights, steps=16)
    expected = _lines_of(after[1:5], training, validation)
    both = tuple(np.concatenate(parts) for parts in zip(training, validation))
    curves = _recorded(submission, _softmax_regression(submission, weights), training, validation, epochs=4, batch_size=128)
    shifted = _lines_of(after[:4], training, validation)
    _suspect(submission, curves, {
        "running_mean": shifted | {name: expected[name] for name in LINES[2:]},
        "measured_before_the_epoch": shifted,
        "validation_on_training_pictures": expected | {"val_loss": expected["loss"], "val_accuracy": expected["accuracy"]},
        "learned_from_validation_too": _lines_of(_descend(both, weights, steps=4)[1:], training, validation),
        "all_epochs_in_each": _lines_of(after[4:17:4], training, validation),
        "lines_exchanged": {name: expected[other] for name, other in zip(LINES, (*LINES[2:], *LINES[:2]))},
    })
    _compare(curves, expected)


@task("6.1", points=1, keras=True, seconds=60, replay=False)
def test_an_epoch_has_as_many_steps_as_there_are_batches(submission, rng):
    training = np.repeat(_examples(rng, 5)[0][4:], 12, axis=0), np.full(12, 1)  # all the same, so that the order does not matter
    validation, weights = _examples(rng, 20), _weights(rng)
    after = _descend(training, weights, steps=9)
    expected = _lines_of(after[3::3], training, validation)
    model = _softmax_regression(submission, weights)
    curves = _recorded(submission, model, training, validation, epochs=3, batch_size=5)
    means = [np.mean([_measure(after[step], *training)[0] for step in (*range(first, first + 3), first, first + 1)])
             for first in (0, 3, 6)]  # batches of 5, 5 and 2: close enough to recognise
    _suspect(submission, curves, {
        "batch_size_ignored": _lines_of(after[1:4], training, validation),
        "measured_before_the_epoch": _lines_of(after[:7:3], training, validation),
        "validation_on_training_pictures": expected | {"val_loss": expected["loss"], "val_accuracy": expected["accuracy"]},
        "lines_exchanged": {name: expected[other] for name, other in zip(LINES, (*LINES[2:], *LINES[:2]))},
    })
    if isinstance(curves.get("loss"), list) and len(curves["loss"]) == 3:
        submission.suspect("record_curves__running_mean", np.allclose(curves["loss"], means, rtol=0.2)
                           and np.allclose(curves["val_loss"], expected["val_loss"], rtol=1e-3))
    _compare(curves, expected)
    measured = model.evaluate(*validation)
    if not np.isclose(measured["loss"], expected["val_loss"][-1], rtol=1e-3):
        raise Mismatch(f"a model with a validation loss of {measured['loss']:.4g} afterwards",
                       f"the model that was handed over, trained: {expected['val_loss'][-1]:.4g}")


@task("6.1", points=1, keras=True, seconds=60, replay=False)
def test_dropout_is_switched_off_when_the_lines_are_measured(submission, rng):
    training, validation, weights = _examples(rng, 60), _examples(rng, 50), _weights(rng)
    expected = _lines_of([weights] * 3, training, validation)  # a learning rate of 0: nothing changes
    curves = _recorded(submission, _softmax_regression(submission, weights, dropout=0.5, learning_rate=0.0), training,
                       validation, epochs=3, batch_size=8)
    _suspect(submission, curves, {
        "validation_on_training_pictures": expected | {"val_loss": expected["loss"], "val_accuracy": expected["accuracy"]},
        "lines_exchanged": {name: expected[other] for name, other in zip(LINES, (*LINES[2:], *LINES[:2]))},
    })
    submission.suspect("record_curves__running_mean", len(curves.get("val_loss", ())) == 3
                       and np.allclose(curves["val_loss"], expected["val_loss"], rtol=1e-3)
                       and not np.allclose(curves["loss"], expected["loss"], rtol=1e-2))
    _compare(curves, expected)


RATE = 0.5


def _examples(rng, count):
    """Points in a plane, three classes around three centres, with much overlap."""
    labels = rng.integers(0, 3, count)
    labels[:3] = range(3)
    centres = np.array([[1.5, 0.0], [-1.0, 1.2], [-0.8, -1.3]])
    return (centres[labels] + rng.normal(scale=1.2, size=(count, 2))).astype(np.float32), labels


def _weights(rng):
    return [rng.normal(scale=0.7, size=(2, 3)).astype(np.float32), rng.normal(scale=0.3, size=3).astype(np.float32)]


def _softmax_regression(submission, weights, *, dropout=0.0, learning_rate=RATE):
    layers = [("Dropout", {"rate": dropout})] if dropout else []
    return submission.build_model((2,), [*layers, ("Dense", {"units": 3, "activation": "softmax"})], weights, compile={
        "optimizer": {"class_name": "SGD", "config": {"learning_rate": learning_rate}},
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})


def _shares(weights, inputs):
    scores = inputs.astype(float) @ weights[0] + weights[1]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _descend(examples, weights, *, steps):
    """Weights before the first step and after each step of gradient descent on all the examples."""
    inputs, labels = examples
    history = [[part.astype(float) for part in weights]]
    for _ in range(steps):
        error = (_shares(history[-1], inputs) - np.eye(3)[labels]) / len(labels)
        kernel, bias = history[-1]
        history.append([kernel - RATE * inputs.T @ error, bias - RATE * error.sum(axis=0)])
    return history


def _measure(weights, inputs, labels):
    shares = _shares(weights, inputs)
    return -np.log(shares[np.arange(len(labels)), labels]).mean(), (shares.argmax(axis=1) == labels).mean()


def _lines_of(states, training, validation):
    measured = np.array([[*_measure(state, *training), *_measure(state, *validation)] for state in states])
    return dict(zip(LINES, measured.T))


def _recorded(submission, model, training, validation, *, epochs, batch_size):
    """The four lines as lists of numbers; says what is wrong where they are something else."""
    curves = submission.record_curves(model, *training, *validation, epochs=epochs, batch_size=batch_size)
    submission.suspect("record_curves__history_object", getattr(curves, "kind", None) == "callback")
    keys = 'a dict with the keys "loss", "accuracy", "val_loss" and "val_accuracy"'
    check(isinstance(curves, dict), value_in_words(curves), keys)
    missing = [name for name in LINES if name not in curves]
    first = missing[0] if missing else ""
    check(not missing, f"a dict with the keys {sorted(map(str, curves))}", f'the key "{first}" as well')
    lines = {}
    for name in LINES:
        line = curves[name]
        numbers = isinstance(line, (list, tuple, np.ndarray)) and all(isinstance(value, (float, np.floating)) for value in line)
        check(numbers, f'{value_in_words(line)} as "{name}"', "a list of floats, one per epoch")
        lines[name] = [float(value) for value in line]
        check(len(line) == epochs, f'{len(line)} values as "{name}"', f"{epochs}, one for each epoch")
    return lines


def _suspect(submission, curves, explanations):
    for mistake, lines in explanations.items():
        submission.suspect(f"record_curves__{mistake}", all(np.allclose(curves[name], lines[name], rtol=1e-3) for name in LINES))


def _compare(curves, expected):
    for name in LINES:
        off = np.abs(np.array(curves[name]) - expected[name])
        # An example that lies between two classes may fall to either side: accuracy is allowed one of them.
        if not (off <= (0.06 if "accuracy" in name else 2e-3 * np.abs(expected[name]) + 1e-5)).all():
            raise Mismatch(f'"{name}" is {_rounded(curves[name])}',
                           f"{_rounded(expected[name])}, measured at the end of each epoch")


def _rounded(values):
    return "[" + ", ".join(f"{value:.4g}" for value in values) + "]"


# Task 6.2


def _expect_each(function, cases, compare):
    """All cases are asked for before any is compared, as one case alone often has several explanations.

    The first that fails is asked for once more: the message shows the last call.
    """
    for case, answer, right in [(case, function(*case), right) for case, right in cases]:
        try:
            compare(answer, right)
        except Mismatch:
            function(*case)
            raise


@task("6.2", points=1)
def test_the_first_values_are_not_pulled_towards_zero(submission, rng):
    level = float(rng.uniform(1, 9))
    cases = [([2.0, 4.0], 0.5), ([level] * 6, 0.9), (rng.uniform(0.1, 3.0, size=4).tolist(), 0.8)]
    expected = [np.array([2.0, 10 / 3]), np.full(6, level), _weighted_means(*cases[2])]
    _expect_each(submission.smooth, zip(cases, expected, strict=True), assert_close)


@task("6.2", points=1)
def test_each_value_is_the_weighted_mean_of_all_values_so_far(submission, rng):
    cases = [(rng.uniform(0.1, 3.0, size=9), weight) for weight in (0.6, float(rng.uniform(0.75, 0.97)), 0.0)]
    _expect_each(submission.smooth, [(case, _weighted_means(*case)) for case in cases], assert_close)


def _weighted_means(values, weight):
    shares = [float(weight) ** np.arange(count)[::-1] for count in range(1, len(values) + 1)]
    return np.array([np.average(values[: len(own)], weights=own) for own in shares])


# Task 6.3


@task("6.3", points=1)
def test_the_gap_is_read_where_validation_is_best(submission, rng):
    below = {"loss": [0.9, 0.7, 0.6], "accuracy": [0.5, 0.6, 0.7], "val_loss": [0.8, 0.5, 0.4], "val_accuracy": [0.6, 0.7, 0.9]}
    by_hand = {"loss": [1.0, 0.5, 0.1], "accuracy": [0.5, 0.8, 0.9], "val_loss": [1.1, 0.7, 0.9], "val_accuracy": [0.5, 0.7, 0.6]}
    places = 4, 1, 6
    cases = [by_hand, *(_falling_and_rising(rng, place) for place in places), below]
    _expect_gaps(submission, cases, (1, *places, 2))


@task("6.3", points=1)
def test_epochs_without_a_number_are_left_out(submission, rng):
    cases = [_falling_and_rising(rng, 5) for _ in range(2)]
    cases[0]["val_loss"][int(rng.integers(0, 3))] = math.nan
    cases[1]["val_loss"][6] = math.nan
    _expect_gaps(submission, cases, (5, 5))


def _expect_gaps(submission, cases, places):
    right = [curves["val_loss"][place] - curves["loss"][place] for curves, place in zip(cases, places, strict=True)]
    _expect_each(submission.generalization_gap, zip([(curves,) for curves in cases], right, strict=True), assert_close)


def _falling_and_rising(rng, position):
    """Nine epochs; validation is best at `position`, the training loss falls on with a last small rise."""
    steps = rng.uniform(0.05, 0.2, size=9)
    validation = 0.5 + np.abs(np.arange(9) - position) * steps[0] + 0.3 * steps
    validation[position] = 0.4
    training = np.sort(rng.uniform(0.05, 0.9, size=9))[::-1].copy()
    training[[7, 8]] = training[[8, 7]]
    accuracy = np.sort(rng.uniform(0.3, 0.99, size=9))
    return {"loss": training.tolist(), "accuracy": accuracy.tolist(), "val_loss": validation.tolist(),
            "val_accuracy": rng.permutation(accuracy * 0.9).tolist()}


# Task 6.4


@task("6.4", points=2)
def test_it_keeps_and_stops_where_keras_does(submission, reference, rng):
    cases = [([0.9, 0.5, 0.6, 0.7, 0.4], 2), ([0.9, 0.8, 0.85, 0.7, 0.75, 0.74, 0.6], 3), ([0.5, 0.6, 0.7, 0.8], 4),
             ([0.5, 0.5, 0.4, 0.4, 0.4, 0.3], 2), ([0.7], 1)]
    expected = [(1, 3), (6, 6), (0, 3), (2, 4), (0, 0)]
    for _ in range(6):
        losses = (0.5 + np.abs(rng.normal(size=14)).cumsum()[::-1] * 0.02 + rng.normal(scale=0.08, size=14)).round(3).tolist()
        cases.append((losses, int(rng.integers(1, 5))))
        expected.append(tuple(reference.best_epoch(*cases[-1])))

    def compare(answer, right):
        plain = isinstance(answer, (tuple, list)) and len(answer) == 2 and all(isinstance(part, (int, np.integer)) for part in answer)
        submission.suspect("best_epoch__lowest_of_all", plain and right == (1, 3) and answer[0] == 4 <= answer[1] - 1)
        assert_equal(answer, right)

    _expect_each(submission.best_epoch, zip(cases, expected, strict=True), compare)


@task("6.4", points=1)
def test_small_improvements_do_not_count_unless_they_add_up(submission, reference, rng):
    creeping = (1.0 - 0.04 * np.arange(8)).round(3).tolist()
    cases = [(creeping, 3, 0.1), (creeping, 2, 0.1), ([1.0, 0.95, 0.97, 0.98, 0.99, 0.5], 2, 0.1), ([0.5, 0.7, 0.9, 0.3], 2, 0.1)]
    expected = [(6, 7), (0, 2), (0, 2), (0, 2)]
    for _ in range(4):
        losses = (1.0 - 0.03 * np.arange(12) + rng.normal(scale=0.03, size=12)).round(3).tolist()
        cases.append((losses, 3, 0.0705))
        expected.append(tuple(reference.best_epoch(*cases[-1])))
    _expect_each(submission.best_epoch, zip(cases, expected, strict=True), assert_equal)


@task("6.4", points=1)
def test_a_value_that_is_no_number_is_never_an_improvement(submission, rng):
    nan = math.nan
    cases = [([0.9, nan, 0.8, nan, nan, 0.7], 2), ([0.9, 0.7, nan, nan, nan, nan], 3), ([nan, 0.5, 0.4], 5),
             ([0.6, 0.5, 0.7, 0.7], 0)]
    expected = [(2, 4), (1, 4), (0, 2), (1, 2)]
    for (losses, patience), (best, stop) in zip(cases[:2], expected[:2], strict=True):  # the same, after a fall of any length
        fall = np.sort(rng.uniform(1.0, 2.0, size=rng.integers(1, 6)).round(3))[::-1].tolist()
        cases.append((fall + losses, patience))
        expected.append((best + len(fall), stop + len(fall)))
    _expect_each(submission.best_epoch, zip(cases, expected, strict=True), assert_equal)


# Task 6.5


@task("6.5", points=2)
def test_one_clear_case_of_each_kind_with_any_number_of_classes(submission, rng):
    cases = [(str(diagnosis), classes, _clear_case(str(diagnosis), classes, rng, ending))
             for classes, ending in ((int(rng.integers(30, 101)), math.nan), (2, math.inf), (10, None))
             for diagnosis in rng.permutation(DIAGNOSES)]

    def compare(answer, right):
        diagnosis, words = right
        _check_is_diagnosis(answer)
        check(answer == diagnosis, f"“{answer}” for {words}", f"“{diagnosis}”")

    _expect_each(submission.diagnose, [((curves, classes), (diagnosis, _in_words(curves, classes)))
                                       for diagnosis, classes, curves in cases], compare)


@task("6.5", points=2)
def test_nine_of_ten_real_runs_that_nobody_has_seen(submission, rng):
    wrong, example = Counter(), ""
    runs = _drawn(read_runs(UNSEEN), rng)
    told = [_retold(run.curves, rng) for run in runs]
    answers = [submission.diagnose(curves, run.classes) for curves, run in zip(told, runs, strict=True)]
    for answer, curves, run in zip(answers, told, runs, strict=True):
        _check_is_diagnosis(answer)
        if answer != run.diagnosis:
            wrong[f"“{answer}” where it is “{run.diagnosis}”"] += 1
            example = example or (f"\n           for example {_in_words(curves, run.classes)}: "
                                  f"“{answer}” where it is “{run.diagnosis}”")
    asked, right = len(runs), len(runs) - wrong.total()
    if right < 0.9 * asked:
        (most, times), = wrong.most_common(1)
        raise Mismatch(f"{right} of {asked} right; the most frequent mistake is {most} ({times} times){example}",
                       f"at least {math.ceil(0.9 * asked)} of {asked} right")


PER_DIAGNOSIS = 6


def _drawn(runs, rng):
    """As many runs of each diagnosis, in a random order."""
    chosen = []
    for diagnosis in DIAGNOSES:
        own = [run for run in runs if run.diagnosis == diagnosis]
        chosen += [own[place] for place in rng.permutation(len(own))[:PER_DIAGNOSIS]]
    return [chosen[place] for place in rng.permutation(len(chosen))]


def _retold(curves, rng):
    """The same story in other numbers: losses up to 2 % larger or smaller, and perhaps only every second epoch."""
    factor = rng.uniform(0.98, 1.02)
    every = int(rng.integers(1, 3)) if len(curves["loss"]) >= 16 else 1
    return {name: [value * (1 if "accuracy" in name else factor) for value in values[::-1][::every][::-1]]
            for name, values in curves.items()}


def _clear_case(diagnosis, classes, rng, ending):
    """A made-up run as it stands in a textbook. A diverging one ends with `ending`, if there is any."""
    epochs = np.arange(16)
    wiggle = 1 + rng.normal(scale=0.004, size=(2, 16))
    fall = np.exp(-epochs / rng.uniform(2.0, 3.0))
    match diagnosis:
        case "diverging":
            training = 1.5 ** (epochs + 1.0)
            validation, right = training * 1.02, (np.full(16, 1 / classes), np.full(16, 1 / classes))
            training[13:] = training[13:] if ending is None else ending
        case "not learning":
            training, validation, right = np.ones(16), np.ones(16) * 1.01, (np.full(16, 1 / classes), np.full(16, 1 / classes))
        case "underfitting":
            training, validation = 0.6 + 0.4 * fall, 0.585 + 0.4 * fall
            right = 1 / classes + 0.25 * (1 - fall), 1 / classes + 0.24 * (1 - fall)
        case "good fit":
            training, validation, right = 0.03 + 0.9 * fall, 0.06 + 0.9 * fall, (0.99 - 0.4 * fall, 0.97 - 0.4 * fall)
        case _:
            training, validation = 0.01 + 0.9 * fall, 0.2 + 0.7 * fall + 0.04 * epochs
            right = 1.0 - 0.4 * fall, 0.75 - 0.2 * fall
    losses = np.array([training, validation]) * wiggle * np.log(classes)
    if diagnosis == "good fit":  # as in nearly every real run, the last value is not the very lowest
        losses[1, -1] = losses[1, :-1].min() * (1 + rng.uniform(0.03, 0.06))
    return dict(zip(LINES, (losses[0].tolist(), right[0].tolist(), losses[1].tolist(), right[1].tolist())))


def _check_is_diagnosis(answer):
    known = ", ".join(f'"{diagnosis}"' for diagnosis in DIAGNOSES)
    check(isinstance(answer, str) and answer in DIAGNOSES, value_in_words(answer), f"one of {known}")


def _in_words(curves, classes):
    training, validation = curves["loss"], curves["val_loss"]
    lowest = min((value for value in validation if not math.isnan(value)), default=math.nan)
    return (f"{classes} classes (ln {np.log(classes):.2f}), training loss from {training[0]:.2f} to {training[-1]:.2f}, "
            f"validation loss lowest {lowest:.2f}, at the end {validation[-1]:.2f}")


# Task 6.6. The limits are calibrated in calibration/lesson_06_learning_curves_task_6*.json.


@task("6.6", points=2, keras=True, seconds=60, replay=False)
def test_the_larger_model_learns_what_two_neurons_cannot(submission, rng):
    images, labels = _digits(rng, 600)
    model = submission.larger_model(784, 10)
    compiled = _expect_classifier(submission, model, "larger_model")
    description = model.describe()
    weights = description["trainable_parameters"]
    accuracy = _accuracy(_trained(model, images, labels, epochs=12, batch_size=32, seed=int(rng.integers(1000)))(images), labels)
    low = not accuracy >= 0.9
    submission.suspect("larger_model__only_deeper", low and weights < 5_000 and len(description["layers"]) > 2)
    submission.suspect("larger_model__larger_steps_instead", low and weights < 5_000 and compiled["learning_rate"] > 0.0031)
    submission.suspect("larger_model__a_little_larger", low and weights < 5_000)
    check(accuracy >= 0.9, f"a model with {weights:,} weights that gets {accuracy:.0%} of its 600 training digits right",
          "at least 90%: room enough for ten digits, and steps that get there in 12 epochs")


@task("6.6", points=2, keras=True, seconds=60, replay=False)
def test_the_regularized_model_does_not_learn_wrong_labels_by_heart(submission, rng):
    images, labels = _digits(rng, 520)
    training, validation = images[:120], images[120:]
    noisy = labels[:120].copy()
    wrong = rng.permutation(120)[:24]
    noisy[wrong] = (noisy[wrong] + rng.integers(1, 10, 24)) % 10
    model = submission.regularized_model(784, 10)
    compiled = _expect_classifier(submission, model, "regularized_model")
    description = model.describe()
    widths = [layer["weights"][0][1] for layer in description["layers"] if layer["class"] == "Dense"]
    last = description["layers"][-1]["class"]
    submission.suspect("regularized_model__dropout_after_softmax", last == "Dropout")
    check(last != "Dropout", "a model whose last layer is Dropout", "one whose last layer is the softmax")
    submission.suspect("regularized_model__smaller_instead", widths and max(widths[:-1], default=0) < 128)
    check(max(widths[:-1], default=0) >= 128, f"dense layers of {' and '.join(map(str, widths))} units",
          "a hidden layer of at least 128 units, so that the penalty or the dropout has to help")
    predict = _trained(model, training, noisy, epochs=40, batch_size=10, seed=int(rng.integers(1000)))
    shares = predict(validation)
    accuracy = _accuracy(shares, labels[120:])
    known_by_heart = _accuracy(predict(training)[wrong], noisy[wrong])
    by_heart, held_down = not known_by_heart <= 0.8, _is_held_down(description)
    submission.suspect("regularized_model__penalty_far_too_strong", accuracy < 0.65 and not by_heart and held_down)
    submission.suspect("regularized_model__nothing_added", by_heart and not held_down)
    submission.suspect("regularized_model__dropout_far_too_weak", by_heart and held_down)
    check(known_by_heart <= 0.8, f"a model that has learned {known_by_heart:.0%} of the wrong labels by heart",
          "at most 80% of them (without dropout or penalty it is nearly all); make memorising more expensive")
    check(accuracy >= 0.65, f"a model that gets {accuracy:.0%} of the validation digits right", "at least 65%: a weaker penalty")


def _digits(rng, count):
    """Digits in a random order, in rows of 784 numbers from 0 to 1."""
    from course.data.digits import bundled_digits

    digits = bundled_digits()
    images = np.concatenate([digits.train_images, digits.test_images]).reshape(-1, 784) / np.float32(255)
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    chosen = rng.permutation(len(labels))[:count]
    return images[chosen], labels[chosen]


def _expect_classifier(submission, model, function):
    """How the model is compiled; says what is wrong where it is no model for ten digits."""
    said = _object_in_words(model)
    check(getattr(model, "kind", None) == "model", said, "a keras.Model")
    description = model.describe()
    shapes = description["input_shape"], description["output_shape"]
    check(shapes == ((None, 784), (None, 10)), f"a model from {shapes[0]} to {shapes[1]}", "one from (None, 784) to (None, 10)")
    compiled = description["compiled"]
    submission.suspect(f"{function}__not_compiled", compiled is None)
    check(compiled is not None, "a model that is not compiled", "a compiled one: model.compile(optimizer=…, loss=…, metrics=…)")
    one_hot = ("categorical_crossentropy", "CategoricalCrossentropy")
    submission.suspect(f"{function}__loss_for_one_hot_labels", compiled["loss"] in one_hot)
    sparse = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
    check(compiled["loss"] in sparse, f"the loss {compiled['loss']}", f"{sparse[0]}, for labels that are whole numbers")
    shares = model.predict(np.full((1, 784), 0.5, np.float32))
    sums_to_one = np.allclose(np.sum(shares), 1, atol=1e-3) and np.min(shares) >= 0
    submission.suspect(f"{function}__no_softmax", not sums_to_one)
    check(sums_to_one, f"ten answers that add up to {np.sum(shares):.2f}", "ten shares that add up to 1: softmax at the end")
    from_logits = compiled["loss_config"].get("from_logits")
    check(not from_logits, "a loss with from_logits=True over a softmax", "a loss that expects shares")
    return compiled


def _is_held_down(description):
    """Whether there is dropout or a penalty on weights. A regularizer is no plain value, and left out of a description."""
    return any("Dropout" in layer["class"] or layer["class"] == "Dense" and "kernel_regularizer" not in layer["config"]
               for layer in description["layers"])


def _object_in_words(answer):
    if isinstance(answer, Opaque) and answer.type_name == "type":
        return "a class, and nothing made from it; it has to be called: the parentheses are missing"
    return value_in_words(getattr(answer, "reference", answer)) + ("; does the function end with return?" if answer is None else "")


def _trained(model, images, labels, **settings):
    model.fit(images, labels, **settings)
    return lambda inputs: np.asarray(model.predict(inputs), dtype=float)


def _accuracy(shares, labels):
    return float((shares.argmax(axis=1) == labels).mean())


# Task 6.7. Full-batch steps with momentum: NumPy knows the whole story beforehand.


@task("6.7", points=2, keras=True, seconds=60, replay=False)
def test_it_stops_after_the_turn_and_goes_back(submission, rng):
    _expect_early_stopping(submission, rng, must_stop=True)


@task("6.7", points=1, keras=True, seconds=60, replay=False)
def test_it_goes_back_to_the_best_weights_when_the_epochs_run_out(submission, rng):
    _expect_early_stopping(submission, rng, must_stop=False)


EPOCHS = 18


def _expect_early_stopping(submission, rng, *, must_stop):
    training, validation, weights, patience, story = _story_that_turns(rng, must_stop)
    callback = submission.early_stopping(patience)
    said = _object_in_words(callback)
    check(getattr(callback, "kind", None) == "callback", said, "a Keras callback")
    model = submission.build_model((2,), [("Dense", {"units": 3, "activation": "softmax"})], weights, compile={
        "optimizer": {"class_name": "SGD", "config": {"learning_rate": RATE, "momentum": MOMENTUM}},
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})
    history = model.fit(*training, epochs=EPOCHS, batch_size=64, validation=validation, callbacks=[callback])
    trained, restored = len(history["loss"]), model.evaluate(*validation)["loss"]
    for mistake, outcome in _outcomes_of_mistakes(story, patience).items():  # they are told apart where training must stop
        same = must_stop and trained == outcome[1] + 1 and np.isclose(restored, outcome[2], rtol=1e-3)
        submission.suspect(f"early_stopping__{mistake}", same)
    best, last = _keep_and_stop(story["val_loss"], patience)
    losses = _rounded(story["val_loss"][: trained + 1])
    check(trained == last + 1, f"{trained} epochs of training, with a patience of {patience} and the validation losses {losses}",
          f"{last + 1} epochs" + ("" if must_stop else ": all of them, as the patience was not used up"))
    best_loss = story["val_loss"][best]
    check(np.isclose(restored, best_loss, rtol=1e-3), f"a model with a validation loss of {restored:.4f} after training",
          f"{best_loss:.4f}, the lowest of {losses}")


MOMENTUM = 0.8


def _story_that_turns(rng, must_stop):
    """A small training part, a large validation part, and the lines that training on the one will draw."""
    for _ in range(4000):
        training, validation, weights = _examples(rng, 9), _examples(rng, 90), _weights(rng)
        states = _descend_with_momentum(training, weights, steps=EPOCHS)
        story = {name: line.tolist() for name, line in _lines_of(states, training, validation).items()}
        story["reported"] = [float(_measure(weights, *training)[0]), *story["loss"][:-1]]  # Keras measures before the step
        for patience in rng.permutation([2, 3, 4] if must_stop else [8, 9, 10]).tolist():
            if _tells_mistakes_apart(story, patience, must_stop):
                return training, validation, weights, patience, story
    raise RuntimeError("no story was found; the search is too narrow")


def _descend_with_momentum(examples, weights, *, steps):
    """Weights after each step, as Keras's SGD with momentum takes it."""
    inputs, labels = examples
    kernel, bias = (part.astype(float) for part in weights)
    speed, states = [0.0, 0.0], []
    for _ in range(steps):
        error = (_shares([kernel, bias], inputs) - np.eye(3)[labels]) / len(labels)
        slopes = inputs.T @ error, error.sum(axis=0)
        speed = [MOMENTUM * one - RATE * slope for one, slope in zip(speed, slopes)]
        kernel, bias = kernel + speed[0], bias + speed[1]
        states.append([kernel, bias])
    return states


def _keep_and_stop(values, patience):
    best = 0
    for epoch in range(1, len(values)):
        if values[epoch] < values[best]:
            best = epoch
        elif epoch - best >= patience:
            return best, epoch
    return best, len(values) - 1


def _tells_mistakes_apart(story, patience, must_stop):
    losses = story["val_loss"]
    best, last = _keep_and_stop(losses, patience)
    bumpy = not must_stop or any(later > earlier for earlier, later in zip(losses, losses[1 : best + 1]))
    stops = last < EPOCHS - 3 if must_stop else last == EPOCHS - 1
    if not (stops and bumpy and best >= 2 and losses[last] > 1.02 * losses[best] and _no_close_call(losses)
            and _no_close_call(story["reported"])):
        return False
    outcomes = [(best, last, losses[best]), *_outcomes_of_mistakes(story, patience, all_of_them=must_stop).values()]
    return all(one[1] != other[1] or abs(one[2] / other[2] - 1) > 0.005
               for place, one in enumerate(outcomes) for other in outcomes[:place])


def _no_close_call(values):
    """No value is so close to the lowest before it that Keras's shorter numbers could decide otherwise."""
    lowest = np.minimum.accumulate(values)[:-1]
    return np.all(np.abs(np.array(values[1:]) / lowest - 1) > 1e-4)


def _outcomes_of_mistakes(story, patience, *, all_of_them=True):
    """Per mistake: best epoch, last epoch, and the validation loss in the end."""
    validation = story["val_loss"]
    best, last = _keep_and_stop(validation, patience)

    def of(values, patience=patience):
        kept, stopped = _keep_and_stop(values, patience)
        return kept, stopped, validation[kept]

    never = int(np.argmin(validation)), EPOCHS - 1, validation[-1]
    outcomes = {"does_not_go_back": (best, last, validation[last])}
    if all_of_them:
        outcomes |= {
            "watches_the_training_loss": of(story["reported"]),
            "neither_stops_nor_goes_back": never,
            "watches_the_accuracy": of([-value for value in story["val_accuracy"]]),
            "takes_larger_for_better": of([-value for value in validation]),
            "patience_ignored": of(validation, 1),
            "never_stops": (never[0], never[1], min(validation)),
        }
    return outcomes
