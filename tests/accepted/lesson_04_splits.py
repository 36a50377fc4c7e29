"""Other correct ways to solve lesson 4's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and constants can be used.
"""

import math
import random

import numpy as np

# Task 4.1


def three_way_split__python_lists(n, validation, test, seed):
    """Python's own generator, and lists of numbers.

    Rounded down.
    """
    if validation + test >= 1:
        raise ValueError("nothing left for training")
    numbers = list(range(n))
    random.Random(seed).shuffle(numbers)
    first, second = int(validation * n), int(test * n)
    return numbers[first + second :], numbers[:first], numbers[first : first + second]


def three_way_split__sorted_parts(n, validation, test, seed):
    """The old generator, as an object of its own; every part sorted; rounded up.

    A RandomState that belongs to the function touches nothing shared.
    """
    if not validation + test < 1:
        raise ValueError
    order = np.random.RandomState(seed).permutation(n).astype(np.int32)
    train, held_out, exam = np.split(order, [n - math.ceil(validation * n) - math.ceil(test * n), n - math.ceil(test * n)])
    return [np.sort(train), np.sort(held_out), np.sort(exam)]


def three_way_split__drawn_from_the_rest(n, validation, test, seed):
    """Test first, without replacement, then validation from what is left.

    The share of the rest is computed from n.
    """
    if validation + test >= 1:
        raise ValueError("nothing left for training")
    rng = np.random.default_rng(seed)
    everything = np.arange(n)
    exam = rng.choice(everything, size=round(test * n), replace=False)
    rest = np.setdiff1d(everything, exam)
    trial = rng.choice(rest, size=round(validation * n), replace=False)
    return np.setdiff1d(rest, trial), trial, exam


# Task 4.2


def stratified_split__dictionary_and_lists(labels, fraction, seed):
    """Members gathered in a dictionary, Python's generator, rounded down.

    Lists come back.
    """
    rng = random.Random(seed)
    members = {}
    for place, label in enumerate(labels):
        members.setdefault(int(label), []).append(place)
    training, held_out = [], []
    for places in members.values():
        rng.shuffle(places)
        count = int(fraction * len(places))
        if len(places) > 1 and count == 0:
            count = 1
        if len(places) == 1:
            count = 0
        training += places[count:]
        held_out += places[:count]
    rng.shuffle(training)
    rng.shuffle(held_out)
    return training, held_out


