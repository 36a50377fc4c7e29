"""Named wrong answers of lesson 4: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions and constants
can be used.
"""

import numpy as np

# Task 4.1


def three_way_split__not_shuffled(n, validation, test, seed):
    """The examples were dealt out in their order.

    Data often lie sorted: by class, by day, by writer. Then the last part of the row is another kind of data
    than the first. Mix the numbers before you cut.
    """
    for_test, for_validation = round(test * n), round(validation * n)
    order = np.arange(n)
    return order[: n - for_validation - for_test], order[n - for_validation - for_test : n - for_test], order[n - for_test :]


def three_way_split__counted_from_the_end(n, validation, test, seed):
    """The parts were cut by counting from the end, and a part of size 0 took everything.

    order[-k:] holds the last k examples, but -0 is 0, and order[0:] is all of them. Count from the front: the cuts are then
    right for every k.
    """
    if validation + test >= 1:
        raise ValueError
    order = np.random.default_rng(seed).permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[: n - for_validation - for_test], order[-for_validation - for_test : -for_test], order[-for_test:]


def three_way_split__drawn_with_replacement(n, validation, test, seed):
    """The examples were drawn with replacement: each draw may repeat an earlier one.

    rng.integers and rng.choice put every number back before they draw again. Dealing out is like dealing cards:
    what one part holds, nobody else can get.
    """
    rng = np.random.default_rng(seed)
    for_validation, for_test = round(validation * n), round(test * n)
    return rng.choice(n, n - for_validation - for_test), rng.choice(n, for_validation), rng.choice(n, for_test)


def three_way_split__drawn_three_times(n, validation, test, seed):
    """The parts were drawn independently, so they share examples.

    Each draw is clean in itself, but none knows of the others. Mix once, and cut the one row in two places.
    """
    rng = np.random.default_rng(seed)
    for_validation, for_test = round(validation * n), round(test * n)
    training = rng.permutation(n)[: n - for_validation - for_test]
    return training, rng.permutation(n)[:for_validation], rng.permutation(n)[:for_test]


def three_way_split__rounding_loses_examples(n, validation, test, seed):
    """Three sizes were rounded, and examples fell through the gaps.

    If each size is rounded for itself, they need not add up to n. Round two of them, and give the rest to
    training.
    """
    order = np.random.default_rng(seed).permutation(n)
    for_training, for_validation, for_test = int((1 - validation - test) * n), int(validation * n), int(test * n)
    return (order[:for_training], order[for_training : for_training + for_validation],
            order[for_training + for_validation : for_training + for_validation + for_test])


def three_way_split__share_of_what_is_left(n, validation, test, seed):
    """The test's share was taken of what validation had left over.

    This happens with two splits in a row: 25 % of the remaining 75 % are less than 25 % of everything. Both
    shares are shares of n.
    """
    order = np.random.default_rng(seed).permutation(n)
    for_validation = round(validation * n)
    rest = order[for_validation:]
    for_test = round(test * len(rest))
    return rest[for_test:], order[:for_validation], rest[:for_test]


def three_way_split__parts_in_another_order(n, validation, test, seed):
    """Validation and test have changed places.

    The three parts come in the order training, validation, test. Which is which cannot be seen from the numbers
    in them.
    """
    order = np.random.default_rng(seed).permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_test], order[for_test : for_test + for_validation]


def three_way_split__seed_ignored(n, validation, test, seed):
    """The seed was not used: each call gives another split.

    A split that cannot be repeated cannot be checked. Worse, after a restart yesterday's test examples are in
    the training part. Hand the seed to the generator.
    """
    order = np.random.default_rng().permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_validation], order[for_validation : for_validation + for_test]


def three_way_split__same_luck_for_every_seed(n, validation, test, seed):
    """Every seed gives the same split.

    A number is written where the seed belongs. To see how much a result depends on luck, one needs several
    splits, and they must differ.
    """
    order = np.random.default_rng(42).permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_validation], order[for_validation : for_validation + for_test]


def three_way_split__shared_random_numbers(n, validation, test, seed):
    """np.random.seed was called, which sets the random numbers of the whole program.

    The split is right, but everything random that comes after it now follows from this seed. Make a generator
    that belongs to you alone: np.random.default_rng(seed).
    """
    np.random.seed(seed)
    order = np.random.permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_validation], order[for_validation : for_validation + for_test]


