# %% [markdown]
# # Batch size
#
# **Two networks share the architecture, the loss, the optimizer, the learning rate, the momentum, the epochs and the
# data. One loss curve is smooth, the other jumps about. What differs?**
#
# Training a network has many dials, and most of them sound important. This lesson is about one that sounds like
# bookkeeping: how many examples are looked at before the weights are changed. It decides how much the curve shakes, how
# long you wait, how much memory you need, and which learning rate works at all.
#
# We first look at the two curves. Then we take training apart until you can do each step of it by yourself, in NumPy,
# and put the dial back in.

# %%
import time

import keras
import numpy as np

from course import plots
from course.claims import claim
from course.data.digits import load_digits
from solutions import lesson_05_batch_size as lesson

digits = load_digits()
print(digits.source)


def as_rows(images):
    return images.reshape(-1, 28 * 28).astype(np.float32) / 255


seen, labels = as_rows(digits.train_images[:1438]), digits.train_labels[:1438]
held_out, held_out_labels = as_rows(digits.test_images[:359]), digits.test_labels[:359]

# %% [markdown]
# The name `lesson` stands for the eight functions that you will write in the [exercise](exercise/). Here they are
# already written. We use 1,438 digits for training and hold 359 others back, also where the large collection is at
# hand: small batches are slow, and we want to run everything many times.
#
# ## Two curves
#
# The network is that of lesson 2: 784 pixels in, 30 hidden neurons, 10 digits out. A training run goes through the data
# several times; one pass is an **epoch**. The **loss** tells how wrong the answers are: 0 would be perfect, and
# guessing among ten digits gives about 2.3.
#
# Two networks are trained for six epochs each. Both start from the same random weights.

