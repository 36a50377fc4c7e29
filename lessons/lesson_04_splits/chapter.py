# %% [markdown]
# # Splitting the data
#
# **Why would a teacher not set the exam from the answered practice questions?**
#
# A class gets 100 questions with their answers, to prepare. If the exam consists of the same 100 questions, it tells
# who has a good memory. It cannot tell who has understood anything, because understanding shows only in a question that
# was not on the sheet. So a teacher keeps some questions back.
#
# It sounds like a rule that one sentence could settle. In practice it is broken all the time, by careful people, and
# the result is usually the same: a number that looks wonderful until the model is used. In this lesson we break the rule
# in one way after the other, on purpose, and look at what it does to the number.

# %%
import numpy as np
from scipy import ndimage, stats

from course import plots
from course.claims import claim
from course.data.creatures import BUNNY_SPECIES, GROUNDS, Creature, draw_all
from course.data.digits import bundled_digits
from solutions import lesson_04_splits as lesson

digits = bundled_digits()
pictures = np.concatenate([digits.train_images, digits.test_images])
digit_names = np.concatenate([digits.train_labels, digits.test_labels])
print(f"{len(pictures):,} pictures of {pictures.shape[1]} × {pictures.shape[2]} pixels; {digits.source}")

# %% [markdown]
# ## A pupil with a perfect memory
#
# Our pupil is a program that learns by heart. It keeps every picture that it was shown, together with the answer. For a
# new picture it looks up the one that is most alike, pixel by pixel, and gives that one's answer. It is called the
# **nearest neighbour** classifier; we also call it the memoriser. Its training consists of storing.
#
# An example is a picture with its right answer, the **label**. We deal the examples out at random: 70 % of them are for
# practice, the **training set**. The others are kept back. How often the answer is right is the **accuracy**.

# %%
def nearest_answer(seen, answers, new):
    """For each new picture, the answer of the most similar picture seen."""
    seen, new = (part.reshape(len(part), -1).astype(np.float32) for part in (seen, new))
    # (a - b)² = a² - 2ab + b², summed over the pixels
    squared_distances = (new**2).sum(axis=1)[:, None] - 2 * new @ seen.T + (seen**2).sum(axis=1)
    return answers[squared_distances.argmin(axis=1)]


def accuracy(training, others, inputs, answers):
    """Share of right answers on the examples `others`, after the examples `training` were learned by heart."""
    return np.mean(nearest_answer(inputs[training], answers[training], inputs[others]) == answers[others])


# %% [markdown]
# To see what a practice score is worth, we spoil the labels. Of some examples we throw the label away and write down a
# digit that a die has chosen. In the end we do this to all of them: then there is nothing left to understand.
#
# **Predict.** With a growing share of nonsense, what happens to the accuracy on the pictures that the pupil has seen?
# And on those that were kept back?

# %%
nonsense = np.linspace(0, 1, 6)
on_seen, on_new = np.zeros((2, 5, 6))
for seed in range(5):
    training, _, kept_back = lesson.three_way_split(len(pictures), 0.15, 0.15, seed)
    rng = np.random.default_rng(seed)
    for place, share in enumerate(nonsense):
        by_die = rng.random(len(pictures)) < share
        labels = np.where(by_die, rng.integers(0, 10, len(pictures)), digit_names)
        on_seen[seed, place] = accuracy(training, training, pictures, labels)
        on_new[seed, place] = accuracy(training, kept_back, pictures, labels)

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.6))
for scores, colour, name in ((on_seen, plots.GREY, "on pictures it has seen"), (on_new, plots.BLUE, "on new pictures")):
    axis.plot(100 * nonsense, 100 * scores.mean(axis=0), color=colour, linewidth=2)
    axis.scatter(np.tile(100 * nonsense, 5), 100 * scores, color=colour, s=18, label=name)
axis.axhline(10, color=plots.ORANGE, linestyle="--", linewidth=1.5, label="guessing")
axis.set_xlabel("share of labels replaced by nonsense, in percent")
axis.set_ylabel("accuracy in percent")
axis.set_ylim(0, 106)
axis.legend(frameon=False, loc=(0.62, 0.5))
axis.set_title("The practice score stays perfect while there is less and less to learn")
plots.show(figure, "memoriser", "Accuracy against the share of nonsense labels, five splits. On seen pictures it stays "
           "at 100 percent throughout; on new ones it falls from nearly 100 percent to the level of guessing.")

# %%
claim("On pictures that it has seen, the memoriser's accuracy is {value:.0%} at every share of nonsense, in every split.",
      on_seen.min(), at_least=1, at_most=1)
claim("With the right labels, it reaches {value:.1%} on new pictures, on average over the five splits.",
      on_new[:, 0].mean(), at_least=0.96)
claim("With nothing but nonsense, it reaches {value:.1%} on new pictures, where guessing gives 10 %.",
      on_new[:, -1].mean(), at_least=0.06, at_most=0.14)

