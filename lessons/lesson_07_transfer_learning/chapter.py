# %% [markdown]
# # Transfer learning with a frozen MobileNet
#
# **How can a good image model be trained on a laptop's CPU, with few pictures?**
#
# You have sixty pictures, ten of each of six animals, and a laptop. Good image models are trained on millions of
# pictures, on machines that cost more than a house. It sounds hopeless, and it is not. Somebody has done that training
# already, most of what was learned there is of use for your task too, and the files can be had for nothing.
#
# In this lesson we look into a trained network and see what of it is general. Then we cut off its top, put a new one on
# and train that alone. At each step we measure what it brings, against training the same network from nothing and
# against no network at all. In the end we walk into five traps, on purpose, and read off what each one costs.
#
# As always: make your prediction before you read on.

# %%
import time

import keras
import numpy as np

from course import plots
from course.claims import claim
from course.data.creatures import GROUNDS, draw_all, random_creatures
from course.data.small_mobilenet import HELD_OUT, TRAINED_ON, small_mobilenet_weights
from solutions import lesson_07_transfer_learning as lesson

keras.utils.set_random_seed(7)

# %% [markdown]
# The name `lesson` stands for the eight functions that you will write in the [exercise](exercise/).
#
# ## A pile of layers
#
# A network for images is a stack of layers, like pancakes, and the computation flows upwards. Pixels go in at the bottom.
# Each layer turns the maps of the layer below into new maps, with the filters of lesson 1, and passes them on. What a
# layer passes on is called its **activations**. The last activations are the prediction: one number per class, and if
# there is a cat in the picture, the number for "cat" should be the largest.
#
# The picture has a limit. Pancakes are all alike, and layers are not: the maps become smaller on the way up and there
# are more and more of them. At the bottom they say *where*, at the top they say *what*.
#
# The network of this lesson is a **MobileNet**, made in 2017 for telephones: 28 layers of filters, built so that they
# need little computing. Ours is its smallest edition, for pictures of 64 × 64 pixels. Nothing has to be downloaded:
# the project trained it itself, on drawn animals. It learned to name the 18 kinds in the first line below. It has never
# seen any of the six kinds in the second line, and those will be our new task. (At the end of the page we
# do the same with photographs and a network trained on a million of them.)

# %%
print("it learned:      ", ", ".join(TRAINED_ON))
print("it has never seen:", ", ".join(HELD_OUT))


def new_animals(count, seed, kinds=HELD_OUT):
    """So many drawings of each kind, uint8, and the place of each one's kind in the list."""
    creatures = [one for number, kind in enumerate(kinds) for one in random_creatures(count, 100 * seed + number, animal=kind)]
    return draw_all(creatures), np.repeat(np.arange(len(kinds)), count)


test_images, test_labels = new_animals(50, seed=99)
print(test_images.shape, test_images.dtype)

# %%
figure, axes = plots.plt.subplots(4, 6, figsize=(8.4, 6))
for number, column in enumerate(axes.T):
    for axis, image in zip(column, test_images[test_labels == number]):
        axis.imshow(image)
        axis.set_axis_off()
    column[0].set_title(HELD_OUT[number], fontsize=11)
plots.headline(figure, "The new task: six kinds that the network has never seen")
plots.show(figure, "new-animals", "Four drawings each of a camel, a fox, a hen, a mouse, an owl and a turtle, in "
           "different sizes, places and lights, on grass, snow, sand, carpet and other grounds.")

# %% [markdown]
# The drawings vary in size, place, light, pose and ground, and some animals are small. A network does not get them as
# they are. MobileNet learned with numbers from −1 (black) to 1 (white), so `preprocess` brings every picture to that
# scale.

# %%
print(lesson.preprocess(np.array([0, 51, 128, 255], dtype=np.uint8)))

# %% [markdown]
# `frozen_backbone` builds the network *without its top*, loads the trained weights and freezes them. What is left at
# the top end is one number per channel: the mean of its last map. Such numbers are called **features**, and a network
# without its top is a **backbone**.

# %%
weights = small_mobilenet_weights()
backbone = lesson.frozen_backbone(weights)
print("pictures", backbone.input_shape, "to features", backbone.output_shape)

# %% [markdown]
# ## What do the layers look for?
#
# We take one picture and look at the maps on the way up. Of each layer we show the four channels that answer most
# strongly.
#
# **Predict.** At which depth will you no longer recognise the animal in the maps?

# %%
DEPTHS = {"bottom": "conv1_relu", "layer 3": "conv_pw_3_relu", "layer 5": "conv_pw_5_relu", "layer 11": "conv_pw_11_relu"}
looking_in = keras.Model(backbone.input, [backbone.get_layer(name).output for name in DEPTHS.values()])


def activations_of(images):
    """The maps at the four depths: name to array of shape (pictures, rows, columns, channels)."""
    parts = [looking_in(lesson.preprocess(images[start : start + 120]), training=False) for start in range(0, len(images), 120)]
    return {name: np.concatenate([np.asarray(part[place]) for part in parts]) for place, name in enumerate(DEPTHS)}


