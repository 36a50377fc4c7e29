"""Named wrong answers of lesson 3: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and imports can be used.
"""

import numpy as np

from course.data.creatures import Creature, draw_all

# Task 3.1


def _draw(settings, size):
    return draw_all([Creature(**one) for one in settings], size)


def counterfactual_pairs__given_settings_changed(creatures, exchange, size=32):
    """Both pictures of a pair stand on the new ground.

    `changed = settings` makes no copy: it gives the same dict a second name, and what is written into
    the one is in the other as well. Make a new dict for the exchanged creature.
    """
    changed = []
    for settings in creatures:
        other = settings
        other["ground"] = exchange[settings["ground"]]
        changed.append(other)
    return _draw(creatures, size), _draw(changed, size)


def counterfactual_pairs__another_animal(creatures, exchange, size=32):
    """The second picture shows another animal.

    Same kind, other individual: now two things differ, and nobody can say which of them changed the
    network's answer. Keep every setting except for the ground.
    """
    changed = [{**one, "ground": exchange[one["ground"]], "individual": one.get("individual", 0) + 1} for one in creatures]
    return _draw(creatures, size), _draw(changed, size)


def counterfactual_pairs__settings_lost(creatures, exchange, size=32):
    """The second picture keeps the kind of animal and loses the other settings.

    A creature made from animal and ground alone is a new one, with the standard individual, pose and
    place. Take all settings over and exchange one.
    """
    changed = [{"animal": one["animal"], "ground": exchange[one["ground"]]} for one in creatures]
    return _draw(creatures, size), _draw(changed, size)


def counterfactual_pairs__one_ground_for_all(creatures, exchange, size=32):
    """All creatures were put on one and the same ground.

    Those that stood there already did not change at all. Look up each creature's own ground in the
    exchange.
    """
    ground = next(iter(exchange.values()))
    return _draw(creatures, size), _draw([{**one, "ground": ground} for one in creatures], size)


def counterfactual_pairs__sorted_by_ground(creatures, exchange, size=32):
    """The first array holds one ground and the second the other.

    It was asked for the pictures as they are, and those with the ground exchanged. A creature that
    stands on sand belongs into the first array on sand.
    """
    first, second = list(exchange)[0], exchange[list(exchange)[0]]
    return _draw([{**one, "ground": first} for one in creatures],
                 size), _draw([{**one, "ground": second} for one in creatures], size)


def counterfactual_pairs__scene_drawn_anew(creatures, exchange, size=32):
    """The second picture has another scene as well.

    The scene decides about the grain, and that lies on the animal too. Exchange the ground and nothing
    else.
    """
    changed = [{**one, "ground": exchange[one["ground"]], "scene": one.get("scene", 0) + 1000} for one in creatures]
    return _draw(creatures, size), _draw(changed, size)


def counterfactual_pairs__divided_by_255(creatures, exchange, size=32):
    """The values were divided by 255.

    Right for the network, too early here: the pictures are asked for as they are drawn, uint8 from 0 to
    255.
    """
    changed = [{**one, "ground": exchange[one["ground"]]} for one in creatures]
    return _draw(creatures, size) / 255, _draw(changed, size) / 255


def counterfactual_pairs__order_reversed(creatures, exchange, size=32):
    """The two arrays changed places.

    The pictures as they are come first, the exchanged ones second.
    """
    changed = [{**one, "ground": exchange[one["ground"]]} for one in creatures]
    return _draw(changed, size), _draw(creatures, size)


# Task 3.2


def _accuracies(labels, answers, answers_exchanged, counted):
    if not counted.any():
        raise ValueError("no pair is left")
    return np.mean((answers == labels)[counted]), np.mean((answers_exchanged == labels)[counted])


def shortcut_reliance__sign_reversed(labels, answers, answers_exchanged, trained_on):
    """The difference was taken the other way round.

    What is lost is what was there before minus what is left. Harm done by the exchange is a positive
    number.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float(after - before)


def shortcut_reliance__averaged_over_both(labels, answers, answers_exchanged, trained_on):
    """The two accuracies were averaged.

    An average hides the very thing we look for: 100% and 0% have the same average as 50% and 50%. Take
    the difference.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float((before + after) / 2)