def stratified_split__first_of_a_shuffled_order(labels, fraction, seed):
    """Shuffle everything, then take the first ones of each class, rounded up but one.

    The order of the shuffle is kept, so the classes are mixed.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    held_out = np.zeros(len(labels), dtype=bool)
    for name in set(labels.tolist()):
        members = order[labels[order] == name]
        held_out[members[: min(math.ceil(fraction * len(members)), len(members) - 1)]] = True
    return order[~held_out[order]], order[held_out[order]]


# Task 4.3


def group_split__list_of_names(groups, fraction, seed):
    """Python sets and lists, rounded down.

    Sorted first, because the order of a set is not fixed.
    """
    names = sorted(set(groups.tolist()))
    if len(names) < 2:
        raise ValueError("too few groups")
    chosen = set(random.Random(seed).sample(names, max(1, int(fraction * len(names)))))
    training = [place for place, group in enumerate(groups) if group not in chosen]
    return training, [place for place, group in enumerate(groups) if group in chosen]


def group_split__inverse_numbers(groups, fraction, seed):
    """Groups renumbered with np.unique, rounded up.

    A mask over the new numbers.
    """
    names, number = np.unique(groups, return_inverse=True)
    if names.size <= 1:
        raise ValueError("too few groups")
    outside = np.zeros(len(names), dtype=bool)
    count = min(math.ceil(fraction * len(names)), len(names) - 1)
    outside[np.random.default_rng(seed).choice(len(names), count, replace=False)] = True
    return np.where(~outside[number])[0], np.where(outside[number])[0]


# Task 4.4


def leaked_pairs__two_loops(train_images, test_images, tolerance):
    """Two loops.

    Slow and right, in another order of the rows.
    """
    pairs = []
    for j, other in enumerate(test_images.astype(np.float32)):
        for i, one in enumerate(train_images.astype(np.float32)):
            if np.sqrt(((one - other) ** 2).mean()) <= tolerance:
                pairs.append([i, j])
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


def leaked_pairs__whole_numbers(train_images, test_images, tolerance):
    """All at once in whole numbers that are large enough.

    The mean square is compared with the tolerance squared.
    """
    train = train_images.reshape(len(train_images), 1, -1).astype(np.int64)
    test = test_images.reshape(1, len(test_images), -1).astype(np.int64)
    return np.column_stack(np.nonzero(np.mean((train - test) ** 2, axis=2) <= tolerance**2))


# Task 4.5


def standardize__column_by_column(train, *others):
    """Column by column, with the variance written out.

    A list of new arrays.
    """
    parts = [np.array(part, dtype=float) for part in (train, *others)]
    for column in range(train.shape[1]):
        values = train[:, column].astype(float)
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((values - mean) ** 2) / len(values)) or 1.0
        for part in parts:
            part[:, column] = (part[:, column] - mean) / spread
    return parts


def standardize__inner_function(train, *others):
    """float32, with the constant columns set afterwards.

    The statistics are taken once and used by an inner function.
    """
    mean = np.mean(train, axis=0, dtype=np.float64)
    spread = np.std(train, axis=0, dtype=np.float64)
    spread[spread < 1e-12] = 1

    def scale(part):
        return ((part - mean) / spread).astype(np.float32)

    return (scale(train),) + tuple(map(scale, others))


# Task 4.6


def best_of_chance__question_by_question(models, test_size, chance=0.5, trials=1000, seed=0):
    """Every single answer is drawn.

    More numbers, the same distribution.
    """
    rng = np.random.default_rng(seed)
    best = []
    for _ in range(trials):
        right = rng.random((models, test_size)) < chance
        best.append(right.mean(axis=1).max())
    return np.array(best)


def best_of_chance__one_guesser_after_another(models, test_size, chance=0.5, trials=1000, seed=0):
    """The best so far, guesser by guesser, over all trials at once.

    float32, with the old generator as an object.
    """
    rng = np.random.RandomState(seed)
    best = np.zeros(trials, dtype=np.float32)
    for _ in range(models):
        best = np.maximum(best, rng.binomial(test_size, chance, trials) / np.float32(test_size))
    return best.astype(np.float32)


# Task 4.7


def choose_model__with_max(candidates, score):
    """max with a key, which takes the first of several.

    Keyword for the part.
    """
    chosen = max(candidates, key=lambda candidate: score(candidate, part="validation"))
    return chosen, score(chosen, part="test")


def choose_model__loop(candidates, score):
    """A loop that remembers the best, and a list at the end.

    The validation score is asked for twice, which is allowed.
    """
    chosen = candidates[0]
    for candidate in candidates[1:]:
        if score(candidate, "validation") > score(chosen, "validation"):
            chosen = candidate
    return [chosen, np.float64(score(chosen, "test"))]


# Task 4.8


def tfds_slices__negative_places(validation, test, split="train"):
    """Counted from the end, as in Python.

    TFDS understands negative percentages.
    """
    if validation + test > 99:
        raise ValueError("nothing left")
    return [f"{split}[:-{validation + test}%]", f"{split}[-{validation + test}%:-{test}%]", f"{split}[-{test}%:]"]


def tfds_slices__both_ends_written(validation, test, split="train"):
    """Both ends of every slice, with decimals.

    0% and 100% are allowed.
    """
    training = 100 - validation - test
    if training <= 0:
        raise ValueError("nothing left")
    places = [0, training, training + validation, 100]
    return tuple(split + "[" + str(float(a)) + "%:" + str(float(b)) + "%]" for a, b in zip(places, places[1:]))
