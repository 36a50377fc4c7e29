"""Grading tests of lesson 2. What is compared is a property or the definition, on inputs drawn anew."""

import numpy as np

from course.data.digits import bundled_digits
from course.grading.checks import Mismatch, assert_close, assert_equal, assert_raises, check, task
from course.grading.lesson_workers import NoAnswer
from course.grading.wording import value_in_words

# Task 2.1


@task("2.1", points=1)
def test_pictures_become_rows_of_numbers_between_0_and_1(submission, rng):
    images = rng.integers(0, 256, (3, 4, 6), dtype=np.uint8)
    expected = np.array([[pixel / 255 for row in image for pixel in row] for image in images.tolist()])
    assert_close(submission.prepare_images(images), expected, dtype=np.float32)
    by_hand = np.array([[[0, 255], [51, 0]]], np.uint8)
    assert_close(submission.prepare_images(by_hand), np.array([[0.0, 1.0, 0.2, 0.0]]), dtype=np.float32)


@task("2.1", points=1)
def test_all_pictures_share_one_scale_and_none_is_prepared_twice(submission, rng):
    images = rng.integers(0, 256, (4, 5, 5)) * np.array([0.8, 0.5, 0.2, 0.0])[:, None, None]
    images = images.astype(np.uint8)
    assert_close(submission.prepare_images(images), images.reshape(4, 25) / 255.0, dtype=np.float32)
    assert_raises("ValueError", submission.prepare_images, rng.random((2, 28, 28)).astype(np.float32))


# Task 2.2. Fresh networks have random weights, so no two answers are alike: mistakes are told by their evidence.


@task("2.2", points=1, keras=True, seconds=30, replay=False)
def test_the_network_has_the_right_layers_and_functions(submission, rng):
    hidden = int(rng.integers(5, 20))
    model = submission.build_mlp(hidden)
    weights = _expect_mlp(submission, model, hidden)
    _expect_answers(submission, model, weights, rng)


@task("2.2", points=1, keras=True, seconds=30, replay=False)
def test_the_loss_fits_the_answers_and_the_labels(submission, rng):
    model = submission.build_mlp(8)
    weights = _expect_mlp(submission, model, 8)
    _expect_loss(submission, model, weights, rng)


@task("2.2", points=1, keras=True, seconds=30, replay=False)
def test_the_optimizer_is_adam_and_each_network_starts_anew(submission):
    first, second = submission.build_mlp(6), submission.build_mlp(6)
    weights, other_weights = _expect_mlp(submission, first, 6), _expect_mlp(submission, second, 6)
    for layer, kernel in (("hidden", weights[0]), ("output", weights[2])):
        submission.suspect("build_mlp__starts_with_zeros", not kernel.any())
        check(np.std(kernel) > 0, f"a network whose {layer} weights all start as {kernel.flat[0]:g}",
              "weights that start as different random numbers")
    same = np.array_equal(weights[0], other_weights[0])
    submission.suspect("build_mlp__same_start_every_time", same)
    check(not same, "two networks that start with exactly the same weights", "a start of its own for each network")
    _expect_adam(submission, first)


def _expect_mlp(submission, model, hidden: int) -> list:
    """The four arrays of weights, after everything that would make them unreadable has been refused."""
    _expect_model(model)
    described = model.describe()
    submission.suspect("build_mlp__expects_squares", described["input_shape"] == (None, 28, 28))
    for count, mistake in ((1, "one_output"), (9, "nine_outputs")):
        submission.suspect(f"build_mlp__{mistake}", described["output_shape"] == (None, count))
    check(described["input_shape"] is not None, "a model that does not know its input yet",
          "one that begins with keras.Input((784,))")
    for what, shape, size in (("takes", described["input_shape"], 784), ("answers with", described["output_shape"], 10)):
        fits = isinstance(shape, tuple) and tuple(shape) == (None, size)
        check(fits, f"a model that {what} arrays of shape {_shape(shape)}", f"{_shape((None, size))}")
    weights = model.weights()
    expected = [(784, hidden), (hidden,), (hidden, 10), (10,)]
    shapes = [weight.shape for weight in weights]
    submission.suspect("build_mlp__always_thirty", shapes[:1] == [(784, 30)] and hidden != 30)
    check(shapes == expected, f"a model with weights of the shapes {_shapes(shapes)}",
          f"{_shapes(expected)} for {hidden} hidden neurons: weights and biases of two dense layers")
    return weights


