"""Grading tests of lesson 3. What is compared is a property or the definition, on inputs drawn anew."""

import numpy as np

from course.data.creatures import ANIMALS, Creature, draw_all
from course.grading.checks import Mismatch, assert_close, assert_equal, assert_raises, check, task
from course.grading.wording import value_in_words

# Task 3.1


@task("3.1", points=1)
def test_both_pictures_of_a_pair_are_drawn_from_the_same_settings(submission, rng):
    settings = [{"animal": animal, "ground": ground, "individual": int(rng.integers(1000))}
                for animal, ground in (("bunny", "grass"), ("elephant", "sand"), ("elephant", "grass"))]
    _expect_pairs(submission, settings, {"grass": "sand", "sand": "grass"}, size=32)


@task("3.1", points=1)
def test_everything_but_the_ground_stays_as_it_was(submission, rng):
    settings = [{"animal": str(rng.choice(ANIMALS)), "ground": ground, "individual": int(rng.integers(1000)),
                 "scene": int(rng.integers(1000)), "facing": facing, "pose": float(rng.uniform(-1, 1)), "scale": 0.8,
                 "x": float(rng.uniform(0.35, 0.65)), "light": float(rng.uniform(-0.8, 0.8)), "noise": 0.02}
                for ground, facing in (("snow", "left"), ("grass", "right"), ("floor", "left"))]
    _expect_pairs(submission, settings, {"grass": "snow", "snow": "floor", "floor": "sand"}, size=24)


def _expect_pairs(submission, settings, exchange, size):
    pairs = submission.counterfactual_pairs(settings, exchange, size)
    shape = (len(settings), size, size, 3)
    advice = {1: "; does the function return both arrays?"}.get(len(pairs), "") if isinstance(pairs, (list, tuple)) else ""
    check(pairs is not None, "None; does every path through the function end with return?",
          "two arrays: (as they are, exchanged)")
    if isinstance(pairs, np.ndarray) and pairs.shape[:1] == (2,):
        pairs = tuple(pairs)  # both, stacked: they unpack into two all the same
    check(isinstance(pairs, (list, tuple)) and len(pairs) == 2, value_in_words(pairs) + advice,
          f"two arrays of shape {shape}: (as they are, exchanged)")
    exchanged = [{**one, "ground": exchange[one["ground"]]} for one in settings]
    for name, part, wanted in zip(("the pictures as they are", "the pictures with the ground exchanged"), pairs,
                                  (settings, exchanged), strict=True):
        expected = draw_all([Creature(**one) for one in wanted], size)
        try:
            assert_close(part, expected, rtol=0, atol=0, dtype=np.uint8)
        except Mismatch as error:
            error.args = (f"About {name}:\n{error}",)
            raise


# Task 3.2


@task("3.2", points=1)
def test_reliance_is_the_accuracy_lost_by_the_exchange(submission, rng):
    for classes, right, right_exchanged in ((2, 0.9, 0.3), (5, 0.7, 0.5), (3, 0.4, 0.7)):
        labels = rng.integers(0, classes, 60)
        answers = _answers(rng, labels, right, classes)
        answers_exchanged = _answers(rng, labels, right_exchanged, classes)
        trained_on = np.zeros(60, bool)
        expected = float(np.mean(answers == labels) - np.mean(answers_exchanged == labels))
        assert_close(submission.shortcut_reliance(labels, answers, answers_exchanged, trained_on), expected)


@task("3.2", points=1)
def test_animals_of_the_training_pictures_do_not_count(submission, rng):
    labels = rng.integers(0, 3, 80)
    trained_on = rng.random(80) < 0.4
    trained_on[:2] = True, False
    answers = np.where(trained_on, labels, _answers(rng, labels, 0.6, 3))
    answers_exchanged = np.where(trained_on, labels, _answers(rng, labels, 0.4, 3))
    expected = float(np.mean((answers == labels)[~trained_on]) - np.mean((answers_exchanged == labels)[~trained_on]))
    assert_close(submission.shortcut_reliance(labels, answers, answers_exchanged, trained_on), expected)
    one_left = np.ones(80, bool)
    one_left[7] = False
    expected = float(answers[7] == labels[7]) - float(answers_exchanged[7] == labels[7])
    assert_close(submission.shortcut_reliance(labels, answers, answers_exchanged, one_left), expected)
    assert_raises("ValueError", submission.shortcut_reliance, labels, answers, answers_exchanged, np.ones(80, bool))


