# %% [markdown]
# # An MLP on MNIST, and what it really looks at
#
# **Does a network that reads digits look for loops and lines, as we would?**
#
# Ask somebody how to recognise an 8, and you hear: two loops, one on top of the other. A 1 is a line, a 7 is two lines.
# It is natural to think that a network which reads digits has found the same parts. Many texts say so: its neurons
# learn edges, edges make loops, and loops make digits.
#
# In this lesson we train such a network, and then we open it and look. We will try to build an 8 from the parts that
# the network has for it. We take most of its neurons away, shuffle every picture until nobody can read it, and show it
# noise. At the end you can say a good deal about what it looks at, and it is not what we would look at.
#
# As in lesson 1, there is a prediction to make before each experiment. Make it before you read on.

# %%
import logging

import keras
import numpy as np

from course import plots
from course.claims import claim
from course.data.digits import load_digits
from solutions import lesson_02_mlp_on_mnist as lesson

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no advice about speed between the results

# %% [markdown]
# ## Digits as rows of numbers
#
# The classic collection of handwritten digits is called MNIST: 60,000 pictures to learn from, and 10,000 to test with,
# written by other people. It has to be downloaded. Where it is not at hand, this chapter runs on 1,797 digits that come
# with scikit-learn, brought to the same size, 28 × 28 pixels. The first four fifths are for training and the rest for
# testing; who wrote which is not known. This page was made with these:

# %%
digits = load_digits()
mnist = digits.name == "mnist"
data_name = "MNIST" if mnist else "the bundled digits"
print(digits.source)
print("to learn from:", digits.train_images.shape, " to test with:", digits.test_images.shape)

# %% [markdown]
# If you have MNIST, `course run 2 --data mnist` runs the chapter on it, and every number below is measured anew.
#
# In lesson 1 the filter moved over the picture. The network of this lesson does nothing of that kind. It takes the
# picture apart, lays its 28 rows one behind the other, and gets one long row of 784 numbers, from 0 (no ink) to 1 (full
# ink). `prepare_images` does that.

# %%
images, labels = lesson.prepare_images(digits.train_images), digits.train_labels
unseen, unseen_labels = lesson.prepare_images(digits.test_images), digits.test_labels
print("a picture is now a row:", images[0].shape, images.dtype)
shown = [digits.train_images[labels == digit][3] for digit in range(10)]
figure, axes = plots.pictures(shown, [str(digit) for digit in range(10)], size=0.98)
for axis in axes:
    axis.images[0].set_cmap("gray_r")
plots.headline(figure, f"One of each, from {data_name}")
plots.show(figure, "ten-digits", "Ten small pictures of handwritten digits from 0 to 9, dark ink on white paper.")

# %% [markdown]
# ## A jury with stencils
#
# Imagine a jury of 30 people. Each holds a transparent sheet with blue and red spots, lays it on the digit, and adds up:
# ink under blue counts for, ink under red counts against, and the stronger the colour, the more. Then each calls out a
# number between 0 (no) and 1 (yes). Ten judges listen, one for each digit. Each judge trusts some members of the jury,
# distrusts others, and adds up what they call out in his own way. The judge with the highest sum wins.
#
# That is the whole network, and now exactly. A **neuron** is a weighted sum with one weight per input, plus a **bias**,
# a number that is always added. A **layer** is a number of neurons with the same inputs. In a **dense** layer each
# neuron sees all inputs. Our **hidden layer** has 30 neurons with 784 weights each. It is called hidden because it is
# neither input nor answer. The **sigmoid** function presses each sum between 0 and 1. The output layer has ten neurons,
# and `softmax` turns their ten sums into ten shares that add up to 1. Such a network of dense layers is called an
# **MLP**, for the old name *multilayer perceptron*.
#
# The picture of the jury has a limit. People on a jury have a reason and could tell it. These have a sheet of spots, and
# nobody painted it: all 23,860 numbers start as random ones and are found by training, as in lesson 1.
#
# **Predict.** Guessing gives 10 %. How many digits out of 100 will it get right that it has never seen?

# %%
epochs, batch_size = (15, 128) if mnist else (25, 32)


def trained(build, seed, seen_images=images, seen_labels=labels):
    """A network, built and trained from one random start."""
    keras.utils.set_random_seed(seed)
    network = build()
    train(network, seen_images, seen_labels)
    return network


def train(network, seen_images, seen_labels):
    network.steps_per_execution = 15  # hands over 15 steps at once: the same steps, less waiting
    return lesson.train_mlp(network, seen_images, seen_labels, epochs=epochs, batch_size=batch_size)


def answers(network, pictures):
    """The ten shares for each picture; the digit with the largest one is the answer."""
    return keras.ops.convert_to_numpy(network(np.asarray(pictures, np.float32)))