def _expect_model(model) -> None:
    if getattr(model, "kind", None) == "model":
        return
    said = "None; does the function end with return?" if model is None else value_in_words(model)
    if getattr(model, "kind", None) == "layer":
        said = "a Keras layer; put it into a keras.Sequential with an Input"
    check(False, said, "a keras.Model")


def _expect_answers(submission, model, weights, rng) -> None:
    """Sigmoid in the hidden layer, softmax at the output; which functions are there instead?"""
    images = rng.random((6, 784)).astype(np.float32)
    answers, expected = model.predict(images), _answers(weights, images)
    for mistake, functions in (("no_softmax", ("sigmoid", None)), ("sigmoid_at_the_output", ("sigmoid", "sigmoid")),
                               ("hidden_layer_without_function", (None, "softmax")),
                               ("relu_in_the_hidden_layer", ("relu", "softmax")),
                               ("softmax_in_the_hidden_layer", ("softmax", "softmax"))):
        imitated = _near(answers, _answers(weights, images, *functions))
        submission.suspect(f"build_mlp__{mistake}", imitated and not _near(answers, expected))
    submission.suspect("build_smooth_mlp__another_activation", not _near(answers, expected))
    assert_close(answers, expected, rtol=1e-4, atol=1e-5)


def _expect_loss(submission, model, weights, rng, penalty: float = 0.0) -> None:
    """The compiled loss is the mean of −log(share of the right digit), plus a penalty; accuracy is measured."""
    compiled = _expect_compiled(submission, model)
    for mistake, names in (("loss_for_rows_of_ten", ("categorical_crossentropy", "CategoricalCrossentropy")),
                           ("squared_error", ("mse", "mean_squared_error", "MeanSquaredError"))):
        submission.suspect(f"build_mlp__{mistake}", compiled["loss"] in names)
    logits = bool(compiled["loss_config"].get("from_logits"))
    submission.suspect("build_mlp__logits_said_over_a_softmax", logits)
    check(not logits, "a loss with from_logits=True over a softmax", "a loss that takes the answers for the shares that they are")
    images, labels = rng.random((40, 784)).astype(np.float32), rng.integers(0, 10, 40)
    measured = model.evaluate(images, labels)
    shares = _answers(weights, images)
    loss = _cross_entropy(shares, labels) + penalty
    if not np.isclose(measured["loss"], loss, rtol=1e-3):
        added = " plus the penalty" if penalty else ""
        raise Mismatch(f"a loss of {measured['loss']:.4f} on 40 random pictures",
                       f"{loss:.4f}, the mean of -log(share of the right digit){added}", actual=measured["loss"], rtol=1e-3)
    accuracy = np.mean(shares.argmax(axis=1) == labels)
    found = measured.get("accuracy")
    submission.suspect("build_mlp__accuracy_not_measured", list(measured) == ["loss"])
    check(found is not None, f"a model that measures {', '.join(measured)}", 'also "accuracy": metrics=["accuracy"]')
    check(abs(found - accuracy) < 0.03, f"an accuracy of {found:.3f}", f"{accuracy:.3f}, the share of right answers")


def _expect_compiled(submission, model) -> dict:
    compiled = model.describe()["compiled"]
    submission.suspect("build_mlp__not_compiled", not compiled)
    check(compiled, "a model that is not compiled", "one that is: model.compile(optimizer=…, loss=…, metrics=[…])")
    return compiled


def _expect_adam(submission, model) -> None:
    compiled = _expect_compiled(submission, model)
    rate = compiled["learning_rate"]
    submission.suspect("build_mlp__plain_gradient_descent", compiled["optimizer"] == "SGD")
    check(compiled["optimizer"] == "Adam", f"the optimizer {compiled['optimizer']}", "Adam")
    submission.suspect("build_mlp__usual_learning_rate", np.isclose(rate, 0.001, rtol=1e-3))
    check(np.isclose(rate, 0.005, rtol=1e-3), f"Adam with a learning rate of {rate:g}", "0.005: keras.optimizers.Adam(0.005)")


def _answers(weights, images, hidden="sigmoid", output="softmax") -> np.ndarray:
    """What a network with these weights answers."""
    hidden_weights, hidden_biases, output_weights, output_biases = (np.asarray(weight, np.float64) for weight in weights)
    calls = FUNCTIONS[hidden](images @ hidden_weights + hidden_biases)
    return FUNCTIONS[output](calls @ output_weights + output_biases)