# %%
fox = test_images[test_labels == HELD_OUT.index("fox")][1]
maps = activations_of(fox[np.newaxis])
figure, axes = plots.plt.subplots(1, 5, figsize=(9.2, 2.7))
axes[0].imshow(fox)
axes[0].set_title("picture")
for axis, (name, layer) in zip(axes[1:], maps.items()):
    strongest = np.argsort(-layer[0].std(axis=(0, 1)))[:4]
    tiles = [layer[0, :, :, channel] / max(layer[0, :, :, channel].max(), 1e-6) for channel in strongest]
    tiles = [np.pad(tile, 1 + tile.shape[0] // 32, constant_values=1) for tile in tiles]
    axis.imshow(np.block([[tiles[0], tiles[1]], [tiles[2], tiles[3]]]), cmap="gray")
    axis.set_title(f"{name}: {layer.shape[3]} maps\nof {layer.shape[1]} × {layer.shape[2]}")
for axis in axes:
    axis.set_axis_off()
plots.headline(figure, "On the way up the maps lose places and gain channels")
plots.show(figure, "maps-by-depth", "A drawn fox, and four maps each from four depths of the network. At the bottom the "
           "outline of the fox is visible; at layer 5 only coarse spots, at layer 11 a few squares.")

# %% [markdown]
# Near the bottom you can still see the animal: edges and patches of colour. Higher up the maps are so coarse that
# they tell us little. To find out what a channel wants, we turn the question round: we show it many pictures, and keep
# the pieces to which it answers most strongly. That is `top_patches`. (The idea is that of Zeiler and Fergus, who in 2013
# looked into a network for photographs this way.) The pictures are 540 drawings of the kinds that it knows.

# %%
creatures = random_creatures(540, seed=5, animal=TRAINED_ON)
known_images = draw_all(creatures)
known_maps = activations_of(known_images)

figure, axes = plots.plt.subplots(4, 1, figsize=(9.2, 4.1))
for axis, (name, layer) in zip(axes, known_maps.items()):
    size = {32: 9, 16: 15, 8: 27, 4: 45}[layer.shape[1]]
    lively = np.argsort(-layer.max(axis=(1, 2)).std(axis=0))[:3]
    blocks = [np.concatenate(list(lesson.top_patches(layer, known_images, channel, 6, size)), axis=1) for channel in lively]
    gap = np.full((size, size // 2, 3), 255, dtype=np.uint8)
    axis.imshow(np.concatenate([blocks[0], gap, blocks[1], gap, blocks[2]], axis=1))
    axis.set_title(f"{name}: three channels, six patches each")
    axis.set_axis_off()
plots.headline(figure, "What excites a channel: edges and colours below, whole parts of animals above")
plots.show(figure, "top-patches", "For three channels at each of four depths, the six pieces of pictures with the strongest "
           "answers. At the bottom tiny patches with one edge or colour, at the top large pieces of the same animals.")

# %% [markdown]
# Look along the rows. At the bottom, the patches of one channel have a colour or an edge in common, and any animal, or
# none, will do. At the top they show the same part of the same animal. In between is what lies in between.
#
# We are good at seeing what we expect, so let us count. Take the nine pictures that excite a channel most. Which share
# of them belongs to one kind of animal? And which share stands on one kind of ground? We average over all channels of a
# layer. For comparison: nine pictures drawn at random.
#
# **Predict.** Going up, will the channels care more about the animal, or less? And about the ground?

# %%
kinds = np.array([TRAINED_ON.index(creature.animal) for creature in creatures])
grounds = np.array([GROUNDS.index(creature.ground) for creature in creatures])


def share_of_one_sort(chosen, sorts):
    """Among nine chosen pictures, the share of the most frequent sort; the mean over all rows of choices."""
    return np.mean([np.bincount(sorts[row]).max() / len(row) for row in chosen])


by_depth = {"kind of animal": [], "ground": []}
for layer in known_maps.values():
    nine = np.argsort(-layer.max(axis=(1, 2)), axis=0)[:9].T
    by_depth["kind of animal"].append(share_of_one_sort(nine, kinds))
    by_depth["ground"].append(share_of_one_sort(nine, grounds))
at_random = np.random.default_rng(0).integers(0, len(kinds), size=(2000, 9))
chance = {"kind of animal": share_of_one_sort(at_random, kinds), "ground": share_of_one_sort(at_random, grounds)}

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.6))
for (name, shares), colour, mark in zip(by_depth.items(), (plots.BLUE, plots.ORANGE), "os"):
    axis.plot(range(4), shares, color=colour, marker=mark, linewidth=2)
    axis.text(3.06, shares[-1], name, color=colour, va="bottom")
    axis.axhline(chance[name], color=colour, linestyle=":", linewidth=1.5)
axis.set_xticks(range(4), DEPTHS)
axis.set_xlim(-0.2, 3.9)
axis.set_ylim(0, 1)
axis.set_ylabel("share of one sort in the top nine")
axis.set_title("On the way up, the animal comes to count and the ground to be ignored")
plots.show(figure, "sorts-by-depth", "Two lines over four depths, with chance dotted. The share of one kind of animal among "
           "a channel's nine strongest pictures rises towards the top, the share of one ground falls to chance.")
claim("At layer 11, {value:.0%} of the nine pictures that excite a channel most show one kind of animal.",
      by_depth["kind of animal"][3], at_least=0.45)
claim("That is {value:.0f} points more than among nine pictures drawn at random.",
      100 * (by_depth["kind of animal"][3] - chance["kind of animal"]), at_least=20)
at_bottom, at_top = (100 * (by_depth["ground"][depth] - chance["ground"]) for depth in (0, 3))
claim("For the ground, the bottom of the network is {value:.0f} points above chance.", at_bottom, at_least=8)
claim("At layer 11, {value:.1f} points are left of that.", at_top, at_most=8)

# %% [markdown]
# The dotted lines are chance. At the bottom both lines lie above it: a black spot or an autumn red is enough to prefer
# cows or fallen leaves. Such channels could serve any task, as a colour is a colour and an edge is an edge. At the top the
# channels have become specialists for the kinds that they were trained on, and the ground no longer matters to them.
# Nobody told the network that grounds are unimportant. It was asked for the animal only, on every ground.
#
# So a part of what was learned is general, and a part is not.
#
# What this does not show: that the network *uses* a channel as the thing that we see in its nine patches. And a patch is
# where the channel looked, not all that it saw: a cell of a high layer depends on a larger piece of the picture than we
# cut out.
#
# ## A new top
#
# Now the trick. Whoever wants to recognise camels and owls needs edges, eyes and fur as well, and all of that is there.
# So we keep the backbone as it is, **frozen**, and train a new top on our six kinds. The top is called the **head**.
# It is one weighted sum of the 256 features for each kind.
#
# **Predict.** Which share of the model's numbers is left to train?

# %%
classes = len(HELD_OUT)
model = lesson.add_head(backbone, classes)
trainable, frozen = lesson.count_parameters(model)
print(f"{trainable:,} to train, {frozen:,} frozen")
claim("Of all parameters, {value:.1%} are left to train.", trainable / (trainable + frozen), at_most=0.01)

# %% [markdown]
# A frozen network has a pleasant property: it gives the same answer to the same picture every time. So each
# picture has to go through it only once. `extract_features` does that, and the head is trained on the features alone.
# That this is no approximation is easy to test: the head on the features, and the whole model on the pictures.

# %%
started = time.perf_counter()
test_features = lesson.extract_features(backbone, test_images)
seconds_features = time.perf_counter() - started
kernel, bias = model.get_weights()[-2:]
whole = np.asarray(model(lesson.preprocess(test_images), training=False))
claim("The two ways differ by at most {value:.1e}.", np.abs(test_features @ kernel + bias - whole).max(), at_most=1e-4)

# %% [markdown]
# ## Sixty pictures
#
# The task: ten pictures of each of the six kinds to learn from, 300 others to test with. Guessing is right in one of six.
# Three ways compete.
#
# - **A linear model on pixels.** The same head, but on the bare pixels: no backbone at all. To use the same code, we give
#   it a backbone that has learned nothing: it only makes the picture smaller and lays its numbers in a row.
# - **The same network from scratch.** Every weight starts from random numbers and is trained in thirty passes. To be
#   fair to it, its BatchNormalization keeps up with so few steps, and we look at how well it knows its own sixty.
# - **The frozen backbone** with a new head.
#
# Sixty pictures can be lucky or unlucky ones. So each way gets five different sets of sixty.
#
# **Predict.** How many of the 300 will each of them get right?

# %%
SEEDS = range(5)
pools = [new_animals(50, seed) for seed in SEEDS]  # we use ten of each kind now, and more later
pool_features = [lesson.extract_features(backbone, images) for images, _ in pools]


def first(count):
    """Places of the first so many pictures of each kind in a pool."""
    return np.concatenate([50 * number + np.arange(count) for number in range(classes)])


def accuracy(model):
    return float(np.mean(model.predict(lesson.preprocess(test_images), verbose=0).argmax(axis=1) == test_labels))


def accuracy_of_head(model, features):
    """The same, from the features of the test pictures: quicker, and as we saw no different."""
    kernel, bias = model.get_weights()[-2:]
    return float(np.mean((features @ kernel + bias).argmax(axis=1) == test_labels))


# %%
pixels = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.AveragePooling2D(2), keras.layers.Flatten()])
pixels_of_test = lesson.extract_features(pixels, test_images)
ten = first(10)
scores = {"linear on pixels": [], "from scratch": [], "frozen backbone": []}
classifiers = []
for seed in SEEDS:
    keras.utils.set_random_seed(seed)
    images, labels = pools[seed][0][ten], pools[seed][1][ten]
    scores["linear on pixels"].append(accuracy_of_head(lesson.train_head(pixels, images, labels, classes), pixels_of_test))
    classifiers.append(lesson.train_head(backbone, images, labels, classes, features=pool_features[seed][ten]))
    scores["frozen backbone"].append(accuracy_of_head(classifiers[-1], test_features))

