"""Grading tests of lesson 4. Splits are random, so what is tested is what every right split has in common."""

import math
import re

import numpy as np

from course.grading.checks import Mismatch, assert_close, assert_equal, assert_raises, check, task
from course.grading.wording import value_in_words

THREE = ("training", "validation", "test")
TWO = ("training", "held out")


def _first(values: np.ndarray) -> int:
    """For a message, which is written before it is known whether it is needed."""
    return int(values[0]) if values.size else 0


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _whole(value) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _several(answer, names) -> list:
    """The answer as a list with one value for each name, or a Mismatch that says what it is instead."""
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names):
        expected = f"a tuple of {len(names)}: ({', '.join(names)})"
        check(answer is not None, "None; does every path through the function end with return?", expected)
        check(isinstance(answer, (tuple, list)), value_in_words(answer), expected)
        check(False, f"{_plural(len(answer), 'value')} in a {type(answer).__name__}", expected)
    return list(answer)


def _parts(answer, names, n: int) -> list[np.ndarray]:
    """The parts of a split as int arrays of numbers from 0 to n - 1."""
    return [_numbers(part, name, n) for part, name in zip(_several(answer, names), names, strict=True)]


def _as_array(part):
    """A list of whole numbers as an array; anything else as it is."""
    whole = isinstance(part, (list, tuple)) and all(_whole(value) for value in part)
    return np.array(part, dtype=np.int64) if whole else part


def _numbers(part, name: str, n: int) -> np.ndarray:
    expected = f"an int array of example numbers from 0 to {n - 1}"
    part = _as_array(part)
    if not isinstance(part, np.ndarray) or part.ndim != 1 or (part.dtype.kind not in "iu" and part.size):
        masked = isinstance(part, np.ndarray) and part.dtype == bool
        advice = "; np.flatnonzero turns a mask of True and False into numbers" if masked else ""
        check(False, f"as {name}: {'None' if part is None else value_in_words(part)}{advice}", expected)
    part = part.astype(np.int64)
    outside = part[(part < 0) | (part >= n)]
    check(not outside.size, f"as {name}: an array with {_first(outside)} in it", expected)
    return part


def _expect_partition(parts, names, n: int) -> None:
    """Each number from 0 to n - 1 is there, once."""
    if (np.bincount(np.concatenate(parts), minlength=n) == 1).all():
        return
    expected = f"each number from 0 to {n - 1} in exactly one part, once"
    for part, name in zip(parts, names, strict=True):
        numbers, counts = np.unique(part, return_counts=True)
        check((counts < 2).all(), f"example {numbers[counts.argmax()] if part.size else 0} twice in {name}", expected)
    for place, name in enumerate(names):
        for later in range(place + 1, len(names)):
            both = np.intersect1d(parts[place], parts[later])
            check(not both.size, f"{_plural(both.size, 'example')} both in {name} and in {names[later]}, "
                  f"such as example {_first(both)}", expected)
    missing = np.setdiff1d(np.arange(n), np.concatenate(parts))
    check(not missing.size, f"{n - missing.size} of {n} examples; example {_first(missing)} is in no part", expected)


def _same(one, other) -> bool:
    return all(np.array_equal(np.sort(a), np.sort(b)) for a, b in zip(one, other, strict=True))


def _expect_a_seed_that_counts(splits, submission, function: str, rng) -> None:
    """The same seed, the same split; other seeds, other splits. `splits` makes one for each seed of a list."""
    seeds = [int(seed) for seed in rng.choice(10**6, size=5, replace=False) + 100]
    made = splits([seeds[0], *seeds])
    first, again = next(made), next(made)
    submission.suspect(f"{function}__seed_ignored", not _same(first, again))
    check(_same(first, again), "two different splits with the same seed", "the same split whenever the seed is the same")
    others = list(made)
    submission.suspect(f"{function}__same_luck_for_every_seed", all(_same(first, other) for other in others))
    check(not any(_same(first, other) for other in others), f"the same split with the seeds {seeds[0]} and {seeds[1]}",
          "another split with another seed")


# Task 4.1


@task("4.1", points=1)
def test_each_example_is_in_exactly_one_part(submission, rng):
    shares = ((int(rng.integers(50, 90)), 0.3, 0.2), (10, 0.2, 0.3), (15, 0.1, 0.1), (37, 0.25, 0.15), (20, 0.25, 0), (20, 0, 0.25))
    calls = [(*share, int(rng.integers(1000))) for share in shares]
    for (n, validation, test), answer in zip(shares, submission.each("three_way_split", calls)):
        parts = _parts(answer, THREE, n)
        if test and validation:
            _suspect_how_it_was_dealt(submission, parts, n)
        submission.suspect("three_way_split__counted_from_the_end", not test and len(parts[2]) == n)
        _expect_partition(parts, THREE, n)


