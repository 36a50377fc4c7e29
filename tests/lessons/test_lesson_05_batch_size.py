"""Grading tests of lesson 5. Where chance is involved, what is compared is what every right answer has in common."""

import numpy as np

from course.grading.answers import KerasObject
from course.grading.checks import Mismatch, assert_close, assert_equal, assert_raises, check, task
from course.grading.codec import Opaque
from course.grading.wording import value_in_words


def _several(answer, what: str, count: int = 2) -> list:
    """The answer as a list of `count` values, or a Mismatch that says what it is instead."""
    expected = f"a tuple of {count}: ({what})"
    check(answer is not None, "None; does every path through the function end with return?", expected)
    check(isinstance(answer, (tuple, list)), value_in_words(answer), expected)
    check(len(answer) == count, f"{len(answer)} value{'s' if len(answer) != 1 else ''} in a {type(answer).__name__}", expected)
    return list(answer)


def _number(answer, expected: str) -> float:
    """The answer as a float, or a Mismatch."""
    check(answer is not None, "None; does every path through the function end with return?", expected)
    check(isinstance(answer, (int, float, np.number, np.ndarray)) and not isinstance(answer, bool) and np.size(answer) == 1
          and np.ndim(answer) == 0 and not np.iscomplexobj(answer), value_in_words(answer), expected)
    return float(answer)


def _part(name: str, actual, expected, **tolerances) -> None:
    """assert_close for one of several values, whose message says which one it is."""
    try:
        assert_close(actual, expected, **tolerances)
    except Mismatch as mismatch:
        mismatch.args = (str(mismatch).replace("came back  ", f"came back  as {name}: ", 1),)
        raise


# Task 5.1


@task("5.1", points=1)
def test_a_short_last_batch_counts_unless_it_is_dropped(submission, rng):
    odd = [(int(batch * rng.integers(2, 9) + rng.integers(1, batch)), int(batch)) for batch in rng.integers(3, 40, size=4)]
    for examples, batch_size in ((11, 4), (10, 4), (9, 4), (1438, 32), *odd):
        _expect_steps(submission, examples, batch_size)


@task("5.1", points=1)
def test_full_batches_only_and_batches_larger_than_the_data(submission, rng):
    drawn = [(int(steps * batch), int(batch)) for steps, batch in rng.integers(2, 40, size=(4, 2))]
    larger = [(int(examples), int(examples + more)) for examples, more in rng.integers(1, 40, size=(3, 2))]
    for examples, batch_size in ((11, 4), (12, 4), (7, 1), (9, 9), (60000, 128), (60000, 60000), (5, 8), *drawn, *larger):
        _expect_steps(submission, examples, batch_size)


def _expect_steps(submission, examples: int, batch_size: int) -> None:
    starts = range(0, examples, batch_size)
    full = sum(start + batch_size <= examples for start in starts)
    dropped = submission.steps_per_epoch(examples, batch_size, drop_remainder=True)
    kept = submission.steps_per_epoch(examples, batch_size)
    try:
        assert_equal(dropped, full)
    except Mismatch:  # asked once more, so that this is the call that the message shows
        assert_equal(submission.steps_per_epoch(examples, batch_size, drop_remainder=True), full)
        raise
    assert_equal(kept, len(starts))


# Task 5.2


@task("5.2", points=1)
def test_every_example_is_in_exactly_one_batch(submission, rng):
    for n, batch_size in ((23, 5), (12, 4), (21, 5), (7, 10), (int(rng.integers(30, 60)), 8)):
        images, labels = _marked_examples(rng, n)
        answer = submission.batches(images, labels, batch_size, int(rng.integers(10**6)))
        order, _ = _orders(answer, images, labels)
        sizes = [len(label) for _, label in answer]
        full, rest = divmod(n, batch_size)
        expected = [batch_size] * full + [rest] * (rest > 0)
        submission.suspect("batches__last_batch_dropped", rest and sizes == [batch_size] * full)
        submission.suspect("batches__drawn_with_replacement", sizes == expected and len(set(order)) < n)
        even = sizes != expected and sum(sizes) == n and max(sizes) - min(sizes) <= 1
        submission.suspect("batches__cut_into_equal_parts", even)
        check(sizes == expected, f"batches of the sizes {_few(sizes)} for {n} examples", f"the sizes {_few(expected)}")
        missing = sorted(set(range(n)) - set(order))
        check(not missing, f"example {missing[0] if missing else 0} in no batch, and others in more than one",
              "each example in exactly one batch")


