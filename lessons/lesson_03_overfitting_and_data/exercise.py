"""Lesson 3 · Overfitting, shortcuts and how much data you need

What does a network learn from four pictures of bunnies that all sit on grass?

7 tasks, 23 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course check 3       all tasks of this lesson
    course check 3.1     one task
    course hint 3.1      a question first, then a pointer, then nearly the code
    course run 3 --mine  the chapter's experiments with your functions
"""

import numpy as np

from course.data.creatures import Creature, draw_all

# %% Task 3.1 · The same animal on another ground (2 points)
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
    raise NotImplementedError("Task 3.1: The same animal on another ground")


# %% Task 3.2 · How much hangs on the ground? (2 points)
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
    raise NotImplementedError("Task 3.2: How much hangs on the ground?")


# %% Task 3.3 · A small convolutional network (4 points)
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

    raise NotImplementedError("Task 3.3: A small convolutional network")


# %% Task 3.4 · Cover a square, ask again (4 points)
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
    raise NotImplementedError("Task 3.4: Cover a square, ask again")


# %% Task 3.5 · The data curve (4 points)
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
    raise NotImplementedError("Task 3.5: The data curve")


# %% Task 3.6 · How many pictures are needed? (3 points)
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
    raise NotImplementedError("Task 3.6: How many pictures are needed?")


# %% Task 3.7 · New pictures from old ones (4 points)
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

    raise NotImplementedError("Task 3.7: New pictures from old ones")