@task("4.1", points=1)
def test_validation_and_test_get_their_shares_and_training_the_rest(submission, rng):
    for n, validation, test in ((200, 0.15, 0.25), (10, 0.2, 0.3), (7, 0.2, 0.4), (1000, 0.1, 0.05)):
        parts = _parts(submission.three_way_split(n, validation=validation, test=test, seed=int(rng.integers(1000))), THREE, n)
        _suspect_how_it_was_dealt(submission, parts, n)
        sizes = [len(part) for part in parts]
        submission.suspect("three_way_split__share_of_what_is_left", abs(sizes[1] - validation * n) < 1
                           and abs(sizes[2] - test * (n - sizes[1])) < 1 <= abs(sizes[2] - test * n))
        submission.suspect("three_way_split__parts_in_another_order", n > 100 and abs(sizes[2] - validation * n) < 1
                           and abs(sizes[1] - test * n) < 1)
        for size, share, name in zip(sizes[1:], (validation, test), THREE[1:], strict=True):
            check(abs(size - share * n) < 1, f"{sizes[0]}, {sizes[1]} and {sizes[2]} examples",
                  f"{share:.0%} of {n} for {name}: {share * n:.4g}, rounded up or down")
        _expect_partition(parts, THREE, n)
    for validation, test in ((0.5, 0.5), (0.8, 0.4)):
        assert_raises("ValueError", submission.three_way_split, 20, validation, test, 1)


@task("4.1", points=1)
def test_the_seed_alone_decides_who_is_where(submission, rng):
    before = {}

    def examined(answer, seed, n):
        parts = _parts(answer, THREE, n)
        _expect_partition(parts, THREE, n)
        shared = submission.interactions[-1].shared_random
        submission.suspect("three_way_split__shared_random_numbers", shared and _same(parts, before.get(seed, parts)))
        before[seed] = parts
        return parts

    def splits(seeds, n=60):
        answers = submission.each("three_way_split", [(n, 0.25, 0.25, seed) for seed in seeds])
        return (examined(answer, seed, n) for seed, answer in zip(seeds, answers))

    _suspect_how_it_was_dealt(submission, *splits([7]), 60)
    _expect_a_seed_that_counts(splits, submission, "three_way_split", rng)
    check(not submission.interactions[-1].shared_random, "a right split, and NumPy's shared random numbers seeded or used up",
          "shared random numbers that nobody touched; np.random.default_rng(seed) makes a generator of your own")
    many = list(splits([int(seed) for seed in rng.choice(10**6, size=60, replace=False)], 12))
    for place, name in enumerate(THREE):
        never = np.setdiff1d(np.arange(12), np.concatenate([parts[place] for parts in many]))
        check(not never.size, f"example {_first(never)} of 12 never in {name} with 60 seeds",
              "every example now here, now there")
        different = len({tuple(np.sort(parts[place])) for parts in many})
        check(different > 20, f"only {different} different {name} parts with 60 seeds", "examples that are mixed freely")


def _suspect_how_it_was_dealt(submission, parts, n: int) -> None:
    repeated = any(len(np.unique(part)) < len(part) for part in parts)
    everything = np.concatenate(parts)
    overlap = len(np.unique(everything)) < len(everything)
    submission.suspect("three_way_split__drawn_with_replacement", repeated)
    in_order = all((np.diff(np.sort(part)) == 1).all() for part in parts)
    submission.suspect("three_way_split__not_shuffled", in_order and not overlap and n > 30)
    submission.suspect("three_way_split__drawn_three_times", overlap and not repeated)
    submission.suspect("three_way_split__rounding_loses_examples", not overlap and len(everything) in (n - 1, n - 2))


# Task 4.2


def _labels(rng, counts: dict[int, int]) -> np.ndarray:
    return rng.permutation(np.repeat(list(counts), list(counts.values())))


@task("4.2", points=1)
def test_every_class_keeps_its_share(submission, rng):
    for fraction, counts in ((0.2, {3: 120, -1: 80, 8: 45}), (1 / 3, {0: 6, 1: 3}), (0.35, {0: 70, 1: 150, 2: 33}),
                             (0.7, {10: 64, 20: 91})):
        labels = _labels(rng, counts)
        parts = _parts(submission.stratified_split(labels, fraction, int(rng.integers(1000))), TWO, len(labels))
        held_out = {name: int((labels[parts[1]] == name).sum()) for name in counts}
        off = [name for name in counts if abs(held_out[name] - fraction * counts[name]) >= 1]
        submission.suspect("stratified_split__labels_ignored", off and _is_partition(parts, len(labels))
                           and abs(len(parts[1]) - fraction * len(labels)) < 1 and len(set(held_out.values())) > 1)
        _expect_partition(parts, TWO, len(labels))
        if off:
            check(False, f"{held_out[off[0]]} of the {counts[off[0]]} examples of class {off[0]} held out",
                  f"{fraction:.0%} of each class, here {fraction * counts[off[0]]:.4g}, rounded up or down")