@task("5.2", points=1)
def test_images_and_labels_stay_together(submission, rng):
    for n, batch_size in ((29, 6), (40, 8)):
        images, labels = _marked_examples(rng, n)
        order, of_labels = _orders(submission.batches(images, labels, batch_size, int(rng.integers(10**6))), images, labels)
        together = order == of_labels
        submission.suspect("batches__labels_left_in_order", not together and of_labels == list(range(n)))
        complete = sorted(order) == sorted(of_labels) == list(range(n))
        submission.suspect("batches__shuffled_separately", not together and complete and of_labels != list(range(n)))
        place = next((place for place, pair in enumerate(zip(order, of_labels)) if pair[0] != pair[1]), 0)
        check(together, f"the image of example {order[place]} with the label of example {of_labels[place]}",
              "each image with its own label")


@task("5.2", points=1)
def test_the_order_is_random_and_belongs_to_the_seed(submission, rng):
    n, batch_size = 40, 7
    images, labels = _marked_examples(rng, n)
    orders = []
    for seed in (0, 0, *(int(seed) for seed in 1 + rng.choice(10**6, size=4, replace=False))):
        order, _ = _orders(submission.batches(images, labels, batch_size, seed), images, labels)
        changed = bool(submission.interactions[-1].changed)
        submission.suspect("batches__shuffled_in_place", changed)
        check(not changed, "batches, and an argument in another order than before", "images and labels left as they were")
        orders.append(order)
    first, again, *others = orders
    submission.suspect("batches__not_shuffled", all(order == list(range(n)) for order in orders))
    check(first != list(range(n)) or again != first or others[0] != first, "the examples in their old order", "a random order")
    submission.suspect("batches__seed_ignored", first != again)
    check(first == again, "two different orders with the same seed", "the same order whenever the seed is the same")
    same = all(order == first for order in others)
    submission.suspect("batches__same_order_for_every_seed", same)
    check(not any(order == first for order in others), "the same order with another seed", "another order with another seed")
    neighbours = np.mean([np.mean(np.diff(order) == 1) for order in orders if len(order) > 1])
    moved = np.mean([np.mean(np.abs(np.array(order) - np.arange(len(order)))) for order in orders])
    submission.suspect("batches__only_the_batches_shuffled", neighbours > 0.5)
    check(neighbours < 0.25, f"examples of which {neighbours:.0%} still follow their old neighbour",
          "an order in which every example is mixed with all")
    check(moved > n / 6, f"examples that stand on average {moved:.1f} places from where they were",
          "an order in which every example is mixed with all")


def _marked_examples(rng, n: int):
    """Images and labels that are all different, so that each can be recognised again."""
    images = rng.random((n, 3, 2)).astype(np.float32)
    return images, rng.permutation(n).astype(np.int64) + 100


def _orders(answer, images, labels) -> tuple[list[int], list[int]]:
    """Which examples the batches' images are, and which their labels, or a Mismatch where they are none."""
    expected = "a list of pairs (images, labels)"
    check(answer is not None, "None; does every path through the function end with return?", expected)
    generator = isinstance(answer, Opaque) and answer.type_name in ("generator", "zip", "map")
    check(not generator, f"a {getattr(answer, 'type_name', '')}, which gives its batches once and is then empty", expected)
    check(isinstance(answer, (list, tuple)) and len(answer) > 0, value_in_words(answer), expected)
    if len(answer) == 2 and not any(isinstance(part, (list, tuple)) and len(part) == 2 for part in answer):
        whole = all(isinstance(part, np.ndarray) for part in answer)
        said = "two arrays, not cut into batches" if whole else "two lists, one of images and one of labels; zip(…) makes pairs of them"
        check(not all(isinstance(part, (np.ndarray, list, tuple)) for part in answer), said, expected)
    places = {image.tobytes(): place for place, image in enumerate(images)}
    label_places = {int(label): place for place, label in enumerate(labels)}
    order, of_labels = [], []
    for number, pair in enumerate(answer):
        check(isinstance(pair, (list, tuple)) and len(pair) == 2, f"as batch {number}: {value_in_words(pair)}",
              "a pair (images, labels)")
        some, their = pair
        for name, part, whole in (("images", some, images), ("labels", their, labels)):
            good = isinstance(part, np.ndarray) and part.shape[1:] == whole.shape[1:] and part.ndim == whole.ndim
            advice = "; index with an array of places to get an array" if isinstance(part, (list, tuple)) else ""
            check(good, f"as {name} of batch {number}: {value_in_words(part)}{advice}",
                  f"an array of shape {('examples in the batch', *whole.shape[1:])}".replace("'", ""))
        check(len(some) == len(their), f"in batch {number}: {len(some)} images and {len(their)} labels",
              "as many labels as images")
        for image, label in zip(some, their):
            place = places.get(np.asarray(image, images.dtype).tobytes())
            check(place is not None, f"in batch {number}: an image that is none of those handed in",
                  "images as they were handed in")
            check(label in label_places, f"in batch {number}: the label {label}, which is none of those handed in",
                  "labels as they were handed in")
            order.append(place)
            of_labels.append(label_places[int(label)])
    return order, of_labels