# %% [markdown]
# For the network from scratch we build it once, thawed, and give it fresh random weights for each of the five sets.
# (`jit_compile=False` leaves out a translation of the network that takes longer than so short a training, and with an
# optimizer that is built in advance TensorFlow goes through the network once and not twice before the first step.)

# %%
def thawed_network():
    """The same network with a head, in which everything trains; compiled."""
    network = lesson.frozen_backbone(weights)
    network.trainable = True
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # its running mean follows ten times faster than usual
    model = keras.Sequential([keras.Input((64, 64, 3)), network, keras.layers.Dense(classes)])
    model.compile(keras.optimizers.Adam(0.002), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def start_again(model, new_weights, learning_rate):
    """Set all weights and forget what the optimizer remembers; the compiled model is used again, which saves time."""
    model.set_weights(new_weights)
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    model.optimizer.learning_rate = learning_rate


def random_weights(seed):
    keras.utils.set_random_seed(seed)
    fresh = keras.applications.MobileNet(input_shape=(64, 64, 3), alpha=0.25, include_top=False, weights=None)
    return [*fresh.get_weights(), *random_head(seed)]


def random_head(seed):
    return [np.random.default_rng(seed).normal(0, 0.05, (256, classes)), np.zeros(classes)]


# %%
thawed = thawed_network()
starts = [random_weights(seed) for seed in SEEDS]
learned = []
for seed in SEEDS:
    start_again(thawed, starts[seed], 0.002)
    images, labels = lesson.preprocess(pools[seed][0][ten]), pools[seed][1][ten]
    thawed.fit(images, labels, batch_size=20, epochs=30, verbose=0)
    learned.append(np.mean(thawed.predict(images, verbose=0).argmax(axis=1) == labels))
    scores["from scratch"].append(accuracy(thawed))
claim("Of the sixty pictures that they learned from, the five networks from scratch name {value:.0%} correctly.", np.mean(learned), at_least=0.5)

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 2.9))
for height, (name, values) in enumerate(scores.items()):
    axis.scatter(values, np.full(len(values), height), s=60, alpha=0.75, color=plots.BLUE if name == "frozen backbone" else plots.GREY)
    axis.plot([np.mean(values)] * 2, [height - 0.28, height + 0.28], color=plots.ORANGE, linewidth=3)
