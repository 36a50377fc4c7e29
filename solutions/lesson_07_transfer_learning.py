"""Lesson 7 · Transfer learning with a frozen MobileNet

How can a good image model be trained on a laptop's CPU, with few pictures?

Minutes: 180
Before: Lesson 1, and a first network in Keras (lesson 2).
"""

import numpy as np


# %% Task 7.1 · In the language of the network (2 points)
# A network's weights were found for inputs on one scale, and they mean nothing on another. MobileNet
# learned on numbers from -1 to 1, so black is -1, white is 1, and the middle grey is 0. Other networks
# learned on [0, 1], or with the mean colour of ImageNet subtracted. Nothing complains about the wrong
# scale. The answers only become worse.
#
# The type comes first. A `uint8` cannot hold -1 and wraps around; divided by 127.5 it would become
# float64, with twice the memory that the network can use.
def preprocess(images: np.ndarray) -> np.ndarray:
    """Bring pictures to the scale on which MobileNet learned: from -1 to 1.

    Black (0) becomes -1, white (255) becomes 1, and what lies between is spread evenly.
    By hand: 0, 51 and 255 become -1, -0.6 and 1.

    Args:
        images: uint8 array of any shape, such as (pictures, height, width, 3).

    Returns:
        float32 array of the same shape with values in [-1, 1].
    """
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1)


# %% Task 7.2 · A backbone that does not learn (3 points)
# `include_top=False` leaves out the last layer, which names the 1,000 classes that somebody else was
# interested in. What is left ends in a small map of answers per channel, and `pooling="avg"` takes the
# mean of each map: "how much of this is there", without "where". That is one number per channel, a
# feature.
#
# Setting `trainable = False` on a model sets it on every layer within. It has a second effect in Keras
# that is easy to miss: a frozen BatchNormalization also stops to update its running mean and variance.
# Without that, a network whose weights are all fixed would still drift.
def frozen_backbone(weights: list, size: int = 64, network: str = "MobileNet", alpha: float = 0.25):
    """A trained network without its top, pooled to one number per channel, in which nothing can be trained.

    By hand: MobileNet with alpha 0.25 ends in 256 channels, so a batch of 10 pictures gives features of
    shape (10, 256). It has 218,544 parameters without its top; 0 of them are trainable here.

    Args:
        weights: the trained arrays, in the order of Keras's `get_weights`, of the network without its top.
        size: height and width of the pictures, in pixels.
        network: "MobileNet" or "MobileNetV2".
        alpha: how wide the network is; 1 is the full width.

    Returns:
        keras.Model from (batch, size, size, 3) to (batch, channels): the mean of each channel's last map
        ("avg" pooling).
    """
    import keras  # here and not at the top: it takes seconds, and some tasks do without

    build = {"MobileNet": keras.applications.MobileNet, "MobileNetV2": keras.applications.MobileNetV2}[network]
    # Your turn
    backbone = build(input_shape=(size, size, 3), alpha=alpha, include_top=False, weights=None, pooling="avg")
    backbone.set_weights(weights)
    backbone.trainable = False
    return backbone