# %%
def new_network(seed):
    keras.utils.set_random_seed(seed)
    network = keras.Sequential([
        keras.Input((28 * 28,)),
        keras.layers.Dense(30, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    network.compile(keras.optimizers.SGD(learning_rate=0.02, momentum=0.9), "sparse_categorical_crossentropy")
    return network


SMALL, LARGE, EPOCHS = 8, 256, 6
runs = {size: [lesson.train_with_batch_size(new_network(seed), seen, labels, size, EPOCHS, seed) for seed in range(3)]
        for size in (SMALL, LARGE)}

# %%
figure, axes = plots.plt.subplots(1, 2, figsize=(9.2, 3.4), sharey=True)
for axis, size, colour, name in zip(axes, (SMALL, LARGE), (plots.RED, plots.BLUE), "AB", strict=True):
    losses = runs[size][0]
    axis.plot(np.arange(1, len(losses) + 1) / len(losses) * EPOCHS, losses, color=colour, linewidth=1)
    axis.set_title(f"network {name}")
    axis.set_xlabel("epochs")
    axis.set_ylim(0, 2.9)
axes[0].set_ylabel("loss of each step")
plots.headline(figure, "One curve jumps about, the other is smooth")
plots.show(figure, "two-curves", "Two loss curves over six epochs. A falls fast and jumps up and down all the time; B "
           "falls in one smooth line, and ends higher than the middle of A.")

# %% [markdown]
# **Predict.** Everything in the list above is the same for both. What did we change? Is A broken?
#
# A is not broken. The only difference is the **batch size**: the number of examples that are looked at before the
# weights are changed once. For A it is 8, for B it is 256. Was it luck? We trained each three times, from different
# starts. A number for "jumps about": compare each loss with the middle between its two neighbours, and take the mean of
# these distances. A straight line gets 0, however steep it is. We call it **roughness**.

# %%
roughness = {size: [lesson.loss_roughness(losses) for losses in runs[size]] for size in runs}
claim("The smoothest of three runs in batches of 8 is {value:.1f} times as rough as the roughest of three in batches of "
      "256.", min(roughness[SMALL]) / max(roughness[LARGE]), at_least=2)
ends = {size: np.mean([np.mean(losses[-lesson.steps_per_epoch(len(seen), size):]) for losses in runs[size]]) for size in runs}
claim("And yet over the last epoch the mean loss in batches of 256 is {value:.1f} times that in batches of 8.",
      ends[LARGE] / ends[SMALL], at_least=1.5)

# %% [markdown]
# So the nervous curve is the one that got further, in the same number of epochs. A smooth curve is not the same as good
# training. To see why, we have to look at a single step.
#
# ## Downhill
#
# Training is the same three things, over and over: **predict, measure the error, adjust**.
#
# Think of standing on a hillside in fog, wanting to get to the valley. You cannot see it, but you feel with your feet
# which way the ground slopes. You take a step downhill, and feel again. The place where you stand is the list of all
# weights, the height is the loss. The arrow that points uphill most steeply is called the **gradient**: one number for
# each weight, which tells how much the loss grows if this weight grows a little. The length of the step is the gradient
# times the **learning rate**. A hillside has two directions, ours will have thousands; apart from that the picture is
# exact.
#
# For a clear view we leave the hidden neurons out. What remains is called **softmax regression**: each digit has one
# weight for each pixel, and its score is the sum of weight × pixel. *Softmax* turns the ten scores into ten shares that
# add up to 1: e to the power of the score, divided by the sum of these powers. The loss of one picture is −log of the
# share that its true digit got. All weights start at 0, so every digit gets a tenth.

# %%
weights = np.zeros((28 * 28, 10), dtype=np.float32)
loss, gradient = lesson.loss_and_gradient(weights, seen, labels)
claim("With all weights 0, the loss is {value:.4f}, which is the logarithm of 10.",
      loss, at_least=2.3025, at_most=2.3027)

# %% [markdown]
# Is the gradient right? There is a way to check it that needs no calculus: nudge one weight, and look what the loss
# does. This is **numerical differentiation**. It is slow, with two losses for each weight, and it is the best friend of
# everybody who writes a gradient by hand. We try it at a place that is not special: at random weights, with ten
# pictures.
#
# **Predict.** How many digits will agree?

# %%
rng = np.random.default_rng(0)
place, few, their = rng.normal(scale=0.1, size=(784, 10)), seen[:10].astype(float), labels[:10]
_, by_formula = lesson.loss_and_gradient(place, few, their)
differences = []
for pixel, digit in zip(rng.integers(200, 584, size=100), rng.integers(0, 10, size=100)):
    nudge = np.zeros_like(place)
    nudge[pixel, digit] = 1e-4
    higher, lower = (lesson.loss_and_gradient(place + sign * nudge, few, their)[0] for sign in (1, -1))
    differences.append(by_formula[pixel, digit] - (higher - lower) / 2e-4)
claim("Over 100 nudged weights, formula and nudge differ by at most {value:.1e}, where the largest slope is "
      f"{np.abs(by_formula).max():.2f}.", np.abs(differences).max(), at_most=1e-6)

# %% [markdown]
# ## Asking the way
#
# The gradient above used all 1,438 pictures for a single step. That is like asking everybody in town for the way before
# you take the first step. You could also ask **one** passer-by and walk. Or stop **thirty** people, take the average of
# where they point, and walk.
#
# One passer-by may be wrong, or mean another place of the same name. But asking is quick, and after a few steps you ask
# the next one. Everybody in town gives the best answer, and by the time you have it, it is evening. Thirty are
# not exact, but far better than one, and far quicker than everybody.
#
# In training, the passers-by are examples. Each example alone has its own gradient, the way in which *it* would like
# the weights to change. The group that is asked before a step is the **batch**, also called mini-batch. Its gradient is
# the mean of its examples' gradients.
#
# The picture has limits. Passers-by know the way to the station; an example only knows which way is downhill *for
# itself, right here*. Even everybody together point downhill and not to the valley, so you have to ask again after each
# step. And an average helps against errors that differ from one to the next. If all examples are wrong in the same way,
# as with a photographer who always stood in the shade, then no batch size will show it.
#
# Here is what some examples would like to do to the 784 weights of the digit 0. Blue weights should grow, red ones
# should shrink. Each row is another draw of examples.
#
# **Predict.** With how many examples will you recognise the 0 in every row?

# %%
def wish_for_zero(count, seed=0):
    """How the weights of the digit 0 should change, drawn to length 1, according to a batch of `count` examples."""
    some, their = lesson.batches(seen, labels, count, seed)[0]
    _, gradient = lesson.loss_and_gradient(weights, some, their)
    return -gradient[:, 0] / np.linalg.norm(gradient[:, 0])


counts = 1, 8, 64, 512, len(seen)
figure, axes = plots.plt.subplots(3, 5, figsize=(8.4, 5.3))
for (draw, column), axis in np.ndenumerate(axes):
    axis.imshow(wish_for_zero(counts[column], draw).reshape(28, 28), cmap=plots.SIGNED, vmin=-0.22, vmax=0.22)
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
for axis, name in zip(axes[0], ["one example", "8 examples", "64 examples", "512 examples", "all 1,438"], strict=True):
    axis.set_title(name)
plots.headline(figure, "What a batch wants for the digit 0, three draws each: larger batches agree")
plots.show(figure, "wishes", "Red and blue pictures, three rows of five. Single examples show their own outline and differ "
           "from row to row; the larger the batch, the more the rows agree. With all examples each row is the same: a "
           "blue ring around a red middle, a zero.")

# %% [markdown]
# How like the last column is the rest? Lay two of these pictures over each other, multiply them pixel by pixel, and add
# up: two that are the same give 1, two that have nothing in common give 0. That is the **cosine** of the angle between
# the two arrows. We take the median of 60 draws.

# %%
likeness = {count: np.median([wish_for_zero(count, seed) @ wish_for_zero(len(seen)) for seed in range(60)])
            for count in counts[:4]}
claim("One example is like the picture of all of them by {value:.2f} only.", likeness[1], at_most=0.3)
claim("64 examples come to {value:.2f}.", likeness[64], at_least=0.7)
claim("512 examples come to {value:.2f}.", likeness[512], at_least=0.9)

# %% [markdown]
# ## Cutting the data into batches
#
# An epoch shuffles the examples and cuts them into batches. Every example comes exactly once. What is left at the end
# is a short batch, which counts too. Each batch gives one step, called an **update**.
#
# **Predict.** How many updates does an epoch of 1,438 examples have, with batches of 32?

# %%
for size in (1, 8, 32, 256, len(seen)):
    cut = lesson.batches(seen, labels, size, seed=0)
    print(f"batches of {size:5,}: {lesson.steps_per_epoch(len(seen), size):5,} updates, the last with {len(cut[-1][0]):,}")
claim("Batches of 32 make {value:.0f} updates in an epoch, the last of them short.",
      lesson.steps_per_epoch(len(seen), 32), at_least=45, at_most=45)

# %% [markdown]
# In the same six epochs, network A made 1,080 small steps and network B made 36. That is one half of the answer to the
# opening question. The other half is how good each step is.
#
# ## Measuring the noise
#
# We stay at one place, all weights 0, and draw batch after batch. Each gives a gradient, and none is quite the true
# one, that of all examples. What interests us is the error: batch gradient minus true gradient. Errors have 7,840
# numbers, so we draw them in the two directions in which single examples differ most. The unit is the length of the
# true gradient.

# %%
def batch_errors(size, draws, rng):
    chosen = rng.integers(0, len(seen), size=(draws, size))
    gradients = [lesson.loss_and_gradient(weights, seen[some], labels[some])[1] - gradient for some in chosen]
    return np.reshape(gradients, (draws, -1)) / np.linalg.norm(gradient)


rng = np.random.default_rng(0)
# A gradient has thousands of numbers, a drawing two: the two directions in which the errors reach farthest.
directions = np.linalg.svd(batch_errors(1, 200, rng), full_matrices=False)[2][:2]

# %%
figure, axes = plots.plt.subplots(1, 3, figsize=(9.4, 3.5), sharex=True, sharey=True)
for axis, size, colour in zip(axes, (1, 16, 256), (plots.RED, plots.ORANGE, plots.BLUE), strict=True):
    axis.scatter(*(directions @ batch_errors(size, 250, rng).T), s=10, color=colour, alpha=0.6, linewidths=0)
    axis.axhline(0, color=plots.GREY, linewidth=0.7, zorder=0)
    axis.axvline(0, color=plots.GREY, linewidth=0.7, zorder=0)
    axis.set_title("one example each" if size == 1 else f"batches of {size}")
    axis.set_xlabel("error in one direction")
    axis.set_xticks([-5, 0, 5, 10])
    axis.set_yticks([-5, 0, 5, 10])
    axis.set_aspect("equal")
axes[0].set_ylabel("error in another")
plots.headline(figure, "250 gradients each: all scatter around the true one (the cross), larger batches less")
plots.show(figure, "errors", "Three clouds of points around a cross. Single examples lie in groups far from it, up to "
           "many lengths of the true gradient; batches of 16 form a cloud around it, batches of 256 a small dense spot "
           "in the middle.")

# %% [markdown]
# The groups in the first picture come from the digits: examples of the same digit pull in similar directions. The true
# gradient is the mean of the single ones, so the more batches we draw, the closer the middle of each cloud comes to
# the cross. A small batch is not biased, it is only uncertain. To put a number on that: the **gradient noise** is the
# typical length of the error (the root of the mean squared length, over all 7,840 directions), divided by that of the
# true gradient.
#
# **Predict.** If you ask four times as many people, how much smaller does the noise get? A quarter? A half?

# %%
sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256])
noise = np.array([lesson.gradient_noise(weights, seen, labels, size, draws=300, seed=size) for size in sizes])
constant = noise * np.sqrt(sizes)
claim("One example alone: the error is {value:.1f} times as long as the true gradient.", noise[0], at_least=1.5)
claim("Even with 32 examples it is still {value:.1f} times as long.", noise[5], at_least=0.5, at_most=3)
claim("From 1 to 256, noise times the square root of the batch size stays the same: the farthest of nine values is "
      "{value:.1%} from their mean.", np.abs(constant / constant.mean() - 1).max(), at_most=0.15)
claim("From 32 to 128 examples, four times as many, the noise falls to {value:.2f} of what it was.",
      noise[7] / noise[5], at_least=0.43, at_most=0.58)

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.6))
axis.plot(sizes, constant.mean() / np.sqrt(sizes), color=plots.GREY, linewidth=1.5, label="mean / √(batch size)")
axis.scatter(sizes, noise, s=46, color=plots.BLUE, zorder=3, label="measured, 300 batches each")
axis.set_xscale("log", base=2)
axis.set_yscale("log")
axis.set_xticks(sizes, sizes)
axis.set_yticks([0.2, 0.5, 1, 2, 5], [0.2, 0.5, 1, 2, 5])
axis.minorticks_off()
axis.set_xlabel("batch size")
axis.set_ylabel("gradient noise")
axis.set_title("Four times as many examples halve the noise")
axis.legend(frameon=False)
plots.show(figure, "noise-law", "Gradient noise against batch size from 1 to 256, both axes logarithmic: nine points on "
           "one straight falling line, which loses half its height with every fourfold batch.")

