"""Other correct ways to solve lesson 3's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and imports can be used.
"""

import numpy as np

# Task 3.1


def counterfactual_pairs__replace(creatures, exchange, size=32):
    """The creature is made first, and its ground replaced.

    `dataclasses.replace` copies everything else.
    """
    from dataclasses import replace

    as_they_are = [Creature(**settings) for settings in creatures]
    exchanged = [replace(creature, ground=exchange[creature.ground]) for creature in as_they_are]
    return draw_all(as_they_are, size), draw_all(exchanged, size)


def counterfactual_pairs__one_by_one(creatures, exchange, size=32):
    """Pair after pair, with `draw` and a copy of each dict.

    Stacked in the end, as one array of two.
    """
    from course.data.creatures import draw

    pairs = [[], []]
    for settings in creatures:
        other = settings.copy()
        other["ground"] = exchange[other["ground"]]
        pairs[0].append(draw(Creature(**settings), size))
        pairs[1].append(draw(Creature(**other), size))
    return np.array(pairs)


# Task 3.2


def shortcut_reliance__loop(labels, answers, answers_exchanged, trained_on):
    """Counted pair by pair.

    Each right answer counts one.
    """
    counted = right = right_exchanged = 0
    for label, answer, exchanged, seen in zip(labels, answers, answers_exchanged, trained_on):
        if not seen:
            counted += 1
            right += answer == label
            right_exchanged += exchanged == label
    if counted == 0:
        raise ValueError("nothing to measure on")
    return (right - right_exchanged) / counted


def shortcut_reliance__mean_of_differences(labels, answers, answers_exchanged, trained_on):
    """The mean over pairs of +1, 0 or -1.

    The same number, as a mean is linear.
    """
    if np.all(trained_on):
        raise ValueError("nothing to measure on")
    lost = (answers == labels).astype(float) - (answers_exchanged == labels)
    return np.mean(lost[np.logical_not(trained_on)])


# Task 3.3


