"""Lesson 6 · Learning curves

You have two lines on a plot; what is wrong, and what do you do next?

7 tasks, 22 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course watch 6       every time you save
    course check 6       all tasks of this lesson
    course check 6.1     one task
    course hint 6.1      a question first, then a pointer, then nearly the code
    course run 6 --mine  the chapter's experiments with your functions
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

    raise NotImplementedError("Task 6.1: Record both lines, measured the same way")


# %% Task 6.2 · Smooth a line (2 points)
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
    raise NotImplementedError("Task 6.2: Smooth a line")


# %% Task 6.3 · How far apart are the lines? (2 points)
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
    raise NotImplementedError("Task 6.3: How far apart are the lines?")


# %% Task 6.4 · When would early stopping stop? (4 points)
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
    raise NotImplementedError("Task 6.4: When would early stopping stop?")


# %% Task 6.5 · The diagnosis (4 points)
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
    raise NotImplementedError("Task 6.5: The diagnosis")


# %% Task 6.6 · Two remedies (4 points)
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
    raise NotImplementedError("Task 6.6: Two remedies")


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

    raise NotImplementedError("Task 6.6: Two remedies")


# %% Task 6.7 · Stop in time, and go back (3 points)
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

    raise NotImplementedError("Task 6.7: Stop in time, and go back")
