"""Named wrong answers of lesson 7: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions and constants
can be used.
"""

import numpy as np

# Task 7.1


def preprocess__from_nought_to_one(images):
    """The values lie between 0 and 1.

    Many networks want that. MobileNet learned with black at -1 and white at 1, so the range has to be
    twice as wide, and its middle at 0.
    """
    return images.astype(np.float32) / 255


def preprocess__imagenet_mean_and_spread(images):
    """The mean colour of ImageNet was subtracted, and its spread divided by.

    Other networks (ResNets, mostly those from PyTorch) learned with that. Each network has its own
    scale, and MobileNet's is from -1 to 1, the same for all three channels.
    """
    mean, spread = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    return np.resize((images.reshape(-1, 3) / 255 - mean) / spread, images.shape).astype(np.float32)


def preprocess__centred_in_uint8(images):
    """The pictures were centred while they were still uint8.

    A uint8 holds nothing below 0: 100 - 127 becomes 229, without a word. Turn the pictures into float32
    before you calculate with them.
    """
    return (images - np.uint8(127)).astype(np.float32) / np.float32(127.5)


def preprocess__doubled_in_uint8(images):
    """The pictures were doubled while they were still uint8.

    A uint8 holds nothing above 255: 200 · 2 becomes 144, without a word. Turn the pictures into float32
    before you calculate with them.
    """
    return (images * np.uint8(2)).astype(np.float32) / np.float32(255) - np.float32(1)


def preprocess__left_as_they_are(images):
    """The values still run from 0 to 255.

    Only their type has changed. White has to become 1, and black -1.
    """
    return images.astype(np.float32)


def preprocess__stretched_to_the_range(images):
    """The darkest value was made -1 and the brightest 1, whatever they were.

    Then the same picture looks different to the network depending on which pictures come with it. The
    scale is fixed: 0 becomes -1 and 255 becomes 1, also where neither of them occurs.
    """
    images = images.astype(np.float32)
    low, high = images.min(), images.max()
    return ((images - low) / np.float32(max(high - low, 1)) * 2 - 1).astype(np.float32)


def preprocess__only_centred(images):
    """The values were centred, and not scaled.

    They run from -127.5 to 127.5 now. What is left to do is to divide by 127.5.
    """
    return images.astype(np.float32) - np.float32(127.5)


def preprocess__float64_result(images):
    """The numbers are right, their type is float64.

    NumPy calculates in float64 when nobody says otherwise; networks work in float32. Begin with
    .astype(np.float32).
    """
    return images / 127.5 - 1


# Task 7.2


def _network(network, size, alpha, **options):
    import keras

    options = {"include_top": False, "pooling": "avg"} | options
    return getattr(keras.applications, network)(input_shape=(size, size, 3), alpha=alpha, weights=None, **options)


def frozen_backbone__nothing_frozen(weights, size=64, network="MobileNet", alpha=0.25):
    """Everything in the backbone can still be trained.

    A new model is trainable. Freezing is a step of its own: set its `trainable` to False (and mind the spelling:
    Python lets you set `backbone.trainabel` without a word).
    """
    backbone = _network(network, size, alpha)
    backbone.set_weights(weights)
    return backbone


def frozen_backbone__only_the_last_layer_frozen(weights, size=64, network="MobileNet", alpha=0.25):
    """Only the last layers were frozen.

    It is the other way round: what has been learned below must stay. Setting `trainable` of the whole model
    reaches every layer within.
    """
    backbone = _network(network, size, alpha)
    backbone.set_weights(weights)
    for layer in backbone.layers[-4:]:
        layer.trainable = False
    return backbone


def frozen_backbone__batch_normalization_left_open(weights, size=64, network="MobileNet", alpha=0.25):
    """The convolutions were frozen, and the BatchNormalization layers were not.

    Their scale and shift would be trained, and their running mean and variance would move with every batch.
    Everything in the backbone is to stay as it is.
    """
    import keras

    backbone = _network(network, size, alpha)
    backbone.set_weights(weights)
    for layer in backbone.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return backbone


def frozen_backbone__weights_not_loaded(weights, size=64, network="MobileNet", alpha=0.25):
    """The trained weights were never put in.

    With `weights=None` Keras builds the network with random numbers. The arrays that you were given have to
    be set after that.
    """
    backbone = _network(network, size, alpha)
    backbone.trainable = False
    return backbone