def three_way_split__nothing_refused(n, validation, test, seed):
    """Shares that leave nothing for training were accepted.

    An empty training part would be noticed much later, with an error far from its cause. Check first, and raise
    a ValueError that says what is wrong.
    """
    order = np.random.default_rng(seed).permutation(n)
    for_validation, for_test = round(validation * n), round(test * n)
    return order[for_validation + for_test :], order[:for_validation], order[for_validation : for_validation + for_test]


# Task 4.2


def stratified_split__labels_ignored(labels, fraction, seed):
    """This is a plain random split: the labels were not used.

    It keeps the shares of the classes on average only. Split each class for itself, and put the pieces
    together.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    count = round(fraction * len(labels))
    return order[count:], order[:count]


def stratified_split__same_number_from_each_class(labels, fraction, seed):
    """The same number of examples was held out of every class.

    That makes the held-out part balanced, which is something else. Stratified means the same *share* of each
    class, so that both sides look like the whole.
    """
    rng = np.random.default_rng(seed)
    names = np.unique(labels)
    count = round(fraction * len(labels) / len(names))
    held_out = rng.permutation(np.concatenate([rng.permutation(np.flatnonzero(labels == name))[:count] for name in names]))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__rare_class_lost(labels, fraction, seed):
    """Of a rare class, rounding leaves nothing on one side.

    10 % of 4 examples is 0.4, and rounded that is none. A class with two or more examples needs at least one on
    each side.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        held_out.append(members[: round(fraction * len(members))])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__training_left_without(labels, fraction, seed):
    """Each class has an example in the held-out part, but some have none in training.

    What has never been seen in training cannot be learned. There is a limit on both sides: at least one held
    out, and at least one kept, and a class's only example stays in training.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        held_out.append(members[: max(1, round(fraction * len(members)))])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__places_within_the_class(labels, fraction, seed):
    """The numbers are places within the class, not numbers of examples.

    The third of the sevens is not example 3. np.flatnonzero(labels == name) gives the numbers of a class's
    examples; choose among those.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for name in np.unique(labels):
        size = np.sum(labels == name)
        count = min(max(round(fraction * size), 1), size - 1)
        held_out.append(rng.permutation(size)[:count])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__classes_counted_from_zero(labels, fraction, seed):
    """Classes with a negative number were passed over.

    The loop counts from 0 to the largest label. Labels may be any whole numbers: np.unique(labels) says which
    there are.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for name in range(labels.max() + 1):
        members = rng.permutation(np.flatnonzero(labels == name))
        held_out.append(members[: max(0, min(max(round(fraction * len(members)), 1), len(members) - 1))])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__class_after_class(labels, fraction, seed):
    """The classes come one after the other.

    A network that trains in this order sees only one class for a long time, and unlearns the one before.
    Shuffle both sides at the end, after the pieces have been put together.
    """
    rng = np.random.default_rng(seed)
    training, held_out = [], []
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        count = min(max(round(fraction * len(members)), 1), len(members) - 1)
        held_out.append(members[:count])
        training.append(members[count:])
    return np.concatenate(training), np.concatenate(held_out)


def stratified_split__seed_ignored(labels, fraction, seed):
    """The seed was not used: each call gives another split.

    A split that cannot be repeated cannot be checked. Hand the seed to the generator.
    """
    rng = np.random.default_rng()
    held_out = []
    for name in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == name))
        held_out.append(members[: min(max(round(fraction * len(members)), 1), len(members) - 1)])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


def stratified_split__same_luck_for_every_seed(labels, fraction, seed):
    """Every seed holds out the same examples.

    Either a fixed number is written where the seed belongs, or the first examples of each class are taken and
    only the result is shuffled. Luck must decide *which* examples are held out.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        held_out.append(members[: min(max(round(fraction * len(members)), 1), len(members) - 1)])
    held_out = rng.permutation(np.concatenate(held_out))
    return rng.permutation(np.setdiff1d(np.arange(len(labels)), held_out)), held_out


# Task 4.3


