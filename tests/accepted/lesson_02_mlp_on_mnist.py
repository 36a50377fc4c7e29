"""Other correct ways to solve lesson 2's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions can be used.
"""

import numpy as np

# Task 2.1


def prepare_images__picture_by_picture(images):
    """One picture after the other.

    Each is flattened on its own.
    """
    if images.dtype != "uint8":
        raise ValueError("not uint8")
    return np.array([image.flatten() / 255 for image in images], dtype=np.float32)


def prepare_images__multiplied(images):
    """Multiplied by 1 / 255 in float64, and cast at the end.

    The last digit may differ.
    """
    if not np.issubdtype(images.dtype, np.uint8):
        raise ValueError(f"{images.dtype} given")
    count, height, width = images.shape
    return (images.astype("float64") * (1 / 255)).reshape(count, height * width).astype("float32")


# Task 2.2


def build_mlp__functional(hidden_units=30):
    """The functional way to build a model, with the loss as an object.

    The same layers.
    """
    import keras

    inputs = keras.Input(shape=(784,))
    hidden = keras.layers.Dense(hidden_units, activation=keras.activations.sigmoid)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(learning_rate=5e-3),
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")])
    return model


def build_mlp__activations_as_layers(hidden_units=30):
    """The functions as layers of their own, and another random start.

    Six layers with the same weights as two.
    """
    import keras

    model = keras.Sequential()
    model.add(keras.Input((784,)))
    model.add(keras.layers.Dense(hidden_units, kernel_initializer="he_normal"))
    model.add(keras.layers.Activation("sigmoid"))
    model.add(keras.layers.Dense(10))
    model.add(keras.layers.Softmax())
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Task 2.3


def train_mlp__epoch_by_epoch(model, images, labels, epochs=25, batch_size=32):
    """fit once per epoch, with the records put together.

    A fresh fit goes on from where the model stands.
    """
    record = {}
    for _ in range(epochs):
        history = model.fit(images, labels, epochs=1, batch_size=batch_size, verbose=0)
        for name, values in history.history.items():
            record.setdefault(name, []).extend(float(value) for value in values)
    return record


def train_mlp__batch_by_batch(model, images, labels, epochs=25, batch_size=32):
    """train_on_batch in two loops.

    Pictures and labels are shuffled with one order.
    """
    rng = np.random.default_rng()
    record = {"loss": [], "accuracy": []}
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), batch_size):
            chosen = order[start : start + batch_size]
            values = model.train_on_batch(images[chosen], labels[chosen], return_dict=True)
        record["loss"].append(float(values["loss"]))
        record["accuracy"].append(float(values["accuracy"]))
    return record


def train_mlp__also_held_out(model, images, labels, epochs=25, batch_size=32):
    """The first pictures are measured after each epoch as well.

    All are trained with; the dict has two more lists.
    """
    few = images[:20], labels[:20]
    return dict(model.fit(images, labels, batch_size, epochs, validation_data=few, verbose=0).history)


# Task 2.4


def weight_images__moved_axis(model):
    """Cut first, then the last axis moved to the front.

    The other two stay in order.
    """
    return np.moveaxis(model.layers[0].get_weights()[0].reshape(28, 28, -1), -1, 0)


def weight_images__neuron_by_neuron(model):
    """A column of the table for each neuron.

    In float64, and with its own loops.
    """
    weights = np.asarray(model.weights[0], dtype=np.float64)
    return np.stack([np.array([weights[28 * row : 28 * row + 28, neuron] for row in range(28)])
                     for neuron in range(weights.shape[1])])


# Task 2.5


def favourite_neurons__sorted(model, digit, k=5):
    """Python's sorted with a key.

    Tuples instead of lists.
    """
    weights = model.layers[-1].get_weights()[0]
    order = sorted(range(len(weights)), key=lambda neuron: weights[neuron][digit], reverse=True)
    return tuple(order[:k]), tuple(order[::-1][:k])


