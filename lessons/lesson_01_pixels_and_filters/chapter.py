# %% [markdown]
# # Pixels and filters
#
# **How can a program see a face, when all it has is a grid of numbers?**
#
# You look at a photograph and see a woman in uniform who smiles a little. You do not notice any work. A program
# gets the same photograph as a long table of numbers, and nothing in that table says "eye".
#
# In this lesson we go from the table to the eye. We first try the obvious way and watch it fail. Then we build the
# one small tool that nearly every image network is made of, the filter. In the end we stop choosing the filter's
# numbers ourselves and let a program find them, and we look closely at what it found.
#
# How to read this: before each experiment there is a prediction to make. Make it, in a word or two, before you read
# on. A wrong prediction is worth more than none, because you will remember where you were surprised.

# %%
import numpy as np

from course import plots
from course.claims import claim
from course.data.digits import bundled_digits
from course.data.portrait import portrait
from solutions import lesson_01_pixels_and_filters as lesson

# %% [markdown]
# The name `lesson` stands for the eight functions that you will write in the [exercise](exercise/). Here they are
# already written, so that we can look at what they do. Each is explained before it is used.
#
# ## A picture is a table
#
# Our picture is the official portrait of Grace Hopper: a mathematician, one of the first programmers, and a rear
# admiral of the United States Navy.

# %%
photo = portrait()
print("shape:", photo.shape)
print("kind of number:", photo.dtype)
print("one pixel, inside the pupil:", photo[192, 222])

# %% [markdown]
# The shape is height × width × 3. A pixel is three whole numbers from 0 to 255: how much red, how much green and how
# much blue light. Row 0 is at the **top**, and the row comes before the column.
#
# For most of this lesson colour is not needed, so we turn the three numbers into one: the brightness that people see.
# The eye is most sensitive to green and least to blue, so this is a weighted sum, 0.2126 × red + 0.7152 × green +
# 0.0722 × blue, divided by 255. Then 0 is black and 1 is white.
#
# **Predict.** Below are the brightness values of a rectangle of 12 × 14 pixels from the photograph, as percentages of
# white. Which part of the portrait is it?

# %%
gray = lesson.to_grayscale(photo)
eye_pixels = gray[184:196, 215:229]
print(np.round(100 * eye_pixels).astype(int))

# %%
figure, (numbers, picture) = plots.plt.subplots(1, 2, figsize=(9.2, 4.2), width_ratios=(1.35, 1))
plots.number_grid(numbers, 100 * eye_pixels)
numbers.set_title("What the program gets: brightness in percent")
picture.imshow(photo[60:300, 110:390])
picture.add_patch(plots.plt.Rectangle((215 - 110, 184 - 60), 14, 12, fill=False, edgecolor="#ffd23f", linewidth=2))
picture.set_title("What we see: her eye")
picture.set_xticks([])
picture.set_yticks([])
plots.show(figure, "eye-as-numbers", "Left, a table of 12 by 14 brightness values, mostly below 20 percent, with "
           "two small bright spots. Right, the portrait with a small yellow box around one eye.")

# %% [markdown]
# It is her eye, the one on the left side of the picture, in the yellow box. The small numbers are the dark iris and
# pupil, the two bright spots in the fourth and fifth row are reflections of lamps. Now that you know, you can find them
# in the numbers. Before, you could not, and the program is in that position all the time.
#
# ## First attempt: compare the pixels
#
# Suppose that we want to recognise this face in another picture. The obvious idea: subtract one picture from the
# other, pixel by pixel, and see how much is left. If little is left, it is the same face. As a number we take the
# square root of the mean squared difference, and call it the **distance** of the two pictures. It is 0 for two equal
# pictures.
#
# Everybody moves a little in front of a camera. So we take the face, and the same face with the camera pointed
# 8 pixels higher, so that she appears 8 pixels lower. And we take two rivals that show less of a face: a copy that is
# blurred until only shadows are left, and an empty grey rectangle.
#
# **Predict.** Which of the three is nearest to the original, pixel by pixel? Which is farthest?

# %%
from scipy.ndimage import gaussian_filter  # a blur: each pixel becomes a weighted mean of its surroundings


def distance(first, second):
    return float(np.sqrt(np.mean((first - second) ** 2)))


def face_at(picture, down=0, right=0):
    """The face, with the camera moved so that she appears lower or further right."""
    return picture[150 - down : 300 - down, 180 - right : 340 - right]


# %%
face = face_at(gray)
moved = face_at(gray, down=8)
blurred = face_at(gaussian_filter(gray, 12))
empty = np.full_like(face, face.mean())
rivals = {"moved by 8 pixels": moved, "blurred": blurred, "empty": empty}
titles = ["the original"] + [f"{name}: {distance(face, rival):.2f}" for name, rival in rivals.items()]
figure, axes = plots.pictures([face, *rivals.values()], titles, size=2.4)
for axis in axes:
    axis.images[0].set_clim(0, 1)
plots.headline(figure, "Distance to the original: the same face, moved, is the farthest of the three")
plots.show(figure, "pixel-distance", "Four pictures: the face; the same face 8 pixels lower, with the largest "
           "distance; a blur of light and shadow, with the smallest; and a plain grey rectangle in between.")

# %%
claim("Moved by 8 pixels, her face is {value:.2f} times as far from itself as the blur is.",
      distance(face, moved) / distance(face, blurred), at_least=1.2)
