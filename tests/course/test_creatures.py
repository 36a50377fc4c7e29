"""The drawn creatures: one field changes one thing, everywhere and always the same."""

import hashlib
import json
import subprocess
import sys
import textwrap
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from course.data.creatures import (
    ANIMALS, BUNNY_SPECIES, GROUNDS, Creature, animal_mask, draw, draw_all, random_creature, random_creatures,
)

ROOT = Path(__file__).parents[2]
SOME = ("bunny", "elephant", "snail", "zebra", "penguin")

DRAWINGS = {
    "a bunny on grass": (Creature(species="dutch"), 64, "83b438eca67e82d7"),
    "an elephant on sand at dusk": (Creature(animal="elephant", ground="sand", individual=7, facing="left", light=-0.7, scene=5),
                                    48, "3d5594bdb22489ce"),
    "a hen on stone": (Creature(animal="hen", ground="stone", individual=3, pose=0.8, scale=0.7, x=0.4, y=0.6), 100,
                       "2047caf253815ec0"),
    "a zebra in leaves": (Creature(animal="zebra", ground="leaves", individual=12, pose=-1, scene=2, noise=0), 64,
                          "b3c85b884dc929df"),
}
"""Creature, size and the beginning of the sha256 of its pixels."""


def python(script: str, *arguments: object) -> str:
    """What a script prints, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)], cwd=ROOT, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def covered(creature: Creature, size: int = 64) -> np.ndarray:
    """Where there is nothing but animal; never empty, so that a comparison inside compares something."""
    inside = animal_mask(creature, size) == 1
    assert inside.mean() > 0.05
    return inside


def test_there_are_enough_kinds_to_choose_from():
    assert len(set(ANIMALS)) == len(ANIMALS) >= 20 and list(ANIMALS) == sorted(ANIMALS) and {"bunny", "elephant"} <= set(ANIMALS)
    assert len(set(BUNNY_SPECIES)) >= 4
    assert len(set(GROUNDS)) >= 6 and {"grass", "sand", "snow", "floor"} <= set(GROUNDS)


def test_all_kinds_and_all_grounds_look_different():
    pictures = draw_all([Creature(animal=animal) for animal in ANIMALS] + [Creature(ground=ground) for ground in GROUNDS if ground != "grass"])
    assert len({picture.tobytes() for picture in pictures}) == len(ANIMALS) + len(GROUNDS) - 1


@pytest.mark.parametrize("wrong, said", [
    ({"animal": "dragon"}, "Creature(animal='dragon'): no such animal; there are bear, bunny, "),
    ({"ground": "lava"}, "Creature(ground='lava'): no such ground; there are carpet, "),
    ({"facing": "up"}, "Creature(facing='up'): no such facing; there are left, right"),
    ({"species": "tabby"}, "Creature(species='tabby'): no such species; there are belgian, dutch, "),
    ({"animal": "cat", "species": "dutch"}, "Creature(species='dutch'): only a bunny has a species, this is a cat"),
    ({"pose": 1.5}, "Creature(pose=1.5): pose is a number from -1 to 1"),
    ({"scale": float("nan")}, "Creature(scale=nan): scale is a number from 0.5 to 1.3"),
    ({"noise": "much"}, "Creature(noise='much'): noise is a number from 0 to 0.3"),
    ({"individual": 1.5}, "Creature(individual=1.5): individual is a whole number, 0 or more"),
    ({"scene": -1}, "Creature(scene=-1): scene is a whole number, 0 or more"),
])
def test_a_wrong_value_is_said_in_one_line_with_what_is_allowed(wrong, said):
    with pytest.raises(ValueError) as caught:
        Creature(**wrong)
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [15, 513, (64, 8)])
def test_a_size_that_cannot_be_drawn_is_said(size):
    with pytest.raises(ValueError, match="16 to 512 pixels"):
        draw(Creature(), size)


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_are_the_same_on_every_machine_and_in_every_version(name):
    creature, size, expected = DRAWINGS[name]
    found = hashlib.sha256(draw(creature, size).tobytes()).hexdigest()[:16]
    assert found == expected, (
        f"{name} is drawn with other pixels: sha256 begins with {found}, not {expected}. If the drawing was changed on purpose, "
        "look at it, put the new value into DRAWINGS, raise VERSION in course/data/creatures/builder.py, and check the figures of "
        "the lessons. "
        "If nothing was changed, this machine computes differently: find which operation does, and do not store the new value."
    )


def test_two_processes_with_different_hash_seeds_draw_the_same():
    script = """
        import hashlib
        from course.data.creatures import draw_all, random_creatures
        print(hashlib.sha256(draw_all(random_creatures(12, 5)).tobytes()).hexdigest())
    """
    assert python(script) == python(script)


def test_drawing_needs_no_tensorflow_and_no_matplotlib():
    loaded = python("import sys, course.data.creatures as c; c.draw(c.Creature()); print(*sys.modules)").split()
    assert not {"tensorflow", "tensorflow_datasets", "matplotlib", "keras", "PIL"} & set(loaded)


@pytest.mark.parametrize("animal", SOME)
def test_another_ground_leaves_every_pixel_of_the_animal_as_it_was(animal):
    creature = Creature(animal=animal, individual=11, scene=4, light=0.4, noise=0.05)
    here, inside = draw(creature), covered(creature)
    outside = animal_mask(creature) == 0
    for ground in GROUNDS:
        other = replace(creature, ground=ground)
        there = draw(other)
        np.testing.assert_array_equal(animal_mask(other), animal_mask(creature))
        np.testing.assert_array_equal(there[inside], here[inside], err_msg=f"{animal} on {ground}")
        if ground != creature.ground:
            changed = (there != here).any(axis=-1)[outside].mean()
            assert changed > 0.95, f"{ground} changes only {changed:.0%} of what is not the {animal}"


def test_the_ground_is_a_tempting_shortcut():
    """The mean colour of the lower half tells any two grounds apart by far more than it varies between scenes."""
    means = {ground: draw_all(random_creatures(20, 1, ground=ground, light=0.0))[:, 32:].mean(axis=(1, 2)) for ground in GROUNDS}
    for one in GROUNDS:
        for other in GROUNDS:
            if one < other:
                apart = np.abs(means[one].mean(axis=0) - means[other].mean(axis=0)).max()
                assert apart > 18, f"{one} and {other} differ by {apart:.0f} of 255"


@pytest.mark.parametrize("animal", SOME)
def test_another_individual_changes_the_animal_only(animal):
    creature = Creature(animal=animal, individual=1)
    other = replace(creature, individual=2)
    untouched = (animal_mask(creature) == 0) & (animal_mask(other) == 0)
    one, two = draw(creature), draw(other)
    np.testing.assert_array_equal(one[untouched], two[untouched])
    inside = covered(creature) & covered(other)
    assert (one[inside] != two[inside]).any(axis=-1).mean() > 0.5


@pytest.mark.parametrize("animal", SOME)
def test_another_scene_changes_the_ground_and_the_grain_only(animal):
    creature = Creature(animal=animal, scene=1, noise=0)
    other = replace(creature, scene=2)
    one, two, inside = draw(creature), draw(other), covered(creature)
    np.testing.assert_array_equal(one[inside], two[inside])
    assert (one != two).any(axis=-1)[animal_mask(creature) == 0].mean() > 0.5
    assert (draw(replace(creature, noise=0.1)) != draw(replace(other, noise=0.1))).any(axis=-1)[inside].mean() > 0.8


def test_noise_has_the_amplitude_it_says():
    """Measured where nothing is clipped to black or white."""
    creature = Creature(animal="bear", light=-0.5, noise=0)
    clean, noisy = (draw(replace(creature, noise=noise), 256).astype(float) for noise in (0.0, 0.06))
    middle = (clean > 70) & (clean < 185)
    assert abs((noisy - clean)[middle].std() / 255 - 0.06) < 0.002


@pytest.mark.parametrize("animal", ANIMALS)
def test_facing_left_is_the_mirror_image_of_facing_right(animal):
    """Animal and shadow are mirrored at the animal's centre; ground, background and grain stay where they are."""
    right = Creature(animal=animal, individual=5, noise=0)
    left = replace(right, facing="left")
    np.testing.assert_array_equal(animal_mask(left), animal_mask(right)[:, ::-1])
    np.testing.assert_array_equal(draw(left)[covered(left)], draw(right)[:, ::-1][covered(left)])
    assert not np.array_equal(animal_mask(left), animal_mask(right)) or animal == "owl"


