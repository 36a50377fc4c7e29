"""Grading tests of lesson 7. Backbones are built by the tests, so that a task can be graded although another is not done."""

import numpy as np

from course.data.creatures import draw_all, random_creatures
from course.data.small_mobilenet import HELD_OUT, small_mobilenet_weights
from course.grading.checks import assert_close, assert_raises, check, task
from course.grading.wording import value_in_words

CHANNELS = 8
"""Features of the tests' own small backbone."""


# Task 7.1


@task("7.1", points=1)
def test_black_grey_and_white_become_minus_one_nought_and_one(submission, rng):
    order = rng.permutation(6)
    images = np.array([0, 51, 255, 102, 204, 153], np.uint8)[order].reshape(1, 1, 2, 3)
    expected = np.array([-1, -0.6, 1, -0.2, 0.6, 0.2])[order].reshape(1, 1, 2, 3)
    assert_close(_preprocessed(submission, images), expected, atol=1e-5, dtype=np.float32)


@task("7.1", points=1)
def test_any_pictures_are_scaled_value_by_value(submission, rng):
    images = rng.integers(30, 201, (3, 5, 4, 3), dtype=np.uint8)
    expected = images.astype(np.float64) / 127.5 - 1
    assert_close(_preprocessed(submission, images), expected, atol=1e-5, dtype=np.float32)
    assert_close(submission.preprocess(images[0]), expected[0], atol=1e-5, dtype=np.float32)


def _preprocessed(submission, images):
    answer = submission.preprocess(images)
    if isinstance(answer, np.ndarray) and answer.shape == images.shape and answer.dtype.kind in "iuf":
        upside_down = answer.flat[images.argmin()] > answer.flat[images.argmax()]  # what was dark has gone below 0, and round
        submission.suspect("preprocess__centred_in_uint8", upside_down)
    return answer


# Task 7.2


@task("7.2", points=2, keras=True, seconds=60)
def test_a_frozen_backbone_carries_the_weights_and_pools(submission, rng):
    weights = [array * (1 + 0.02 * rng.uniform(-1, 1, array.shape)).astype(np.float32) for array in small_mobilenet_weights()]
    backbone = submission.frozen_backbone(weights)
    _expect_model(backbone)
    about = backbone.describe()
    check(about["output_shape"] == (None, 256), f"a model with answers of shape {_shape(about['output_shape'])}",
          "(batch, 256): one number per channel. Without its top, and with pooling, there is no map left")
    check(about["input_shape"] == (None, 64, 64, 3), f"a model for inputs of shape {_shape(about['input_shape'])}", "(batch, 64, 64, 3)")
    _expect_frozen(about, 218_544)
    same = submission.build_model((64, 64, 3), [("MobileNet", {"alpha": 0.25, "input_shape": (64, 64, 3), "include_top": False,
                                                              "weights": None, "pooling": "avg"})], weights)
    pictures = rng.uniform(-1, 1, (4, 64, 64, 3)).astype(np.float32)
    expected = same.predict(pictures)
    assert_close(backbone.predict(pictures), expected, rtol=1e-3, atol=1e-4)
    assert_close(backbone.predict(pictures, training=True), expected, rtol=1e-3, atol=1e-4)


@task("7.2", points=1, keras=True, seconds=60, replay=False)
def test_another_network_of_another_size_is_frozen_too(submission, rng):
    arguments = {"alpha": 0.35, "input_shape": (96, 96, 3), "include_top": False, "weights": None, "pooling": "avg"}
    weights = submission.build_model((96, 96, 3), [("MobileNetV2", arguments)]).weights()
    weights = [array + rng.uniform(0, 0.01, array.shape).astype(np.float32) for array in weights]
    backbone = submission.frozen_backbone(weights, size=96, network="MobileNetV2", alpha=0.35)
    _expect_model(backbone)
    about = backbone.describe()
    submission.suspect("frozen_backbone__size_ignored", about["input_shape"] == (None, 64, 64, 3))
    check(about["input_shape"] == (None, 96, 96, 3), f"a model for inputs of shape {_shape(about['input_shape'])}",
          "(batch, 96, 96, 3), because `size` is 96")
    check(about["output_shape"] == (None, 1280), f"a model with answers of shape {_shape(about['output_shape'])}", "(batch, 1280)")
    _expect_frozen(about, 410_208)
    own = backbone.weights()
    check(len(own) == len(weights) and all(one.shape == other.shape for one, other in zip(own, weights)),
          f"a model with {len(own)} arrays of weights", f"the {len(weights)} of MobileNetV2 without its top")
    for one, other in zip(own, weights):
        assert_close(one, other)