# %% [markdown]
# The blue line falls faster than the share of good labels, because the die has spoiled the exam's own answers too. But
# read the grey dots: they say 100 % about a pupil that reads nearly every new digit, and they say 100 % about a pupil
# that has learned the throws of a die. A score that is the same for both tells nothing about either.
#
# Notice two things that this did *not* show. Learning by heart is not bad in itself: with honest labels, the memoriser is
# a good reader of tidy digits. And the exam score is an estimate of what will happen with
# pictures that nobody has seen yet, provided that they are of the same kind.
#
# ## The exam as a lottery
#
# So we keep a **test set**, and measure there. Now comes a subtle mistake. Nobody trains just one model. We try many
# variants, compare them on the test set, and report the best.
#
# Let us make the mistake with models that cannot have learned anything: they toss a coin for each of 100 yes-or-no
# questions. The function `best_of_chance` holds such a contest many times, and writes down the winner's accuracy.
#
# **Predict.** Of 50 coin tossers, how many of 100 questions does the best one get right?

# %%
one = lesson.best_of_chance(models=1, test_size=100, trials=4000, seed=1)
best = lesson.best_of_chance(models=50, test_size=100, trials=4000, seed=2)

figure, axis = plots.plt.subplots(figsize=(8, 3.3))
edges = np.arange(29.5, 77.5) / 100
for values, colour, name in ((one, plots.GREY, "a single guesser"), (best, plots.BLUE, "the best of 50 guessers")):
    axis.hist(100 * values, bins=100 * edges, color=colour, alpha=0.3, histtype="stepfilled")
    axis.hist(100 * values, bins=100 * edges, color=colour, linewidth=1.8, histtype="step", label=name)
axis.set_xlabel("accuracy on 100 questions, in percent")
axis.set_ylabel("contests out of 4,000")
axis.legend(frameon=False, loc="upper left")
axis.set_title("The best of 50 guessers looks as if it knew something")
plots.show(figure, "best-of-fifty", "Two histograms of accuracy. A single guesser spreads around 50 percent, from 35 to "
           "65. The best of 50 guessers is a narrow peak around 61 percent, with hardly any value below 56.")

# %%
claim("On average, the best of 50 coin tossers answers {value:.1%} of 100 questions correctly.",
      best.mean(), at_least=0.605, at_most=0.619)
claim("In {value:.1%} of the contests, the winner got 58 or more right.", np.mean(best >= 0.58 - 1e-9), at_least=0.9)
claim("A single coin tosser gets 58 or more right in only {value:.1%} of the contests.",
      np.mean(one >= 0.58 - 1e-9), at_most=0.1)

# %% [markdown]
# Nobody cheated. Each guesser is right half of the time, and the winner was simply the luckiest on *these* questions.
# Give it another exam and its luck is gone.
#
# How large the error is can be calculated. The chance that one guesser gets at most c answers right is a matter of
# counting coin tosses (the binomial distribution). All k guessers stay at or below c with that chance to the power k.
# From this follows the average of the best, exactly. Beside it we put what `best_of_chance` found by trying.
#
# **Predict.** What helps more against the lottery: ten times fewer models, or ten times more questions?

# %%
def exact_best(models, test_size, chance=0.5):
    """Expected best accuracy: each count c adds 1/test_size if the best has more than c right answers."""
    at_most = stats.binom.cdf(np.arange(test_size), test_size, chance)
    return np.sum(1 - at_most**models) / test_size


numbers_of_models, sizes = [1, 2, 5, 10, 20, 50, 100, 200], [25, 100, 1000]
figure, axis = plots.plt.subplots(figsize=(8, 3.6))
largest_gap = 0
for size, colour in zip(sizes, (plots.RED, plots.BLUE, plots.GREEN), strict=True):
    tried = [lesson.best_of_chance(models, size, trials=2000, seed=models).mean() for models in numbers_of_models]
    exact = [exact_best(models, size) for models in numbers_of_models]
    largest_gap = max(largest_gap, np.abs(np.subtract(tried, exact)).max())
    axis.plot(numbers_of_models, 100 * np.array(exact), color=colour, linewidth=2)
    axis.scatter(numbers_of_models, 100 * np.array(tried), color=colour, s=28, label=f"{size:,} questions")
axis.axhline(50, color=plots.GREY, linestyle="--", linewidth=1)
axis.set_xscale("log")
axis.set_xticks(numbers_of_models, numbers_of_models)
axis.minorticks_off()
axis.set_xlabel("number of guessers to choose from")
axis.set_ylabel("best accuracy in percent")
axis.legend(frameon=False)
axis.set_title("More guessers flatter the winner; more questions expose it")
plots.show(figure, "lottery", "Average best accuracy against the number of guessers, for exams of 25, 100 and 1,000 "
           "questions. All start at 50 percent and rise; the shortest exam rises most. Dots lie on the calculated lines.")