def accuracy(network, pictures=unseen):
    """The share of unseen pictures whose answer is the right digit."""
    return float(np.mean(answers(network, pictures).argmax(axis=1) == unseen_labels))


# %%
networks = [trained(lesson.build_mlp, seed) for seed in range(5)]
accuracies = [accuracy(network) for network in networks]
print("five networks:", ", ".join(f"{value:.1%}" for value in accuracies))
claim(f"On average, the five networks name {{value:.1%}} of the unseen digits correctly ({data_name}).",
      np.mean(accuracies), at_least=0.95 if mnist else 0.88)

# %% [markdown]
# Training starts from random numbers, so one network could be lucky. That is why there are five, here and below.
#
# It works, with very little effort of ours. So what has it found?
#
# ## Opening it
#
# Each hidden neuron has one weight for each pixel. So its weights are a picture too, its sheet of spots: blue where it
# likes ink, red where it dislikes ink, pale where it does not care. `weight_images` cuts them out. All 30 share one
# scale, with zero in the neutral middle.
#
# **Predict.** What will you see? Little edges, as in lesson 1? Loops and lines? Whole digits?

# %%
network = networks[0]
maps = lesson.weight_images(network)
limit = float(np.quantile(np.abs(maps), 0.995))
figure, axes = plots.plt.subplots(3, 10, figsize=(9.4, 3.3))
for axis, picture in zip(axes.flat, maps, strict=True):
    axis.imshow(picture, cmap=plots.SIGNED, vmin=-limit, vmax=limit)
    axis.set_axis_off()
plots.headline(figure, "What the 30 hidden neurons like (blue) and dislike (red): blobs, rather than loops and lines")
plots.show(figure, "hidden-weights", "Thirty square maps of red and blue blobs, all different. Some blobs are long and "
           "bent, but no loop and no digit can be made out. Around the blobs is a faint noise.")

# %% [markdown]
# Take your time. Some blobs are long and bent, and with some goodwill you may find a stroke here or there, as one finds
# faces in clouds. But where is the upper loop of the 8, or the bar of the 7? These are blobs, blue and red side by side.
# (The faint noise around them is interesting too. We will come back to it.)
#
# ## Building an 8 from its parts
#
# Our eyes could deceive us. Perhaps the parts are there, and only become visible when they are put together. So let us
# ask the network which parts it has for an 8. The output neuron of the 8 has a weight for each hidden neuron. A large
# positive weight means: "when this one calls yes, I lean towards 8." A large negative weight means: "when this one calls
# yes, it is no 8." `favourite_neurons` gives the five most liked and the five most disliked ones.
#
# Then we build: the liked pictures are added, the disliked ones subtracted, each as strongly as the 8 weighs it.
#
# **Predict.** Will the sum look like an 8?

# %%
def built(network, digit, neurons):
    """The weight pictures of some hidden neurons, added up as strongly as the digit's output weighs them."""
    strengths = network.get_weights()[2][neurons, digit]
    return np.tensordot(strengths, lesson.weight_images(network)[neurons], axes=1)


means = np.array([digits.train_images[labels == digit].mean(axis=0) / 255 for digit in range(10)])
liked, disliked = lesson.favourite_neurons(network, 8, 5)
from_parts = built(network, 8, liked + disliked)

layout = [["liked", 1, 2, 3, 4, "built from these ten", "built from these ten", "an average 8", "an average 8"],
          ["disliked", 6, 7, 8, 9, "built from these ten", "built from these ten", "an average 8", "an average 8"]]
figure, axes = plots.plt.subplot_mosaic(layout, figsize=(9.4, 2.9))
ten = [(maps[neuron], limit) for neuron in liked + disliked]
for (name, axis), (picture, largest) in zip(axes.items(), [
        *ten[:5], (from_parts, np.abs(from_parts).max()), (means[8], 1), *ten[5:]], strict=True):
    axis.imshow(picture, cmap=plots.SIGNED, vmin=-largest, vmax=largest)
    axis.set_title(name if isinstance(name, str) else "")
    axis.set_axis_off()
plots.headline(figure, "Put together, the neurons that the 8 listens to most make no 8")
plots.show(figure, "built-eight", "Left, the five weight pictures that the 8 likes most and the five it dislikes most. "
           "Right, their sum, a field of red and blue spots, beside an average 8 with its two loops.")

# %% [markdown]
# With much goodwill one may see strokes that cross. An 8 it is not. But again, let us not trust our eyes alone. We
# allow *any* strengths of the five liked pictures, and choose those that come as near as possible to the average digit.
# Then we ask how near this best mixture comes: 100 % would be the digit itself, and 0 % no nearer than a white sheet.
# We say that the mixture **explains** this share of the picture. Two comparisons give the number a meaning: five
# pictures of blurred noise, and five real pictures of another digit.