def _softmax(sums) -> np.ndarray:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


FUNCTIONS = {None: lambda sums: sums, "relu": lambda sums: np.maximum(sums, 0),
             "sigmoid": lambda sums: 1 / (1 + np.exp(-sums)), "softmax": _softmax}


def _cross_entropy(shares, labels) -> float:
    return float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))


def _near(answers, expected) -> bool:
    return isinstance(answers, np.ndarray) and answers.shape == expected.shape and np.allclose(answers, expected, rtol=1e-3, atol=1e-5)


def _shape(shape) -> str:
    if not isinstance(shape, tuple):
        return str(shape)
    return "(" + ", ".join("any" if size is None else str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"


def _shapes(shapes) -> str:
    return ", ".join(_shape(tuple(shape)) for shape in shapes)


# Task 2.3. The accuracy asked for is calibrated in calibration/lesson_02_mlp_on_mnist_task_3.json.


@task("2.3", points=1, keras=True, seconds=60, replay=False)
def test_training_uses_all_pictures_as_they_are_given(submission, rng):
    images, labels = rng.random((60, 16)).astype(np.float32), rng.integers(0, 10, 60)
    start = _small_weights(rng)
    model = _small_model(submission, start, "sgd")
    history = _train(submission, model, images, labels, epochs=3, batch_size=60)
    _expect_history(submission, history, epochs=3)
    trained = model.weights()
    expected, losses = _gradient_descent(start, images, labels, steps=3)
    moved_back = _gradient_descent(start, images[:48], labels[:48], steps=3)[0]
    blank = _gradient_descent(start, images / 255, labels, steps=3)[0]
    submission.suspect("train_mlp__a_fifth_kept_back", _same_weights(trained, moved_back))
    submission.suspect("train_mlp__scaled_again", _same_weights(trained, blank))
    submission.suspect("train_mlp__compiled_anew", (model.describe()["compiled"] or {}).get("optimizer") != "SGD")
    submission.suspect("train_mlp__not_trained", _same_weights(trained, start))
    twice = _gradient_descent(start, images, labels, steps=6)[0]  # what batches of 32 come to, nearly
    submission.suspect("train_mlp__batch_size_ignored", _apart(trained, twice) < 0.2 * _apart(trained, expected))
    if not _same_weights(trained, expected):
        raise Mismatch(f"a network whose loss on these 60 pictures is now {_loss(trained, images, labels):.4f}, from {losses[0]:.4f}",
                       f"{_loss(expected, images, labels):.4f}, after 3 steps with all 60 pictures and labels, by the model's own optimizer")


@task("2.3", points=1, keras=True, seconds=60, replay=False)
def test_training_makes_as_many_steps_as_epochs_and_batches_say(submission, rng):
    # 120 copies of one picture: each step is the same whatever the order, so the weights count the steps.
    images = np.repeat(rng.random((1, 16)), 120, axis=0).astype(np.float32)
    labels = np.full(120, rng.integers(0, 10))
    start = _small_weights(rng)
    model = _small_model(submission, start, "sgd")
    history = _train(submission, model, images, labels, epochs=2, batch_size=20)
    _expect_history(submission, history, epochs=2)
    trained = model.weights()
    steps = next((count for count in range(40) if _same_weights(trained, _gradient_descent(start, images[:1], labels[:1], count)[0])), None)
    submission.suspect("train_mlp__batch_size_ignored", steps == 8)
    submission.suspect("train_mlp__a_fifth_kept_back", steps == 10)
    submission.suspect("train_mlp__not_trained", steps == 0)
    made = "steps of another kind" if steps is None else f"{steps} steps"
    check(steps == 12, made, "12: 120 pictures in batches of 20 are 6 steps, in each of 2 epochs")


@task("2.3", points=1, keras=True, seconds=60, replay=False)
def test_a_trained_network_reads_digits_that_it_has_not_seen(submission):
    digits = bundled_digits()
    layers = [("Dense", {"units": 30, "activation": "sigmoid"}), ("Dense", {"units": 10, "activation": "softmax"})]
    adam = {"class_name": "Adam", "config": {"learning_rate": 0.005}}
    model = submission.build_model((784,), layers, compile={
        "optimizer": adam, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})
    history = _train(submission, model, _rows(digits.train_images), digits.train_labels)
    _expect_history(submission, history)
    accuracy = model.evaluate(_rows(digits.test_images), digits.test_labels)["accuracy"]
    moved = np.ptp(history["loss"]) > 1e-6
    submission.suspect("train_mlp__shuffled_apart", accuracy < 0.4 and moved)
    submission.suspect("train_mlp__one_epoch", len(history["loss"]) == 1)
    check(accuracy >= 0.86, f"{accuracy:.1%} of 359 digits that the network had not seen were named correctly", "at least 86 %")


def _train(submission, model, *args, **kwargs):
    try:
        return submission.train_mlp(model, *args, **kwargs)
    except NoAnswer as failure:
        submission.suspect("train_mlp__labels_as_rows", "ndim" in failure.error_message and "target" in failure.error_message)
        raise


def _expect_history(submission, history, epochs: int | None = None) -> None:
    kind = getattr(history, "kind", None)
    submission.suspect("train_mlp__history_object", kind == "callback")
    submission.suspect("train_mlp__model_returned", kind == "model")
    wish = f'a dict of lists with {epochs} numbers each, "loss" among them' if epochs else 'a dict of lists, "loss" among them'
    said = {"callback": "Keras's History object; the dict is inside it", "model": "the model"}.get(kind)
    none = "None; does the function end with return?" if history is None else value_in_words(history)
    submission.suspect("train_mlp__accuracies_only", isinstance(history, (list, tuple)))
    check(type(history) is dict, said or none, wish)
    check("loss" in history, f"a dict with {', '.join(map(repr, history)) or 'nothing in it'}", wish)
    losses = history["loss"]
    submission.suspect("train_mlp__last_epoch_only", isinstance(losses, (float, np.floating)))
    check(isinstance(losses, (list, tuple, np.ndarray)) and np.ndim(losses) == 1, f"as \"loss\" {value_in_words(losses)}", wish)
    if epochs:
        submission.suspect("train_mlp__epochs_ignored", len(losses) != epochs)
        check(len(losses) == epochs, f'a "loss" with {len(losses)} numbers', f"{epochs}, one for each epoch")
    check(all(isinstance(value, (int, float, np.number)) and np.isfinite(value) for value in losses),
          f"as \"loss\" {value_in_words(losses)}", "finite numbers")


def _small_weights(rng) -> list:
    return [rng.normal(size=shape).astype(np.float32) for shape in ((16, 7), (7,), (7, 10), (10,))]


def _small_model(submission, weights, optimizer):
    """Compiled with plain gradient descent at Keras's rate of 0.01."""
    layers = [("Dense", {"units": 7, "activation": "sigmoid"}), ("Dense", {"units": 10, "activation": "softmax"})]
    return submission.build_model((16,), layers, weights, compile={
        "optimizer": optimizer, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})


def _gradient_descent(weights, images, labels, steps: int, rate: float = 0.01):
    """Weights after some steps with all pictures at once, and the loss before each; by the chain rule."""
    weights = [np.array(weight, np.float64) for weight in weights]
    truth, losses = np.eye(10)[labels], []
    for _ in range(steps):
        losses.append(_loss(weights, images, labels))
        hidden = 1 / (1 + np.exp(-(images @ weights[0] + weights[1])))
        to_output = (_answers(weights, images) - truth) / len(images)
        to_hidden = to_output @ weights[2].T * hidden * (1 - hidden)
        slopes = images.T @ to_hidden, to_hidden.sum(axis=0), hidden.T @ to_output, to_output.sum(axis=0)
        weights = [weight - rate * slope for weight, slope in zip(weights, slopes)]
    return weights, losses


def _loss(weights, images, labels) -> float:
    return _cross_entropy(_answers(weights, images), labels)


def _same_weights(one, other) -> bool:
    return all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=2e-6) for a, b in zip(one, other, strict=True))