claim("It is even {value:.2f} times as far from itself as the empty grey rectangle is.",
      distance(face, moved) / distance(face, empty), at_least=1.05)
steps = [(down, right) for down in (-8, 0, 8) for right in (-8, 0, 8) if (down, right) != (0, 0)]
farther = [distance(face, face_at(gray, *step)) > distance(face, blurred) for step in steps]
claim("Of the eight directions in which it can move by 8 pixels, {value:.0f} put it farther away than the blur.",
      sum(farther), at_least=8, at_most=8)

# %% [markdown]
# Why? Moved by 8 pixels, the dark rim of the glasses lies where bright skin was, and skin lies where the rim was. Each
# edge counts twice. The blur and the grey rectangle are never right, but also never very wrong.
#
# You may object that a blur is not *another picture*, and you would be right: it was made from the same face. So here
# is the same question with pictures that really are different ones: digits written by hand, 28 × 28 pixels each,
# which come with scikit-learn. We move a digit by 2 pixels, and ask what is nearer to the original: its own moved
# copy, or some picture of a *different* digit. (There is an empty margin of 4 pixels, so nothing falls off the edge.)
#
# **Predict.** For which share of the digits does a different digit win?

# %%
digits = bundled_digits()
print(digits.source)
known = digits.train_images.reshape(-1, 28 * 28) / 255.0
wins = 0
for image, label in zip(digits.test_images / 255.0, digits.test_labels, strict=True):
    to_itself = distance(image, np.roll(image, 2, axis=1))
    others = known[digits.train_labels != label]
    to_nearest_other = np.sqrt(np.mean((others - image.ravel()) ** 2, axis=1)).min()
    wins += to_nearest_other < to_itself
claim("For {value:.1%} of the digits, a picture of a different digit is nearer than the digit's own copy, "
      "moved by 2 pixels.", wins / len(digits.test_labels), at_least=0.9)

# %% [markdown]
# What this does not show: that comparing pixels is useless. If everything stays exactly in its place, it works well,
# and a very small shift does little harm. It also does not show that no clever distance could help. It shows that a
# single pixel, taken alone, is the wrong thing to compare. In the face, nothing about *her* changed; every pixel did.
#
# ## Neighbours
#
# What stayed the same when the face moved? Dark was still next to bright along the rim of the glasses. The pupil was
# still dark with a bright spot in it. What matters is not the pixel but the **pattern of neighbours**.
#
# Think of a puzzle in the making. Somebody looks only for pieces of a straight edge, somebody else only for corners,
# somebody for anything round and dark. None of them knows what a face is. Each walks over the whole picture with one
# small question, and puts down a mark wherever the answer is yes. With the marks of hundreds of such helpers you can
# ask better questions: two round dark things, side by side, over a horizontal line? That may be a face.
#
# The picture has limits. Real helpers say yes or no; ours will answer with a number, and often with something in
# between. And nobody will hand out the questions: at the end of this lesson we will see who writes them, and that
# many of them have no name.
#
# ## One stop of the window
#
# A **filter** is one such helper. It is a small table of numbers, called its **kernel**, and a window of the same
# size. Lay the window on a patch of the picture, multiply each pixel with the number that lies on it, and add up the
# products. That one sum is the answer at this place.
#
# Here is a patch of 3 × 3 pixels at the upper rim of her glasses: skin above, dark rim below. The kernel has −1 and −2
# in its upper row and 1 and 2 in its lower row.
#
# **Predict.** Will the answer be positive, negative or about zero?

# %%
kernel = lesson.SOBEL_Y
patch = np.round(gray[174:177, 204:207], 2)
products = patch * kernel
answer = lesson.filter_response(patch, kernel)

figure, axes = plots.plt.subplots(1, 3, figsize=(8.4, 3.2))
for axis, values, title in zip(axes, (patch, kernel, products), ("patch", "× kernel", "= products"), strict=True):
    plots.number_grid(axis, values, digits=2, signed=values is not patch, fontsize=12)
    axis.set_title(title)
plots.headline(figure, f"Nine products, and their sum is {answer:.2f}".replace("-", "−"))
plots.show(figure, "one-stop", f"Three tables of 3 by 3 numbers: a patch that is bright in its upper row and dark "
           f"below, the kernel, and their nine products, which add up to {answer:.2f}.")

# %% [markdown]
# Add the nine products yourself once; it is worth the minute. The kernel asks: "is it brighter below than above?" At
# the upper rim it is darker below, so the answer is clearly negative: "the opposite is true, and strongly".
#
# The general rule: the answer is large when the patch is bright where the kernel is positive and dark where it is
# negative. In that sense a filter looks for patches that resemble its kernel. The sentence has a limit: with a kernel of
# only positive numbers, any bright patch gives a large answer, whatever its pattern. Our kernel is safe from that. Its
# nine numbers add up to 0, so a patch of one single brightness gives exactly 0. Remember this for the moment when we
# look for the eye.
#
# ## Two filters, two pictures
#
# Now slide the window over the whole picture, from top left to bottom right, and write down the answer at every stop.
# The answers form a picture again. In deep learning this is called a **convolution**, and the picture of answers is
# called a **feature map** or **response**.
#
# To keep things quick we work on a copy of half the size, in which each pixel is the mean of a square of four.
# We use two kernels, `SOBEL_Y` from above and `SOBEL_X`, the same table with rows and columns exchanged. It asks
# whether it is brighter on the right than on the left.
#
# **Predict.** Which of the two will show her shoulders, and which the golden cords that hang down beside the flag?

