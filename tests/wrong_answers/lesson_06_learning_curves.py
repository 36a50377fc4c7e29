"""Named wrong answers of lesson 6: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions and constants
can be used.
"""

import numpy as np

# Task 6.1


def record_curves__running_mean(model, train_images, train_labels, validation_images, validation_labels, epochs, batch_size=32):
    """The training line is Keras's running mean.

    `history["loss"]` is the mean over the batches of an epoch, each measured before its own step, with dropout on.
    The validation line is measured after the last step, with dropout off. To compare the two, measure the training
    pictures once more after each epoch: `model.evaluate`, for example in a callback's `on_epoch_end`.
    """
    history = model.fit(train_images, train_labels, validation_data=(validation_images, validation_labels), epochs=epochs,
                        batch_size=batch_size, verbose=0)
    return history.history


def record_curves__history_object(model, train_images, train_labels, validation_images, validation_labels, epochs, batch_size=32):
    """`fit` returns a History object, and that is what came back.

    The dictionary with the lines is its attribute `.history`. (And its training line is a running mean over the
    epoch, so it has to be measured again.)
    """
    return model.fit(train_images, train_labels, validation_data=(validation_images, validation_labels), epochs=epochs,
                     batch_size=batch_size, verbose=0)


def _measure_each_epoch(model, train, validation, epochs, batch_size, *, epochs_in_each=1, before=False, learn_from=None):
    curves = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def measure():
        for prefix, part in (("", train), ("val_", validation)):
            measured = model.evaluate(*part, verbose=0, return_dict=True)
            for name in ("loss", "accuracy"):
                curves[prefix + name].append(float(measured[name]))

    for _ in range(epochs):
        if before:
            measure()
        model.fit(*(learn_from or train), epochs=epochs_in_each, batch_size=batch_size, verbose=0)
        if not before:
            measure()
    return curves


def record_curves__validation_on_training_pictures(model, train_images, train_labels, validation_images, validation_labels,
                                                   epochs, batch_size=32):
    """Both lines were measured on the training pictures.

    The validation line has to come from pictures that the model does not learn from. Otherwise the two lines are one
    line drawn twice, and overfitting can never show.
    """
    train = (train_images, train_labels)
    return _measure_each_epoch(model, train, train, epochs, batch_size)


def record_curves__learned_from_validation_too(model, train_images, train_labels, validation_images, validation_labels,
                                               epochs, batch_size=32):
    """The model learned from the validation pictures as well.

    A picture that was learned from says nothing any more about pictures that were not. Hand the training part
    alone to `fit` as what to learn from.
    """
    everything = (np.concatenate([train_images, validation_images]), np.concatenate([train_labels, validation_labels]))
    return _measure_each_epoch(model, (train_images, train_labels), (validation_images, validation_labels), epochs, batch_size,
                               learn_from=everything)


def record_curves__measured_before_the_epoch(model, train_images, train_labels, validation_images, validation_labels,
                                             epochs, batch_size=32):
    """The lines were measured before each epoch.

    The first point then belongs to the untrained model, and the effect of the last epoch is nowhere to be
    seen. Train first, measure afterwards.
    """
    return _measure_each_epoch(model, (train_images, train_labels), (validation_images, validation_labels), epochs, batch_size,
                               before=True)


def record_curves__all_epochs_in_each(model, train_images, train_labels, validation_images, validation_labels,
                                      epochs, batch_size=32):
    """Each round of the loop trained for all the epochs.

    `fit` goes on where it stopped before. In a loop over the epochs, each call must train for one: epochs=1.
    """
    return _measure_each_epoch(model, (train_images, train_labels), (validation_images, validation_labels), epochs, batch_size,
                               epochs_in_each=epochs)


def record_curves__batch_size_ignored(model, train_images, train_labels, validation_images, validation_labels,
                                      epochs, batch_size=32):
    """The batch size was not passed on.

    `fit` then takes 32 pictures per step, whatever was asked for. The number of steps per epoch, and with it the
    whole curve, depends on the batch size.
    """
    return _measure_each_epoch(model, (train_images, train_labels), (validation_images, validation_labels), epochs, 32)


def record_curves__lines_exchanged(model, train_images, train_labels, validation_images, validation_labels,
                                   epochs, batch_size=32):
    """Training and validation changed places.

    "loss" and "accuracy" belong to the training pictures, "val_loss" and "val_accuracy" to the validation pictures.
    """
    curves = _measure_each_epoch(model, (train_images, train_labels), (validation_images, validation_labels), epochs, batch_size)
    return {"loss": curves["val_loss"], "accuracy": curves["val_accuracy"], "val_loss": curves["loss"],
            "val_accuracy": curves["accuracy"]}