def shortcut_reliance__measured_on_training_pictures(labels, answers, answers_exchanged, trained_on):
    """It was measured on the animals of the training pictures, and only on those.

    The array says True where the network was trained on the animal. Those are the ones to leave out;
    `~` turns True and False round.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float(np.subtract(*_accuracies(labels, answers, answers_exchanged,
                                          trained_on))) if trained_on.any() else float(before - after)


def shortcut_reliance__training_pictures_counted_too(labels, answers, answers_exchanged, trained_on):
    """The animals of the training pictures count as well.

    A network may know their answers by heart. Leave those pairs out, in both accuracies, and refuse if
    nothing is left.
    """
    if trained_on.all():
        raise ValueError("no pair is left")
    return float(np.mean(answers == labels) - np.mean(answers_exchanged == labels))


def shortcut_reliance__changed_answers_counted(labels, answers, answers_exchanged, trained_on):
    """Every answer that changed was counted.

    An answer can change from one wrong class to another, or from wrong to right, and then no accuracy
    is lost. Compare both answers with the label.
    """
    if trained_on.all():
        raise ValueError("no pair is left")
    return float(np.mean((answers != answers_exchanged)[~trained_on]))


def shortcut_reliance__gains_not_counted(labels, answers, answers_exchanged, trained_on):
    """Only the losses were counted.

    Some answers that were wrong become right by the exchange. Accuracy gains by them, and the
    difference of the two accuracies knows about both.
    """
    if trained_on.all():
        raise ValueError("no pair is left")
    return float(np.mean(((answers == labels) & (answers_exchanged != labels))[~trained_on]))


def shortcut_reliance__relative(labels, answers, answers_exchanged, trained_on):
    """The loss was divided by the accuracy before.

    From 0.9 to 0.3 is then a loss of 67 percent. That is a sensible number too, but the task asks for the
    plain difference, 0.6.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float((before - after) / max(before, 1e-9))