axis.axvline(1 / classes, color=plots.INK, linestyle=":", linewidth=1.5)
axis.set_yticks(range(3), scores)
axis.set_ylim(-0.5, 2.5)
axis.set_xlim(0, 1)
axis.set_xlabel("share of 300 new pictures named correctly; dotted: guessing, bar: mean")
axis.set_title("With ten pictures of each kind, the frozen backbone is far ahead")
plots.show(figure, "three-ways", "Five dots per way. Linear on pixels and the network from scratch lie in the lower half of "
           "the scale, the frozen backbone with a new head clearly to the right of both.")

# %%
means = {name: np.mean(values) for name, values in scores.items()}
claim("The frozen backbone names {value:.0%} of the new pictures correctly.", means["frozen backbone"], at_least=0.5)
claim("It is {value:.0f} points above the same network from scratch.",
      100 * (means["frozen backbone"] - means["from scratch"]), at_least=20)
claim("It is {value:.0f} points above the linear model on pixels.",
      100 * (means["frozen backbone"] - means["linear on pixels"]), at_least=20)
claim("Even its worst of five sets is {value:.0f} points above the best of the others.",
      100 * (min(scores["frozen backbone"]) - max(scores["from scratch"] + scores["linear on pixels"])), at_least=5)

# %% [markdown]
# The network from scratch is the very same network, with the same number of weights. It knows most of its sixty
# pictures and has learned next to nothing that holds for others: sixty pictures cannot teach a quarter of a million
# numbers what an animal is. The frozen one does not have to learn that, it has only to find out which of the things that
# it sees make an owl.
#
# Be fair to the losers. With more pictures both become better. How much better is the next question.
#
# ## How many pictures do you need?
#
# We train heads with 2, 5, 10, 20 and 50 pictures per kind. To have it quick, we solve each head exactly instead of
# walking down step by step: the smallest loss of a linear model can be found by a standard method of SciPy. (It is the
# same kind of head; people call it logistic regression.)
#
# **Predict.** How many pictures of each kind does the linear model on pixels need to be as good as the frozen backbone
# with two?

# %%
from scipy.optimize import minimize