# Task 6.2


def smooth__starts_at_zero(values, weight):
    """The average starts at 0, and that was not corrected.

    After t values the weights handed out add up to 1 − weightᵗ only. Divide by that, or the line climbs out of 0
    before it says anything about the values.
    """
    average, smoothed = 0.0, []
    for value in values:
        average = weight * average + (1 - weight) * value
        smoothed.append(average)
    return np.array(smoothed)


def smooth__starts_at_the_first_value(values, weight):
    """The average starts with the first value.

    That value, perhaps the wildest of all, then keeps a far larger share than the ones after it. Start with 0 and
    divide by 1 − weightᵗ: so each value gets the share that its age gives it.
    """
    average, smoothed = values[0], []
    for value in values:
        average = weight * average + (1 - weight) * value
        smoothed.append(average)
    return np.array(smoothed)


def smooth__weight_on_the_new_value(values, weight):
    """The weight went to the new value instead of the past.

    `weight` says how much of the past is kept, so a larger one makes a smoother line. The new value gets 1 − weight.
    """
    average, smoothed = 0.0, []
    for step, value in enumerate(values, 1):
        average = (1 - weight) * average + weight * value
        smoothed.append(average / (1 - (1 - weight) ** step) if weight else 0.0)
    return np.array(smoothed)


def smooth__corrected_value_carried_on(values, weight):
    """The corrected value was carried into the next step.

    The correction is for showing only. What goes on to the next step is the plain average; otherwise it is corrected
    again and again, and grows.
    """
    average, smoothed = 0.0, []
    for step, value in enumerate(values, 1):
        average = (weight * average + (1 - weight) * value) / (1 - weight**step)
        smoothed.append(average)
    return np.array(smoothed)


def smooth__same_correction_for_all(values, weight):
    """Each average was divided by 1 − weight.

    That is right for the first value only. After t values, 1 − weightᵗ has been handed out, which comes close
    to 1 with time, so that the correction fades.
    """
    average, smoothed = 0.0, []
    for value in values:
        average = weight * average + (1 - weight) * value
        smoothed.append(average / (1 - weight))
    return np.array(smoothed)


def smooth__steps_counted_from_zero(values, weight):
    """The steps were counted from 0.

    Before the first value nothing has been handed out: 1 − weight⁰ = 0, and dividing by 0 is no number. The first
    value is t = 1.
    """
    average, smoothed = 0.0, []
    for step, value in enumerate(values):
        average = weight * average + (1 - weight) * value
        share = 1 - weight**step
        smoothed.append(average / share if share else np.nan)
    return np.array(smoothed)


def smooth__mean_of_all_so_far(values, weight):
    """This is the plain mean of all values so far.

    In it, the first epoch counts as much as the latest. Here the past fades: each step multiplies the share of
    everything before it by `weight`.
    """
    return np.cumsum(values) / np.arange(1, len(values) + 1)


# Task 6.3


def generalization_gap__sign_exchanged(curves):
    """The sign is exchanged.

    It is validation minus training: a positive gap means that the model does worse on pictures that it did not
    learn from.
    """
    best = int(np.nanargmin(curves["val_loss"]))
    return float(curves["loss"][best] - curves["val_loss"][best])


def generalization_gap__last_epoch(curves):
    """The gap was read in the last epoch.

    One keeps the network of the best epoch, the one with the lowest validation loss. The last epoch may come long
    after it.
    """
    return float(curves["val_loss"][-1] - curves["loss"][-1])


def generalization_gap__lowest_of_each_line(curves):
    """The lowest point of each line was taken.

    The two lie in different epochs, so their difference belongs to no network that ever existed. Find one epoch,
    and read both lines there.
    """
    return float(np.nanmin(curves["val_loss"]) - np.nanmin(curves["loss"]))


def generalization_gap__best_training_epoch(curves):
    """The epoch was chosen by the training loss.

    That chooses where memorising has gone furthest. Choose by the validation loss.
    """
    best = int(np.nanargmin(curves["loss"]))
    return float(curves["val_loss"][best] - curves["loss"][best])


def generalization_gap__nan_taken_for_the_lowest(curves):
    """An epoch without a number was taken for the best.

    `np.argmin` stops at the first NaN that it finds. `np.nanargmin` leaves them out.
    """
    best = int(np.argmin(curves["val_loss"]))
    return float(curves["val_loss"][best] - curves["loss"][best])