def shortcut_reliance__in_percent(labels, answers, answers_exchanged, trained_on):
    """The number is in percent.

    It is asked for as a share, from -1 to 1.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float(100 * (before - after))


def shortcut_reliance__without_a_sign(labels, answers, answers_exchanged, trained_on):
    """The sign was thrown away.

    If a network does better after the exchange, the number is negative, and that is worth knowing. Leave
    `abs` out.
    """
    before, after = _accuracies(labels, answers, answers_exchanged, ~trained_on)
    return float(abs(before - after))


def shortcut_reliance__nothing_left_not_refused(labels, answers, answers_exchanged, trained_on):
    """With no pair left, it answers all the same.

    The mean of nothing is NaN, and 0 would claim that the ground does not matter. Neither was
    measured: raise a ValueError.
    """
    counted = ~trained_on
    if not counted.any():
        return 0.0
    return float(np.mean((answers == labels)[counted]) - np.mean((answers_exchanged == labels)[counted]))


# Task 3.3


def _cnn(image_shape, classes, *, activation="relu", pooling=True, last="softmax", hidden=0, compiled=True,
         loss="sparse_categorical_crossentropy", metrics=("accuracy",), learning_rate=0.002):
    import keras

    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input(image_shape)])
    for filters in (16, 24, 32):
        network.add(keras.layers.Conv2D(filters, 3, padding="same", activation=activation))
        if pooling:
            network.add(keras.layers.MaxPooling2D(2))
    network.add(keras.layers.Flatten())
    if hidden:
        network.add(keras.layers.Dense(hidden, activation="relu"))
    network.add(keras.layers.Dense(classes, activation=last))
    if compiled:
        network.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=loss, metrics=list(metrics))
    return network


def build_cnn__no_softmax(image_shape, classes):
    """The answers are not shares: the last layer has no softmax.

    Without it the network gives any numbers, below 0 and above 1. A loss with from_logits=True can live
    with that; somebody who wants to know how sure the network is cannot.
    """
    import keras

    return _cnn(image_shape, classes, last=None, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def build_cnn__sigmoid_at_the_end(image_shape, classes):
    """Each class has a share of its own, and they do not add up to 1: the last layer has a sigmoid.

    A sigmoid answers each class with its own yes or no, as if a picture could be bunny and elephant at once.
    Where exactly one class is right, softmax shares out a total of 1.
    """
    return _cnn(image_shape, classes, last="sigmoid")


def build_cnn__number_of_classes_fixed(image_shape, classes):
    """The last layer always has two units.

    `classes` says how many classes there are; the last layer needs one unit for each.
    """
    return _cnn(image_shape, 2)


def build_cnn__image_shape_fixed(image_shape, classes):
    """The network takes pictures of one size only, whatever it was asked for.

    32 × 32 × 3 is the size in the chapter. Pass `image_shape` on to `keras.Input`.
    """
    return _cnn((32, 32, 3), classes)


def build_cnn__dense_layers_only(image_shape, classes):
    """There is no convolution in it.

    A Dense layer on the pixels learns each place of the picture for itself: what it has seen at the left, it does
    not know at the right. Conv2D carries the same small window over all places.
    """
    import keras

    keras.utils.set_random_seed(1)
    network = keras.Sequential([
        keras.Input(image_shape), keras.layers.Flatten(), keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(classes, activation="softmax")])
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def build_cnn__no_nonlinearity(image_shape, classes):
    """There is no nonlinearity between the convolutions.

    A weighted sum of weighted sums is one weighted sum: without relu, three layers of sums can do little more than
    one. Conv2D has no activation unless you name one.
    """
    return _cnn(image_shape, classes, activation=None)


def build_cnn__no_pooling(image_shape, classes):
    """It has too many weights: the map is flattened at nearly full size.

    Each unit of a Dense layer has one weight for every number that comes in, and 32 × 32 places with 32 channels are
    32,768 numbers. Let pooling make the map smaller first.
    """
    return _cnn(image_shape, classes, pooling=False, hidden=32)


def build_cnn__not_compiled(image_shape, classes):
    """The network is not compiled.

    Without a loss and an optimizer it cannot be trained. `compile` names both.
    """
    return _cnn(image_shape, classes, compiled=False)


def build_cnn__loss_for_one_hot_labels(image_shape, classes):
    """The loss wants labels in another form.

    `categorical_crossentropy` compares with rows such as [0, 1, 0]; ours are whole numbers such as 1. The
    same loss for whole numbers has `sparse_` before its name.
    """
    return _cnn(image_shape, classes, loss="categorical_crossentropy")


def build_cnn__loss_of_squares(image_shape, classes):
    """The loss is the mean squared difference.

    It compares the shares with the class *number*, as if class 2 were twice as much as class 1. Classes are
    names; crossentropy asks for the share that the right one got.
    """
    return _cnn(image_shape, classes, loss="mse")


def build_cnn__accuracy_not_recorded(image_shape, classes):
    """The accuracy is not recorded.

    `compile` has a list of metrics, and it is empty unless you fill it. The loss alone is hard to read.
    """
    return _cnn(image_shape, classes, metrics=())


def build_cnn__steps_far_too_large(image_shape, classes):
    """It learns nothing, because its steps are far too large.

    With a learning rate near 1, Adam moves every weight by about 1 at every step. Typical are 0.001 to
    0.01.
    """
    return _cnn(image_shape, classes, learning_rate=1.0)


# Task 3.4


def _map(predict, image, label, size, stride, fill, *, rows=None, columns=None, cover=None):
    rows = range(0, image.shape[0] - size + 1, stride) if rows is None else rows
    columns = range(0, image.shape[1] - size + 1, stride) if columns is None else columns
    covered = []
    for row in rows:
        for column in columns:
            copy = image.copy()
            if cover:
                copy = cover(copy, row, column)
            else:
                copy[row : row + size, column : column + size] = fill
            covered.append(copy)
    scores = predict(np.stack(covered))[:, label].reshape(len(rows), len(columns))
    return predict(image[np.newaxis])[0, label], scores


def occlusion_map__score_and_not_drop(predict, image, label, size=8, stride=4, fill=0.5):
    """The map holds the scores that are left, and not the drops.

    What is left is small where the network needed something, and it is small everywhere for a network that is
    never sure. Compare with the score of the whole picture: whole minus covered.
    """
    return _map(predict, image, label, size, stride, fill)[1]


def occlusion_map__sign_reversed(predict, image, label, size=8, stride=4, fill=0.5):
    """The sign is reversed.

    A drop is what was there before minus what is left. Where the network needed something, the map is positive.
    """
    score, scores = _map(predict, image, label, size, stride, fill)
    return scores - score


def occlusion_map__covers_pile_up(predict, image, label, size=8, stride=4, fill=0.5):
    """The earlier squares are still covered.

    Each place must be asked about alone. Begin with a fresh copy of the whole picture every time; a second name for
    the same array is no copy.
    """
    rows = range(0, image.shape[0] - size + 1, stride)
    columns = range(0, image.shape[1] - size + 1, stride)
    score = predict(image[np.newaxis])[0, label]
    drops = np.zeros((len(rows), len(columns)))
    copy = image.copy()
    for down, row in enumerate(rows):
        for across, column in enumerate(columns):
            copy[row : row + size, column : column + size] = fill
            drops[down, across] = score - predict(copy[np.newaxis])[0, label]
    return drops


def occlusion_map__stride_ignored(predict, image, label, size=8, stride=4, fill=0.5):
    """The square moves by one pixel at a time.

    Its places are 0, stride, 2 · stride, …; `range` takes the stride as its third argument.
    """
    score, scores = _map(predict, image, label, size, 1, fill)
    return score - scores


def occlusion_map__squares_side_by_side(predict, image, label, size=8, stride=4, fill=0.5):
    """The square moves by its own size.

    Then no two squares overlap. The task asks for steps of `stride` pixels, whatever the size.
    """
    score, scores = _map(predict, image, label, size, size, fill)
    return score - scores


def occlusion_map__last_place_missing(predict, image, label, size=8, stride=4, fill=0.5):
    """The last place is missing where the square just fits.

    The largest possible start is height − size, and `range` stops before its end. So the end is
    height − size + 1.
    """
    rows = range(0, image.shape[0] - size, stride)
    columns = range(0, image.shape[1] - size, stride)
    score, scores = _map(predict, image, label, size, stride, fill, rows=rows, columns=columns)
    return score - scores


def occlusion_map__cut_off_squares_too(predict, image, label, size=8, stride=4, fill=0.5):
    """Squares that hang over the border count as well.

    There less than a whole square is covered, so the drops cannot be compared. Only places where the square fits
    whole belong to the map.
    """
    rows, columns = range(0, image.shape[0], stride), range(0, image.shape[1], stride)
    score, scores = _map(predict, image, label, size, stride, fill, rows=rows, columns=columns)
    return score - scores


def occlusion_map__fill_ignored(predict, image, label, size=8, stride=4, fill=0.5):
    """The square is black, whatever `fill` says.

    Black is a strong statement in a bright picture, and the network may react to it. Cover with `fill`.
    """
    score, scores = _map(predict, image, label, size, stride, 0)
    return score - scores


def occlusion_map__surest_class(predict, image, label, size=8, stride=4, fill=0.5):
    """It watches the class of which the network is surest.

    `label` says which class is asked about. That may be one that the network does not believe in.
    """
    scores = predict(image[np.newaxis])[0]
    score, covered = _map(predict, image, int(np.argmax(scores)), size, stride, fill)
    return score - covered


def occlusion_map__rows_and_columns_swapped(predict, image, label, size=8, stride=4, fill=0.5):
    """Rows and columns of the map changed places.

    The first axis runs down the picture, the second across, as in the picture itself.
    """
    score, scores = _map(predict, image, label, size, stride, fill)
    return (score - scores).T


def occlusion_map__one_channel_covered(predict, image, label, size=8, stride=4, fill=0.5):
    """Only the first channel is covered.

    A square without its red is still full of the other colours. Cover all channels: index rows and columns, and
    leave the third axis alone.
    """
    def cover(copy, row, column):
        copy[row : row + size, column : column + size, 0] = fill if np.isscalar(fill) else fill[0]
        return copy

    score, scores = _map(predict, image, label, size, stride, fill, cover=cover)
    return score - scores


def occlusion_map__all_but_the_square(predict, image, label, size=8, stride=4, fill=0.5):
    """Everything is covered except for the square.

    That asks what the square can do alone. Here the question is what is missing without it.
    """
    def cover(copy, row, column):
        kept = copy[row : row + size, column : column + size].copy()
        copy[:] = fill
        copy[row : row + size, column : column + size] = kept
        return copy

    score, scores = _map(predict, image, label, size, stride, fill, cover=cover)
    return score - scores


def occlusion_map__divided_by_the_score(predict, image, label, size=8, stride=4, fill=0.5):
    """The drop was divided by the score of the whole picture.

    Then a fall from 0.02 to 0.01 counts as much as one from 0.9 to 0.45. The task asks for the difference.
    """
    score, scores = _map(predict, image, label, size, stride, fill)
    return (score - scores) / score


# Task 3.5


def _curve(train_and_score, pool, held_out, sizes, seeds, choose, *, score=None):
    images, labels = np.asarray(pool[0]), np.asarray(pool[1])
    table = np.zeros((len(seeds), len(sizes)))
    for repetition, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        chosen = choose(rng, labels)
        for number, size in enumerate(sizes):
            places = chosen(size)
            tested = score(images, labels, places) if score else held_out
            table[repetition, number] = train_and_score(images[places], labels[places], *tested, seed)
    return table


def _fair(rng, labels):
    shuffled = [rng.permutation(np.flatnonzero(labels == each)) for each in np.unique(labels)]
    return lambda size: np.concatenate([places[:size] for places in shuffled])


def _summary(table):
    return table.mean(axis=0), table.min(axis=0), table.max(axis=0)


def data_curve__scored_on_training_pictures(train_and_score, pool, held_out, sizes, seeds):
    """It is scored on the pictures that it was trained on.

    With few pictures a network knows them all by heart, and the curve begins at 100%. Score on the held-out ones.
    """
    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, _fair,
                           score=lambda images, labels, places: (images[places], labels[places])))


def data_curve__scored_on_the_rest_of_the_pool(train_and_score, pool, held_out, sizes, seeds):
    """It is scored on what is left of the pool.

    Then every size is measured on another set of pictures, and a set that shrinks. The held-out pictures are the
    same for all, so that differences come from the training.
    """
    def rest(images, labels, places):
        left = np.setdiff1d(np.arange(len(labels)), places)
        return images[left], labels[left]

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, _fair, score=rest))


def data_curve__trained_on_the_held_out_too(train_and_score, pool, held_out, sizes, seeds):
    """Held-out pictures got into the training.

    Whoever has seen the questions of an exam is not examined by it. Choose from the pool alone.
    """
    everything = np.concatenate([held_out[0], pool[0]]), np.concatenate([held_out[1], pool[1]])
    return _summary(_curve(train_and_score, everything, held_out, sizes, seeds, _fair))


def data_curve__not_nested(train_and_score, pool, held_out, sizes, seeds):
    """Each size has pictures of its own: the choices are not nested.

    A lucky choice of 4 may then beat an unlucky choice of 8, and the curve shows luck. Shuffle once for each seed, and
    let every size take the beginning of the same shuffled list.
    """
    def anew(rng, labels):
        return lambda size: _fair(rng, labels)(size)

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, anew))


def data_curve__same_pictures_for_every_seed(train_and_score, pool, held_out, sizes, seeds):
    """Every seed gets the same pictures.

    Then the seeds differ only in how training starts, and the curve cannot show how much depends on the choice of
    pictures. With few of them, that is a great deal. Shuffle with a generator made from the seed.
    """
    def fixed(rng, labels):
        return _fair(np.random.default_rng(0), labels)

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, fixed))


def data_curve__classes_not_balanced(train_and_score, pool, held_out, sizes, seeds):
    """The classes do not get the same number of pictures.

    Chance may give a small choice three bunnies and one elephant. Shuffle and choose within each class.
    """
    def mixed(rng, labels):
        order = rng.permutation(len(labels))
        return lambda size: order[: size * len(np.unique(labels))]

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, mixed))


def data_curve__size_for_all_classes_together(train_and_score, pool, held_out, sizes, seeds):
    """The size was taken for all classes together.

    It says how many pictures of *each* class are chosen. With two classes and size 4 that is 8 pictures.
    """
    def together(rng, labels):
        order = rng.permutation(len(labels))
        return lambda size: order[:size]

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, together))


def data_curve__drawn_with_replacement(train_and_score, pool, held_out, sizes, seeds):
    """Some pictures were chosen twice.

    `rng.choice` and `rng.integers` put each picture back before the next draw. Eight pictures of which two are the
    same are only seven. Shuffle, and take the first ones.
    """
    def replaced(rng, labels):
        drawn = [rng.choice(np.flatnonzero(labels == each), 200) for each in np.unique(labels)]
        return lambda size: np.concatenate([np.append(places[: size - 1],
                                                      places[0]) if size > 1 else places[:1] for places in drawn])

    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds, replaced))


def data_curve__labels_not_chosen_along(train_and_score, pool, held_out, sizes, seeds):
    """Pictures and labels do not belong together.

    If pictures are chosen by their places, the labels must be chosen by the same places. Otherwise the network is
    taught nonsense, and learns it.
    """
    images, labels = pool
    table = np.zeros((len(seeds), len(sizes)))
    for repetition, seed in enumerate(seeds):
        chosen = _fair(np.random.default_rng(seed), labels)
        for number, size in enumerate(sizes):
            places = chosen(size)
            table[repetition, number] = train_and_score(images[places], labels[: len(places)], *held_out, seed)
    return _summary(table)


def data_curve__seed_not_handed_on(train_and_score, pool, held_out, sizes, seeds):
    """The seed was not handed on to the training.

    A number such as 0, or the count of the repetition, stands in its place. `train_and_score` needs the seed itself,
    so that its start can be repeated too.
    """
    images, labels = pool
    table = np.zeros((len(seeds), len(sizes)))
    for repetition, seed in enumerate(seeds):
        chosen = _fair(np.random.default_rng(seed), labels)
        for number, size in enumerate(sizes):
            places = chosen(size)
            table[repetition, number] = train_and_score(images[places], labels[places], *held_out, repetition)
    return _summary(table)


def data_curve__one_seed_only(train_and_score, pool, held_out, sizes, seeds):
    """Each size was trained once only.

    One run may be lucky. Every size is trained once for every seed.
    """
    return _summary(_curve(train_and_score, pool, held_out, sizes, seeds[:1], _fair))


def data_curve__averaged_over_sizes(train_and_score, pool, held_out, sizes, seeds):
    """The averages run over the sizes.

    There must be one mean for each size, over the seeds. In a table with a row for each seed that is axis 0.
    """
    table = _curve(train_and_score, pool, held_out, sizes, seeds, _fair)
    return table.mean(axis=1), table.min(axis=1), table.max(axis=1)


def data_curve__best_run_as_mean(train_and_score, pool, held_out, sizes, seeds):
    """The best run stands where the mean should be.

    The more often one tries, the better the best try gets, without anything having become better. The mean has no
    such luck.
    """
    table = _curve(train_and_score, pool, held_out, sizes, seeds, _fair)
    return table.max(axis=0), table.min(axis=0), table.max(axis=0)


def data_curve__deviation_instead_of_range(train_and_score, pool, held_out, sizes, seeds):
    """The band is the standard deviation around the mean.

    That is a common way to show spread, but here the lowest and the highest score are asked for, as they were
    measured.
    """
    table = _curve(train_and_score, pool, held_out, sizes, seeds, _fair)
    mean, deviation = table.mean(axis=0), table.std(axis=0, ddof=1)
    return mean, mean - deviation, mean + deviation


# Task 3.6


def images_needed__first_size_above(sizes, accuracies, target):
    """The answer is the first size that was above the target.

    Between the last point below and the first point above lies the place where the line crosses the target, and
    usually that is fewer pictures.
    """
    return next((float(size) for size, accuracy in zip(sizes, accuracies) if accuracy >= target), None)


def images_needed__nearest_size(sizes, accuracies, target):
    """The answer is the size whose accuracy is nearest to the target.

    That may lie below the target. Follow the line between the two points around it.
    """
    if max(accuracies) < target:
        return None
    return float(sizes[int(np.argmin(np.abs(np.asarray(accuracies) - target)))])


def images_needed__straight_in_pictures(sizes, accuracies, target):
    """The line was drawn over the number of pictures, and not over doublings.

    Halfway between 10 and 40 pictures is then 25. Over doublings it is 20, since from 10 to 20 and from 20 to 40
    is one doubling each. Take the logarithm of the sizes first, and turn the result back.
    """
    return _crossing(sizes, accuracies, target, forward=float, back=float)


def _crossing(sizes, accuracies, target, forward=np.log2, back=lambda power: 2.0**power):
    if accuracies[0] >= target:
        return float(sizes[0])
    for place in range(1, len(sizes)):
        if accuracies[place] >= target:
            share = (target - accuracies[place - 1]) / (accuracies[place] - accuracies[place - 1])
            low, high = forward(sizes[place - 1]), forward(sizes[place])
            return float(back(low + share * (high - low)))
    return None


def images_needed__logarithm_not_undone(sizes, accuracies, target):
    """The answer is the logarithm of a number of pictures.

    The line was followed over logarithms, and the way back is missing: 2 ** x for log2, np.exp for np.log.
    """
    needed = _crossing(sizes, accuracies, target)
    return None if needed is None else float(np.log2(needed))


def images_needed__extrapolated(sizes, accuracies, target):
    """The curve was continued beyond its last point.

    Nobody has measured there, and curves flatten. If the target was never reached, the honest answer is None.
    """
    needed = _crossing(sizes, accuracies, target)
    if needed is not None:
        return needed
    step = accuracies[-1] - accuracies[-2]
    doublings = np.log2(sizes[-1] / sizes[-2]) * (target - accuracies[-1]) / step
    return float(sizes[-1] * 2.0**doublings)


def images_needed__extrapolated_to_the_left(sizes, accuracies, target):
    """The curve was continued to the left of its first point.

    If the first size reaches the target already, fewer pictures may do, or may not: nobody has tried. The answer is the
    first size.
    """
    if accuracies[0] >= target:
        share = (target - accuracies[0]) / (accuracies[1] - accuracies[0])
        return float(sizes[0] * (sizes[1] / sizes[0]) ** share)
    return _crossing(sizes, accuracies, target)


def images_needed__largest_size_when_never_reached(sizes, accuracies, target):
    """Where the target is never reached, it answers with the largest size.

    That reads as if so many pictures were enough. They were not: the answer is None.
    """
    needed = _crossing(sizes, accuracies, target)
    return float(sizes[-1]) if needed is None else needed


def images_needed__nan_when_never_reached(sizes, accuracies, target):
    """Where the target is never reached, it answers with a number that means nothing.

    NaN, infinity or −1 would have to be known and checked for. The task asks for None.
    """
    needed = _crossing(sizes, accuracies, target)
    return float("nan") if needed is None else needed


def images_needed__interp_over_accuracies(sizes, accuracies, target):
    """np.interp was given accuracies that do not only rise.

    It needs rising numbers to look things up in, and answers with nonsense otherwise, without a word. Measured
    accuracies fall in places. Look for the first pair of neighbours that has the target between them.
    """
    if max(accuracies) < target:
        return None
    return float(2.0 ** np.interp(target, accuracies, np.log2(sizes)))


def images_needed__last_crossing(sizes, accuracies, target):
    """The answer is the last place where the curve rises through the target.

    The curve had been there before. Search from the left and stop at the first place.
    """
    found = float(sizes[0]) if accuracies[0] >= target else None
    for place in range(1, len(sizes)):
        below, above = accuracies[place - 1], accuracies[place]
        if below < target <= above:
            share = (target - below) / (above - below)
            found = float(sizes[place - 1] * (sizes[place] / sizes[place - 1]) ** share)
    return found


def images_needed__strictly_above(sizes, accuracies, target):
    """A target that is met exactly does not count as reached.

    Whoever asks for 80% is content with 80%. Compare with `>=`.
    """
    if accuracies[0] > target:
        return float(sizes[0])
    for place in range(1, len(sizes)):
        if accuracies[place] > target:
            share = (target - accuracies[place - 1]) / (accuracies[place] - accuracies[place - 1])
            return float(sizes[place - 1] * (sizes[place] / sizes[place - 1]) ** share)
    return None


def images_needed__rounded(sizes, accuracies, target):
    """The number was rounded.

    Nobody can take half a picture, but rounding is for showing. Two curves that are compared by a factor should
    keep their digits.
    """
    needed = _crossing(sizes, accuracies, target)
    return None if needed is None else float(np.ceil(needed))


# Task 3.7


def _pipeline(image_shape, *layers):
    import keras

    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input(image_shape), *layers])


def augmentation__active_at_prediction(image_shape, shift=0.1):
    """It varies the pictures at prediction as well.

    Then the same picture gets another answer each time it is asked about. Keras's random layers switch themselves off
    outside training, unless they are called with training=True, and a function such as tf.image.random_flip_left_right
    never does.
    """
    import keras

    class Vary(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.flip = keras.layers.RandomFlip("horizontal")
            self.move = keras.layers.RandomTranslation(shift, shift, fill_mode="nearest")

        def call(self, pictures):
            return self.move(self.flip(pictures, training=True), training=True)

    return _pipeline(image_shape, Vary())


def augmentation__upside_down(image_shape, shift=0.1):
    """Some pictures are turned upside down.

    RandomFlip does both unless you tell it which: "horizontal" exchanges left and right. No animal of
    ours sits on the sky.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip(),
                     keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"))