def group_split__groups_ignored(groups, fraction, seed):
    """The examples were dealt out one by one, so most groups are on both sides.

    What must stay together is the group. Draw among the groups, and let each example follow its own.
    """
    order = np.random.default_rng(seed).permutation(len(groups))
    count = round(fraction * len(groups))
    return order[count:], order[:count]


def group_split__cut_through_a_group(groups, fraction, seed):
    """The cut goes through the middle of a group.

    The examples were ordered by group and then cut after a number of *examples*. The border of a group is
    hardly ever just there. Count groups instead.
    """
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    order = np.concatenate([np.flatnonzero(groups == name) for name in names])
    count = round(fraction * len(groups))
    return order[count:], order[:count]


def group_split__one_example_per_group(groups, fraction, seed):
    """Only one example of each group is left.

    np.unique(groups, return_index=True) gives the first example of each group. Every example belongs to a side:
    ask of each whether its group was chosen.
    """
    names, first = np.unique(groups, return_index=True)
    count = min(max(round(fraction * len(names)), 1), len(names) - 1)
    if len(names) < 2:
        raise ValueError("one group only")
    order = np.random.default_rng(seed).permutation(first)
    return order[count:], order[:count]


def group_split__places_taken_for_names(groups, fraction, seed):
    """The drawn numbers are places in the list of groups, and were taken for the groups' own numbers.

    With groups called 0, 1, 2, … both are the same, and nobody notices. Draw among the names themselves.
    """
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("one group only")
    count = min(max(round(fraction * len(names)), 1), len(names) - 1)
    outside = np.isin(groups, np.random.default_rng(seed).permutation(len(names))[:count])
    return np.flatnonzero(~outside), np.flatnonzero(outside)


def group_split__one_side_empty(groups, fraction, seed):
    """With few groups, rounding leaves one side empty.

    10 % of four groups is 0.4, and rounded that is none. At least one group is held out, and at least one
    stays.
    """
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("one group only")
    chosen = np.random.default_rng(seed).permutation(names)[: round(fraction * len(names))]
    outside = np.isin(groups, chosen)
    return np.flatnonzero(~outside), np.flatnonzero(outside)


def group_split__fraction_of_the_examples(groups, fraction, seed):
    """Groups were held out until the fraction of the *examples* was reached.

    That is a sensible thing to do, but another one: here the fraction counts groups, whatever their size. With
    one large group among small ones, the two differ a lot.
    """
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    if len(names) < 2:
        raise ValueError("one group only")
    chosen = []
    for name in names[:-1]:
        if np.isin(groups, chosen).sum() < fraction * len(groups):
            chosen.append(name)
    outside = np.isin(groups, chosen)
    return np.flatnonzero(~outside), np.flatnonzero(outside)


def group_split__groups_returned(groups, fraction, seed):
    """The answer holds the groups themselves, not the places of their examples.

    The caller wants to write images[training]. Ask of each example whether its group was chosen, and return the
    places where it was and where it was not: np.flatnonzero(…).
    """
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    if len(names) < 2:
        raise ValueError("one group only")
    count = min(max(round(fraction * len(names)), 1), len(names) - 1)
    return names[count:], names[:count]


def group_split__groups_drawn_twice(groups, fraction, seed):
    """A group can be drawn twice, and then fewer of them are held out than there should be.

    rng.choice puts each group back before the next is drawn, unless you say replace=False. A permutation that is
    cut has each group once.
    """
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("one group only")
    count = min(max(round(fraction * len(names)), 1), len(names) - 1)
    outside = np.isin(groups, np.random.default_rng(seed).choice(names, size=count))
    return np.flatnonzero(~outside), np.flatnonzero(outside)


def group_split__single_group_accepted(groups, fraction, seed):
    """A single group was split, or all of it put on one side.

    With fewer than two groups there is nothing to hold out. Raise a ValueError that says so.
    """
    names = np.unique(groups)
    count = max(min(round(fraction * len(names)), len(names) - 1), 1)
    chosen = np.random.default_rng(seed).permutation(names)[:count]
    outside = np.isin(groups, chosen)
    return np.flatnonzero(~outside), np.flatnonzero(outside)


def group_split__seed_ignored(groups, fraction, seed):
    """The seed was not used: each call gives another split.

    A split that cannot be repeated cannot be checked. Hand the seed to the generator.
    """
    return group_split(groups, fraction, np.random.default_rng().integers(10**9))


