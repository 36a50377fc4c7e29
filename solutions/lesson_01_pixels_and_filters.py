"""Lesson 1 · Pixels and filters

How can a program see a face, when all it has is a grid of numbers?

Minutes: 150
Before: Python functions and loops, and indexing a NumPy array. No machine learning.
"""

import numpy as np

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=np.float32)
"""Answers where brightness changes from left to right: vertical edges. (Sobel and Feldman, 1968.)"""

SOBEL_Y = SOBEL_X.T
"""Answers where brightness changes from top to bottom: horizontal edges."""


# %% Task 1.1 · From colour to grey (2 points)
# The eye is far more sensitive to green than to blue, so a fair grey is a *weighted* sum of the
# three channels. Two things go wrong easily. The weights are fractions, so the sum must be taken
# in floating point: `uint8` arithmetic wraps around at 256 without a word. And the result should
# live between 0 and 1, because that is the range in which the rest of the course (and most
# networks) expect their input.
#
# `rgb @ LUMINANCE` is a matrix product over the last axis: for every pixel, three products and
# their sum. It is the smallest filter in this lesson.
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Weights of red, green and blue in the brightness that people see (ITU-R BT.709)."""


def to_grayscale(image: np.ndarray) -> np.ndarray:
    """Turn a colour picture into a grey one, as bright as people see it.

    The brightness of a pixel is 0.2126 × red + 0.7152 × green + 0.0722 × blue.
    By hand: a pure green pixel (0, 255, 0) becomes 0.7152, a white one (255, 255, 255) becomes 1.

    Args:
        image: uint8 array of shape (height, width, 3); channels in the order red, green, blue.

    Returns:
        float32 array of shape (height, width) with values in [0, 1].
    """
    rgb = image.astype(np.float32) / 255
    return rgb @ LUMINANCE


# %% Task 1.2 · One stop of the window (2 points)
# Everything in this lesson is built from this one line: nine products, one sum. The answer is
# large where the patch is bright in the places where the kernel is positive and dark where it is
# negative, in other words where the patch *looks like* the kernel. `patch @ kernel` would be a
# matrix product, which mixes rows with columns and asks another question.
def filter_response(patch: np.ndarray, kernel: np.ndarray) -> float:
    """How strongly a kernel answers to one patch: element-wise product, summed to one number.

    By hand: the patch [[1, 2], [3, 4]] and the kernel [[10, 0], [0, 1]] give 1·10 + 2·0 + 3·0 + 4·1 = 14.
    The kernel is not flipped.

    Args:
        patch: float array of shape (kernel height, kernel width).
        kernel: float array of the same shape.

    Returns:
        One number.
    """
    return float(np.sum(patch * kernel))


# %% Task 1.3 · Move the window over the whole picture (4 points)
# Padding first, then one loop over the window's stops. With the border added beforehand, "same"
# and "reflect" become "valid" on a larger picture, and there is one way to slide instead of three.
#
# A kernel of size k loses k − 1 rows, so that many are added: (k − 1) // 2 before and the rest
# after. For odd kernels both sides get the same; for even ones the extra row goes to the end,
# which is what Keras and TensorFlow do.
#
# NumPy's `mode="reflect"` mirrors without repeating the edge pixel (OpenCV calls it
# `BORDER_REFLECT_101`); `mode="symmetric"` repeats it.
#
# The loop runs once for each of the nine kernel *weights* and not for each of the thousands of
# pixels: a weight times the shifted picture, added up. Same products, same sums, and NumPy takes
# all pixels at once.
def convolve2d(image: np.ndarray, kernel: np.ndarray, padding: str = "valid") -> np.ndarray:
    """Slide a kernel over a grey picture from top left to bottom right; one response per stop.

    This is what deep learning calls a convolution: the kernel is not flipped.
    By hand: the picture [[1, 2, 3]] and the kernel [[-1, 1]] give [[1, 1]] with "valid"
    (2 − 1, then 3 − 2), and [[1, 1, -3]] with "same" (a zero is added on the right).

    Args:
        image: float array of shape (height, width).
        kernel: float array of shape (kernel height, kernel width), of odd or even size.
        padding: "valid" adds nothing, and the result is smaller than the picture.
            "same" adds zeros, "reflect" mirrors the picture at its border without repeating the
            edge pixel (… 3 2 | 1 2 3 …); both keep the picture's size. A kernel of size k gets
            (k - 1) // 2 rows before the picture and the rest of its k - 1 rows after it; the
            same for columns.

    Returns:
        float array: (height - kernel height + 1, width - kernel width + 1) with "valid",
        (height, width) otherwise.

    Raises:
        ValueError: for any other `padding`.
    """
    kernel_height, kernel_width = kernel.shape
    if padding in ("same", "reflect"):
        top, left = (kernel_height - 1) // 2, (kernel_width - 1) // 2
        border = ((top, kernel_height - 1 - top), (left, kernel_width - 1 - left))
        image = np.pad(image, border, mode="constant" if padding == "same" else "reflect")
    elif padding != "valid":
        raise ValueError(f'padding must be "valid", "same" or "reflect", not {padding!r}')

    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    responses = np.zeros((height, width), dtype=np.result_type(image, kernel))
    for row in range(kernel_height):
        for column in range(kernel_width):
            responses += kernel[row, column] * image[row : row + height, column : column + width]
    return responses


# %% Task 1.4 · How large is the result? (2 points)
# Count the stops. With "valid" the window's first pixel may stand at 0, stride, 2 · stride, … as
# long as the whole window fits, so its last place is size − kernel: floor division by the stride
# counts the steps, and the stop at 0 adds one. With "same" there is a stop at every stride-th
# pixel of the picture, the last one perhaps near the border: a division rounded *up*.
# `-(-a // b)` is rounding up in whole numbers, with no floating point to go wrong.
def output_size(size: int, kernel: int, stride: int = 1, padding: str = "valid") -> int:
    """How many stops a window makes along one axis, which is the size of the result.

    By hand: 7 pixels, a kernel of 3 and a stride of 2 give stops at 0, 2 and 4: three.

    Args:
        size: pixels along the axis.
        kernel: size of the window along the same axis.
        stride: pixels between two stops.
        padding: "valid" (the window stays inside) or "same" (so many zeros around the picture
            that there is one stop for every stride-th pixel).

    Returns:
        The number of stops; 0 where a "valid" window does not fit at all.
    """
    if padding == "same":
        return -(-size // stride)
    return max(0, (size - kernel) // stride + 1)


# %% Task 1.5 · How strong is the edge? (3 points)
# Each of the two Sobel kernels sees half of the truth: a slanted edge answers a little to both.
# Together they are the two components of an arrow that points across the edge, and the length of
# an arrow is the square root of the sum of squares. Adding the absolute values instead would call
# a diagonal edge 41 % stronger than an upright one.
#
# The border is reflected. Zeros around the picture would be a dark frame, and a frame has edges.
def edge_strength(gray: np.ndarray) -> np.ndarray:
    """How strong the edge is at every pixel, whatever its direction.

    The answers of the two Sobel kernels, SOBEL_X and SOBEL_Y, are the two sides of a right angle,
    like steps east and steps south; the strength is the direct way. The border is reflected as in task 1.3.
    By hand: where SOBEL_X answers 3 and SOBEL_Y answers -4, the strength is 5.

    Args:
        gray: float array of shape (height, width).

    Returns:
        float array of shape (height, width), 0 or greater.
    """
    across = convolve2d(gray, SOBEL_X, padding="reflect")
    down = convolve2d(gray, SOBEL_Y, padding="reflect")
    return np.sqrt(across**2 + down**2)


# %% Task 1.6 · Find the pattern (4 points)
# A plain filter response favours bright places: a white wall times anything positive is a large
# number. So every patch, and the template, is first freed from brightness (subtract its mean) and
# from contrast (divide by its length). What remains is its *pattern*, and the sum of products of
# two patterns of length 1 is the cosine of the angle between them: 1 for the same pattern, 0 for
# nothing in common, −1 for the negative.
#
# A flat patch has no pattern and length 0. Dividing by it gives NaN, and `argmax` believes that
# NaN is the largest number of all, so flat patches are given the answer 0.
def find_pattern(image: np.ndarray, template: np.ndarray) -> tuple[int, int]:
    """Find where a template fits best, whatever the brightness and contrast there.

    Normalised cross-correlation: from patch and template subtract their own mean, divide by their
    own length (the square root of the sum of squares), then multiply and sum. The best place has
    the largest answer. A flat patch (all pixels equal) has no pattern and answers 0.
    By hand: [1, 3] has the mean 2, so it becomes [-1, 1] and then [-0.71, 0.71]; [50, 90] becomes
    the same, so the two fit perfectly.

    Args:
        image: float array of shape (height, width).
        template: float array, no larger than the image and not flat.

    Returns:
        (row, column) of the top left pixel of the best match, as whole numbers.
    """
    patches = np.lib.stride_tricks.sliding_window_view(image, template.shape)
    patches = patches - patches.mean(axis=(2, 3), keepdims=True)
    template = template - template.mean()
    products = np.sum(patches * template, axis=(2, 3))
    lengths = np.sqrt(np.sum(patches**2, axis=(2, 3)) * np.sum(template**2))
    flat = lengths < 1e-9
    answers = np.where(flat, 0.0, products / np.where(flat, 1.0, lengths))
    row, column = np.unravel_index(np.argmax(answers), answers.shape)
    return int(row), int(column)


# %% Task 1.7 · The same thing in Keras (3 points)
# `Conv2D` keeps its kernels in the order (height, width, channels in, channels out). Ours come as
# (number, height, width), so the first axis has to move to the end, and a channel axis of length
# 1 goes before it. `reshape` would give the right shape too, with the numbers in the wrong
# places: it never moves anything, it only cuts the same sequence elsewhere.
#
# `use_bias=False` because our convolution adds nothing at the end.
def conv_layer(kernels: np.ndarray):
    """A Keras model with one Conv2D layer that carries the given kernels and nothing else.

    It computes what `convolve2d(image, kernel, "valid")` computes, for every kernel and for a batch
    of pictures at once (a batch is just several pictures stacked along the first axis).
    By hand: 8 kernels of 3 × 5, given 2 grey pictures of 10 × 12 as an array of shape (2, 10, 12, 1),
    answer with shape (2, 8, 8, 8).

    Args:
        kernels: float array of shape (number, kernel height, kernel width).

    Returns:
        keras.Model from (batch, height, width, 1), for pictures of any size, to
        (batch, height - kernel height + 1, width - kernel width + 1, number). No padding, no
        activation; its only weights are the kernels.
    """
    import keras  # here and not at the top: it takes seconds, and the tasks above do without

    # Your turn
    number, height, width = kernels.shape
    layer = keras.layers.Conv2D(number, (height, width), use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), layer])
    layer.set_weights([np.moveaxis(kernels, 0, -1)[:, :, np.newaxis, :]])
    return model


# %% Task 1.8 · Let the filter be learned (4 points)
# Every stop of the window is one training example: nine pixels in, one number out. A `Conv2D` with
# a single 3 × 3 kernel is then a network with nine weights. It starts with random ones; `fit`
# compares its answers with the target and moves every weight a little in the direction that makes
# the difference smaller, over and over. Nobody tells it about edges. Only one filter turns this
# picture into that target, so that is where it ends.
#
# Cutting the picture into patches is not needed for correctness: the whole picture as one example
# works as well. But then an epoch is a single step, and Keras spends more time on starting the
# epoch than on the step. 900 patches in batches of 16 are 57 steps an epoch.
#
# The mean is subtracted from the picture first. All nine pixels of a window tend to be bright or
# dark together, and gradient descent is slow when all inputs pull the same way. What the mean
# contributed to every answer is one and the same constant, and the layer's bias learns it.
def learn_filter(image: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Recover an unknown 3 × 3 filter by gradient descent, from a picture and its filtered copy.

    Somebody computed `target = convolve2d(image, secret, "valid")` and shows you picture and
    target, not the secret. Train one Conv2D with a single 3 × 3 kernel to turn the one into the
    other, and return the kernel that it found.
    By hand: every stop of the window is an example. Its nine pixels go in, its pixel of the target
    should come out; a picture of 32 × 32 pixels has 30 · 30 = 900 of them. That makes 900 small steps
    in one pass, where the whole picture as a single example would make one.

    Args:
        image: float32 array of shape (height, width), values in [0, 1]; neighbouring pixels differ
            (in the tests: random dots, 32 × 32).
        target: float32 array of shape (height - 2, width - 2).

    Returns:
        float32 array of shape (3, 3): every weight within 0.02 of the secret one.
    """
    import keras  # here and not at the top: it takes seconds, and the tasks above do without

    # Your turn
    patches = np.lib.stride_tricks.sliding_window_view(image - image.mean(), (3, 3))
    layer = keras.layers.Conv2D(1, (3, 3))
    model = keras.Sequential([keras.Input((3, 3, 1)), layer])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mse")
    model.fit(patches.reshape(-1, 3, 3, 1), target.reshape(-1, 1, 1, 1), batch_size=16, epochs=3, verbose=0)
    kernel, _bias = layer.get_weights()
    return kernel[:, :, 0, 0]