def _apart(one, other) -> float:
    return float(sum(np.sum((a - b) ** 2) for a, b in zip(one, other, strict=True))) ** 0.5


def _rows(images) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255


# Task 2.4


@task("2.4", points=1, keras=True, seconds=30)
def test_each_picture_holds_the_weights_of_one_neuron(submission, rng):
    model, weights = _network(submission, rng, hidden=6)
    expected = np.zeros((6, 28, 28))
    for row in range(28):
        for column in range(28):
            expected[:, row, column] = weights[0][28 * row + column]
    assert_close(submission.weight_images(model), expected)


@task("2.4", points=1, keras=True, seconds=30)
def test_weights_are_shown_as_they_are_whatever_the_width(submission, rng):
    for hidden in (1, 10):
        model, weights = _network(submission, rng, hidden)
        expected = np.stack([weights[0][:, neuron].reshape(28, 28) for neuron in range(hidden)])
        assert_close(submission.weight_images(model), expected)


def _network(submission, rng, hidden: int, outputs: int = 10):
    """A network of the test's own, and its weights."""
    weights = [rng.normal(size=shape).astype(np.float32) for shape in ((784, hidden), (hidden,), (hidden, outputs), (outputs,))]
    layers = [("Dense", {"units": hidden, "activation": "sigmoid"}), ("Dense", {"units": outputs, "activation": "softmax"})]
    return submission.build_model((784,), layers, weights), weights