def _few(numbers: list) -> str:
    return f"[{', '.join(map(str, numbers[:12]))}{', …' if len(numbers) > 12 else ''}]"


# Task 5.3


@task("5.3", points=1)
def test_loss_and_gradient_of_one_example_by_hand(submission, rng):
    pixel, label = 2.0 * rng.integers(1, 5), rng.integers(0, 2)
    weights, image = np.zeros((2, 2)), np.array([[pixel, 0.0]])
    loss, gradient = _pair(submission.loss_and_gradient(weights, image, np.array([label])), weights)
    away = np.where(np.arange(2) == label, -1, 1) * pixel / 2
    _part("loss", loss, np.log(2), rtol=1e-4)
    _part("gradient", gradient, np.array([away, [0.0, 0.0]]), rtol=1e-4)


@task("5.3", points=2)
def test_the_gradient_is_that_of_the_loss_in_every_direction(submission, rng):
    weights, images, labels = rng.normal(size=(4, 3)), rng.normal(size=(6, 4)), rng.permutation([0, 1, 2, 0, 2, 2])
    loss, gradient = _pair(submission.loss_and_gradient(weights, images, labels), weights)
    _part("loss", loss, _loss(weights, images, labels), rtol=1e-4)
    _part("gradient", gradient, _nudged(lambda moved: _loss(moved, images, labels), weights), rtol=1e-3, atol=1e-4)

    def own_loss(moved):
        return _number(_pair(submission.loss_and_gradient(moved, images, labels), weights)[0], "a number as the loss")

    own = _nudged(own_loss, weights)
    if not np.isclose(gradient, own, rtol=1e-2, atol=2e-3).all():
        worst = np.unravel_index(np.abs(gradient - own).argmax(), own.shape)
        raise Mismatch(f"a gradient of {gradient[worst]:.4g} at weights[{worst[0]}, {worst[1]}]",
                       f"{own[worst]:.4g}: what your own loss does when that weight is nudged")


@task("5.3", points=1)
def test_a_batch_is_averaged_and_large_scores_do_not_overflow(submission, rng):
    weights, images, labels = rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), rng.integers(0, 4, size=5)
    expected = _nudged(lambda moved: _loss(moved, images, labels), weights)
    once = _pair(submission.loss_and_gradient(weights, images, labels), weights)
    twice = _pair(submission.loss_and_gradient(weights, np.tile(images, (2, 1)), np.tile(labels, 2)), weights)
    for loss, gradient in (once, twice):
        _part("loss", loss, _loss(weights, images, labels), rtol=1e-4)
        _part("gradient", gradient, expected, rtol=1e-3, atol=1e-4)
    images = np.abs(images) + 1.0
    high = weights + 2000.0 * rng.choice([-1, 1])  # the same for each class, so that it changes no share
    loss, gradient = _pair(submission.loss_and_gradient(high, images, labels), weights)
    _part("loss", loss, _loss(weights, images, labels), rtol=1e-3, atol=1e-4)
    _part("gradient", gradient, _nudged(lambda moved: _loss(moved, images, labels), weights), rtol=1e-2, atol=1e-3)


