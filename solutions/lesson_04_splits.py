"""Lesson 4 · Splitting the data

Why would a teacher not set the exam from the answered practice questions?

Minutes: 120
Before: Lesson 1, for arrays of pictures. Lessons 2 and 3 are not needed.
"""

import numpy as np


# %% Task 4.1 · Practice, trial and exam (3 points)
# Shuffle the *numbers* 0 to n − 1 once, then cut the shuffled row in two places. With one row and
# two cuts, no number can land in two parts, and none can get lost: what is disjoint and complete
# by construction needs no checking afterwards. Drawing three times would need it.
#
# Only two of the sizes are rounded. If all three were, 10 % + 10 % + 80 % of 15 examples would be
# 2 + 2 + 12 = 16. So training simply gets the rest.
#
# `np.random.default_rng(seed)` makes a generator of your own. `np.random.seed(seed)` would set the
# one that the whole program shares: every later "random" number anywhere would then follow from
# your split, and nobody would see why.
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
    if validation + test >= 1:
        raise ValueError(f"validation {validation} and test {test} leave nothing for training")
    order = np.random.default_rng(seed).permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_validation], order[for_validation : for_validation + for_test]


# %% Task 4.2 · The rare class (3 points)
# A random split keeps the shares of the classes *on average*. With 500 examples of a class that is
# as good as exact, with 4 it is a matter of luck. So each class is split for itself, and the
# pieces are put together: luck decides which examples go where, and no longer how many.
#
# Rounding alone would put 10 % of 4 examples, that is none, into the held-out part. `np.clip` keeps
# at least one on each side. (For a class with one example the limits cross, and NumPy's clip then takes
# the upper one: 0 held out, so it stays in training.)
#
# The last shuffle matters. Without it the examples come class after class, and a network that
# trains on them in this order sees nothing but sevens for a while, and forgets the sixes.
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
    rng = np.random.default_rng(seed)
    held_out = []
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        count = np.clip(round(fraction * len(members)), 1, len(members) - 1)
        held_out.append(members[:count])
    held_out = rng.permutation(np.concatenate(held_out))
    training = rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out))
    return training, held_out


# %% Task 4.3 · Nobody on both sides (3 points)
# What is drawn at random is the *group*, and its examples follow. `np.isin` asks of every example
# whether its group is among the chosen ones; that gives a mask, and the mask and its opposite are the
# two sides. Again nothing can get lost, because every example answers yes or no.
#
# The price: groups differ in size, so the held-out part is only roughly `fraction` of the examples.
# That is a fair price. An exact share with a divided group would measure the wrong thing precisely.
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
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("one group cannot be on two sides")
    count = np.clip(round(fraction * len(names)), 1, len(names) - 1)
    chosen = np.random.default_rng(seed).permutation(names)[:count]
    outside = np.isin(groups, chosen)
    return np.flatnonzero(~outside), np.flatnonzero(outside)


# %% Task 4.4 · Find the leak (3 points)
# Every training picture is compared with every test picture. One test picture is subtracted from all
# training pictures at once, and the root of the mean square over the pixels gives one column of a table of
# distances: rows are training pictures, columns are test pictures. `np.argwhere` lists the places in the
# table where a condition holds, as rows of (training, test).
#
# None of this may happen in `uint8`, where 10 − 12 is 254 and 16 · 16 is 0: differences would be cut down to
# whatever is left after 256, and pictures that have nothing in common would pass for copies.
#
# The table is fine for some thousand pictures. For millions people compare short fingerprints of the
# pictures instead, and look closely only where these agree.
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
    train = train_images.reshape(len(train_images), -1).astype(float)
    test = test_images.reshape(len(test_images), -1).astype(float)
    distances = [np.sqrt(np.mean((train - one) ** 2, axis=1)) for one in test]
    return np.argwhere(np.stack(distances, axis=1) <= tolerance)


# %% Task 4.5 · Scale without looking (3 points)
# Mean and spread are learned from data, just like weights, so they belong to training. At the exam
# they are already fixed. A useful way to check any preprocessing: could I do this to one single new
# picture that arrives tomorrow? With the statistics of the training part, yes.
#
# The other parts will not come out with mean 0 and spread 1 exactly. That is right so: if test data
# differ from the training data, the difference must stay visible.
#
# A feature that never changes in training has the spread 0. A division by 1 leaves it at 0 instead
# of 0 / 0, which is NaN.
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
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread == 0, 1, spread)
    return tuple((part - mean) / spread for part in (train, *others))


# %% Task 4.6 · The best of many guessers (3 points)
# How many of `test_size` questions a guesser gets right follows a binomial distribution, so one call of
# `rng.binomial` sets exams for all guessers of all trials. The maximum runs along the guessers (axis 1)
# and not along the trials: each trial is one contest with one winner.
#
# Each single guesser is right half of the time on average. The *winner* is not, because it was chosen for
# being lucky on just these questions. Nothing in it is better, and at the next exam its luck is gone.
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
    right_answers = np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models))
    return right_answers.max(axis=1) / test_size


# %% Task 4.7 · Open the test once (3 points)
# Choosing and reporting need different data. The best validation score is the winner's *lucky* score, as
# in the task before, so it flatters. The test part has taken no part in the choice; its one number is
# an honest one, and it stays honest only as long as nobody looks at it before the choice is made.
#
# `max` with a list of scores instead of `max(candidates, key=…)` keeps every candidate's score, so nothing
# is trained or measured twice.
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
    scores = [score(candidate, "validation") for candidate in candidates]
    chosen = candidates[scores.index(max(scores))]
    return chosen, score(chosen, "test")


# %% Task 4.8 · Let TFDS do the slicing (2 points)
# Two cuts again, this time written down for somebody else. Where one slice ends, the next one begins, with
# the same number: then TFDS rounds both to the same example, and nothing is lost or taken twice.
#
# Without the percent sign, "train[:70]" is also valid. It means the first 70 *examples*, and nothing warns you.
#
# A slice takes the examples in the order of the files. Nobody shuffles before the cut, so this is a fair split
# only if the files are in random order.
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
    if validation + test >= 100:
        raise ValueError(f"{validation} % and {test} % leave nothing for training")
    first, second = 100 - validation - test, 100 - test
    return f"{split}[:{first}%]", f"{split}[{first}%:{second}%]", f"{split}[{second}%:]"
