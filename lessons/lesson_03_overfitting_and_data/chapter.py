# %% [markdown]
# # Overfitting, shortcuts and how much data you need
#
# **What does a network learn from four pictures of bunnies that all sit on grass?**
#
# Show a small child one bunny, and it knows the next one: on the sofa, on the beach, in a picture book. Nobody has to
# tell it that the grass under the first one did not matter.
#
# A network has no idea of what matters. It finds what its pictures have in common, and uses whatever separates them
# from the others. Four bunnies on grass have much in common: long ears, fur, an eye. And green grass.
#
# In this lesson we find out which of these it takes, and what it costs to change its mind. Then we ask how many
# pictures a question needs, what can be done with too few, and why the accuracy on the training pictures tells you
# nothing.
#
# (One warning first. "Long ears" and "an eye" are our words. A network does not think in ears and eyes. It has
# numbers that make some sums larger and others smaller. We use such words as shorthand for what changes its answer.)

# %%
from dataclasses import asdict
from functools import cache

import keras
import numpy as np

from course import plots
from course.claims import claim
from course.data.creatures import GROUNDS, Creature, animal_mask, draw_all, random_creatures
from solutions import lesson_03_overfitting_and_data as lesson

# %% [markdown]
# The name `lesson` stands for the seven functions that you will write in the [exercise](exercise/). Each is explained
# before it is used.
#
# ## Four bunnies on grass
#
# Our animals are drawn, by a program, and for a reason. With photographs nobody could ever show us *this very bunny*,
# in the same pose and the same light, on another ground. With drawings we can. Each picture is made from a handful of
# settings: which animal, which individual, its pose, the light, the ground.
#
# A network needs something to tell its bunnies *from*. So here are four bunnies, all on grass, and four elephants,
# all on sand.

# %%
USUAL = {"bunny": "grass", "elephant": "sand"}
EXCHANGE = {"grass": "sand", "sand": "grass"}


def on_usual_ground(count, seed):
    """Settings of so many bunnies on grass and as many elephants on sand, in turn."""
    kinds = [random_creatures(count, seed + number, animal=animal, ground=ground, scale=1.2)
             for number, (animal, ground) in enumerate(USUAL.items())]
    return [asdict(creature) for pair in zip(*kinds, strict=True) for creature in pair]


def labels_of(settings):
    return np.array([int(one["animal"] == "elephant") for one in settings])  # bunny 0, elephant 1


def scaled(pictures):
    return (pictures / 255).astype(np.float32)


# %%
four = on_usual_ground(4, seed=100)
pictures_of_four = draw_all([Creature(**settings) for settings in four], 64)
figure, axes = plots.plt.subplots(2, 4, figsize=(7.6, 3.9))
for axis, picture in zip(axes.ravel(), [*pictures_of_four[0::2], *pictures_of_four[1::2]], strict=True):
    axis.imshow(picture)
    axis.set_axis_off()
plots.headline(figure, "All that the network will ever see: four bunnies, four elephants")
plots.show(figure, "four-and-four", "Eight drawn pictures. Above, four bunnies of different colour and pose, all on "
           "green grass. Below, four elephants, all on yellow sand.")

# %% [markdown]
# The network gets them at 32 × 32 pixels, which is coarse, and quick to train on. It is built by `build_cnn`: three
# layers of filters as in lesson 1, each followed by a pooling that halves the picture, and a last layer that gives
# each class its share. It has fewer weights than a single `Dense` layer on the pixels.

# %%
SHAPE = 32, 32, 3
network = lesson.build_cnn(SHAPE, 2)
network.steps_per_execution = 10  # hands over 10 steps at once: the same steps, less waiting
network.optimizer.build(network.trainable_variables)
untouched = [keras.ops.convert_to_numpy(variable) for variable in network.optimizer.variables]
print(f"{network.count_params():,} weights; one Dense layer of 32 units on the pixels: {32 * 32 * 32 * 3:,}")

# %% [markdown]
# We will train about ninety networks. So that nobody has to wait, we use one and the same network object again
# and again, and give it new random weights each time: what a network has learned is in its weights and nowhere else.
# For the same reason we lay all passes through the pictures end to end, and let Keras take them as one. Within one
# comparison every network takes the same number of steps, with 16 pictures each, however many different pictures there
# are.

# %%
@cache
def first_weights(seed):
    keras.utils.set_random_seed(seed)
    return lesson.build_cnn(SHAPE, 2).get_weights()


def start_afresh(seed):
    network.set_weights(first_weights(seed))
    keras.utils.set_random_seed(seed)
    for variable, value in zip(network.optimizer.variables, untouched, strict=True):
        variable.assign(value)