def exact_head(features, labels, penalty=1e-3):
    """The linear model with the smallest cross-entropy; large weights cost a little."""
    directions, features = np.linalg.qr(features.T)  # no head needs more directions than there are pictures
    features = features.T
    width, one_hot = features.shape[1], np.eye(classes)[labels]

    def loss(flat):
        head = flat.reshape(width, classes)
        logits = features @ head
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        slope = features.T @ (shares - one_hot) / len(labels) + 2 * penalty * head
        return -np.mean(np.log(np.sum(shares * one_hot, axis=1) + 1e-12)) + penalty * np.sum(head**2), slope.ravel()

    found = minimize(loss, np.zeros(width * classes), jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return directions @ found.x.reshape(width, classes)


def with_bias(features):
    return np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)


# %%
counts = [2, 5, 10, 20, 50]
small_pixels = [lesson.extract_features(pixels, images) for images, _ in pools]
inputs = {"frozen backbone": (pool_features, test_features, 1e-3), "linear on pixels": (small_pixels, pixels_of_test, 1e-2)}
curves = {}
for name, (seen, unseen, penalty) in inputs.items():
    curves[name] = np.array([[np.mean((with_bias(unseen) @ exact_head(with_bias(seen[seed][first(count)]), pools[seed][1][first(count)], penalty))
                                      .argmax(axis=1) == test_labels) for count in counts] for seed in SEEDS])

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.8))
for (name, values), colour, mark in zip(curves.items(), (plots.BLUE, plots.GREY), "os"):
    axis.fill_between(counts, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, linewidth=0)
    axis.plot(counts, values.mean(axis=0), color=colour, marker=mark, linewidth=2)
    axis.text(53, values[:, -1].mean(), name, color=colour, va="center")
axis.axhline(1 / classes, color=plots.INK, linestyle=":", linewidth=1.5)
axis.set_xscale("log")
axis.set_xticks(counts, counts)
axis.minorticks_off()
axis.set_xlim(1.8, 130)
axis.set_ylim(0, 1)
axis.set_xlabel("pictures of each kind to learn from")
axis.set_ylabel("share named correctly")
axis.set_title("Two pictures of each kind on good features beat fifty on pixels")
plots.show(figure, "how-many-pictures", "Two rising curves with bands for five sets: the frozen backbone begins high with two "
           "pictures per kind and rises slowly, the linear model on pixels begins near guessing and rises steeply.")
on_features, on_pixels = (curves[name].mean(axis=0) for name in ("frozen backbone", "linear on pixels"))
claim("With two pictures of each kind, the frozen backbone is {value:.0f} points above the pixels.", 100 * (on_features[0] - on_pixels[0]), at_least=30)
claim("With two pictures of each kind, it is {value:.0f} points above the pixels with fifty.", 100 * (on_features[0] - on_pixels[-1]), at_least=3)
claim("With fifty of each on both sides, it is {value:.0f} points ahead.", 100 * (on_features[-1] - on_pixels[-1]), at_least=15)

# %% [markdown]
# ## Let the top learn too
#
# The upper layers are specialists for the 18 old kinds. Might they not adapt a little to the six new ones? That is
# **fine-tuning**: after the head has been trained, thaw the top of the backbone, and go on with very small steps. The
# order matters. A fresh head is random and calls for large changes everywhere; those would wreck what is below.
#
# We thaw the last 25 layers of the backbone, in which Keras counts each little part, and compare three learning
# rates. Each starts from the five classifiers that we have.
#
# **Predict.** How much will it add, at best? And what will the largest of the three do?

# %%
tuned = lesson.fine_tune(lesson.add_head(lesson.frozen_backbone(weights), classes), 25, 1e-4)
tuned.jit_compile = False
tuned.optimizer.build(tuned.trainable_variables)
print("to train, frozen:", lesson.count_parameters(tuned))
gains = {}
for rate in (1e-5, 3e-4, 3e-2):
    for seed in SEEDS if rate == 3e-4 else range(3):
        start_again(tuned, classifiers[seed].get_weights(), rate)
        tuned.fit(lesson.preprocess(pools[seed][0][ten]), pools[seed][1][ten], batch_size=20, epochs=12, verbose=0)
        gains.setdefault(rate, []).append(100 * (accuracy(tuned) - scores["frozen backbone"][seed]))

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 2.7))
for height, (rate, values) in enumerate(gains.items()):
    axis.scatter(values, np.full(len(values), height), s=60, alpha=0.75, color=plots.BLUE if np.mean(values) > 0 else plots.RED)
axis.axvline(0, color=plots.INK, linewidth=1)
axis.set_yticks(range(3), [f"learning rate {rate:g}" for rate in gains])
axis.set_ylim(-0.5, 2.5)
axis.set_xlabel("points gained over the frozen backbone, one dot per set of sixty pictures")
axis.set_title("Small steps change little; large steps destroy")
plots.show(figure, "fine-tuning", "Dots for three learning rates around a line at zero: the two smaller ones stay near "
           "zero, the largest lies far to the left.")