@task("4.2", points=1)
def test_a_rare_class_is_on_both_sides(submission, rng):
    for fraction, counts in ((0.1, {0: 6, 1: 3}), (0.1, {5: 90, 4: 2, 9: 1}), (0.9, {0: 40, 1: 2, 2: 1, 3: 4}),
                             (0.2, {1: 30, 0: 2})):
        labels = _labels(rng, counts)
        parts = _parts(submission.stratified_split(labels, fraction, int(rng.integers(1000))), TWO, len(labels))
        _expect_partition(parts, TWO, len(labels))
        for name, count in counts.items():
            inside, outside = (int((labels[part] == name).sum()) for part in parts)
            there = "the only example in training" if count == 1 else "at least one on each side"
            check(inside >= 1 and (count == 1 or outside >= 1),
                  f"of class {name}, with {_plural(count, 'example')}: {inside} in training, {outside} held out", there)
            check(abs(outside - fraction * count) < 1, f"{outside} of the {count} examples of class {name} held out",
                  f"{fraction * count:.4g}, rounded up or down")


@task("4.2", points=1)
def test_luck_decides_which_examples_and_in_which_order(submission, rng):
    labels = np.repeat([4, 7, 1], [30, 20, 10])

    def examined(answer):
        parts = _parts(answer, TWO, len(labels))
        _expect_partition(parts, TWO, len(labels))
        return parts

    def splits(seeds):
        return (examined(answer) for answer in submission.each("stratified_split", [(labels, 0.4, int(seed)) for seed in seeds]))

    _expect_a_seed_that_counts(splits, submission, "stratified_split", rng)
    many = list(splits(rng.choice(10**6, size=40, replace=False)))
    never = np.setdiff1d(np.arange(60), np.concatenate([held_out for _, held_out in many]))
    check(not never.size, f"example {_first(never)} of 60 never held out with 40 seeds",
          "every example now here, now there")
    for place, name in enumerate(TWO):
        changes = np.mean([np.count_nonzero(np.diff(labels[parts[place]])) for parts in many])
        if changes < 6:
            submission.suspect("stratified_split__class_after_class", True)
            check(False, f"{name}: the examples of one class after those of the other, {labels[many[0][place]][:12].tolist()} …",
                  "classes that are mixed: shuffle each side at the end")


def _is_partition(parts, n: int) -> bool:
    return np.array_equal(np.sort(np.concatenate(parts)), np.arange(n))


# Task 4.3


def _groups(rng, names, largest: int = 9) -> np.ndarray:
    """Groups of different sizes, their examples in any order."""
    return rng.permutation(np.repeat(names, rng.integers(1, largest, size=len(names))))


def _expect_whole_groups(groups, parts) -> None:
    divided = np.intersect1d(groups[parts[0]], groups[parts[1]])
    if divided.size:
        check(False, f"{_plural(divided.size, 'group')} on both sides, such as group {_first(divided)}",
              "all examples of a group on the same side")


@task("4.3", points=1)
def test_no_group_is_on_both_sides(submission, rng):
    for names in (rng.choice(1000, size=20, replace=False) - 400, np.arange(12), [2, 5, 7]):
        groups = _groups(rng, names)
        parts = _group_parts(submission, submission.group_split(groups, 0.4, int(rng.integers(1000))), groups)
        _suspect_how_groups_were_cut(submission, groups, parts)
        _expect_partition(parts, TWO, len(groups))
        _expect_whole_groups(groups, parts)


@task("4.3", points=1)
def test_the_fraction_counts_groups_and_neither_side_is_empty(submission, rng):
    for number, fraction, largest in ((10, 0.3, 30), (20, 0.5, 200), (16, 0.5, 200), (25, 0.5, 30), (4, 0.1, 30), (5, 0.95, 9),
                                      (2, 0.2, 9)):
        names = rng.choice(1000, size=number, replace=False) + 50
        groups = np.concatenate([_groups(rng, names, largest=min(largest, 30)), np.full(largest, names[0])])
        parts = _group_parts(submission, submission.group_split(groups, fraction, int(rng.integers(1000))), groups)
        _suspect_how_groups_were_cut(submission, groups, parts)
        _expect_partition(parts, TWO, len(groups))
        _expect_whole_groups(groups, parts)
        held_out = len(np.unique(groups[parts[1]]))
        submission.suspect("group_split__one_side_empty", number == 4 and not held_out)
        if fraction * number - held_out >= 1:
            _suspect_drawn_twice(submission, rng)
        check(0 < held_out < number, f"{held_out} of {number} groups held out", "at least one group on each side")
        check(abs(held_out - fraction * number) < 1, f"{held_out} of {number} groups held out",
              f"{fraction:.0%} of the groups: {fraction * number:.4g}, rounded up or down")
    assert_raises("ValueError", submission.group_split, np.array([3, 3, 3, 3]), 0.5, 1)