def practise(pictures, labels, steps, rng, vary=None):
    """Some steps of training with 16 pictures each; `vary` may change the pictures on the way."""
    passes = -(-16 * steps // len(labels))
    order = np.concatenate([rng.permutation(len(labels)) for _ in range(passes)])[: 16 * steps]
    chosen = pictures[order] if vary is None else vary(pictures[order])
    network.fit(chosen, labels[order], batch_size=16, shuffle=False, verbose=0)


# %%
def train(pictures, labels, seed, steps=120, vary=None):
    """A fresh network, trained; returns its weights."""
    start_afresh(seed)
    practise(pictures, labels, steps, np.random.default_rng(seed), vary)
    return network.get_weights()


def shares(weights, pictures):
    network.set_weights(weights)
    return keras.ops.convert_to_numpy(network(pictures))


def answers(weights, pictures):
    return shares(weights, pictures).argmax(axis=1)


def accuracy(weights, pictures, labels):
    return float(np.mean(answers(weights, pictures) == labels))


# %% [markdown]
# To examine it we take 200 other animals that it has never seen, again bunnies on grass and elephants on sand. These
# are **held out**: no network in this chapter is ever trained on them.
#
# And we take the same 200 animals once more, with nothing but the ground exchanged (and what belongs to it: behind the
# grass are hills, behind the sand is the sea). Same individual, same pose, same light: a bunny on sand, an elephant on
# grass. Such a pair is called **counterfactual**: how the picture would look if that one thing had been otherwise.
# `counterfactual_pairs` draws both.
#
# **Predict.** Eight pictures are few. How many of the 200 will it name correctly on their usual ground? How many
# after the exchange?

# %%
exam = on_usual_ground(100, seed=200)
exam_labels = labels_of(exam)
exam_usual, exam_exchanged = map(scaled, lesson.counterfactual_pairs(exam, EXCHANGE))

eight = scaled(draw_all([Creature(**settings) for settings in four], 32))
first_network = train(eight, labels_of(four), seed=0, steps=100)
claim("On their usual ground, {value:.0%} of the animals are named correctly.",
      accuracy(first_network, exam_usual, exam_labels), at_least=0.9)
claim("With the ground exchanged, it is {value:.1%}.", accuracy(first_network, exam_exchanged, exam_labels), at_most=0.1)

# %%
shown = [0, 2, 1, 3]
figure, axes = plots.plt.subplots(2, 4, figsize=(8.4, 4.9))
for row, pictures in zip(axes, (exam_usual, exam_exchanged), strict=True):
    said = shares(first_network, pictures[shown])
    for axis, picture, (bunny, elephant) in zip(row, pictures[shown], said, strict=True):
        axis.imshow(picture)
        axis.set_title(f"bunny {bunny:.0%}" if bunny > elephant else f"elephant {elephant:.0%}")
        axis.set_axis_off()
plots.headline(figure, "The same animals, and the network says the opposite")
plots.show(figure, "counterfactual-pairs", "Two rows of four small pictures with the network's answers. Above, two "
           "bunnies on grass and two elephants on sand, named correctly. Below, the same animals on exchanged "
           "ground, named wrongly.")

# %% [markdown]
# It has learned something, and learned it well. It can tell grass from sand.
#
# Below each animal stands the same one with its ground exchanged, and with it the answer turns round. What is left
# when everything else is equal is the cause, and here only the ground is not equal. A photograph could not prove
# this: two photographs always differ in more than one thing.
#
# Something that works on the pictures at hand, for a reason that has nothing to do with the question, is called a
# **shortcut**. Be fair to the network: nothing in the eight pictures said that we meant the animal. "Green below" is
# a perfectly good explanation of them, and the simpler one.
#
# As a number we take the accuracy that is lost when only the ground is exchanged, and call it the **reliance** on the
# ground. 0: it does not matter. 1: everything hangs on it. That is `shortcut_reliance`.
#
# Perhaps these eight pictures were an unlucky choice, or there were too few. So let us have up to 400 of them, and
# four networks for each number, every one with another random start and, as far as they go round, other pictures.
#
# **Predict.** Will 400 pictures cure what 8 could not?

# %%
pool = on_usual_ground(200, seed=300)
pool_labels = labels_of(pool)
pool_usual, pool_exchanged = map(scaled, lesson.counterfactual_pairs(pool, EXCHANGE))
nobody = np.zeros(len(exam), dtype=bool)  # animals to leave out because they were trained on: none
counts = [4, 20, 200]
usual, exchanged, reliance = np.zeros((3, 4, len(counts)))
for seed in range(4):
    for number, count in enumerate(counts):
        start = 2 * count * seed if count <= 20 else 0
        part = slice(start, start + 2 * count)
        weights = train(pool_usual[part], pool_labels[part], seed, steps=80)
        as_usual, as_exchanged = answers(weights, exam_usual), answers(weights, exam_exchanged)
        usual[seed, number], exchanged[seed, number] = np.mean(as_usual == exam_labels), np.mean(as_exchanged == exam_labels)
        reliance[seed, number] = lesson.shortcut_reliance(exam_labels, as_usual, as_exchanged, nobody)

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.5))
places = np.arange(len(counts)) + np.linspace(-0.09, 0.09, 4)[:, np.newaxis]
axis.scatter(places, usual, color=plots.BLUE, s=36)
axis.scatter(places, exchanged, color=plots.RED, marker="s", s=32)
axis.axhline(0.5, color=plots.GREY, linestyle=":")
for height, name, colour in ((0.9, "on the usual ground", plots.BLUE), (0.53, "guessing", plots.GREY),
                             (0.07, "ground exchanged", plots.RED)):
    axis.text(0.5, height, name, color=colour, ha="center")