def generalization_gap__without_a_sign(curves):
    """The sign was thrown away.

    A validation loss below the training loss is worth knowing: it points to dropout, an easy validation part or a
    leak. Keep the sign.
    """
    best = int(np.nanargmin(curves["val_loss"]))
    return abs(float(curves["val_loss"][best] - curves["loss"][best]))


def generalization_gap__accuracies(curves):
    """The accuracies were compared.

    The gap here is one of the losses: validation loss minus training loss.
    """
    best = int(np.nanargmin(curves["val_loss"]))
    return float(curves["accuracy"][best] - curves["val_accuracy"][best])


# Task 6.4


def _stop(losses, patience, min_delta=0.0, *, late=0, ties=False, previous=False, never_reset=False, nan_is_better=False):
    """Early stopping with places to go wrong."""
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        reference = losses[epoch - 1] if previous else losses[best]
        value = losses[epoch] + min_delta
        better = value <= reference if ties else value < reference
        if nan_is_better:
            better = not value >= reference
        if better:
            best = epoch
            waited = waited if never_reset else 0
            continue
        waited += 1
        if waited >= patience + late:
            return best, epoch
    return best, len(losses) - 1


def best_epoch__lowest_of_all(validation_loss, patience, min_delta=0.0):
    """The lowest value of the whole line was taken.

    Early stopping cannot see the future. When the patience is used up, training ends, and what would have come
    later never happens.
    """
    return int(np.nanargmin(validation_loss)), len(validation_loss) - 1


def best_epoch__one_epoch_too_late(validation_loss, patience, min_delta=0.0):
    """It waited one epoch too long.

    With a patience of 2, the second epoch in a row without a new best is the last one.
    """
    return _stop(validation_loss, max(patience, 1), min_delta, late=1)


def best_epoch__stops_at_the_first_rise(validation_loss, patience, min_delta=0.0):
    """It stopped at the first epoch that was no better.

    The patience says how many such epochs in a row are endured. The line wobbles, and the first step up is often
    not the turn.
    """
    return _stop(validation_loss, 1, min_delta)


def best_epoch__compares_with_the_epoch_before(validation_loss, patience, min_delta=0.0):
    """Each epoch was compared with the one before it.

    Better than yesterday is not yet better than ever. Compare with the best value so far.
    """
    return _stop(validation_loss, patience, min_delta, previous=True)


def best_epoch__waiting_never_starts_again(validation_loss, patience, min_delta=0.0):
    """The waiting was not started anew after a new best.

    Only epochs in a row count. A new best sets the count back to 0.
    """
    return _stop(validation_loss, patience, min_delta, never_reset=True)


def best_epoch__an_equal_value_counts(validation_loss, patience, min_delta=0.0):
    """A value equal to the best counted as a new best.

    Equal is no improvement: it has to lie below. On a line that stays level, training would never end.
    """
    return _stop(validation_loss, patience, min_delta, ties=True)


def best_epoch__min_delta_ignored(validation_loss, patience, min_delta=0.0):
    """`min_delta` was not used.

    An improvement that is no larger than `min_delta` does not count: loss + min_delta must lie below the best so far.
    """
    return _stop(validation_loss, patience)


def best_epoch__min_delta_subtracted(validation_loss, patience, min_delta=0.0):
    """`min_delta` was used the wrong way round.

    Now even slightly worse values count as a new best. It is meant to be stricter: loss + min_delta < best.
    """
    return _stop(validation_loss, patience, -min_delta)


def best_epoch__nan_is_a_new_best(validation_loss, patience, min_delta=0.0):
    """A NaN counted as a new best.

    Every comparison with NaN is false, so "not worse" is true for it. Ask whether the new value is smaller,
    and a NaN never is.
    """
    return _stop(validation_loss, patience, min_delta, nan_is_better=True)


def best_epoch__counted_from_one(validation_loss, patience, min_delta=0.0):
    """The epochs were counted from 1.

    Keras prints them from 1 on, and counts them from 0 inside. Here the first epoch is 0.
    """
    best, last = _stop(validation_loss, patience, min_delta)
    return best + 1, last + 1


def best_epoch__number_of_epochs(validation_loss, patience, min_delta=0.0):
    """The second number is how many epochs were trained.

    Asked for is the last epoch, counted from 0: one less.
    """
    best, last = _stop(validation_loss, patience, min_delta)
    return best, last + 1


def best_epoch__best_epoch_only(validation_loss, patience, min_delta=0.0):
    """Only the best epoch came back.

    Two numbers are asked for, as a tuple: the best epoch, and the last one that was trained.
    """
    return _stop(validation_loss, patience, min_delta)[0]