@task("4.3", points=1)
def test_luck_decides_which_groups(submission, rng):
    groups = _groups(rng, rng.choice(1000, size=40, replace=False) + 50)  # so many that no two seeds choose the same 16 by chance

    def examined(answer):
        parts = _group_parts(submission, answer, groups)
        _suspect_how_groups_were_cut(submission, groups, parts)
        _expect_partition(parts, TWO, len(groups))
        _expect_whole_groups(groups, parts)
        return parts

    def splits(seeds):
        return (examined(answer) for answer in submission.each("group_split", [(groups, 0.4, int(seed)) for seed in seeds]))

    _expect_a_seed_that_counts(splits, submission, "group_split", rng)
    many = list(splits(rng.choice(10**6, size=45, replace=False)))
    for place, name in enumerate(TWO):
        never = np.setdiff1d(groups, np.concatenate([groups[parts[place]] for parts in many]))
        check(not never.size, f"group {_first(never)} never in {name} with 45 seeds",
              "every group now here, now there")


def _group_parts(submission, answer, groups):
    """The two parts; before they are refused, a look whether they hold groups where examples were asked for."""
    flat = _flat(answer)
    of_groups = flat is not None and any(np.array_equal(flat, np.sort(each)) for each in (np.unique(groups), groups))
    submission.suspect("group_split__groups_returned", of_groups and not np.array_equal(flat, np.arange(len(groups))))
    return _parts(answer, TWO, len(groups))


def _flat(answer) -> np.ndarray | None:
    """All numbers of all parts, sorted; None where an answer is of another kind."""
    parts = [_as_array(part) for part in answer] if isinstance(answer, (tuple, list)) else []
    if not parts or not all(isinstance(part, np.ndarray) and part.ndim == 1 and part.dtype.kind in "iu" for part in parts):
        return None
    return np.sort(np.concatenate(parts))


def _suspect_drawn_twice(submission, rng) -> None:
    """Groups of one size, several draws: with rng.choice and no replace=False, now and then too few are held out."""
    groups = np.repeat(np.arange(40, 60), 3)
    answers = submission.each("group_split", [(groups, 0.5, int(seed)) for seed in rng.choice(10**6, size=6, replace=False)])
    held_out = [len(np.unique(groups[parts[1]])) for parts in (_parts(answer, TWO, len(groups)) for answer in answers)
                if _is_partition(parts, len(groups)) and not np.isin(groups[parts[0]], groups[parts[1]]).any()]
    submission.suspect("group_split__groups_drawn_twice", len(held_out) == 6 and max(held_out) <= 10 and len(set(held_out)) > 1)


def _suspect_how_groups_were_cut(submission, groups, parts) -> None:
    both = np.isin(groups[parts[0]], groups[parts[1]])
    if not both.any() and parts[1].size and _is_partition(parts, len(groups)):
        return  # as it should be
    divided = np.intersect1d(groups[parts[0]], groups[parts[1]])
    partition = _is_partition(parts, len(groups))
    names = np.unique(groups)
    submission.suspect("group_split__places_taken_for_names", len(names) > 5 and names[0] >= len(names) and not parts[1].size)
    submission.suspect("group_split__groups_ignored", partition and len(divided) > 1)
    submission.suspect("group_split__cut_through_a_group", partition and len(divided) == 1)
    submission.suspect("group_split__one_example_per_group",
                       not divided.size and len(parts[0]) + len(parts[1]) == len(names) < len(groups))


# Task 4.4


def _pairs(answer) -> list[tuple[int, int]]:
    """The rows of the answer, sorted."""
    if isinstance(answer, np.ndarray) and answer.ndim == 2 and answer.shape[1] == 2 and (answer.dtype.kind in "iu" or not answer.size):
        return sorted((int(first), int(second)) for first, second in answer)
    expected = "an int array of shape (pairs, 2)"
    check(answer is not None, "None; does every path through the function end with return?", expected)
    advice = "; turn it into an array with np.array(…)" if isinstance(answer, (list, tuple)) else ""
    check(isinstance(answer, np.ndarray), value_in_words(answer) + advice, expected)
    empty = "; np.reshape(…, (-1, 2)) gives an empty array two columns" if answer.shape == (0,) else ""
    check(answer.ndim == 2 and answer.shape[1] == 2, value_in_words(answer) + empty, f"{expected}, (0, 2) where there is no leak")
    raise Mismatch(value_in_words(answer), expected)


def _expect_pairs(answer, train, test, tolerance, expected) -> None:
    found = _pairs(answer)
    wanted = sorted((int(first), int(second)) for first, second in expected)
    if found == wanted:
        return
    said = f"{_plural(len(found), 'pair')} (train, test): {found[:4]}{' …' if len(found) > 4 else ''}"
    wish = f"{len(wanted)}: {wanted[:4]}{' …' if len(wanted) > 4 else ''}"
    for first, second in wanted:
        if (first, second) not in found:
            distance = np.sqrt(np.mean((train[first].astype(float) - test[second]) ** 2))
            wish += (f"; training picture {first} and test picture {second} have the distance {distance:.4g}, "
                     f"the tolerance is {tolerance:.4g}")
            break
    raise Mismatch(said, wish, actual=answer)


def _by_definition(train, test, tolerance):
    squares = (train[:, np.newaxis].astype(float) - test) ** 2
    return np.argwhere(np.sqrt(squares.reshape(len(train), len(test), -1).mean(axis=2)) <= tolerance + 1e-9)