@pytest.mark.parametrize("animal", ANIMALS)
def test_the_animal_has_a_fair_size_and_is_inside_the_frame(animal):
    for individual in range(4):
        for pose in (-1, 0, 1):
            mask = animal_mask(Creature(animal=animal, individual=individual, pose=pose))
            assert 0.08 < mask.mean() < 0.7
            assert max(mask[0].max(), mask[-1].max(), mask[:, 0].max(), mask[:, -1].max()) == 0


def test_random_creatures_stay_nearly_wholly_inside():
    """Of 300, at most 3 in 100 lose a piece to the border, and never over more than 5 % of the border."""
    cut = []
    for creature in random_creatures(300, 8):
        mask = animal_mask(creature)
        border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        cut.append((border > 0.5).mean())
    assert np.mean(np.array(cut) > 0) <= 0.03 and max(cut) <= 0.05


def test_place_scale_and_light_do_what_they_say():
    creature = Creature(animal="bear", noise=0)
    rows, columns = np.arange(64)[:, None], np.arange(64)[None, :]

    def middle(mask):
        return float((mask * columns).sum() / mask.sum()), float((mask * rows).sum() / mask.sum())

    x, y = middle(animal_mask(replace(creature, scale=0.5)))
    moved_x, moved_y = middle(animal_mask(replace(creature, scale=0.5, x=0.625, y=0.625)))
    assert abs(moved_x - x - 8) < 0.01 and abs(moved_y - y - 8) < 0.01, "an eighth of the picture is 8 of 64 pixels"
    assert abs(animal_mask(replace(creature, scale=0.5)).sum() / animal_mask(creature).sum() - 0.25) < 0.02
    brightness = [draw(replace(creature, light=light)).mean() for light in (-1, -0.5, 0, 0.5, 1)]
    assert brightness == sorted(brightness) and brightness[-1] > 1.4 * brightness[0]