def _expect_frozen(about: dict, parameters: int) -> None:
    trains = about["trainable_parameters"]
    check(trains == 0, f"a model in which {trains:,} parameters can still be trained", "0: set trainable of the whole model to False")
    frozen = about["frozen_parameters"]
    check(frozen == parameters, f"a model with {frozen:,} parameters", f"{parameters:,}: the network without its top")


# Task 7.3. Initial weights are random, so the mistakes show in properties and are not run for comparison.


@task("7.3", points=1, keras=True, seconds=60, replay=False)
def test_the_head_is_dropout_and_one_dense_layer(submission, rng):
    classes = int(rng.integers(3, 7))
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    model = _head(submission, backbone, classes, dropout=0.3)
    about = model.describe()
    trains = about["trainable_parameters"]
    check(trains == CHANNELS * classes + classes, f"{trains} parameters to train on a frozen backbone with {CHANNELS} features",
          f"{CHANNELS} · {classes} + {classes} = {CHANNELS * classes + classes}: one Dense layer and nothing else")
    compiled = about["compiled"]
    check(compiled is not None, "a model that is not compiled", "one that is compiled, with Adam")
    check(compiled["optimizer"] in ("Adam", "AdamW"), f"a model compiled with {compiled['optimizer']}", "Adam")
    _as_in_prediction(submission, backbone, model, rng)
    thawed, _ = _small_backbone(submission, rng, trainable=True)
    total = _head(submission, thawed, classes).describe()["trainable_parameters"]
    own = 27 * 6 + 54 * CHANNELS
    open_too = 2 * (6 + CHANNELS)
    submission.suspect("add_head__backbone_frozen_too", total == CHANNELS * classes + classes)
    submission.suspect("add_head__batch_normalization_left_open", total == own + open_too + CHANNELS * classes + classes)
    check(total == own + CHANNELS * classes + classes, f"{total} parameters to train on a backbone that is not frozen",
          f"{own + CHANNELS * classes + classes}: head and convolutions. Of the backbone, its BatchNormalization layers are frozen and nothing else")