def group_split__same_luck_for_every_seed(groups, fraction, seed):
    """Every seed holds out the same groups.

    The first groups of a sorted list are no random choice, and a fixed number in place of the seed is none
    either.
    """
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("one group only")
    chosen = names[: min(max(round(fraction * len(names)), 1), len(names) - 1)]
    outside = np.isin(groups, chosen)
    return np.flatnonzero(~outside), np.flatnonzero(outside)


# Task 4.4


def leaked_pairs__exact_copies_only(train_images, test_images, tolerance):
    """Only exact copies were found.

    A picture that was saved again differs by a grey level here and there. Measure a distance, and compare it
    with the tolerance.
    """
    pairs = [(i, j) for i, one in enumerate(train_images) for j, other in enumerate(test_images) if np.array_equal(one, other)]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def leaked_pairs__within_training(train_images, test_images, tolerance):
    """The training pictures were compared with each other.

    Copies within one side are a nuisance and no leak. What counts is a training picture and a *test* picture.
    """
    pictures = train_images.reshape(len(train_images), -1).astype(float)
    distances = np.sqrt(np.mean((pictures[:, None] - pictures[None]) ** 2, axis=-1))
    return np.argwhere(np.triu(distances <= tolerance, k=1))


def leaked_pairs__both_sides_in_one_heap(train_images, test_images, tolerance):
    """Both sides were put on one heap and compared there.

    This also finds copies within one side, and the numbers no longer say which side a picture is on. Compare
    each training picture with each test picture, and nothing else.
    """
    pictures = np.concatenate([train_images, test_images]).astype(float).reshape(len(train_images) + len(test_images), -1)
    distances = np.sqrt(np.mean((pictures[:, None] - pictures[None]) ** 2, axis=-1))
    return np.argwhere(np.triu(distances <= tolerance, k=1))


def leaked_pairs__no_root(train_images, test_images, tolerance):
    """The mean square was compared with the tolerance, without the root.

    A mean of squares is measured in squared grey levels: a distance of 5 counts as 25. Take the root first.
    """
    pairs = [(i, j) for i, one in enumerate(train_images.astype(float)) for j, other in enumerate(test_images.astype(float))
             if np.mean((one - other) ** 2) <= tolerance]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def leaked_pairs__mean_absolute_difference(train_images, test_images, tolerance):
    """The mean of the absolute differences was taken.

    That is a distance too, but a more lenient one: a few large differences hardly count. The task's is the root
    of the mean *square*.
    """
    pairs = [(i, j) for i, one in enumerate(train_images.astype(float)) for j, other in enumerate(test_images.astype(float))
             if np.mean(np.abs(one - other)) <= tolerance]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def leaked_pairs__sum_instead_of_mean(train_images, test_images, tolerance):
    """The squares were added up and not averaged.

    np.linalg.norm does this. The distance then grows with the number of pixels, and the same tolerance means
    something else for every size of picture.
    """
    train = train_images.reshape(len(train_images), -1).astype(float)
    test = test_images.reshape(len(test_images), -1).astype(float)
    return np.argwhere(np.linalg.norm(train[:, None] - test[None], axis=-1) <= tolerance)


def leaked_pairs__calculated_in_uint8(train_images, test_images, tolerance):
    """The differences were squared in uint8, where 16 · 16 is 0.

    Whole numbers of kind uint8 start again at 0 after 255, so pictures that differ a lot can seem alike. Turn
    them into floats before you subtract.
    """
    train, test = train_images.reshape(len(train_images), -1), test_images.reshape(len(test_images), -1)
    distances = np.sqrt(np.mean((train[:, None] - test[None]) ** 2, axis=-1))
    return np.argwhere(distances <= tolerance)


def leaked_pairs__squared_in_int16(train_images, test_images, tolerance):
    """The differences were squared in int16, which ends at 32,767.

    A difference of 182 squared is 33,124, and comes out negative. Very different pictures can then seem alike.
    Floats have room enough.
    """
    train, test = (images.reshape(len(images), -1).astype(np.int16) for images in (train_images, test_images))
    with np.errstate(invalid="ignore"):
        distances = np.sqrt(np.mean((train[:, None] - test[None]) ** 2, axis=-1))
    return np.argwhere(distances <= tolerance)