def frozen_backbone__without_pooling(weights, size=64, network="MobileNet", alpha=0.25):
    """The backbone still ends in maps.

    Without its top, the network ends in a small map per channel. The mean of each map is asked for, one number per
    channel: `pooling`.
    """
    backbone = _network(network, size, alpha, pooling=None)
    backbone.set_weights(weights)
    backbone.trainable = False
    return backbone


def frozen_backbone__largest_instead_of_mean(weights, size=64, network="MobileNet", alpha=0.25):
    """The maps were pooled by their maximum.

    The mean of each map was asked for. It is also what the network had below its old top.
    """
    backbone = _network(network, size, alpha, pooling="max")
    backbone.set_weights(weights)
    backbone.trainable = False
    return backbone


def frozen_backbone__size_ignored(weights, size=64, network="MobileNet", alpha=0.25):
    """The size of the pictures is fixed at 64.

    `size` says how large the pictures are. The same weights fit every size, because a filter slides over whatever
    there is.
    """
    backbone = _network(network, 64, alpha)
    backbone.set_weights(weights)
    backbone.trainable = False
    return backbone


def frozen_backbone__with_its_old_top(weights, size=64, network="MobileNet", alpha=0.25):
    """The network was built with its old top.

    The layer that names 1,000 classes belongs to somebody else's task, and the weights that you were given have
    none for it. Leave it out with include_top=False.
    """
    backbone = _network(network, size, alpha, include_top=True, pooling=None)
    backbone.set_weights(weights)
    backbone.trainable = False
    return backbone


# Task 7.3


def _open_layers_frozen(backbone):
    import keras

    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


def _compiled(model, from_logits=True, metrics=("accuracy",)):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(keras.optimizers.Adam(), loss, metrics=list(metrics))
    return model


def add_head__batch_normalization_left_open(backbone, classes, dropout=0.2):
    """The backbone's BatchNormalization layers can still move.

    `training=False` at the call does not stop them in Keras 3: `fit` calls the whole model with training=True, and
    that wins. A BatchNormalization rests only where its own `trainable` is False.
    """
    import keras

    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs, training=False))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(hidden)))


def add_head__softmax_counted_twice(backbone, classes, dropout=0.2):
    """The model returns probabilities, and the loss takes them for logits.

    from_logits=True lets the loss apply softmax itself. After a softmax layer it would be applied a second time, which
    presses all answers together. Use one of the two.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(hidden)))


def add_head__logits_taken_for_shares(backbone, classes, dropout=0.2):
    """The model returns plain sums, and the loss takes them for probabilities.

    Without from_logits=True, the loss expects numbers that add up to 1. Say from_logits=True, or end in a softmax.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(hidden)), from_logits=False)


def add_head__relu_on_the_answers(backbone, classes, dropout=0.2):
    """The last layer has a relu.

    It sets every negative answer to 0, and a class whose sum is 0 has no slope by which it could learn. The last
    layer returns plain sums, or softmax of them.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes, activation="relu")(hidden)))


def add_head__dropout_on_the_answers(backbone, classes, dropout=0.2):
    """Dropout stands behind the Dense layer.

    There it deletes answers, and the loss has to guess. It belongs before the Dense layer, where it deletes features,
    so that no answer can rest on a single one.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    logits = keras.layers.Dense(classes)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dropout(dropout)(logits)))


def add_head__dropout_forgotten(backbone, classes, dropout=0.2):
    """There is no Dropout.

    The features go to the Dense layer as they are, also in training.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(backbone(inputs))))


def add_head__dropout_share_ignored(backbone, classes, dropout=0.2):
    """The share of Dropout is fixed at 0.2.

    The argument `dropout` says how large it is.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(0.2)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(hidden)))


def add_head__no_accuracy(backbone, classes, dropout=0.2):
    """The model was compiled without the accuracy.

    The loss is what training needs. The share of right answers is what people need, and it has to be asked for.
    """
    import keras

    _open_layers_frozen(backbone)
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(hidden)), metrics=())


def add_head__backbone_frozen_too(backbone, classes, dropout=0.2):
    """The whole backbone was frozen here.

    Whether the backbone trains is decided by whoever hands it over; here only its BatchNormalization layers are
    frozen.
    """
    import keras

    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    hidden = keras.layers.Dropout(dropout)(backbone(inputs))
    return _compiled(keras.Model(inputs, keras.layers.Dense(classes)(hidden)))


# Task 7.4