# Task 6.5


def _diagnose(curves, classes, *, yardstick=None, rise=0.06, end=5):
    scale = np.log(classes) if yardstick is None else yardstick
    training = np.asarray(curves["loss"], dtype=float) / scale
    validation = np.asarray(curves["val_loss"], dtype=float) / scale
    if not np.isfinite(training).all() or training[-end:].mean() > 1.5:
        return "diverging"
    if training.min() > 0.9:
        return "not learning"
    if validation[-1] > validation.min() + rise:
        return "overfitting"
    return "underfitting" if training[-1] > 0.3 else "good fit"


def diagnose__limits_of_ten_classes(curves, classes):
    """The limits fit ten classes only.

    With 10 classes, knowing nothing costs ln(10) = 2.30; with 2 it is ln(2) = 0.69, and a loss of 0.6 is
    next to nothing learned. Divide the losses by ln(classes) first.
    """
    return _diagnose(curves, classes, yardstick=np.log(10))


def diagnose__any_gap_is_overfitting(curves, classes):
    """Every gap between the lines was called overfitting.

    A validation loss a little above the training loss is normal, and no disease. What tells is whether the validation
    line has turned: its end lies clearly above its own lowest point.
    """
    found = _diagnose(curves, classes)
    above = np.asarray(curves["val_loss"], dtype=float)[-1] > np.asarray(curves["loss"], dtype=float)[-1]
    return "overfitting" if found in ("good fit", "underfitting", "overfitting") and above else found


def diagnose__training_line_only(curves, classes):
    """Only the training line was looked at.

    A low training loss is what learning and memorising have in common. Whether it is overfitting, only the
    validation line can tell.
    """
    return _diagnose(curves, classes, rise=np.inf)


def diagnose__nan_overlooked(curves, classes):
    """NaN slipped through.

    Every comparison with NaN is false, so a run that has become NaN passes all limits in silence. Ask for it first, with
    np.isfinite.
    """
    training, validation = (np.asarray(curves[name], dtype=float) / np.log(classes) for name in ("loss", "val_loss"))
    if training[-1] > 1.5:
        return "diverging"
    if training.min() > 0.9:
        return "not learning"
    if validation[-1] > validation.min() + 0.06:
        return "overfitting"
    return "underfitting" if training[-1] > 0.3 else "good fit"


def diagnose__flat_line_is_underfitting(curves, classes):
    """A run that learned nothing was called underfitting.

    Underfitting has learned something and could do with a larger model. A training loss that never leaves ln(classes)
    has learned nothing at all, and a larger model would not help: something is broken.
    """
    found = _diagnose(curves, classes)
    return "underfitting" if found == "not learning" else found


def diagnose__every_rise_is_overfitting(curves, classes):
    """Any small rise at the end was called overfitting.

    Lines wobble. The end of the validation line lies above its lowest point in nearly every run; what counts is by
    how much.
    """
    return _diagnose(curves, classes, rise=0.0)


def diagnose__high_validation_is_underfitting(curves, classes):
    """Underfitting was read off the validation line.

    A high validation loss has two causes that need opposite remedies. They are told apart by the training loss: high
    as well, then it is underfitting; low, then it is overfitting.
    """
    found = _diagnose(curves, classes)
    validation = np.asarray(curves["val_loss"], dtype=float)[-1] / np.log(classes)
    return "underfitting" if found == "overfitting" and validation > 0.3 else found


def diagnose__always_the_same(curves, classes):
    """The same answer came for every run.

    There are five of them, and the tests bring equally many runs of each.
    """
    return "good fit"


# Task 6.6


def _network(features, classes, *layers, rate=0.003, loss="sparse_categorical_crossentropy", last="softmax"):
    import keras

    model = keras.Sequential([keras.Input((features,)), *layers, keras.layers.Dense(classes, activation=last)])
    if rate:
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    return model


def _dense(units, **more):
    import keras

    return keras.layers.Dense(units, activation="tanh", **more)


def larger_model__only_deeper(features, classes):
    """The model became deeper, but not wider.

    All that the layers behind it ever see has passed through the first two neurons. What is lost there, no further
    layer can bring back.
    """
    return _network(features, classes, _dense(2), _dense(2), _dense(2))


def larger_model__larger_steps_instead(features, classes):
    """The steps became larger, and the model stayed as small as it was.

    A better learning rate is a remedy where training is too slow. Here there is no room for what has to be
    learned, however fast it goes.
    """
    return _network(features, classes, _dense(2), rate=0.01)