# %%
claim("Trying and calculating differ by {value:.4f} at most.", largest_gap, at_most=0.012)
claim("With 10 times fewer models (5 instead of 50), the winner's lead over chance on 100 questions shrinks to {value:.0%}.",
      (exact_best(5, 100) - 0.5) / (exact_best(50, 100) - 0.5), at_least=0.5, at_most=0.55)
claim("With 10 times more questions (1,000 instead of 100), it shrinks to {value:.0%}.",
      (exact_best(50, 1000) - 0.5) / (exact_best(50, 100) - 0.5), at_least=0.28, at_most=0.35)

# %% [markdown]
# ## So there are three
#
# The way out is an exam before the exam. The **validation set** is there to choose. The **test set** is opened once, at
# the very end, for the model that was chosen, and what it says is what you report.
#
# Let us watch this with real models. They are 50 memorisers, each of which looks at a few pixels only, and at other
# pixels than the rest; 200 pictures are their training. `choose_model` picks the one that is best on 100 validation
# pictures, and then opens the test set, once. We hold 20 such contests, with new sets each time.
#
# And we do everything twice. First with labels tossed by a coin, where nothing can be learned. Then with the real digits.
#
# **Predict.** How much will the winner lose between validation and test, in the first case? And in the second?

# %%
def contest(labels, seed, pixels_each):
    """Validation and test accuracy of the memoriser that is best on validation."""
    training, validation, test = lesson.three_way_split(len(pictures), 100 / len(pictures), 0.5, seed)
    parts = {"validation": validation, "test": test}
    inputs = pictures.reshape(len(pictures), -1)

    def score(candidate, part):
        pixels = np.random.default_rng([seed, candidate]).choice(784, pixels_each, replace=False)
        return accuracy(training[:200], parts[part], inputs[:, pixels], labels)

    chosen, on_test = lesson.choose_model(list(range(50)), score)
    return score(chosen, "validation"), on_test


coin_results = [contest(np.random.default_rng(seed).integers(0, 2, len(pictures)), seed, 20) for seed in range(20)]
digit_results = [contest(digit_names, seed, 20) for seed in range(20)]

# %%
figure, axes = plots.plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
for axis, results, title in zip(axes, (coin_results, digit_results), ("labels tossed by a coin", "real digits"), strict=True):
    for on_validation, on_test in results:
        axis.plot([0, 1], [100 * on_validation, 100 * on_test], color=plots.GREY, linewidth=1, alpha=0.7)
    axis.scatter(np.zeros(20), 100 * np.array(results)[:, 0], color=plots.ORANGE, s=28, zorder=3)
    axis.scatter(np.ones(20), 100 * np.array(results)[:, 1], color=plots.BLUE, s=28, zorder=3)
    axis.set_xticks([0, 1], ["validation:\nit was chosen here", "test:\nopened once"])
    axis.set_xlim(-0.35, 1.35)
    axis.set_title(title)
axes[0].axhline(50, color=plots.RED, linestyle="--", linewidth=1.2)
axes[0].text(0.5, 46, "coin tosses", ha="center", color=plots.RED)
axes[0].set_ylim(40, 100)
axes[0].set_ylabel("accuracy of the winner in percent")
plots.headline(figure, "The score that chose the winner flatters it")
plots.show(figure, "validation-and-test", "Winners of 20 contests, validation and test accuracy joined by lines. With coin "
           "labels all fall, from about 62 percent to 50. With real digits most fall too, a little, and a few rise.")

# %%
coin_results, digit_results = np.array(coin_results), np.array(digit_results)
claim("With coin labels, the winners score {value:.1%} on the validation set, on average.",
      coin_results[:, 0].mean(), at_least=0.57, at_most=0.65)
claim("On the test set, the same models score {value:.1%}.", coin_results[:, 1].mean(), at_least=0.47, at_most=0.53)
claim("With real digits, the winners lose {value:.1f} percentage points between validation and test, on average.",
      100 * (digit_results[:, 0] - digit_results[:, 1]).mean(), at_least=1, at_most=10)

# %% [markdown]
# Everyday life is on the right. The winners can read digits, the choice was a sensible one, and still the score that
# chose them is too good by some percentage points. (From 82 % to 80 % are two percentage points.) In a single contest
# it may be more, or nothing, or the other way round.
#
# Here the comparison with an exam ends: a teacher notices when somebody has seen the questions. Here nobody notices.
# The test set looks the same whether it was opened once or a hundred times. The only protection is the habit.
#
# From here on we suppose that everybody is honest. A split can lie all the same.
#
# ## The same picture on both sides
#
# Pictures get copied, cropped a little, saved again. In a large collection many are there twice, and a random split puts
# some twins on opposite sides. Then a part of the exam *is* the practice sheet, in another typeface.
#
# To see the effect pure and large, we take 600 digits with coin labels once more, so any score above 50 % is a lie. Then
# we add copies of some of them, with a little grain and the same label. `leaked_pairs` finds the twins across the split,
# and we remove those pictures from the test.
#
# **Predict.** If we add a twin to 30 % of the pictures, which accuracy will the exam report?