@pytest.mark.parametrize("size", [16, 64, 100, 128, (48, 80)])
def test_any_size_shows_the_same_picture(size):
    """Averaged down to this size, the 512-pixel animal differs by less than 10 of 255 and 2 % of the picture's area."""
    creature = Creature(animal="elephant", ground="floor", noise=0)
    picture, mask = draw(creature, size), animal_mask(creature, size)
    height, width = (size, size) if isinstance(size, int) else size
    assert picture.shape == (height, width, 3) and picture.dtype == np.uint8
    assert mask.shape == (height, width) and mask.dtype == np.float32 and 0 <= mask.min() and mask.max() == 1
    if isinstance(size, int):
        assert abs(mask.mean() - animal_mask(creature, 512).mean()) < 0.02
        rows = np.linspace(0, 512, size + 1).astype(int)
        large = draw(creature, 512).astype(float)
        large = np.add.reduceat(np.add.reduceat(large, rows[:-1], 0), rows[:-1],
                                1) / (np.diff(rows)[:, None] * np.diff(rows))[..., None]
        inside = mask == 1
        assert np.abs(large - picture)[inside].mean() < 10


def test_draw_all_is_draw_for_each_and_shows_progress_on_request(capsys):
    creatures = random_creatures(3, 4)
    pictures = draw_all(creatures, 32, progress=True)
    assert pictures.shape == (3, 32, 32, 3) and pictures.dtype == np.uint8
    np.testing.assert_array_equal(pictures, [draw(creature, 32) for creature in creatures])
    shown = capsys.readouterr()
    assert "3/3" in shown.err and not shown.out
    draw_all(creatures, 32)
    assert not capsys.readouterr().err
    assert draw_all([], 32).shape == (0, 32, 32, 3)


