"""Lesson 5 · Batch size

Two networks share the architecture, the loss, the optimizer, the learning rate, the momentum, the epochs and the
data. One loss curve is smooth, the other jumps about. What differs?

Minutes: 160
Before: Lessons 1 and 2: arrays, and what it means to train a network. The slope of a curve helps, no calculus.
"""

import numpy as np


# %% Task 5.1 · How many updates in an epoch? (2 points)
# Every batch gives one update of the weights, so this number is how often the network learns in one pass through the
# data. The last batch may be short. Keras uses it, so the division is rounded *up*; with `drop_remainder` it is thrown
# away, and the division is rounded down.
#
# `-(-a // b)` rounds up in whole numbers. `np.ceil` would do it in floating point and hand back a float, and
# `examples // batch_size + 1` is one too many whenever the batches come out even.
def steps_per_epoch(examples: int, batch_size: int, drop_remainder: bool = False) -> int:
    """How many batches, and so how many updates, there are in one pass through the data.

    By hand: 10 examples in batches of 4 are 4 + 4 + 2: three updates. Without the short batch there are two.

    Args:
        examples: number of training examples.
        batch_size: examples in a full batch, 1 or more. It may be larger than `examples`.
        drop_remainder: whether a last batch that is not full is left out.

    Returns:
        A whole number.
    """
    if drop_remainder:
        return examples // batch_size
    return -(-examples // batch_size)


# %% Task 5.2 · Cut the data into batches (3 points)
# Shuffle the *places*, not the data: one random order of the numbers 0 … n − 1 is used for images and labels alike, so
# a picture can never lose its label. Nothing that was handed in is changed, because indexing with an array of places
# makes a copy.
#
# Slicing beyond the end is allowed in Python, and gives what is left. So the short last batch takes no extra line.
def batches(images: np.ndarray, labels: np.ndarray, batch_size: int, seed: int) -> list:
    """One epoch: all examples in a random order, cut into batches.

    By hand: 5 examples with batch_size 2 and, say, the random order 3, 0, 4, 1, 2 give three batches: examples 3 and 0,
    then 4 and 1, then 2 alone.

    Args:
        images: array whose first axis counts the examples; any number of further axes. It is not changed.
        labels: array of shape (examples,); labels[i] belongs to images[i]. It is not changed.
        batch_size: examples in each batch; the last batch holds what is left.
        seed: decides the order. The same seed gives the same order, another seed another one.

    Returns:
        A list of pairs (images of the batch, labels of the batch), both arrays. Every example is in exactly one batch.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    return [(images[piece], labels[piece]) for piece in pieces]


# %% Task 5.3 · The loss and its gradient (4 points)
# The loss of one example is −log of the share that went to the right class. With `sums` as the scores, that is
# log(Σ exp(sums)) − sums[right class], and in this form no share has to be written down first, so none can be rounded
# to 0 and give −log(0).
#
# The gradient has a lovely form. If a class's score rises by a little, the loss rises by (share − 1) for the right class
# and by (share) for each of the others: *what was answered minus what should have been answered*. A weight passes the
# change on in proportion to its pixel, hence `images.T @ errors`.
#
# Both are *means* over the batch. With sums instead, a batch of 64 would make steps 64 times as long as a single
# example does, and the learning rate would mean something else for every batch size.
#
# Subtracting the largest score in each row changes no share, because it divides above and below by the same number.
# But `exp(1000)` is infinite, and `exp(0)` is not.
def loss_and_gradient(weights: np.ndarray, images: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Loss of softmax regression (a network with one layer and no bias) on a batch, and which way is uphill.

    Each class's score is a weighted sum of the pixels, images @ weights. Softmax turns a row of scores into shares:
    exp(score) divided by the sum of all exp(score) of that row. An example's loss is −log(share of its right class), with
    the natural logarithm. Its gradient with respect to weights[pixel, class] is pixel × (share of the class − 1 if it is
    the right one, else − 0). Loss and gradient of the batch are the means over its examples.
    By hand: all weights 0, two classes, one image [2, 0] with label 1. The shares are ½ and ½, the loss is −log ½ = 0.693,
    the gradient is [[2 · ½, 2 · (½ − 1)], [0, 0]] = [[1, −1], [0, 0]].

    Args:
        weights: float array of shape (pixels, classes).
        images: float array of shape (examples, pixels).
        labels: whole numbers of shape (examples,), from 0 to classes − 1.

    Returns:
        (loss, gradient): one number, and a float array of the shape of `weights`. Scores of 1,000 and more must not
        overflow: subtract each row's largest score before exp, which changes no share.
    """
    scores = images @ weights
    scores = scores - scores.max(axis=1, keepdims=True)
    sums = np.exp(scores).sum(axis=1)
    examples = np.arange(len(labels))
    loss = np.mean(np.log(sums) - scores[examples, labels])

    errors = np.exp(scores) / sums[:, np.newaxis]
    errors[examples, labels] -= 1
    return float(loss), images.T @ errors / len(labels)


# %% Task 5.4 · One update, with momentum (2 points)
# The gradient points uphill, so the step has a minus. The velocity is a memory: a share of the last step is made again.
# While the gradients agree, the steps add up to 1 + momentum + momentum² + … = 1 / (1 − momentum) times the plain one,
# so a momentum of 0.9 walks up to ten times as far. Where they contradict each other, they cancel.
#
# This is the form of `keras.optimizers.SGD`. PyTorch keeps the learning rate out of the velocity, and other texts put
# a (1 − momentum) before the gradient. All are called momentum, so read which one you have.
#
# `weights + velocity` makes a new array. `weights += velocity` would change the caller's array behind its back.
def sgd(weights: np.ndarray, velocity: np.ndarray, gradient: np.ndarray, learning_rate: float,
        momentum: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """One update of gradient descent: new velocity = momentum × velocity − learning rate × gradient; add it to the weights.

    By hand: weight 1, velocity 0.5, gradient 2, learning rate 0.1, momentum 0.9: the new velocity is
    0.9 · 0.5 − 0.1 · 2 = 0.25, and the new weight is 1.25.

    Args:
        weights: float array of any shape. It is not changed.
        velocity: the velocity of the update before (zeros at the start), same shape. It is not changed.
        gradient: same shape; points uphill.
        learning_rate: how far to go.
        momentum: which share of the velocity is kept, from 0 to below 1.

    Returns:
        (new weights, new velocity), two arrays of that shape.
    """
    velocity = momentum * velocity - learning_rate * gradient
    return weights + velocity, velocity


# %% Task 5.5 · How noisy is a batch's gradient? (4 points)
# A batch is a survey: it asks a few examples which way is downhill, and each survey comes back with a somewhat different
# arrow. How far the arrows lie from the true one, as a share of its length, is the noise. A value of 1 means that the
# error is as long as the arrow itself.
#
# Squares are averaged before the root is taken, because squared errors of independent examples simply add up. That is
# why the noise falls exactly like one over the square root of the batch size, and why the batches here are drawn with
# replacement. Without it, a batch of all examples has no error at all, and the law gets the factor
# √((examples − batch size) / (examples − 1)).
#
# One random generator for all draws: a new one inside the loop would draw the same batch again and again.
def gradient_noise(weights: np.ndarray, images: np.ndarray, labels: np.ndarray, batch_size: int, draws: int,
                   seed: int) -> float:
    """How far a batch's gradient is from that of all examples, in units of the latter's length.

    Draw `draws` batches of `batch_size` examples, each example independently of the others (with replacement: an example
    may come twice). The error of a batch is its gradient minus the gradient of all examples; its squared length is the
    sum of squares of all its numbers. The noise is the square root of the mean squared length over all draws, divided by
    the length of the gradient of all examples.
    By hand: the gradient of all examples is [3, 4], its length 5. Two batches give [3, 5] and [2, 4]: each error has
    length 1, so the noise is 1 / 5 = 0.2.

    Args:
        weights, images, labels: as for loss_and_gradient.
        batch_size: examples per batch; with replacement it may even exceed the number of examples.
        draws: how many batches to draw.
        seed: decides the draws; the same seed gives the same result.

    Returns:
        One number, 0 or greater.
    """
    rng = np.random.default_rng(seed)
    _, true_gradient = loss_and_gradient(weights, images, labels)
    squared_errors = []
    for _ in range(draws):
        chosen = rng.integers(0, len(images), size=batch_size)
        _, gradient = loss_and_gradient(weights, images[chosen], labels[chosen])
        squared_errors.append(np.sum((gradient - true_gradient) ** 2))
    return float(np.sqrt(np.mean(squared_errors)) / np.linalg.norm(true_gradient))


# %% Task 5.6 · Every step's own loss (5 points)
# `logs["loss"]` at the end of a batch looks like the loss of that batch. It is not: Keras reports the *mean over all
# examples since the epoch began*. That is kind to a progress bar and fatal to this lesson, because a running mean makes
# every curve smooth. Clearing Keras's running figures before each batch leaves a mean over one batch: its own loss.
#
# The other way is to undo the mean. After batch k the reported value times the examples seen so far is a total; the
# difference of two totals, divided by the number of examples between them, is the batch's own loss. It works, as long
# as the last batch is counted with its true size and the count starts anew with the epoch.
#
# A small thing to know: after `set_random_seed`, Keras 3 with TensorFlow repeats the same order in every epoch of one
# `fit`. It matters little here, and it is a reason to shuffle by yourself where it does.
def train_with_batch_size(model, images: np.ndarray, labels: np.ndarray, batch_size: int, epochs: int, seed: int) -> list:
    """Train a Keras model with this batch size, and write down the loss of every single batch.

    The loss of a batch is that of its own examples, with the weights before its update. Keras gives something else to
    callbacks: logs["loss"] in on_train_batch_end is the mean over all examples since the epoch began.
    By hand: the first three batches of an epoch, all full, have the losses 2, 1 and 3. Keras reports 2, 1.5 and 2. You
    return 2, 1, 3.

    Args:
        model: a compiled keras.Model; it is trained here, with the optimizer that it was compiled with.
        images: float array, first axis: examples.
        labels: array of shape (examples,).
        batch_size: examples per update; the last batch of an epoch may be short, and is used.
        epochs: passes through the data.
        seed: given to keras.utils.set_random_seed before training. It decides the order of the examples, which is random.

    Returns:
        List of floats, one for each update, in order: epochs × steps_per_epoch(examples, batch_size) of them.
    """
    import keras  # here and not at the top: it takes seconds, and the tasks above do without

    # Your turn
    class OwnLosses(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.losses = []

        def on_train_batch_begin(self, batch, logs=None):
            self.model.reset_metrics()

        def on_train_batch_end(self, batch, logs=None):
            self.losses.append(float(logs["loss"]))

    own = OwnLosses()
    keras.utils.set_random_seed(seed)
    model.fit(images, labels, batch_size=batch_size, epochs=epochs, callbacks=[own], verbose=0)
    return own.losses


# %% Task 5.7 · Two measures of restlessness (4 points)
# A curve that falls steadily is not rough, however steep it is. So each loss is compared with the middle between its two
# neighbours: on a straight line that is the loss itself, and the roughness is 0. The plain difference of neighbours would
# call a fast start rough.
#
# The spread asks another question: if we did it all again, how different would it be? So the standard deviation is taken
# *across runs*, at each moment, and only then averaged over the moments. Taken over all the numbers at once it would
# mostly measure that losses fall.
def loss_roughness(losses) -> float:
    """How much a loss curve jumps from step to step, apart from its slope.

    Each loss except the first and the last is compared with the mean of its two neighbours. The roughness is the mean of
    these absolute differences.
    By hand: for 1.0, 0.5, 0.8 there is one such place: the neighbours' mean is 0.9, the difference 0.4. For 3, 2, 1 it is 0.

    Args:
        losses: sequence of at least three numbers.

    Returns:
        One number, 0 or greater.

    Raises:
        ValueError: for fewer than three losses.
    """
    losses = np.asarray(losses, dtype=float)
    if len(losses) < 3:
        raise ValueError(f"roughness needs at least three losses, not {len(losses)}")
    return float(np.mean(np.abs(losses[1:-1] - (losses[:-2] + losses[2:]) / 2)))


def spread_between_runs(histories) -> float:
    """How far apart several runs are, on average over time.

    At each moment, the standard deviation over the runs (with the number of runs as the divisor, as np.std does); then
    the mean over the moments.
    By hand: two runs, [1, 2] and [3, 2]. At the first moment the deviation is 1, at the second 0, so the spread is 0.5.

    Args:
        histories: one sequence of numbers per run, all of the same length.

    Returns:
        One number, 0 or greater.
    """
    return float(np.mean(np.std(np.asarray(histories, dtype=float), axis=0)))