# %%
shares = (0, 0.1, 0.2, 0.3)
as_split, cleaned = np.zeros((2, 10, len(shares)))
for seed in range(10):
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(pictures))[:600]
    labels = rng.integers(0, 2, len(chosen))
    for place, share in enumerate(shares):
        twins = rng.permutation(600)[: round(share * 600)]
        grain = rng.normal(scale=4, size=(len(twins), 28, 28))
        copies = np.clip(np.rint(pictures[chosen[twins]] + grain), 0, 255).astype(np.uint8)
        inputs, answers = np.concatenate([pictures[chosen], copies]), np.concatenate([labels, labels[twins]])
        training, test = lesson.stratified_split(answers, 0.2, seed)  # at random, with the same share of each answer on both sides
        pairs = lesson.leaked_pairs(inputs[training, ::2, ::2], inputs[test, ::2, ::2], tolerance=6)
        no_twin = np.delete(test, np.unique(pairs[:, 1]))
        as_split[seed, place] = accuracy(training, test, inputs, answers)
        cleaned[seed, place] = accuracy(training, no_twin, inputs, answers)

# %%
figure, (original, copy, axis) = plots.plt.subplots(1, 3, figsize=(9.4, 3.4), width_ratios=(1, 1, 2.6))
for panel, picture, title in ((original, pictures[chosen[twins[0]]], "a picture"), (copy, copies[0], "its twin")):
    panel.imshow(picture, cmap="gray_r", vmin=0, vmax=255)
    panel.set_axis_off()
    panel.set_title(title)
for scores, colour, name, aside in ((as_split, plots.RED, "as it was split", -0.4),
                                    (cleaned, plots.BLUE, "twins removed from the test", 0.4)):
    axis.plot(100 * np.array(shares), 100 * scores.mean(axis=0), color=colour, linewidth=2, label=name)
    axis.scatter(np.tile(100 * np.array(shares) + aside, 10), 100 * scores, color=colour, s=14, alpha=0.7)
axis.axhline(50, color=plots.GREY, linestyle="--", linewidth=1)
axis.set_xticks([0, 10, 20, 30])
axis.set_xlabel("pictures with a twin, in percent")
axis.set_ylabel("accuracy in percent")
axis.legend(frameon=False, loc="upper left")
axis.set_title("coin labels: 50 is the truth")
plots.headline(figure, "Near-copies across the split let memory pass for knowledge")
plots.show(figure, "twins", "A digit and its nearly equal copy. Accuracy against the share of twins, ten splits: as split it "
           "rises well above 50 percent; with the twins removed from the test it stays around 50.")

# %%
claim("With twins of 30 % of the pictures, the exam reports {value:.1%} on average, where 50 % is the truth.",
      as_split[:, -1].mean(), at_least=0.62)
claim("After the twins were removed from the test, it reports {value:.1%}.", cleaned[:, -1].mean(), at_least=0.45, at_most=0.56)

# %% [markdown]
# `leaked_pairs` calls two pictures twins where they differ by no more than a limit, the tolerance. It needs care. With
# 0, only exact copies are found, and none of ours is one. With a large one, two different pictures that look alike are
# taken for twins as well. And a picture that was mirrored or shifted by a few pixels would escape this measure
# altogether: in lesson 1, a shift made a face a stranger to itself.
#
# ## The same rabbit on both sides
#
# Twins can be found, because they look alike. What follows is harder to see.
#
# Fifty rabbits of five breeds live with fifty families. Each family sends ten photographs. The task is to tell the breed.
# A random split deals out the *photographs*, so nearly every rabbit is on both sides. A **grouped split** deals out the
# *rabbits*. (They are drawn by a program, so that we know exactly what is the same and what is not.)

# %%
def album(seed, *, at_home):
    """Ten photographs of each of 50 rabbits; returns descriptions, breeds and rabbits."""
    rng = np.random.default_rng(seed)
    photographs, breeds, rabbits = [], np.repeat(np.arange(50) % 5, 10), np.repeat(np.arange(50), 10)
    for rabbit in range(50):
        home, home_scene, number = rng.choice(GROUNDS), int(rng.integers(10**6)), int(rng.integers(10**6))
        for _ in range(10):
            pose, right, down, light = rng.uniform(-1, 1, size=4)
            studio_scene = int(rng.integers(10**6))
            photographs.append(Creature(
                species=BUNNY_SPECIES[rabbit % 5], individual=number, pose=pose, scale=0.95,
                ground=str(home) if at_home else "floor", scene=home_scene if at_home else studio_scene,
                x=0.5 + 0.05 * right, y=0.52 + 0.03 * down, light=0.4 * light))
    return photographs, breeds, rabbits