# %%
from scipy.ndimage import gaussian_filter
from scipy.optimize import nnls  # the best mixture without negative strengths

rng = np.random.default_rng(0)


def explained(parts, goal):
    """Which share of a picture the best mixture of some parts explains, from 0 to 1."""
    _, distance = nnls(np.reshape(parts, (len(parts), -1)).T, goal.ravel())
    return 1 - distance**2 / np.sum(goal**2)


from_liked, from_noise, from_others = [], [], []
for one in networks:
    for digit in range(10):
        from_liked.append(explained(lesson.weight_images(one)[lesson.favourite_neurons(one, digit, 5)[0]], means[digit]))
        from_noise.append(explained(gaussian_filter(rng.normal(size=(5, 28, 28)), (0, 2, 2)), means[digit]))
        others = images[labels == (digit + 1) % 10]
        from_others.append(explained(others[rng.integers(0, len(others), 5)], means[digit]))

# %%
claim("The five liked neurons of a digit explain {value:.1%} of its average picture.", np.mean(from_liked), at_most=0.06)
claim("Five pictures of blurred noise explain {value:.1f} times as much.",
      np.mean(from_noise) / np.mean(from_liked), at_least=1.2)
claim("Five pictures of a different digit explain {value:.0%}.", np.mean(from_others), at_least=0.35)

# %% [markdown]
# As material for drawing, the five neurons are worse than noise. Whatever they are, they are not parts from which a
# digit can be put together.
#
# To be fair, the pictures do have something to do with their digit. Take the mixtures from before, liked minus
# disliked, and compare each with all ten average digits (by normalised cross-correlation, the measure that found the
# eye in lesson 1). The fit is poor, yet its own digit usually fits best:

# %%
def similarity(first, second):
    """1 for the same pattern, 0 for nothing in common, −1 for the negative."""
    first, second = first - first.mean(), second - second.mean()
    return float(np.sum(first * second) / np.sqrt(np.sum(first**2) * np.sum(second**2)))


to_own, own_is_best = [], []
for one in networks:
    for digit in range(10):
        mixture = built(one, digit, sum(lesson.favourite_neurons(one, digit, 5), []))
        fits = [similarity(mixture, mean) for mean in means]
        to_own.append(fits[digit])
        own_is_best.append(int(np.argmax(fits)) == digit)
claim("The built picture and the average digit agree with a similarity of {value:.2f}, where 1 is the same pattern.",
      np.mean(to_own), at_most=0.4)
claim("Still, of the ten digits its own fits best in {value:.0%} of the cases.", np.mean(own_is_best), at_least=0.75)

# %% [markdown]
# How does that go together? The network was never asked to draw a digit. It was asked to tell ten digits *apart*. Ink
# that an 8 shares with a 3, a 9 and a 0 is of no use for that. What helps is the difference, and a difference does not
# look like the thing itself.
#
# ## What is not there
#
# Look at the red spots again. Red speaks when there is ink. But it also speaks when there is none: a member of the jury
# who would cry "no 8" at any ink on the left, and who stays silent, helps the 8.
#
# Test it on the digits themselves. We take the eights that the network recognises, and change one small spot of 3 × 3
# pixels at a time. Once we put full ink there, and once we erase what is there. Each time we note the share that the
# network then gives to the 8.
#
# **Predict.** What does more harm to an 8: ink where none should be, or a piece missing from a loop?

# %%
eights = unseen[unseen_labels == 8]
eights = eights[answers(network, eights)[:, 8] > 0.5][:60].reshape(-1, 28, 28)


def shares_of_8(ink):
    """Each eight's share after a spot of this ink at (row, column), for all places: (rows, columns, eights)."""
    shares = np.zeros((22, 22, len(eights)))
    for row, column in np.ndindex(22, 22):
        spotted = eights.copy()
        spotted[:, row + 2 : row + 5, column + 2 : column + 5] = ink
        shares[row, column] = answers(network, spotted.reshape(len(eights), -1))[:, 8]
    return shares


added, erased = shares_of_8(1), shares_of_8(0)

# %%
figure, axes = plots.plt.subplots(1, 3, figsize=(9.2, 3.3))
axes[0].imshow(means[8], cmap="gray_r")
axes[0].set_title("an average 8")
for axis, shares, title in ((axes[1], added, "3 × 3 spot of ink added"), (axes[2], erased, "3 × 3 spot erased")):
    drawn = axis.imshow(shares.mean(axis=2), cmap="gray", vmin=0, vmax=1, extent=(1.5, 23.5, 23.5, 1.5))
    axis.contour(means[8], levels=[0.4], colors=plots.ORANGE, linewidths=1.5)
    axis.set(title=title, xlim=(-0.5, 27.5), ylim=(27.5, -0.5))