def _pair(answer, weights):
    """(loss, gradient), of which the gradient is certain to be an array of the weights' shape."""
    loss, gradient = _several(answer, "loss, gradient")
    expected = f"a gradient of the weights' shape {weights.shape}"
    check(isinstance(gradient, np.ndarray), f"as gradient: {value_in_words(gradient)}", expected)
    check(gradient.shape == weights.shape and gradient.dtype.kind in "iuf", f"as gradient: {value_in_words(gradient)}", expected)
    _number(loss, "one number as the loss: the mean over the examples")
    return loss, gradient


def _loss(weights, images, labels) -> float:
    """The definition, with sums that cannot overflow."""
    scores = images @ weights
    return float(np.mean(np.logaddexp.reduce(scores, axis=1) - scores[np.arange(len(labels)), labels]))


def _gradients(weights, images, labels) -> np.ndarray:
    """The gradient of each single example, shape (examples, pixels × classes)."""
    scores = images @ weights
    shares = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    shares[np.arange(len(labels)), labels] -= 1
    return (images[:, :, None] * shares[:, None, :]).reshape(len(images), -1)


def _nudged(loss, weights, step: float = 1e-3) -> np.ndarray:
    """Numerical differentiation: how the loss changes when one weight after the other is nudged both ways."""
    slopes = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        nudge = np.zeros_like(weights)
        nudge[place] = step
        slopes[place] = (loss(weights + nudge) - loss(weights - nudge)) / (2 * step)
    return slopes


# Task 5.4


@task("5.4", points=1)
def test_one_update_goes_downhill_and_keeps_a_share_of_the_last_step(submission, rng):
    start = [np.array([1.0]), np.array([0.5]), np.array([2.0])]
    _expect_update(submission, *start, 0.1, 0.9)
    for shape in ((3,), (4, 3)):
        weights, velocity, gradient = (rng.normal(size=shape) for _ in range(3))
        _expect_update(submission, weights, velocity, gradient, float(rng.uniform(0.01, 0.5)), float(rng.uniform(0.3, 0.95)))
        _expect_update(submission, weights, velocity, gradient, float(rng.uniform(0.01, 0.5)), 0.0)


@task("5.4", points=1)
def test_updates_in_a_row_go_where_the_definition_goes(submission, rng):
    weights, velocity = rng.normal(size=(2, 3)), np.zeros((2, 3))
    learning_rate, momentum = float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.5, 0.9))
    for _ in range(6):
        gradient = rng.normal(size=(2, 3))
        weights, velocity = _expect_update(submission, weights, velocity, gradient, learning_rate, momentum)


def _expect_update(submission, weights, velocity, gradient, learning_rate, momentum):
    answer = submission.sgd(weights, velocity, gradient, learning_rate, momentum)
    changed = bool(submission.interactions[-1].changed)
    new_weights, new_velocity = _several(answer, "new weights, new velocity")
    expected_velocity = momentum * velocity - learning_rate * gradient
    _part("new weights", new_weights, weights + expected_velocity, rtol=1e-4)
    _part("new velocity", new_velocity, expected_velocity, rtol=1e-4)
    submission.suspect("sgd__changed_in_place", changed)
    check(not changed, "the right numbers, and an argument that is no longer what it was",
          "new arrays, and the arguments left as they were")
    return weights + expected_velocity, expected_velocity


# Task 5.5. Tolerances (15 %) and the numbers of draws are calibrated in calibration/lesson_05_batch_size_task_5.json.


@task("5.5", points=2)
def test_the_noise_is_that_of_the_definition_for_batches_of_every_size(submission, rng):
    weights, images, labels = _survey(rng)
    for batch_size in (1, 5, 24):
        value = submission.gradient_noise(weights, images, labels, batch_size, 600, int(rng.integers(10**6)))
        _expect_noise(submission, value, weights, images, labels, batch_size, 600)


@task("5.5", points=1)
def test_examples_are_drawn_independently_of_each_other(submission, rng):
    weights, images, labels = _survey(rng, n=12)
    images[[0, -1]] *= 2.0  # so that it is noticed where the first or the last example is never drawn
    for batch_size in (12, 900, 9):
        value = submission.gradient_noise(weights, images, labels, batch_size, 500, int(rng.integers(10**6)))
        nothing = isinstance(value, (float, np.floating)) and abs(value) < 1e-3
        submission.suspect("gradient_noise__without_replacement", nothing and batch_size == 12)
        _expect_noise(submission, value, weights, images, labels, batch_size, 500)


