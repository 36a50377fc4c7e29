"""Lesson 7 · Transfer learning with a frozen MobileNet

How can a good image model be trained on a laptop's CPU, with few pictures?

8 tasks, 25 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course watch 7       every time you save
    course check 7       all tasks of this lesson
    course check 7.1     one task
    course hint 7.1      a question first, then a pointer, then nearly the code
    course run 7 --mine  the chapter's experiments with your functions
"""

import numpy as np


# %% Task 7.1 · In the language of the network (2 points)
def preprocess(images: np.ndarray) -> np.ndarray:
    """Bring pictures to the scale on which MobileNet learned: from -1 to 1.

    Black (0) becomes -1, white (255) becomes 1, and what lies between is spread evenly.
    By hand: 0, 51 and 255 become -1, -0.6 and 1.

    Args:
        images: uint8 array of any shape, such as (pictures, height, width, 3).

    Returns:
        float32 array of the same shape with values in [-1, 1].
    """
    raise NotImplementedError("Task 7.1: In the language of the network")


# %% Task 7.2 · A backbone that does not learn (3 points)
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
    raise NotImplementedError("Task 7.2: A backbone that does not learn")


# %% Task 7.3 · A new top (4 points)
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

    raise NotImplementedError("Task 7.3: A new top")


# %% Task 7.4 · What is there to train? (2 points)
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
    raise NotImplementedError("Task 7.4: What is there to train?")


# %% Task 7.5 · Once is enough (3 points)
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
    raise NotImplementedError("Task 7.5: Once is enough")


# %% Task 7.6 · Train the head alone (4 points)
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

    raise NotImplementedError("Task 7.6: Train the head alone")


# %% Task 7.7 · What does this channel look for? (3 points)
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
    raise NotImplementedError("Task 7.7: What does this channel look for?")


# %% Task 7.8 · Let the top of it learn too (4 points)
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
    raise NotImplementedError("Task 7.8: Let the top of it learn too")