for axis in axes:
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
figure.colorbar(drawn, ax=axes[1:], shrink=0.8, label="share for the 8 (mean)")
plots.headline(figure, "An 8 stops being an 8 where ink appears that should not be there")
plots.show(figure, "what-is-not-there", "Three squares: an average 8; how sure the network remains when a spot of ink is "
           "added at each place, with dark areas beside the 8; and when a spot is erased, which is bright nearly everywhere.")

# %%
claim("For {value:.0%} of the eights, the most harmful of all these changes is an added spot.",
      np.mean(added.min(axis=(0, 1)) < erased.min(axis=(0, 1))), at_least=0.55 if mnist else 0.9)
claim(f"At the worst of the {22 * 22} places, chosen for each, one added spot talks the network out of {{value:.0%}} "
      f"of {len(eights)} eights.",
      np.mean(added.min(axis=(0, 1)) < 0.5), at_least=0.5 if mnist else 0.85)
silent_places = eights.mean(axis=0)[3:25, 3:25] < 0.02
claim("Among the places where hardly any 8 has ink, the worst one takes the mean share down to {value:.0%}.",
      added.mean(axis=2)[silent_places].min(), at_most=0.75)

# %% [markdown]
# The dark places lie beside the strokes of the 8, where it has paper. (Not every such place is dark: in some, ink does
# no harm.) A network that knew what an 8 *is* would not mind a speck of ink beside it, and neither do you. This one
# recognises an 8 to a good part by what is **not** there.
#
# The experiment has a limit. A spot of full ink is something that the network never saw in training. And erasing can only
# take away what is there, so the two changes are not equally large. So here is a second test, without spots. We compare
# a digit with the average of all training pictures, which is a grey cloud. A digit differs from it in two ways: it has
# *more ink* where its strokes are, and it has *more paper* everywhere else. We keep one of the two, and set the other to
# the average.
#
# **Predict.** Which half does the network need more: the ink, or the paper?

# %%
cloud = images.mean(axis=0)
others = unseen[unseen_labels != 8], unseen_labels[unseen_labels != 8]  # the cloud itself is read as an 8 by some networks
still_right = {"ink only": [], "paper only": []}
for one in networks:
    known = answers(one, others[0]).argmax(axis=1) == others[1]
    for half, changed in (("ink only", np.maximum(others[0], cloud)), ("paper only", np.minimum(others[0], cloud))):
        still_right[half].append(np.mean(answers(one, changed).argmax(axis=1)[known] == others[1][known]))
ink, paper = (np.mean(values) for values in still_right.values())

# %%
digit = unseen[np.flatnonzero(unseen_labels == 3)[0]]
versions = [digit, cloud, np.maximum(digit, cloud), np.minimum(digit, cloud)]
figure, axes = plots.pictures([picture.reshape(28, 28) for picture in versions],
                              ["a digit", "the average picture", "its ink only", "its paper only"], size=2.2)
for axis in axes:
    axis.images[0].set(cmap="gray_r", clim=(0, 1))
plots.headline(figure, f"Reduced to their ink, {ink:.0%} of the digits are still read; reduced to their paper, {paper:.0%}")
plots.show(figure, "ink-and-paper", "Four pictures: a 3; the average of all digits, a grey cloud; the 3 in full black on "
           "that cloud; and the 3 in pale grey, cut out of the cloud by the white paper around it.")
claim("Of the digits that were read correctly, {value:.0%} still are if only their ink is kept.", ink, at_most=0.92)
claim("If only their paper is kept, it is {value:.0%}.", paper, at_least=0.85)
claim("The paper saves more of them than the ink, by {value:.1f} points.", 100 * (paper - ink), at_least=20 if mnist else 0.5)

# %% [markdown]
# You can read the 3 in both, I suppose. The network reads better from the paper, from where there is *no* ink. That is
# a fine way to solve the task that was set. It is just not ours. (The eights were left out here, because the cloud
# itself already looks like an 8 to some of the networks.)
#
# ## How few neurons suffice?
#
# Thirty stencils are few. A published table asks how far one can go down: with 10 hidden neurons 93.43 % of MNIST's test
# digits are right. It is 86.65 % with 5 neurons, 83.73 % with 4, 58.75 % with 3, and 22.80 % with 2.
#
# **Predict.** Two neurons hand two numbers on to the output, and these have to tell ten digits apart. Is 22.80 % what is
# possible, or can a network do better?

# %%
widths = [2, 3, 4, 5, 10]
keras.utils.set_random_seed(100)
table = lesson.accuracy_by_width(widths, lesson.build_mlp, train, (images, labels), (unseen, unseen_labels), repeats=3)