def test_random_creatures_obey_what_is_fixed_and_vary_the_rest():
    creatures = random_creatures(80, 3, animal=("bunny", "elephant"), ground="sand", noise=0.0)
    assert creatures == random_creatures(80, 3, animal=("bunny", "elephant"), ground="sand", noise=0.0)
    assert creatures != random_creatures(80, 4, animal=("bunny", "elephant"), ground="sand", noise=0.0)
    assert creatures[:10] == random_creatures(10, 3, animal=("bunny", "elephant"), ground="sand", noise=0.0)
    assert {creature.animal for creature in creatures} == {"bunny", "elephant"}
    assert {creature.ground for creature in creatures} == {"sand"} and {creature.noise for creature in creatures} == {0.0}
    for field in fields(Creature):
        if field.name not in ("animal", "species", "ground", "noise", "facing"):
            assert len({getattr(creature, field.name) for creature in creatures}) > 70, field.name
    assert {creature.facing for creature in creatures} == {"left", "right"}
    assert all(0.7 <= creature.scale <= 1.1 and creature.individual < 1_000_000 for creature in creatures)
    assert random_creature(np.random.Generator(np.random.PCG64(1)), animal="cat", scale=1.3).scale == 1.3
    with pytest.raises(TypeError, match="wings"):
        random_creature(np.random.Generator(np.random.PCG64(1)), wings=2)


def test_a_bunny_without_a_species_has_one_that_belongs_to_its_number():
    found = set()
    for individual in range(40):
        plain = animal_mask(Creature(individual=individual)), draw(Creature(individual=individual))
        same = [species for species in BUNNY_SPECIES if np.array_equal(draw(Creature(individual=individual, species=species)),
                                                                       plain[1])]
        assert len(same) == 1
        found.update(same)
    assert found == set(BUNNY_SPECIES)