def _answers(rng, labels, right, classes):
    """Answers of which about the share `right` is right."""
    wrong = (labels + rng.integers(1, classes, len(labels))) % classes
    return np.where(rng.random(len(labels)) < right, labels, wrong)


# Task 3.3. The threshold of the last test is calibrated in calibration/lesson_03_overfitting_and_data_task_3.json.


@task("3.3", points=1, keras=True, seconds=40, replay=False)
def test_the_network_has_one_share_for_each_class(submission, rng):
    for shape, classes in (((32, 32, 3), 2), ((20, 26, 1), 5)):
        network = _built(submission, shape, classes)
        shares = network.predict(rng.random((4, *shape), dtype=np.float32))
        shape_ok = isinstance(shares, np.ndarray) and shares.shape == (4, classes)
        submission.suspect("build_cnn__number_of_classes_fixed", not shape_ok and getattr(shares, "shape", None) == (4, 2))
        check(shape_ok, f"for 4 pictures and {classes} classes, an answer of {value_in_words(shares)}",
              f"an array of shape (4, {classes})")
        sums = shares.sum(axis=1)
        in_range = bool((shares >= 0).all() and (shares <= 1).all())
        submission.suspect("build_cnn__no_softmax", not in_range and shape_ok)
        last = network.describe()["layers"][-1]["config"].get("activation")
        submission.suspect("build_cnn__sigmoid_at_the_end", last == "sigmoid")
        check(in_range and np.allclose(sums, 1, atol=1e-3),
              f"shares from {shares.min():.3g} to {shares.max():.3g} that add up to {sums[0]:.3g} for the first picture",
              "for each picture, shares between 0 and 1 that add up to 1")


@task("3.3", points=1, keras=True, seconds=40, replay=False)
def test_the_network_is_convolutional_small_and_compiled_to_match(submission, rng):
    shape = 32, 32, 3
    description = _built(submission, shape, 4).describe()
    layers = description["layers"]
    convolutions = [layer for layer in layers if "Conv2D" in layer["class"]]
    submission.suspect("build_cnn__dense_layers_only", not convolutions)
    check(len(convolutions) >= 2, f"a network with {len(convolutions)} convolutional layers ({_classes(layers)})",
          "at least two convolutional layers, such as Conv2D")
    linear = all(layer["config"].get("activation", "linear") == "linear" for layer in convolutions)
    extra = any(word in layer["class"] for layer in layers for word in ("Activation", "ReLU", "ELU"))
    submission.suspect("build_cnn__no_nonlinearity", linear and not extra)
    check(not linear or extra, "convolutional layers without any nonlinearity",
          'one after each convolution, such as activation="relu"')
    weights, limit = description["trainable_parameters"], 32 * 32 * 32 * 3
    submission.suspect("build_cnn__no_pooling", weights >= limit)
    check(weights < limit, f"{weights:,} weights for pictures of 32 × 32 × 3",
          f"fewer than {limit:,}, those of one Dense layer of 32 units")
    compiled = description["compiled"]
    submission.suspect("build_cnn__not_compiled", compiled is None)
    check(compiled is not None, "a network that is not compiled", "a compiled one, ready for fit")
    loss = str(compiled["loss"]).replace("_", "").lower()
    submission.suspect("build_cnn__loss_for_one_hot_labels", loss == "categoricalcrossentropy")
    submission.suspect("build_cnn__loss_of_squares", loss in ("mse", "meansquarederror"))
    check(loss not in ("categoricalcrossentropy", "mse", "meansquarederror", "binarycrossentropy"),
          f"the loss {compiled['loss']}",
          "one for labels that are whole numbers and for shares: sparse_categorical_crossentropy")