def leaked_pairs__limit_left_out(train_images, test_images, tolerance):
    """A distance of exactly the tolerance was not counted.

    "At most" includes the limit. With a tolerance of 0, a < finds nothing at all, not even exact copies.
    """
    train, test = train_images.reshape(len(train_images), -1), test_images.reshape(len(test_images), -1)
    distances = np.sqrt(np.mean((train[:, None].astype(float) - test[None]) ** 2, axis=-1))
    return np.argwhere(distances < tolerance)


def leaked_pairs__nearest_only(train_images, test_images, tolerance):
    """Of each test picture, only the nearest training picture was looked at.

    A picture may be in the training part several times. Every pair within the tolerance is asked for.
    """
    train, test = train_images.reshape(len(train_images), -1), test_images.reshape(len(test_images), -1)
    distances = np.sqrt(np.mean((train[:, None].astype(float) - test[None]) ** 2, axis=-1))
    nearest = distances.argmin(axis=0)
    pairs = [(i, j) for j, i in enumerate(nearest) if distances[i, j] <= tolerance]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def leaked_pairs__columns_exchanged(train_images, test_images, tolerance):
    """The two columns have changed places.

    The training picture's number comes first, the test picture's second.
    """
    return leaked_pairs(train_images, test_images, tolerance)[:, ::-1].copy()


def leaked_pairs__same_place_only(train_images, test_images, tolerance):
    """Only pictures with the same number were compared, the first with the first and so on.

    zip walks along both sides in step. A copy may be anywhere, so each picture meets each of the other side.
    """
    pairs = [(i, i) for i, (one, other) in enumerate(zip(train_images.astype(float), test_images.astype(float)))
             if np.sqrt(np.mean((one - other) ** 2)) <= tolerance]
    return np.array(pairs, dtype=int).reshape(-1, 2)


def leaked_pairs__no_columns_without_leaks(train_images, test_images, tolerance):
    """Where there is no leak, the array has no columns.

    np.array([]) has the shape (0,), and pairs[:, 1] fails on it. An empty table still has two columns: shape
    (0, 2).
    """
    pairs = []
    for i, one in enumerate(train_images.astype(float)):
        for j, other in enumerate(test_images.astype(float)):
            if np.sqrt(np.mean((one - other) ** 2)) <= tolerance:
                pairs.append((i, j))
    return np.array(pairs)


# Task 4.5


def standardize__fitted_on_everything(train, *others):
    """Mean and spread were taken from all parts together.

    Then the test part has helped to prepare the training data. What is learned from data, even a mean, is
    learned from the training part alone.
    """
    everything = np.concatenate([train, *others])
    mean, spread = everything.mean(axis=0), everything.std(axis=0)
    return tuple((part - mean) / np.where(spread == 0, 1, spread) for part in (train, *others))


def standardize__each_part_by_itself(train, *others):
    """Each part was scaled with its own mean and spread.

    Then a test picture that is twice as bright as the others looks the same as before, and a single new one
    cannot be scaled at all. All parts use the numbers of the training part.
    """
    scaled = []
    for part in (train, *others):
        spread = part.std(axis=0)
        scaled.append((part - part.mean(axis=0)) / np.where(spread == 0, 1, spread))
    return tuple(scaled)


def standardize__one_mean_for_all_columns(train, *others):
    """One mean and one spread were taken for all columns together.

    Without an axis, mean and std run over everything. Each feature has its own: let them run down the rows,
    axis 0.
    """
    mean, spread = train.mean(), train.std()
    return tuple((part - mean) / (spread if spread else 1) for part in (train, *others))


def standardize__row_by_row(train, *others):
    """Each row was standardised, not each column.

    A row is one example, a column is one feature over all examples. Mean and spread belong to the features:
    axis 0.
    """
    scaled = []
    for part in (train, *others):
        spread = part.std(axis=1, keepdims=True)
        scaled.append((part - part.mean(axis=1, keepdims=True)) / np.where(spread == 0, 1, spread))
    return tuple(scaled)