# %%
small = gray.reshape(300, 2, 256, 2).mean(axis=(1, 3))
down = lesson.convolve2d(small, lesson.SOBEL_Y)
across = lesson.convolve2d(small, lesson.SOBEL_X)

figure, axes = plots.pictures([down, across], ["SOBEL_Y keeps horizontal edges", "SOBEL_X keeps vertical edges"],
                              size=4.2, signed=True, limit=2)
plots.show(figure, "two-filters", "Two maps of the portrait in red and blue. The first has the rim of the hat, the "
           "eyes, the mouth and the shoulders; the second the cords, the sides of the face and the collar.")

# %% [markdown]
# Blue is a positive answer, red a negative one, and pale is near zero. The same photograph gave two very different
# pictures. `SOBEL_Y` has the brim of the hat, the glasses' upper rim, the mouth, the shoulders: everything that lies
# flat. `SOBEL_X` has the cords of the flag, the sides of the face, the collar: everything that stands upright. Slanted
# lines appear in both, more weakly.
#
# How strict is this division? Let us draw two lines on black: one upright, one lying.

# %%
upright = np.zeros((7, 9), dtype=np.float32)
upright[:, 4] = 1
lying = np.zeros((7, 9), dtype=np.float32)
lying[3, :] = 1
print(lesson.convolve2d(upright, lesson.SOBEL_X))

# %% [markdown]
# Each row reads: nothing, then 4 where the line begins (1 + 2 + 1), then **0 on the line itself**, then −4 where it
# ends. A line has two edges, one from dark to bright and one back. Exactly on the line, left and right are equally
# dark, so the filter has nothing to report. A 0 does not mean "black here" or "nothing here". It means "as much for as
# against".
#
# **Predict.** What will each filter answer to the *other* line?

# %%
claim("The largest answer of SOBEL_X anywhere on the lying line is {value:g}.",
      np.abs(lesson.convolve2d(lying, lesson.SOBEL_X)).max(), at_least=0, at_most=0)
claim("The largest answer of SOBEL_Y anywhere on the upright line is {value:g}.",
      np.abs(lesson.convolve2d(upright, lesson.SOBEL_Y)).max(), at_least=0, at_most=0)

# %% [markdown]
# They are blind to each other's line, exactly and not only nearly. Along a lying line, left and right are always equal.
#
# ## When the pattern moves
#
# The helper carries the same kernel to every place. So it should not matter where a pattern is. We point the camera a
# little differently: everything in the picture moves 7 pixels down and 12 to the right. Then we filter both pictures.
#
# **Predict.** What happens to the feature map? Is it exactly the same map, moved, or only about the same?

# %%
before = lesson.convolve2d(small[60:160, 60:180], lesson.SOBEL_Y)
after = lesson.convolve2d(small[53:153, 48:168], lesson.SOBEL_Y)
shared_before, shared_after = before[:-7, :-12], after[7:, 12:]
claim("Where both maps show the same part of her, moving the picture and moving the map differ by at most {value:g}.",
      np.abs(shared_after - shared_before).max(), at_most=1e-6)

# %% [markdown]
# The response moves along with the picture, to the last digit. This is called **equivariance** (*equi*: equally,
# *variance*: changing): the input changes, and the output changes in the same way. It holds wherever the window sees
# the same pixels. At the border it does not, because other things come into the picture there.
#
# Now suppose that we do not want to know *where* the pattern is, only *whether* it is there. Then we keep the largest
# answer of the whole map and forget its place. This is called **max pooling** over the map. We put her eye on an
# empty canvas, at 20 random places, and take the maximum each time.
#
# **Predict.** Does the maximum change from place to place?

# %%
eye = small[87:103, 98:124]
maxima, places_in_the_eye = [], set()
for row, column in np.random.default_rng(1).integers(0, (44, 54), size=(20, 2)):
    canvas = np.full((60, 80), eye.mean(), dtype=np.float32)
    canvas[row : row + 16, column : column + 26] = eye
    response = lesson.convolve2d(canvas, lesson.SOBEL_Y)
    peak_row, peak_column = np.unravel_index(response.argmax(), response.shape)
    maxima.append(response.max())
    places_in_the_eye.add((peak_row - row, peak_column - column))
claim("Over 20 places, the largest and the smallest maximum differ by {value:g}.",
      max(maxima) - min(maxima), at_most=1e-6)
claim("Counted from the eye's own corner, the 20 maxima lie at {value:.0f} place: they moved along with the eye.",
      len(places_in_the_eye), at_least=1, at_most=1)

# %% [markdown]
# The maximum does not change when the pattern moves. That is **invariance**: the input changes, and the output stays.
#
# Many texts mix the two words up, so say it once aloud: *the convolution is equivariant, its map moves along; the
# maximum over the whole map is invariant, it stays.* A filter alone forgets nothing about places. The pooling does.
# (Networks often pool over little squares of 2 × 2 instead. That forgets only a little, and is invariant only to very
# small moves, and only roughly.)
#
# What this does not show: that a filter copes with anything else than moving. Turn the eye by a quarter, and the same
# filter looks at other edges:

# %%
turned = np.full((60, 80), eye.mean(), dtype=np.float32)
turned[10:36, 12:28] = np.rot90(eye)
claim("Turned by a quarter, the eye's largest answer is only {value:.0%} of what it was.",
      lesson.convolve2d(turned, lesson.SOBEL_Y).max() / max(maxima), at_most=0.8)

# %% [markdown]
# ## What to do at the border
#
# A window of 3 × 3 has no place to stand with its centre on the outermost pixel. There are three common ways out.
#
# - **valid**: the window stays inside. Nothing is invented, and the result is smaller: a kernel of size k takes k − 1
#   rows and k − 1 columns away.
# - **same**: zeros are put around the picture, so that the result keeps the size. This is what Keras means by "same".
# - **reflect**: the picture is mirrored at its border, without repeating the edge pixel: … 3 2 | 1 2 3 … OpenCV does
#   this by default and calls it `BORDER_REFLECT_101`.
#
# **Predict.** A border of zeros is a black frame. What will an edge filter say about it?

# %%
with_zeros = lesson.convolve2d(small, lesson.SOBEL_X, padding="same")
mirrored = lesson.convolve2d(small, lesson.SOBEL_X, padding="reflect")
print("picture", small.shape, "valid", across.shape, "same", with_zeros.shape, "reflect", mirrored.shape)

figure, axes = plots.pictures([with_zeros[:110, 170:], mirrored[:110, 170:]],
                              ["same: an edge that is not there", "reflect: no frame"], size=3.4, signed=True, limit=2)
plots.show(figure, "borders", "The upper right corner of the response, twice. With zeros a strong red line runs down "
           "the right border of the empty backdrop; with reflection the backdrop is pale up to the border.")
claim("Along the right border, the zeros make answers {value:.1f} times as strong as the average inside.",
      np.abs(with_zeros[:, -1]).mean() / np.abs(with_zeros[:, 1:-1]).mean(), at_least=4)
claim("With reflection, the strongest answer along the right border is {value:g}.",
      np.abs(mirrored[:, -1]).max(), at_most=1e-6)

# %% [markdown]
# The blue backdrop of the portrait is nearly even, yet with zeros a strong line runs down its border. It is the edge
# of the black frame that we added ourselves. A network that pads with zeros meets such lines in every layer. It can
# learn to ignore them, and it can also learn to use them to tell where the border is.
#
# Reflection is not the truth either. With a mirror in the border, left and right are equal there by construction, so
# this filter must answer 0, even if a real edge runs there. Every padding invents something. Only "valid" does not,
# and it pays with size.
#
# ## Not flipped
#
# In signal processing, "convolution" means something slightly different: the kernel is first turned by 180°, and then
# moved over the picture. What deep learning calls convolution leaves the kernel as it is. Its proper name would be
# *cross-correlation*. With our Sobel kernels the difference is only a sign. With a kernel that is not symmetric, it is
# plain to see. We take one in the shape of the letter F, and a picture of a single bright dot.
#
# **Predict.** The window moves over the dot. Which picture do the answers draw?

# %%
from scipy import signal

letter = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]], dtype=np.float32)
letter = np.pad(letter, ((1, 1), (2, 2)))  # zeros around it
dot = np.zeros((11, 11), dtype=np.float32)
dot[5, 5] = 1
ours = lesson.convolve2d(dot, letter, padding="same")
flipping = signal.convolve2d(dot, letter, mode="same")

figure, axes = plots.pictures([letter, dot, ours, flipping],
                              ["the kernel", "the picture", "our answers", "scipy's convolution"], size=2.2)
plots.headline(figure, "A kernel that is not flipped draws itself turned by 180°")
plots.show(figure, "not-flipped", "Four pictures: a kernel shaped like the letter F; a single dot; our response, in "
           "which the F stands on its head; and scipy's convolution, in which the F is upright.")

# %%
claim("Our response and scipy's cross-correlation differ by {value:g}.",
      np.abs(ours - signal.correlate2d(dot, letter, mode="same")).max(), at_most=1e-6)
claim("Our response and scipy's convolution with the kernel turned back differ by {value:g}.",
      np.abs(ours - signal.convolve2d(dot, letter[::-1, ::-1], mode="same")).max(), at_most=1e-6)

# %% [markdown]
# Strange at first: the way that does *not* flip the kernel draws it upside down. When the window stands to the upper
# left of the dot, the dot lies under its lower right number, so that number is written down at the upper left. The
# flip of classical convolution is there to undo this.
#
# Which one is right? Both, for their purpose. We want a filter that *looks like* what it finds, and that is the
# unflipped one. It matters when you carry a kernel from a signal processing book into Keras: turn it by 180° first. It
# does not matter for a network that finds its kernels by itself, as it will simply find the turned ones.
#
# ## Edges of every direction
#
# `SOBEL_X` and `SOBEL_Y` each see half of the truth. Taken together, their two answers at a pixel are the two sides of
# a right angle, like "3 steps east, 4 steps north". The way as the crow flies is √(3² + 4²) = 5. In the same way the
# **edge strength** is the square root of the sum of the squares, and it forgets the direction.
#
# **Predict.** Where in the portrait will the strongest edges be: in the face, or in the uniform?