# Task 2.5


@task("2.5", points=1, keras=True, seconds=30)
def test_the_example_by_hand(submission):
    to_digits = np.tile(np.array([[-0.3], [0.4], [0.2], [0.6]]), 10)
    to_digits[:, 8] = [0.5, -0.1, 3, -2]
    weights = [np.zeros((784, 4), np.float32), np.zeros(4, np.float32), to_digits.astype(np.float32), np.zeros(10, np.float32)]
    layers = [("Dense", {"units": 4, "activation": "sigmoid"}), ("Dense", {"units": 10, "activation": "softmax"})]
    model = submission.build_model((784,), layers, weights)
    _expect_neurons(submission.favourite_neurons(model, 8, 2), [2, 0], [3, 1])


@task("2.5", points=2, keras=True, seconds=30)
def test_liked_and_disliked_neurons_come_strongest_first(submission, rng):
    model, weights = _network(submission, rng, hidden=16)
    for digit, k in ((0, 5), (9, 3), (4, 1), (int(rng.integers(1, 9)), 7)):
        order = sorted(range(16), key=lambda neuron: weights[2][neuron, digit])
        _expect_neurons(submission.favourite_neurons(model, digit, k), order[::-1][:k], order[:k])


def _expect_neurons(answer, liked: list, disliked: list) -> None:
    expected = (liked, disliked)
    is_pair = isinstance(answer, (list, tuple)) and len(answer) == 2
    if not is_pair:
        same_as_array = isinstance(answer, np.ndarray) and answer.shape == (2, len(liked)) and answer.tolist() == [liked, disliked]
        if same_as_array:
            return
        none = "None; does the function end with return?" if answer is None else value_in_words(answer)
        raise Mismatch(none, f"two lists of {len(liked)} neurons: {expected}", actual=answer)
    plain = tuple(part.tolist() if isinstance(part, np.ndarray) else part for part in answer)
    try:
        assert_equal(plain, expected)
    except Mismatch:
        raise Mismatch(value_in_words(plain), f"{expected}: liked, then disliked, the strongest first", actual=answer,
                       about_dtype=True) from None


# Task 2.6


def pretended_network(width, *, gifts, made):
    """A network that needs no training time. It knows what it was shown, and masters the rest by its width.

    Column 0 of a picture says how hard it is, column 1 which digit it shows, column 2 its number.
    """

    class Network:
        def __init__(self, gift):
            self.gift, self.trainings, self.known = gift, 0, set()

        def predict(self, images, batch_size=None, verbose="auto", steps=None, callbacks=None):
            images = np.asarray(images)
            hard, truth, number = images[:, 0], images[:, 1].astype(int), images[:, 2].astype(int)
            skill = self.gift + 0.07 * (self.trainings - 1) if self.trainings else 0.0
            right = (hard < skill) | np.isin(number, list(self.known))
            shares = np.full((len(images), 10), 0.05)
            shares[np.arange(len(images)), np.where(right, truth, (truth + 3) % 10)] = 0.55
            return shares

        def __call__(self, images, training=False):
            return self.predict(images)

        def evaluate(self, images, labels, batch_size=None, verbose="auto", return_dict=False):
            shares = self.predict(images)
            loss = float(-np.log(shares[np.arange(len(shares)), np.asarray(labels)]).mean())
            accuracy = float(np.mean(shares.argmax(axis=1) == np.asarray(labels)))
            return {"loss": loss, "accuracy": accuracy} if return_dict else [loss, accuracy]

        def fit(self, *args, **kwargs):
            raise TypeError("this network is trained with the function that you were given: train(network, images, labels)")

    built = made.setdefault(int(width), 0)
    made[int(width)] += 1
    return Network(gifts[int(width)][min(built, len(gifts[int(width)]) - 1)])