@task("4.4", points=1)
def test_exact_copies_across_the_split_are_found(submission, rng):
    train = rng.integers(0, 256, (12, 6, 5), dtype=np.uint8)
    test = rng.integers(0, 256, (9, 6, 5), dtype=np.uint8)
    train[3], train[7] = train[0], train[10]  # copies within one side are no leak
    test[4], test[5], test[6], test[8] = train[2], train[5], train[10], test[1]
    answers = list(submission.each("leaked_pairs", [(train, test, tolerance) for tolerance in (0, 3.0)]))
    for answer, tolerance in zip(answers, (0, 3.0), strict=True):
        _expect_pairs(answer, train, test, tolerance, [(2, 4), (5, 5), (7, 6), (10, 6)])


@task("4.4", points=1)
def test_near_copies_are_found_up_to_the_tolerance(submission, rng):
    for shape in ((8, 7), (5, 6, 3)):
        train = rng.integers(0, 256, (10, *shape), dtype=np.uint8)
        test = rng.integers(0, 256, (14, *shape), dtype=np.uint8)
        train[9] = np.clip(train[8] + rng.normal(scale=1.5, size=shape), 0, 255).astype(np.uint8)
        for place, (to, strength) in enumerate(zip((13, 12, 2, 10, 9, 8, 7), (1, 3, 6, 10, 15, 25, 40), strict=True)):
            changed = train[place].astype(float) + rng.normal(scale=strength, size=shape)
            test[to] = np.clip(np.rint(changed), 0, 255).astype(np.uint8)
        answers = list(submission.each("leaked_pairs", [(train, test, tolerance) for tolerance in (2.0, 8.0, 30.0)]))
        for answer, tolerance in zip(answers, (2.0, 8.0, 30.0), strict=True):
            _expect_pairs(answer, train, test, tolerance, _by_definition(train, test, tolerance))
    one, other = np.array([[[10, 20]]], np.uint8), np.array([[[10, 26]]], np.uint8)
    for tolerance, expected in ((4.25, [(0, 0)]), (4.2, [])):
        _expect_pairs(submission.leaked_pairs(one, other, tolerance), one, other, tolerance, expected)


@task("4.4", points=1)
def test_the_limit_itself_counts_and_no_leak_has_its_shape(submission, rng):
    train = np.stack([np.full((6, 6), value, np.uint8) for value in (0, 16, 100, 255, 60, 200)])
    test = np.stack([np.full((6, 6), value, np.uint8) for value in (112, 32, 0, 239, 198, 63)])
    far_from_all = np.where(np.indices((6, 6)).sum(axis=0) % 2, 181, 182).astype(np.uint8)  # its squares cancel in int16
    test = np.concatenate([test, far_from_all[np.newaxis]])
    within, at_the_limit = [(0, 2), (2, 0), (4, 5), (5, 4)], [(1, 1), (1, 2), (3, 3)]
    cases = [(train, test, 16.0, within + at_the_limit), (train, test, 15.9, within), (train[1:2], test[:2], 10.0, [])]
    answers = list(submission.each("leaked_pairs", [case[:3] for case in cases]))
    for answer, case in zip(answers, cases, strict=True):
        _expect_pairs(answer, *case)


# Task 4.5


def _expect_standardized(answer, train, others) -> None:
    names = ["train", *(f"others[{place}]" for place in range(len(others)))]
    parts = _several(answer, names)
    spread = train.std(axis=0)
    spread[spread == 0] = 1
    for part, raw in zip(parts, (train, *others), strict=True):
        assert_close(part, (raw - train.mean(axis=0)) / spread, rtol=1e-4, atol=1e-4)


def _table(rng, rows: int, mean, spread):
    return mean + spread * rng.normal(size=(rows, len(mean)))


@task("4.5", points=1)
def test_every_part_is_scaled_with_the_numbers_of_training(submission, rng):
    _expect_standardized(submission.standardize(np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])), np.array([[1.0], [3.0]]),
                         [np.array([[2.0], [5.0]])])
    mean, spread = rng.uniform(-50, 50, size=4), rng.uniform(0.5, 20, size=4)
    train = _table(rng, 30, mean, spread)
    validation, test = _table(rng, 11, mean + 9, 3 * spread), _table(rng, 7, mean - 5, spread)
    _expect_standardized(submission.standardize(train, validation, test), train, [validation, test])


@task("4.5", points=1)
def test_a_feature_that_is_constant_in_training_gives_no_nan(submission, rng):
    train, test = rng.normal(size=(12, 3)), rng.normal(size=(5, 3))
    train[:, 1] = 4.0
    test[:, 1] = [4.0, 4.0, 5.0, 3.5, 4.0]
    _expect_standardized(submission.standardize(train, test), train, [test])
    pixels = rng.integers(0, 256, (9, 6), dtype=np.uint8)
    pixels[:, [0, 5]] = 0
    unseen = rng.integers(0, 256, (4, 6), dtype=np.uint8)
    _expect_standardized(submission.standardize(pixels, unseen), pixels, [unseen])