@task("7.3", points=1, keras=True, seconds=60, replay=False)
def test_the_loss_fits_what_the_model_returns(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    classes = 24  # so many that their weighted sums cannot all be positive by chance
    model = _head(submission, backbone, classes)
    pictures, labels = _pictures(rng, 12), rng.integers(0, classes, 12)
    answers = model.predict(3 * pictures)
    _expect_shape(answers, (12, classes))
    shares = _are_shares(answers)
    submission.suspect("add_head__relu_on_the_answers", not shares and (answers >= 0).all())
    check(shares or (answers < 0).any(), "answers that are never negative and do not add up to 1",
          "logits, which may have any sign, or probabilities, which add up to 1 for each picture")
    right = np.take_along_axis(np.log(answers) if shares else _log_softmax(answers), labels[:, None], axis=1)
    scores = model.evaluate(3 * pictures, labels)
    loss = scores["loss"]
    fits = np.isclose(loss, -right.mean(), rtol=1e-3)
    twice = shares and (model.describe()["compiled"] or {}).get("loss_config", {}).get("from_logits")
    submission.suspect("add_head__softmax_counted_twice", twice)
    check(not twice, "a loss with from_logits=True for a model that returns probabilities", "one of the two: softmax at the end, or from_logits=True")
    submission.suspect("add_head__logits_taken_for_shares", not fits and not shares)
    wrong = "probabilities" if shares else "logits"
    check(fits, f"a loss of {loss:.4f} where the model returns {wrong}",
          f"{-right.mean():.4f}, the cross-entropy of these {wrong}")
    named = [name for name in scores if "accuracy" in name]
    submission.suspect("add_head__no_accuracy", not named)
    check(named, "no accuracy among the metrics", 'metrics=["accuracy"] in compile')


@task("7.3", points=1, keras=True, seconds=60, replay=False)
def test_batch_normalization_works_as_at_prediction_time(submission, rng):
    backbone, weights = _small_backbone(submission, rng, trainable=True)
    model = _head(submission, backbone, 4, dropout=0.0)
    _as_in_prediction(submission, backbone, model, rng)
    pictures = _pictures(rng, 16)
    quiet = model.predict(pictures)
    training = model.predict(pictures, training=True)
    moved = [place for place, (old, new) in enumerate(zip(weights, backbone.weights())) if not np.array_equal(old, new)]
    submission.suspect("add_head__batch_normalization_left_open", bool(moved))
    check(not moved, "running means and variances of the backbone that move as soon as the model is called as in training",
          "none that moves: freeze each BatchNormalization")
    assert_close(training, quiet, rtol=1e-3, atol=1e-4)


@task("7.3", points=1, keras=True, seconds=60, replay=False)
def test_dropout_takes_the_stated_share_of_features(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    classes, share = 24, float(rng.choice([0.5, 0.75]))
    model = _head(submission, backbone, classes, dropout=share)
    pictures = _pictures(rng, 60)
    kernel, bias = _dense_weights(model, classes)
    features = backbone.predict(pictures)
    quiet, noisy = model.predict(pictures), model.predict(pictures, training=True)
    shares = _are_shares(quiet)
    no_negative = not shares and bool((quiet >= 0).all())
    submission.suspect("add_head__relu_on_the_answers", no_negative)
    check(not no_negative, "answers that are never negative and do not add up to 1", "logits, which may have any sign, or probabilities")
    # Where Dropout took all that a picture had, all its answers are 0. Dropout on the answers takes some and leaves others.
    gaps = ((noisy == 0) & (noisy != 0).any(axis=1, keepdims=True)).mean()
    submission.suspect("add_head__dropout_on_the_answers", not shares and gaps > 0.1)
    check(shares or gaps < 0.05, "answers of which some are exactly 0 during training",
          "Dropout on the features, before the Dense layer, and not on the answers")
    submission.suspect("add_head__dropout_forgotten", np.allclose(noisy, quiet))
    check(not np.allclose(noisy, quiet, atol=1e-5), "the same answers in training as in prediction", f"Dropout with a share of {share:g}")
    # Which features were left is found by solving for them: the answers are a weighted sum of what Dropout let through.
    logits = np.log(np.maximum(noisy, 1e-30)) if shares else noisy
    unknown = np.concatenate([kernel.T, np.ones((classes, 1))], axis=1) if shares else kernel.T
    left = np.linalg.lstsq(unknown, (logits - bias).T, rcond=None)[0][:CHANNELS].T
    lost = float(np.mean(np.abs(left[features > 0.05]) < 0.01))
    submission.suspect("add_head__dropout_share_ignored", abs(lost - share) > 0.15 and abs(lost - 0.2) < 0.1)
    check(abs(lost - share) < 0.15, f"{lost:.0%} of the features set to 0 during training", f"about {share:.0%}, as asked for by dropout={share:g}")


def _head(submission, backbone, classes, **options):
    model = submission.add_head(backbone, classes, **options)
    _expect_model(model)
    about = model.describe()
    check(about["input_shape"] == (None, 8, 8, 3), f"a model for inputs of shape {_shape(about['input_shape'])}",
          "one that takes what the backbone takes, (batch, 8, 8, 3): return the whole model")
    check(about["output_shape"] == (None, classes), f"a model with answers of shape {_shape(about['output_shape'])}", f"(batch, {classes})")
    return model


def _dense_weights(model, classes) -> tuple[np.ndarray, np.ndarray]:
    arrays = model.weights()
    kernel, bias = arrays[-2:]
    check(kernel.shape == (CHANNELS, classes) and bias.shape == (classes,), f"last weights of the shapes {kernel.shape} and {bias.shape}",
          f"those of a Dense layer on the features: {(CHANNELS, classes)} and {(classes,)}")
    return kernel, bias


def _as_in_prediction(submission, backbone, model, rng) -> None:
    """The model's answers are the Dense layer's on the backbone's features at prediction time."""
    pictures = _pictures(rng, 8)
    features, answers = backbone.predict(pictures), model.predict(pictures)
    kernel, bias = _dense_weights(model, answers.shape[-1])
    logits = features @ kernel + bias
    shares = _are_shares(answers)
    wrong = not np.allclose(answers, np.exp(_log_softmax(logits)) if shares else logits, rtol=1e-2, atol=1e-3)
    submission.suspect("add_head__relu_on_the_answers", wrong and np.allclose(answers, np.maximum(logits, 0), rtol=1e-2, atol=1e-3))
    check(not wrong, "answers that are not the Dense layer's weighted sums of the backbone's features",
          "features at prediction time, times weights, plus biases")


# Task 7.4


@task("7.4", points=1, keras=True, seconds=30)
def test_parameters_of_layers_are_counted(submission, rng):
    model = submission.build_model((4,), [("Dense", {"units": 3}), ("BatchNormalization", {})])
    _expect_counts(submission.count_parameters(model), 21, 6)
    inputs, units, classes = (int(n) for n in rng.integers(3, 9, size=3))
    model = submission.build_model((inputs,), [("Dense", {"units": units, "trainable": False}), ("Dense", {"units": classes})])
    _expect_counts(submission.count_parameters(model), units * classes + classes, inputs * units + units)


@task("7.4", points=1, keras=True, seconds=30)
def test_parameters_are_counted_in_models_within_models(submission, rng):
    lower, upper, classes = (int(n) for n in rng.integers(3, 8, size=3))
    backbone = submission.build_model((9, 9, 3), [
        ("Conv2D", {"filters": lower, "kernel_size": 3, "trainable": False}), ("BatchNormalization", {"trainable": False}),
        ("Conv2D", {"filters": upper, "kernel_size": 3, "use_bias": False}), ("BatchNormalization", {}), ("GlobalAveragePooling2D", {})])
    model = submission.build_model((9, 9, 3), [(backbone, {}), ("Dropout", {"rate": 0.2}), ("Dense", {"units": classes})])
    trains = 9 * lower * upper + 2 * upper + upper * classes + classes
    _expect_counts(submission.count_parameters(model), trains, 27 * lower + lower + 4 * lower + 2 * upper)


def _expect_counts(counts, trainable, frozen) -> None:
    check(isinstance(counts, (list, tuple)) and len(counts) == 2, _came_back(counts), "two whole numbers: (trainable, frozen)")
    for name, count in zip(("trainable", "frozen"), counts):
        whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool) or isinstance(count, np.ndarray) and not count.ndim and count.dtype.kind == "i"
        check(whole, f"{value_in_words(count)} for {name}", "a whole number")
    came = tuple(int(count) for count in counts)
    check(came == (trainable, frozen), f"(trainable, frozen) = {came}", f"{(trainable, frozen)}")


# Task 7.5


@task("7.5", points=1, keras=True, seconds=60)
def test_features_are_what_the_backbone_says_at_prediction_time(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=True)
    images = rng.integers(0, 256, (7, 8, 8, 3), dtype=np.uint8)
    expected = backbone.predict((images / 127.5 - 1).astype(np.float32))
    assert_close(submission.extract_features(backbone, images), expected, rtol=1e-3, atol=1e-4, dtype=np.float32)
    network = submission.build_model((32, 32, 3), [("MobileNet", {"alpha": 0.25, "input_shape": (32, 32, 3), "include_top": False,
                                                                 "weights": None, "pooling": "avg"})], trainable=False)
    assert_raises("ValueError", submission.extract_features, network, rng.integers(0, 256, (2, 32, 40, 3), dtype=np.uint8))


@task("7.5", points=1, keras=True, seconds=60)
def test_each_picture_is_asked_once_and_in_order_whatever_the_batches(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=False, counting=True)
    images = rng.integers(0, 256, (11, 8, 8, 3), dtype=np.uint8)
    expected = backbone.predict((images / 127.5 - 1).astype(np.float32))
    before = float(backbone.weights()[0])
    for batch_size in (4, 11, 64):
        features = submission.extract_features(backbone, images, batch_size=batch_size)
        assert_close(features, expected, rtol=1e-3, atol=1e-4, dtype=np.float32)
    passed = (float(backbone.weights()[0]) - before) / 3
    check(passed <= 1.5 * len(images), f"{passed:.0f} pictures through the backbone for {len(images)} pictures", "each picture once")


@task("7.5", points=1, keras=True, seconds=60)
def test_a_head_on_the_features_answers_as_the_whole_model(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    kernel, bias = rng.normal(size=(CHANNELS, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    head = [("Dense", {"units": 3})]
    images = rng.integers(0, 256, (9, 8, 8, 3), dtype=np.uint8)
    whole = submission.build_model((8, 8, 3), [(backbone, {}), *head], [*backbone.weights(), kernel, bias])
    expected = whole.predict((images / 127.5 - 1).astype(np.float32))
    features = submission.extract_features(backbone, images)
    assert_close(features, backbone.predict((images / 127.5 - 1).astype(np.float32)), rtol=1e-3, atol=1e-4)
    assert_close(features @ kernel + bias, expected, rtol=1e-4, atol=1e-4)


# Task 7.6. The accuracy is calibrated in calibration/lesson_07_transfer_learning_task_6.json.


@task("7.6", points=2, keras=True, seconds=90, replay=False)
def test_few_pictures_of_new_animals_are_enough(submission, rng):
    backbone = submission.build_model((64, 64, 3), [("MobileNet", {"alpha": 0.25, "input_shape": (64, 64, 3), "include_top": False,
                                                                  "weights": None, "pooling": "avg"})],
                                      small_mobilenet_weights(), trainable=False)
    kinds = HELD_OUT[:4]
    images, labels, other_images, other_labels = _creatures(rng, kinds, learn=10, test=25)
    model = submission.train_head(backbone, images, labels, len(kinds))
    _expect_classifier(submission, model, (None, 64, 64, 3), len(kinds))
    answers = model.predict((other_images / 127.5 - 1).astype(np.float32))
    accuracy = float(np.mean(answers.argmax(axis=1) == other_labels))
    learned = float(np.mean(model.predict((images / 127.5 - 1).astype(np.float32)).argmax(axis=1) == labels))
    same = all(np.array_equal(old, new) for old, new in zip(small_mobilenet_weights(), backbone.weights()))
    submission.suspect("train_head__everything_trained", not same)
    if same and accuracy < 0.55:
        _suspect_the_head(submission, model, images, labels)
    check(accuracy >= 0.55, f"{accuracy:.0%} of {len(other_labels)} new pictures named correctly, and {learned:.0%} of those it learned from",
          "at least 55% of the new ones, from 10 pictures of each of 4 kinds")


@task("7.6", points=2, keras=True, seconds=60, replay=False)
def test_the_backbone_is_passed_once_and_not_changed(submission, rng):
    backbone, before = _small_backbone(submission, rng, trainable=False, counting=True)
    count, classes, epochs = 36, 6, 100
    labels = np.arange(count) % classes
    colours = np.array([[230, 25, 25], [25, 230, 25], [25, 25, 230], [230, 230, 25], [25, 230, 230], [240, 240, 240]])
    images = np.clip(colours[labels][:, None, None] + rng.normal(0, 8, (count, 8, 8, 3)), 0, 255).astype(np.uint8)
    model = submission.train_head(backbone, images, labels, classes, epochs=epochs)
    after = backbone.weights()
    _expect_classifier(submission, model, (None, 8, 8, 3), classes)
    passed = float(after[0])
    changed = [place for place, (old, new) in enumerate(zip(before[1:], after[1:])) if not np.array_equal(old, new)]
    submission.suspect("train_head__everything_trained", bool(changed))
    check(not changed, f"a backbone in which {len(changed)} arrays have changed", "the same weights before and after, to the last bit")
    submission.suspect("train_head__features_recomputed_in_every_epoch", passed > 3 * count)
    check(passed <= 3 * count, f"{passed:.0f} passes of a picture through the backbone for {count} pictures and {epochs} epochs",
          f"{count}: the features do not change, so they are computed once")
    learned = model.predict((images / 127.5 - 1).astype(np.float32)).argmax(axis=1) == labels
    if learned.mean() < 0.65:
        _suspect_the_head(submission, model, images, labels)
    check(learned.mean() >= 0.65, f"{learned.mean():.0%} of the pictures that it learned from named correctly", "nearly all: they differ in colour")
    passed = float(backbone.weights()[0])
    features = rng.normal(size=(count, CHANNELS)).astype(np.float32)
    _expect_model(submission.train_head(backbone, images, labels, classes, epochs=2, features=features))
    again = float(backbone.weights()[0]) - passed
    submission.suspect("train_head__given_features_ignored", again >= count)
    check(again < count, f"{again:.0f} passes of a picture through the backbone although the features were given", "none")


def _suspect_the_head(submission, model, images, labels) -> None:
    """What may have gone wrong where the head names the pictures badly that it should have learned."""
    bias = model.weights()[-1]
    untouched, raw = not bias.any(), _is_raw(model, images, labels)
    submission.suspect("train_head__trained_layers_not_in_the_model", untouched)
    submission.suspect("train_head__learned_on_raw_pixels", not untouched and raw)
    few_steps = np.abs(bias).max() < 0.05  # two or three steps of Adam move no weight further
    submission.suspect("train_head__one_epoch", not untouched and not raw and few_steps)


def _expect_classifier(submission, model, input_shape, classes) -> None:
    _expect_model(model)
    about = model.describe()
    submission.suspect("train_head__head_without_its_backbone", about["input_shape"] != input_shape and len(about["input_shape"] or ()) == 2)
    check(about["input_shape"] == input_shape, f"a model for inputs of shape {_shape(about['input_shape'])}",
          f"the whole classifier, from pictures of shape {_shape(input_shape)}")
    check(about["output_shape"] == (None, classes), f"a model with answers of shape {_shape(about['output_shape'])}", f"(batch, {classes})")


def _is_raw(model, images, labels) -> bool:
    """Whether the model fits pictures that nobody scaled."""
    return bool(np.mean(model.predict(images.astype(np.float32)).argmax(axis=1) == labels) > 0.7)


def _creatures(rng, kinds, learn, test):
    """Drawn animals to learn from and others to test with: images and labels of both."""
    parts = []
    for count in (learn, test):
        creatures = [one for kind in kinds for one in random_creatures(count, int(rng.integers(2**31)), animal=kind)]
        parts += [draw_all(creatures, 64), np.repeat(np.arange(len(kinds)), count)]
    order = rng.permutation(len(parts[0]))
    return parts[0][order], parts[1][order], parts[2], parts[3]


# Task 7.7


@task("7.7", points=1)
def test_the_strongest_answers_come_first(submission, reference, rng):
    activations = rng.normal(size=(6, 4, 4, 5)).astype(np.float32)
    activations[2, 1, 2, 3], activations[2, 2, 2, 3], activations[4, 2, 1, 3], activations[0, 1, 1, 3] = 9, 8.5, 8, 7
    activations[5, 1, 1, 3], activations[1, :, :, 3] = -20, 3
    images = rng.integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)
    expected = np.stack([images[2, 4:8, 8:12], images[4, 8:12, 4:8], images[0, 4:8, 4:8]])
    assert_close(submission.top_patches(activations, images, 3, 3, 4), expected)


@task("7.7", points=1)
def test_a_cell_is_found_again_in_the_picture(submission, reference, rng):
    for rows, columns, stride, size in ((5, 4, 8, 12), (3, 6, 4, 9), (4, 4, 1, 3)):
        activations = rng.normal(size=(6, rows, columns, 3))
        activations[np.arange(6), rng.integers(1, rows - 1, 6), rng.integers(1, columns - 1, 6), 1] = rng.permutation(6) + 6
        images = rng.random((6, rows * stride, columns * stride, 3)).astype(np.float32)
        patches = submission.top_patches(activations, images, 1, 4, min(size, rows * stride))
        assert_close(patches, reference.top_patches(activations, images, 1, 4, min(size, rows * stride)))


@task("7.7", points=1)
def test_patches_at_the_border_are_pushed_inward(submission, reference, rng):
    activations = rng.normal(size=(7, 4, 6, 2)).astype(np.float32)
    for picture, (row, column) in enumerate(((0, 0), (3, 5), (0, 5), (3, 0), (1, 5))):
        activations[picture, row, column, 0] = 9 - picture
    images = rng.integers(0, 256, (7, 32, 48, 3), dtype=np.uint8)
    for k, size in ((5, 14), (2, 32)):
        assert_close(submission.top_patches(activations, images, 0, k, size), reference.top_patches(activations, images, 0, k, size))


# Task 7.8


@task("7.8", points=2, keras=True, seconds=60)
def test_only_the_top_can_train_and_no_batch_normalization(submission, rng):
    for layers, trains, thawed in ((1, set(), False), (3, set(), False), (4, {3}, True), (7, {0, 3}, False), (0, set(), True)):
        backbone, _ = _small_backbone(submission, rng, trainable=thawed)
        model = _classifier(submission, backbone, "sgd", rng)
        learning_rate = float(rng.choice([1e-5, 2e-4, 3e-3]))
        pictures, labels = _pictures(rng, 6), rng.integers(0, 3, 6)
        loss = model.evaluate(pictures, labels)["loss"]
        tuned = submission.fine_tune(model, layers, learning_rate)
        _expect_model(tuned)
        about = tuned.describe()
        head = CHANNELS * 3 + 3
        of_backbone = {0: 3 * 3 * 3 * 6, 3: 3 * 3 * 6 * CHANNELS}
        handed_over = "thawed" if thawed else "frozen"
        check(about["trainable_parameters"] == head + sum(of_backbone[place] for place in trains),
              f"{about['trainable_parameters']} parameters to train with layers={layers} and a backbone that came {handed_over}; "
              f"of its layers, these can train: {_names(_open_places(backbone))}",
              f"{head} of the head and {sum(of_backbone[place] for place in trains)} of the backbone, from: {_names(trains)}")
        compiled = about["compiled"]
        check(compiled is not None, "a model that is not compiled", "one that is compiled, with Adam")
        check(np.isclose(compiled["learning_rate"], learning_rate, rtol=1e-4), f"a learning rate of {compiled['learning_rate']:g}", f"{learning_rate:g}")
        check(compiled["optimizer"] in ("Adam", "AdamW"), f"a model compiled with {compiled['optimizer']}", "Adam")
        after = tuned.evaluate(pictures, labels)["loss"]
        check(np.isclose(after, loss, rtol=1e-3), f"a loss of {after:.4f} on pictures for which it was {loss:.4f} before",
              "the same number: nothing has been trained, and the loss stays what it was")


@task("7.8", points=2, keras=True, seconds=90, replay=False)
def test_training_moves_the_top_and_nothing_else(submission, rng):
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    model = _classifier(submission, backbone, "adam", rng)
    pictures, labels = _pictures(rng, 24), rng.integers(0, 3, 24)
    model.fit(pictures, labels, epochs=1)
    before = backbone.weights()
    tuned = submission.fine_tune(model, 4, 0.01)
    _expect_model(tuned)
    scores = tuned.evaluate(pictures, labels)
    tuned.fit(pictures, labels, epochs=2, batch_size=8)
    after = backbone.weights()
    moved = {place for place, (old, new) in enumerate(zip(before, after)) if not np.array_equal(old, new)}
    rate = (tuned.describe()["compiled"] or {"learning_rate": 0})["learning_rate"]
    top = 5  # the arrays: lower kernel, 4 of its BatchNormalization, upper kernel, 4 of the other
    if moved != {top}:
        says_it_trains = bool(_open_places(backbone))
        with_one, with_three = (_open_after(submission, rng, layers) for layers in (1, 3))
        all_moved = 0 in moved and bool(moved & {6, 7, 8, 9})
        submission.suspect("fine_tune__everything_thawed", all_moved and with_one)
        submission.suspect("fine_tune__top_of_the_whole_model", all_moved and not with_one)
        submission.suspect("fine_tune__all_but_batch_normalization", moved == {0, 5} and with_three == {0, 3})
        submission.suspect("fine_tune__bottom_instead_of_top", moved == {0, 5} and with_three == {0})
        submission.suspect("fine_tune__batch_normalization_thawed", 0 not in moved and moved & {6, 7, 8, 9})
        submission.suspect("fine_tune__learning_rate_set_without_compiling", not moved and np.isclose(rate, 0.01) and says_it_trains)
        submission.suspect("fine_tune__not_compiled_again", not moved and not np.isclose(rate, 0.01) and says_it_trains)
    check(moved >= {top}, "a backbone in which nothing moves when the model is trained again",
          "its last Conv2D moves; it was frozen when the model was compiled, so the model must be compiled anew")
    check(moved == {top}, f"training that moves {len(moved)} of the backbone's 10 arrays", "1: the kernel of the last Conv2D")
    check(any("accuracy" in name for name in scores), "no accuracy among the metrics any more", 'metrics=["accuracy"] in compile')


def _open_places(backbone) -> set[int]:
    return {place for place, layer in enumerate(backbone.trainable()) if layer["trainable"] and layer["class"] in ("Conv2D", "BatchNormalization")}


def _open_after(submission, rng, layers: int) -> set[int]:
    """Places that can train after fine_tune with so many layers of a backbone that was frozen."""
    backbone, _ = _small_backbone(submission, rng, trainable=False)
    submission.fine_tune(_classifier(submission, backbone, "adam", rng), layers, 0.01)
    return _open_places(backbone)


def _names(places) -> str:
    names = ("Conv2D (1st)", "BatchNormalization (1st)", "ReLU", "Conv2D (2nd)", "BatchNormalization (2nd)")
    return ", ".join(names[place] for place in sorted(places)) or "none"


def _classifier(submission, backbone, optimizer, rng):
    """A compiled model on a backbone, as a fine_tune would get it."""
    top = [rng.normal(0, 0.5, (CHANNELS, 3)).astype(np.float32), np.zeros(3, np.float32)]
    return submission.build_model((8, 8, 3), [(backbone, {}), ("Dense", {"units": 3, "activation": "softmax"})], [*backbone.weights(), *top],
                                  compile={"optimizer": optimizer, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})


# What the tests share


def _small_backbone(submission, rng, *, trainable: bool, counting: bool = False):
    """Two convolutions with BatchNormalization, pooled to CHANNELS features, and its weights."""
    layers = [("Conv2D", {"filters": 6, "kernel_size": 3, "use_bias": False}), ("BatchNormalization", {}), ("ReLU", {}),
              ("Conv2D", {"filters": CHANNELS, "kernel_size": 3, "use_bias": False}), ("BatchNormalization", {}), ("ReLU", {}),
              ("GlobalAveragePooling2D", {})]
    weights = [np.float32(0)] * counting
    for channels_in, channels in ((3, 6), (6, CHANNELS)):
        weights.append(rng.normal(0, 0.3, (3, 3, channels_in, channels)))
        weights += [rng.uniform(0.8, 1.2, channels), rng.uniform(0.3, 0.6, channels), rng.normal(0, 0.2, channels), rng.uniform(0.5, 2, channels)]
    weights = [np.asarray(array, np.float32) for array in weights]
    layers = [("CountExamples", {})] * counting + layers
    return submission.build_model((8, 8, 3), layers, weights, trainable=trainable), weights


def _pictures(rng, count: int) -> np.ndarray:
    return rng.uniform(-1, 1, (count, 8, 8, 3)).astype(np.float32)


def _are_shares(answers) -> bool:
    return bool((answers >= 0).all() and np.allclose(answers.sum(axis=1), 1, atol=1e-4))


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _expect_shape(array, shape) -> None:
    check(getattr(array, "shape", None) == shape, value_in_words(array), f"an array of shape {shape}")


def _came_back(value) -> str:
    return "None; does the function end with return?" if value is None else value_in_words(value)


def _shape(shape) -> str:
    return "(" + ", ".join("batch" if place == 0 else str(n) for place, n in enumerate(shape)) + ")" if isinstance(shape, tuple) else "None (it has no Input)"


def _expect_model(model) -> None:
    kind = getattr(model, "kind", None)
    if kind != "model":
        check(False, "a Keras layer" if kind == "layer" else _came_back(model), "a keras.Model")