def standardize__zero_divided_by_zero(train, *others):
    """A feature that is constant in training was divided by its spread, which is 0.

    0 / 0 is NaN, and one NaN is enough to spoil a whole network. Divide such a column by 1.
    """
    mean, spread = train.mean(axis=0), train.std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return tuple((part - mean) / spread for part in (train, *others))


def standardize__tiny_number_added(train, *others):
    """A tiny number was added to the spread, so that it is never 0.

    That avoids NaN, but where a constant feature is a little different in the test, the difference is divided
    by the tiny number and becomes huge. Divide by 1 there.
    """
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return tuple((part - mean) / spread for part in (train, *others))


def standardize__divided_by_the_variance(train, *others):
    """The values were divided by the variance.

    The variance is the square of the standard deviation. Divide by its root, np.std.
    """
    mean, variance = train.mean(axis=0), train.var(axis=0)
    return tuple((part - mean) / np.where(variance == 0, 1, variance) for part in (train, *others))


def standardize__only_the_mean_removed(train, *others):
    """The mean was subtracted, and nothing divided.

    Features then still differ in their spread. Divide by the standard deviation of the training part as well.
    """
    return tuple(part - train.mean(axis=0) for part in (train, *others))


def standardize__smallest_and_largest(train, *others):
    """The values were brought between 0 and 1, by the smallest and the largest one.

    That is another scaling. Standardised features have mean 0 and standard deviation 1 in the training part.
    """
    low, span = train.min(axis=0), np.ptp(train.astype(float), axis=0)
    return tuple((part - low) / np.where(span == 0, 1, span) for part in (train, *others))


def standardize__divided_by_n_minus_one(train, *others):
    """The standard deviation was taken with n − 1.

    pandas does this by default, NumPy only with ddof=1. Both are in use; here it is np.std as it is.
    """
    mean, spread = train.mean(axis=0), train.std(axis=0, ddof=1)
    return tuple((part - mean) / np.where(spread == 0, 1, spread) for part in (train, *others))


def standardize__others_left_as_they_are(train, *others):
    """Only the training part was scaled.

    A network that was trained on scaled numbers expects scaled numbers. Apply the same subtraction and division
    to every part.
    """
    spread = train.std(axis=0)
    return ((train - train.mean(axis=0)) / np.where(spread == 0, 1, spread), *others)


def standardize__changed_in_place(train, *others):
    """The arrays that were handed over have been overwritten.

    part -= mean changes the caller's array. Whoever uses it afterwards has other numbers and no warning. part -
    mean makes a new one.
    """
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread[spread == 0] = 1
    for part in (train, *others):
        part -= mean
        part /= spread
    return (train, *others)


# Task 4.6


def best_of_chance__average_of_all(models, test_size, chance=0.5, trials=1000, seed=0):
    """The average of the guessers was taken, not the best.

    On average they are as good as chance says. The question is what happens when somebody picks the best one.
    """
    right = np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models))
    return right.mean(axis=1) / test_size


def best_of_chance__worst_of_all(models, test_size, chance=0.5, trials=1000, seed=0):
    """The worst of the guessers was taken.

    That is the opposite end of luck. The winner has the largest number of right answers.
    """
    right = np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models))
    return right.min(axis=1) / test_size


def best_of_chance__best_over_the_trials(models, test_size, chance=0.5, trials=1000, seed=0):
    """The maximum was taken over the trials, not over the guessers.

    Each trial is a contest of its own with its own winner. With the shape (trials, models), the guessers are
    along axis 1.
    """
    right = np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models))
    return right.max(axis=0) / test_size


def best_of_chance__one_number(models, test_size, chance=0.5, trials=1000, seed=0):
    """One number came back, instead of one for each trial.

    The average of the winners can be taken later. How far they spread can only be seen if each trial is kept.
    """
    right = np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models))
    return float(np.mean(right.max(axis=1) / test_size))


def best_of_chance__counted_not_shared(models, test_size, chance=0.5, trials=1000, seed=0):
    """These are numbers of right answers.

    An accuracy is a share: divide by the number of questions.
    """
    return np.random.default_rng(seed).binomial(test_size, chance, size=(trials, models)).max(axis=1).astype(float)