def augmentation__never_mirrored(image_shape, shift=0.1):
    """The pictures are moved and never mirrored.

    In about half of the copies left and right should be exchanged.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"),
                     keras.layers.RandomTranslation((-0.005, 0.005), 0.0, fill_mode="nearest"))


def augmentation__never_moved(image_shape, shift=0.1):
    """The pictures are mirrored and never moved.

    They should also shift by up to `shift` of their size, in both directions.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"))


def augmentation__black_bar(image_shape, shift=0.1):
    """Moving leaves a black bar at the border.

    fill_mode="constant" puts zeros where nothing is known. No photograph looks like that, and a network can learn to
    go by it. "nearest" or "reflect" continue the picture.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(shift, shift, fill_mode="constant"))


def augmentation__moved_too_far(image_shape, shift=0.1):
    """The pictures are moved much too far.

    RandomTranslation takes shares: 0.1 is a tenth of the picture. Multiplied by the number of pixels, it becomes
    several pictures.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(min(3 * shift, 0.9), min(3 * shift, 0.9), fill_mode="nearest"))


def augmentation__shift_ignored(image_shape, shift=0.1):
    """The pictures always move by up to a tenth, whatever `shift` says.

    `shift` is given by whoever calls the function. Hand it on to the layer that moves.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"))


def augmentation__moved_along_one_axis(image_shape, shift=0.1):
    """The pictures move in one direction only.

    RandomTranslation takes two numbers, one for up and down and one for left and right.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(0.0, shift, fill_mode="nearest"))