@task("3.3", points=2, keras=True, seconds=60, replay=False)
def test_the_network_learns_an_easy_problem(submission, rng):
    network = _built(submission, (20, 20, 3), 3)
    compiled = network.describe()["compiled"]
    submission.suspect("build_cnn__not_compiled", compiled is None)
    check(compiled is not None, "a network that is not compiled", "a compiled one, ready for fit")
    loss = str(compiled["loss"]).replace("_", "").lower()
    submission.suspect("build_cnn__loss_for_one_hot_labels", loss == "categoricalcrossentropy")
    submission.suspect("build_cnn__loss_of_squares", loss in ("mse", "meansquarederror"))
    submission.suspect("build_cnn__steps_far_too_large", compiled["learning_rate"] >= 0.1 and compiled["optimizer"] != "SGD")
    history = network.fit(*easy_problem(rng, 300), epochs=12, batch_size=16)
    pictures, labels = easy_problem(rng, 150)
    measured = network.evaluate(pictures, labels)
    submission.suspect("build_cnn__accuracy_not_recorded", "accuracy" not in history)
    check("accuracy" in history, f"a record of {', '.join(history)} only", '"accuracy" as well: metrics=["accuracy"]')
    shares = network.predict(pictures)
    accuracy = float(np.mean(np.argmax(shares, axis=-1) == labels)) if getattr(shares, "ndim", 0) == 2 else 0.0
    check(accuracy >= 0.8,
          f"{accuracy:.0%} right on new pictures of lying, upright and slanted bars, after 12 epochs on 300 of them",
          "at least 80%")
    check(np.isfinite(measured["loss"]), f"a loss of {measured['loss']}", "a finite loss")


def easy_problem(rng, count):
    """Lying, upright and slanted bars of random colours at random places: float32 pictures of 20 × 20 × 3, and labels."""
    labels = rng.integers(0, 3, count)
    pictures = rng.uniform(0, 0.2, (count, 20, 20, 3)).astype(np.float32)
    for picture, label in zip(pictures, labels, strict=True):
        row, column = rng.integers(4, 15, 2)
        along = np.arange(-4, 5)
        rows, columns = ((row + 0 * along, column + along), (row + along, column + 0 * along),
                         (row + along, column + along))[label]
        picture[np.clip(rows, 0, 19), np.clip(columns, 0, 19)] += rng.uniform(0.4, 0.8, 3)
    return np.clip(pictures, 0, 1), labels


def _built(submission, shape, classes):
    network = submission.build_cnn(shape, classes)
    _expect_model(network)
    description = network.describe()
    wanted = (None, *shape)
    check(description["input_shape"] is not None, "a network that does not know the shape of its pictures yet",
          "one that begins with keras.Input(image_shape)")
    if tuple(description["input_shape"]) not in (wanted, (None, None, None, shape[-1])):
        submission.suspect("build_cnn__image_shape_fixed", True)
        check(False, f"a network for input of shape {description['input_shape']}",
              f"one for {wanted}, as image_shape is {shape}")
    return network


def _expect_model(model):
    if getattr(model, "kind", None) == "model":
        return
    said = {"layer": "a Keras layer; put it into a keras.Sequential with an Input"}.get(getattr(model, "kind", None))
    none = "None; does the function end with return?" if model is None else value_in_words(model)
    check(False, said or none, "a keras.Model")


def _classes(layers):
    return ", ".join(layer["class"] for layer in layers)


# Task 3.4


def network(pictures, *, weights):
    """Shares of the classes: a softmax of weighted sums of squares, so that channels, places and classes differ."""
    pictures = np.asarray(pictures, dtype=np.float64)
    sums = np.tensordot(pictures**2, weights, axes=3)
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@task("3.4", points=2)
def test_the_map_is_the_drop_of_the_score_for_each_square(submission, rng):
    for (height, width), size, stride in (((20, 26), 6, 4), ((17, 12), 5, 3)):
        _expect_map(submission, rng, (height, width, 3), size, stride, fill=0.5)


@task("3.4", points=1)
def test_the_map_of_other_pictures_squares_and_fills(submission, rng):
    _expect_map(submission, rng, (16, 21, 3), 7, 2, fill=tuple(float(value) for value in rng.random(3)))
    _expect_map(submission, rng, (12, 15, 1), 3, 3, fill=0.9)


@task("3.4", points=1)
def test_only_what_the_network_uses_shows_in_the_map(submission, rng):
    weights = np.zeros((24, 32, 3, 2))
    row, column = int(rng.integers(4, 8)), int(rng.integers(17, 22))
    weights[row : row + 8, column : column + 8, :, 1] = 0.015  # a picture that is bright here is of class 1
    image = rng.uniform(0.6, 1.0, (24, 32, 3)).astype(np.float32)
    brought = submission.bring(network, weights=weights)
    drops = submission.occlusion_map(brought, image, 1, 8, 4, 0.0)
    other = submission.occlusion_map(brought, image, 0, 8, 4, 0.0)
    assert_close(drops, _expected_map(weights, image, 1, 8, 4, 0.0), atol=1e-5)
    assert_close(other, -_expected_map(weights, image, 1, 8, 4, 0.0), atol=1e-5)