def best_of_chance__a_single_guesser(models, test_size, chance=0.5, trials=1000, seed=0):
    """There is only one guesser in each contest.

    The number of models must change something: with more guessers, the best of them gets better.
    """
    return np.random.default_rng(seed).binomial(test_size, chance, size=trials) / test_size


def best_of_chance__always_a_coin(models, test_size, chance=0.5, trials=1000, seed=0):
    """The guessers always toss a coin, whatever `chance` says.

    With ten classes, a guess is right one time in ten. Use the probability that is handed over.
    """
    right = np.random.default_rng(seed).binomial(test_size, 0.5, size=(trials, models))
    return right.max(axis=1) / test_size


def best_of_chance__one_contest_repeated(models, test_size, chance=0.5, trials=1000, seed=0):
    """One contest was held, and its result repeated for every trial.

    The trials are there to show how much the winner's luck varies. Each one needs new guesses.
    """
    best = np.random.default_rng(seed).binomial(test_size, chance, size=models).max() / test_size
    return np.full(trials, best)


def best_of_chance__any_guesser_counts(models, test_size, chance=0.5, trials=1000, seed=0):
    """A question counts as right as soon as one of the guessers has it.

    That pools what all of them know. The best guesser is one and the same for all questions: count each one's right answers
    first, and take the largest count then.
    """
    right = np.random.default_rng(seed).random((trials, models, test_size)) < chance
    return right.any(axis=1).mean(axis=1)


def best_of_chance__seed_ignored(models, test_size, chance=0.5, trials=1000, seed=0):
    """The seed was not used: each call gives other contests.

    Hand the seed to the generator, so that a result can be repeated.
    """
    return np.random.default_rng().binomial(test_size, chance, size=(trials, models)).max(axis=1) / test_size


def best_of_chance__same_luck_for_every_seed(models, test_size, chance=0.5, trials=1000, seed=0):
    """Every seed gives the same contests.

    A number is written where the seed belongs.
    """
    return np.random.default_rng(0).binomial(test_size, chance, size=(trials, models)).max(axis=1) / test_size


# Task 4.7


def choose_model__chosen_on_the_test(candidates, score):
    """The test part chose the model.

    Then it is practice, and its score is the winner's lucky one. Choose by the validation scores; the test is
    opened afterwards.
    """
    scores = [score(candidate, "test") for candidate in candidates]
    best = int(np.argmax(scores))
    return candidates[best], scores[best]


def choose_model__validation_reported(candidates, score):
    """The validation score was reported.

    It is the number that made the winner win, so it flatters. Report what the chosen model scores on the test
    part.
    """
    scores = [score(candidate, "validation") for candidate in candidates]
    best = int(np.argmax(scores))
    return candidates[best], scores[best]


def choose_model__every_test_opened(candidates, score):
    """All candidates were measured on the test part.

    The answer is right, this time. But the numbers are there now, and sooner or later somebody compares them.
    Open the test for the chosen one only.
    """
    results = [(score(candidate, "validation"), score(candidate, "test")) for candidate in candidates]
    best = int(np.argmax([on_validation for on_validation, _ in results]))
    return candidates[best], results[best][1]


def choose_model__average_of_both(candidates, score):
    """Validation and test chose together.

    As soon as the test part has any say in the choice, it is no test any more. Only the validation scores
    decide.
    """
    results = [(score(candidate, "validation"), score(candidate, "test")) for candidate in candidates]
    best = int(np.argmax([sum(result) for result in results]))
    return candidates[best], results[best][1]


def choose_model__test_opened_twice(candidates, score):
    """The test part was opened twice.

    Perhaps once to look and once to report. Call it once and keep the result in a variable.
    """
    scores = [score(candidate, "validation") for candidate in candidates]
    chosen = candidates[scores.index(max(scores))]
    score(chosen, "test")
    return chosen, score(chosen, "test")


def choose_model__place_instead_of_candidate(candidates, score):
    """The chosen candidate's place in the list came back.

    argmax and index give a place. What is asked for is the candidate itself: candidates[place].
    """
    scores = [score(candidate, "validation") for candidate in candidates]
    best = int(np.argmax(scores))
    return best, score(candidates[best], "test")