def count_parameters__arrays_counted(model):
    """The arrays were counted, and not the numbers in them.

    A Dense layer has two arrays, its weights and its biases. How many numbers an array holds is the product of its
    shape.
    """
    return len(model.trainable_weights), len(model.non_trainable_weights)


def count_parameters__layers_asked(model):
    """Arrays were counted as trainable that do not train.

    A BatchNormalization that trains has two arrays that do not, its running mean and variance; and a model within the
    model can be frozen in part. Ask the model for its weights of both kinds, not the layers for a yes or no.
    """
    trainable = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return trainable, sum(layer.count_params() for layer in model.layers if not layer.trainable)


def count_parameters__all_and_trainable(model):
    """The second number counts all parameters.

    It is to count the frozen ones, so that the two numbers add up to all.
    """
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights), model.count_params()


def count_parameters__frozen_first(model):
    """The two numbers are in the other order.

    What can be trained comes first.
    """
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return model.count_params() - trainable, trainable


def count_parameters__sides_added(model):
    """The sides of each array were added up.

    An array of 4 × 3 holds 12 numbers, and not 7: the sides are multiplied.
    """
    return (sum(int(np.sum(weight.shape)) for weight in model.trainable_weights),
            sum(int(np.sum(weight.shape)) for weight in model.non_trainable_weights))


def count_parameters__biases_forgotten(model):
    """The biases were left out.

    Arrays with a single axis count as well: biases, and the four arrays of a BatchNormalization.
    """
    return (sum(int(np.prod(weight.shape)) for weight in model.trainable_weights if len(weight.shape) > 1),
            sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights if len(weight.shape) > 1))


# Task 7.5


def _refuse_other_sizes(backbone, images):
    if images.shape[1:] != tuple(backbone.input_shape[1:]):
        raise ValueError("the pictures have another size than the backbone takes")


def extract_features__not_preprocessed(backbone, images, batch_size=64):
    """The pictures went in as they are, with numbers from 0 to 255.

    The backbone expects numbers from -1 to 1. It does not complain; its answers are worthless. `preprocess` from
    task 7.1 is there for that.
    """
    _refuse_other_sizes(backbone, images)
    parts = [np.asarray(backbone(images[start : start + batch_size].astype(np.float32), training=False))
             for start in range(0, len(images), batch_size)]
    return np.concatenate(parts)


def extract_features__scaled_from_nought_to_one(backbone, images, batch_size=64):
    """The pictures were scaled to [0, 1].

    The backbone expects black at -1. `preprocess` from task 7.1 does that.
    """
    _refuse_other_sizes(backbone, images)
    parts = [np.asarray(backbone((images[start : start + batch_size] / 255).astype(np.float32), training=False))
             for start in range(0, len(images), batch_size)]
    return np.concatenate(parts)


def extract_features__in_training_mode(backbone, images, batch_size=64):
    """The backbone was called in training mode.

    Then BatchNormalization uses the mean and variance of the batch at hand, so what is said about a picture depends
    on the pictures beside it. Call it with training=False, or use predict.
    """
    _refuse_other_sizes(backbone, images)
    parts = [np.asarray(backbone(preprocess(images[start : start + batch_size]), training=True))
             for start in range(0, len(images), batch_size)]
    return np.concatenate(parts)


