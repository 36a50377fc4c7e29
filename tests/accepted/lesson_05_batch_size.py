"""Other correct ways to solve lesson 5's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and constants can be used.
"""

import numpy as np

# Task 5.1


def steps_per_epoch__math_ceil(examples, batch_size, drop_remainder=False):
    """Rounded with the math module.

    math.ceil and math.floor give whole numbers.
    """
    import math

    return math.floor(examples / batch_size) if drop_remainder else math.ceil(examples / batch_size)


def steps_per_epoch__divmod(examples, batch_size, drop_remainder=False):
    """The full batches, and one more if something is left.

    A truth value counts as 0 or 1.
    """
    full, rest = divmod(examples, batch_size)
    return np.int64(full + (rest > 0 and not drop_remainder))


# Task 5.2


def batches__loop_over_examples(images, labels, batch_size, seed):
    """One example after the other, and a new batch when the last one is full.

    With Python's own random numbers.
    """
    import random

    order = list(range(len(images)))
    random.Random(seed).shuffle(order)
    result, some, their = [], [], []
    for place in order:
        some.append(images[place])
        their.append(labels[place])
        if len(some) == batch_size:
            result.append((np.array(some), np.array(their)))
            some, their = [], []
    if some:
        result.append((np.array(some), np.array(their)))
    return result


def batches__legacy_random(images, labels, batch_size, seed):
    """Shuffled copies, cut by np.split.

    The old random generator, and lists in place of tuples.
    """
    np.random.seed(seed)
    order = np.random.permutation(len(images))
    cuts = list(range(batch_size, len(images), batch_size))
    return [[some, their] for some, their in zip(np.split(images[order], cuts), np.split(labels[order], cuts))]


def batches__generator_of_two(images, labels, batch_size, seed):
    """A copy of each, shuffled by two generators with the same seed.

    Both are shuffled alike, and the caller's arrays are left alone.
    """
    images, labels = images.copy(), labels.copy()
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    return tuple((images[i : i + batch_size], labels[i : i + batch_size]) for i in range(0, len(images), batch_size))


# Task 5.3


def loss_and_gradient__loops(weights, images, labels):
    """Example by example, class by class.

    The definition, word for word.
    """
    loss, gradient = 0.0, np.zeros(weights.shape)
    for image, label in zip(images, labels):
        scores = [float(sum(image[pixel] * weights[pixel, c] for pixel in range(len(image)))) for c in range(weights.shape[1])]
        largest = max(scores)
        powers = [np.exp(score - largest) for score in scores]
        for c, power in enumerate(powers):
            gradient[:, c] += image * (power / sum(powers) - (c == label))
        loss -= np.log(powers[label] / sum(powers))
    return loss / len(images), gradient / len(images)


def loss_and_gradient__one_hot(weights, images, labels):
    """Shares minus a table with a 1 at each label.

    SciPy's softmax and a NumPy number as loss.
    """
    from scipy.special import log_softmax

    logs = log_softmax(images @ weights, axis=1)
    wanted = np.eye(weights.shape[1])[labels]
    return -(wanted * logs).sum(axis=1).mean(), np.einsum("ep,ec->pc", images, np.exp(logs) - wanted) / images.shape[0]


def loss_and_gradient__single_precision(weights, images, labels):
    """All in float32, as networks do it, and a list as result.

    The numbers agree to about six digits.
    """
    weights, images = np.float32(weights), np.float32(images)
    scores = images @ weights
    scores -= scores.max()  # one for the whole batch: here all rows are about equally large
    scores -= scores.max(axis=1)[:, None]
    shares = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
    wanted = (labels[:, None] == np.arange(weights.shape[1])).astype(np.float32)
    return [-np.log((shares * wanted).sum(axis=1)).mean(), images.T @ (shares - wanted) / np.float32(len(labels))]


# Task 5.4