def _expect_map(submission, rng, shape, size, stride, fill):
    weights = rng.normal(scale=0.12, size=(*shape, 3))
    image = rng.random(shape, dtype=np.float32)
    scores = network(image[np.newaxis], weights=weights)[0]
    label = int(np.argsort(scores)[1])  # neither the surest class nor the last
    drops = submission.occlusion_map(submission.bring(network, weights=weights), image, label, size, stride, fill)
    assert_close(drops, _expected_map(weights, image, label, size, stride, fill), atol=1e-5)


def _expected_map(weights, image, label, size, stride, fill):
    score = network(image[np.newaxis], weights=weights)[0, label]
    expected = np.zeros(((image.shape[0] - size) // stride + 1, (image.shape[1] - size) // stride + 1))
    for down, across in np.ndindex(expected.shape):
        covered = image.copy()
        covered[down * stride : down * stride + size, across * stride : across * stride + size] = fill
        expected[down, across] = score - network(covered[np.newaxis], weights=weights)[0, label]
    return expected


# Task 3.5


def train_and_score(train_images, train_labels, test_images, test_labels, seed):
    """Stands in for training: a number that depends on which pictures were chosen, on which were scored, and on the seed."""
    first = np.asarray(train_images, dtype=np.float64).reshape(len(train_images), -1)[:, 0]
    second = np.asarray(test_images, dtype=np.float64).reshape(len(test_images), -1)[:, 0]
    labels = np.asarray(train_labels, dtype=np.float64).sum() + np.asarray(test_labels, dtype=np.float64).sum()
    luck = np.sin(first.sum() + 3 * second.sum() + 0.1 * labels + float(np.sum(seed)))
    return float(0.5 + 0.25 * luck + 0.2 * len(first) / (len(first) + 9))


ARGUMENTS = "train_images", "train_labels", "test_images", "test_labels", "seed"


@task("3.5", points=2)
def test_every_training_gets_its_pictures_by_the_rules(submission, rng):
    _Curve(submission, rng, classes=2, sizes=[2, 4, 8], seeds=[3, 11, 4]).expect_fair_choices()


@task("3.5", points=1)
def test_choices_are_nested_and_new_for_each_seed(submission, rng):
    curve = _Curve(submission, rng, classes=3, sizes=[1, 3, 6], seeds=[5, 0, 8, 1])
    curve.expect_fair_choices()
    curve.expect_nested_choices()


@task("3.5", points=1)
def test_the_curve_has_mean_lowest_and_highest_over_the_seeds(submission, rng):
    curve = _Curve(submission, rng, classes=2, sizes=[3, 5, 9, 12], seeds=[7, 2, 12])
    curve.expect_all_trainings()
    curve.expect_summary()


class _Curve:
    """One call of data_curve, with what it handed to train_and_score. Every picture carries its number."""

    def __init__(self, submission, rng, classes, sizes, seeds):
        self.submission, self.classes, self.sizes, self.seeds = submission, classes, sizes, seeds
        self.labels = rng.permutation(np.repeat(np.arange(classes), 25))
        self.held_out_labels = rng.permutation(np.repeat(np.arange(classes), 6))
        self.images = _numbered(np.arange(len(self.labels)))
        self.held_out = _numbered(1000 + np.arange(len(self.held_out_labels)))
        brought = submission.bring(train_and_score)
        self.result = submission.data_curve(brought, (self.images, self.labels), (self.held_out, self.held_out_labels),
                                            sizes, seeds)
        self.calls = [self._arguments(call) for call in brought.calls()]

    def _arguments(self, call):
        given = dict(zip(ARGUMENTS, call["args"])) | call["kwargs"]
        missing = [name for name in ARGUMENTS if name not in given]
        check(not missing and len(call["args"]) <= 5,
              f"train_and_score called without {', '.join(missing) or 'the right arguments'}",
              f"train_and_score({', '.join(ARGUMENTS)})")
        try:
            arrays = {name: np.asarray(given[name], dtype=np.float64) for name in ARGUMENTS}
        except (TypeError, ValueError):
            raise Mismatch("train_and_score called with something that is no array", "arrays of pictures and of labels") from None
        for images, labels in (ARGUMENTS[:2], ARGUMENTS[2:4]):
            shape, shape_of_labels = arrays[images].shape, arrays[labels].shape
            fits = shape[1:] == self.images.shape[1:] and shape_of_labels == shape[:1]
            check(fits,
                  f"train_and_score called with {images} of shape {shape} and {labels} of shape {shape_of_labels}",
                  f"pictures of shape (pictures, {', '.join(map(str, self.images.shape[1:]))}) and one label for each")
        return {"chosen": _numbers(arrays["train_images"]), "labels": arrays["train_labels"],
                "scored": _numbers(arrays["test_images"]),
                "scored_labels": arrays["test_labels"], "seed": given["seed"], "score": train_and_score(**arrays)}

    def suspect(self, mistake, evidence):
        self.submission.suspect(f"data_curve__{mistake}", evidence)

    def expect_something(self):
        check(self.result is not None, "None; does every path through the function end with return?",
              "(mean, lowest, highest)")

    def expect_all_trainings(self):
        wanted = len(self.sizes) * len(self.seeds)
        self.suspect("one_seed_only", len(self.calls) == len(self.sizes))
        check(len(self.calls) == wanted,
              f"{len(self.calls)} trainings for {len(self.sizes)} sizes and {len(self.seeds)} seeds",
              f"{wanted}: each size once for each seed")
        seeds = [call["seed"] for call in self.calls]
        self.suspect("seed_not_handed_on",
                     len({str(seed) for seed in seeds}) == 1 or set(map(str, seeds)) == set(map(str, range(len(self.seeds)))))
        wanted_seeds = sorted(seed for seed in self.seeds for _ in self.sizes)
        whole = all(isinstance(seed, (int, np.integer)) or getattr(seed, "shape", None) == () for seed in seeds)
        check(whole and sorted(int(seed) for seed in seeds) == wanted_seeds, f"the seeds {seeds} handed to train_and_score",
              f"each of {self.seeds} once for each size")

    def expect_fair_choices(self):
        """Right trainings, scored on the held-out pictures, with the same number of each class and no picture twice."""
        self.expect_something()
        for call in self.calls:
            of_pool = set(call["scored"]) <= set(range(len(self.labels)))
            self.suspect("scored_on_training_pictures", of_pool and set(call["scored"]) == set(call["chosen"]))
            self.suspect("scored_on_the_rest_of_the_pool", of_pool and not set(call["scored"]) & set(call["chosen"]))
            check(sorted(call["scored"]) == list(range(1000, 1000 + len(self.held_out_labels))),
                  f"a score on {len(call['scored'])} pictures, {'from the pool' if of_pool else 'not all of them held out'}",
                  f"on the {len(self.held_out_labels)} held-out pictures, all of them")
            right = self.held_out_labels[np.array(call["scored"]) - 1000]
            check(np.array_equal(call["scored_labels"], right), "held-out pictures with labels of other pictures",
                  "each with its own")
            known = np.isin(call["chosen"], np.arange(len(self.labels)))
            self.suspect("trained_on_the_held_out_too", not known.all())
            check(known.all(), "training pictures that are not from the pool", "a choice from the pool")
            right = self.labels[np.array(call["chosen"], dtype=int)]
            self.suspect("labels_not_chosen_along", not np.array_equal(call["labels"], right))
            check(np.array_equal(call["labels"], right), "training pictures with labels of other pictures",
                  "each picture with its own label")
            self.suspect("drawn_with_replacement", len(set(call["chosen"])) < len(call["chosen"]))
            check(len(set(call["chosen"])) == len(call["chosen"]), "a choice with the same picture twice",
                  "different pictures")
            counts = np.bincount(right, minlength=self.classes)
            self.suspect("size_for_all_classes_together", {len(one["chosen"]) for one in self.calls} == set(self.sizes))
            self.suspect("classes_not_balanced", len(right) // self.classes in self.sizes and len(set(counts)) > 1)
            check(len(set(counts)) == 1, f"a choice with {', '.join(map(str, counts))} pictures of the classes",
                  "the same number of each")
        per_class = sorted(len(call["chosen"]) // self.classes for call in self.calls)
        wanted = sorted(size for size in self.sizes for _ in self.seeds)
        if len(self.calls) == len(wanted):
            check(per_class == wanted, f"trainings on {per_class} pictures of each class", f"{wanted}")
        self.expect_all_trainings()

    def expect_nested_choices(self):
        for seed in self.seeds:
            own = sorted((call["chosen"] for call in self.calls if int(call["seed"]) == seed), key=len)
            nested = all(set(small) <= set(large) for small, large in zip(own, own[1:]))
            self.suspect("not_nested", not nested)
            check(nested, f"a choice with seed {seed} that leaves out pictures of a smaller choice with that seed",
                  "larger choices that contain the smaller ones")
        first = {tuple(sorted(call["chosen"])) for call in self.calls if len(call["chosen"]) == max(self.sizes) * self.classes}
        self.suspect("same_pictures_for_every_seed", len(first) == 1)
        check(len(first) == len(self.seeds),
              f"{len(first)} different choices of {max(self.sizes)} pictures each for {len(self.seeds)} seeds",
              "another choice for each seed")

    def expect_summary(self):
        scores = {}
        for call in self.calls:
            scores.setdefault(len(call["chosen"]), []).append(call["score"])
        table = np.array([scores[size] for size in sorted(scores)])
        result = self.result
        self.expect_something()
        try:
            parts = [np.asarray(part, dtype=np.float64) for part in result]
        except (TypeError, ValueError):
            parts = []
        shape = (len(self.sizes),)
        self.suspect("averaged_over_sizes", [part.shape for part in parts] == [(len(self.seeds),)] * 3)
        check([part.shape for part in parts] == [shape] * 3, value_in_words(result),
              f"three arrays of shape {shape}: mean, lowest and highest")
        mean, lowest, highest = table.mean(axis=1), table.min(axis=1), table.max(axis=1)
        self.suspect("best_run_as_mean", np.allclose(parts[0], highest))
        even = np.allclose(parts[2] - parts[0], parts[0] - parts[1]) and bool((parts[2] > parts[1]).all())
        self.suspect("deviation_instead_of_range", np.allclose(parts[0], mean) and even)
        for name, part, wanted in (("mean", parts[0], mean), ("lowest", parts[1], lowest), ("highest", parts[2], highest)):
            check(np.allclose(part, wanted, atol=1e-5), f"{name} {np.round(part, 4).tolist()}",
                  f"{np.round(wanted, 4).tolist()}, from the scores that train_and_score returned")


def _numbered(numbers):
    """Pictures of 3 × 2 × 1 pixels, each filled with its own number."""
    return np.broadcast_to(numbers[:, np.newaxis, np.newaxis, np.newaxis], (len(numbers), 3, 2, 1)).astype(np.float32)


def _numbers(images):
    return [int(number) for number in images.reshape(len(images), -1)[:, 0]] if len(images) else []


# Task 3.6


@task("3.6", points=1)
def test_the_answer_lies_on_the_line_between_two_sizes(submission, reference, rng):
    assert_close(submission.images_needed([10, 40], [0.6, 0.8], 0.7), 20.0, rtol=1e-3)
    for _ in range(3):
        sizes = np.cumsum(rng.integers(3, 30, 6)).tolist()
        accuracies = np.sort(rng.uniform(0.4, 0.95, 6)).round(3).tolist()
        place = int(rng.integers(1, 6))
        target = round(float(rng.uniform(accuracies[place - 1], accuracies[place])), 5)
        expected = reference.images_needed(sizes, accuracies, target)
        assert_close(submission.images_needed(sizes, accuracies, target), expected, rtol=1e-3)


@task("3.6", points=1)
def test_curves_that_fall_in_places_and_targets_met_exactly(submission, reference, rng):
    middle = round(float(rng.uniform(0.62, 0.68)), 3)
    sizes, accuracies = [4, 8, 16, 32, 64], [0.55, 0.75, 0.6, 0.8, middle]
    asked = [0.7, middle, 0.78, 0.75]
    answers = [submission.images_needed(np.array(sizes), np.array(accuracies), target) for target in asked]
    for answer, target in zip(answers, asked, strict=True):
        assert_close(answer, reference.images_needed(sizes, accuracies, target), rtol=1e-3)


@task("3.6", points=1)
def test_nothing_is_invented_beyond_the_measured_points(submission, rng):
    best = round(float(rng.uniform(0.7, 0.9)), 3)
    sizes, accuracies = [5, 10, 20, 40], [0.55, 0.6, 0.65, best]
    never = submission.images_needed(sizes, accuracies, best + 0.02)
    at_once = submission.images_needed(sizes, accuracies, 0.52)
    at_the_end = submission.images_needed(sizes, accuracies, best)
    check(never is None, value_in_words(never),
          f"None, as {best + 0.02:.3g} is never reached; the best that was measured is {best:g}")
    assert_close(at_once, 5.0, rtol=1e-3)
    assert_close(at_the_end, 40.0, rtol=1e-3)


# Task 3.7


@task("3.7", points=1, keras=True, seconds=40, replay=False)
def test_at_prediction_pictures_stay_as_they_are(submission, rng):
    pictures = rng.random((6, 20, 28, 3), dtype=np.float32)
    pipeline = submission.augmentation((20, 28, 3), 0.1)
    _expect_model(pipeline)
    for _ in range(2):
        after = pipeline.predict(pictures)
        same_shape = isinstance(after, np.ndarray) and after.shape == pictures.shape
        submission.suspect("augmentation__pictures_cut", isinstance(after, np.ndarray) and not same_shape)
        check(same_shape, f"at prediction, {value_in_words(after)}", "pictures of the same shape, (6, 20, 28, 3)")
        shuffled = abs(float(after.mean() - pictures.mean())) < 0.1  # the same colours, elsewhere
        submission.suspect("augmentation__values_rescaled", after.max() < 0.1)
        submission.suspect("augmentation__active_at_prediction", shuffled and not np.allclose(after, pictures, atol=1e-4))
        check(np.allclose(after, pictures, atol=1e-4),
              f"at prediction, pictures that were changed (by up to {np.abs(after - pictures).max():.3g})",
              "the pictures as they were")


@task("3.7", points=1, keras=True, seconds=40, replay=False)
def test_in_training_half_of_the_pictures_are_mirrored(submission, rng):
    copies = _Copies(submission, rng, shift=0.0)
    copies.expect_clean_pictures()
    copies.expect_mirrored()
    copies.expect_not_moved()


@task("3.7", points=2, keras=True, seconds=40, replay=False)
def test_in_training_pictures_move_a_little(submission, rng):
    copies = _Copies(submission, rng, shift=0.12)
    copies.expect_clean_pictures()
    copies.expect_mirrored()
    copies.expect_moved()


class _Copies:
    """128 copies of one picture after augmentation: a slanted spot, upper right of the middle, on an even ground."""

    height, width, count = 40, 48, 128

    def __init__(self, submission, rng, shift):
        self.submission, self.shift = submission, shift
        self.row, self.column = rng.uniform(11, 13), rng.uniform(29, 31)
        self.ground = rng.uniform(0.25, 0.45, 3)
        down, across = np.mgrid[: self.height, : self.width]
        down, across = down - self.row, across - self.column
        self.spot = np.exp(-((across + down) / 4.2) ** 2 - ((across - down) / 2.2) ** 2)
        picture = self.ground + self.spot[..., np.newaxis] * rng.uniform(0.3, 0.5, 3)
        self.pictures = np.repeat(picture[np.newaxis], self.count, axis=0).astype(np.float32)
        pipeline = submission.augmentation((self.height, self.width, 3), shift)
        _expect_model(pipeline)
        self.after = pipeline.predict(self.pictures, training=True)

    def suspect(self, mistake, evidence):
        self.submission.suspect(f"augmentation__{mistake}", evidence)

    def expect_clean_pictures(self):
        """Shape and colours as before; then where each spot is, and how it leans."""
        after = self.after
        fits = isinstance(after, np.ndarray) and after.shape == self.pictures.shape
        self.suspect("pictures_cut", isinstance(after, np.ndarray) and not fits)
        check(fits, f"in training, {value_in_words(after)}", f"pictures of the same shape, {self.pictures.shape}")
        self.suspect("nothing_happens", np.allclose(after, self.pictures, atol=1e-4))
        check(not np.allclose(after, self.pictures, atol=1e-4), "in training, the pictures as they were",
              "pictures that are varied")
        self.suspect("values_rescaled", after.max() < 0.1)
        self.suspect("colours_changed", self._corner_changed() and after.max() >= 0.1)
        check(not self._corner_changed(), "in training, pictures whose even ground has another colour",
              "the colours as they were")
        darkest = float(after.min())
        self.suspect("black_bar", darkest < 0.5 * self.ground.min())
        check(darkest > 0.9 * self.ground.min() and float(after.max()) <= 1.0,
              f"in training, values from {darkest:.2f} to {float(after.max()):.2f}, where the picture's go "
              f"from {self.pictures.min():.2f} to {self.pictures.max():.2f}",
              "a border that continues the picture, and no new colours")
        weights = np.clip((after - self.ground).sum(axis=-1), 0, None)
        weights[weights < 0.02] = 0
        total = weights.sum(axis=(1, 2))
        down, across = np.mgrid[: self.height, : self.width]
        with np.errstate(invalid="ignore", divide="ignore"):
            self.rows = (weights * down).sum(axis=(1, 2)) / total
            self.columns = (weights * across).sum(axis=(1, 2)) / total
            off_rows, off_columns = down - self.rows[:, None, None], across - self.columns[:, None, None]
            self.lean = (weights * off_rows * off_columns).sum(axis=(1, 2)) / total
            self.spread = (weights * (off_rows**2 + off_columns**2)).sum(axis=(1, 2)) / total

    def _corner_changed(self):
        """Whether the lower left corner, far from the spot in any allowed variation, has another colour in most copies."""
        corner = self.after[:, -12:-9, self.width // 2 - 2 : self.width // 2 + 2].mean(axis=(1, 2))
        return bool((np.abs(corner - self.ground).max(axis=1) > 0.02).mean() > 0.5)

    def expect_mirrored(self):
        mirrored = self.lean < 0
        lean = np.where(mirrored, -1, 1) * abs(_lean_of(self.spot))
        other_form = float(np.mean((np.abs(self.lean - lean) > 0.25 * np.abs(lean)) | ~np.isfinite(self.lean)))
        upside_down = float(np.mean(self.rows > self.height / 2 + 1))
        self.suspect("upside_down", upside_down > 0.3)
        spread = np.abs(self.spread / _spread_of(self.spot) - 1) < 0.15
        self.suspect("turned", other_form > 0.3 and spread.mean() > 0.7)
        self.suspect("moved_too_far", 0 < upside_down < 0.3 and other_form <= 0.3)
        check(upside_down == 0, f"in training, {upside_down:.0%} of the copies upside down or moved very far",
              "none upside down")
        check(other_form < 0.02, "in training, copies whose spot has another shape: turned, squeezed or cut off",
              "mirrored and moved, and nothing else")
        share = float(mirrored.mean())
        self.suspect("never_mirrored", share == 0)
        check(0.2 < share < 0.8, f"in training, {share:.0%} of {self.count} copies mirrored",
              "about half of them, each on its own")
        self.mirrored = mirrored

    def moves(self):
        """How far each spot has moved down and to the right, in pixels."""
        return (self.rows - self.row,
                np.where(self.mirrored, self.columns - (self.width - 1 - self.column), self.columns - self.column))

    def expect_not_moved(self):
        farthest = max(float(np.abs(move).max()) for move in self.moves())
        self.suspect("shift_ignored", farthest > 1)
        check(farthest <= 1, f"in training, moves by up to {farthest:.1f} pixels, with shift {self.shift:g}",
              "none, as the shift is 0")

    def expect_moved(self):
        moved_down, moved_right = self.moves()
        farthest = max(np.abs(moved_down).max() / self.height, np.abs(moved_right).max() / self.width)
        self.suspect("never_moved", farthest < 0.01)
        self.suspect("moved_too_far", farthest > self.shift + 0.03)
        self.suspect("moved_along_one_axis",
                     min(np.abs(moved_down).max(), np.abs(moved_right).max()) < 0.3 < max(np.abs(moved_down).max(),
                                                                                          np.abs(moved_right).max()))
        for name, moved, length in (("up or down", moved_down, self.height), ("left or right", moved_right, self.width)):
            low, high = moved.min() / length, moved.max() / length
            check(max(-low, high) <= self.shift + 0.02,
                  f"in training, a move of {max(-low, high):.0%} of the picture {name}", f"at most {self.shift:.0%}")
            check(min(-low, high) >= 0.5 * self.shift,
                  f"in training, moves {name} from {low:.1%} to {high:.1%} of the picture",
                  f"from about -{self.shift:.0%} to {self.shift:.0%}")


def _off_centre(spot):
    down, across = np.mgrid[: spot.shape[0], : spot.shape[1]]
    return down - (spot * down).sum() / spot.sum(), across - (spot * across).sum() / spot.sum()


def _lean_of(spot):
    down, across = _off_centre(spot)
    return float((spot * down * across).sum() / spot.sum())


def _spread_of(spot):
    down, across = _off_centre(spot)
    return float((spot * (down**2 + across**2)).sum() / spot.sum())