@task("4.5", points=1)
def test_any_number_of_others_and_nothing_changed_in_place(submission, rng):
    train = rng.normal(loc=3, scale=2, size=(10, 2))
    others = [rng.normal(size=(rows, 2)) for rows in (1, 4, 8)]
    for number in (0, 1, 3):
        answer = submission.standardize(train, *others[:number])
        _expect_standardized(answer, train, others[:number])
        changed = submission.interactions[-1].changed
        submission.suspect("standardize__changed_in_place", changed)
        check(not changed, "the right values, written over those that were handed over",
              "new arrays, with the old ones as they were")


# Task 4.6. How far chance may stray is calculated from the binomial distribution: six standard errors.


def _distribution_of_the_best(models: int, test_size: int, chance: float) -> np.ndarray:
    """Probability that the best of the guessers has 0, 1, … test_size right answers."""
    single = [math.comb(test_size, right) * chance**right * (1 - chance) ** (test_size - right) for right in range(test_size + 1)]
    return np.diff(np.minimum(np.cumsum(single), 1.0) ** models, prepend=0)


def _average_of_the_best(models: int, test_size: int, chance: float) -> float:
    return float(_distribution_of_the_best(models, test_size, chance) @ np.arange(test_size + 1)) / test_size


def _contests(submission, models, test_size, chance, trials, seed) -> np.ndarray:
    best = submission.best_of_chance(models, test_size, chance, trials, seed)
    expected = f"float array of shape ({trials},), one best accuracy per trial"
    check(best is not None, "None; does every path through the function end with return?", expected)
    advice = "; turn it into an array with np.array(…)" if isinstance(best, (list, tuple)) else ""
    check(isinstance(best, np.ndarray), value_in_words(best) + advice, expected)
    check(best.shape == (trials,), value_in_words(best), expected)
    check(best.dtype.kind in "fiu" and np.isfinite(best.astype(float)).all(), value_in_words(best), expected)
    if best.max() > 1 or best.min() < 0:
        raise Mismatch(f"accuracies from {best.min():.4g} to {best.max():.4g}", "shares of right answers, from 0 to 1",
                       actual=best)
    steps = best.astype(float) * test_size
    exact = np.abs(steps - np.rint(steps)).max() < 1e-3
    submission.suspect("best_of_chance__average_of_all", not exact and abs(best.mean() - chance) < 0.03)
    pooled = 1 - (1 - chance) ** models  # a question that at least one guesser has right
    any_counts = min(models, test_size) > 10 and abs(best.mean() - pooled) < 0.02
    submission.suspect("best_of_chance__any_guesser_counts", any_counts)
    submission.suspect("best_of_chance__one_contest_repeated", len(set(best.tolist())) == 1 and models > 1 and not any_counts)
    check(exact, f"an accuracy of {best[0]:.5g} with {_plural(test_size, 'question')}",
          f"whole numbers of right answers, divided by {test_size}")
    return best.astype(float)


def _expect_distribution(best, models, test_size, chance, submission) -> None:
    near = 6 * best.std() / math.sqrt(len(best)) + 1e-6
    submission.suspect("best_of_chance__always_a_coin",
                       chance != 0.5 and abs(best.mean() - _average_of_the_best(models, test_size, 0.5)) < near)
    submission.suspect("best_of_chance__a_single_guesser", models > 2 and abs(best.mean() - chance) < near)
    submission.suspect("best_of_chance__worst_of_all",
                       models > 2 and abs(1 - best.mean() - _average_of_the_best(models, test_size, 1 - chance)) < near)
    exact = _distribution_of_the_best(models, test_size, chance)
    accuracies = np.arange(test_size + 1) / test_size
    mean = float(exact @ accuracies)
    spread = math.sqrt(float(exact @ (accuracies - mean) ** 2))
    said = (f"an average best accuracy of {best.mean():.4f} in {len(best)} trials with {_plural(models, 'guesser')}, "
            f"{_plural(test_size, 'question')}, chance {chance:g}")
    check(abs(best.mean() - mean) < 6 * spread / math.sqrt(len(best)), said, f"about {mean:.4f}")
    found = np.cumsum(np.bincount(np.rint(best * test_size).astype(int), minlength=test_size + 1)) / len(best)
    apart = np.abs(found - np.cumsum(exact)).max()
    check(apart < 2.7 / math.sqrt(len(best)), f"best accuracies with a spread of {best.std():.4f} over the trials",
          f"about {spread:.4f}: every trial with new luck, every guesser with its own")


@task("4.6", points=1)
def test_a_single_guesser_is_right_as_often_as_chance_says(submission, rng):
    for test_size, chance in ((40, 0.5), (25, 0.1), (1, 0.5)):
        best = _contests(submission, 1, test_size, chance, 500, int(rng.integers(10**6)))
        _expect_distribution(best, 1, test_size, chance, submission)


@task("4.6", points=1)
def test_the_best_of_many_guessers_looks_better_than_chance(submission, rng):
    for models, test_size, chance in ((2, 1, 0.5), (50, 100, 0.5), (10, 30, 0.1), (int(rng.integers(15, 30)), 50, 0.25)):
        best = _contests(submission, models, test_size, chance, 500, int(rng.integers(10**6)))
        _expect_distribution(best, models, test_size, chance, submission)