at_home, breeds, rabbits = album(0, at_home=True)
in_studio, _, _ = album(0, at_home=False)

# %%
figure, axes = plots.plt.subplots(4, 6, figsize=(8.4, 6))
shown = [rabbit for rabbit in range(50) if at_home[10 * rabbit].ground in ("grass", "snow", "sand")][:2]
rows = [album_[10 * rabbit : 10 * rabbit + 6] for album_ in (at_home, in_studio) for rabbit in shown]
for axis, picture in zip(axes.ravel(), draw_all([creature for row in rows for creature in row], size=96), strict=True):
    axis.imshow(picture)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
names = "one rabbit\nat home", "another one\nat home", "the first\nin the studio", "the second\nin the studio"
for axis, name in zip(axes[:, 0], names, strict=True):
    axis.set_ylabel(name)
plots.headline(figure, "At home, a rabbit and its place always come together")
plots.show(figure, "rabbits", "Four rows of six photographs. Two rabbits at home, each always before the same background; "
           "below, the same two rabbits in a studio, where floor and background change from picture to picture.")

# %% [markdown]
# Above are two rabbits at home, each in its own place. Below are the same two, photographed in a studio.
#
# **Predict.** The memoriser gets the photographs taken at home. Which accuracy will the random split report, and which
# the grouped one? With five breeds, guessing gives 20 %. And will grouping matter in the studio?

# %%
small = {"at home": draw_all(at_home, size=32), "in the studio": draw_all(in_studio, size=32)}
breed_scores = {}
for place, photographs in small.items():
    random_splits = [lesson.stratified_split(breeds, 0.2, seed) for seed in range(10)]
    grouped_splits = [lesson.group_split(rabbits, 0.2, seed) for seed in range(10)]
    breed_scores[f"{place}:\nrandom split"] = [accuracy(*split, photographs, breeds) for split in random_splits]
    breed_scores[f"{place}:\ngrouped split"] = [accuracy(*split, photographs, breeds) for split in grouped_splits]

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.6))
for place, (name, scores) in enumerate(breed_scores.items()):
    colour = plots.BLUE if "grouped" in name else plots.RED
    axis.scatter(place + np.linspace(-0.16, 0.16, 10), 100 * np.array(scores), color=colour, s=26)
    axis.plot([place - 0.27, place + 0.27], [100 * np.mean(scores)] * 2, color=colour, linewidth=2)
axis.axhline(20, color=plots.GREY, linestyle="--", linewidth=1)
axis.text(3.45, 21.5, "guessing", ha="right", color=plots.GREY)
axis.set_xticks(range(4), breed_scores)
axis.set_ylim(0, 104)
axis.set_ylabel("accuracy for the breed, in percent")
axis.set_title("At home, the random split praises a model that fails on new rabbits")
plots.show(figure, "grouped", "Accuracy in ten splits each. At home: near 100 percent with a random split, far lower with "
           "a grouped one. In the studio: both kinds of split give similar values.")

# %%
home_random, home_grouped, studio_random, studio_grouped = (np.mean(scores) for scores in breed_scores.values())
claim("At home, the random split reports {value:.1%}.", home_random, at_least=0.9)
claim("For rabbits that the model has never met, it is {value:.1%}.", home_grouped, at_most=0.55)
claim("In the studio, the random split reports {value:.1f} percentage points more than the grouped one.",
      100 * (studio_random - studio_grouped), at_least=-5, at_most=20)
claim("That is {value:.0%} of the difference at home.", (studio_random - studio_grouped) / (home_random - home_grouped),
      at_least=-0.1, at_most=0.3)

# %% [markdown]
# At home the memoriser recognised the *place*: same meadow, same rabbit, same breed. This helps with the tenth photograph
# of a known rabbit, and hardly with a new one. Which of the two numbers is right depends on the question. If the model
# will only ever see these fifty rabbits, the random split is fair. If it is for others, the grouped one is.
#
# The studio is a surprise worth keeping. The rabbits are the same, each is on both sides again, and yet grouping
# matters far less. Shared groups are dangerous where the members share something that is *easier to see than the
# answer*. Here it was the place and hardly the rabbit. You do not know beforehand what it is, so you group.
#
# ## The class that is not there
#
# A thousand examples, four of them of a rare kind. We hold out 10 % at random.
#
# **Predict.** How likely is it that the exam contains none of the four, and therefore says nothing about them?

# %%
rare_counts = np.arange(1, 31)
test_sets = [lesson.three_way_split(1000, 0.1, 0.1, seed)[2] for seed in range(1000)]
missing = np.mean([[test.min() >= rare for rare in rare_counts] for test in test_sets], axis=0)  # rare: numbers 0, 1, 2, …
exact = stats.hypergeom.pmf(0, 1000, rare_counts, 100)  # the chance that 100 drawn from 1,000 hold none of the rare ones