def build_cnn__functional(image_shape, classes):
    """The functional way, with strides in place of pooling and one average at the end.

    Two convolutions, batch normalisation, and a loss object.
    """
    import keras

    inputs = keras.Input(image_shape)
    x = keras.layers.Conv2D(24, 5, strides=2, padding="same", activation="relu")(inputs)
    x = keras.layers.Conv2D(48, 3, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(48, 3, padding="same", activation="relu")(x)
    x = keras.layers.GlobalMaxPooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x))
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def build_cnn__own_activations(image_shape, classes):
    """Activations as layers of their own, dropout before the last layer, another optimiser.

    Softmax is a layer too.
    """
    import keras

    model = keras.Sequential([keras.Input(image_shape)])
    for filters in (16, 32):
        model.add(keras.layers.Conv2D(filters, (3, 3)))
        model.add(keras.layers.ReLU())
        model.add(keras.layers.MaxPool2D())
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dropout(0.1))
    model.add(keras.layers.Dense(classes))
    model.add(keras.layers.Softmax())
    model.compile(optimizer=keras.optimizers.RMSprop(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Task 3.4


def occlusion_map__one_at_a_time(predict, image, label, size=8, stride=4, fill=0.5):
    """One question per square.

    Slower, and the same answers.
    """
    whole = predict(image[None])[0][label]
    lines = []
    for row in range(0, image.shape[0] - size + 1, stride):
        line = []
        for column in range(0, image.shape[1] - size + 1, stride):
            covered = np.array(image)
            covered[row : row + size, column : column + size, :] = fill
            line.append(whole - predict(covered[None])[0][label])
        lines.append(line)
    return np.array(lines)


def occlusion_map__masks(predict, image, label, size=8, stride=4, fill=0.5):
    """A mask for every place, and `np.where`.

    The whole picture travels along as the first of the batch.
    """
    height, width = image.shape[:2]
    down, across = (height - size) // stride + 1, (width - size) // stride + 1
    masks = np.zeros((down * across, height, width, 1), bool)
    for place in range(down * across):
        row, column = divmod(place, across)
        masks[place, row * stride : row * stride + size, column * stride : column * stride + size] = True
    batch = np.where(masks, np.asarray(fill, image.dtype), image)
    scores = predict(np.concatenate([image[None], batch]))[:, label]
    return (scores[0] - scores[1:]).reshape(down, across).astype(np.float32)


# Task 3.5


def data_curve__sizes_outside(train_and_score, pool, held_out, sizes, seeds):
    """The loop over sizes outside, and the same shuffle made again for each.

    A generator with the same seed shuffles in the same way. Everything by keyword.
    """
    images, labels = pool
    mean, lowest, highest = [], [], []
    for size in sizes:
        scores = []
        for seed in seeds:
            rng = np.random.default_rng([seed, 99])
            order = rng.permutation(len(labels))
            chosen = [place for each in sorted(set(labels.tolist())) for place in [p for p in order if labels[p] == each][:size]]
            rng.shuffle(chosen)
            scores.append(train_and_score(train_images=images[chosen], train_labels=labels[chosen], test_images=held_out[0],
                                          test_labels=held_out[1], seed=seed))
        mean.append(sum(scores) / len(scores))
        lowest.append(min(scores))
        highest.append(max(scores))
    return np.array(mean), np.array(lowest), np.array(highest)


def data_curve__random_state(train_and_score, pool, held_out, sizes, seeds):
    """Choices that grow: each size adds pictures to those before.

    Lists come back in place of arrays.
    """
    images, labels = pool
    classes = np.unique(labels)
    table = []
    for seed in seeds:
        random = np.random.RandomState(seed)
        waiting = {each: list(random.permutation(np.where(labels == each)[0])) for each in classes}
        chosen, have, row = [], 0, []
        for size in sizes:
            for each in classes:
                chosen += waiting[each][have:size]
            have = size
            row.append(train_and_score(images[np.array(chosen)], labels[np.array(chosen)], held_out[0], held_out[1], seed))
        table.append(row)
    table = np.array(table)
    return [list(table.mean(0)), list(table.min(0)), list(table.max(0))]


# Task 3.6


def images_needed__natural_logarithm(sizes, accuracies, target):
    """np.interp between the two points around the target, over natural logarithms.

    Any logarithm counts doublings up to a factor.
    """
    reached = np.flatnonzero(np.asarray(accuracies) >= target)
    if len(reached) == 0:
        return None
    place = reached[0]
    if place == 0:
        return sizes[0]
    part = slice(place - 1, place + 1)
    return np.exp(np.interp(target, accuracies[part], np.log(sizes[part])))


def images_needed__powers(sizes, accuracies, target):
    """No logarithm at all: a power of the ratio.

    Half of the way is the square root of the ratio.
    """
    previous = None
    for size, accuracy in zip(sizes, accuracies):
        if accuracy >= target:
            if previous is None:
                return float(size)
            share = (target - previous[1]) / (accuracy - previous[1])
            return previous[0] * (size / previous[0]) ** share
        previous = size, accuracy
    return None


# Task 3.7


def augmentation__functional(image_shape, shift=0.1):
    """Moved first, then mirrored, the functional way, and reflected at the border.

    A range with both ends given.
    """
    import keras

    inputs = keras.Input(image_shape)
    moved = keras.layers.RandomTranslation((-shift, shift), (-shift, shift), fill_mode="reflect")(inputs)
    return keras.Model(inputs, keras.layers.RandomFlip(mode="horizontal")(moved))


def augmentation__two_moves(image_shape, shift=0.1):
    """One layer for each direction.

    The border is wrapped to the other side, which is no black bar either.
    """
    import keras

    return keras.Sequential([
        keras.layers.Input(shape=image_shape),
        keras.layers.RandomTranslation(shift, 0.0, fill_mode="nearest"),
        keras.layers.RandomTranslation(0.0, shift, fill_mode="nearest"),
        keras.layers.RandomFlip("horizontal", seed=4),
    ])