# %%
published = {2: 0.2280, 3: 0.5875, 4: 0.8373, 5: 0.8665, 10: 0.9343}  # on MNIST
rows = [*zip(widths, table), (30, np.array(accuracies))]
print(f"ours: {digits.source}")
print("neurons   ours: mean (lowest to highest)   published, on MNIST")
for width, values in rows:
    other = f"{published[width]:.2%}" if width in published else "not given"
    print(f"{width:7}   {values.mean():.1%}  ({values.min():.1%} to {values.max():.1%})         {other}")

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.8))
for place, (width, values) in enumerate(rows):
    axis.scatter(place + np.linspace(-0.12, 0.12, len(values)), values, s=26, color=plots.BLUE, zorder=3,
                 label=f"ours, on {data_name}" if place == 0 else None)
    axis.plot([place - 0.22, place + 0.22], [values.mean()] * 2, color=plots.BLUE, linewidth=2)
axis.scatter(range(5), [published[width] for width in widths], s=70, marker="D", facecolor="none", edgecolor=plots.ORANGE,
             linewidth=2, label="published, on MNIST")
axis.set(xlabel="hidden neurons", ylabel="accuracy on unseen digits", ylim=(0, 1), title="Few neurons read many digits")
axis.set_xticks(range(6), [width for width, _ in rows])
axis.legend(loc="lower right", frameon=False)
plots.show(figure, "accuracy-by-width", "Accuracy against the number of hidden neurons, as dots for single networks and "
           "bars for the mean. It rises steeply from 2 to 5 neurons and little after that; published values as diamonds.")

# %%
mean_by_width = dict(zip(widths, table.mean(axis=1)))
claim(f"Ten hidden neurons name {{value:.1%}} of the unseen digits correctly ({data_name}).",
      mean_by_width[10], at_least=0.925 if mnist else 0.83)
claim(f"Three still manage {{value:.1%}} ({data_name}).", mean_by_width[3], at_least=0.68 if mnist else 0.5)
claim(f"Two manage {{value:.1%}} ({data_name}), and guessing would be 10 %.", mean_by_width[2],
      at_least=0.45 if mnist else 0.28)

# %% [markdown]
# Be careful when you compare the columns. The published numbers are for MNIST. If this page was made with the bundled
# digits, ours are for a far smaller collection: much less to learn from, coarser pictures, and fewer than 400 to test
# with, so that a single picture more or less is 0.3 points. Only a run on MNIST compares like with like.
#
# When this chapter runs on MNIST, it fails unless the same recipe gets more than 68 % out of three neurons and more
# than 45 % out of two, and 92.5 % out of ten. That is far above the published 58.75 % and 22.80 %, and about the same
# at ten. Is our network cleverer? It has the same neurons. What differs can only be how it was trained.
#
# The published recipe is not known in every detail. But there is a classic one, in many textbooks: sigmoid outputs
# instead of softmax, the squared error as the loss, and a start with random numbers of spread 1 (a standard deviation
# of 1: most lie between −2 and 2). So let us put the suspects on trial with three neurons. First we change the loss and
# the outputs that belong to it, and nothing else. Then we change everything: the start as well, and the way of
# stepping. (Our recipe uses Adam, which is gradient descent with a step size of its own for each weight. The classic
# one takes the same large steps for all.)
#
# **Predict.** Which change hurts?

# %%
def classic(start="glorot_uniform", optimizer=None):
    """Three hidden neurons, sigmoid outputs and the squared error."""
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(3, activation="sigmoid", kernel_initializer=start),
        keras.layers.Dense(10, activation="sigmoid", kernel_initializer=start),
    ])
    model.compile(optimizer=optimizer or keras.optimizers.Adam(0.005), loss="mse")
    return model


def classic_from_textbooks():
    return classic(keras.initializers.RandomNormal(stddev=1.0), keras.optimizers.SGD(15.0))


ten_targets = np.eye(10)[labels]  # the squared error wants ten numbers per label: a 1 for the digit, and nine times 0
other_loss = [trained(classic, seed, seen_labels=ten_targets) for seed in range(3)]
textbook = [trained(classic_from_textbooks, seed, seen_labels=ten_targets) for seed in range(3)]

# %%
claim("Our recipe, three neurons: {value:.1%}.", mean_by_width[3], at_least=0.5)
claim("With sigmoid outputs and the squared error, all else equal: {value:.1%}.", np.mean([accuracy(one) for one in other_loss]),
      at_most=0.62 if mnist else 0.4)
claim("With the whole textbook recipe: {value:.1%}.", np.mean([accuracy(one) for one in textbook]),
      at_most=0.65 if mnist else 0.5)
given_up = [10 - len(np.unique(answers(one, unseen).argmax(axis=1))) for one in other_loss]
claim("Of the ten digits, a network with the squared error never answers {value:.1f}, on average.",
      np.mean(given_up), at_least=1 if mnist else 4)