# %% Task 7.3 · A new top (4 points)
# The head is a single weighted sum per class. Everything that is hard has been done below it.
#
# BatchNormalization needs care. In training it measures mean and variance of the batch at hand and moves
# its stored ones towards them; so with a backbone that is not frozen, what it knows about many thousand
# pictures would be replaced by your next thirty-two. Many tutorials say: call the backbone with
# `training=False`. In Keras 3 that does not help, because `fit` calls the whole model with `training=True`,
# which goes all the way down and wins. What helps is `trainable = False` on each BatchNormalization: a
# frozen one always works as at prediction time.
#
# The head returns plain sums, called logits, and the loss is told so with `from_logits=True`. The other
# way, softmax at the end and a loss without `from_logits`, is as right. Mixing them is not, and nothing
# will complain.
def add_head(backbone, classes: int, dropout: float = 0.2):
    """Put a new top on a backbone: Dropout, then one Dense layer with a number per class; compiled.

    Every BatchNormalization among the backbone's layers is frozen, so that it always uses what it has
    stored, whatever else of the backbone may be trained. Nothing else of its `trainable` is changed.
    By hand: on 256 features, a head for 5 classes has 256 · 5 + 5 = 1,285 parameters.

    Args:
        backbone: keras.Model from pictures to (batch, features).
        classes: how many there are; labels are whole numbers from 0.
        dropout: share of the features that Dropout sets to 0 during training.

    Returns:
        keras.Model from what the backbone takes to (batch, classes): logits, or probabilities. It is
        compiled with Adam, the accuracy as metric, and the cross-entropy that fits what it returns.
    """
    import keras

    # Your turn
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    features = keras.layers.Dropout(dropout)(backbone(inputs))
    logits = keras.layers.Dense(classes)(features)
    model = keras.Model(inputs, logits)
    model.compile(keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


# %% Task 7.4 · What is there to train? (2 points)
# `trainable_weights` and `non_trainable_weights` look into every layer, also into models within models.
# Asking each layer whether it is `trainable` is not enough: a BatchNormalization that trains has four
# arrays, and two of them, the running mean and variance, are never touched by the optimizer.
#
# A weight is an array. Its number of parameters is the product of its shape.
def count_parameters(model) -> tuple[int, int]:
    """How many numbers of a model training may change, and how many it leaves alone.

    By hand: Dense(3) on 4 inputs has 4 · 3 weights and 3 biases, 15 parameters. A BatchNormalization on
    those 3 outputs has 3 + 3 that train (scale and shift) and 3 + 3 that do not (running mean and
    variance). Together: (21, 6).

    Args:
        model: keras.Model, perhaps with other models as layers, perhaps partly frozen.

    Returns:
        (trainable, frozen), two whole numbers. Together they are all parameters of the model.
    """
    def numbers(weights):
        return sum(int(np.prod(weight.shape)) for weight in weights)

    return numbers(model.trainable_weights), numbers(model.non_trainable_weights)


# %% Task 7.5 · Once is enough (3 points)
# A frozen network gives the same answer to the same picture today and tomorrow. So ask it once, and
# keep the answer. A picture of 64 × 64 × 3 numbers becomes 256, and training the head on those takes
# seconds.
#
# In batches, because every layer's maps have to fit into memory at the same time. The scaling is done
# per batch too: as float32 the whole folder would take four times the room that it takes as uint8.
def extract_features(backbone, images: np.ndarray, batch_size: int = 64) -> np.ndarray:
    """What a frozen backbone says about each picture, asked once per picture.

    Pictures are brought to the network's scale with `preprocess` (task 7.1), go through the backbone in
    batches, as at prediction time, and come back in the same order.
    By hand: 100 pictures in batches of 64 are two batches, one of 64 and one of 36. Both count.

    Args:
        backbone: keras.Model from (batch, height, width, 3), on the scale from -1 to 1, to (batch, features).
        images: uint8 array of shape (pictures, height, width, 3).
        batch_size: so many pictures at a time.

    Returns:
        float32 array of shape (pictures, features).

    Raises:
        ValueError: where the pictures do not have the size that the backbone takes.
    """
    size, wanted = images.shape[1:], tuple(backbone.input_shape[1:])
    if len(size) != len(wanted) or any(need not in (None, have) for have, need in zip(size, wanted)):
        raise ValueError(f"the pictures have the shape {size}, the network takes {wanted}")
    parts = []
    for start in range(0, len(images), batch_size):
        batch = preprocess(images[start : start + batch_size])
        parts.append(np.asarray(backbone(batch, training=False)))
    return np.concatenate(parts)


# %% Task 7.6 · Train the head alone (4 points)
# Three steps. The pictures go through the backbone once. The head learns on the features; one pass through
# them is a matter of milliseconds, so there can be many. Then the trained layers are part of the whole
# model, from pictures to classes, because `add_head` put the very same layer objects there: a layer can be
# shared by two models, and has its weights only once.
#
# `model.fit` on the pictures themselves would reach the same place. It would push every picture through the
# frozen network again in every pass, to get the answer that it got before.
def train_head(backbone, images: np.ndarray, labels: np.ndarray, classes: int, epochs: int = 60, features: np.ndarray | None = None):
    """Train a new top for a frozen backbone, and return the whole classifier.

    Features first, with `extract_features` (task 7.5): each picture goes through the backbone once,
    however many epochs follow. Then the layers of `add_head` (task 7.3) learn on the features, in batches of
    32, with Adam and a learning rate of 0.01: there are few steps, and its usual 0.001 would not get far. The
    backbone's weights are the same before and after, to the last bit.
    By hand: 60 pictures and 60 epochs are 3,600 passes through the small head, and 60 through the backbone.

    Args:
        backbone: frozen keras.Model from (batch, height, width, 3) to (batch, features).
        images: uint8 array of shape (pictures, height, width, 3).
        labels: whole numbers from 0, shape (pictures,).
        classes: how many there are.
        epochs: passes through the features.
        features: of these pictures, where they have been computed before; then no picture goes through the
            backbone at all.

    Returns:
        keras.Model from pictures on the scale from -1 to 1 to (batch, classes), as `add_head` makes it.
    """
    import keras

    # Your turn
    if features is None:
        features = extract_features(backbone, images)
    model = add_head(backbone, classes)
    top = model.layers[model.layers.index(backbone) + 1 :]
    head = keras.Sequential([keras.Input(features.shape[1:]), *top])
    head.compile(keras.optimizers.Adam(0.01), loss=model.loss)
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)
    return model