@task("5.5", points=1)
def test_squares_are_averaged_and_the_seed_decides_the_draws(submission, rng):
    weights, images, labels = _survey(rng)
    images[:10] *= 6.0  # a few examples with much to say: there a mean of lengths is far from the root of mean squares
    seeds = [int(seed) for seed in 1 + rng.choice(10**6, size=3, replace=False)]
    value = submission.gradient_noise(weights, images, labels, 1, 3000, seeds[0])
    _expect_noise(submission, value, weights, images, labels, 1, 3000)
    few = [_number(submission.gradient_noise(weights, images, labels, 2, 4, seed), "one number, 0 or greater")
           for seed in (seeds[0], seeds[0], *seeds[1:])]
    submission.suspect("gradient_noise__seed_ignored", few[0] != few[1])
    check(np.isclose(few[0], few[1], rtol=1e-9), "two different results with the same seed",
          "the same draws whenever the seed is the same")
    check(not np.isclose(few[0], few[2:], rtol=1e-9).all(), "the same result with three different seeds",
          "other draws with another seed")
    gradients = _gradients(weights, images, labels)
    lengths = np.linalg.norm(gradients - gradients.mean(axis=0), axis=1) / np.linalg.norm(gradients.mean(axis=0))
    for seed in range(seeds[0], seeds[0] + 5):
        value = _number(submission.gradient_noise(weights, images, labels, 1, 1, seed), "one number, 0 or greater")
        check(np.isclose(value, lengths, rtol=1e-4).any(), f"{value:.6g} from a single draw of a single example",
              "the length of that example's error, divided by the length of the gradient of all; no example here gives that")


def _survey(rng, n: int = 50):
    """A small problem whose gradient is clearly not 0: weights, images and labels of three classes."""
    labels = rng.integers(0, 3, size=n)
    images = 1.0 + rng.normal(size=(n, 4)) + 0.7 * np.eye(3, 4)[labels]
    return 0.3 * rng.normal(size=(4, 3)), images, labels


def _noises(weights, images, labels, batch_size: int) -> tuple[float, dict[str, float]]:
    """What the noise is in the limit of many draws, and what some mistakes would make of it."""
    gradients = _gradients(weights, images, labels)
    n, mean = len(gradients), gradients.mean(axis=0)
    length, lengths = np.linalg.norm(mean), np.linalg.norm(gradients - mean, axis=1)
    root = np.sqrt(np.mean(lengths**2) / batch_size)
    right = root / length
    if batch_size > 1:
        without_last = gradients[:-1]
        squares = np.sum(np.var(without_last, axis=0)) / batch_size + np.sum((without_last.mean(axis=0) - mean) ** 2)
        return right, {"without_replacement": right * np.sqrt(max(0.0, n - batch_size) / (n - 1)),
                       "last_example_never_drawn": np.sqrt(squares) / length}
    return right, {"not_relative": root, "square_root_forgotten": right**2, "averaged_over_weights": right / np.sqrt(len(mean)),
                   "lengths_compared": np.std(np.linalg.norm(gradients, axis=1)) / length,
                   "mean_of_lengths": lengths.mean() / length}


def _expect_noise(submission, answer, weights, images, labels, batch_size: int, draws: int) -> None:
    value = _number(answer, "one number, 0 or greater")
    right, mistaken = _noises(weights, images, labels, batch_size)
    if abs(value / right - 1) <= 0.15:
        return
    seed = submission.interactions[-1].request["args"][5]
    problem, other = (weights, images, labels, batch_size), (-weights, images, labels, batch_size)
    single, of_other_seed = (submission.gradient_noise(*problem, 1, number) for number in (seed, seed + 1))
    always_the_same = _same_number(single, answer) and not _same_number(of_other_seed, answer)
    submission.suspect("gradient_noise__same_batch_every_draw", always_the_same)
    again = submission.gradient_noise(*other, draws, seed)
    near = _explained_by(value, mistaken) & _explained_by(again, _noises(*other)[1])
    submission.suspect(f"gradient_noise__{min(near, default='')}", not always_the_same and len(near) == 1)
    raise Mismatch(f"{value_in_words(value)} from {draws} batches of {batch_size}",
                   f"about {right:.4g}, within 15 %: the exact noise of {len(images)} examples in batches of {batch_size}",
                   actual=answer)


def _same_number(one, other) -> bool:
    return isinstance(one, (float, np.floating)) and bool(np.isclose(one, other, rtol=1e-9))


