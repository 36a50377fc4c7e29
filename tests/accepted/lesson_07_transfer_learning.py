"""Other correct ways to solve lesson 7's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and constants can be used.
"""

import numpy as np

# Task 7.1


def preprocess__by_the_middle(images):
    """Centred first, then scaled.

    The same numbers.
    """
    return ((images.astype("float32") - 127.5) / 127.5).astype("float32")


def preprocess__twice_a_share(images):
    """Shares of white, stretched and moved.

    In float64 until the end.
    """
    return np.float32(2 * (images / 255) - 1)


# Task 7.2


def frozen_backbone__layer_by_layer(weights, size=64, network="MobileNet", alpha=0.25):
    """Every layer frozen on its own.

    Nothing is left that could be trained.
    """
    import keras

    build = getattr(keras.applications, network)
    backbone = build(input_shape=(size, size, 3), alpha=alpha, include_top=False, weights=None, pooling="avg")
    backbone.set_weights(weights)
    for layer in backbone.layers:
        layer.trainable = False
    return backbone


def frozen_backbone__pooling_of_its_own(weights, size=64, network="MobileNet", alpha=0.25):
    """The pooling added by hand.

    GlobalAveragePooling2D is what pooling="avg" adds.
    """
    import keras

    build = getattr(keras.applications, network)
    network = build(input_shape=(size, size, 3), alpha=alpha, include_top=False, weights=None)
    network.set_weights(weights)
    backbone = keras.Sequential([keras.Input((size, size, 3)), network, keras.layers.GlobalAveragePooling2D()])
    backbone.trainable = False
    return backbone


# Task 7.3


def add_head__sequential(backbone, classes, dropout=0.2):
    """A Sequential model that ends in softmax.

    With the loss by its name, which expects probabilities.
    """
    import keras

    for layer in backbone.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
    model = keras.Sequential([keras.Input(backbone.input_shape[1:]), backbone, keras.layers.Dropout(dropout),
                              keras.layers.Dense(classes, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def add_head__softmax_layer(backbone, classes, dropout=0.2):
    """Functional, on the backbone's own input, with softmax as a layer of its own.

    Another metric's long name.
    """
    import keras

    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs, training=False))
    outputs = keras.layers.Softmax()(keras.layers.Dense(classes)(hidden))
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(),
                  metrics=[keras.metrics.SparseCategoricalAccuracy()])
    return model


# Task 7.4


def count_parameters__by_difference(model):
    """All parameters, less those that train.

    With Keras's own count for all.
    """
    trainable = sum(weight.numpy().size for weight in model.trainable_weights)
    return [trainable, model.count_params() - trainable]


def count_parameters__loop(model):
    """One loop over all weights.

    Each says of itself whether it trains.
    """
    counts = {True: 0, False: 0}
    trains = {id(weight) for weight in model.trainable_weights}
    for weight in model.weights:
        counts[id(weight) in trains] += np.prod(weight.shape, dtype=int)
    return counts[True], counts[False]


# Task 7.5


def extract_features__predict(backbone, images, batch_size=64):
    """Keras's predict on all pictures.

    It makes the batches itself, and raises ValueError for pictures of another size.
    """
    return backbone.predict(preprocess(images), batch_size=batch_size, verbose=0)


def extract_features__filled_in(backbone, images, batch_size=64):
    """An array made beforehand, and filled batch by batch.

    One batch after the other, the last one shorter.
    """
    features = np.empty((len(images), backbone.output_shape[-1]), np.float32)
    for start in range(0, len(images), batch_size):
        stop = start + batch_size
        features[start:stop] = backbone(preprocess(images[start:stop]), training=False).numpy()
    return features


# Task 7.6


def train_head__weights_copied(backbone, images, labels, classes, epochs=60, features=None):
    """A head of its own, whose weights are copied into the model.

    On features from predict.
    """
    import keras

    if features is None:
        features = backbone.predict(preprocess(images), verbose=0)
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=16, epochs=epochs, verbose=0)
    model = add_head(backbone, classes)
    model.layers[-1].set_weights(head.layers[-1].get_weights())
    return model


def train_head__put_together_at_the_end(backbone, images, labels, classes, epochs=60, features=None):
    """A trained head with softmax on top of the backbone, as a Sequential model.

    With standard steps.
    """
    import keras

    if features is None:
        features = extract_features(backbone, images)
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes, activation="softmax")])
    head.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    head.fit(features, labels, batch_size=8, epochs=epochs, verbose=0)
    return keras.Sequential([keras.Input(backbone.input_shape[1:]), backbone, head])


# Task 7.7


def top_patches__loops(activations, images, channel, k, size):
    """Loops over pictures and cells.

    The definition, word for word.
    """
    found = []
    for picture in range(activations.shape[0]):
        best = None
        for row in range(activations.shape[1]):
            for column in range(activations.shape[2]):
                answer = activations[picture, row, column, channel]
                if best is None or answer > best[0]:
                    best = (answer, row, column)
        found.append((-best[0], picture, best[1], best[2]))
    patches = []
    for _, picture, row, column in sorted(found)[:k]:
        row_stride, column_stride = images.shape[1] // activations.shape[1], images.shape[2] // activations.shape[2]
        top = min(max(row * row_stride + row_stride // 2 - size // 2, 0), images.shape[1] - size)
        left = min(max(column * column_stride + column_stride // 2 - size // 2, 0), images.shape[2] - size)
        patches.append(images[picture, top : top + size, left : left + size])
    return np.array(patches)


def top_patches__flat_maps(activations, images, channel, k, size):
    """Flat maps, and places by division with a remainder.

    The order is turned round after sorting.
    """
    pictures, rows, columns, _ = activations.shape
    flat = activations[:, :, :, channel].reshape(pictures, -1)
    order = flat.max(axis=1).argsort()[::-1][:k]
    patches = np.empty((k, size, size, 3), images.dtype)
    for place, picture in enumerate(order):
        row, column = divmod(int(flat[picture].argmax()), columns)
        row_stride, column_stride = images.shape[1] // rows, images.shape[2] // columns
        top = row * row_stride + row_stride // 2 - size // 2
        left = column * column_stride + column_stride // 2 - size // 2
        top, left = max(0, min(top, images.shape[1] - size)), max(0, min(left, images.shape[2] - size))
        patches[place] = images[picture, top : top + size, left : left + size]
    return patches


# Task 7.8


def fine_tune__freeze_then_open(model, layers, learning_rate):
    """Everything thawed, everything below frozen again by slices.

    The loss by the object that the model had.
    """
    import keras

    backbone = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    backbone.trainable = True
    for layer in backbone.layers[: len(backbone.layers) - layers]:
        layer.trainable = False
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=learning_rate), loss=model.loss, metrics=["accuracy"])
    return model