# %% [markdown]
# The loss and its outputs do it; the rest of the textbook recipe does not matter in the same way, and its large steps
# can even make up for a part. The numbers are not the published ones, whose recipe we do not know exactly. But the
# weakness is the same.
#
# With sigmoid outputs and the squared error, an output that says "almost certainly not a 4" to a 4 sits at the flat end
# of its sigmoid, where the slope is nearly 0. It is quite wrong, and hardly corrected. And as nine of ten pictures are
# no 4, "never 4" is a comfortable place to be. So the network gives some digits up altogether. Our loss, the
# cross-entropy, is the negative logarithm of the right digit's share. It grows without limit when that share goes to 0,
# and its slope is largest where the answer is most wrong. To give a digit up becomes expensive.
#
# ## Noise or pattern: it depends on the start
#
# Now back to the faint noise around the blobs. Where does it come from?
#
# **Predict.** Some pixels are blank in every picture that the network was trained on, in the corners for instance. How
# much does training change the weights of such a pixel?

# %%
def wide_start(seed):
    """A build function: our network, with hidden weights that start as normal random numbers of spread 1."""
    def build():
        model = lesson.build_mlp(30)
        start = np.random.default_rng(seed).normal(size=(784, 30))
        model.set_weights([start, *model.get_weights()[1:]])
        return model
    return build


blank = images.max(axis=0) == 0
before = wide_start(7)().get_weights()[0]
noisy = [trained(wide_start(7), 0)]
claim("Of the 784 pixels, {value:.0f} are blank in every training picture.", blank.sum(), at_least=60)
claim("The largest change of any of their weights in training is {value:g}.",
      np.abs(noisy[0].get_weights()[0] - before)[blank].max(), at_least=0, at_most=0)

# %% [markdown]
# Not at all. A weight is corrected in proportion to its input, and this input is always 0. What stood there at the start
# stands there at the end.
#
# That is the plainest case of something general. What training adds to the weights is put together from training
# pictures, and these are smooth. (Adam gives each weight a step size of its own, so with Adam this holds only roughly.)
# Whatever noise the weights started with, in patterns that no picture contains, is hardly touched. So if the start is
# large, we see mostly the start.
#
# The network above started with small random numbers, so the noise was faint. There is a classic start with random
# numbers of spread 1. And there is a way to be rid of noise altogether: divide every starting weight by the square root
# of the number of inputs, here √784 = 28, and add to the loss a small penalty for every weight that is not 0, the sum
# of all squared weights times 0.0001. This is called **L2 regularisation**. A weight that earns nothing fades away.
#
# To compare with more than our eyes, we need a number. `roughness` is the mean squared difference of neighbouring pixels,
# divided by the variance of the picture. Noise has a roughness of about 2. A smooth picture is near 0.
#
# **Predict.** Which start gives the better readers of digits, and by how much?

# %%
noisy += [trained(wide_start(seed), seed) for seed in (8, 9)]
smooth = [trained(lesson.build_smooth_mlp, seed) for seed in range(3)]


def median_roughness(network):
    return float(np.median([lesson.roughness(picture) for picture in lesson.weight_images(network)]))


# Keras's own start, which all networks above had, is small random numbers.
groups = {"start with spread 1": noisy, "Keras's start": networks[:3], "1/28 and L2": smooth}
for name, group in groups.items():
    print(f"{name:22} roughness {np.mean([median_roughness(one) for one in group]):.2f}   "
          f"accuracy {np.mean([accuracy(one) for one in group]):.1%}")

# %%
figure = plots.plt.figure(figsize=(9.4, 3.9))
figure.suptitle("One task, three recipes, three kinds of weight pictures", x=0.005, ha="left", fontsize=12,
                fontweight="bold")
for part, (name, group) in zip(figure.subfigures(1, 3, wspace=0.04), groups.items(), strict=True):
    chosen = lesson.weight_images(group[0])[:9]
    largest = float(np.quantile(np.abs(chosen), 0.995))
    for axis, picture in zip(part.subplots(3, 3).flat, chosen, strict=True):
        axis.imshow(picture, cmap=plots.SIGNED, vmin=-largest, vmax=largest)
        axis.set_axis_off()
    part.suptitle(f"{name}: roughness {median_roughness(group[0]):.2f}", x=0.02, ha="left", fontsize=11)
plots.show(figure, "start-and-l2", "Nine weight pictures each from three networks. With a start of spread 1 they are pure "
           "noise; with Keras's start blobs in faint noise; with a scaled start and L2 smooth red and blue areas.")