# %%
strength = lesson.edge_strength(gray)
figure, axes = plots.pictures([strength], ["Where brightness changes, whatever the direction"], size=6.4)
axes[0].images[0].set_clim(0, 3)
plots.show(figure, "edge-strength", "The portrait as bright lines on black, like a chalk drawing: stars, hat badge, "
           "glasses, collar, name plate and ribbons stand out, the smooth backdrop is black.")

ribbons, cheeks = strength[485:530, 320:455], strength[225:285, 200:330]
claim("Her medal ribbons have {value:.1f} times as much edge per pixel as her cheeks, nose and mouth.",
      ribbons.mean() / cheeks.mean(), at_least=1.5)

# %% [markdown]
# It looks like a drawing in chalk, and we recognise her at once. Note what the strongest lines are: stars, badge,
# collar, ribbons. An edge filter has no idea of what is important to us. The face is the quieter part of its world.
#
# ## Looking for an eye
#
# A filter answers strongly to what resembles its kernel. So why not take the eye itself as the kernel, a window of
# 16 × 26 numbers, and look for the strongest answer? To make it a fair test we look in a changed copy: the picture is
# moved, darker, lower in contrast, and a little grainy.
#
# **Predict.** Where will the strongest plain answer be: at the eye, or elsewhere?

# %%
copy = small[9:, 14:] * 0.45 + 0.08
grain = np.random.default_rng(2).normal(0, 0.02, copy.shape)
copy = (copy + grain).astype(np.float32)
true_place = np.array([87 - 9, 98 - 14])

plain = lesson.convolve2d(copy, eye)
plain_place = np.array(np.unravel_index(plain.argmax(), plain.shape))
found_place = np.array(lesson.find_pattern(copy, eye))
claim("The strongest plain answer is {value:.0f} pixels away from the eye.",
      np.hypot(*(plain_place - true_place)), at_least=20)

# %% [markdown]
# The plain answer went to a bright place, as we feared above. Every number in our eye kernel is positive, so a patch
# that is bright all over, multiplied by it and added up, gives a larger sum than the eye itself.
#
# The remedy has two steps, for the patch and for the kernel alike. Subtract the mean: brightness is gone. Divide by
# the length (the square root of the sum of squares): contrast is gone. What is left is the pattern, and the answer now
# lies between −1 (the negative of the eye) and 1 (the eye). This is called **normalised cross-correlation**, and
# `find_pattern` returns the place where it is largest.

# %%
figure, axes = plots.pictures([eye, copy], ["what we look for", "solid blue: by pattern · dashed red: plain"], size=4)
axes[1].images[0].set_clim(0, 1)
for place, colour, line in ((found_place, "#63b3ff", "-"), (plain_place, "#ff7b72", "--")):
    axes[1].add_patch(plots.plt.Rectangle((place[1], place[0]), 26, 16, fill=False, edgecolor=colour, linestyle=line,
                                          linewidth=2.5))
plots.headline(figure, "Compared by pattern, her eye is found; the plain answer prefers her bright badge")
plots.show(figure, "find-the-eye", "Left, her eye, enlarged. Right, the darker copy of the portrait: the solid "
           "blue box lies on the eye, the dashed red box on the bright badge of the hat.")
claim("The best pattern is {value:.0f} pixels away from the eye.", np.hypot(*(found_place - true_place)), at_most=0)

# %% [markdown]
# What this does not show: that we have found "an eye". We have found *this* eye, from the same photograph. And we
# know already that a filter copes with moving only. Turn the picture by a quarter, and ask again.

# %%
turned_place = np.array(lesson.find_pattern(np.rot90(small), eye))
turned_truth = np.array([256 - 98 - 26, 87])
claim("In the picture turned by a quarter, the best match is {value:.0f} pixels away from the eye.",
      np.hypot(*(turned_place - turned_truth)), at_least=20)

# %% [markdown]
# To find any eye, of anybody, at any size and angle, one hand-made kernel is not enough. We would need very many, and
# we would have to know which.
#
# ## The same in Keras
#
# Keras is the library with which we will build networks. Its layer `Conv2D` does what our `convolve2d` does, with many
# kernels at once, on many pictures at once, and fast. Numbers that a network works with are called **weights**; here
# the weights are just the kernels. Let us give it kernels of our own, six random ones and both Sobel kernels, and
# compare.
#
# **Predict.** Exactly equal, or nearly?

# %%
import keras

kernels = np.random.default_rng(3).normal(size=(8, 3, 3)).astype(np.float32)
kernels[0], kernels[1] = lesson.SOBEL_X, lesson.SOBEL_Y
model = lesson.conv_layer(kernels)
maps = keras.ops.convert_to_numpy(model(small[np.newaxis, :, :, np.newaxis]))
print("one picture of", small.shape, "gives", maps.shape, "(picture, height, width, kernel)")
differences = [np.abs(maps[0, :, :, i] - lesson.convolve2d(small, kernel)).max() for i, kernel in enumerate(kernels)]
claim("The largest difference between Keras's answers and ours is {value:.1e}.", max(differences), at_most=1e-5)