def _explained_by(value, mistaken: dict[str, float]) -> set[str]:
    """The mistakes whose result this may be. A number between two of them counts for both, and so for none."""
    known = isinstance(value, (float, np.floating))
    return {mistake for mistake, limit in mistaken.items() if known and abs(value - limit) <= 0.09 * limit}


# Task 5.6. The model's learning rate is 0 in three of these tests, so that each example keeps its loss, which the test knows.


@task("5.6", points=1, keras=True, seconds=40, replay=False)
def test_training_goes_on_for_all_epochs_and_the_loss_is_that_before_the_update(submission, rng):
    images, labels = rng.normal(size=(9, 3)).astype(np.float32), rng.integers(0, 2, size=9)
    weights = rng.normal(size=(3, 2)).astype(np.float32)
    model = submission.build_model((3,), [SOFTMAX], [weights], _compiled(0.5, 0.6))
    answer = submission.train_with_batch_size(model, images, labels, 9, 5, int(rng.integers(10**6)))
    expected, last, velocity = [], weights.astype(float), 0.0
    for _ in range(6):
        expected.append(_loss(last, images, labels))
        velocity = 0.6 * velocity - 0.5 * _gradients(last, images, labels).mean(axis=0).reshape(3, 2)
        last = last + velocity
    losses = _losses(answer)
    one = losses.size == 1 and losses[0]
    submission.suspect("train_with_batch_size__epochs_forgotten", one and np.isclose(one, expected[0], rtol=1e-3))
    submission.suspect("train_with_batch_size__last_epoch_only", one and np.isclose(one, expected[4], rtol=1e-3))
    if losses.size == 5:
        undone = np.diff(np.arange(6) * np.array([0.0, *expected[:5]]))
        total_kept = np.diff([0.0, *expected[:5]])  # the batches counted anew, the total not
        submission.suspect("train_with_batch_size__count_not_reset",
                           any(np.allclose(losses, one, rtol=1e-3, atol=1e-5) for one in (undone, total_kept)))
    after = losses.size == 5 and np.allclose(losses, expected[1:], rtol=1e-3)
    submission.suspect("train_with_batch_size__loss_of_all_examples", after)
    check(losses.size == 5, f"{losses.size} losses", "5 losses: 9 examples in one batch of 9, for 5 epochs")
    if np.isclose(losses[0], expected[0], rtol=1e-3) and not np.allclose(losses, expected[:5], rtol=1e-3):
        raise Mismatch(f"the right loss at first, and then {_rounded(losses[1:])}",
                       f"{_rounded(expected[1:5])}: where the model's own optimizer leads "
                       "(it was compiled with a learning rate of 0.5 and momentum 0.6)")
    assert_close(losses, np.array(expected[:5]), rtol=1e-3)


@task("5.6", points=2, keras=True, seconds=40, replay=False)
def test_with_batches_of_one_each_step_reports_one_example(submission, rng):
    n, epochs = 40, 2
    model, images, labels, own = _fixed_losses(submission, rng, n)
    losses = _losses(submission.train_with_batch_size(model, images, labels, 1, epochs, int(rng.integers(10**6))))
    _suspect_running_means(submission, losses, own, epochs)
    counts = losses.size == 4 and np.isclose(32 * losses[::2] + 8 * losses[1::2], own.sum(), rtol=1e-3).all()
    submission.suspect("train_with_batch_size__batch_size_forgotten", counts)
    constant = np.allclose(losses, own.mean(), rtol=1e-3)
    submission.suspect("train_with_batch_size__epoch_means", constant and losses.size == epochs)
    submission.suspect("train_with_batch_size__loss_of_all_examples", constant and losses.size == n * epochs)
    check(losses.size == n * epochs, f"{losses.size} losses", f"{n * epochs}: {n} examples one by one, for {epochs} epochs")
    for number, epoch in enumerate(losses.reshape(epochs, n), 1):
        if not np.allclose(np.sort(epoch), np.sort(own), rtol=1e-3, atol=1e-5):
            strange = next((loss for loss in epoch if not np.isclose(loss, own, rtol=1e-3, atol=1e-5).any()), None)
            said = "one example's loss more than once" if strange is None else f"the loss {strange:.4f}, which no example has"
            raise Mismatch(f"in epoch {number}: {said}",
                           "each example's own loss, once (this model's learning rate is 0, so the losses stay as they are)")


