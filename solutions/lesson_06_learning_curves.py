"""Lesson 6 · Learning curves

You have two lines on a plot; what is wrong, and what do you do next?

Minutes: 130
Before: Lessons 1 to 3, or: you have trained a small network with Keras's fit. Lessons 4 and 5 help.
"""

import numpy as np

DIAGNOSES = ("underfitting", "overfitting", "good fit", "diverging", "not learning")
"""The five answers that `diagnose` can give."""


def plain_model(features: int, classes: int, hidden_units: int):
    """A compiled network with one hidden layer and nothing else: the patient of this lesson.

    Args:
        features: numbers per example.
        classes: how many answers there are to choose from.
        hidden_units: neurons in the hidden layer.

    Returns:
        keras.Model from (batch, features) to (batch, classes), with softmax, the cross-entropy loss for
        whole-number labels, Adam with a learning rate of 0.003, and accuracy as its only metric. Its hidden neurons
        use tanh, which squeezes any number between -1 and 1; unlike those with relu, they rarely fall silent for good.
    """
    import keras

    model = keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dense(hidden_units, activation="tanh"),
        keras.layers.Dense(classes, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% Task 6.1 · Record both lines, measured the same way (3 points)
# `fit` hands back a history with both lines, and they are not measured in the same way. The
# validation loss is taken at the end of the epoch, with dropout switched off. The training loss is
# a running mean: each batch is measured just before the step that it causes, so the number belongs
# to weights from half an epoch ago, on average, and dropout is on. Two lines can only be compared
# if they answer the same question, so the training line is measured again here, after the epoch.
#
# It costs one more pass through the training pictures per epoch, without any gradients. On large
# data one takes a fixed part of the training pictures for it.
def record_curves(model, train_images, train_labels, validation_images, validation_labels, epochs: int,
                  batch_size: int = 32) -> dict:
    """Train a compiled model, and after each epoch measure it on both parts, both in the same way.

    All four numbers of an epoch belong to the weights at the end of that epoch, as `model.evaluate`
    gives them: in prediction mode, where dropout does nothing. The training loss in Keras's own history is
    something else: the mean over the batches *during* the epoch, while the weights were still changing.
    By hand: in an epoch of two batches the training loss is 2.0 before the first step, 1.0 after it and 0.6
    after the second. Keras's history says about (2.0 + 1.0) / 2 = 1.5. The curve here says 0.6.

    Args:
        model: a compiled keras.Model whose only metric is accuracy. It is trained, once through all epochs.
        train_images, train_labels: arrays to learn from.
        validation_images, validation_labels: arrays to measure on, never to learn from.
        epochs: passes through the training pictures.
        batch_size: pictures per step of training.

    Returns:
        dict with the keys "loss", "accuracy", "val_loss" and "val_accuracy"; each a list with one float per epoch.
    """
    import keras  # here and not at the top: it takes seconds, and most tasks do without

    # Your turn
    curves = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def measure_training(epoch, logs):
        measured = model.evaluate(train_images, train_labels, batch_size=len(train_images), verbose=0, return_dict=True)
        for name in ("loss", "accuracy"):
            curves[name].append(float(measured[name]))
            curves[f"val_{name}"].append(float(logs[f"val_{name}"]))

    model.fit(train_images, train_labels, validation_data=(validation_images, validation_labels),
              validation_batch_size=len(validation_images), epochs=epochs, batch_size=batch_size, verbose=0,
              callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=measure_training)])
    return curves


# %% Task 6.2 · Smooth a line (2 points)
# The average carries a share `weight` of its own past. At the beginning there is no past, so the
# running sum holds too little: after the first step only a share 1 − weight of a whole value. That
# is the bias, and it is known exactly. After t steps the weights that were handed out add up to
# 1 − weightᵗ, and dividing by that makes them add up to 1. Adam corrects its averages in the same way.
#
# Starting with the first value instead is simpler and gives that one value, which may be the
# wildest of all, a say for a long time.
def smooth(values, weight: float) -> np.ndarray:
    """An exponential moving average that is not pulled towards 0 at its beginning.

    Start with average = 0. At each value: average = weight · average + (1 − weight) · value. What is given back
    for the t-th value (t = 1, 2, …) is average / (1 − weight to the power of t).
    By hand: the values 2, 4 and the weight 0.5. The averages are 1 and 2.5, the shares handed out 0.5 and 0.75,
    so the result is 1 / 0.5 = 2 and 2.5 / 0.75 = 3.33.

    Args:
        values: numbers, one per epoch or step.
        weight: how much of the past is kept, 0 or greater and below 1; 0 changes nothing.

    Returns:
        float array, as long as `values`.
    """
    average = 0.0
    smoothed = []
    for step, value in enumerate(values, 1):
        average = weight * average + (1 - weight) * value
        smoothed.append(average / (1 - weight**step))
    return np.array(smoothed, dtype=float)