def choose_model__lowest_score(candidates, score):
    """The candidate with the lowest score was chosen.

    That is right for losses. Here a higher score is better.
    """
    scores = [score(candidate, "validation") for candidate in candidates]
    chosen = candidates[scores.index(min(scores))]
    return chosen, score(chosen, "test")


def choose_model__best_begins_at_zero(candidates, score):
    """The best score so far begins at 0, so negative scores never win.

    Begin with the first candidate's score, or with minus infinity.
    """
    best, chosen = 0, None
    for candidate in candidates:
        value = score(candidate, "validation")
        if value > best:
            best, chosen = value, candidate
    if chosen is None:
        return None, None
    return chosen, score(chosen, "test")


def choose_model__last_of_several(candidates, score):
    """Of several equally good candidates, the last one was chosen.

    The task asks for the first of them. A >= in a loop, or sorting and taking the end, gives the last.
    """
    best, chosen = float("-inf"), None
    for candidate in candidates:
        value = score(candidate, "validation")
        if value >= best:
            best, chosen = value, candidate
    return chosen, score(chosen, "test")


def choose_model__score_first(candidates, score):
    """Score and candidate have changed places.

    The chosen candidate comes first, its test score second.
    """
    chosen = max(candidates, key=lambda candidate: score(candidate, "validation"))
    return score(chosen, "test"), chosen


# Task 4.8


def tfds_slices__no_percent_sign(validation, test, split="train"):
    """The percent signs are missing, so TFDS counts examples.

    "train[:70]" is valid: it means the first 70 examples, and nobody warns you. A share is written with %.
    """
    first, second = 100 - validation - test, 100 - test
    return f"{split}[:{first}]", f"{split}[{first}:{second}]", f"{split}[{second}:]"


def tfds_slices__all_from_the_start(validation, test, split="train"):
    """All three slices begin at the start of the file.

    Then the test examples are training examples as well. Each slice begins where the one before it ends.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    return f"{split}[:{100 - validation - test}%]", f"{split}[:{validation}%]", f"{split}[:{test}%]"


def tfds_slices__sizes_taken_for_ends(validation, test, split="train"):
    """The sizes of the parts were written where their ends belong.

    In "train[70%:90%]" both numbers are places in the file: it goes from 70 % to 90 %, which is 20 %. Add the
    sizes up to get the places.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    first = 100 - validation - test
    return f"{split}[:{first}%]", f"{split}[{first}%:{validation}%]", f"{split}[{validation}%:{test}%]"


def tfds_slices__one_percent_lost_at_each_cut(validation, test, split="train"):
    """One percent is lost at each cut.

    As in Python, the end of a slice is not part of it. The next one begins with the same number, not with one
    more.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    first, second = 100 - validation - test, 100 - test
    return f"{split}[:{first}%]", f"{split}[{first + 1}%:{second}%]", f"{split}[{second + 1}%:]"


def tfds_slices__test_before_validation(validation, test, split="train"):
    """Validation and test have changed places, or sizes.

    The order in the file is training, validation, test, and so is the order of the three strings.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    first, second = 100 - validation - test, 100 - validation
    return f"{split}[:{first}%]", f"{split}[{first}%:{second}%]", f"{split}[{second}%:]"


def tfds_slices__other_splits_named(validation, test, split="train"):
    """The slices name splits that are called validation and test.

    Many data sets have no such splits, and they would hold other examples. All three are cut out of the one
    split that was given.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    return f"{split}[:{100 - validation - test}%]", f"validation[:{validation}%]", f"test[:{test}%]"


def tfds_slices__always_train(validation, test, split="train"):
    """The argument `split` is not used.

    "train" is only its default. The name in front of the brackets is the one that was given.
    """
    if validation + test >= 100:
        raise ValueError("nothing left")
    first, second = 100 - validation - test, 100 - test
    return f"train[:{first}%]", f"train[{first}%:{second}%]", f"train[{second}%:]"


def tfds_slices__nothing_refused(validation, test, split="train"):
    """Percentages that leave nothing for training were accepted.

    TFDS would hand over an empty training set, or complain about a slice that runs backwards. Check first, and
    raise a ValueError.
    """
    first, second = 100 - validation - test, 100 - test
    return f"{split}[:{first}%]", f"{split}[{first}%:{second}%]", f"{split}[{second}%:]"