def augmentation__colours_changed(image_shape, shift=0.1):
    """The colours change.

    Mirroring and moving leave every colour as it is. RandomBrightness and its relatives do not, and they expect values up
    to 255 unless they are told otherwise.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"),
                     keras.layers.RandomBrightness(0.2, value_range=(0.0, 1.0)))


def augmentation__turned(image_shape, shift=0.1):
    """The pictures are turned.

    Turning was not asked for. A little of it may be sensible; RandomRotation counts in full turns, and
    0.5 stands every second animal on its head.
    """
    import keras

    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomRotation(0.12, fill_mode="nearest"),
                     keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"))


def augmentation__values_rescaled(image_shape, shift=0.1):
    """The values are divided by 255 once more.

    The pictures lie between 0 and 1 already. A second division makes them nearly black, at prediction as well.
    """
    import keras

    return _pipeline(image_shape, keras.layers.Rescaling(1 / 255), keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"))


def augmentation__pictures_cut(image_shape, shift=0.1):
    """The pictures come out smaller.

    RandomCrop moves by cutting something off, in training and at prediction. Here the size must stay.
    """
    import keras

    height, width, _ = image_shape
    return _pipeline(image_shape, keras.layers.RandomFlip("horizontal"),
                     keras.layers.RandomCrop(int(height * (1 - 0.1)), int(width * (1 - 0.1))))


def augmentation__nothing_happens(image_shape, shift=0.1):
    """Nothing is varied in training either.

    Without random layers the pipeline hands every picture on as it is. It needs one that mirrors and one that moves.
    """
    import keras

    return _pipeline(image_shape, keras.layers.Rescaling(1.0))