# %%
ratio = np.mean([median_roughness(one) for one in noisy]) / np.mean([median_roughness(one) for one in smooth])
claim(f"With spread 1, the pictures are {{value:.1f}} times as rough as with the scaled start and L2 ({data_name}).",
      ratio, at_least=2 if mnist else 4.5)
gain = np.mean([accuracy(one) for one in smooth]) - np.mean([accuracy(one) for one in noisy])
claim(f"The smooth networks' accuracy differs by {{value:+.1f}} points from that of the noisy ones ({data_name}).",
      100 * gain, at_least=0.5 if mnist else -1.5)

# %% [markdown]
# Two networks that read about equally well can look as different as noise and a painting. So the noisy pictures did not
# mean that the network had learned nothing, and the smooth ones do not mean that it has understood something. How its
# weights look says as much about the start as about the digits.
#
# What this did not show: that smooth pictures are true explanations. They are easier to read, and no more than that.
# And L2 was added *together with* the scaled start; which of the two does how much is a good question for your own
# experiment.
#
# ## Pixels in any order
#
# Everything that we saw hints that the network has no idea of shapes. Here is the test. We draw one random order of the
# 784 pixels, and put the pixels of **every** picture into that order, for training and for testing. For us the pictures
# become dust. Then we train the same network on the dust.
#
# **Predict.** How much accuracy does it lose?

# %%
dust = lesson.prepare_images(lesson.shuffle_pixels(digits.train_images, 5))
unseen_dust = lesson.prepare_images(lesson.shuffle_pixels(digits.test_images, 5))
dust_networks = [trained(lesson.build_mlp, seed, seen_images=dust) for seed in range(5)]
dust_accuracies = [accuracy(one, unseen_dust) for one in dust_networks]
lost = np.array(accuracies) - dust_accuracies
print("lost by each of five networks:", ", ".join(f"{value:+.1%}" for value in lost))
claim(f"On average, shuffling costs {{value:.2%}} of accuracy; below zero would be a gain ({data_name}).",
      lost.mean(), at_least=-0.01 if mnist else -0.02, at_most=0.01 if mnist else 0.02)

# %%
places = lesson.shuffle_pixels(np.arange(784).reshape(1, 28, 28), 5).ravel()  # where each pixel of the dust came from
dust_maps = lesson.weight_images(dust_networks[0])[:2].reshape(2, -1)
put_back = np.zeros_like(dust_maps)
put_back[:, places] = dust_maps
example = digits.test_images[1]
figure, axes = plots.plt.subplots(1, 6, figsize=(9.4, 2.2))
shuffled_example = lesson.shuffle_pixels(example[np.newaxis], 5)[0]
panels = [(example, "a digit"), (shuffled_example, "its dust")]
for neuron in range(2):
    panels += [(dust_maps[neuron].reshape(28, 28), f"neuron {neuron}"), (put_back[neuron].reshape(28, 28), "put back")]
for axis, (picture, title) in zip(axes, panels, strict=True):
    signed = picture.dtype != np.uint8
    largest = float(np.quantile(np.abs(picture), 0.995))
    axis.imshow(picture, cmap=plots.SIGNED if signed else "gray_r", vmin=-largest if signed else 0, vmax=largest)
    axis.set_title(title)
    axis.set_axis_off()
plots.headline(figure, "Trained on dust: put the pixels back into place, and the same blobs reappear")
plots.show(figure, "shuffled-pixels", "A digit and its pixels in random order, like dust. Two neurons trained on dust look "
           "like noise; with the pixels put back into place they show the same smooth blobs as before.")

# %% [markdown]
# Next to nothing. You can see why: each hidden neuron adds up 784 products, and a sum does not care about the order of
# its terms. Exchange two pixels in all pictures, exchange the two weights in the same way, and every answer is the same
# as before. (The small differences above come from the random start, which was not shuffled along.) The network never
# knew which pixels were neighbours. To you a loop is a line that comes back to where it began. To the network it could
# at best be "these forty pixels together", as good as any other forty. That they form a loop cannot have mattered.
#
# This is exactly what lesson 1's filters add. A small window that moves over the picture makes sense only if neighbours
# belong together. That does not mean that an MLP must read worse. It means that it has to learn from the pictures what a
# filter takes for granted: which pixels belong together, and that a stroke one pixel further to the right is still that
# stroke.
#
# ## Sure about nothing
#
# One more question. The network must always answer with one of ten digits. What does it say to a picture with no digit
# on it? One would hope for ten shares of about 10 %: "I do not know." We count how often it gives more than 90 % to one
# digit, and we try five kinds of noise, 1,000 pictures each:
#
# - *grey*: each pixel any brightness;
# - *coins*: each pixel full ink or none, by tossing a coin;
# - *thin*: the same, but with only as much ink as a digit has;
# - *scattered*: the pixels of real digits, in a new random order for each;
# - *patches*: blurred noise, which makes patches of ink with soft edges.
#
# **Predict.** In how many of 100 noise pictures is it more than 90 % sure?