stratified_missing = 0
for seed in range(200):
    labels = np.where(np.arange(1000) < 4, 1, 0)
    _, held_out = lesson.stratified_split(labels, 0.1, seed)
    stratified_missing += labels[held_out].sum() == 0

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.3))
axis.plot(rare_counts, 100 * exact, color=plots.GREY, linewidth=2, label="calculated")
axis.scatter(rare_counts, 100 * missing, color=plots.BLUE, s=26, zorder=3, label="1,000 random splits")
axis.set_xlabel("rare examples among 1,000")
axis.set_ylabel("tests without any, in percent")
axis.set_ylim(0, 100)
axis.legend(frameon=False)
axis.set_title("A random test set often misses a rare class completely")
plots.show(figure, "rare-class", "Probability that a random test set of 10 percent has no rare example, against their number: "
           "90 percent for one, about 65 for four, below 5 for thirty. Simulation and calculation agree.")

# %%
claim("Of 1,000 random splits, {value:.1%} put none of four rare examples into the test.", missing[3], at_least=0.6, at_most=0.71)
claim("Calculated, it is {value:.1%}.", exact[3], at_least=0.65, at_most=0.66)
claim("Of 200 stratified splits, {value:.0f} did.", stratified_missing, at_least=0, at_most=0)

# %% [markdown]
# A **stratified split** divides each class for itself and puts at least one of its examples into the test, so it cannot
# happen. Do not expect too much, though. One rare example in the test tells hardly anything: it is right or wrong.
# Against too few examples, no way of splitting helps.
#
# ## Looking ahead
#
# Often the inputs are prepared before training. A common step is to **standardise**: subtract each feature's mean
# and divide by its spread, the standard deviation. (A feature is one column of numbers, such as one pixel.) Mean
# and spread come from data. From which? If they are taken from all of it, the exam has helped to write the practice
# sheet.
#
# Another common step is to select features: of 5,000 columns, keep the 20 in which the two classes differ most.
#
# We do each step twice: once on everything before the split, once on the training part only. Standardising is done on 300
# real digits. For the selection, the columns are random numbers and the labels coins, so the truth is 50 %.
#
# **Predict.** Which of the two leaks does more harm? How much?

# %%
def twenty_best(columns, labels):
    gap = np.abs(columns[labels == 0].mean(axis=0) - columns[labels == 1].mean(axis=0))
    return np.argsort(gap)[-20:]


def nearest_mean(training, test, columns, labels):
    """Accuracy of a classifier that asks which class's mean is nearer."""
    means = [columns[training][labels[training] == name].mean(axis=0) for name in (0, 1)]
    to_first, to_second = (((columns[test] - mean) ** 2).sum(axis=1) for mean in means)
    return np.mean((to_second < to_first) == labels[test])


# %%
looked_ahead = {name: [] for name in ("standardised:\ntraining only", "standardised:\non everything",
                                      "selected:\ntraining only", "selected:\non everything")}
scaled, scaled_on_all, selected, selected_on_all = looked_ahead.values()
for seed in range(20):
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(pictures))[:300]
    inputs, names = pictures[rows].reshape(300, -1).astype(float), digit_names[rows]
    training, test = lesson.stratified_split(names, 0.3, seed)
    train_scaled, test_scaled = lesson.standardize(inputs[training], inputs[test])
    scaled.append(np.mean(nearest_answer(train_scaled, names[training], test_scaled) == names[test]))
    scaled_on_all.append(accuracy(training, test, *lesson.standardize(inputs), names))

    columns, coins = rng.normal(size=(100, 5000)), rng.permutation(np.repeat([0, 1], 50))
    training, test = lesson.stratified_split(coins, 0.3, seed)
    selected.append(nearest_mean(training, test, columns[:, twenty_best(columns[training], coins[training])], coins))
    selected_on_all.append(nearest_mean(training, test, columns[:, twenty_best(columns, coins)], coins))

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.6))
for place, (name, scores) in enumerate(looked_ahead.items()):
    colour = plots.BLUE if "only" in name else plots.RED
    axis.scatter(place + np.linspace(-0.18, 0.18, 20), 100 * np.array(scores), color=colour, s=22)
    axis.plot([place - 0.29, place + 0.29], [100 * np.mean(scores)] * 2, color=colour, linewidth=2)
axis.plot([1.6, 3.4], [50, 50], color=plots.GREY, linestyle="--", linewidth=1)
axis.text(3.4, 44, "all there is to find", ha="right", color=plots.GREY)
axis.set_xticks(range(4), looked_ahead)
axis.set_ylim(20, 104)
axis.set_ylabel("accuracy in percent")
axis.set_title("Scaling on everything did no harm; selecting on everything did")
plots.show(figure, "looking-ahead", "Accuracy in 20 splits each. Standardising on training only and on everything: the same, "
           "about 92 percent. Selecting features: about 50 percent on training only, about 90 on everything.")