claim("With a learning rate of 0.0003, fine-tuning changes the result by {value:+.1f} points on average.", np.mean(gains[3e-4]), at_least=-4, at_most=15)
claim("With 0.03 it changes the result by {value:+.1f} points.", np.mean(gains[3e-2]), at_most=-10)

# %% [markdown]
# So fine-tuning is the last few points and not the first. With sixty pictures there is little that it can learn without
# learning the sixty by heart. It comes into its own with thousands of pictures, or when the new task is far from the
# old one.
#
# ## Five traps
#
# All five have in common that nothing complains. The program runs, and only the result is worse, or the bill is higher.
#
# ### 1. The wrong scale
#
# The head is trained as it should be. Then somebody asks the classifier with pictures on another scale.
#
# **Predict.** [0, 1] instead of [−1, 1]: that is only a little brighter and paler. How bad can it be?

# %%
good = classifiers[0]


def accuracy_at(scaled):
    return float(np.mean(np.asarray(good(scaled.astype(np.float32), training=False)).argmax(axis=1) == test_labels))


traps = {"as it should be": accuracy_at(lesson.preprocess(test_images))}
traps["scaled to [0, 1]"] = accuracy_at(test_images / 255)
traps["not scaled: 0 to 255"] = accuracy_at(test_images)
claim("On pictures scaled to [0, 1], the same classifier loses {value:.0f} points.",
      100 * (traps["as it should be"] - traps["scaled to [0, 1]"]), at_least=8)
claim("On pictures that nobody scaled, it is right in {value:.0%} of the cases; guessing would give 17%.",
      traps["not scaled: 0 to 255"], at_most=0.45)

# %% [markdown]
# ### 2. Forgetting to freeze
#
# The trained weights are there, the head is new, and everything may move, with the learning rate that was right for the
# head.

# %%
unfrozen = []
for seed in range(3):
    start_again(thawed, [*weights, *random_head(seed)], 0.01)
    thawed.fit(lesson.preprocess(pools[seed][0][ten]), pools[seed][1][ten], batch_size=20, epochs=12, verbose=0)
    unfrozen.append(accuracy(thawed))
traps["backbone not frozen"] = float(np.mean(unfrozen))
claim("Not frozen, and trained with the head's learning rate, the network ends {value:.0f} points below the frozen one.",
      100 * (np.mean(scores["frozen backbone"][:3]) - np.mean(unfrozen)), at_least=10)

# %% [markdown]
# ### 3. BatchNormalization in training mode
#
# **BatchNormalization** is a layer that shifts and scales what comes in, so that it has a standard mean and variance. In
# training it uses mean and variance of the batch at hand, and moves its stored ones towards them. In prediction it
# uses the stored ones.
#
# Many tutorials say: call the backbone with `training=False` and its BatchNormalization will rest. We test that with a
# learning rate of **exactly 0**. Nothing can be learned, so nothing may change.
#
# **Predict.** How many of the backbone's 135 arrays will have changed?