# %% [markdown]
# Nearly. Both work with numbers of about seven digits and add the nine products in different orders, so the last digit
# may differ. The message is: there is no secret in the layer. It is the window that you moved by hand.
#
# ## Where do the numbers in a kernel come from?
#
# Sobel and Feldman chose theirs in 1968, by thinking. For "an eye" or "a bunny's ear" nobody could. So we turn the
# question round: somebody gives us a picture, and the answers that a secret filter gave on it. Which nine numbers must
# the filter have had?
#
# Training finds them, by a game of warmer and colder. Start with nine random numbers. Filter a piece of the picture,
# compare with the answers that should come out, and take the mean squared difference: the **loss**. Then change each of
# the nine numbers by a little, in the direction that makes the loss smaller, and do it again, many times. This is
# **gradient descent**. The limit of the game: a child who hears "warmer" looks around and thinks; gradient descent only
# ever feels the slope under its feet.
#
# Before the filter, the smallest case there is, so that you see every word that Keras needs for it: a secret rule turns
# `x` into 3 · x − 1, and a network with two numbers, a weight and a bias, has to find the 3 and the −1.
#
# - A **model** is made of layers. `Dense(1)` is one weighted sum: weight · x + bias. `Input((1,))` says that one example
#   is one number.
# - `compile` chooses the loss (`mse` is the mean squared difference) and who takes the steps, the **optimizer**. `Adam` is
#   a popular one; its learning rate says how large a step is.
# - `fit` plays the game. It takes the examples in small stacks of `batch_size`, a **batch**, and makes one step after
#   each. Once through all examples is an **epoch**. The first axis of every array counts the examples.
# - `get_weights` gives back the numbers that it found, as NumPy arrays.

# %%
keras.utils.set_random_seed(0)
xs = np.random.default_rng(4).uniform(-1, 1, size=(500, 1)).astype(np.float32)
layer = keras.layers.Dense(1)
line = keras.Sequential([keras.Input((1,)), layer])
line.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
line.fit(xs, 3 * xs - 1, batch_size=16, epochs=20, verbose=0)
(weight,), bias = layer.get_weights()
claim("The weight became {value:.3f}.", weight[0], at_least=2.98, at_most=3.02)
claim("The bias became {value:.3f}.", bias[0], at_least=-1.02, at_most=-0.98)

# %% [markdown]
# The same words now for nine numbers. Our picture is made of 32 × 32 random dots, and the secret filter is `SOBEL_X`.
#
# **Predict.** Will it find Sobel's numbers, or some others that do the same job?

# %%
keras.utils.set_random_seed(0)
dots = np.random.default_rng(0).random((32, 32)).astype(np.float32)
edges_of_dots = lesson.convolve2d(dots, lesson.SOBEL_X)
from_dots = lesson.learn_filter(dots, edges_of_dots)
claim("The worst of the nine learned numbers is off by {value:.7f}.",
      np.abs(from_dots - lesson.SOBEL_X).max(), at_most=0.02)

# %% [markdown]
# It found Sobel's numbers. Nobody told it about edges, or that the columns should be opposite to each other. There were
# examples, and a slope.
#
# It is tempting to conclude: given examples, training finds the true filter. Let us test that with pieces of a real
# photograph, again 32 × 32 pixels: skin with the fold beside her nose, once in focus and once a little out of focus.
# Filter, recipe and number of examples are the same as before.
#
# **Predict.** Will the photograph teach better than the dots, as it has real edges? As well? Worse?

# %%
skin = gray[240:272, 205:237]
soft_skin = gaussian_filter(gray, 2)[240:272, 205:237]  # out of focus, made by a blur
from_skin = lesson.learn_filter(skin, lesson.convolve2d(skin, lesson.SOBEL_X))
from_soft_skin = lesson.learn_filter(soft_skin, lesson.convolve2d(soft_skin, lesson.SOBEL_X))

# %%
figure, axes = plots.plt.subplots(2, 3, figsize=(7.6, 5.6))
titles = "random dots", "skin", "skin, out of focus"
kernels = from_dots, from_skin, from_soft_skin
for (above, below), title, image, kernel in zip(axes.T, titles, (dots, skin, soft_skin), kernels, strict=True):
    above.imshow(image, cmap="gray", vmin=0, vmax=1)
    above.set_axis_off()
    above.set_title(title)
    plots.number_grid(below, kernel, digits=2, signed=True, fontsize=12)
plots.headline(figure, "The smoother the picture, the less it tells about the filter")
plots.show(figure, "learned-filters", "Three pictures, each with the kernel learned from it. From random dots: the "
           "Sobel kernel to the last digit. From sharp skin: roughly that. From blurred skin: clearly other numbers.")

# %% [markdown]
# Above is what training saw, below are the nine numbers that it found. The true ones are −1, −2, −1 on the left, 0 in
# the middle, 1, 2, 1 on the right. The dots give them back to the last digit. The sharp skin gives something like them,
# and from the blurred skin you would hardly guess them.
#
# Did training fail on the blurred skin? Look at its own task, and then give the filter another picture.

# %%
def share_missed(kernel, image):
    """Which share of the variation in SOBEL_X's answers on this picture the kernel gets wrong (0: none)."""
    right = lesson.convolve2d(image, lesson.SOBEL_X)
    return (lesson.convolve2d(image, kernel) - right).var() / right.var()


claim("On the blurred skin that it learned from, this filter misses only {value:.3%} of the answers' variation.",
      share_missed(from_soft_skin, soft_skin), at_most=0.01)
