"""Lesson 2 · An MLP on MNIST, and what it really looks at

Does a network that reads digits look for loops and lines, as we would?

8 tasks, 24 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course check 2       all tasks of this lesson
    course check 2.1     one task
    course hint 2.1      a question first, then a pointer, then nearly the code
    course run 2 --mine  the chapter's experiments with your functions
"""

import numpy as np


# %% Task 2.1 · From pictures to rows of numbers (2 points)
def prepare_images(images: np.ndarray) -> np.ndarray:
    """Lay every picture out as one row of numbers between 0 (no ink) and 1 (full ink).

    A row of the result holds the picture's rows one behind the other, from top to bottom.
    By hand: one picture of 2 × 2 pixels, [[[0, 255], [51, 0]]], becomes [[0, 1, 0.2, 0]].

    Args:
        images: uint8 array of shape (pictures, height, width).

    Returns:
        float32 array of shape (pictures, height · width) with values in [0, 1].

    Raises:
        ValueError: where the pictures are not uint8; they have probably been prepared already.
    """
    raise NotImplementedError("Task 2.1: From pictures to rows of numbers")


# %% Task 2.2 · Build the network (3 points)
def build_mlp(hidden_units: int = 30):
    """A network with one hidden layer, ready to be trained on digits.

    784 numbers go in; `hidden_units` neurons with the sigmoid function look at all of them; ten
    outputs with softmax look at all hidden neurons, one for each digit. Compiled with Adam at a
    learning rate of 0.005, the loss for whole-number labels, and the metric "accuracy".
    By hand: with 30 hidden neurons there are 784 · 30 + 30 numbers to train in the hidden layer and
    30 · 10 + 10 in the output layer, 23,860 in all.

    Args:
        hidden_units: number of neurons in the hidden layer.

    Returns:
        Compiled keras.Model from (pictures, 784) to (pictures, 10); each row of answers adds up to 1.
    """
    import keras  # here and not at the top: it takes seconds, and some tasks do without

    raise NotImplementedError("Task 2.2: Build the network")


# %% Task 2.3 · Train it (3 points)
def train_mlp(model, images: np.ndarray, labels: np.ndarray, epochs: int = 25, batch_size: int = 32) -> dict:
    """Train a compiled network on pictures and their labels, in silence.

    By hand: 1,438 pictures in batches of 32 are 45 steps an epoch (the last batch is smaller), so 25
    epochs are 1,125 steps, and the returned lists hold 25 numbers each.

    Args:
        model: compiled keras.Model; it is trained further from where it stands.
        images: float32 array of shape (pictures, 784), as `prepare_images` makes it.
        labels: whole numbers from 0 to 9, shape (pictures,).
        epochs: passes through all pictures.
        batch_size: pictures per step.

    Returns:
        dict of lists with one number per epoch: "loss", and "accuracy" where the model measures it.
        With the defaults, a network of `build_mlp(30)` that has seen the 1,438 bundled digits names at
        least 86 % of the other 359 correctly.
    """
    raise NotImplementedError("Task 2.3: Train it")


# %% Task 2.4 · The weights as pictures (2 points)
def weight_images(model) -> np.ndarray:
    """What each hidden neuron likes and dislikes, pixel by pixel, as a picture.

    By hand: `model.get_weights()[0]` has the shape (784, hidden). The weight from pixel 30 (row 1,
    column 2 of the picture, as 30 = 1 · 28 + 2) to neuron 4 becomes weight_images(model)[4, 1, 2].

    Args:
        model: keras.Model with 784 inputs whose first layer with weights is dense, as `build_mlp` makes it.

    Returns:
        float32 array of shape (hidden, 28, 28), the weights as they are, without the biases.
    """
    raise NotImplementedError("Task 2.4: The weights as pictures")