def larger_model__a_little_larger(features, classes):
    """The model is hardly larger than the one that could not do it.

    Three neurons are one more than two, and ten digits still have to pass through three numbers. Think of dozens.
    """
    return plain_model(features, classes, 3)


def larger_model__not_compiled(features, classes):
    """The model was not compiled.

    `fit` needs to know the loss and the optimizer: model.compile(optimizer=…, loss=…, metrics=["accuracy"]).
    """
    return _network(features, classes, _dense(128), rate=None)


def larger_model__loss_for_one_hot_labels(features, classes):
    """The loss is the one for one-hot labels.

    Labels that are whole numbers go with "sparse_categorical_crossentropy".
    """
    return _network(features, classes, _dense(128), loss="categorical_crossentropy")


def larger_model__no_softmax(features, classes):
    """The last layer has no softmax.

    Without it the answers are ten numbers of any size. Softmax turns them into shares that add up to 1.
    """
    return _network(features, classes, _dense(128), last=None)


def regularized_model__nothing_added(features, classes):
    """There is neither a penalty nor dropout.

    The model learns the wrong labels by heart as before. Add keras.layers.Dropout between the layers, or
    a kernel_regularizer to them, or both.
    """
    return plain_model(features, classes, 256)


def regularized_model__smaller_instead(features, classes):
    """The hidden layer became smaller.

    That works against overfitting as well, but it is another remedy, and it takes away from the model what it could
    learn. Keep at least 128 units, and make memorising expensive.
    """
    return plain_model(features, classes, 16)


def regularized_model__dropout_after_softmax(features, classes):
    """The dropout stands behind the softmax.

    There it strikes out answers, the right one as well, and the loss of an answer that was struck out cannot be mended by
    learning. It belongs between the layers.
    """
    import keras

    model = keras.Sequential([keras.Input((features,)), _dense(256), keras.layers.Dense(classes, activation="softmax"),
                              keras.layers.Dropout(0.5)])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def regularized_model__penalty_far_too_strong(features, classes):
    """The penalty is so strong that the model hardly learns.

    The penalty is added to the loss, and when it is by far the larger part, training mostly makes the weights small.
    Overfitting has become underfitting. Values around 0.001 to 0.01 are usual.
    """
    import keras

    return _network(features, classes, _dense(256, kernel_regularizer=keras.regularizers.L2(1.0)))


def regularized_model__dropout_far_too_weak(features, classes):
    """The dropout is too weak to help.

    With few neurons switched off, all the others know the pictures by heart all the same. Rates around 0.5 are usual, and
    there may be dropout on the pixels, too.
    """
    import keras

    return _network(features, classes, _dense(256), keras.layers.Dropout(0.05))


# Task 6.7


def early_stopping__does_not_go_back(patience=5):
    """It stops, and does not go back to the best weights.

    When the patience is used up, the best epoch lies that many epochs in the past. Keras goes back only when it is
    asked to: restore_best_weights=True.
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)


def early_stopping__watches_the_training_loss(patience=5):
    """It watches the training loss.

    That falls as long as the model can go on memorising. The signal to stop comes from pictures that the model does
    not learn from: "val_loss".
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="loss", patience=patience, restore_best_weights=True)


def early_stopping__neither_stops_nor_goes_back(patience=5):
    """It neither stopped nor went back.

    That happens when it watches a training loss that falls to the end, and also when it only writes the best weights
    to a file. Two things are missing: a signal to stop that comes from the validation loss, and the way back to the best
    weights.
    """
    import keras

    return keras.callbacks.LambdaCallback()


def early_stopping__watches_the_accuracy(patience=5):
    """It watches the validation accuracy.

    The task asks for the validation loss. Accuracy moves in steps of a whole picture, and often stays the same
    while the loss has long turned.
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max", patience=patience, restore_best_weights=True)


def early_stopping__takes_larger_for_better(patience=5):
    """It takes a larger loss for a better one.

    Of a loss, less is more: mode="min", which Keras also chooses by itself for "val_loss".
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="val_loss", mode="max", patience=patience, restore_best_weights=True)


def early_stopping__patience_ignored(patience=5):
    """The patience was not passed on.

    Without it, Keras stops at the first epoch that brings no new best, and the line wobbles.
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="val_loss", restore_best_weights=True)


def early_stopping__never_stops(patience=5):
    """It keeps the best weights, and never stops.

    Going back is half of it. The other half is to save the time after the turn: when `patience` epochs in a row have
    brought no new best, training ends.
    """
    import keras

    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=10_000, restore_best_weights=True)