@task("4.6", points=1)
def test_the_same_seed_gives_the_same_contests(submission, rng):
    seeds = [int(seed) for seed in rng.choice(10**6, size=2, replace=False) + 100]
    first, again, other = (_contests(submission, 20, 60, 0.5, 300, seed) for seed in (seeds[0], seeds[0], seeds[1]))
    _expect_distribution(first, 20, 60, 0.5, submission)
    submission.suspect("best_of_chance__seed_ignored", (first != again).any())
    check((first == again).all(), "two different results with the same seed", "the same result whenever the seed is the same")
    submission.suspect("best_of_chance__same_luck_for_every_seed", (first == other).all())
    check((first != other).any(), f"the same result with the seeds {seeds[0]} and {seeds[1]}", "another result with another seed")


# Task 4.7


def score_on(candidate, part, *, candidates, table):
    """What a candidate scores on a part."""
    if part not in table:
        raise ValueError(f'there is no part {part!r}; there are "validation" and "test"')
    if candidate is None:
        raise ValueError("None is no candidate; was none of them better than where you started? Scores can be negative")
    if candidate not in candidates:
        raise ValueError(f"{candidate!r} is not one of the candidates {candidates}")
    return table[part][candidates.index(candidate)]


def _choose(submission, candidates, validation, test):
    """The answer, and which candidates were tested, in order."""
    score = submission.bring(score_on, candidates=candidates, table={"validation": validation, "test": test})
    answer = submission.choose_model(candidates, score)
    calls = [[*call["args"], *call["kwargs"].values()] for call in score.calls()]
    tested = [next((value for value in call if value in candidates), None) for call in calls if "test" in call]
    only_tested = not any("validation" in call for call in calls)
    _suspect_how_it_was_chosen(submission, answer, candidates, validation, test, tested, only_tested)
    return answer, tested


def _scores(rng, number: int) -> tuple[list[float], list[float]]:
    """Validation and test scores: the best on validation is the weakest on the test, the second best the strongest."""
    validation, test = rng.permutation(np.arange(70, 90))[:number] / 100, rng.permutation(np.arange(65, 95))[:number] / 100
    second, best = np.argsort(validation)[-2:]
    test[best], test[second] = 0.5 + rng.integers(10) / 100, 0.97
    return validation.tolist(), test.tolist()


def _suspect_how_it_was_chosen(submission, answer, candidates, validation, test, tested, only_tested) -> None:
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or len(candidates) < 2 or len(set(validation)) < len(validation):
        return
    best, best_on_test = candidates[int(np.argmax(validation))], candidates[int(np.argmax(test))]
    chosen, reported = answer
    opened_all = len(tested) >= len(candidates)
    plain = isinstance(chosen, (str, int)) and isinstance(reported, (int, float, np.number))
    submission.suspect("choose_model__chosen_on_the_test", plain and only_tested and chosen == best_on_test != best)
    submission.suspect("choose_model__validation_reported", plain and chosen == best and reported == max(validation))
    if len(candidates) < 3:
        return
    submission.suspect("choose_model__every_test_opened",
                       plain and opened_all and chosen == best and reported == test[candidates.index(best)])
    submission.suspect("choose_model__test_opened_twice", plain and tested == [best, best])


def _expect_choice(answer, candidate, test_score) -> None:
    chosen, reported = _several(answer, ("the chosen candidate", "its score on the test part"))
    said = tuple(value.item() if isinstance(value, np.generic) else value for value in (chosen, reported))
    number = isinstance(reported, (int, float, np.number)) and not isinstance(reported, (bool, complex))
    right = type(chosen) is type(candidate) and chosen == candidate and number and abs(float(reported) - test_score) < 1e-9
    if not right:
        chosen_right = type(chosen) is type(candidate) and chosen == candidate
        why = "the right candidate, with its score on the test part" if chosen_right else f"{candidate!r} is best on validation"
        raise Mismatch(value_in_words(said), f"{value_in_words((candidate, test_score))}: {why}", actual=answer)


@task("4.7", points=1)
def test_validation_chooses_and_the_test_reports(submission, rng):
    answer, _ = _choose(submission, ["a", "b"], [0.7, 0.8], [0.9, 0.6])
    _expect_choice(answer, "b", 0.6)
    candidates = ["narrow", "deep", "wide", "tiny", "old"]
    for _ in range(3):
        validation, test = _scores(rng, 5)
        best = int(np.argmax(validation))
        answer, _ = _choose(submission, candidates, validation, test)
        _expect_choice(answer, candidates[best], test[best])