# %% [markdown]
# Four times the work, half the noise. This is the **square root law**, and it holds for every survey: errors of
# independent people add up with different signs and partly cancel. It is a law of falling returns. The step from 1 to
# 100 examples divides the noise by ten and costs 99 examples. The next division by ten costs 9,900.
#
# The exact statement has a condition: the examples are drawn **independently**, so an example may come twice. An epoch
# does not do that. It deals the examples out like cards, and a batch of all of them has no error at all. Then the law
# gets a factor: the square root of (n − B) / (n − 1), for batches of B out of n. For small batches it is nearly 1.

# %%
def noise_when_dealt(size, draws):
    """As lesson.gradient_noise, without drawing any example twice."""
    errors = []
    for seed in range(draws):
        some, their = lesson.batches(seen, labels, size, seed)[0]
        errors.append(lesson.loss_and_gradient(weights, some, their)[1] - gradient)
    return np.sqrt(np.mean(np.sum(np.square(errors), axis=(1, 2)))) / np.linalg.norm(gradient)


factor = np.sqrt((len(seen) - 1024) / (len(seen) - 1))
claim(f"Dealt out like cards, batches of 1,024 have {{value:.2f}} times the noise of independent draws (by the formula: "
      f"{factor:.2f}).",
      noise_when_dealt(1024, 60) / (constant.mean() / np.sqrt(1024)), at_least=0.85 * factor, at_most=1.15 * factor)

