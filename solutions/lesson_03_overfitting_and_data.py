"""Lesson 3 · Overfitting, shortcuts and how much data you need

What does a network learn from four pictures of bunnies that all sit on grass?

Minutes: 180
Before: Lessons 1 and 2: a convolution, and training a network with Keras.
"""

import numpy as np

from course.data.creatures import Creature, draw_all

# %% Task 3.1 · The same animal on another ground (2 points)
# A fair comparison changes one thing. Two photographs of two bunnies in two places differ in a
# hundred ways, and nobody can say which of them made the network change its mind. Here the second
# picture is drawn from the *same* settings with one entry exchanged, so whatever the network says
# differently, the ground made it say so. Such a picture is called a **counterfactual**: how it would
# look if that one thing had been otherwise.
#
# `{**settings, "ground": …}` makes a new dict. `changed = settings` would only give the old one a
# second name, and writing into it would exchange the ground of both pictures.
def counterfactual_pairs(creatures: list[dict], exchange: dict[str, str], size: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Draw every creature twice: as it is, and with nothing but its ground exchanged.

    By hand: `{"animal": "bunny", "ground": "grass", "individual": 7}` and the exchange
    `{"grass": "sand", "sand": "grass"}` give bunny number 7 on grass, and the same bunny on sand.

    Args:
        creatures: settings, one dict each: `Creature(**settings)` is the creature. Each names its ground.
        exchange: for every ground that occurs, the one to put in its place.
        size: height and width of the pictures in pixels.

    Returns:
        (as they are, exchanged): two uint8 arrays of shape (creatures, size, size, 3), in the order of
        the list, so that picture i of the one and picture i of the other are a pair. `draw_all` makes
        such an array from a list of creatures.
    """
    changed = [{**settings, "ground": exchange[settings["ground"]]} for settings in creatures]
    as_they_are = draw_all([Creature(**settings) for settings in creatures], size)
    exchanged = draw_all([Creature(**settings) for settings in changed], size)
    return as_they_are, exchanged


# %% Task 3.2 · How much hangs on the ground? (2 points)
# The order of the difference is chosen so that the number reads well: 0 means that the ground does
# not matter, 1 means that every answer hangs on it.
#
# Pictures that the network was trained on are left out. It may know their answers by heart, and what
# somebody knows by heart says nothing about what they go by.
#
# Counting the answers that *changed* looks similar and is another question: an answer that changes
# from one wrong class to another, or from wrong to right, is a change too.
def shortcut_reliance(labels: np.ndarray, answers: np.ndarray, answers_exchanged: np.ndarray, trained_on: np.ndarray) -> float:
    """How much accuracy is lost when nothing but the ground is exchanged.

    Accuracy is the share of right answers. By hand: of ten animals that the network has never seen, it
    names nine correctly on their usual ground and three after the exchange. The reliance is 0.9 - 0.3 = 0.6.

    Args:
        labels: int array of shape (pairs,): what each animal really is.
        answers: int array of the same shape: what the network says to the picture as it is.
        answers_exchanged: int array of the same shape: what it says when the ground is exchanged.
        trained_on: bool array of the same shape: True where the network was trained with this animal's
            picture. Such pairs do not count.

    Returns:
        A number from -1 to 1; above 0 if the exchange does harm.

    Raises:
        ValueError: if no pair is left to measure on.
    """
    held_out = ~trained_on
    if not held_out.any():
        raise ValueError("the network was trained on every one of these animals; there is nothing to measure on")
    accuracy = np.mean(answers[held_out] == labels[held_out])
    accuracy_exchanged = np.mean(answers_exchanged[held_out] == labels[held_out])
    return float(accuracy - accuracy_exchanged)


# %% Task 3.3 · A small convolutional network (4 points)
# The filters of lesson 1, in three layers. Each `MaxPooling2D` halves the picture, so a 3 × 3 window of
# the next layer sees twice as much of it. Three times halved, 32 × 32 pixels become a map of 4 × 4
# places.
#
# Sharing one small kernel over all places is what makes this cheap: the first layer has 3 · 3 · 3 · 16
# weights and 16 biases, where a single `Dense(32)` on the pixels would have 98,304. Most of the weights
# sit where the map is flattened for the last layer, which is why the pooling comes before it.
#
# Last layer and loss belong together. `softmax` makes shares that add up to 1, one for each class, and
# `sparse_categorical_crossentropy` wants exactly that, with labels that are whole numbers.
def build_cnn(image_shape: tuple[int, int, int], classes: int):
    """A small convolutional network that is ready to be trained.

    Convolutional layers with a nonlinearity such as relu (two at least), pooling between them, and a last
    layer with one share for each class.
    By hand: for pictures of 32 × 32 × 3 and two classes, five pictures as an array of shape (5, 32, 32, 3)
    give an answer of shape (5, 2), in which each row adds up to 1.

    Args:
        image_shape: (height, width, channels) of one picture, 16 pixels or more on each side.
        classes: how many there are, 2 or more.

    Returns:
        A compiled keras.Model from float pictures with values in [0, 1] to shares of the classes. Its loss takes
        labels as whole numbers from 0 on, and it records "accuracy". It has fewer weights than one Dense layer
        of 32 units on the pixels, which is 32 · height · width · channels.
    """
    import keras  # here and not at the top: it takes seconds, and most tasks do without

    # Your turn
    network = keras.Sequential([
        keras.Input(image_shape),
        keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(24, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(classes, activation="softmax"),
    ])
    network.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# %% Task 3.4 · Cover a square, ask again (4 points)
# What is the answer made of? Take a piece away and see what is missed. A large drop says that the
# network needed something from under the square.
#
# Without the subtraction the map would show how sure the network *still* is, and a network that is
# never sure would look as if everything mattered.
#
# All covered copies go to the network in one call. It answers 49 pictures in nearly the time of one.
# Each copy starts from the whole picture again: covering the original itself would leave every earlier
# square in place.
def occlusion_map(predict, image: np.ndarray, label: int, size: int = 8, stride: int = 4, fill=0.5) -> np.ndarray:
    """How far the score of a class drops when a square of the picture is covered, for each place of the square.

    The score is the network's share for the class `label`. The square stands wherever it fits whole, its top left
    pixel at row 0, stride, 2 · stride, … and the same for columns; one square at a time.
    By hand: the whole picture has the score 0.9. With its upper left square covered, the score is 0.2, so
    the map begins with 0.9 - 0.2 = 0.7. If covering raises the score, the drop is negative.

    Args:
        predict: a function from pictures of shape (batch, height, width, channels) to scores of shape
            (batch, classes).
        image: float array of shape (height, width, channels). It must not be changed.
        label: which class.
        size: side of the square in pixels.
        stride: pixels from one place to the next.
        fill: what to cover with: a number, or one number for each channel.

    Returns:
        float array of shape (places down, places across).
    """
    rows = range(0, image.shape[0] - size + 1, stride)
    columns = range(0, image.shape[1] - size + 1, stride)
    covered = []
    for row in rows:
        for column in columns:
            copy = image.copy()
            copy[row : row + size, column : column + size] = fill
            covered.append(copy)
    score = predict(image[np.newaxis])[0, label]
    scores_covered = predict(np.stack(covered))[:, label]
    return (score - scores_covered).reshape(len(rows), len(columns))


# %% Task 3.5 · The data curve (4 points)
# Four decisions make this curve trustworthy.
#
# - It is measured on pictures that were **held out**. On its own training pictures every network looks
#   brilliant, and with few pictures most of all.
# - The choices are **nested**: the 8 pictures contain the 4. Otherwise a lucky choice of 4 can beat an
#   unlucky choice of 8, and the curve shows luck.
# - Each class has the **same number**. Four pictures drawn at random are all bunnies one time in eight.
# - It is **averaged over seeds**, with new choices for each, and the lowest and highest are kept, because
#   with few pictures it matters a great deal which ones they are.
#
# One shuffle per class and seed gives all of it: the first n of a shuffled list are a random choice of n,
# and they are contained in the first 2n.
def data_curve(train_and_score, pool: tuple, held_out: tuple, sizes: list[int], seeds: list[int]) -> tuple:
    """Held-out accuracy for each number of training pictures: mean, lowest and highest over several seeds.

    For every seed, choose `size` pictures of each class at random, the smaller choices contained in the
    larger ones, train on them, and score on all held-out pictures. Another seed chooses other pictures.
    By hand: two classes, sizes [2, 4] and seeds [0, 1, 2] make six trainings, three on 4 pictures and three
    on 8. If those on 4 pictures score 0.5, 0.6 and 0.7, the mean begins with 0.6, the lowest with 0.5 and
    the highest with 0.7.

    Args:
        train_and_score: trains a fresh network and returns its accuracy as one number. Call it as
            train_and_score(train_images, train_labels, test_images, test_labels, seed), with arrays.
        pool: (images, labels) to choose training pictures from: arrays that begin with the same axis.
        held_out: (images, labels) to score on.
        sizes: how many pictures of each class, from few to many.
        seeds: whole numbers; each is one repetition, and is also handed to `train_and_score`.

    Returns:
        (mean, lowest, highest): float arrays of shape (sizes,).
    """
    images, labels = pool
    scores = np.zeros((len(seeds), len(sizes)))
    for repetition, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        shuffled = [rng.permutation(np.flatnonzero(labels == each)) for each in np.unique(labels)]
        for number, size in enumerate(sizes):
            chosen = np.concatenate([places[:size] for places in shuffled])
            scores[repetition, number] = train_and_score(images[chosen], labels[chosen], *held_out, seed)
    return scores.mean(axis=0), scores.min(axis=0), scores.max(axis=0)


# %% Task 3.6 · How many pictures are needed? (3 points)
# Accuracy usually gains a similar step each time the number of pictures *doubles*, which is why the data
# curve is drawn over doublings: 10, 20, 40, 80 at equal distances. On that axis neighbouring points are
# joined by straight lines, and the answer is where the line first meets the target. Halfway between 10
# and 40 is then 20, because 10 → 20 and 20 → 40 are one doubling each.
#
# `log2` counts doublings, and `2 ** …` turns them back into pictures. Any other logarithm does as well.
#
# The curve is searched from the left, pair by pair. `np.interp(target, accuracies, sizes)` would be
# shorter, but it needs accuracies that only ever rise, and measured ones do not.
#
# If the target is never reached, nothing is invented. A curve says nothing beyond its last point, and
# many a project has been planned with a ruler laid on its last two.
def images_needed(sizes, accuracies, target: float) -> float | None:
    """The number of training pictures at which a data curve first reaches an accuracy.

    Between two measured points the curve is a straight line over *doublings*, that is, over the logarithm of the
    number of pictures.
    By hand: 0.6 with 10 pictures and 0.8 with 40. The target 0.7 lies halfway up; 10 to 40 is two doublings,
    half of that is one, so the answer is 20.0.

    Args:
        sizes: numbers of pictures, rising.
        accuracies: the accuracy for each; they may fall in places.
        target: the accuracy wanted.

    Returns:
        The number of pictures, not rounded. The first size, if it reaches the target already. None, if no
        measured accuracy reaches it.
    """
    if accuracies[0] >= target:
        return float(sizes[0])
    for place in range(1, len(sizes)):
        below, above = accuracies[place - 1], accuracies[place]
        if above >= target:
            share = (target - below) / (above - below)
            low, high = np.log2(sizes[place - 1]), np.log2(sizes[place])
            return float(2 ** (low + share * (high - low)))
    return None


# %% Task 3.7 · New pictures from old ones (4 points)
# A mirrored bunny is still a bunny, and so is one that sits a little further left. Whoever knows that can
# show the network each picture in a hundred variations for the price of one. This is the place where our
# knowledge of the world enters: we decide what must not matter.
#
# So each variation is a promise, and some promises would be false. Upside down, no animal sits on the
# ground. With its colours turned, a brown bunny is another bunny.
#
# Keras's random layers are told whether it is training: `fit` says yes, `predict` and `evaluate` say no, and then they do
# nothing. That is right, for at prediction we want the answer to the picture that was asked about. Only who calls
# the pipeline by hand has to say it, as these layers vary unless they hear `training=False`.
#
# `fill_mode` decides what comes in at the border when a picture is moved. `"constant"`, zeros, would put a
# black bar there, which no photograph has and which a network may well notice. `"nearest"` repeats the
# outermost pixels; mirroring with `"reflect"` is as good.
def augmentation(image_shape: tuple[int, int, int], shift: float = 0.1):
    """A pipeline that varies pictures at random in training, and leaves them alone at prediction.

    In training each picture of a batch is, on its own, mirrored left to right or not (one time in two), and moved
    by up to `shift` of its height up or down and up to `shift` of its width left or right. What comes in
    at the border continues the picture; there is no black bar. Colours stay as they are, and nothing is
    turned upside down.
    By hand: with shift 0.1, a bunny in the middle of a picture of 40 × 40 pixels ends up to 4 pixels higher,
    lower, further left or right, and in about half of the copies looks the other way.

    Args:
        image_shape: (height, width, channels) of one picture.
        shift: the largest move, as a share of height and width.

    Returns:
        keras.Model from float pictures with values in [0, 1] to pictures of the same shape and range.
        `model(pictures, training=True)` varies them; `model(pictures, training=False)` and `model.predict(pictures)`
        give them back unchanged.
    """
    import keras  # here and not at the top: it takes seconds, and most tasks do without

    # Your turn
    return keras.Sequential([
        keras.Input(image_shape),
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(shift, shift, fill_mode="nearest"),
    ])
