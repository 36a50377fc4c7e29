"""Lesson 4 · Splitting the data

Why would a teacher not set the exam from the answered practice questions?

8 tasks, 23 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course check 4       all tasks of this lesson
    course check 4.1     one task
    course hint 4.1      a question first, then a pointer, then nearly the code
    course run 4 --mine  the chapter's experiments with your functions
"""

import numpy as np


# %% Task 4.1 · Practice, trial and exam (3 points)
def three_way_split(n: int, validation: float, test: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Deal the examples 0 to n - 1 out to training, validation and test, at random.

    Each example lands in exactly one of the three. Validation gets its share of n and test gets its share
    of n, each rounded to a whole number (up or down, as you like); training gets all the others.
    By hand: n = 10, validation = 0.2 and test = 0.3 give 5, 2 and 3 examples.

    The same seed always gives the same split, and another seed gives another one. NumPy's shared random
    numbers (np.random.seed, np.random.permutation, …) stay untouched: make a generator of your own with
    np.random.default_rng(seed).

    Args:
        n: number of examples.
        validation: share of the examples for validation, from 0 to 1, such as 0.15.
        test: share of the examples for the test.
        seed: whole number.

    Returns:
        (training, validation, test): three int arrays of example numbers, each in any order.

    Raises:
        ValueError: where the two shares leave nothing for training (their sum is 1 or more).
    """
    raise NotImplementedError("Task 4.1: Practice, trial and exam")


# %% Task 4.2 · The rare class (3 points)
def stratified_split(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hold out the same share of every class, chosen at random.

    Of a class with c examples, fraction × c are held out, rounded to a whole number (up or down, as you
    like). But a class with two or more examples must be on both sides, however rare it is; the only
    example of a class stays in training.
    By hand: six 0s, three 1s and fraction = 1/3 hold out two 0s and one 1; with fraction = 0.1,
    one 0 and one 1.

    Args:
        labels: int array of shape (n,): the class of each example. Any whole numbers, in any order.
        fraction: share to hold out, greater than 0 and less than 1.
        seed: whole number; the same seed gives the same split, another seed another one.

    Returns:
        (training, held out): two int arrays of example numbers which together hold 0 to n - 1, each
        shuffled, so that the classes do not come one after the other.
    """
    raise NotImplementedError("Task 4.2: The rare class")


# %% Task 4.3 · Nobody on both sides (3 points)
def group_split(groups: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hold out whole groups, chosen at random: no group is on both sides.

    A group is what belongs together: all pictures of one animal, all pages of one writer. Of g groups,
    fraction × g are held out, rounded to a whole number (up or down, as you like), but at least one group
    is held out and at least one stays in training.
    By hand: groups = [7, 7, 2, 7, 5, 2] has the three groups 2, 5 and 7. With fraction = 1/3 one is held
    out; if that is group 2, the answer is training 0, 1, 3, 4 and held out 2, 5.

    Args:
        groups: int array of shape (n,): the group of each example. Any whole numbers, in any order.
        fraction: share of the *groups* to hold out, greater than 0 and less than 1.
        seed: whole number; the same seed gives the same split, another seed another one.

    Returns:
        (training, held out): two int arrays of example numbers, each in any order, which together hold
        0 to n - 1.

    Raises:
        ValueError: where there are fewer than two groups.
    """
    raise NotImplementedError("Task 4.3: Nobody on both sides")


# %% Task 4.4 · Find the leak (3 points)
def leaked_pairs(train_images: np.ndarray, test_images: np.ndarray, tolerance: float) -> np.ndarray:
    """Find test pictures that are in the training part as well, exactly or nearly.

    Two pictures count as nearly the same where their distance is at most `tolerance`. The distance is the
    root of the mean squared difference over all their values, in the pictures' own units (0 to 255).
    By hand: [10, 20] and [10, 26] differ by 0 and 6; the mean square is 18, so the distance is 4.24.

    Args:
        train_images: uint8 array of shape (a, height, width) or (a, height, width, 3).
        test_images: uint8 array of shape (b, …) with pictures of the same size.
        tolerance: the largest distance that counts as a leak; 0 finds exact copies only.

    Returns:
        int array of shape (pairs, 2): for every leak the number of the training picture and the number of
        the test picture, in any order of the rows. Shape (0, 2) where there is no leak.
    """
    raise NotImplementedError("Task 4.4: Find the leak")


# %% Task 4.5 · Scale without looking (3 points)
def standardize(train: np.ndarray, *others: np.ndarray) -> tuple[np.ndarray, ...]:
    """Bring each feature to mean 0 and standard deviation 1, as measured on the training part alone.

    From every column subtract the mean that this column has in `train`, and divide by the standard
    deviation that it has in `train` (np.std as it is: the mean square is taken over all rows). A column
    that is constant in `train` is divided by 1 instead of 0. The arrays handed over stay as they are.
    By hand: the training column [1, 3] has the mean 2 and the standard deviation 1 and becomes [-1, 1];
    a test column [2, 5] becomes [0, 3].

    Args:
        train: array of shape (n, features).
        others: any number of arrays of shape (…, features): validation, test, or none at all.

    Returns:
        A tuple: train, then the others in their order, all standardised, as float arrays.
    """
    raise NotImplementedError("Task 4.5: Scale without looking")


# %% Task 4.6 · The best of many guessers (3 points)
def best_of_chance(models: int, test_size: int, chance: float = 0.5, trials: int = 1000, seed: int = 0) -> np.ndarray:
    """How good does the best of several guessers look? A contest among guessers, held many times.

    In each trial all guessers answer the same number of questions. A guesser gets each question right with
    probability `chance`, independently of everything else. The winner's accuracy is written down.
    By hand: two guessers with one coin question each. Both are wrong one time in four, so the best accuracy
    is 0 in a quarter of the trials and 1 in the others: 0.75 on average, though each one is right half of
    the time.

    Args:
        models: number of guessers in each trial.
        test_size: number of questions.
        chance: probability of a right guess, such as 0.5 for two classes or 0.1 for ten.
        trials: how many contests are held.
        seed: whole number; the same seed gives the same result, another seed another one.

    Returns:
        float array of shape (trials,): the best accuracy, from 0 to 1, of each trial.
    """
    raise NotImplementedError("Task 4.6: The best of many guessers")


# %% Task 4.7 · Open the test once (3 points)
def choose_model(candidates: list, score) -> tuple:
    """Choose the best candidate on the validation part, and measure that one on the test part, once.

    The higher the score, the better; scores may be negative. Where several are best, take the first of
    them. `score` may be called with "test" exactly once, for the chosen candidate.
    By hand: candidates ["a", "b"] score 0.7 and 0.8 on validation, 0.9 and 0.6 on the test. The answer is
    ("b", 0.6), and nobody ever learns about the 0.9.

    Args:
        candidates: list of one or more candidates: names, numbers, whatever `score` takes.
        score: function to call as score(candidate, "validation") or score(candidate, "test"); returns a number.

    Returns:
        (the chosen candidate, its score on the test part).
    """
    raise NotImplementedError("Task 4.7: Open the test once")


# %% Task 4.8 · Let TFDS do the slicing (2 points)
def tfds_slices(validation: int, test: int, split: str = "train") -> tuple[str, str, str]:
    """Write the three slices of a data set for `tfds.load(name, split=…)`, from percentages.

    Training comes first in the files, then validation, then test. Whatever the number of examples, each
    example is in exactly one slice.
    By hand: tfds_slices(20, 10) is ("train[:70%]", "train[70%:90%]", "train[90%:]").

    Args:
        validation: percent for validation, a whole number from 1 to 98.
        test: percent for the test, a whole number from 1 to 98.
        split: the split of the data set that is cut up, such as "train".

    Returns:
        (training, validation, test): three strings in TFDS's notation.

    Raises:
        ValueError: where the two percentages leave nothing for training.
    """
    raise NotImplementedError("Task 4.8: Let TFDS do the slicing")