# %% Task 2.5 · A digit's favourite neurons (3 points)
def favourite_neurons(model, digit: int, k: int = 5) -> tuple[list[int], list[int]]:
    """Which hidden neurons speak most strongly for a digit, and which most strongly against it.

    By hand: with the weights 0.5, -0.1, 3 and -2 from hidden neurons 0 to 3 to the digit's output, and
    k = 2, the answer is ([2, 0], [3, 1]).

    Args:
        model: keras.Model with one hidden and one output layer, both dense, as `build_mlp` makes it.
        digit: 0 to 9.
        k: how many of each; at most the number of hidden neurons.

    Returns:
        (liked, disliked): two lists of k neurons, counted from 0. The liked ones have the largest
        weights, the largest first; the disliked ones the smallest, the most negative first.
    """
    raise NotImplementedError("Task 2.5: A digit's favourite neurons")


# %% Task 2.6 · How few neurons suffice? (4 points)
def accuracy_by_width(widths, build, train, seen, held_out, repeats: int = 3) -> np.ndarray:
    """Measure how well networks of several widths name pictures that they have not seen.

    For every width, `repeats` times: build a fresh network, train it on the seen pictures, let it answer
    to the held-out ones, and note the share of right answers. The answer to a picture is the digit with
    the largest share.
    By hand: shares [[0.1, 0.7, 0.2], [0.5, 0.4, 0.1]] and labels [1, 1] make an accuracy of 0.5.

    Args:
        widths: numbers of hidden neurons, such as (2, 3, 10).
        build: function; `build(width)` gives a fresh network with `predict(images, verbose=0)`.
        train: function; `train(network, images, labels)` trains it.
        seen: (images, labels) to train on.
        held_out: (images, labels) to measure with.
        repeats: networks per width.

    Returns:
        float array of shape (len(widths), repeats) with accuracies from 0 to 1.
    """
    raise NotImplementedError("Task 2.6: How few neurons suffice?")


# %% Task 2.7 · Rough or smooth? (4 points)
def roughness(image: np.ndarray) -> float:
    """How much neighbouring pixels differ, compared with how much all pixels differ.

    The mean of the squared differences between neighbours (side by side, and one above the other, all
    pairs in one mean) divided by the variance of the picture. A picture of one single value has roughness 0.
    By hand: [[0, 2], [0, 2]] has the differences 2 and 2 side by side, and 0 and 0 downwards: their squares
    have the mean 2. The variance is 1, so the roughness is 2.

    Args:
        image: float array of shape (height, width), at least two pixels.

    Returns:
        One number, 0 or greater; about 2 for noise.
    """
    raise NotImplementedError("Task 2.7: Rough or smooth?")


def build_smooth_mlp(hidden_units: int = 30, l2: float = 1e-4):
    """The network of `build_mlp`, with two changes that make its weight pictures smooth.

    The hidden layer's weights start as normal random numbers with mean 0 and standard deviation
    1 / √784, and they carry an L2 penalty: `l2` times the sum of their squares is added to the loss.
    By hand: 1 / √784 = 1 / 28. With l2 = 0.5, hidden weights 1, -2 and 0 would add 0.5 · (1 + 4 + 0) = 2.5
    to the loss.

    Args:
        hidden_units: number of neurons in the hidden layer.
        l2: strength of the penalty on the hidden layer's weights; biases and output weights carry none.

    Returns:
        Compiled keras.Model, otherwise as `build_mlp` makes it.
    """
    import keras  # here and not at the top: it takes seconds, and some tasks do without

    raise NotImplementedError("Task 2.7: Rough or smooth?")


# %% Task 2.8 · Shuffle the pixels (3 points)
def shuffle_pixels(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Move all pixels to other places: one random order, the same for every picture.

    The same seed and picture size always give the same order, however many pictures there are.
    By hand: the order (2, 0, 1) turns the pictures [[10, 20, 30]] and [[1, 2, 3]] into [[30, 10, 20]]
    and [[3, 1, 2]].

    Args:
        images: array of shape (pictures, height, width), of any kind of number.
        seed: decides the order.

    Returns:
        New array of the same shape and dtype; `images` stays as it is.
    """
    raise NotImplementedError("Task 2.8: Shuffle the pixels")