def favourite_neurons__arrays(model, digit, k=5):
    """Arrays of whole numbers.

    Sorted twice, once with the sign turned round.
    """
    column = model.get_weights()[-2][:, digit]
    return [np.argsort(-column)[:k], np.argsort(column)[:k]]


# Task 2.6


def accuracy_by_width__evaluated(widths, build, train, seen, held_out, repeats=3):
    """The network's own evaluate, in nested lists.

    It returns the loss and the accuracy.
    """
    table = []
    for width in widths:
        row = []
        for _ in range(repeats):
            network = build(width)
            train(network, seen[0], seen[1])
            row.append(network.evaluate(held_out[0], held_out[1], verbose=0)[1])
        table.append(row)
    return np.array(table)


def accuracy_by_width__repeats_outside(widths, build, train, seen, held_out, repeats=3):
    """The loop over the repeats is the outer one, and keyword arguments are used.

    The order of the work does not matter.
    """
    table = np.empty((len(widths), repeats), dtype=np.float32)
    for column in range(repeats):
        for row, width in enumerate(widths):
            network = build(width)
            train(network, images=seen[0], labels=seen[1])
            shares = np.asarray(network(held_out[0], training=False))
            table[row, column] = (np.argmax(shares, axis=-1) == held_out[1]).sum() / len(held_out[1])
    return table


# Task 2.7


def roughness__slices(image):
    """Slices instead of np.diff, and the sums divided by the number of pairs.

    The definition, word for word.
    """
    image = np.asarray(image, dtype=np.float64)
    squares = [(image[:, 1:] - image[:, :-1]) ** 2, (image[1:] - image[:-1]) ** 2]
    pairs = sum(part.size for part in squares)
    variance = image.var()
    return 0.0 if variance == 0 else sum(part.sum() for part in squares) / pairs / variance


def roughness__mean_of_two_means(image):
    """The mean of the two directions' means.

    The same for square pictures.
    """
    if np.ptp(image) == 0:
        return 0.0
    return np.mean([np.mean(np.diff(image, axis=axis) ** 2) for axis in (0, 1)]) / np.mean((image - image.mean()) ** 2)


def build_smooth_mlp__lecun(hidden_units=30, l2=1e-4):
    """Keras has this start ready made.

    LeCun's initialiser divides by the square root of the number of inputs.
    """
    import keras

    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(hidden_units, "sigmoid", kernel_initializer="lecun_normal",
                           kernel_regularizer=keras.regularizers.l2(l2)),
        keras.layers.Dense(10, "softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_smooth_mlp__weights_set(hidden_units=30, l2=1e-4):
    """The start drawn with NumPy and put in by hand.

    The model of task 2.2 in the functional way, with a penalty.
    """
    import keras

    inputs = keras.Input((784,))
    layer = keras.layers.Dense(hidden_units, activation="sigmoid", kernel_regularizer=keras.regularizers.L1L2(l2=l2))
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(layer(inputs)))
    layer.set_weights([np.random.default_rng().normal(size=(784, hidden_units)) / np.sqrt(784), np.zeros(hidden_units)])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# Task 2.8


def shuffle_pixels__take(images, seed=0):
    """np.take along the pixels, with the older random numbers.

    Another order for the same seed, which is fine.
    """
    order = np.random.RandomState(seed).permutation(images[0].size)
    return np.take(images.reshape(len(images), -1), order, axis=1).reshape(images.shape)


def shuffle_pixels__loop(images, seed=0):
    """One picture after the other, always with the same order.

    The order is a shuffled list of places.
    """
    import random

    places = list(range(images[0].size))
    random.Random(seed).shuffle(places)
    shuffled = np.empty_like(images)
    for number, image in enumerate(images):
        shuffled[number] = image.ravel()[places].reshape(image.shape)
    return shuffled


def shuffle_pixels__permutation_along_an_axis(images, seed=0):
    """NumPy's generator shuffles along the second axis.

    One order for all, as permutation (not permuted) moves whole columns.
    """
    rows = images.reshape(len(images), -1)
    return np.random.default_rng(seed).permutation(rows, axis=1).reshape(images.shape)
