"""Named wrong answers of lesson 5: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions and constants
can be used.
"""

import numpy as np

# Task 5.1


def steps_per_epoch__short_batch_forgotten(examples, batch_size, drop_remainder=False):
    """The short last batch was not counted.

    Ten examples in batches of four are 4 + 4 + 2. The last two give an update as well, unless they
    are dropped, so the division is rounded up.
    """
    return examples // batch_size


def steps_per_epoch__drop_remainder_ignored(examples, batch_size, drop_remainder=False):
    """The short last batch was counted although it is dropped.

    With drop_remainder=True only full batches are used: round down.
    """
    return -(-examples // batch_size)


def steps_per_epoch__one_too_many(examples, batch_size, drop_remainder=False):
    """Where the batches come out even, there is one batch too many.

    examples // batch_size + 1 is right only if something is left over. 12 examples in batches of 4 are
    three batches, and the fourth would be empty.
    """
    return examples // batch_size if drop_remainder else examples // batch_size + 1


def steps_per_epoch__rounded_to_nearest(examples, batch_size, drop_remainder=False):
    """The number was rounded to the nearest one.

    Nine examples in batches of four are 2.25 batches, but the ninth example still needs a batch of its
    own. Round up, not to the nearest.
    """
    return examples // batch_size if drop_remainder else round(examples / batch_size)


def steps_per_epoch__up_and_down_exchanged(examples, batch_size, drop_remainder=False):
    """Rounding up and rounding down changed places.

    Dropping the short batch means fewer batches, so it is then that the division is rounded down.
    """
    return -(-examples // batch_size) if drop_remainder else examples // batch_size


def steps_per_epoch__float_result(examples, batch_size, drop_remainder=False):
    """The result is a float.

    np.ceil and np.floor hand floats back, and there is no update number 2.0. math.ceil gives a whole
    number, and so does division with //.
    """
    return float(np.floor(examples / batch_size) if drop_remainder else np.ceil(examples / batch_size))


def steps_per_epoch__never_zero(examples, batch_size, drop_remainder=False):
    """A batch was counted that cannot be filled.

    If the batch is larger than the data and short batches are dropped, no batch remains. Keras then has
    nothing to train on, and it is better to see the 0.
    """
    return max(1, examples // batch_size) if drop_remainder else -(-examples // batch_size)


# Task 5.2


def _cut(order, images, labels, batch_size):
    pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    return [(images[piece], labels[piece]) for piece in pieces]


def batches__shuffled_separately(images, labels, batch_size, seed):
    """Images and labels were shuffled separately.

    Two shuffles are two orders, and a 3 then carries the label of an 8. Draw one order of the places 0
    to n − 1, and use it for both.
    """
    rng = np.random.default_rng(seed)
    images, labels = rng.permutation(images), rng.permutation(labels)
    steps = range(0, len(images), batch_size)
    return [(images[start : start + batch_size], labels[start : start + batch_size]) for start in steps]


def batches__labels_left_in_order(images, labels, batch_size, seed):
    """The images were shuffled, the labels were not.

    Each label must go where its image goes: the same order of places for both.
    """
    images = images[np.random.default_rng(seed).permutation(len(images))]
    steps = range(0, len(images), batch_size)
    return [(images[start : start + batch_size], labels[start : start + batch_size]) for start in steps]


def batches__last_batch_dropped(images, labels, batch_size, seed):
    """The short last batch is missing.

    What is left over at the end is a batch too, only a smaller one. A slice that runs beyond the end
    takes what there is.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    full = len(order) // batch_size * batch_size
    return _cut(order[:full], images, labels, batch_size)


def batches__same_order_for_every_seed(images, labels, batch_size, seed):
    """The order is the same whatever the seed.

    A fixed number stands where the seed belongs. Every epoch would then show the examples in one and
    the same order, and the network could learn the order as well.
    """
    return _cut(np.random.default_rng(42).permutation(len(images)), images, labels, batch_size)


def batches__seed_ignored(images, labels, batch_size, seed):
    """The seed was ignored: each call gives another order.

    Without a seed the random generator starts from somewhere else each time, and no run can be
    repeated. Give it the seed: np.random.default_rng(seed).
    """
    return _cut(np.random.default_rng().permutation(len(images)), images, labels, batch_size)


def batches__not_shuffled(images, labels, batch_size, seed):
    """The examples were not shuffled.

    Data often lie in an order that means something: sorted, or written by one person after the other.
    A batch is a fair sample only if it is drawn at random.
    """
    return _cut(np.arange(len(images)), images, labels, batch_size)


def batches__drawn_with_replacement(images, labels, batch_size, seed):
    """Each place was drawn anew, so some examples come twice and others never.

    An epoch is one pass through the data: every example once. That is a permutation, not a series of
    independent draws.
    """
    order = np.random.default_rng(seed).integers(0, len(images), size=len(images))
    return _cut(order, images, labels, batch_size)


def batches__cut_into_equal_parts(images, labels, batch_size, seed):
    """The batches are all nearly equal in size.

    np.array_split shares the examples out evenly. Here each batch is full, and only the last one holds
    what is left.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    pieces = np.array_split(order, -(-len(order) // batch_size))
    return [(images[piece], labels[piece]) for piece in pieces]


def batches__empty_batch_at_the_end(images, labels, batch_size, seed):
    """Where the batches come out even, an empty one follows.

    len(images) // batch_size + 1 is one too many if nothing is left over. range(0, len(images), batch_size) counts the
    places where a batch begins, and no more.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    pieces = [order[n * batch_size : (n + 1) * batch_size] for n in range(len(order) // batch_size + 1)]
    return [(images[piece], labels[piece]) for piece in pieces]


def batches__only_the_batches_shuffled(images, labels, batch_size, seed):
    """The data were cut first, and only the batches changed places.

    The same examples then meet in a batch in every epoch, in their old order. Shuffle the examples, then
    cut.
    """
    cut = _cut(np.arange(len(images)), images, labels, batch_size)
    return [cut[place] for place in np.random.default_rng(seed).permutation(len(cut))]


def batches__shuffled_in_place(images, labels, batch_size, seed):
    """The caller's own arrays were shuffled.

    rng.shuffle changes the array that it is given, so the next line of the caller's program works with
    other data than it thinks. Draw an order with rng.permutation, and index with it: that makes copies.
    """
    np.random.default_rng(seed).shuffle(images)
    np.random.default_rng(seed).shuffle(labels)
    steps = range(0, len(images), batch_size)
    return [(images[start : start + batch_size], labels[start : start + batch_size]) for start in steps]


# Task 5.3


def _softmax(scores, axis=1):
    shares = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shares / shares.sum(axis=axis, keepdims=True)


def _one_hot(labels, classes):
    return np.eye(classes)[labels]


def loss_and_gradient__not_averaged(weights, images, labels):
    """Loss and gradient are sums over the batch.

    A batch of 64 would then make a step 64 times as long as one example does. Take the mean over the
    examples.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    return float(-np.sum(wanted * np.log(shares))), images.T @ (shares - wanted)


def loss_and_gradient__gradient_not_averaged(weights, images, labels):
    """The loss is a mean over the batch, the gradient is still a sum.

    They must belong together: the gradient is the slope of this very loss. images.T @ … adds over the
    examples, so divide by their number.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    return float(-np.mean(np.log(shares[np.arange(len(labels)), labels]))), images.T @ (shares - wanted)


def loss_and_gradient__sign_reversed(weights, images, labels):
    """The gradient has the wrong sign.

    It must point uphill, where the loss grows: what was answered minus what should have been answered.
    The minus that leads downhill comes later, in the update.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ (wanted - shares) / len(labels)


def loss_and_gradient__loss_without_minus(weights, images, labels):
    """The loss is negative.

    The logarithm of a share is never above 0. The loss is its negative, so that a small share for the right
    class is a large loss.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    loss = float(np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ (shares - wanted) / len(labels)


def loss_and_gradient__overflow(weights, images, labels):
    """exp left the range of numbers.

    exp(1000) is infinite and exp(-1000) is 0, and neither infinite / infinite nor 0 / 0 is a number. Subtract the largest
    score of each row first (of each row, not one for the whole batch): all shares stay what they are.
    """
    scores = np.exp(images @ weights)
    shares = scores / scores.sum(axis=1, keepdims=True)
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ (shares - _one_hot(labels, weights.shape[1])) / len(labels)


def loss_and_gradient__softmax_over_the_batch(weights, images, labels):
    """The shares add up to 1 over the batch instead of over the classes.

    The ten classes compete with each other for one image; the images do not compete. Sum along the
    classes, which is axis 1.
    """
    shares, wanted = _softmax(images @ weights, axis=0), _one_hot(labels, weights.shape[1])
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ (shares - wanted) / len(labels)


def loss_and_gradient__softmax_over_everything(weights, images, labels):
    """The shares add up to 1 over the whole table, examples times classes.

    Each example has shares of its own, which add up to 1: sum along the classes, axis 1, and keep the axis (keepdims=True).
    """
    scores = images @ weights
    shares = np.exp(scores - scores.max())
    shares, wanted = shares / shares.sum(), _one_hot(labels, weights.shape[1])
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ (shares - wanted) / len(labels)


def loss_and_gradient__averaged_over_classes_too(weights, images, labels):
    """The mean was taken over all numbers of the table, examples times classes.

    Each example has one loss, that of its right class. Divide by the number of examples, and not by the
    number of classes as well.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    return float(np.mean(-wanted * np.log(shares))), images.T @ (shares - wanted) / shares.size


def loss_and_gradient__labels_left_out(weights, images, labels):
    """The labels do not enter the gradient.

    pixel × share is only half of it. For the right class, 1 is subtracted from the share: without that
    every score should sink, and none rise.
    """
    shares = _softmax(images @ weights)
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, images.T @ shares / len(labels)


def loss_and_gradient__shares_changed_too_early(weights, images, labels):
    """The shares were changed before the loss was taken from them.

    Once 1 has been subtracted at the right class, what stands there is below 0 and has no logarithm. Take the loss
    first, or subtract in a copy.
    """
    shares = _softmax(images @ weights)
    rows = np.arange(len(labels))
    shares[rows, labels] -= 1
    return float(-np.mean(np.log(shares[rows, labels]))), images.T @ shares / len(labels)


def loss_and_gradient__gradient_transposed(weights, images, labels):
    """The gradient came out with classes down and pixels across.

    It must have the shape of the weights, pixels down and classes across, so that each number stands where its weight
    stands. The product is images.T @ errors, not the other way round.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    loss = float(-np.mean(np.log(shares[np.arange(len(labels)), labels])))
    return loss, (shares - wanted).T @ images / len(labels)


def loss_and_gradient__all_classes_in_the_loss(weights, images, labels):
    """The loss takes the shares of all classes, not only that of the right one.

    That would ask for equal shares for everybody. For each example, pick the share of its own label.
    """
    shares, wanted = _softmax(images @ weights), _one_hot(labels, weights.shape[1])
    return float(-np.mean(np.sum(np.log(shares), axis=1))), images.T @ (shares - wanted) / len(labels)


# Task 5.4


def sgd__uphill(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The step goes uphill.

    The gradient points where the loss grows. To make it smaller, go against the gradient: minus learning
    rate times gradient.
    """
    velocity = momentum * velocity + learning_rate * gradient
    return weights + velocity, velocity


def sgd__momentum_ignored(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The momentum was ignored.

    A share of the last step is made again: the new velocity contains momentum times the old one.
    """
    velocity = -learning_rate * gradient
    return weights + velocity, velocity


def sgd__learning_rate_outside(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The learning rate is not part of the velocity.

    This is PyTorch's form, where the velocity adds up gradients and the learning rate comes afterwards.
    In Keras, and here, the velocity is a step, with the learning rate and the minus already in it.
    """
    velocity = momentum * velocity + gradient
    return weights - learning_rate * velocity, velocity


def sgd__gradient_weakened(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The gradient was multiplied by 1 − momentum.

    That makes a moving average, as Adam uses it. Momentum in this form adds the whole gradient, so
    steps that agree grow longer.
    """
    velocity = momentum * velocity - (1 - momentum) * learning_rate * gradient
    return weights + velocity, velocity


def sgd__old_velocity_used(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The weights moved with the old velocity.

    First the velocity is renewed, with this gradient in it, and then the weights take that step.
    """
    return weights + velocity, momentum * velocity - learning_rate * gradient


def sgd__velocity_not_returned(weights, velocity, gradient, learning_rate, momentum=0.0):
    """Only the weights came back.

    The next update needs this one's velocity. Return both: new weights, new velocity.
    """
    return weights + momentum * velocity - learning_rate * gradient


def sgd__velocity_not_renewed(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The velocity came back as it was.

    The step just made is what the next update remembers. Return it as the new velocity.
    """
    return weights + momentum * velocity - learning_rate * gradient, velocity


def sgd__results_exchanged(weights, velocity, gradient, learning_rate, momentum=0.0):
    """Weights and velocity came back in the wrong order.

    First the new weights, then the new velocity.
    """
    velocity = momentum * velocity - learning_rate * gradient
    return velocity, weights + velocity


def sgd__changed_in_place(weights, velocity, gradient, learning_rate, momentum=0.0):
    """The caller's arrays were changed.

    weights += … writes into the array that was handed in. Whoever kept it to compare before and after will
    find twice the same. weights + … makes a new one.
    """
    velocity = momentum * velocity - learning_rate * gradient
    weights += velocity
    return weights, velocity


# Task 5.5


def _errors(weights, images, labels, batch_size, draws, seed, *, replace=True):
    """The gradient of all examples, and the errors of the batches, shape (draws, pixels × classes)."""
    rng = np.random.default_rng(seed)
    true_gradient = loss_and_gradient(weights, images, labels)[1]
    errors = []
    for _ in range(draws):
        chosen = rng.choice(len(images), size=batch_size, replace=replace)
        errors.append((loss_and_gradient(weights, images[chosen], labels[chosen])[1] - true_gradient).ravel())
    return true_gradient, np.array(errors)


def gradient_noise__without_replacement(weights, images, labels, batch_size, draws, seed):
    """The examples of a batch were drawn without putting them back.

    Then a batch of all examples has no error, and a larger one cannot be drawn. Here each draw is
    independent of the others, so an example may come twice.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed, replace=False)
    return float(np.sqrt(np.mean(np.sum(errors**2, axis=1))) / np.linalg.norm(true_gradient))


def gradient_noise__not_relative(weights, images, labels, batch_size, draws, seed):
    """The noise was not divided by the length of the true gradient.

    An error of 0.2 is small beside a gradient of 10 and large beside one of 0.1. Only their ratio says how
    much a batch can be trusted.
    """
    _, errors = _errors(weights, images, labels, batch_size, draws, seed)
    return float(np.sqrt(np.mean(np.sum(errors**2, axis=1))))


def gradient_noise__square_root_forgotten(weights, images, labels, batch_size, draws, seed):
    """This is the square of the noise.

    A mean of squared lengths is divided by a squared length. Take the root, so that it is lengths that are
    compared: this falls like 1 / B, and the noise like 1 / √B.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed)
    return float(np.mean(np.sum(errors**2, axis=1)) / np.sum(true_gradient**2))


def gradient_noise__averaged_over_weights(weights, images, labels, batch_size, draws, seed):
    """The squares were averaged over the weights, not added.

    The squared length of an error is the sum of the squares of all its numbers. The mean is taken over the
    draws, not over the weights.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed)
    return float(np.sqrt(np.mean(errors**2)) / np.linalg.norm(true_gradient))


def gradient_noise__mean_of_lengths(weights, images, labels, batch_size, draws, seed):
    """The lengths of the errors were averaged, not their squares.

    It is the squares of independent errors that add up, and only the root of their mean follows the square
    root law for every batch size. Square, average, then take the root.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed)
    return float(np.mean(np.linalg.norm(errors, axis=1)) / np.linalg.norm(true_gradient))


def gradient_noise__lengths_compared(weights, images, labels, batch_size, draws, seed):
    """The lengths of the gradients were compared, not the gradients.

    Two arrows of the same length can point in opposite directions. First subtract the true gradient, then
    take the length.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed)
    lengths = np.linalg.norm(errors + true_gradient.ravel(), axis=1)
    return float(np.std(lengths) / np.linalg.norm(true_gradient))


def gradient_noise__same_batch_every_draw(weights, images, labels, batch_size, draws, seed):
    """Every draw is the same batch.

    A random generator that is made inside the loop begins anew each time, and with the same seed it gives
    the same numbers. Make it once, before the loop.
    """
    true_gradient = loss_and_gradient(weights, images, labels)[1]
    squares = []
    for _ in range(draws):
        chosen = np.random.default_rng(seed).integers(0, len(images), size=batch_size)
        squares.append(np.sum((loss_and_gradient(weights, images[chosen], labels[chosen])[1] - true_gradient) ** 2))
    return float(np.sqrt(np.mean(squares)) / np.linalg.norm(true_gradient))


def gradient_noise__last_example_never_drawn(weights, images, labels, batch_size, draws, seed):
    """The last example is never drawn.

    rng.integers(0, n) already leaves n out and gives the places 0 to n − 1. With n − 1 as its end the last place is
    left out as well.
    """
    rng = np.random.default_rng(seed)
    true_gradient = loss_and_gradient(weights, images, labels)[1]
    squares = []
    for _ in range(draws):
        chosen = rng.integers(0, len(images) - 1, size=batch_size)
        squares.append(np.sum((loss_and_gradient(weights, images[chosen], labels[chosen])[1] - true_gradient) ** 2))
    return float(np.sqrt(np.mean(squares)) / np.linalg.norm(true_gradient))


def gradient_noise__draws_ignored(weights, images, labels, batch_size, draws, seed):
    """The number of draws is always the same.

    A fixed number stands where draws belongs. Who asks for two batches wants a quick look, and who asks for 3,000 a sure
    answer.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, 1000, seed)
    return float(np.sqrt(np.mean(np.sum(errors**2, axis=1))) / np.linalg.norm(true_gradient))


def gradient_noise__from_the_draws_own_mean(weights, images, labels, batch_size, draws, seed):
    """The errors were measured from the mean of the draws.

    The error of a batch is its gradient minus the gradient of *all* examples. The mean of a few draws is itself uncertain,
    and a single draw would seem to have no error at all.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, seed)
    return float(np.sqrt(np.sum(np.var(errors, axis=0))) / np.linalg.norm(true_gradient))


def gradient_noise__seed_ignored(weights, images, labels, batch_size, draws, seed):
    """The seed was ignored: each call draws other batches.

    Give the seed to the random generator, so that a measurement can be repeated.
    """
    true_gradient, errors = _errors(weights, images, labels, batch_size, draws, None)
    return float(np.sqrt(np.mean(np.sum(errors**2, axis=1))) / np.linalg.norm(true_gradient))


# Task 5.6


def _fit(model, images, labels, batch_size, epochs, seed, *, on_batch, before=None, **options):
    """Train with a callback, and hand back what `on_batch(callback, logs)` gives after each batch."""
    import keras

    class Recorder(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.losses, self.epoch_of_loss = [], []

        def on_train_batch_begin(self, batch, logs=None):
            if before:
                before(self)

        def on_train_batch_end(self, batch, logs=None):
            self.losses.append(float(on_batch(self, logs)))
            self.epoch_of_loss.append(self.epoch)

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

    recorder = Recorder()
    if seed is not None:
        keras.utils.set_random_seed(seed)
    model.fit(images, labels, batch_size=batch_size, epochs=epochs, callbacks=[recorder], verbose=0, **options)
    return recorder


def _own(model, images, labels, batch_size, epochs, seed, **options):
    return _fit(model, images, labels, batch_size, epochs, seed, on_batch=lambda recorder, logs: logs["loss"],
                before=lambda recorder: recorder.model.reset_metrics(), **options)


def train_with_batch_size__running_means(model, images, labels, batch_size, epochs, seed):
    """These are running means.

    logs["loss"] is the mean over all examples since the epoch began, and not the loss of this batch. Either
    clear Keras's running figures before each batch, or undo the mean: totals, and their differences.
    """
    return _fit(model, images, labels, batch_size, epochs, seed, on_batch=lambda recorder, logs: logs["loss"]).losses


def train_with_batch_size__epoch_means(model, images, labels, batch_size, epochs, seed):
    """There is one number for each epoch.

    history.history["loss"] holds the mean over each epoch. The jumps that this lesson is about happen from
    batch to batch, and a callback's on_train_batch_end is called after each of them.
    """
    import keras

    keras.utils.set_random_seed(seed)
    return model.fit(images, labels, batch_size=batch_size, epochs=epochs, verbose=0).history["loss"]


def train_with_batch_size__count_not_reset(model, images, labels, batch_size, epochs, seed):
    """From the second epoch on, the running mean was undone with the wrong count.

    Keras begins its mean anew with each epoch, so the count of examples and the total must begin anew
    there as well: on_epoch_begin.
    """
    state = {"seen": 0, "total": 0.0}
    sizes = [len(some) for some, _ in batches(images, labels, batch_size, 0)] * epochs

    def undo(recorder, logs):
        size = sizes[len(recorder.losses)]
        state["seen"] += size
        before, state["total"] = state["total"], logs["loss"] * state["seen"]
        return (state["total"] - before) / size

    return _fit(model, images, labels, batch_size, epochs, seed, on_batch=undo).losses


def train_with_batch_size__short_batch_counted_full(model, images, labels, batch_size, epochs, seed):
    """The short last batch was counted like a full one.

    Keras weighs each batch by its examples. To undo that mean, count examples, not batches: the last batch
    of an epoch holds only what is left.
    """
    state = {}

    def undo(recorder, logs):
        if state.get("epoch") != recorder.epoch:
            state.update(epoch=recorder.epoch, steps=0, total=0.0)
        state["steps"] += 1
        before, state["total"] = state["total"], logs["loss"] * state["steps"]
        return state["total"] - before

    return _fit(model, images, labels, batch_size, epochs, seed, on_batch=undo).losses


def train_with_batch_size__loss_of_all_examples(model, images, labels, batch_size, epochs, seed):
    """The loss was measured again after each update.

    Asked is the loss that the batch's own examples had before the update: what the network was told in that step.
    Measured afterwards, or on all examples, it is another number, and a calmer one.
    """
    return _fit(model, images, labels, batch_size, epochs, seed,
                on_batch=lambda recorder, logs: recorder.model.evaluate(images, labels, batch_size=len(images), verbose=0)).losses


def train_with_batch_size__last_epoch_only(model, images, labels, batch_size, epochs, seed):
    """Only the last epoch's losses came back.

    The list was emptied at the beginning of each epoch. Make it once, before training.
    """
    recorder = _own(model, images, labels, batch_size, epochs, seed)
    return [loss for loss, epoch in zip(recorder.losses, recorder.epoch_of_loss) if epoch == epochs - 1]


def train_with_batch_size__epochs_forgotten(model, images, labels, batch_size, epochs, seed):
    """The model was trained for one epoch only.

    fit makes a single pass unless it is told how many: epochs=epochs.
    """
    return _own(model, images, labels, batch_size, 1, seed).losses


def train_with_batch_size__batch_size_forgotten(model, images, labels, batch_size, epochs, seed):
    """The batch size was not handed on.

    fit takes batches of 32 unless it is told otherwise: batch_size=batch_size.
    """
    return _own(model, images, labels, None, epochs, seed).losses


def train_with_batch_size__not_shuffled(model, images, labels, batch_size, epochs, seed):
    """The examples came in the order in which they lie in the array.

    A batch is a fair sample only if it is drawn at random. fit shuffles by itself, unless shuffle=False tells it
    not to.
    """
    return _own(model, images, labels, batch_size, epochs, seed, shuffle=False).losses


def train_with_batch_size__seed_ignored(model, images, labels, batch_size, epochs, seed):
    """The seed was ignored: each call gives another order.

    Call keras.utils.set_random_seed(seed) before fit; it decides how the examples are shuffled.
    """
    import secrets

    return _own(model, images, labels, batch_size, epochs, secrets.randbelow(2**31)).losses


# Task 5.7


def loss_roughness__neighbours_compared(losses):
    """Each loss was compared with the one before it, so the slope counts as roughness.

    A curve that falls steeply and straight is not rough. Compare each loss with the middle between its two
    neighbours: on a straight line the difference is 0.
    """
    _three(losses)
    return float(np.mean(np.abs(np.diff(losses))))


def loss_roughness__not_halved(losses):
    """The result is twice too large.

    The *mean* of the two neighbours is half their sum.
    """
    _three(losses)
    return float(np.mean(np.abs(np.diff(losses, n=2))))


def loss_roughness__signs_kept(losses):
    """The differences were averaged with their signs.

    A jump up and the jump down after it then cancel, and any curve looks smooth. Take absolute values before
    the mean.
    """
    _three(losses)
    losses = np.asarray(losses, dtype=float)
    return float(np.mean(losses[1:-1] - (losses[:-2] + losses[2:]) / 2))


def loss_roughness__sum_of_jumps(losses):
    """The jumps were added, not averaged.

    A curve with more steps would be rougher for that alone, and small batches make more steps.
    """
    _three(losses)
    return float(np.sum(np.abs(np.diff(losses, n=2)))) / 2


def loss_roughness__root_mean_square(losses):
    """The differences were squared, averaged, and the root was taken.

    That lets a few large jumps count for more. The roughness here is the plain mean of the absolute differences.
    """
    _three(losses)
    return float(np.sqrt(np.mean(np.diff(losses, n=2) ** 2))) / 2


def loss_roughness__standard_deviation(losses):
    """This is the standard deviation of the losses.

    It is large for any curve that falls a long way, however smoothly. Compare each loss with its two neighbours.
    """
    _three(losses)
    return float(np.std(losses))


def loss_roughness__too_few_accepted(losses):
    """Fewer than three losses were accepted.

    Without two neighbours there is nothing to compare, and a mean of nothing is NaN. Raise a ValueError that says
    what is missing.
    """
    losses = np.asarray(losses, dtype=float)
    return float(np.mean(np.abs(losses[1:-1] - (losses[:-2] + losses[2:]) / 2)))


def _three(losses):
    if len(losses) < 3:
        raise ValueError("at least three losses are needed")


def spread_between_runs__along_the_run(histories):
    """The deviation was taken along each run.

    That tells how far a run's losses fall, and not how the runs differ. One row is one run: the deviation at each
    moment goes down the rows, which is axis 0.
    """
    return float(np.mean(np.std(histories, axis=1)))


def spread_between_runs__over_everything(histories):
    """One deviation was taken over all numbers at once.

    It mostly tells that losses fall. First compare the runs at each moment, then average over the moments.
    """
    return float(np.std(histories))


def spread_between_runs__sample_deviation(histories):
    """The squares were divided by the number of runs less one.

    ddof=1 estimates the deviation of a larger population. The task divides by the number of runs, as np.std does when
    nobody tells it otherwise.
    """
    return float(np.mean(np.std(histories, axis=0, ddof=1)))


def spread_between_runs__last_moment_only(histories):
    """Only the last moment was looked at.

    Runs may differ on the way and meet at the end. Take the deviation at every moment, then the mean.
    """
    return float(np.std(np.asarray(histories)[:, -1]))


def spread_between_runs__range(histories):
    """This is the distance from the lowest to the highest run.

    It grows with the number of runs, because more runs have more extreme ones. The standard deviation does not.
    """
    return float(np.mean(np.ptp(histories, axis=0)))


def spread_between_runs__variance(histories):
    """This is the variance: the square root is missing.

    The standard deviation has the unit of the losses themselves, the variance that of their squares.
    """
    return float(np.mean(np.var(histories, axis=0)))


def spread_between_runs__of_the_means(histories):
    """Each run was averaged first.

    Two runs that cross each other can have the same mean and still never agree. First the deviation at each moment,
    then the mean.
    """
    return float(np.std(np.mean(histories, axis=1)))