# %%
def trained_with_rate_zero(freeze_batch_normalization):
    """Twelve epochs with learning rate 0: how many arrays of the backbone changed, and the accuracy after that."""
    network = lesson.frozen_backbone(weights)
    network.trainable = True
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = not freeze_batch_normalization
            layer.momentum = 0.9
    inputs = keras.Input((64, 64, 3))
    model = keras.Model(inputs, keras.layers.Dense(classes)(network(inputs, training=False)))
    model.set_weights(classifiers[0].get_weights())
    model.compile(keras.optimizers.SGD(0.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    one_kind_per_batch = lesson.preprocess(pools[0][0][ten])
    model.fit(one_kind_per_batch, pools[0][1][ten], batch_size=10, epochs=12, shuffle=False, verbose=0)
    changed = sum(not np.array_equal(old, new) for old, new in zip(weights, network.get_weights()))
    return changed, accuracy(model)


changed, traps["BatchNormalization not frozen"] = trained_with_rate_zero(freeze_batch_normalization=False)
claim("With training=False at the call and a learning rate of 0, {value:.0f} arrays have changed.", changed, at_least=50, at_most=54)
changed_frozen, accuracy_frozen = trained_with_rate_zero(freeze_batch_normalization=True)
claim("With every BatchNormalization frozen, it is {value:.0f}.", changed_frozen, at_most=0)
claim("The drift costs {value:.0f} points, without a single step of learning.",
      100 * (accuracy_frozen - traps["BatchNormalization not frozen"]), at_least=1)

# %% [markdown]
# The 54 are the running means and variances of 27 layers. In Keras 3, `fit` calls the whole model with
# `training=True`, and that goes down into every layer and overrules what was said at the call. The rule was true once,
# in Keras 2, and lives on in many pages. What holds is `trainable = False` on the layer itself: a frozen
# BatchNormalization always works as in prediction.
#
# (We made it hard for it here: each batch showed one kind only, as it happens when a folder is not shuffled, and the
# running mean follows quickly. With shuffled batches the drift is slower. It is there all the same.)
#
# ### 4. Freezing after compiling
#
# "Freeze first, compile then", says the rule. What happens otherwise? We try it on a tiny network, in three orders, and
# count the arrays of the lower layer that change in a pass of training.
#
# **Predict.** In which of the three cases does the frozen layer move?

# %%
def layer_moves(steps):
    """Do the steps one after the other; how many of the lower layer's two arrays the last pass changed."""
    lower = keras.layers.Dense(4, activation="relu")
    model = keras.Sequential([keras.Input((3,)), lower, keras.layers.Dense(2)])
    numbers = np.random.default_rng(0)
    x, y = numbers.normal(size=(64, 3)), numbers.normal(size=(64, 2))
    for step in steps:
        before = lower.get_weights()
        if step == "compile":
            model.compile("adam", "mse")
        elif step == "freeze":
            lower.trainable = False
        else:
            model.fit(x, y, verbose=0)
    return sum(not np.array_equal(old, new) for old, new in zip(before, lower.get_weights()))


orders = [("compile", "freeze", "fit"), ("compile", "fit", "freeze", "fit"), ("compile", "fit", "freeze", "compile", "fit")]
moves = [layer_moves(order) for order in orders]
for order, moved in zip(orders, moves):
    print(f"{', '.join(order):40} {moved} arrays of the frozen layer moved")
claim("Frozen after compiling but before the first pass, {value:.0f} arrays of the layer move.", moves[0], at_most=0)
claim("Frozen after a first pass, {value:.0f} arrays of the 'frozen' layer move.", moves[1], at_least=2)
claim("Compiled again, it is {value:.0f}.", moves[2], at_most=0)

# %% [markdown]
# So in today's Keras it is not `compile` that fixes what trains, it is the first pass after it: there the training
# function is made, with the weights that are trainable at that time, and it is used until the next `compile`. Keras warns,
# but does what it did before. The trap closes exactly where transfer learning needs it: train the head, *then* thaw or
# freeze something, and go on. The old rule, compile after every change, keeps you safe.
#
# ### 5. The same features again and again
#
# The last trap costs no accuracy, only your afternoon: to train a head on a frozen backbone by pushing the pictures
# through it in every epoch.

# %%
epochs = 60
started = time.perf_counter()
lesson.train_head(backbone, test_images, test_labels, classes, epochs=epochs, features=test_features)
seconds_head = time.perf_counter() - started
claim("Computed once and kept, the features make training on 300 pictures {value:.0f} times as fast as asking the backbone "
      "in each of 60 epochs.", (seconds_head + epochs * seconds_features) / (seconds_head + seconds_features), at_least=2)

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 2.9))
names = list(traps)
axis.barh(range(len(names)), traps.values(), color=[plots.BLUE, *[plots.RED] * (len(names) - 1)], height=0.6)
for height, value in enumerate(traps.values()):
    axis.text(max(value, 0.18) + 0.01, height, f"{value:.0%}", va="center")
axis.axvline(1 / classes, color=plots.INK, linestyle=":", linewidth=1.5)
axis.set_yticks(range(len(names)), names)
axis.invert_yaxis()
axis.set_xlim(0, 1)
axis.set_xlabel("share of 300 new pictures named correctly; dotted: guessing")
axis.set_title("What the silent traps cost")
plots.show(figure, "traps", "Bars of accuracy: the classifier as it should be, and below it four shorter red bars for wrong "
           "scales, a backbone that was not frozen and BatchNormalization that was not frozen.")

# %% [markdown]
# ## Look at the mistakes
#
# A share of right answers does not say *what* goes wrong. So look at the pictures on which the classifier was most
# certain and wrong.

# %%
logits = np.asarray(good(lesson.preprocess(test_images), training=False))
shares = np.exp(logits - logits.max(axis=1, keepdims=True))
shares /= shares.sum(axis=1, keepdims=True)
named = shares.argmax(axis=1)
wrong = np.flatnonzero(named != test_labels)
worst = wrong[np.argsort(-shares[wrong, named[wrong]])][:6]
titles = [f"{HELD_OUT[test_labels[i]]}, called\n{HELD_OUT[named[i]]} ({shares[i, named[i]]:.0%})" for i in worst]
figure, _ = plots.pictures([test_images[i] for i in worst], titles, size=1.55)
plots.headline(figure, "The mistakes of which it was most certain")
plots.show(figure, "mistakes", "Six drawings that the classifier named wrongly with great confidence, each with the right "
           "kind, the wrong name and how sure it was.")