def extract_features__last_batch_lost(backbone, images, batch_size=64):
    """The last batch was left out where it is not full.

    11 pictures in batches of 4 make two full batches, and one of 3. Rounding the number of batches down loses
    the rest.
    """
    _refuse_other_sizes(backbone, images)
    batch_size = min(batch_size, len(images))
    parts = [np.asarray(backbone(preprocess(images[number * batch_size : (number + 1) * batch_size]), training=False))
             for number in range(len(images) // batch_size)]
    return np.concatenate(parts)


def extract_features__first_batch_only(backbone, images, batch_size=64):
    """Only the first batch came back.

    The `return` stands inside the loop. Collect all parts, and join them after the loop.
    """
    _refuse_other_sizes(backbone, images)
    for start in range(0, len(images), batch_size):
        return np.asarray(backbone(preprocess(images[start : start + batch_size]), training=False))


def extract_features__batches_not_joined(backbone, images, batch_size=64):
    """A list with one array per batch came back.

    One array is asked for, with a row per picture. np.concatenate joins the parts.
    """
    _refuse_other_sizes(backbone, images)
    return [np.asarray(backbone(preprocess(images[start : start + batch_size]), training=False))
            for start in range(0, len(images), batch_size)]


def extract_features__preprocessed_twice(backbone, images, batch_size=64):
    """The pictures were scaled twice.

    After the first time they lie between -1 and 1; scaled again, all of them are nearly -1.
    """
    _refuse_other_sizes(backbone, images)
    parts = [np.asarray(backbone(preprocess(preprocess(images[start : start + batch_size])), training=False))
             for start in range(0, len(images), batch_size)]
    return np.concatenate(parts)


# Task 7.6


def _head_of(backbone, model):
    import keras

    top = model.layers[model.layers.index(backbone) + 1 :]
    return keras.Sequential([keras.Input(backbone.output_shape[1:]), *top])


def _trained(head, features, labels, model, epochs, learning_rate=0.01):
    import keras

    head.compile(keras.optimizers.Adam(learning_rate), loss=model.loss)
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)


def train_head__features_recomputed_in_every_epoch(backbone, images, labels, classes, epochs=60, features=None):
    """The whole model was trained on the pictures.

    As the backbone is frozen, that gives the right result. But every epoch pushes every picture through the backbone
    again, to get the features that were there already.
    """
    import keras

    model = add_head(backbone, classes)
    model.compile(keras.optimizers.Adam(0.01), model.loss, metrics=["accuracy"])
    model.fit(preprocess(images), labels, batch_size=32, epochs=epochs, verbose=0)
    return model


def train_head__everything_trained(backbone, images, labels, classes, epochs=60, features=None):
    """The backbone was trained too.

    It was handed over frozen and must not change: thousands of weights that were learned from many pictures would be
    bent to fit a few dozen.
    """
    import keras

    backbone.trainable = True
    model = add_head(backbone, classes)
    model.compile(keras.optimizers.Adam(0.01), model.loss, metrics=["accuracy"])
    model.fit(preprocess(images), labels, batch_size=32, epochs=min(epochs, 6), verbose=0)
    return model


def train_head__trained_layers_not_in_the_model(backbone, images, labels, classes, epochs=60, features=None):
    """A head was trained, and the model that came back has another one.

    The returned model's top is as random as it was made. Either share the layers between the two models, or copy
    the trained weights into the model.
    """
    import keras

    features = extract_features(backbone, images) if features is None else features
    model = add_head(backbone, classes)
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dropout(0.2), keras.layers.Dense(classes)])
    _trained(head, features, labels, model, epochs)
    return model


def train_head__head_without_its_backbone(backbone, images, labels, classes, epochs=60, features=None):
    """The head came back alone.

    It takes features and not pictures. The whole classifier is asked for: backbone and head.
    """
    features = extract_features(backbone, images) if features is None else features
    model = add_head(backbone, classes)
    head = _head_of(backbone, model)
    _trained(head, features, labels, model, epochs)
    return head


def train_head__one_epoch(backbone, images, labels, classes, epochs=60, features=None):
    """The head saw the features only once.

    With a few dozen pictures, an epoch is two or three small steps. `epochs` says how many passes there are to be; on
    features they cost next to nothing.
    """
    features = extract_features(backbone, images) if features is None else features
    model = add_head(backbone, classes)
    _trained(_head_of(backbone, model), features, labels, model, 1)
    return model


def train_head__learned_on_raw_pixels(backbone, images, labels, classes, epochs=60, features=None):
    """The head learned on features of pictures that nobody had scaled.

    The classifier gets pictures on the scale from -1 to 1, so its head has to learn on features of such pictures.
    extract_features from task 7.5 takes care of that.
    """
    features = backbone.predict(images.astype(np.float32), verbose=0) if features is None else features
    model = add_head(backbone, classes)
    _trained(_head_of(backbone, model), features, labels, model, epochs)
    return model


def train_head__given_features_ignored(backbone, images, labels, classes, epochs=60, features=None):
    """The features were computed although they were given.

    Where `features` is not None, somebody has asked the backbone already, perhaps yesterday.
    """
    features = extract_features(backbone, images)
    model = add_head(backbone, classes)
    _trained(_head_of(backbone, model), features, labels, model, epochs)
    return model


# Task 7.7