def pretended_training(network, images, labels):
    """A network knows four fifths of what it was shown; the history is as Keras would record it."""
    network.trainings += 1
    network.known.update(int(number) for place, number in enumerate(np.asarray(images)[:, 2]) if place % 5)
    return {"loss": [0.4, 0.1], "accuracy": [0.9, 0.97]}


@task("2.6", points=2)
def test_every_width_gets_fresh_networks_and_unseen_pictures(submission, rng):
    _expect_accuracies(submission, rng, widths=(2, 3, 10), repeats=3)


@task("2.6", points=1)
def test_other_widths_and_numbers_of_repeats(submission, rng):
    _expect_accuracies(submission, rng, widths=[30, 4], repeats=2)
    _expect_accuracies(submission, rng, widths=(7,), repeats=1)


@task("2.6", points=1)
def test_networks_are_built_and_trained_once_each(submission, rng):
    pictures, build, train, _ = _pretended_course(submission, rng, (5, 2), repeats=2)
    submission.accuracy_by_width((5, 2), build, train, *pictures, repeats=2)
    built = sorted(int(np.asarray((*call["args"], *call["kwargs"].values())[0])) for call in build.calls())
    check(built == [2, 2, 5, 5], f"networks built with the widths {built}", "[2, 2, 5, 5]: two of each width")
    trainings = train.calls()
    check(len(trainings) == 4, f"{len(trainings)} trainings", "4, one for each network")
    for call in trainings:
        images = call["kwargs"].get("images", call["args"][1] if len(call["args"]) > 1 else None)
        check(isinstance(images, np.ndarray) and images.shape == pictures[0][0].shape and np.array_equal(images, pictures[0][0]),
              "training on " + ("held-out pictures" if isinstance(images, np.ndarray) and np.array_equal(images, pictures[1][0])
                                else value_in_words(images)), "training on all the seen pictures")


def _expect_accuracies(submission, rng, widths, repeats: int) -> None:
    pictures, build, train, expected = _pretended_course(submission, rng, widths, repeats)
    accuracies = submission.accuracy_by_width(widths, build, train, *pictures, repeats=repeats)
    assert_close(accuracies, expected, atol=1e-6)


def _pretended_course(submission, rng, widths, repeats: int):
    """(seen, held_out), build, train, and the accuracies that come out: how hard a picture is against a gift."""
    gifts = {width: rng.permutation(np.linspace(0.2, 0.7, 9))[:repeats].round(2).tolist() for width in widths}
    seen, held_out = (_pretended_pictures(rng, count, first) for count, first in ((30, 0), (101, 1000)))
    build = submission.bring(pretended_network, gifts=gifts, made={})
    train = submission.bring(pretended_training)
    expected = np.array([[np.mean(held_out[0][:, 0] < np.float32(gift)) for gift in gifts[width]] for width in widths])
    return (seen, held_out), build, train, expected


def _pretended_pictures(rng, count: int, first: int):
    images = np.zeros((count, 784), np.float32)
    images[:, 0] = rng.permutation((np.arange(count) + 0.5) / count)
    images[:, 1] = labels = rng.integers(0, 10, count)
    images[:, 2] = first + np.arange(count)
    return images, labels


# Task 2.7. The roughness asked for after training is calibrated in calibration/lesson_02_mlp_on_mnist_task_7.json.


@task("2.7", points=1)
def test_roughness_compares_neighbours_with_all_pixels(submission, rng):
    for image in (rng.normal(size=(9, 9)), np.cumsum(rng.normal(size=(12, 12)), axis=0), np.cumsum(rng.random((7, 7)), axis=1)):
        assert_close(submission.roughness(image), _roughness(image), rtol=1e-4)
    assert_close(submission.roughness(np.array([[0.0, 2.0], [0.0, 2.0]])), 2.0)