# %% [markdown]
# Some of them you would forgive: the animal is small or dark. Others you would not. And note how sure it is: the shares
# add up to 1, and nothing in them says "I have never seen such a thing".
#
# ## The same with photographs
#
# Everything so far was drawn, and small. The functions that you write in the exercise do the same with photographs: only the
# weights and the size differ. The script `photographs.py` beside this chapter does it with two networks that were trained on
# **ImageNet**, 1.2 million photographs of 1,000 kinds of things: MobileNet, quarter width, and its successor
# MobileNetV2, at about a third of the full width. The figures below come from a **stored run** of that script, because
# neither the photographs nor the weights belong to this project. The photographs are 1,200 of the 3,670 that TensorFlow
# Datasets calls `tf_flowers` (CC BY 2.0): 240 each of five kinds of flowers, at most 192 pixels on the short side. Your own
# run prints your own.

# %%
import json
from pathlib import Path

stored = json.loads(Path("lessons/lesson_07_transfer_learning/photographs.json").read_text(encoding="utf-8"))
runs = stored["networks"]
print("stored run:", stored["data"])
print("to learn from:", stored["to_learn"], " held out:", stored["to_test"], " splits:", stored["splits"])
print("made with", ", ".join(f"{name} {version}" for name, version in stored["versions"].items()))

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3))
for height, (name, run) in enumerate(runs.items()):
    colour = plots.GREY if "pixels" in name else plots.BLUE
    axis.scatter(run["few"], np.full(len(run["few"]), height - 0.14), s=50, facecolors="none", edgecolors=colour, linewidths=1.6)
    axis.scatter(run["all"], np.full(len(run["all"]), height + 0.14), s=50, color=colour)
axis.axvline(1 / len(stored["classes"]), color=plots.INK, linestyle=":", linewidth=1.5)
axis.set_yticks(range(len(runs)), runs)
axis.set_ylim(-0.6, len(runs) - 0.4)
axis.set_xlim(0, 1)
axis.set_xlabel(f"share of held-out photographs named correctly. Filled: all, open: {stored['per_class_few']} per class")
axis.set_title("Flowers: frozen ImageNet features against pixels")
plots.show(figure, "photographs", "Dots for five splits each. Linear on pixels lies around 40 percent, both frozen networks "
           "above 80 percent; with ten photographs per class, open dots, the order is the same.")

# %%
mobilenet, second, bare = runs["MobileNet 0.25"], runs["MobileNetV2 0.35"], runs["linear on pixels"]
claim("In the stored run, the frozen MobileNet names {value:.1%} of the held-out flowers correctly.", np.mean(mobilenet["all"]), at_least=0.8)
claim("In the stored run, the frozen MobileNetV2 names {value:.1%} correctly.", np.mean(second["all"]), at_least=0.83)
claim("In the stored run, a linear model on pixels names {value:.1%} correctly.", np.mean(bare["all"]), at_least=0.3, at_most=0.5)
claim("In the stored run, on one CPU core, the features of all photographs took {value:.0f} s with the slower network.",
      max(mobilenet["seconds_features"], second["seconds_features"]), at_most=120)
claim("In the stored run, training the head took {value:.1f} s.",
      max(np.median(mobilenet["seconds_head"]), np.median(second["seconds_head"])), at_most=10)

# %% [markdown]
# Two networks that were never asked for the kinds of flowers in this folder, less than half a million weights, a minute or two on
# a laptop. Note also what the run does not say: ImageNet contains flowers (a daisy is one of its thousand kinds),
# so this task is near to the old one. On X-ray pictures you should expect less.
#
# Now your own pictures. Make one folder per class, put at least ten photographs into each (more is better, and take them
# on different days and at different places), and say:
#
# `course run 7 --photos my_pictures`
#
# It reads what phones and scanners produce, names the files that it cannot use, and keeps the features on disk under a name
# made from the pictures, the weights and the scaling, so a second run is quick. You get the accuracy on held-out
# photographs, a confusion table, the most confident mistakes as pictures, and the classifier as a `.keras` file. The
# weights (one or two megabytes) are downloaded once; without a connection it says which file is missing and where to put it.
# With `--mine` it uses your functions.
#
# ## What you can say now
#
# - A trained network is a stack. Its lower layers look for edges and colours that any task needs; its upper layers are
#   specialists for what it was trained on.
# - Transfer learning: keep the backbone, freeze it, train a new head on its features. A few thousand weights instead of
#   hundreds of thousands.
# - A frozen network answers the same every time, so features are computed once and kept.
# - With few pictures this beats the same network from scratch and a linear model on pixels by a wide margin.
# - Fine-tuning comes afterwards, at the top only, with small steps, with BatchNormalization frozen.
# - The scale of the input is part of the weights. Frozen means `trainable = False`, and a new `compile` after each change.
#
# ## What this did not show
#
# The new animals come from the same program as the old ones, with the same lines and the same grounds. That is a short way to
# transfer. From drawings to photographs the small network would not carry, and its card says so. We compared with training
# from scratch on sixty pictures and in thirty passes only; with many thousand pictures it may well win. And we tried one network size and one kind of head.
#
# ## Your turn
#
# Go to the [exercise](exercise/), write the eight functions, and run `course check 7`. When all pass, put your own photographs
# into two folders and run `course run 7 --photos … --mine`. Then you have made an image model, from the pixels up.