def _patches_at(images, places, size, shape, *, centred=True):
    height, width = images.shape[1:3]
    row_stride, column_stride = height // shape[0], width // shape[1]
    patches = []
    for picture, row, column in places:
        half = (row_stride // 2 - size // 2, column_stride // 2 - size // 2) if centred else (0, 0)
        top = np.clip(row * row_stride + half[0], 0, height - size)
        left = np.clip(column * column_stride + half[1], 0, width - size)
        patches.append(images[picture, top : top + size, left : left + size])
    return np.stack(patches)


def _best_places(maps, order):
    return [(picture, *np.unravel_index(maps[picture].argmax(), maps[picture].shape)) for picture in order]


def top_patches__weakest_first(activations, images, channel, k, size):
    """These are the patches that excite the channel least.

    np.argsort sorts from the smallest to the largest. Take the other end, or sort the negative values.
    """
    maps = activations[..., channel]
    order = np.argsort(maps.max(axis=(1, 2)), kind="stable")[:k]
    return _patches_at(images, _best_places(maps, order), size, maps.shape[1:])


def top_patches__strongest_last(activations, images, channel, k, size):
    """These are the right patches in the wrong order.

    The last k places of np.argsort are the strongest, in rising order. Turn them round.
    """
    maps = activations[..., channel]
    order = np.argsort(maps.max(axis=(1, 2)), kind="stable")[-k:]
    return _patches_at(images, _best_places(maps, order), size, maps.shape[1:])


def top_patches__several_from_one_picture(activations, images, channel, k, size):
    """Several patches come from the same picture.

    The strongest answers of all were taken, and strong answers tend to be neighbours. First find the strongest answer of
    each picture, then the pictures whose strongest answer is largest.
    """
    maps = activations[..., channel]
    places = zip(*np.unravel_index(np.argsort(-maps, axis=None)[:k], maps.shape))
    return _patches_at(images, places, size, maps.shape[1:])


def top_patches__pictures_by_their_mean(activations, images, channel, k, size):
    """The pictures were ranked by the mean of their maps.

    A large mean belongs to a picture that excites the channel a little everywhere. What is asked for is one place with a
    strong answer: the maximum.
    """
    maps = activations[..., channel]
    order = np.argsort(-maps.mean(axis=(1, 2)), kind="stable")[:k]
    return _patches_at(images, _best_places(maps, order), size, maps.shape[1:])


def top_patches__sign_ignored(activations, images, channel, k, size):
    """Strongly negative answers were counted as strong.

    A negative answer means "the opposite of what I look for". The largest answer is asked for, with its sign.
    """
    maps = np.abs(activations[..., channel])
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    return _patches_at(images, _best_places(maps, order), size, maps.shape[1:])


def top_patches__map_taken_for_picture(activations, images, channel, k, size):
    """The place on the map was used as if it were a place in the picture.

    A map of 8 × 8 over a picture of 64 × 64 has a cell for every 8 × 8 pixels. Multiply row and column by that
    stride.
    """
    maps = activations[..., channel]
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    height, width = images.shape[1:3]
    patches = []
    for picture, row, column in _best_places(maps, order):
        top, left = np.clip(row - size // 2, 0, height - size), np.clip(column - size // 2, 0, width - size)
        patches.append(images[picture, top : top + size, left : left + size])
    return np.stack(patches)


def top_patches__corner_of_the_cell(activations, images, channel, k, size):
    """The patch begins at the upper left corner of the cell.

    It should lie around the centre of the cell: half a stride further down and right, then half a patch back.
    """
    maps = activations[..., channel]
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    return _patches_at(images, _best_places(maps, order), size, maps.shape[1:], centred=False)


def top_patches__rows_and_columns_swapped(activations, images, channel, k, size):
    """Rows and columns changed places.

    The first axis of a map goes down, the second goes right, in the picture as well.
    """
    maps = activations[..., channel].transpose(0, 2, 1)
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    return _patches_at(images, _best_places(maps, order), size, activations.shape[1:3])


def top_patches__cut_off_at_the_border(activations, images, channel, k, size):
    """At the border the patches are cut off, or begin on the other side.

    A slice that begins below 0 counts from the end, and one that runs over the end is shorter. Push the patch inward,
    so that it keeps its size.
    """
    maps = activations[..., channel]
    order = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    height, width = images.shape[1:3]
    row_stride, column_stride = height // maps.shape[1], width // maps.shape[2]
    patches = []
    for picture, row, column in _best_places(maps, order):
        top, left = row * row_stride + row_stride // 2 - size // 2, column * column_stride + column_stride // 2 - size // 2
        patches.append(images[picture, top : top + size, left : left + size])
    return np.stack(patches)


# Task 7.8


def _backbone_in(model):
    import keras

    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def _compiled_again(model, learning_rate):
    import keras

    model.compile(keras.optimizers.Adam(learning_rate), model.loss, metrics=["accuracy"])
    return model


def _set_top(backbone, first):
    import keras

    for place, layer in enumerate(backbone.layers):
        layer.trainable = place >= first and not isinstance(layer, keras.layers.BatchNormalization)


def fine_tune__everything_thawed(model, layers, learning_rate):
    """The whole backbone was thawed.

    What it learned below is general and was learned from far more pictures than you have. Only its last `layers` layers
    are to move.
    """
    _backbone_in(model).trainable = True
    return _compiled_again(model, learning_rate)


def fine_tune__batch_normalization_thawed(model, layers, learning_rate):
    """The BatchNormalization layers of the top were thawed too.

    A few dozen pictures are no basis for new means and variances. BatchNormalization stays frozen, also in the part
    that trains.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    for place, layer in enumerate(backbone.layers):
        layer.trainable = place >= len(backbone.layers) - layers
    return _compiled_again(model, learning_rate)


def fine_tune__all_but_batch_normalization(model, layers, learning_rate):
    """All layers but BatchNormalization were thawed.

    The number of layers was not used. Below the last `layers` layers, everything stays frozen.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, 0)
    return _compiled_again(model, learning_rate)


def fine_tune__bottom_instead_of_top(model, layers, learning_rate):
    """The first layers were thawed, and not the last.

    The bottom of the network finds lines and colours, which every task needs. What is special to the old task sits at
    the top, and that is what may adapt.
    """
    import keras

    backbone = _backbone_in(model)
    backbone.trainable = True
    for place, layer in enumerate(backbone.layers):
        layer.trainable = place < layers and not isinstance(layer, keras.layers.BatchNormalization)
    return _compiled_again(model, learning_rate)


def fine_tune__one_layer_too_many(model, layers, learning_rate):
    """One layer too many was thawed.

    The last 3 of 10 layers are those in the places 7, 8 and 9, counted from 0. The first of them is at 10 - 3.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, len(backbone.layers) - layers - 1)
    return _compiled_again(model, learning_rate)


def fine_tune__nought_means_all(model, layers, learning_rate):
    """With 0 layers, all of them were thawed.

    [-0:] is the whole list, because -0 is 0. Count from the front: the first open layer is at len(layers) minus their
    number.
    """
    import keras

    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, len(backbone.layers))
    for layer in backbone.layers[-layers:]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return _compiled_again(model, learning_rate)


def fine_tune__lower_layers_left_open(model, layers, learning_rate):
    """The top was thawed, and below it everything was left as it came.

    A backbone may be handed over thawed, or have been fine-tuned deeper before. Everything below the last `layers` layers
    is to be frozen, whatever it was.
    """
    import keras

    backbone = _backbone_in(model)
    for layer in backbone.layers[len(backbone.layers) - layers :]:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return _compiled_again(model, learning_rate)


def fine_tune__not_compiled_again(model, layers, learning_rate):
    """The model was not compiled again.

    A model that has been trained once keeps the training function from that time, and in it the old choice of weights.
    `compile` throws it away. It is also what sets the new learning rate.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, len(backbone.layers) - layers)
    return model


def fine_tune__learning_rate_set_without_compiling(model, layers, learning_rate):
    """The learning rate was changed, and the model not compiled again.

    The optimizer takes the new rate. But a model that has been trained once keeps its training function, and in it the
    old choice of weights, so nothing of the backbone moves.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, len(backbone.layers) - layers)
    model.optimizer.learning_rate = learning_rate
    return model


def fine_tune__learning_rate_ignored(model, layers, learning_rate):
    """The model was compiled with Adam's own learning rate.

    0.001 is for a fresh start. Weights that are good already need smaller steps, and `learning_rate` says how small.
    """
    backbone = _backbone_in(model)
    backbone.trainable = True
    _set_top(backbone, len(backbone.layers) - layers)
    model.compile("adam", model.loss, metrics=["accuracy"])
    return model


def fine_tune__top_of_the_whole_model(model, layers, learning_rate):
    """The layers were counted in the whole model.

    For the whole model, the backbone is a single layer. The layers to thaw are counted within it.
    """
    import keras

    for layer in model.layers[-layers:] if layers else []:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return _compiled_again(model, learning_rate)