def share_that_differs(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the pixels with a channel that differs by more than a tenth of full white."""
    return float((np.abs(one.astype(int) - other.astype(int)).max(axis=-1) > 25).mean())


def test_species_of_bunnies_differ_in_fine_things():
    """Median share of changed pixels over 30 individuals: measured 7 % between species, 30 % to an elephant; asked: 3 times."""
    between_species, to_an_elephant = [], []
    for creature in random_creatures(30, 6, animal="bunny", noise=0.0, scale=1.0, x=0.5, y=0.5):
        bunnies = [draw(replace(creature, species=species)) for species in BUNNY_SPECIES]
        elephant = draw(replace(creature, animal="elephant"))
        to_an_elephant += [share_that_differs(bunny, elephant) for bunny in bunnies]
        between_species += [share_that_differs(one, other) for index, one in enumerate(bunnies) for other in bunnies[:index]]
    assert min(between_species) > 0.005, "two species that look the same"
    assert np.median(to_an_elephant) > 3 * np.median(between_species)


def separable_by_colour(kinds: list[dict], per_kind: int) -> float:
    """Held-out accuracy of a linear classifier that sees the mean colour of the animal and nothing else."""
    from sklearn.linear_model import LogisticRegression

    colours, labels = [], []
    for label, kind in enumerate(kinds):
        for creature in random_creatures(per_kind, 10 + label, ground="grass", **kind):
            mask = animal_mask(creature)[..., None]
            colours.append((draw(creature) / 255 * mask).sum(axis=(0, 1)) / mask.sum())
            labels.append(label)
    colours, labels = np.array(colours), np.array(labels)
    train = np.arange(len(labels)) % 2 == 0
    return LogisticRegression(C=1000, max_iter=2000).fit(colours[train], labels[train]).score(colours[~train], labels[~train])


def test_colour_alone_does_not_tell_a_bunny_from_an_elephant():
    """Measured 56 % (chance 50 %) with 250 pictures each; 70 % leaves room for four standard errors of 125 pictures."""
    assert separable_by_colour([{"animal": "bunny"}, {"animal": "elephant"}], 125) < 0.70


def test_colour_alone_does_not_tell_the_species():
    """Measured 31 % (chance 20 %) with 120 pictures each; 45 % leaves room for four standard errors of 150 pictures."""
    assert separable_by_colour([{"animal": "bunny", "species": species} for species in BUNNY_SPECIES], 60) < 0.45


def test_as_a_tfds_data_set_it_has_labels_fixed_pictures_and_individuals_of_its_own_per_split(tmp_path):
    """Built twice; the second build must give the same pictures."""
    report = json.loads(python("""
        import hashlib, json, sys
        import tensorflow_datasets as tfds
        from course.data.creatures import BUNNY_SPECIES, GROUNDS
        from course.data.creatures.builder import CreaturesConfig, PAIR

        tfds.disable_progress_bar()
        configs = (
            CreaturesConfig(name="tiny", names=PAIR, ground_of={"bunny": "grass", "elephant": "sand"},
                            train=16, validation=8, test=8),
            CreaturesConfig(name="tiny_species", label="species", names=BUNNY_SPECIES, train=20, validation=20, test=20),
        )
        report = {"configs": list(tfds.builder("creatures", data_dir=sys.argv[1]).builder_configs), "builds": []}
        report["default"] = tfds.builder("creatures", data_dir=sys.argv[1]).builder_config.name
        for build in ("one", "two"):
            seen = {}
            for config in configs:
                builder = tfds.builder("creatures", config=config, data_dir=f"{sys.argv[1]}/{build}")
                builder.download_and_prepare()
                for split, examples in builder.as_dataset().items():
                    seen[f"{config.name}/{split}"] = sorted(
                        [int(e["individual"]), int(e["scene"]), config.names[e["label"]], GROUNDS[e["ground"]],
                         list(e["image"].shape), str(e["image"].dtype), hashlib.sha256(e["image"].tobytes()).hexdigest()]
                        for e in tfds.as_numpy(examples))
            report["builds"].append(seen)
        print(json.dumps(report))
    """, tmp_path).splitlines()[-1])
    one, two = report["builds"]
    assert one == two
    assert report["default"] == "animals"
    assert {"animals", "bunny_elephant", "bunny_elephant_shortcut", "bunny_species"} <= set(report["configs"])
    assert {split: len(examples) for split, examples in one.items()} == {
        "tiny/train": 16, "tiny/validation": 8, "tiny/test": 8, "tiny/test_swapped": 8,
        "tiny_species/train": 20, "tiny_species/validation": 20, "tiny_species/test": 20}
    for config in ("tiny", "tiny_species"):
        individuals = [{example[0] for example in one[f"{config}/{split}"]} for split in ("train", "validation", "test")]
        assert not individuals[0] & individuals[1] and not individuals[0] & individuals[2] and not individuals[1] & individuals[2]
    for example in sum(one.values(), []):
        assert example[4:6] == [[64, 64, 3], "uint8"]
    assert {tuple(example[2:4]) for example in one["tiny/train"]} == {("bunny", "grass"), ("elephant", "sand")}
    assert {tuple(example[2:4]) for example in one["tiny/test_swapped"]} == {("bunny", "sand"), ("elephant", "grass")}
    assert [example[:3] for example in one["tiny/test"]] == [example[:3] for example in one["tiny/test_swapped"]]
    assert {example[2] for example in one["tiny_species/train"]} == set(BUNNY_SPECIES)