@task("2.7", points=1)
def test_roughness_ignores_strength_and_knows_the_flat_picture(submission, rng):
    image = rng.normal(size=(8, 8))
    for strength in (0.01, 1.0, 50.0):
        assert_close(submission.roughness(strength * image + strength), _roughness(image), rtol=1e-4)
    assert_close(submission.roughness(np.full((5, 5), 0.25)), 0.0)


@task("2.7", points=1, keras=True, seconds=60, replay=False)
def test_the_smooth_network_starts_scaled_and_pays_for_its_weights(submission, rng):
    hidden, l2 = int(rng.integers(20, 40)), float(rng.uniform(0.1, 0.3))
    model = submission.build_smooth_mlp(hidden, l2)
    weights = _expect_mlp(submission, model, hidden)
    kernel = weights[0]
    spread = float(np.std(kernel))
    for mistake, other in (("default_start", np.sqrt(2 / (784 + hidden))), ("standard_normal_start", 1.0),
                           ("root_forgotten", 1 / 784), ("variance_for_spread", 1 / 28**0.5)):
        submission.suspect(f"build_smooth_mlp__{mistake}", np.isclose(spread, other, rtol=0.04))
    check(np.isclose(spread, 1 / 28, rtol=0.04), f"hidden weights that start with a standard deviation of {spread:.4f}", "1 / √784 = 0.0357")
    check(abs(kernel.mean()) < 0.1 / 28, f"hidden weights that start with a mean of {kernel.mean():.4f}", "a mean of 0")
    _expect_compiled(submission, model)
    _suspect_penalty(submission, model, weights, l2, rng)
    _expect_loss(submission, model, weights, rng, penalty=l2 * float(np.sum(kernel**2)))


@task("2.7", points=1, keras=True, seconds=60, replay=False)
def test_the_smooth_network_is_otherwise_the_same_and_stays_smooth(submission, rng):
    model = submission.build_smooth_mlp(20)
    weights = _expect_mlp(submission, model, 20)
    _expect_answers(submission, model, weights, rng)
    _expect_adam(submission, model)
    digits = bundled_digits()
    model.fit(_rows(digits.train_images[:800]), digits.train_labels[:800], epochs=8, batch_size=16)
    rough = float(np.median([_roughness(image) for image in model.weights()[0].T.reshape(-1, 28, 28)]))
    check(rough <= 0.385, f"weight pictures with a roughness of {rough:.2f} after training", "at most 0.385, from a scaled start with a penalty")


def _suspect_penalty(submission, model, weights, l2: float, rng) -> None:
    """Which penalty is it, if not the one asked for? Told from the loss alone."""
    images, labels = rng.random((40, 784)).astype(np.float32), rng.integers(0, 10, 40)
    added = model.evaluate(images, labels)["loss"] - _cross_entropy(_answers(weights, images), labels)
    squares, output_squares = float(np.sum(weights[0] ** 2)), float(np.sum(weights[2] ** 2))
    for mistake, other in (("no_penalty", 0.0), ("l1_penalty", l2 * float(np.abs(weights[0]).sum())),
                           ("both_layers", l2 * (squares + output_squares)), ("output_layer_only", l2 * output_squares),
                           ("strength_ignored", 0.01 * squares), ("strength_ignored", 1e-4 * squares)):
        submission.suspect(f"build_smooth_mlp__{mistake}", np.isclose(added, other, rtol=0.005, atol=0.002))


def _roughness(image) -> float:
    across, down = np.diff(image, axis=1) ** 2, np.diff(image, axis=0) ** 2
    return float((across.sum() + down.sum()) / (across.size + down.size) / image.var())


# Task 2.8


@task("2.8", points=1)
def test_all_pictures_are_shuffled_in_the_same_way(submission, rng):
    images = _numbered(4, 6, 8)
    shuffled = submission.shuffle_pixels(images, int(rng.integers(1, 1000)))
    _expect_shuffled(submission, shuffled, images)