claim("Yet its worst number is off by {value:.2f}.", np.abs(from_soft_skin - lesson.SOBEL_X).max(), at_least=0.2)
claim("On the random dots, the same filter misses {value:.0%} of the variation.",
      share_missed(from_soft_skin, dots), at_least=0.02)

# %% [markdown]
# On its own picture the filter is nearly perfect, and still it is the wrong filter. Elsewhere that shows.
#
# The reason lies in the data. Where a picture is smooth, a pixel says nearly the same as its neighbours:

# %%
def guess_missed(image):
    """Guess each pixel as the mean of its four neighbours: which share of its variation is missed (0: none)?"""
    pixels = image[1:-1, 1:-1]
    guess = (image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]) / 4
    return (pixels - guess).var() / pixels.var()


claim("On the blurred skin, guessing a pixel from its four neighbours misses {value:.1%} of its variation.",
      guess_missed(soft_skin), at_most=0.02)
claim("Among the random dots it misses {value:.0%}, which is worse than always guessing the average brightness.",
      guess_missed(dots), at_least=1.05)

# %% [markdown]
# If a pixel can be told from its neighbours, it hardly matters which of them gets the larger weight: a little more here
# can be made up for by a little less there. So many filters explain these data almost equally well. The slope towards
# the true one is still there, but so faint that training does not get there in any time that we would wait. Random dots
# leave no such freedom, because each pixel brings news.
#
# Two sentences to keep. **A small loss shows that the answers fit on these data; it does not show that the numbers
# inside are the true ones. And the data decide what can be learned.**
#
# Be fair to the experiment, too. This is a matter of degree: the skin in focus has grain and pores, and with a few
# times more training its numbers come close to the true ones as well. And here we could compare with the truth. Usually
# nobody has it.
#
# ## A network that chooses its own filters
#
# So far somebody knew the right answers of a filter. Usually nobody does. What we have is pictures, and what is on
# them: this is a 3, this is an 8. So let us ask for nothing but the digit, and let the filters become whatever helps.
#
# The network has few parts, and you know most of them:
#
# - `Conv2D` with 12 kernels of 5 × 5. Answers below zero are set to 0 (that rule is called `relu`).
# - `MaxPooling2D`: of each square of 2 × 2 answers, only the largest is kept.
# - `Flatten` lays all the answers out in one row, and `Dense` has one weighted sum of them for each of the ten digits.
#   `softmax` turns the ten sums into ten shares that add up to 1.
#
# The loss (it has the long name `sparse_categorical_crossentropy`) is small when the right digit gets nearly the whole
# share. `adam` is a popular way to walk down the slope. An **epoch** is one pass through all the pictures. We show the
# network the first four fifths of the digits, and hold the last fifth back to test it.
#
# **Predict.** Ten digits, so guessing gives about one in ten. How many of the held-out digits will it get right?