# %% Task 7.7 · What does this channel look for? (3 points)
# The maximum over each picture's map, then the pictures in the order of their maxima. One patch per
# picture, because otherwise a single picture with a long edge fills the list with neighbours.
#
# A cell of the map stands for a square of the picture, as large as all the strides below it multiplied.
# Its centre is half a square further down and right. The patch is cut around that centre and pushed inward
# where it would leave the picture.
#
# What a deep cell really depends on is larger than its square: each 3 × 3 window on the way widens it. So a
# patch shows where the channel looked, and not all that it saw.
def top_patches(activations: np.ndarray, images: np.ndarray, channel: int, k: int, size: int) -> np.ndarray:
    """The pieces of pictures to which one channel of a network answers most strongly.

    A cell of the map stands for a square of the picture: with 64 × 64 pixels and a map of 8 × 8, for 8 × 8
    pixels (call that 8 the stride). The patch is the square of `size` pixels whose top left pixel lies
    size // 2 above and to the left of pixel (row · stride + stride // 2, column · stride + stride // 2),
    pushed inward where it would leave the picture.
    By hand: on 8 × 8 pixels and a map of 2 × 2 the stride is 4. The cell in row 1, column 0 has its
    centre at pixel (6, 2), so a patch of size 4 covers rows 4 to 7 and columns 0 to 3.

    Args:
        activations: float array of shape (pictures, rows, columns, channels).
        images: array of shape (pictures, height, width, 3); height and width are multiples of rows and columns.
        channel: which channel.
        k: how many patches, at most one from each picture; no more than there are pictures.
        size: height and width of a patch in pixels, no larger than a picture.

    Returns:
        array of shape (k, size, size, 3) of the type of `images`: from each of the k pictures with the
        strongest single answer, the patch around that answer; the strongest first.
    """
    maps = activations[..., channel]
    height, width = images.shape[1:3]
    row_stride, column_stride = height // maps.shape[1], width // maps.shape[2]
    strongest_first = np.argsort(-maps.max(axis=(1, 2)), kind="stable")[:k]
    patches = []
    for picture in strongest_first:
        row, column = np.unravel_index(maps[picture].argmax(), maps[picture].shape)
        top = np.clip(row * row_stride + row_stride // 2 - size // 2, 0, height - size)
        left = np.clip(column * column_stride + column_stride // 2 - size // 2, 0, width - size)
        patches.append(images[picture, top : top + size, left : left + size])
    return np.stack(patches)


# %% Task 7.8 · Let the top of it learn too (4 points)
# The order matters in two places. Setting `trainable` on a model sets it on every layer within, so the backbone
# as a whole comes first, and then each layer gets its own value. That includes the lower layers, which
# somebody may have thawed before. And compiling comes last: what trains is fixed with the training function, and
# `compile` is what makes a new one.
#
# (Layers that are thawed inside a backbone which is still frozen do train in Keras 3, although the backbone then says
# that it has nothing to train. Thawing the backbone first makes both say the same.)
#
# BatchNormalization stays frozen. Its stored mean and variance fit the weights around it, and a few dozen
# pictures are no basis for new ones.
#
# The learning rate is small because the weights are good already. Large steps would destroy in a few
# batches what took a million pictures to learn.
#
# `len(backbone.layers) - layers` and not `[-layers:]`: with 0 layers, `[-0:]` is the whole list.
def fine_tune(model, layers: int, learning_rate: float):
    """Make the top of the backbone trainable too, and compile the model anew for small steps. It does not train yet.

    Of the backbone's last `layers` layers, as they stand in `backbone.layers`, those that are no
    BatchNormalization can be trained afterwards. Everything below, and every BatchNormalization, is frozen.
    The head stays trainable. With 0 layers, nothing of the backbone trains.
    By hand: layers Conv2D, BatchNormalization, ReLU, Conv2D, BatchNormalization, ReLU and `layers` = 3:
    the last three are Conv2D, BatchNormalization and ReLU, and only that Conv2D gets to train.

    Args:
        model: compiled keras.Model in which the backbone is one layer, as `add_head` makes it.
        layers: how many of the backbone's layers, counted from its end.
        learning_rate: of the Adam optimizer with which the model is compiled again; loss and accuracy
            metric stay what they were.

    Returns:
        the same model.
    """
    import keras

    backbone = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    # Your turn
    backbone.trainable = True
    first = len(backbone.layers) - layers
    for place, layer in enumerate(backbone.layers):
        layer.trainable = place >= first and not isinstance(layer, keras.layers.BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), model.loss, metrics=["accuracy"])
    return model