# %%
rng = np.random.default_rng(0)
blurred = gaussian_filter(rng.normal(size=(1000, 28, 28)), (0, 2, 2)) * 8
noise = {
    "grey": rng.random((1000, 784)),
    "coins": rng.random((1000, 784)) < 0.5,
    "thin": rng.random((1000, 784)) < images.mean(),
    "scattered": rng.permuted(images[:1000], axis=1),
    "patches": np.clip(blurred, 0, 1).reshape(1000, -1),
}
pictures_by_kind = {kind: pictures.astype(np.float32) for kind, pictures in noise.items()} | {"unseen digits": unseen[:1000]}
sure = {kind: [float(np.mean(answers(one, pictures).max(axis=1) > 0.9)) for one in networks]
        for kind, pictures in pictures_by_kind.items()}

# %%
figure, axes = plots.plt.subplots(1, 5, figsize=(9.2, 2.5))
for axis, (kind, pictures) in zip(axes, list(pictures_by_kind.items())[:5], strict=True):
    shares = answers(network, pictures)
    surest = shares.max(axis=1).argmax()
    axis.imshow(pictures[surest].reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
    axis.set_title(f"{kind}: a {shares[surest].argmax()}, {shares[surest].max():.1%}")
    axis.set_axis_off()
plots.headline(figure, "The noise that the first network is surest about, and its answers")
plots.show(figure, "noise-pictures", "Five pictures of different noise, each with the digit that the network reads in it "
           "and its share, which is above 90 percent for all or nearly all of them.")

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.4))
for height, (kind, values) in enumerate(sure.items()):
    axis.scatter(values, [height] * len(values), s=34, color=plots.GREY if kind == "unseen digits" else plots.BLUE, zorder=3)
    axis.plot([np.mean(values)] * 2, [height - 0.3, height + 0.3], color=plots.ORANGE, linewidth=3)
axis.set_yticks(range(len(sure)), sure)
axis.set(xlim=(-0.02, 1.02), xlabel="share of pictures answered with over 90 % (dots: five networks; bar: mean)",
         title="Noise is often answered with great confidence")
plots.show(figure, "noise-confidence", "For five kinds of noise and for unseen digits, the share of pictures answered with "
           "over 90 percent, as five dots and a mean. Noise varies widely; digits lie near 80 percent or more.")
everything = np.mean([values for kind, values in sure.items() if kind != "unseen digits"])
claim("Over all kinds of noise and five networks, {value:.0%} of the noise pictures get an answer with over 90 % confidence.",
      everything, at_least=0.15)
claim("The most trusting pair of network and noise is over 90 % sure about {value:.0%} of the pictures.",
      max(max(values) for kind, values in sure.items() if kind != "unseen digits"), at_least=0.35)

# %% [markdown]
# It differs a lot from network to network and from noise to noise, which is why there are five dots in each row. And
# where the largest share is smaller, the answer is still one of ten digits. The ten shares add up to 1 whatever comes
# in: they compare ten digits with each other, and none of them means "no digit". Training never showed a picture for
# which the right answer would have been doubt. Most of the noise also puts ink on pixels that were blank all the time,
# where the weights are still those of the start.
#
# And when it is wrong, it does not tell. No reason comes with the answer; there is only a sum of 784 products, thirty
# times.
#
# ## What you can say now
#
# - An MLP takes a picture apart into a row of numbers. Each hidden neuron is one weighted sum, so its weights are a picture.
# - Those pictures are blobs. The digits cannot be built from them as from parts, because the network learned to tell digits
#   apart and not to draw them.
# - The network reads a digit to a good part from what is *not* there.
# - A handful of neurons reads most digits, if the loss keeps correcting what is most wrong.
# - Weights in patterns that no picture contains keep their start. A small start and L2 make the weight pictures smooth, at
#   about the same accuracy.
# - Shuffling the pixels of all pictures alike changes nothing for an MLP. It never knew about neighbours.
# - The shares of a softmax are not how much it knows. Noise can get 99 %.
#
# Accurate is not the same as understandable.
#
# ## What this did not show
#
# Not that networks in general see blobs: networks with filters, and with many layers, are built differently, and lesson
# 7 looks into one. Not that this network is bad at its task: it reads digits of the kind that it was trained on. And
# not that looking at weights is useless: it led to the shuffling, and to an argument about sums that settles the
# question. What a picture of weights gives is a guess. What it takes is a test.
#
# ## Your turn
#
# Go to the [exercise](exercise/) and write the functions that you have seen at work. `course check 2` tells you how far
# you are, and each task has three hints. When all pass, `course run 2 --mine` runs this chapter with your own
# functions.