@task("2.8", points=1)
def test_the_seed_alone_decides_the_order(submission, rng):
    seed = int(rng.integers(1, 1000))
    few, many = _numbered(5, 7, 7), _numbered(9, 7, 7)
    orders = [_expect_shuffled(submission, submission.shuffle_pixels(images, chosen), images)
              for images, chosen in ((few, seed), (few, seed), (many, seed), (few, seed + 1))]
    first, again, of_many, of_another_seed = orders
    fixed = np.array_equal(first, of_another_seed)
    submission.suspect("shuffle_pixels__never_the_same", not np.array_equal(first, again))
    submission.suspect("shuffle_pixels__seed_ignored", fixed)
    submission.suspect("shuffle_pixels__order_depends_on_the_count", not np.array_equal(first, of_many))
    check(np.array_equal(first, again), f"two different orders for the seed {seed}", "the same order at every call")
    check(not fixed, f"the same order for the seeds {seed} and {seed + 1}", "another order for another seed")
    check(np.array_equal(first, of_many), f"one order for 5 pictures and another for 9, both with the seed {seed}",
          "the same order, however many pictures there are")


@task("2.8", points=1)
def test_the_pixels_go_anywhere_and_the_original_stays(submission, rng):
    for kind in (np.uint8, np.float32):
        images = rng.integers(0, 200, (3, 5, 4)).astype(kind)
        shuffled = submission.shuffle_pixels(images)
        changed = submission.interactions[-1].changed
        submission.suspect("shuffle_pixels__in_place", bool(changed))
        check(not changed, "a function that changed the pictures it was given", "a new array; the given one as it was")
        _expect_array(submission, shuffled, images)
        check(np.array_equal(np.sort(shuffled.reshape(3, -1)), np.sort(images.reshape(3, -1))),
              "pictures with other values than before", "the same values of each picture, in other places")
        check(shuffled.dtype == kind, f"pictures of dtype {shuffled.dtype}", f"{np.dtype(kind)}, as they were given")


def _numbered(count: int, height: int, width: int) -> np.ndarray:
    """Pictures whose pixels carry their own number, plus 1000 per picture."""
    return (np.arange(height * width).reshape(1, height, width) + 1000 * np.arange(count)[:, None, None]).astype(np.int32)


def _expect_array(submission, shuffled, images) -> None:
    flat = (len(images), images[0].size)
    submission.suspect("shuffle_pixels__left_flat", getattr(shuffled, "shape", None) == flat)
    none = "None; does the function end with return?" if shuffled is None else value_in_words(shuffled)
    check(isinstance(shuffled, np.ndarray) and shuffled.shape == images.shape and shuffled.dtype.kind in "iuf", none,
          f"an array of shape {images.shape}")


def _expect_shuffled(submission, shuffled, images) -> np.ndarray:
    """The order of the places, after everything that is no common order has been refused."""
    _expect_array(submission, shuffled, images)
    count, height, width = images.shape
    places = images[0].size
    pictures = shuffled // 1000
    submission.suspect("shuffle_pixels__pictures_shuffled", all(any(np.array_equal(one, other) for other in images) for one in shuffled)
                       and not np.array_equal(shuffled, images))
    own = (pictures == np.arange(count)[:, None, None]).all()
    check(own, "pixels that have gone to another picture", "each picture with its own pixels, in other places")
    orders = (shuffled % 1000).reshape(count, -1)
    complete = (np.sort(orders, axis=1) == np.arange(places)).all()
    check(complete, "pictures in which some pixels are missing and others appear twice", "every pixel once")
    rows = orders.reshape(count, height, width)
    alike = (orders == orders[0]).all()
    submission.suspect("shuffle_pixels__rows_only", (np.diff(rows, axis=2) == 1).all() and not np.array_equal(shuffled, images))
    submission.suspect("shuffle_pixels__columns_only", (rows % width == rows[:1, :1] % width).all() and alike and not np.array_equal(shuffled, images))
    submission.suspect("shuffle_pixels__a_new_order_for_each_picture", not alike)
    submission.suspect("shuffle_pixels__within_rows", (rows // width == np.arange(height)[None, :, None]).all())
    check(alike, "an order of its own for each picture", "the same order for all")
    check((orders[0] == np.arange(places)).mean() < 0.5, "pictures whose pixels stand where they stood", "all pixels in a random order")
    row_moves = (rows[0] // width != np.arange(height)[:, None]).mean()
    column_moves = (rows[0] % width != np.arange(width)[None, :]).mean()
    together = (np.diff(rows[0], axis=1) == 1).mean() < 0.5 and (np.diff(rows[0], axis=0) == width).mean() < 0.5
    check(row_moves > 0.3 and column_moves > 0.3 and together, "whole rows or columns moved together, or pixels that kept their row or column",
          "every pixel free to go anywhere in the picture")
    return orders[0]