def sgd__list_returned(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The two in a list.

    Copies first, and then in place.
    """
    weights, velocity = weights.copy(), velocity.copy()
    velocity *= momentum
    velocity -= learning_rate * gradient
    weights += velocity
    return [weights, velocity]


def sgd__difference(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The new weights first.

    The velocity is how far they went.
    """
    new = weights - (learning_rate * gradient - momentum * velocity)
    return new, momentum * velocity - learning_rate * gradient


# Task 5.5


def gradient_noise__all_at_once(weights, images, labels, batch_size, draws, seed):
    """All gradients first, then NumPy.

    The old random generator, and one array of all errors.
    """
    rng = np.random.RandomState(seed)
    gradients = np.array([loss_and_gradient(weights, images[chosen], labels[chosen])[1].ravel()
                          for chosen in rng.randint(len(images), size=(draws, batch_size))])
    truth = loss_and_gradient(weights, images, labels)[1].ravel()
    return np.sqrt(((gradients - truth) ** 2).sum(axis=1).mean() / (truth @ truth))


def gradient_noise__choice(weights, images, labels, batch_size, draws, seed):
    """Drawn with choice, and the sum kept as a running one.

    choice puts the examples back unless it is told not to.
    """
    rng = np.random.default_rng(seed)
    truth = loss_and_gradient(weights, images, labels)[1]
    total = 0.0
    for _ in range(draws):
        chosen = rng.choice(len(images), batch_size)
        total += np.linalg.norm(loss_and_gradient(weights, images[chosen], labels[chosen])[1] - truth) ** 2
    return (total / draws) ** 0.5 / np.linalg.norm(truth)


# Task 5.6


def train_with_batch_size__mean_undone(model, images, labels, batch_size, epochs, seed):
    """The running mean is undone.

    Totals over the examples seen, and their differences; an array as result.
    """
    import keras

    class Undo(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.losses = []

        def on_epoch_begin(self, epoch, logs=None):
            self.seen, self.total = 0, 0.0

        def on_train_batch_end(self, batch, logs=None):
            size = min(batch_size, len(images) - self.seen)
            self.seen += size
            total = logs["loss"] * self.seen
            self.losses.append((total - self.total) / size)
            self.total = total

    undo = Undo()
    keras.utils.set_random_seed(seed)
    model.fit(images, labels, batch_size=batch_size, epochs=epochs, callbacks=[undo], verbose=0)
    return np.array(undo.losses)


def train_with_batch_size__train_on_batch(model, images, labels, batch_size, epochs, seed):
    """A loop of one's own over the batches of task 5.2.

    train_on_batch reports the batch's own loss; each epoch has a new order.
    """
    import keras

    keras.utils.set_random_seed(seed)
    losses = []
    for epoch in range(epochs):
        for some, their in batches(images, labels, batch_size, 1000 * seed + epoch):
            losses.append(model.train_on_batch(some, their, return_dict=True)["loss"])
    return losses


def train_with_batch_size__reset_after(model, images, labels, batch_size, epochs, seed):
    """The running figures are cleared after each batch, with a fit for each epoch.

    fit clears them by itself when it begins.
    """
    import keras

    class Losses(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            found.append(logs["loss"])
            self.model.reset_metrics()

    found = []
    for epoch in range(epochs):
        keras.utils.set_random_seed(seed + 1000 * epoch)
        model.fit(images, labels, batch_size=batch_size, epochs=1, callbacks=[Losses()], verbose=0)
    return found


# Task 5.7


def loss_roughness__loop(losses):
    """One place after the other.

    A list of differences and its mean.
    """
    if len(losses) < 3:
        raise ValueError("too few")
    jumps = [abs(here - 0.5 * (before + after)) for before, here, after in zip(losses, losses[1:], losses[2:])]
    return sum(jumps) / len(jumps)


def loss_roughness__second_difference(losses):
    """Half of the second difference.

    np.diff, twice.
    """
    if len(losses) <= 2:
        raise ValueError
    return np.abs(np.diff(losses, 2)).mean() / 2


def spread_between_runs__loop(histories):
    """Moment by moment.

    zip(*…) turns rows into columns.
    """
    from statistics import mean, pstdev

    return mean(pstdev(float(value) for value in moment) for moment in zip(*histories))


def spread_between_runs__root_of_variance(histories):
    """The root of the variance across runs.

    The same thing.
    """
    return np.sqrt(np.var(np.stack([np.asarray(history) for history in histories]), axis=0)).mean()