# %%
claim("Standardising on everything changed the accuracy by {value:+z.1f} percentage points on average.",
      100 * (np.mean(scaled_on_all) - np.mean(scaled)), at_least=-2, at_most=2)
claim("Selecting on everything reports {value:.1%}, with columns of random numbers and labels tossed by a coin.",
      np.mean(selected_on_all), at_least=0.8)
claim("Selecting on the training part only, it is {value:.1%}.", np.mean(selected), at_least=0.4, at_most=0.58)

# %% [markdown]
# To be honest about it: the leak of which every textbook warns, scaling on everything, did less here than one split
# differs from the next. Means and spreads hardly depend on a few examples more, and they do not look at the labels. The
# selection *does* look at the labels. Among 5,000 columns some fit the test's coins by luck, and these were picked: the
# lottery of the coin tossers again, with columns as guessers.
#
# The habit is the same for both, since you do not know beforehand which kind you have: everything that is learned from
# data is learned from the training part. Even a mean.
#
# ## Time runs one way
#
# A post office reads digits with a scanner whose feeder wears out, so the letters come in more and more crooked: turned
# by −30° in the first week, and by 60° in the last. The model is trained on the past and used in the future. So how
# shall we split the past? At random, or with its latest part as the exam?
#
# **Predict.** Which of the two will come closer to the accuracy in the weeks that follow?

# %%
estimates = []
for seed in range(10):
    order = np.random.default_rng(seed).permutation(len(pictures))[:1500]  # the order in which the letters arrive
    turned = [ndimage.rotate(pictures[one], angle, reshape=False, order=1)
              for one, angle in zip(order, np.linspace(-30, 60, 1500), strict=True)]
    inputs, answers = np.array(turned), digit_names[order]
    by_luck = accuracy(*lesson.stratified_split(answers[:1200], 0.25, seed), inputs, answers)
    by_time = accuracy(np.arange(900), np.arange(900, 1200), inputs, answers)
    afterwards = accuracy(np.arange(1200), np.arange(1200, 1500), inputs, answers)
    estimates.append((by_luck, by_time, afterwards))
estimates = np.array(estimates)

# %%
figure = plots.plt.figure(figsize=(9.4, 3.8))
above, below = figure.subfigures(1, 2, width_ratios=(1, 1.5))
for axis, place in zip(above.subplots(3, 3).ravel(), np.linspace(0, 1499, 9).astype(int), strict=True):
    axis.imshow(inputs[place], cmap="gray_r")
    axis.set_axis_off()
above.suptitle("letters 1 to 1,500", x=0.02, ha="left", fontsize=11)
axis = below.subplots()
names = "random split\nof the past", "split by time", "what came\nafterwards"
for place, (name, colour) in enumerate(zip(names, (plots.RED, plots.BLUE, plots.GREY), strict=True)):
    axis.scatter(place + np.linspace(-0.16, 0.16, 10), 100 * estimates[:, place], color=colour, s=26)
    axis.plot([place - 0.27, place + 0.27], [100 * estimates[:, place].mean()] * 2, color=colour, linewidth=2)
axis.set_xticks(range(3), names)
axis.set_ylim(50, 102)
axis.set_ylabel("accuracy in percent")
axis.set_title("Only the split by time asks about the future")
plots.show(figure, "time", "Nine digits that turn further and further. Accuracy in ten repetitions: about 95 percent in a "
           "random split of the past, about 83 in a split by time, and about the same in what came afterwards.")

# %%
luck, time, afterwards = estimates.mean(axis=0)
claim("The random split promised {value:.1f} percentage points too much, on average over ten repetitions.",
      100 * (luck - afterwards), at_least=5)
claim("The split by time missed the truth by {value:.1f} percentage points.", 100 * abs(time - afterwards), at_most=8)

# %% [markdown]
# In the random split, for every letter of the exam there are letters from the same day in the training part. It asks
# "can you fill the gaps?" when the question is "can you go on?". The split by time asks the right question, of the
# right kind of data. It promises nothing if the change speeds up, or if something new comes that the past did not
# contain.
#
# ## Let TFDS cut
#
# TensorFlow Datasets, TFDS for short, keeps data sets as files, and cuts them for you: `train[:80%]` is the first 80 % of
# the split that is called `train`. Your function `tfds_slices` writes three such pieces. The order is fixed by the files.
# Normally TFDS shuffles once, while it *writes* them. A data set may switch that off, and then its order is that of its
# maker. We write 1,000 digits, sorted by label, in both ways.
#
# **Predict.** Which digits are in the last tenth of the file, in the one case and in the other?

# %%
import contextlib
import io
import logging
import tempfile

logging.getLogger("absl").setLevel(logging.ERROR)
import tensorflow_datasets as tfds