@task("5.6", points=1, keras=True, seconds=40, replay=False)
def test_a_short_last_batch_reports_the_mean_of_its_own_examples(submission, rng):
    n, batch_size = 10, 4
    model, images, labels, own = _fixed_losses(submission, rng, n)
    losses = _losses(submission.train_with_batch_size(model, images, labels, batch_size, 1, int(rng.integers(10**6))))
    _suspect_running_means(submission, losses, own, 1, (4, 4, 2))
    check(losses.size == 3, f"{losses.size} losses", "3: batches of 4, 4 and 2 examples")
    full = [_is_mean_of(loss, own, 4) for loss in losses[:2]]
    short = _is_mean_of(losses[2], own, 2)
    everything = np.allclose(losses, own.mean(), rtol=1e-3)
    submission.suspect("train_with_batch_size__loss_of_all_examples", everything)
    counted_full = np.isclose(losses.sum(), 3 * own.mean(), rtol=1e-3)  # what undoing the mean over batches would give
    counted_full = counted_full and all(full) and not short and not everything
    submission.suspect("train_with_batch_size__short_batch_counted_full", counted_full)
    for number, (right, size) in enumerate(zip((*full, short), (4, 4, 2))):
        check(right, f"as loss of batch {number}: {losses[number]:.4f}, which is the mean of no {size} examples' losses",
              f"the mean loss of the {size} examples in that batch, and of no others")
    total = float(np.dot(losses, (4, 4, 2)))
    check(np.isclose(total, own.sum(), rtol=1e-3), f"losses that add up to {total:.4f} over all examples",
          f"{own.sum():.4f}: each example in one batch")


@task("5.6", points=1, keras=True, seconds=40, replay=False)
def test_the_order_is_random_and_belongs_to_the_seed_in_keras_too(submission, rng):
    model, images, labels, own = _fixed_losses(submission, rng, 30)
    runs = []
    seeds = [int(seed) for seed in rng.choice(10**6, size=2, replace=False)]
    for seed in (seeds[0], seeds[0], seeds[1]):
        losses = _losses(submission.train_with_batch_size(model, images, labels, 1, 1, seed))
        check(losses.size == 30, f"{losses.size} losses", "30: 30 examples one by one, for one epoch")
        runs.append(losses)
    first, again, other = runs
    in_order = np.allclose(first, own, rtol=1e-3)
    submission.suspect("train_with_batch_size__not_shuffled", in_order)
    check(not in_order, "the examples in the order in which they were handed in", "a random order")
    submission.suspect("train_with_batch_size__seed_ignored", not np.allclose(first, again, rtol=1e-4))
    check(np.allclose(first, again, rtol=1e-4), "two different orders with the same seed",
          "the same order whenever the seed is the same")
    check(not np.allclose(first, other, rtol=1e-4), "the same order with another seed", "another order with another seed")


def _rounded(losses) -> str:
    return ", ".join(f"{loss:.4f}" for loss in losses)


SOFTMAX = ("Dense", {"units": 2, "use_bias": False, "activation": "softmax"})


def _compiled(learning_rate: float, momentum: float = 0.0) -> dict:
    optimizer = {"class_name": "SGD", "config": {"learning_rate": learning_rate, "momentum": momentum}}
    return {"optimizer": optimizer, "loss": "sparse_categorical_crossentropy"}


def _fixed_losses(submission, rng, n: int):
    """A model that does not learn, and examples whose losses are known and clearly different."""
    own = rng.permutation(np.linspace(0.2, 4.0, n) + rng.uniform(-0.02, 0.02, size=n))
    scores = -np.log(np.expm1(own))
    images = np.stack([scores, rng.normal(size=n)], axis=1).astype(np.float32)  # the second pixel has no weight
    model = submission.build_model((2,), [SOFTMAX], [np.array([[-0.5, 0.5], [0.0, 0.0]])], _compiled(0.0))
    return model, images, np.ones(n, dtype=np.int64), own


