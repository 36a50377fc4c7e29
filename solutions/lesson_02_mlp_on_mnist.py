"""Lesson 2 · An MLP on MNIST, and what it really looks at

Does a network that reads digits look for loops and lines, as we would?

Minutes: 150
Before: Lesson 1, in particular filters, and the words loss, batch, epoch and gradient descent.
"""

import numpy as np


# %% Task 2.1 · From pictures to rows of numbers (2 points)
# A dense layer knows nothing of height and width: it wants one row of numbers per picture. `reshape`
# with −1 lays the 28 rows of a picture one behind the other. The first axis stays what it is, the
# count of the pictures.
#
# Every picture is divided by the same 255. Stretching each picture by its own darkest and brightest
# pixel would make a faint stroke as strong as a bold one, and the same ink would mean something else
# in every picture.
#
# The check of the type costs a line and saves an evening. Pictures that were prepared already lie
# between 0 and 1; divided by 255 once more they are all but blank, nothing complains, and the network
# learns next to nothing.
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
    if images.dtype != np.uint8:
        raise ValueError(f"pictures must be uint8, from 0 to 255, not {images.dtype}")
    return images.reshape(len(images), -1).astype(np.float32) / 255


# %% Task 2.2 · Build the network (3 points)
# Two layers: hidden neurons that look at all the pixels, and ten outputs that look at all the hidden
# neurons. The sigmoid between them is what makes two layers more than one: without it, a weighted
# sum of weighted sums is just another weighted sum.
#
# `softmax` turns the ten sums into shares that add up to 1. The loss has to know this. It expects
# shares unless it is told `from_logits=True`, which means "raw sums: take the softmax yourself". Saying
# so *and* having a softmax would squeeze the answers twice. Over TensorFlow, Keras notices and mends it,
# with a warning; over JAX or PyTorch it does not, and training becomes slow without a word.
#
# "sparse" in the loss's name is about the labels: whole numbers from 0 to 9. Without it, Keras expects
# each label as a row of ten numbers.
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

    # Your turn
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(hidden_units, activation="sigmoid"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% Task 2.3 · Train it (3 points)
# `fit` does the work; the task is what you hand to it. It shuffles the pictures before every epoch,
# and the labels with them. Whoever shuffles by hand has to use one order for both.
#
# All pictures go in. `validation_split=0.2` looks harmless, but it takes the last fifth of the
# examples away from training.
#
# `fit` returns a `History` object, and what it recorded is its attribute of the same name in small
# letters: a plain dict, which can be printed, saved and compared.
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
    history = model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0)
    return history.history


# %% Task 2.4 · The weights as pictures (2 points)
# The hidden layer's weights have the shape (784, hidden): a *column* belongs to a neuron. So the
# table is transposed first, which makes each neuron a row, and then each row is cut into 28 lines of
# 28. Cutting without transposing also gives the right shape, and pictures that mix all neurons.
def weight_images(model) -> np.ndarray:
    """What each hidden neuron likes and dislikes, pixel by pixel, as a picture.

    By hand: `model.get_weights()[0]` has the shape (784, hidden). The weight from pixel 30 (row 1,
    column 2 of the picture, as 30 = 1 · 28 + 2) to neuron 4 becomes weight_images(model)[4, 1, 2].

    Args:
        model: keras.Model with 784 inputs whose first layer with weights is dense, as `build_mlp` makes it.

    Returns:
        float32 array of shape (hidden, 28, 28), the weights as they are, without the biases.
    """
    weights = model.get_weights()[0]
    return weights.T.reshape(-1, 28, 28)


# %% Task 2.5 · A digit's favourite neurons (3 points)
# The output layer's weights have the shape (hidden, 10): column `digit` says how much each hidden
# neuron speaks for this digit. `argsort` puts the neurons in order from the most negative weight to
# the most positive one. The disliked ones stand at the beginning, already in order; the liked ones
# at the end, in reverse.
#
# The sign matters. A neuron with a large negative weight is not unimportant: when it fires, the digit
# is voted down. That is why there are two lists.
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
    to_digit = model.get_weights()[2][:, digit]
    ascending = np.argsort(to_digit)
    liked = ascending[::-1][:k]
    disliked = ascending[:k]
    return liked.tolist(), disliked.tolist()


# %% Task 2.6 · How few neurons suffice? (4 points)
# Two things make this a measurement. Every number comes from a *fresh* network: one that was trained
# before has seen the pictures more often than the others. And every width gets several networks,
# because they start from random numbers, and one of them can be lucky.
#
# The comparison is with pictures that were held out. What the network did to the pictures that it was
# trained on tells how well it remembers, and that is another question (lesson 3).
#
# `build` and `train` come as arguments. So the function does not care which network it measures, and
# it can be tried out in no time with a network that only pretends.
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
    images, labels = held_out
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *seen)
            answers = network.predict(images, verbose=0).argmax(axis=1)
            accuracies[row, column] = np.mean(answers == labels)
    return accuracies


# %% Task 2.7 · Rough or smooth? (4 points)
# "Noise" and "smooth" are words until they have a number. Neighbours in noise have nothing to do with
# each other, and then the mean squared difference is twice the variance: noise has a roughness of 2,
# whatever its strength. Dividing by the variance is what makes it independent of the strength: a
# picture times ten is not rougher.
#
# A picture of one single value has variance 0. It is as smooth as can be, so it gets 0 and not 0 / 0.
#
# A sum of 784 random numbers is about √784 = 28 times as large as one of them. A start with weights of
# spread 1 therefore pushes the sigmoid far to one of its ends, where its slope is nearly 0. Dividing by
# the square root of the number of inputs (the "fan-in") keeps the sums about as large as the inputs.
#
# The L2 penalty adds `l2` times the sum of all squared weights to the loss. A weight that earns nothing
# costs something, so it fades, and the random numbers of the start fade with it.
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
    across, down = np.diff(image, axis=1), np.diff(image, axis=0)
    differences = np.concatenate([across.ravel(), down.ravel()])
    variance = np.var(image)
    return float(np.mean(differences**2) / variance) if variance > 0 else 0.0


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

    # Your turn
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(
            hidden_units,
            activation="sigmoid",
            kernel_initializer=keras.initializers.RandomNormal(stddev=1 / np.sqrt(784)),
            kernel_regularizer=keras.regularizers.L2(l2),
        ),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% Task 2.8 · Shuffle the pixels (3 points)
# One order of the 784 places, drawn once, applied to all pictures: pixel 0 of every picture goes to
# the same new place. The pictures become unreadable for us, yet nothing is lost: the order can be
# undone.
#
# The order depends on the seed and the size of a picture, and on nothing else. So pictures for training
# and pictures for testing, shuffled in two calls, still fit together.
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
    count, height, width = images.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return images.reshape(count, -1)[:, order].reshape(images.shape)