# %%
def new_network(seed):
    keras.utils.set_random_seed(seed)
    network = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(12, 5, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


# %% [markdown]
# Training starts from random numbers, and one good result could be luck. So we train five networks, from five
# different starts. From each we keep the kernels before and after.

# %%
def filters_of(network):
    """The kernels of the first layer: 12 tables of 5 × 5 numbers."""
    return np.moveaxis(network.layers[0].get_weights()[0][:, :, 0, :], -1, 0)


seen, held_out = digits.train_images[..., np.newaxis] / 255.0, digits.test_images[..., np.newaxis] / 255.0
untrained, trained, accuracies = [], [], []
for seed in range(5):
    network = new_network(seed)
    untrained.append(filters_of(network))
    network.fit(seen, digits.train_labels, epochs=12, batch_size=32, verbose=0)
    trained.append(filters_of(network))
    accuracies.append(network.evaluate(held_out, digits.test_labels, verbose=0)[1])
claim("The weakest of the five names {value:.0%} of the digits that it never saw correctly.",
      min(accuracies), at_least=0.8)

# %% [markdown]
# Now open one of them. A popular story says that the first layer of such a network learns edges.
#
# **Predict.** How many of its 12 filters will you recognise as an edge?

# %%
figure = plots.plt.figure(figsize=(9.6, 2.5))
limit = float(np.abs(trained[0]).max())
titles = "before training: noise", "after: some edges, and much without a name"
for part, kernels, title in zip(figure.subfigures(2), (untrained[0], trained[0]), titles, strict=True):
    part.suptitle(title, x=0.005, ha="left", fontsize=12, fontweight="bold")
    for axis, kernel in zip(part.subplots(1, 12), kernels, strict=True):
        axis.imshow(kernel, cmap=plots.SIGNED, vmin=-limit, vmax=limit)
        axis.set_axis_off()
plots.show(figure, "digit-filters", "Twelve kernels of 5 by 5 as red and blue squares, before and after training. "
           "Before, they are noise. After, they are smoother; a few have a red and a blue side, the others have not.")

# %% [markdown]
# Blue likes ink, red dislikes it. Some filters have a blue side and a red side: edges, if you like. Others are spots,
# corners, or nothing that we have a word for. But we are good at seeing what we expect, so let us put a number on it.
#
# We draw a family of ideal edges, 5 × 5 pixels, in 12 directions and 3 positions. The **edge score** of a filter is the
# normalised cross-correlation with the ideal edge that fits best, the same measure that found the eye. As an edge with
# the colours exchanged is an edge too, we ignore the sign.

# %%
lower, further_right = np.mgrid[-2:3, -2:3]
ideal_edges = np.array([
    np.tanh(further_right * np.cos(angle) + lower * np.sin(angle) - position)  # from −1 to 1, across the edge
    for angle in np.linspace(0, np.pi, 12, endpoint=False) for position in (-1, 0, 1)
])


def patterns(kernels):
    """Each kernel in one row, with mean 0 and length 1."""
    rows = kernels.reshape(len(kernels), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% [markdown]
# A score means nothing without something to compare it with. The filters before training are one comparison: pure
# noise. But look again at the figure: the trained filters are also *smoother* than noise. Anything smooth resembles an
# edge a little, because a smooth pattern often has a bright side and a dark side. So we add a second comparison: 2,000
# patterns of noise, blurred until they are about as smooth as the trained filters. They have never seen a digit.
#
# **Predict.** Will the trained filters beat the noise? Will they beat the *smooth* noise?

# %%
def edge_scores(kernels):
    """How well the best ideal edge fits each kernel: 0 not at all, 1 perfectly."""
    return np.abs(patterns(kernels) @ patterns(ideal_edges).T).max(axis=1)


noise = np.random.default_rng(0).normal(size=(2000, 15, 15))
smooth_noise = gaussian_filter(noise, (0, 0.7, 0.7))[:, 5:10, 5:10]
scores = {
    "before training": edge_scores(np.concatenate(untrained)),
    "smooth noise": edge_scores(smooth_noise),
    "after training": edge_scores(np.concatenate(trained)),
}

# %%
figure, axis = plots.plt.subplots(figsize=(8, 3.4))
for height, (name, values) in enumerate(scores.items()):
    some = values[:60]
    colour = plots.BLUE if name == "after training" else plots.GREY
    axis.scatter(some, height + np.linspace(-0.22, 0.22, len(some)), s=22, color=colour)
    axis.plot([np.median(values)] * 2, [height - 0.38, height + 0.38], color=plots.ORANGE, linewidth=3)
axis.set_yticks(range(3), scores)
axis.set_xlim(0, 1)
axis.set_xlabel("edge score, from 0 (unlike any edge) to 1 (an ideal edge); bar: median")
axis.set_title("Much of the rise in edge score is smoothness, but not all of it")
plots.show(figure, "edge-scores", "Sixty edge scores per group as dots on a scale from 0 to 1, with the medians as "
           "bars: lowest before training, higher for smooth noise, higher still after training, and widely spread.")

# %%
medians = {name: np.median(values) for name, values in scores.items()}
rise = medians["after training"] - medians["before training"]
claim("In training, the median edge score of the 60 filters rose by {value:.2f}.", rise, at_least=0.25)
claim("Of that rise, {value:.0%} is reached by smooth noise, which never saw a digit.",
      (medians["smooth noise"] - medians["before training"]) / rise, at_least=0.4, at_most=0.95)
striking = np.quantile(scores["smooth noise"], 0.95)
claim("Striking edges, with a score that only one in twenty patterns of smooth noise reaches, are {value:.0%} of the "
      "trained filters.", np.mean(scores["after training"] > striking), at_least=0.08, at_most=0.5)

# %% [markdown]
# Read the dots first: after training they lie further right than before, but they are spread over much of the scale.
#
# Training made the filters far more like edges than the noise that they started from. Much of that rise comes with
# being smooth: noise that was merely blurred goes a good part of the way. There is something beyond that, and there are
# more striking edges than among smooth noise. But "the first layer learns edges" is too neat. Most filters solve a part
# of the task for which we have no name.
#
# And remember the blurred skin. That a filter looks like an edge does not prove that the network uses it as one, and
# that it looks like nothing does not make it useless. A look inside suggests. Only a test on pictures that the network
# has not seen tells how well it works, and only for pictures of that kind. These digits were all scanned in the same way, small
# and coarse, and then enlarged, which makes them smooth. Other pictures would give other filters. This is why results
# must be validated, and why data must be chosen with care.
#
# ## What you can say now
#
# - A picture is an array of height × width × 3 numbers, and a single number in it says almost nothing.
# - A filter is a small table of numbers: products with the pixels under it, one sum, at every place. Its answer is
#   large where the patch resembles the kernel, and 0 where as much speaks for as against.
# - Move the pattern, and the response moves: the convolution is equivariant. The maximum over the whole map stays: it
#   is invariant. Neither holds for turning or for another size.
# - "valid" shrinks, "same" puts a black frame around the picture, "reflect" uses a mirror.
# - Deep learning does not flip the kernel.
# - Training can find the numbers. Which numbers it finds depends on the data, and a small loss is no proof that they
#   are the true ones.
#
# ## What this did not show
#
# No program here has recognised a face. We found one eye again in a copy of its own photograph. Our network had one
# layer of filters, and read tidy digits. How layers on top of layers get from edges to eyes is the story of lesson 7,
# and whether a network looks at what we think it looks at is the question of lesson 2.
#
# ## Your turn
#
# You have seen what the eight functions do. Now write them: go to the [exercise](exercise/), fill in the first one, and
# run `course check 1`. Each task tells you what came out and what was expected, and each has three hints, from a
# question to nearly the code. When all of them pass, `course run 1 --mine` runs this chapter with your functions in
# place of ours.