def _losses(answer) -> np.ndarray:
    """The answer as a one-dimensional array of numbers, or a Mismatch that says what it is instead."""
    expected = "a flat list of numbers, one for each update"
    check(answer is not None, "None; does every path through the function end with return?", expected)
    said = f"a Keras {answer.kind}" if isinstance(answer, KerasObject) else value_in_words(answer)
    if isinstance(answer, KerasObject) and answer.kind == "callback":
        said += " (fit returns one, too); return the list of losses that yours has collected"
    check(isinstance(answer, (list, tuple, np.ndarray)), said, expected)
    kinds = (int, float, np.number, np.ndarray)
    flat = isinstance(answer, np.ndarray) or all(isinstance(value, kinds) and np.ndim(value) == 0 for value in answer)
    check(flat, said, expected)
    losses = np.asarray(answer)
    check(losses.ndim == 1 and (losses.dtype.kind in "iuf" or not losses.size), said, expected)
    bad = np.flatnonzero(~np.isfinite(losses.astype(float)))
    check(not bad.size, f"{losses[bad[0]] if bad.size else 0} as loss {bad[0] if bad.size else 0}", "losses that are numbers")
    return losses.astype(float)


def _suspect_running_means(submission, losses, own, epochs: int, sizes=None) -> None:
    """Losses that turn into the true ones when a running mean is undone were running means."""
    sizes = np.array(sizes or [1] * len(own))
    if losses.size != len(sizes) * epochs:
        return

    def undone(values, sizes):
        totals = values * np.cumsum(sizes)
        return np.diff(totals, prepend=0.0) / sizes

    def right(values):
        """Whether these are the batches' own losses, epoch by epoch."""
        for epoch in values.reshape(epochs, -1):
            if sizes.max() == 1 and not np.allclose(np.sort(epoch), np.sort(own), rtol=5e-3, atol=5e-3):
                return False
            if sizes.max() > 1 and not all(_is_mean_of(loss, own, size) for loss, size in zip(epoch, sizes)):
                return False
        return True

    within_epochs = np.concatenate([undone(epoch, sizes) for epoch in losses.reshape(epochs, -1)])
    if right(losses):
        return
    if right(within_epochs):
        submission.suspect("train_with_batch_size__running_means", epochs > 1 or sizes.max() == 1)
    elif epochs > 1:
        first = np.allclose(np.sort(losses[: len(sizes)]), np.sort(own), rtol=1e-3)
        submission.suspect("train_with_batch_size__count_not_reset", first)


def _is_mean_of(loss: float, own, size: int) -> bool:
    """Whether some `size` of these losses have this mean."""
    chosen = np.array(list(_subsets(len(own), size)))
    return bool(np.isclose(own[chosen].mean(axis=1), loss, rtol=0, atol=1e-4).any())


def _subsets(n: int, size: int):
    from itertools import combinations

    return combinations(range(n), size)


# Task 5.7


@task("5.7", points=2)
def test_roughness_measures_jumps_and_no_slope(submission, rng):
    assert_close(submission.loss_roughness([1.0, 0.5, 0.8]), 0.4)
    noise = rng.normal(size=30)
    expected = _roughness(noise)
    assert_close(submission.loss_roughness(noise.tolist()), expected)
    assert_close(submission.loss_roughness(noise + 0.8 * np.arange(30)[::-1]), expected)
    assert_close(submission.loss_roughness(np.linspace(3.0, 1.0, 9)), 0.0)
    assert_close(submission.loss_roughness(np.array([2, 1, 3])), 1.5)
    assert_raises("ValueError", submission.loss_roughness, [2.0, 1.0])


@task("5.7", points=2)
def test_spread_is_taken_across_the_runs_at_each_moment(submission, rng):
    fall = np.linspace(5.0, 1.0, 7)
    histories = fall + rng.normal(size=(4, 7)) * rng.uniform(0.1, 1.0, size=7)
    expected = np.mean([np.sqrt(np.mean((moment - moment.mean()) ** 2)) for moment in histories.T])
    assert_close(submission.spread_between_runs(histories), expected)
    assert_close(submission.spread_between_runs([list(history) for history in histories]), expected)
    assert_close(submission.spread_between_runs([[1.0, 2.0], [3.0, 2.0]]), 0.5)
    assert_close(submission.spread_between_runs([fall.tolist()] * 3), 0.0)
    assert_close(submission.spread_between_runs(fall + np.array([[0.0], [1.0], [2.0]])), np.sqrt(2 / 3))


def _roughness(losses) -> float:
    return float(np.mean([abs(losses[i] - (losses[i - 1] + losses[i + 1]) / 2) for i in range(1, len(losses) - 1)]))