@task("4.7", points=1)
def test_the_test_part_is_opened_once_and_only_for_the_chosen_one(submission, rng):
    candidates = [1, 3, 5, 9, 15, 25]
    for _ in range(2):
        validation, test = _scores(rng, 6)
        best = candidates[int(np.argmax(validation))]
        answer, tested = _choose(submission, candidates, validation, test)
        times = "once" if len(tested) == 1 else f"{len(tested)} times"
        said = f"the test part opened {times}, for {', '.join(map(repr, tested[:8]))}" if tested else "the test part never opened"
        check(tested == [best], said, f"opened once, for {best!r}, which is best on validation")
        _expect_choice(answer, best, test[candidates.index(best)])


@task("4.7", points=1)
def test_ties_negative_scores_and_a_single_candidate(submission, rng):
    answer, _ = _choose(submission, ["x", "y", "z"], [0.5, 0.75, 0.75], [0.9, 0.25, 0.5])
    _expect_choice(answer, "y", 0.25)
    low = sorted((-rng.random(4) - 0.1).tolist())
    answer, _ = _choose(submission, ["p", "q", "r", "s"], low, [-4.0, -3.0, -2.5, -7.5])
    _expect_choice(answer, "s", -7.5)
    answer, _ = _choose(submission, ["alone"], [-2.0], [0.4])
    _expect_choice(answer, "alone", 0.4)


# Task 4.8. A small reader of TFDS's notation; importing TFDS would take seconds. A test of the project
# (tests/course/test_tfds_slices.py) compares it with TFDS's own.


def slice_of(text: str, split: str, n: int) -> tuple[int, int]:
    """First example and the one after the last, of a split with n examples. Raises ValueError as TFDS would."""
    found = re.fullmatch(r"([\w-]+)(?:\[([\d\w%:.-]+)\])?", text)
    if not found:
        raise ValueError("TFDS cannot read this")
    if found[1] != split:
        raise ValueError(f"this is a slice of {found[1]!r}, not of {split!r}")
    bounds = [re.fullmatch(r"(?:(-?[\d_.]+)(%?))?", bound) for bound in (found[2] or ":").split(":")]
    if len(bounds) != 2 or not all(bounds) or (found[2] and not any(bound[0] for bound in bounds)):
        raise ValueError("TFDS cannot read this")
    percent = any(bound[2] for bound in bounds)
    first, last = (_example(bound[1], percent, n, empty) for bound, empty in zip(bounds, (0, n), strict=True))
    return first, last


def _example(written: str | None, percent: bool, n: int, empty: int) -> int:
    if written is None:
        return empty
    if not percent and "." in written:
        raise ValueError(f"{written[:8]} is no whole number of examples; a share needs its %")
    number = float(written) if percent else int(written)
    if percent and abs(number) > 100:
        raise ValueError(f"{number:g} % is more than everything")
    example = int(round(number * n / 100.0)) if percent else number
    if abs(example) > n:
        raise ValueError(f"there are only {n} examples")
    return n + example if example < 0 else example


def _expect_slices(answer, validation, test, split, n) -> None:
    texts = _several(answer, THREE)
    bounds = []
    for text, name in zip(texts, THREE, strict=True):
        expected = f'a slice of {split!r} such as "{split}[:50%]"'
        check(isinstance(text, str), f"as {name}: {'None' if text is None else value_in_words(text)}", expected)
        try:
            bounds.append(slice_of(text, split, n))
        except ValueError as error:
            raise Mismatch(f'as {name}: "{text[:40]}"; with {n} examples: {error}', expected, actual=answer) from None
    _expect_cuts(texts, bounds, (n, validation, test), answer)


def _expect_cuts(texts, bounds, given, answer) -> None:
    n, validation, test = given
    shares = (100 - validation - test, validation, test)
    said = ", ".join(f'"{text[:30]}" = examples {first} to {last - 1}' for text, (first, last) in zip(texts, bounds, strict=True))
    wish = f"of {n} examples {shares[0]} % for training, then {shares[1]} % for validation, then {shares[2]} % for the test"
    ends = [0, round(shares[0] * n / 100), round((shares[0] + shares[1]) * n / 100), n]
    joined = all(last == first for (_, last), (first, _) in zip(bounds, bounds[1:])) and bounds[0][0] == 0 and bounds[2][1] == n
    near = all(abs(first - end) <= 1 for (first, _), end in zip(bounds, ends))
    if not (joined and near and all(last >= first for first, last in bounds)):
        raise Mismatch(said, f"{wish}; each example in exactly one slice", actual=answer)


@task("4.8", points=1)
def test_the_three_slices_cover_a_data_set_of_any_size_once(submission, rng):
    for validation, test in ((20, 10), (15, 15), (7, 33), tuple(int(number) for number in rng.integers(3, 40, size=2))):
        answer = submission.tfds_slices(validation, test)
        for n in (1000, 60000, 333, 57):
            _expect_slices(answer, validation, test, "train", n)


@task("4.8", points=1)
def test_slices_of_another_split_and_shares_that_leave_nothing(submission, rng):
    for split in ("test", "unlabelled"):
        _expect_slices(submission.tfds_slices(25, 10, split), 25, 10, split, 1210)
    for validation, test in ((50, 50), (70, 60)):
        assert_raises("ValueError", submission.tfds_slices, validation, test)