# %% Task 6.3 · How far apart are the lines? (2 points)
# The gap is a property of one network, so both numbers are read at one epoch. Which one? The one
# that you would keep: where the validation loss is lowest. In the last epoch, or with the lowest
# point of each line, the gap belongs to a network that nobody would use, or to none at all.
#
# `nanargmin` leaves out the epochs without a number; `argmin` would choose the first of them.
def generalization_gap(curves: dict) -> float:
    """How much worse the best network does on pictures that it did not learn from.

    Validation loss minus training loss, both at the epoch with the lowest validation loss (the first of
    them, if there are several). Positive: worse on the validation pictures. An epoch whose validation loss is
    NaN is left out.
    By hand: training loss 1.0, 0.5, 0.1 and validation loss 1.1, 0.7, 0.9. The best epoch is the second,
    so the gap is 0.7 − 0.5 = 0.2.

    Args:
        curves: as from task 6.1. At least one validation loss is a number.

    Returns:
        One number.
    """
    best = int(np.nanargmin(curves["val_loss"]))
    return float(curves["val_loss"][best] - curves["loss"][best])


# %% Task 6.4 · When would early stopping stop? (4 points)
# Two small things hide here. An improvement must be larger than `min_delta`, and it is compared
# with the best value so far and not with the epoch before: a line that creeps down by less than
# `min_delta` each time does improve in the end, as the steps add up.
#
# Comparisons with NaN are always false, so a NaN is never an improvement, and counts as an epoch of
# waiting. If the very first value is NaN, then nothing is ever smaller than it. That looks like an
# oversight, but it is what Keras does, and a run that begins with NaN has other troubles.
def best_epoch(validation_loss, patience: int, min_delta: float = 0.0) -> tuple[int, int]:
    """Which epoch does Keras's `EarlyStopping` keep, and after which does it stop?

    Epochs are counted from 0. The first one is the best so far. After that, an epoch is the new best if its loss
    lies below the best so far by more than `min_delta`: loss + min_delta < best. Training stops at the end of the
    epoch in which `patience` epochs in a row have brought no new best, and never in epoch 0. A comparison
    with NaN is always false.
    By hand: 0.9, 0.5, 0.6, 0.7, 0.4 with a patience of 2. The best is epoch 1; epochs 2 and 3 are no better, so
    training stops at the end of epoch 3 and never sees the 0.4. The result is (1, 3).

    Args:
        validation_loss: numbers, one per epoch; at least one. NaN is possible.
        patience: epochs without a new best before it stops; 0 is treated as 1.
        min_delta: how much better is better, 0 or greater.

    Returns:
        (best epoch, last epoch that was trained), as whole numbers.
    """
    best = 0
    for epoch in range(1, len(validation_loss)):
        if validation_loss[epoch] + min_delta < validation_loss[best]:
            best = epoch
        elif epoch - best >= patience:
            return best, epoch
    return best, len(validation_loss) - 1


# %% Task 6.5 · The diagnosis (4 points)
# A loss of 0.6 is good among ten classes and hopeless among two. The yardstick is what somebody
# who knows nothing would get by giving each class the same share: ln(classes). Divided by that,
# 1 means "knows nothing" in every problem, and the same limits can be used everywhere.
#
# The order of the questions matters. A run that explodes must be caught first, as its other numbers
# mean nothing. Then the training line alone: did it ever leave the 1? Only after that is it worth
# looking at validation, because a network that has learned nothing cannot overfit. A rise at the end
# comes before "training is still high", since stopping is needed in any case.
#
# The limits (1.5, 0.9, 0.06, 0.3) were read off the recorded runs. They lie in the gaps between the
# groups and they are no laws of nature.
def diagnose(curves: dict, classes: int) -> str:
    """What is wrong with a run, from its two lines?

    - "diverging": the training loss explodes. It becomes infinite or NaN, or ends far above the loss of
      somebody who knows nothing.
    - "not learning": the training loss hardly leaves the loss of somebody who knows nothing.
    - "overfitting": the validation loss has turned, and ends clearly above its lowest point.
    - "underfitting": something was learned, but even the training loss is still high at the end.
    - "good fit": the training loss is low, and the validation loss is at its lowest point or close to it.

    Somebody who knows nothing gives every class the same share. With 10 classes that is a loss of
    ln(10) = 2.30, with 2 classes ln(2) = 0.69. (ln is `np.log`.)
    By hand: 10 classes, training loss 2.3, 1.2, 0.1 and validation loss 2.3, 1.0, 1.9. The training loss is low and
    validation has risen from 1.0 to 1.9, so it is overfitting.

    Graded on runs that really happened and that you have not seen; at least 9 of 10 must be right. Others like them
    are there to look at: `from course.data.recorded_runs import recorded_runs`.

    Args:
        curves: dict with the keys "loss", "accuracy", "val_loss" and "val_accuracy", each a list of at least 4
            floats, one per epoch. They may be NaN or infinite.
        classes: how many classes there are.

    Returns:
        One of DIAGNOSES.
    """
    knows_nothing = np.log(classes)
    training = np.asarray(curves["loss"], dtype=float) / knows_nothing
    validation = np.asarray(curves["val_loss"], dtype=float) / knows_nothing
    if not np.isfinite(training).all() or training[-5:].mean() > 1.5:
        return "diverging"
    if training.min() > 0.9:
        return "not learning"
    if validation[-1] > validation.min() + 0.06:
        return "overfitting"
    if training[-1] > 0.3:
        return "underfitting"
    return "good fit"


