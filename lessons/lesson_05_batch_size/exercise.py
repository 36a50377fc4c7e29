"""Lesson 5 · Batch size

Two networks share the architecture, the loss, the optimizer, the learning rate, the momentum, the epochs and the data. One loss curve is smooth, the other jumps about. What differs?

7 tasks, 24 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course watch 5       every time you save
    course check 5       all tasks of this lesson
    course check 5.1     one task
    course hint 5.1      a question first, then a pointer, then nearly the code
    course run 5 --mine  the chapter's experiments with your functions
"""

import numpy as np


# %% Task 5.1 · How many updates in an epoch? (2 points)
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
    raise NotImplementedError("Task 5.1: How many updates in an epoch?")


# %% Task 5.2 · Cut the data into batches (3 points)
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
    raise NotImplementedError("Task 5.2: Cut the data into batches")


# %% Task 5.3 · The loss and its gradient (4 points)
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
    raise NotImplementedError("Task 5.3: The loss and its gradient")


# %% Task 5.4 · One update, with momentum (2 points)
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
    raise NotImplementedError("Task 5.4: One update, with momentum")


# %% Task 5.5 · How noisy is a batch's gradient? (4 points)
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
    raise NotImplementedError("Task 5.5: How noisy is a batch's gradient?")


# %% Task 5.6 · Every step's own loss (5 points)
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

    raise NotImplementedError("Task 5.6: Every step's own loss")


# %% Task 5.7 · Two measures of restlessness (4 points)
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
    raise NotImplementedError("Task 5.7: Two measures of restlessness")


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
    raise NotImplementedError("Task 5.7: Two measures of restlessness")