axis.set_xticks(range(len(counts)), counts)
axis.set_ylim(-0.05, 1.05)
axis.set_xlabel("training pictures of each animal; each dot is one network")
axis.set_ylabel("held-out accuracy")
axis.set_title("More pictures of the same kind do not help")
plots.show(figure, "more-of-the-same", "Accuracy of twelve networks trained on 4 to 200 pictures per animal. On the "
           "usual ground all lie near 1, with the ground exchanged all lie near 0, whatever the number of pictures.")

# %%
claim("On the usual ground, the weakest of the twelve networks is right for {value:.0%} of the animals.",
      usual.min(), at_least=0.85)
claim("With the ground exchanged, the best of them is right for {value:.0%}.", exchanged.max(), at_most=0.4)
claim("With 200 pictures of each animal, the mean reliance of the four networks is {value:.2f}.",
      reliance[:, -1].mean(), at_least=0.85)

# %% [markdown]
# Look at the red squares. They are not near one half, as for somebody who guesses. They are near 0. The network is
# not confused on exchanged ground, it is wrong as a rule.
#
# And look at the blue dots. If you only ever test with pictures of the same kind, everything is splendid. You would
# ship this network. Nothing in the usual way of testing can tell you, because the test has the same grass as the
# training.
#
# ## When the ground varies
#
# In the story the cure is plain: show bunnies elsewhere, too. We take the 400 pictures and exchange the ground in a
# share of them, chosen at random. With 50% exceptions grass and sand are equally common for both animals, and the
# ground says nothing any more.
#
# **Predict.** How many exceptions will it take until the reliance has fallen by half? Five percent are 20 pictures
# among 400.

# %%
SHARES = [0, 0.02, 0.05, 0.1, 0.5]
reliances = np.zeros((4, len(SHARES)))
kept = {}
for seed in range(4):
    shuffled = np.random.default_rng(seed).permutation(len(pool))
    for number, share in enumerate(SHARES):
        mixed = pool_usual.copy()
        exceptions = shuffled[: round(share * len(pool))]
        mixed[exceptions] = pool_exchanged[exceptions]
        weights = kept[share, seed] = train(mixed, pool_labels, seed)
        as_usual, as_exchanged = answers(weights, exam_usual), answers(weights, exam_exchanged)
        reliances[seed, number] = lesson.shortcut_reliance(exam_labels, as_usual, as_exchanged, nobody)

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.6))
for each in reliances:
    axis.plot(SHARES, each, color=plots.GREY, linewidth=1, marker="o", markersize=4, clip_on=False)
axis.plot(SHARES, reliances.mean(axis=0), color=plots.BLUE, linewidth=3)
axis.set_xscale("function", functions=(np.sqrt, np.square))
axis.set_xticks(SHARES, [f"{share:.0%}" for share in SHARES])
axis.set_ylim(-0.05, 1.05)
axis.set_xlabel("training pictures with the ground exchanged (the left of the axis is stretched)")
axis.set_ylabel("reliance on the ground")
axis.set_title("A few exceptions loosen the shortcut, many dissolve it")
plots.show(figure, "exceptions", "Reliance on the ground against the share of exceptions among 400 training "
           "pictures: near 1 without any, falling steeply up to 10 percent, near 0 at 50 percent. Four thin lines "
           "and their mean.")

# %%
claim("Without exceptions, the mean reliance of the four networks is {value:.2f}.", reliances[:, 0].mean(), at_least=0.9)
claim("With 10% of exceptions it is {value:.2f}.", reliances[:, 3].mean(), at_least=0.03, at_most=0.6)
claim("With 50% it is {value:z.2f}.", reliances[:, 4].mean(), at_least=-0.05, at_most=0.1)
claim("With 2% of exceptions, the four networks range over {value:.2f}: with so few, it matters which ones they are.",
      np.ptp(reliances[:, 1]), at_least=0.05)