tfds.disable_progress_bar()
workshop = tempfile.TemporaryDirectory()  # gone when the chapter ends
tempfile.tempdir = workshop.name  # TFDS leaves folders of its own; they go with it

# %%
in_order = np.sort(digit_names[:1000])
examples = [(place, {"place": place, "label": int(label)}) for place, label in enumerate(in_order)]
features = tfds.features.FeaturesDict({"place": np.int64, "label": tfds.features.ClassLabel(num_classes=10)})


def write(name, keep_order):
    """Write the examples as a TFDS data set; returns its builder."""
    with contextlib.redirect_stdout(io.StringIO()):
        return tfds.dataset_builders.store_as_tfds_dataset(
            name=name, version="1.0.0", features=features, split_datasets={"train": examples},
            data_dir=workshop.name, disable_shuffling=keep_order)


def read(builder, split):
    return np.array([example["label"] for example in tfds.as_numpy(builder.as_dataset(split=split))])


kept, shuffled = write("kept_in_order", True), write("shuffled_once", False)

# %%
slices = lesson.tfds_slices(validation=10, test=10)
print(slices)
figure, axes = plots.plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for axis, builder, title in zip(axes, (kept, shuffled), ("written in order", "shuffled when written"), strict=True):
    start = 0
    for split, colour in zip(slices, (plots.GREY, plots.ORANGE, plots.BLUE), strict=True):
        found = read(builder, split)
        axis.scatter(np.arange(start, start + len(found)), found, color=colour, s=5, label=split)
        start += len(found)
    axis.set_xlabel("place in the file")
    axis.set_title(title)
axes[0].set_ylabel("digit")
axes[0].set_yticks(range(10))
axes[0].legend(frameon=False, markerscale=3, loc="upper left")
plots.headline(figure, "The first 80 % of a sorted file are no sample of it")
plots.show(figure, "tfds-order", "Digit against place in the file. Written in order, the digits climb like stairs, and the last "
           "slice holds almost only nines. Shuffled when written, all digits are everywhere.")

# %%
sizes = [builder.info.splits[split].num_examples for builder in (kept, shuffled) for split in slices]
claim("In the sorted file, {value:.0%} of the test slice is the digit 9.", np.mean(read(kept, slices[2]) == 9), at_least=0.9)
claim("In the training slice, {value:.0f} nines are left.", np.sum(read(kept, slices[0]) == 9), at_least=0, at_most=0)
claim("Shuffled when written, the test slice has {value:.0f} different digits.",
      len(np.unique(read(shuffled, slices[2]))), at_least=9, at_most=10)
changed = np.sum(read(shuffled, slices[2]) != read(shuffled, slices[2]))
claim("Read a second time, {value:.0f} of its places hold another digit.", changed, at_least=0, at_most=0)
claim("Both files together, the slices hold {value:,.0f} examples.", sum(sizes), at_least=2000, at_most=2000)

# %% [markdown]
# So a slice is always the same one, which is a good thing: the test set of today is the test set of tomorrow. Whether
# it is a *fair* one depends on who wrote the file. `tfds.even_splits` cuts into equal pieces, and it also follows the
# order:

# %%
for piece, split in enumerate(tfds.even_splits("train", 3)):
    print(f"piece {piece + 1}: {kept.info.splits[split].num_examples} examples, digits {np.unique(read(kept, split))}")

# %% [markdown]
# One more trap in the notation. `train[:80]`, without the percent sign, is valid as well. It means the first 80
# *examples*, and no warning comes. TFDS knows nothing about groups or time either: if these matter, you split yourself.
#
# ## What you can say now
#
# - The accuracy on seen examples is worth nothing as a promise: memory alone gives 100 %, on nonsense too.
# - Whoever chooses by a number makes that number too good. So validation chooses, and the test is opened once.
# - More models to choose from flatter the winner more, and more test examples flatter it less.
# - A split must keep apart what will be apart later: copies, groups, the past and the future.
# - What is learned from data, even a mean, is learned from the training part. What looks at the labels deserves the most care.
# - Stratify when a class is rare; but no split makes few examples many.
# - A slice of a file is a random sample only if somebody shuffled the file.
#
# ## What this did not show
#
# Our model was mostly a memoriser, the most gullible pupil there is, and some of the data were made to show an effect at
# full strength. Other models and real collections give smaller numbers, and sometimes hardly any, as the scaling and
# the studio have shown. Nor does a clean split make the data good: if all photographs were taken on the same
# afternoon, no split will tell what happens in the rain. And with little data, one validation set is a shaky judge.
# There are ways to take turns (cross-validation), which we leave for later.
#
# ## Your turn
#
# You have seen what the eight functions do. Now write them: go to the [exercise](exercise/), fill in the first one, and
# run `course check 4`. When all of them pass, `course run 4 --mine` runs this chapter with your functions in place of
# ours.