# %% Task 6.6 · Two remedies (4 points)
# For underfitting: more weights. Two hidden neurons have to squeeze ten digits through two numbers;
# with a hundred, there is room. Training no longer stops because the model can do no better.
#
# For overfitting: make memorising more expensive. Dropout switches off a random half of the neurons at
# every step, so no neuron can count on one particular other one being there. Between the pixels
# and the hidden layer it takes away a random part of the picture, and a picture that looks different
# each time is hard to know by heart. L2 is the other common way: it adds the sum of the squared
# weights to the loss, and the sharp answers that fit a single wrong label need large weights. (Both
# of Keras's lines then contain that sum, so they can only be compared with lines that contain it as well.)
#
# Both are a trade. A larger model can overfit, and too strong a penalty underfits.
def larger_model(features: int, classes: int):
    """A remedy for underfitting: a compiled model that can learn what `plain_model` with 2 neurons cannot.

    It is trained on 600 digits for 12 epochs, and must then get at least 90 % of these digits right.
    `plain_model` with 2 hidden units does not come near.
    By hand: one hidden layer of 64 neurons on 784 pixels has 784 · 64 + 64 + 64 · 10 + 10 = 50,890 weights, where
    2 neurons have 1,600.

    Args:
        features: numbers per example.
        classes: how many answers there are to choose from.

    Returns:
        keras.Model from (batch, features) to (batch, classes), with softmax at the end; compiled with the
        cross-entropy loss for whole-number labels and accuracy as its only metric.
    """
    # Your turn
    return plain_model(features, classes, 128)


def regularized_model(features: int, classes: int):
    """A remedy for overfitting: as `plain_model` with 256 hidden units, but with L2 penalties or dropout (or both).

    It is trained for 40 epochs on 120 digits of which every fifth has a wrong label. There, `plain_model`
    with 256 hidden units learns nearly all the wrong labels by heart, and its validation loss turns up. Yours must
    learn no more than four fifths of them, and still read at least 65 % of the validation digits.
    By hand: `keras.layers.Dropout(0.5)` sets a random half of its inputs to 0 in training and doubles the rest;
    at prediction time it does nothing.

    Args:
        features: numbers per example.
        classes: how many answers there are to choose from.

    Returns:
        keras.Model as in `larger_model`. Its hidden layer is not smaller than 128 units, so that it is the
        penalty or the dropout that helps.
    """
    import keras  # here and not at the top: it takes seconds, and most tasks do without

    # Your turn
    model = keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(classes, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% Task 6.7 · Stop in time, and go back (3 points)
# Three words decide. `monitor="val_loss"`: the training loss falls as long as one goes on memorising, so it would
# never give the signal. `patience`: the line is not smooth, and the first step up is often not the
# turn. `restore_best_weights=True`: without it, training ends with the weights of `patience` epochs
# too late, and the best ones are lost. Keras's default for it is False.
def early_stopping(patience: int = 5):
    """A Keras callback that stops when the validation loss has turned, and goes back to the best weights.

    It watches the validation loss. When `patience` epochs in a row have brought no new lowest value, it ends the
    training. Whether it ended the training or the epochs ran out, afterwards the model has the weights of the epoch
    with the lowest validation loss.
    By hand: validation losses 0.9, 0.5, 0.6, 0.7 and a patience of 2: it stops after the fourth epoch, and the
    model goes back to the weights of the second.

    Args:
        patience: epochs without a new lowest validation loss before it stops, 1 or more.

    Returns:
        keras.callbacks.Callback, to be handed to `model.fit(…, validation_data=…, callbacks=[…])`.
    """
    import keras  # here and not at the top: it takes seconds, and most tasks do without

    # Your turn
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