# %% [markdown]
# Why do so few pictures have such an effect? As long as the ground explains every picture, there is no reason to look
# for anything else: the loss is near 0, and the slope that training follows is flat. Each exception is a picture that
# the shortcut gets wrong, and loudly. It pulls the loss up, and then something else has to bring it down again:
# something about the animal, or about this very picture.
#
# But is the network free from the ground now, or only from grass and sand? We have five more grounds. Let us compare
# three diets with the same animals: only the usual ground; half exchanged, as above; and five grounds in equal
# shares. For the exam there are, besides usual and exchanged, two grounds that no network has ever seen.
#
# **Predict.** Which of the three will do well on a ground that it has never seen?

# %%
UNSEEN = "carpet", "snow"
SEEN = [ground for ground in GROUNDS if ground not in UNSEEN]


def on_grounds(settings, grounds):
    """The same animals on the given grounds in turn."""
    return scaled(draw_all([Creature(**{**one, "ground": grounds[number // 2 % len(grounds)]})
                            for number, one in enumerate(settings)], 32))


pool_varied = on_grounds(pool, SEEN)
exam_unseen = on_grounds(exam, UNSEEN)
exams = {"usual": exam_usual, "exchanged": exam_exchanged, "unseen": exam_unseen}
diets = {
    "usual ground only": [kept[0, seed] for seed in range(4)],
    "half exchanged": [kept[0.5, seed] for seed in range(4)],
    "five grounds": [train(pool_varied, pool_labels, seed) for seed in range(4)],
}

# %%
figure, axes = plots.plt.subplots(1, 3, figsize=(8.6, 3.2), sharey=True)
results = {}
for axis, (diet, networks) in zip(axes, diets.items(), strict=True):
    for place, (name, pictures) in enumerate(exams.items()):
        results[diet, name] = [accuracy(weights, pictures, exam_labels) for weights in networks]
        axis.scatter(place + np.linspace(-0.15, 0.15, 4), results[diet, name], color=plots.BLUE, s=36)
    axis.axhline(0.5, color=plots.GREY, linestyle=":")
    axis.set_xticks(range(3), exams)
    axis.set_title(diet)
axes[0].set_ylabel("held-out accuracy")
axes[0].set_ylim(-0.05, 1.05)
plots.headline(figure, "Trained on …: variety helps on grounds that were never seen, too")
plots.show(figure, "three-diets", "Three panels with the accuracy of four networks on usual, exchanged and unseen "
           "ground. Trained on the usual ground only, they fail after the exchange; with half exchanged, or five "
           "grounds, they do well.")

# %%
claim("On grounds never seen, networks trained on the usual ground only are right for {value:.0%} on average.",
      np.mean(results["usual ground only", "unseen"]), at_most=0.85)
claim("Those trained on five grounds: {value:.0%}.", np.mean(results["five grounds", "unseen"]), at_least=0.85)

# %% [markdown]
# The networks in the middle know two grounds, and are a little less sure of themselves on a third. What all this does not
# show: that a network now sees the animal as we do. It shows that the ground no longer decides.
# Perhaps it goes by the size of the dark patch, or by two upright strokes. To get nearer to that, we ask where its
# answer comes from.
#
# ## Where the answer comes from
#
# Cover a square of the picture, ask again, and note how far the share of the right class has dropped. Move the square
# and repeat. A large drop means: the network needed something from here. That is `occlusion_map`.
#
# What colour should the square have? Black would be loud in a bright picture. We take the mean colour of all the
# pictures, which says as little as a colour can. And as these networks are very sure of themselves, the drops are
# often small. So each map below has a scale of its own: it shows where the answer comes from, and not how sure it is.
#
# **Predict.** Where will the map be blue (covering does harm) for a network that has seen the usual ground only?
# Where for one that has seen five grounds?

# %%
def drops(weights, place):
    return lesson.occlusion_map(lambda pictures: shares(weights, pictures), exam_usual[place], int(exam_labels[place]),
                                size=8, stride=4, fill=exam_usual.mean(axis=(0, 1, 2)))


def spread_out(values, size=8, stride=4):
    """One number per pixel: the mean of the drops of all squares that covered it."""
    total, covered = np.zeros((2, 32, 32))
    for (down, across), value in np.ndenumerate(values):
        window = slice(down * stride, down * stride + size), slice(across * stride, across * stride + size)
        total[window] += value
        covered[window] += 1
    return total / covered


# %%
examples = [0, 1, 4, 5]
figure, axes = plots.plt.subplots(3, 4, figsize=(7.6, 6.2))
for column, place in zip(axes.T, examples, strict=True):
    column[0].imshow(exam_usual[place])
    for axis, diet in zip(column[1:], ("usual ground only", "five grounds"), strict=True):
        heat = spread_out(drops(diets[diet][0], place))
        axis.imshow(heat, cmap=plots.SIGNED, vmin=-np.abs(heat).max(), vmax=np.abs(heat).max())
        axis.contour(animal_mask(Creature(**exam[place]), 32), levels=[0.5], colors="black", linewidths=1)
for axis, name in zip(axes[:, 0], ("the picture", "usual ground only", "five grounds"), strict=True):
    axis.set_ylabel(name)
for axis in axes.ravel():
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
plots.headline(figure, "Blue: covering this place does harm. Red: it helps. Black: outline of the animal")
plots.show(figure, "occlusion-maps", "Four pictures and two rows of maps with the animal's outline. For the network "
           "trained on the usual ground, blue lies beside the animal; for the one trained on five grounds, much of "
           "the blue lies on the animal and at its outline.")

# %% [markdown]
# Red is where covering even helps. In the middle row the harm is done beside the animals, down where the ground is. In
# the lower row much of it has moved onto them, or to their outline. Look also for blue where there is nothing, such as
# in the sky above an elephant's back. A bunny would have its ears there. That something is *missing* can be evidence
# too, and a square in that place takes the evidence away.
#
# Four maps are an anecdote, and we are good at seeing what we expect. As a number: of all the harm that covering
# does, which share lies on pixels of the animal? We add it up over 16 pictures, for four networks of each diet.
#
# A share means nothing without something to compare it with. A network that needs every pixel equally would get
# exactly the animal's share of the *area*. That is the dotted line.

# %%
masks = np.stack([animal_mask(Creature(**settings), 32) for settings in exam[:16]])


def share_on_animal(weights):
    harm = np.stack([np.clip(spread_out(drops(weights, place)), 0, None) for place in range(16)])
    return float((harm * masks).sum() / harm.sum())


on_animal = {diet: [share_on_animal(weights) for weights in diets[diet]] for diet in diets}

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 2.6))
for height, (diet, values) in enumerate(on_animal.items()):
    axis.scatter(values, [height] * 4, color=plots.BLUE, s=44)
axis.axvline(masks.mean(), color=plots.GREY, linestyle=":")
axis.set_yticks(range(3), on_animal)
axis.set_ylim(-0.5, 2.5)
axis.set_xlim(0, 1)
axis.set_xlabel("share of the harm that lies on the animal; dotted: the animal's share of the area")
axis.set_title("With varied ground, most of the answer comes from the animal")
plots.show(figure, "share-on-animal", "Share of the occlusion drop on animal pixels for four networks of each diet: "
           "below the animal's share of the area for the usual ground, scattered for half exchanged, and above it "
           "for five grounds.")
claim("Trained on the usual ground only, {value:.0%} of the harm lies on the animal, on average.",
      np.mean(on_animal["usual ground only"]), at_most=0.3)
claim("Trained on five grounds, it is {value:.0%}.", np.mean(on_animal["five grounds"]), at_least=0.45)

# %% [markdown]
# The map has limits. A plain square is itself something that no picture of ours contains, and the network's reaction
# to it is a reaction to something strange. And if the network could do with the ears alone or with the trunk alone,
# covering one of them harms little: a map of single squares does not see what can stand in for each other.
#
# ## Known by heart
#
# So far every accuracy was measured on held-out pictures. Why not on the training pictures, which we have anyway? To
# see why, we go to the extreme. We take 100 pictures and let chance write the labels: half of the bunnies are called
# "elephant", and so are half of the elephants. There is nothing to learn. Three networks get three such lists of labels,
# and three more get the true ones.
#
# **Predict.** What accuracy will a network reach on its 100 pictures with labels by chance?

# %%
def watch(pictures, labels, seed, rounds=8, steps=50):
    """Accuracy on the training pictures and in the exam, again and again while it trains."""
    start_afresh(seed)
    rng = np.random.default_rng(seed)
    course_of_things = []
    for _ in range(rounds):
        practise(pictures, labels, steps, rng)
        weights = network.get_weights()
        course_of_things.append((accuracy(weights, pictures, labels), accuracy(weights, exam_seen, exam_labels)))
    return np.array(course_of_things)


def coins(seed):
    rng = np.random.default_rng(seed)
    halves = [rng.permutation([0, 1] * 25) for _ in USUAL]  # half of the bunnies and half of the elephants
    return np.stack(halves, axis=1).ravel()


exam_seen = on_grounds(exam, SEEN)  # the same five grounds as in training
by_chance = np.array([watch(pool_varied[:100], coins(seed), seed) for seed in range(3)])
for_real = np.array([watch(pool_varied[:100], pool_labels[:100], seed, rounds=4) for seed in range(3)])

# %%
figure, axes = plots.plt.subplots(1, 2, figsize=(8.4, 3.4), sharex=True, sharey=True)
for axis, runs, title in zip(axes, (for_real, by_chance), ("true labels", "labels by chance"), strict=True):
    steps = 50 * np.arange(1, runs.shape[1] + 1)
    axis.plot(steps, runs[:, :, 0].T, color=plots.ORANGE, linewidth=2)
    axis.plot(steps, runs[:, :, 1].T, color=plots.BLUE, linewidth=2)
    axis.axhline(0.5, color=plots.GREY, linestyle=":")
    axis.set_title(title)
    axis.set_xlabel("steps of training")
axes[0].set_ylabel("accuracy")
axes[0].set_ylim(0.3, 1.03)
axes[0].text(400, 0.66, "orange: on the training pictures", color=plots.ORANGE, ha="right")
axes[0].text(400, 0.58, "blue: held out", color=plots.BLUE, ha="right")
axes[0].text(400, 0.45, "dotted: guessing", color=plots.GREY, ha="right")
plots.headline(figure, "All six know their training pictures perfectly; those on the right know nothing else")
plots.show(figure, "random-labels", "Accuracy during training, three runs each. With true labels, training and "
           "held-out accuracy both rise. With random labels, training accuracy rises to 1 while held-out accuracy "
           "stays near one half.")
claim("With random labels, even the weakest of three networks ends at {value:.0%} on its training pictures.",
      by_chance[:, -1, 0].min(), at_least=0.95)
claim("On held-out pictures, those three average {value:.0%}.", by_chance[:, -1, 1].mean(), at_least=0.35, at_most=0.65)

# %% [markdown]
# It learned all the nonsense by heart: this grain of noise, that fold of fur. A network with thousands of weights can
# tell 100 pictures apart by whatever distinguishes them, as a lazy student can learn the answers of last year's exam
# without the subject.
#
# When a network fits its training pictures better than it does pictures of the same kind that it has not seen, this is
# called **overfitting**, and the gap between the two accuracies is its measure. On the right, there is hardly anything
# behind the perfect score. Training accuracy could not show it: it ends at the same height in both panels.
#
# Mind the difference to the shortcut. A network that overfits does worse on *any* new picture, and held-out pictures
# reveal it. A network on a shortcut does well on held-out pictures of the same kind, and fails when the kind changes.
# The first disease shows up in an ordinary test. The second one does not.
#
# ## How many pictures?
#
# "How much data do I need?" It depends on how fine the difference is. Telling a bunny from an elephant is easy. Now
# look at two breeds of bunny:

# %%
BREEDS = "lop", "netherland"
same = random_creatures(4, 60, animal="bunny", ground="grass", scale=1.2)
figure, axes = plots.plt.subplots(2, 4, figsize=(7.6, 4.1))
for row, breed in zip(axes, BREEDS, strict=True):
    for axis, creature in zip(row, same, strict=True):
        axis.imshow(draw_all([Creature(**{**asdict(creature), "species": breed})], 96)[0])
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    row[0].set_ylabel(breed)
plots.headline(figure, "Two breeds, and little besides the ears to tell them apart")
plots.show(figure, "two-breeds", "Four bunnies drawn twice. Above as lop, with ears that hang down; below as "
           "netherland dwarf, with short upright ears. Colours, poses and ground are the same in each column.")

# %% [markdown]
# We put both questions to the same network, with the same recipe and five grounds. For each number of training
# pictures we train three times, with other pictures and another start each time, and note the held-out accuracy: mean,
# lowest and highest. That is `data_curve`. It draws the same number from each class, and its smaller choices are
# contained in the larger ones. Otherwise a lucky choice of 8 could beat an unlucky choice of 16, and the curve would
# show luck.
#
# **Predict.** Which curve lies further to the right, and by what factor? Twice as many pictures, five times, twenty
# times?

# %%
animal_sizes, breed_sizes = [4, 8, 16, 32], [8, 16, 32, 64, 128]  # each question where its curve climbs


def train_and_score(train_images, train_labels, test_images, test_labels, seed):
    return accuracy(train(train_images, train_labels, seed, steps=200), test_images, test_labels)


def bunnies(count, seed):
    """Pictures and labels of bunnies of both breeds, on five grounds."""
    chosen = random_creatures(count, seed, animal="bunny", species=BREEDS, ground=SEEN, scale=1.2)
    labels = np.array([BREEDS.index(creature.species) for creature in chosen])
    return scaled(draw_all(chosen, 32)), labels


animals, other_animals = (pool_varied, pool_labels), (exam_seen, exam_labels)
animal_curve = lesson.data_curve(train_and_score, animals, other_animals, animal_sizes, range(3))
breed_curve = lesson.data_curve(train_and_score, bunnies(320, 61), bunnies(250, 62), breed_sizes, range(3))

# %%
TARGET = 0.75
figure, axis = plots.plt.subplots(figsize=(7.6, 4))
needed = {}
curves = ((animal_sizes, animal_curve, plots.BLUE, "bunny or elephant"),
          (breed_sizes, breed_curve, plots.ORANGE, "which breed"))
for sizes, (mean, lowest, highest), colour, name in curves:
    axis.fill_between(sizes, lowest, highest, color=colour, alpha=0.2, linewidth=0)
    axis.plot(sizes, mean, color=colour, linewidth=2.5, marker="o", label=name)
    needed[name] = lesson.images_needed(sizes, mean, TARGET)
    if needed[name]:
        axis.plot([needed[name]] * 2, [0.4, TARGET], color=colour, linestyle=":")
axis.axhline(TARGET, color=plots.GREY, linewidth=1)
axis.set_xscale("log", base=2)
axis.set_xticks(4 * 2 ** np.arange(6), 4 * 2 ** np.arange(6))
axis.set_ylim(0.4, 1.02)
axis.set_xlabel("training pictures of each class (each step to the right doubles them)")
axis.set_ylabel("held-out accuracy")
axis.legend(loc="upper left", frameon=False)
axis.set_title("The finer the difference, the more pictures it takes")
plots.show(figure, "data-curves", "Two rising curves of held-out accuracy against training pictures per class from "
           "4 to 128, with bands from lowest to highest. The curve for bunny or elephant lies far to the left of "
           "that for the two breeds.")

# %%
print({name: None if count is None else round(count, 1) for name, count in needed.items()})
claim("For 75% right, the breeds take {value:.1f} times as many pictures as bunny and elephant.",
      (needed["which breed"] or np.inf) / (needed["bunny or elephant"] or np.inf), at_least=3)
claim("With 8 pictures of each, three networks for bunny or elephant range over {value:.2f} in accuracy.",
      animal_curve[2][1] - animal_curve[1][1], at_least=0.01)

# %% [markdown]
# Read the curves from left to right. (We trained on each question only where its curve climbs.) At the left a curve is
# near one half, where guessing is. Then comes a steep part, where every doubling pays, and in the end it flattens. The
# bands have a width: above all with few pictures, it matters a great deal *which* ones they are. Somebody who trains
# once on eight pictures of each and reports the number reports luck.
#
# The number of pictures needed is read off where the curve meets the target, on a straight line between two measured
# points of the figure, where each step to the right is a doubling. That is `images_needed`. If the target is never
# reached, it answers `None`, and so should you. Where a flattening curve goes next, only more pictures can tell.
#
# So "a thousand pictures per class" is no law. It is the answer to somebody else's question, with somebody else's
# network. The cheap way to your own answer: train on a quarter, on half and on all of what you have, and look whether
# the last doubling still paid.
#
# ## Variety for free
#
# New pictures are expensive. But there are things about old ones that we know do not matter. A bunny in a mirror is a
# bunny. A bunny a little further left is a bunny. So we can show each picture in ever new variations. This is called
# **augmentation**, and `augmentation` builds it from two of Keras's random layers.

# %%
keras.utils.set_random_seed(0)
pipeline = lesson.augmentation(SHAPE, 0.1)
one_bunny = np.repeat(exam_usual[:1], 6, axis=0)
varied = keras.ops.convert_to_numpy(pipeline(one_bunny, training=True))
left_alone = keras.ops.convert_to_numpy(pipeline(one_bunny, training=False))
figure, axes = plots.pictures([one_bunny[0], *varied[:5]], ["the picture", *["in training"] * 5], size=1.5)
plots.headline(figure, "One picture becomes many: mirrored or not, and moved a little")
plots.show(figure, "augmented", "One bunny on grass, followed by five variations of the same picture, some mirrored "
           "left to right, all shifted by a few pixels, with the border filled from the picture itself.")
claim("At prediction the pipeline changes no value by more than {value:g}.", np.abs(left_alone - one_bunny).max(), at_most=1e-6)

# %% [markdown]
# Augmentation is variety, and variety was the cure for the grass. Does it cure everything? Two experiments, each with
# and without.
#
# - **Facing.** In training all animals look to the right. In the exam all look to the left.
# - **Ground.** In training all are on their usual ground. In the exam it is exchanged.
#
# **Predict.** Where will mirroring and moving help?

# %%
def vary(pictures):
    return keras.ops.convert_to_numpy(pipeline(pictures, training=True))


def facing(direction, settings):
    return on_grounds([{**one, "facing": direction} for one in settings], SEEN)


looking_right, looking_left = facing("right", pool[:64]), facing("left", exam)
facing_scores, ground_scores = np.zeros((2, 2, 4))
ground_scores[0] = exchanged[:, -1]  # trained above already: 200 pictures of each animal on its usual ground
for seed in range(4):
    for number, variation in enumerate((None, vary)):
        weights = train(looking_right, pool_labels[:64], seed, vary=variation)
        facing_scores[number, seed] = accuracy(weights, looking_left, exam_labels)
    weights = train(pool_usual, pool_labels, seed, steps=80, vary=vary)
    ground_scores[1, seed] = accuracy(weights, exam_exchanged, exam_labels)

# %%
figure, axes = plots.plt.subplots(1, 2, figsize=(8, 3.2), sharey=True)
titles = "looking the other way", "on the other ground"
for axis, scores, title in zip(axes, (facing_scores, ground_scores), titles, strict=True):
    places = np.array([[0], [1]]) + np.linspace(-0.09, 0.09, 4)
    axis.plot(places, scores, color=plots.GREY, linewidth=1)
    axis.scatter(places, scores, color=plots.BLUE, s=44, zorder=2)
    axis.axhline(0.5, color=plots.GREY, linestyle=":")
    axis.set_xticks([0, 1], ["as drawn", "augmented"])
    axis.set_xlim(-0.4, 1.4)
    axis.set_title(title)
axes[0].set_ylabel("accuracy in the exam")
axes[1].text(0.5, 0.53, "guessing", color=plots.GREY, ha="center")
axes[0].set_ylim(-0.05, 1.05)
plots.headline(figure, "Mirroring and moving help against what they vary, and not against the ground")
plots.show(figure, "augmentation-helps", "Accuracy of four networks without and with augmentation. In the left "
           "panel, animals looking the other way, it rises. In the right panel, exchanged ground, it stays near 0.")
claim("For animals that look the other way, augmentation adds {value:.2f} to the mean accuracy.",
      facing_scores[1].mean() - facing_scores[0].mean(), at_least=0.05)
claim("On the other ground, the best augmented network gets {value:.0%} right.", ground_scores[1].max(), at_most=0.2)

# %% [markdown]
# A mirrored bunny on grass still sits on grass. Augmentation says: *this does not matter*. It says so about facing
# and place, and it says nothing about the ground. It can only ever say what somebody knew and wrote down.
#
# It can also lie. Mirroring would be a false promise for letters and for road signs. Turning upside down would be one
# for our animals, and changing colours would be one if colour told the breeds apart.
#
# ## What you can say now
#
# - A network uses whatever separates its training pictures. If the ground does, the ground will do.
# - A counterfactual pair changes one thing and nothing else. The accuracy lost by it is the reliance on that thing.
# - More pictures of the same kind do not cure a shortcut. Pictures in which it fails do, and a few of them go a long
#   way.
# - Training accuracy shows that a network has learned its pictures by heart, or that it has understood something. It
#   does not show which.
# - Overfitting is the gap between training pictures and held-out ones of the same kind. A shortcut hides from that
#   test.
# - How many pictures are needed depends on how fine the difference is. Measure the curve, with several random starts.
# - Augmentation helps against what it varies.
#
# ## What this did not show
#
# The pictures were drawn, tidy and small, with a single animal of about the same size in each, and a ground that fills
# half of the frame. With photographs shortcuts are subtler: the watermark of the one hospital that treats the hard
# cases, the ruler that doctors lay beside a dangerous spot, the snow behind nearly every husky. There you cannot
# exchange one thing and nothing else, and finding the shortcut is most of the work.
#
# The factor between the two curves belongs to these two breeds, this network and this number of steps. Another
# network would give other curves, and one that has seen millions of pictures before needs far fewer: that is lesson
# 7. How to choose the held-out pictures so that they do not cheat is lesson 4.
#
# And we never found out *what* the varied networks go by. We know that more than half of it lies on the animal.
# That is a good deal, and it is not "the ears".
#
# ## Your turn
#
# Seven functions made all of this. Now write them: go to the [exercise](exercise/), fill in the first one, and run
# `course check 3`. Five of the seven do without Keras and are judged in about a second. When all of them pass,
# `course run 3 --mine` runs this chapter with your functions in place of ours.
