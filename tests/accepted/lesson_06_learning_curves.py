"""Other correct ways to solve lesson 6's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and constants can be used.
"""

import math

import numpy as np

# Task 6.1


def record_curves__one_epoch_at_a_time(model, train_images, train_labels, validation_images, validation_labels,
                                       epochs, batch_size=32):
    """A loop over the epochs, with two evaluations after each.

    `fit` goes on where it stopped, so this is one training.
    """
    curves = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        model.fit(train_images, train_labels, epochs=1, batch_size=batch_size, verbose=0)
        for prefix, images, labels in (("", train_images, train_labels), ("val_", validation_images, validation_labels)):
            loss, accuracy = model.evaluate(images, labels, verbose=0)
            curves[f"{prefix}loss"].append(loss)
            curves[f"{prefix}accuracy"].append(accuracy)
    return curves


def record_curves__callback_class(model, train_images, train_labels, validation_images, validation_labels, epochs, batch_size=32):
    """A callback of one's own, and arrays instead of lists.

    Keras's history for validation, its own measurement for training.
    """
    import keras

    class TrainingPart(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.measured = []

        def on_epoch_end(self, epoch, logs=None):
            self.measured.append(self.model.evaluate(train_images, train_labels, verbose=0))

    own = TrainingPart()
    history = model.fit(train_images, train_labels, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[own],
                        validation_data=(validation_images, validation_labels)).history
    loss, accuracy = np.array(own.measured).T
    return {"loss": loss, "accuracy": accuracy, "val_loss": np.array(history["val_loss"]),
            "val_accuracy": np.array(history["val_accuracy"]), "running_mean": np.array(history["loss"])}


# Task 6.2


def smooth__weighted_means(values, weight):
    """The definition as a weighted mean.

    Each value's share is the weight to the power of its age.
    """
    values = np.asarray(values, dtype=float)
    return np.array([np.average(values[: t + 1], weights=float(weight) ** np.arange(t, -1, -1)) for t in range(len(values))])


def smooth__corrected_at_the_end(values, weight):
    """All averages first, one division at the end.

    With NumPy's power of all steps at once.
    """
    averages = np.zeros(len(values))
    average = 0.0
    for place, value in enumerate(values):
        average += (1 - weight) * (value - average)
        averages[place] = average
    return averages / (1 - np.power(weight, np.arange(1, len(values) + 1)))


# Task 6.3


def generalization_gap__loop(curves):
    """A loop that remembers the lowest value.

    NaN is never smaller.
    """
    lowest, gap = math.inf, None
    for training, validation in zip(curves["loss"], curves["val_loss"]):
        if validation < lowest:
            lowest, gap = validation, validation - training
    return gap


def generalization_gap__nan_to_infinity(curves):
    """NaN exchanged for infinity.

    Then argmin is safe.
    """
    validation = np.array(curves["val_loss"], dtype=float)
    best = np.argmin(np.where(np.isnan(validation), np.inf, validation))
    return (validation - np.array(curves["loss"], dtype=float))[best]


# Task 6.4


def best_epoch__counts_the_waiting(validation_loss, patience, min_delta=0.0):
    """With a counter, as Keras does it.

    NumPy's whole numbers are as good as Python's.
    """
    best, lowest, waited = 0, validation_loss[0], 0
    for epoch, loss in enumerate(validation_loss):
        if epoch == 0:
            continue
        waited += 1
        if loss < lowest - min_delta and loss + min_delta < lowest:
            best, lowest, waited = epoch, loss, 0
        elif waited >= patience:
            return [np.int64(best), np.int64(epoch)]
    return [np.int64(best), np.int64(len(validation_loss) - 1)]


def best_epoch__running_minimum(validation_loss, patience, min_delta=0.0):
    """The best values beforehand, then a search for the stop.

    Tuples of any whole numbers will do.
    """
    bests = [0]
    for epoch, loss in enumerate(validation_loss[1:], 1):
        bests.append(epoch if loss + min_delta < validation_loss[bests[-1]] else bests[-1])
    stops = [epoch for epoch, best in enumerate(bests) if epoch > 0 and best != epoch and epoch - best >= patience]
    last = stops[0] if stops else len(bests) - 1
    return bests[last], last


# Task 6.5


def diagnose__nearest_recorded_run(curves, classes):
    """The diagnosis of the most similar run among the learners' own.

    Similar in a few numbers that describe both lines.
    """
    from course.data.recorded_runs import recorded_runs

    def description(lines, kinds):
        training, validation = (np.nan_to_num(np.asarray(lines[name], dtype=float) / np.log(kinds), nan=9.0).clip(0, 3)
                                for name in ("loss", "val_loss"))
        rise = validation[-1] - validation.min()
        return np.array([training[-1], training.min(), training[-5:].mean(), 2 * rise, validation.min()])

    own = description(curves, classes)
    return min(recorded_runs(), key=lambda run: np.abs(description(run.curves, run.classes) - own).sum()).diagnosis


def diagnose__smoothed_lines_other_limits(curves, classes):
    """Smoothed lines, and other limits in the same gaps.

    The rise is counted as a share of the lowest point.
    """
    training, validation = (np.asarray(curves[name], dtype=float) / np.log(classes) for name in ("loss", "val_loss"))
    if not np.isfinite(training).all() or training[-1] > 2 or training[-4:].mean() > 2:
        return "diverging"
    training, validation = smooth(training, 0.3), smooth(validation, 0.3)
    if training[-1] > 0.87:
        return "not learning"
    if training[-1] > 0.35:
        return "underfitting"
    return "overfitting" if validation[-1] > 1.2 * validation.min() and validation[-1] > 0.25 else "good fit"


# Task 6.6


def larger_model__two_hidden_layers(features, classes):
    """Two layers, built with the functional interface.

    With a decaying learning rate it would do as well.
    """
    import keras

    inputs = keras.Input((features,))
    hidden = keras.layers.Dense(64, activation="relu")(inputs)
    hidden = keras.layers.Dense(64, activation="relu")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(hidden))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def larger_model__rmsprop_with_softmax_layer(features, classes):
    """Another optimizer, and softmax as a layer of its own.

    Forty neurons are enough.
    """
    import keras

    model = keras.Sequential([keras.Input((features,)), keras.layers.Dense(40, activation="tanh"), keras.layers.Dense(classes),
                              keras.layers.Softmax()])
    model.compile(keras.optimizers.RMSprop(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def regularized_model__dropout_alone(features, classes):
    """Dropout without a penalty.

    On the pixels and on the hidden layer.
    """
    import keras

    model = keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.6),
        keras.layers.Dense(classes, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def regularized_model__penalty_alone(features, classes):
    """L2 without dropout.

    Built with the functional interface.
    """
    import keras

    inputs = keras.Input((features,))
    hidden = keras.layers.Dense(200, activation="relu", kernel_regularizer=keras.regularizers.L2(0.02))(inputs)
    outputs = keras.layers.Dense(classes, activation="softmax", kernel_regularizer=keras.regularizers.L2(0.02))(hidden)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Task 6.7


def early_stopping__written_by_hand(patience=5):
    """A callback of one's own.

    It keeps a copy of the best weights.
    """
    import keras

    class StopAndGoBack(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.lowest, self.waited, self.best = math.inf, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.lowest:
                self.lowest, self.waited, self.best = logs["val_loss"], 0, self.model.get_weights()
            if self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            self.model.set_weights(self.best)

    return StopAndGoBack()


def early_stopping__all_arguments(patience=5):
    """Keras's own, with everything spelled out.

    Positional where Keras allows it.
    """
    import keras

    return keras.callbacks.EarlyStopping("val_loss", 0, patience, 0, "min", None, True)