# %% [markdown]
# ## From noisy steps to a rough curve
#
# Now we let it walk. The loop below is all there is to training: cut the data into batches, take the gradient of each,
# make the update. (Leave the momentum at 0 for now; its turn comes.) The learning rate is the same for all batch sizes,
# five epochs each, and ten runs per batch size that differ in nothing but the order of the examples.

# %%
def descend(size, learning_rate, epochs, seed, momentum=0.0):
    """Train softmax regression; the loss of each step, and the held-out loss after each epoch."""
    weights, velocity = np.zeros((784, 10), np.float32), np.zeros((784, 10), np.float32)
    steps, after_epochs = [], []
    for epoch in range(epochs):
        for some, their in lesson.batches(seen, labels, size, seed=1000 * seed + epoch):
            loss, gradient = lesson.loss_and_gradient(weights, some, their)
            weights, velocity = lesson.sgd(weights, velocity, gradient, learning_rate, momentum)
            steps.append(loss)
        after_epochs.append(lesson.loss_and_gradient(weights, held_out, held_out_labels)[0])
    return steps, after_epochs, weights


# %% [markdown]
# Besides the roughness we look at how much the *result* is a matter of luck: the standard deviation of the held-out
# loss between the ten runs, averaged over the epochs. That is the **spread between runs**.
#
# **Predict.** How large will the spread be if each step uses all the data?

# %%
tried = 1, 4, 32, 256, len(seen)
repeats = {size: [descend(size, 0.05, 5, seed) for seed in range(10)] for size in tried}
rough = {size: [lesson.loss_roughness(steps) for steps, _, _ in repeats[size]] for size in tried}
spread = {size: lesson.spread_between_runs([held for _, held, _ in repeats[size]]) for size in tried}

# %%
figure, (left, right) = plots.plt.subplots(1, 2, figsize=(9.4, 3.7))
for size in tried:
    left.scatter([size] * 10, rough[size], s=20, color=plots.ORANGE, alpha=0.8)
left.plot(tried, [np.median(rough[size]) for size in tried], color=plots.ORANGE, label="roughness, each dot one run")
left.plot(tried[:-1], [spread[size] for size in tried[:-1]], "s-", color=plots.BLUE, label="spread between ten runs")
left.legend(frameon=False, loc="upper right")
left.set_ylabel("loss")
for size, colour in zip((1, 32, 256), (plots.RED, plots.ORANGE, plots.BLUE), strict=True):
    for number, (_, held, _) in enumerate(repeats[size][:5]):
        right.plot(np.arange(1, 6), held, color=colour, linewidth=1.2, label=None if number else f"batches of {size}")
left.set_xscale("log", base=2)
left.set_xticks(tried, [*tried[:-1], "all"])
left.set_yscale("log")
left.set_ylim(None, 3)
left.set_xlabel("batch size")
left.set_title("both fall (with all the data, the spread is 0)")
right.set_xlabel("epochs")
right.set_ylabel("held-out loss")
right.set_ylim(0, None)
right.set_title("five of the ten runs: only the order differs")
right.legend(frameon=False)
plots.headline(figure, "Larger batches: smoother curves, and runs that agree")
plots.show(figure, "roughness-and-spread", "Left, roughness and spread between runs against batch size: both fall with "
           "larger batches. Right, held-out loss over five epochs: single examples give five crossing zigzag lines, 256 "
           "five lines that nearly coincide, but higher.")

# %%
medians = [np.median(rough[size]) for size in tried]
claim("Each larger batch size has the smoother curve: the roughness falls at {value:.0f} of the four steps from one "
      "size to the next.", np.sum(np.diff(medians) < 0), at_least=4, at_most=4)
claim("Single examples give curves {value:.0f} times as rough as batches of 32.", medians[0] / medians[2], at_least=3)
claim("The spread between ten runs falls as well, at {value:.0f} of the three steps from 1 to 256.",
      np.sum(np.diff([spread[size] for size in tried[:-1]]) < 0), at_least=3, at_most=3)
claim("It is {value:.0f} times as large with single examples as with batches of 32.", spread[1] / spread[32], at_least=3)
claim("With all the data in each step, the spread between the runs is {value:.1g}.", spread[len(seen)], at_most=1e-4)

# %% [markdown]
# With all the data in each step there is no luck left. Our start is not random either, so all runs are one and the
# same. (A network with random starting weights would still differ from run to run, with any batch size.)
#
# The single examples never settle. They reach the valley and then jump about in it, because even at the best place the
# examples pull in different directions; only their mean is zero. There, the *relative* noise is largest:

# %%
late = descend(len(seen), 0.5, 100, seed=0)[2]  # 100 exact steps, to get near the valley's floor
claim("After 100 steps downhill, the gradient noise of batches of 32 is {value:.1f} times what it was at the start.",
      lesson.gradient_noise(late, seen, labels, 32, 200, seed=0) / noise[5], at_least=3)

# %% [markdown]
# That is why training often ends with a smaller learning rate, or a larger batch: far from the valley a rough direction
# is good enough, near it is not.
#
# ## A trap: the curve that Keras shows
#
# If you train with Keras, you may never have seen such jumps. Let us look at one run of network A twice: once as Keras
# reports it to a callback (a **callback** is an object that Keras calls after every batch), once with each batch's own
# loss.
#
# **Predict.** Both are called "loss", for the same batches. Will the curves be the same?

# %%
class Reported(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


reported = Reported()
network = new_network(0)
keras.utils.set_random_seed(0)
network.fit(seen, labels, batch_size=SMALL, epochs=2, callbacks=[reported], verbose=0)
steps = lesson.steps_per_epoch(len(seen), SMALL)
own, reported = np.array(runs[SMALL][0][: 2 * steps]), np.array(reported.losses)

# %%
figure, axis = plots.plt.subplots(figsize=(8.4, 3.5))
updates = np.arange(1, 2 * steps + 1)
axis.plot(updates, own, color=plots.RED, linewidth=1, label="the batch's own loss")
axis.plot(updates, reported, color=plots.BLUE, linewidth=2.5, label='Keras: logs["loss"]')
axis.axvline(steps + 0.5, color=plots.GREY, linewidth=1, linestyle=":")
axis.text(steps + 4, 1.9, "second epoch begins", color=plots.GREY)
axis.set_xlabel("updates")
axis.set_ylabel("loss")
axis.set_title("Keras reports a mean since the epoch began, and it looks smooth")
axis.legend(frameon=False, loc="upper right")
plots.show(figure, "running-mean", "Loss over two epochs. The batches' own losses jump about and are soon low; the line "
           "that Keras reports falls slowly and smoothly, far above them, and drops suddenly where the second epoch "
           "begins.")

# %%
claim("At the end of the first epoch, Keras reports {value:.1f} times the mean loss of the last twenty batches.",
      reported[steps - 1] / own[steps - 20 : steps].mean(), at_least=1.4)
claim("The reported curve is {value:.0f} times as smooth as the true one.",
      lesson.loss_roughness(own) / lesson.loss_roughness(reported), at_least=5)
examples = np.minimum(np.arange(1, steps + 1) * SMALL, len(seen))
by_hand = np.cumsum(own[:steps] * np.diff(examples, prepend=0)) / examples
claim("The mean over all examples since the epoch began, by hand from the own losses, differs from what Keras reports "
      "by at most {value:.1e}.", np.abs(by_hand - reported[:steps]).max(), at_most=1e-3)

# %% [markdown]
# The name says loss, and it is a **running mean** over the epoch. For a progress bar that is a good choice. But with it
# every curve looks smooth, the loss of the first, ignorant batches is dragged along to the end of the epoch, and
# between two epochs it makes a jump that never happened. In task 6 you will get each step's own loss.
#
# ## Updates, epochs, seconds
#
# Which batch size learns fastest? The question is not complete. First the clock: how long does an epoch of the network
# take in Keras? We start the watch at an epoch's first update, and take the fastest of several epochs: whatever else
# the computer does at the same time can only make them longer.
#
# **Predict.** Batches of 1 and of 32 look at the same 1,438 examples. How many times as long does the epoch with 1
# take?

# %%
class StopWatch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.started = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.ended = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(self.ended - self.started)


# %%
per_epoch = {}
network = new_network(0)
for size, epochs in ((1, 4), (4, 5), (32, 13), (256, 13), (len(seen), 13)):
    watch = StopWatch()
    network.fit(seen, labels, batch_size=size, epochs=epochs, callbacks=[watch], verbose=0)
    per_epoch[size] = min(watch.seconds)
    print(f"batches of {size:5,}: {1000 * per_epoch[size]:7.1f} ms per epoch")
claim("An epoch of single examples takes {value:.0f} times as long as one in batches of 32.",
      per_epoch[1] / per_epoch[32], at_least=10)

# %% [markdown]
# Nearly every update has a fixed price: calling the machinery, whatever it is to work on. A batch of 32 pays it once,
# 32 single examples pay it 32 times. And processors like to do the same thing to many numbers at once.
#
# So large batches win by the clock, per epoch. But how many epochs does it take? Now a race, with softmax regression in
# NumPy: from weights of 0 to a training loss of 0.2. Each batch size may choose the best of three learning rates, so
# that none is handicapped (why it needs its own is the next section's topic). The seconds are the number of updates
# times the time of an update, again the fastest measured.
#
# **Predict.** Which of 1, 4, 32, 256 and all wins, counted in updates? In epochs? In seconds?

# %%
def race(size, learning_rate, seed, target=0.2, most_updates=5000):
    """Updates, epochs and seconds until the loss of all training examples is below the target."""
    weights, velocity = np.zeros((784, 10), np.float32), np.zeros((784, 10), np.float32)
    steps = lesson.steps_per_epoch(len(seen), size)
    looks, seconds, updates = max(1, steps // 10), 0.0, 0
    while updates < most_updates:
        started = time.perf_counter()
        for some, their in lesson.batches(seen, labels, size, seed=1000 * seed + updates):
            _, gradient = lesson.loss_and_gradient(weights, some, their)
            weights, velocity = lesson.sgd(weights, velocity, gradient, learning_rate, 0.0)
            updates += 1
            if updates % looks == 0:  # looking is not part of the race, so the watch stands still
                seconds += time.perf_counter() - started
                if lesson.loss_and_gradient(weights, seen, labels)[0] < target:
                    return updates, updates / steps, seconds
                started = time.perf_counter()
        seconds += time.perf_counter() - started
    return np.inf, np.inf, np.inf


# %%
large = 0.6, 1.2, 2.4
racers = {1: (0.05, 0.1, 0.2), 4: (0.1, 0.2, 0.4), 32: large, 256: large, len(seen): large}
results = {}
for size, rates in racers.items():
    seeds = range(3) if size < len(seen) else range(1)
    tries = {rate: np.array([race(size, rate, seed) for seed in seeds]) for rate in rates}
    best = min(rates, key=lambda rate: np.median(tries[rate][:, 0]))
    every = np.concatenate(list(tries.values()))
    per_update = min(seconds / updates for updates, _, seconds in every if updates < np.inf)
    results[size] = np.column_stack([tries[best][:, :2], tries[best][:, 0] * per_update])
    updates, epochs, seconds = np.median(results[size], axis=0)
    print(f"batches of {size:5,}: learning rate {best}, {updates:5,.0f} updates, {epochs:5.1f} epochs, {1000 * seconds:5.0f} ms")

# %%
figure, axes = plots.plt.subplots(1, 3, figsize=(9.4, 3.3))
medians = np.array([np.median(results[size], axis=0) for size in racers])
for number, (axis, name) in enumerate(zip(axes, ["updates", "epochs", "seconds"], strict=True)):
    values = medians[:, number]
    axis.plot(range(len(racers)), values, color=plots.GREY, zorder=1)
    axis.scatter(range(len(racers)), values, s=150, zorder=2,
                 color=[plots.BLUE if value <= 1.25 * values.min() else plots.GREY for value in values])
    for place, size in enumerate(racers):
        axis.scatter([place] * len(results[size]), results[size][:, number], s=14, color=plots.ORANGE, zorder=3)
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(plots.plt.LogLocator(subs=(1, 3)))
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_locator(plots.plt.NullLocator())
    axis.set_xticks(range(len(racers)), [*list(racers)[:-1], "all"])
    axis.set_title(name)
    axis.set_xlabel("batch size")
plots.headline(figure, "To a loss of 0.2: who wins depends on what you count (blue: best, or within a quarter)")
plots.show(figure, "race", "Three curves over the batch size, logarithmic. Updates: many for 1 and 4, few from 32 on. Epochs: "
           "fewest for 1 and 4, rising steeply to all. Seconds: lowest in the middle, at 4 to 32 or so; single examples "
           "and all the data are slower.")

# %%
updates, epochs, seconds = ({size: row[number] for size, row in zip(racers, medians)} for number in range(3))
claim("Counted in updates, single examples need {value:.0f} times as many as batches of 32.",
      updates[1] / updates[32], at_least=4)
claim("But all the data need {value:.1f} times as many updates as batches of 32, with 45 times as many examples in each.",
      updates[len(seen)] / updates[32], at_least=0.2, at_most=2.5)
claim("Counted in epochs, single examples need {value:.1f} times as many as batches of 32.",
      epochs[1] / epochs[32], at_most=0.9)
claim("Counted in epochs, all the data need {value:.0f} times as many as batches of 32.",
      epochs[len(seen)] / epochs[32], at_least=10)
claim("Counted in seconds, single examples take {value:.1f} times as long as batches of 32.",
      seconds[1] / seconds[32], at_least=2)
claim("And all the data take {value:.0f} times as long as batches of 32.",
      seconds[len(seen)] / seconds[32], at_least=3)

# %% [markdown]
# Counted in updates, large batches win, but by far less than their size: from 32 on, many more examples in each step
# save few steps. The arrow of 32 examples is still far from exact, as we measured. But the next batch errs in another
# way, so errors also cancel from step to step, and what limits the progress then is the shape of the ground. Counted
# in epochs, small batches win, because they adjust so often. Counted in seconds, it is the middle: large enough that
# the fixed price is shared, small enough that no example is wasted on a direction that was already clear.
#
# This is why **32 is a good first choice**. Not because 32 is magic: we did not even try 16 or 64, and on another
# machine the best value moves. A graphics card can work on hundreds of examples nearly as fast as on one, so there
# larger batches pay, up to what its memory holds.
#
# ## Learning rate and batch size belong together
#
# In the race, the best learning rate was not the same for all. Let us look at more pairs: five epochs with each, and
# the loss of all training examples afterwards.
#
# **Predict.** Where in this table are the good pairs: in one row, one column, or along a diagonal?

# %%
table_sizes, table_rates = (2, 8, 32, 128), (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


def loss_after(size, rate, epochs=5):
    """The training loss after some epochs, the median of three runs."""
    ends = [lesson.loss_and_gradient(descend(size, rate, epochs, seed)[2], seen, labels)[0] for seed in range(3)]
    return np.median(ends)


table = np.array([[loss_after(size, rate) for rate in table_rates] for size in table_sizes])

# %%
figure, axis = plots.plt.subplots(figsize=(7.6, 3.4))
axis.imshow(-np.log(table), cmap="Blues", aspect="auto", vmin=-np.log(3.0), vmax=-np.log(0.01))
for (row, column), value in np.ndenumerate(table):
    best = value == table[row].min()
    axis.text(column, row, f"{value:.2f}" if value < 10 else f"{value:.0f}", ha="center", va="center", gid="on-picture",
              color="#101418", fontweight="bold" if best else "normal")
    if best:
        frame = plots.plt.Rectangle((column - 0.47, row - 0.46), 0.94, 0.92, fill=False)
        axis.add_patch(frame).set(edgecolor=plots.ORANGE, linewidth=3)
axis.set_xticks(range(len(table_rates)), table_rates)
axis.set_yticks(range(len(table_sizes)), table_sizes)
axis.set_xlabel("learning rate")
axis.set_ylabel("batch size")
axis.set_title("Loss after five epochs: small batches want small learning rates")
plots.show(figure, "rates-and-sizes", "A table of losses by batch size and learning rate. The lowest loss of each row "
           "is framed: on the left for batches of 2, further to the right for larger ones. Two corners have high losses: "
           "small batches with large rates, and large batches with small rates.")

# %%
best = {size: table_rates[row.argmin()] for size, row in zip(table_sizes, table)}
claim("The best learning rate for batches of 128 is {value:.0f} times that for batches of 2.",
      best[128] / best[2], at_least=2.5)
claim("Batches of 2 with a learning rate of 3 end with {value:.0f} times the loss of their best rate.",
      table[0, -1] / table[0].min(), at_least=5)
claim("Batches of 128 with a learning rate of 0.01 end with {value:.0f} times the loss of theirs.",
      table[-1, 0] / table[-1].min(), at_least=4)

# %% [markdown]
# Roughly along a diagonal. The idea behind it is called **linear scaling**: a batch four times as large makes a
# quarter of the steps in an epoch, so let each be four times as long. Then an epoch leads about as far. The surer
# direction allows it, up to a point.
#
# We start with batches of 8 and a learning rate of 0.02, and multiply the batch size by 4 and by 16, once with the old
# learning rate, once with the rate multiplied as well.
#
# **Predict.** How far apart will the five curves be after six epochs?

# %%
pairs = {(8, 0.02): plots.GREY, (32, 0.02): plots.ORANGE, (128, 0.02): plots.RED, (32, 0.08): plots.BLUE,
         (128, 0.32): plots.GREEN}
curves = {pair: np.array([descend(*pair, 6, seed)[1] for seed in range(3)]) for pair in pairs}
figure, axis = plots.plt.subplots(figsize=(8.6, 3.6))
for (size, rate), colour in pairs.items():
    style = "--" if rate == 0.02 and size > 8 else "-"
    width = 5 if size == 8 else 1.6
    for number, curve in enumerate(curves[size, rate]):
        name = None if number else f"batches of {size}, rate {rate}"
        axis.plot(range(1, 7), curve, style, color=colour, linewidth=width, label=name)
axis.set_xlabel("epochs")
axis.set_ylabel("held-out loss")
axis.set_ylim(0, None)
axis.set_title("Larger batches are slower, unless the rate is scaled along")
axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
plots.show(figure, "linear-scaling", "Held-out loss over six epochs, three runs each. The curves for 8, 32 and 128 with "
           "scaled learning rates end close together, 128 after a rougher start; with the old rate, 32 and still more 128 "
           "stay above.")

# %%
final = {pair: curve[:, -1].mean() for pair, curve in curves.items()}
claim("Batches of 128 with 16 times the learning rate end at {value:.2f} times the held-out loss of batches of 8.",
      final[128, 0.32] / final[8, 0.02], at_least=0.75, at_most=1.4)
claim("With the old learning rate they end at {value:.1f} times that loss.",
      final[128, 0.02] / final[8, 0.02], at_least=1.8)

# %% [markdown]
# There is an end to it. The ground is curved, and whoever takes too long a step downhill lands on the opposite slope.
# If that is higher up than before, the next step is longer still, and training **diverges**. In the simplest valley the
# limit is known exactly. Let the height be 5 × w², so that the slope is 10 × w. Any learning rate below 2 / 10 leads to
# the bottom.

# %%
def distance_after(updates, rate):
    """How far from the bottom of the valley 5 × w² a walk ends that began at 1."""
    w, velocity = np.ones(1), np.zeros(1)
    for _ in range(updates):
        w, velocity = lesson.sgd(w, velocity, 10 * w, rate, 0.0)
    return abs(w[0])


claim("With a learning rate of 0.19, the distance to the bottom after 20 updates is {value:.2f}.",
      distance_after(20, 0.19), at_most=0.13)
claim("With 0.21, it is {value:.1f}, and it goes on growing.", distance_after(20, 0.21), at_least=6.7, at_most=6.8)
too_far = descend(len(seen), 3.0, 30, seed=0)[0]
claim("Softmax regression with all the data and a learning rate of 3: the loss climbs to {value:.0f}, far above the 2.3 "
      "of guessing.", np.max(too_far), at_least=4)

# %% [markdown]
# That last gradient had no noise at all. The limit is a matter of the ground, so a larger batch does not move it.
# (Softmax regression is good-natured: its gradient cannot grow without bounds, so it is thrown about and does not fly
# off to infinity like the walk in the simple valley.)
#
# ## What momentum does
#
# One dial of the opening list is left. With **momentum**, a share of the last step is made again in the next one, like
# a ball that keeps rolling. The memory of the steps is called **velocity**: new velocity = momentum × old velocity −
# learning rate × gradient. Where gradients agree, the steps add up; where they point to and fro, they cancel.
#
# **Predict.** The gradient is the same in every update. How many times as long do the steps become in the end, with
# momentum 0.9?

# %%
position, velocity = np.zeros(1), np.zeros(1)
for _ in range(100):
    position, velocity = lesson.sgd(position, velocity, np.ones(1), 0.01, momentum=0.9)
claim("With momentum 0.9, the steps become {value:.2f} times as long: 1 / (1 − 0.9).",
      -velocity[0] / 0.01, at_least=9.9, at_most=10.1)

variable, optimizer = keras.Variable(np.ones(3)), keras.optimizers.SGD(0.1, momentum=0.9)
position, velocity = np.ones(3), np.zeros(3)
for step in range(20):
    slope = np.cos(step + np.arange(3.0))
    optimizer.apply([keras.ops.convert_to_tensor(slope, "float32")], [variable])
    position, velocity = lesson.sgd(position, velocity, slope, 0.1, 0.9)
claim("After 20 updates, our update rule and that of keras.optimizers.SGD differ by at most {value:.1e}.",
      np.abs(position - variable.numpy()).max(), at_most=1e-4)

# %% [markdown]
# So momentum 0.9 is, in the long run, a learning rate ten times as large, built up gently. It belongs to the same
# family of dials: who changes the momentum has changed the length of the steps. Let us try it on our ground, with all
# the data in each update: a learning rate of 0.03 without momentum, the same with momentum 0.9, and 0.3 without.
#
# **Predict.** Which two of the three curves will lie close together?

# %%
settings = {(0.03, 0.0): plots.GREY, (0.03, 0.9): plots.BLUE, (0.3, 0.0): plots.ORANGE}
falls = {setting: descend(len(seen), setting[0], 80, 0, setting[1])[0] for setting in settings}
figure, axis = plots.plt.subplots(figsize=(7.6, 3.4))
for (rate, momentum), colour in settings.items():
    axis.plot(falls[rate, momentum], color=colour, linewidth=2, label=f"learning rate {rate}, momentum {momentum:g}")
axis.set_xlabel("updates, each with all the data")
axis.set_ylabel("loss")
axis.set_ylim(0, 2.4)
axis.set_title("Momentum 0.9 goes about as far as a learning rate ten times as large")
axis.legend(frameon=False)
plots.show(figure, "momentum", "Loss over 80 updates. Without momentum and with the small learning rate it falls "
           "slowly; with momentum, and with ten times the learning rate, it falls much faster, and the two end close "
           "together.")
claim("After 80 updates, the loss without momentum is {value:.1f} times the loss with it.",
      falls[0.03, 0.0][-1] / falls[0.03, 0.9][-1], at_least=2)
claim("The loss with momentum is {value:.2f} times that with ten times the learning rate.",
      falls[0.03, 0.9][-1] / falls[0.3, 0.0][-1], at_least=0.7, at_most=1.3)

# %% [markdown]
# ## What you can say now
#
# - Training is predict, measure the error, adjust. The batch size says how many examples are asked before each
#   adjustment.
# - A batch's gradient is a survey. It is right on average, and its noise falls with the square root of the batch size.
# - Small batches: many cheap, noisy updates; rough curves, and runs that differ. Large ones: few, dear, smooth updates,
#   and more epochs.
# - Say what you count. In updates, in epochs and in seconds there are different winners. 32 is a good first choice.
# - Batch size, learning rate and momentum are one family. Change one, and look at the others again.
# - Keras's batch loss is a running mean over the epoch. A smooth curve may be smooth because of its pen.
#
# ## What this did not show
#
# Everything here was measured on small grey digits with small models on a processor with few cores. The square root law
# holds everywhere; the numbers in the race do not. Softmax regression has one valley only, so nothing could get stuck,
# and the noise was only a nuisance. In deep networks it may help: Keskar and others published in 2017 that very large
# batches found solutions that did worse on new data, and Masters and Luschi in 2018 that batches between 2 and 32 did
# best over a range of networks. Against that stands Goyal and others (2017), who trained with batches of 8,192 at no
# loss, by scaling the learning rate as above and starting it gently. We did not test any of these. Nor did we measure
# memory, which is often what decides: each example of a batch needs its share of it.
#
# ## Your turn
#
# Go to the [exercise](exercise/), fill in the first function, and run `course check 5`. Six tasks need NumPy only, one
# needs Keras and a callback that does not fall into the trap. When all of them pass, `course run 5 --mine` runs this
# chapter with your functions in place of ours.
