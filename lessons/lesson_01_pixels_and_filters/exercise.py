"""Lesson 1 · Pixels and filters

How can a program see a face, when all it has is a grid of numbers?

8 tasks, 24 points. Replace each `raise NotImplementedError(…)` by your own lines, in any order
that respects what a task needs, and ask for a verdict as often as you like:

    course watch 1       every time you save
    course check 1       all tasks of this lesson
    course check 1.1     one task
    course hint 1.1      a question first, then a pointer, then nearly the code
    course run 1 --mine  the chapter's experiments with your functions
"""

import numpy as np

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=np.float32)
"""Answers where brightness changes from left to right: vertical edges. (Sobel and Feldman, 1968.)"""

SOBEL_Y = SOBEL_X.T
"""Answers where brightness changes from top to bottom: horizontal edges."""


# %% Task 1.1 · From colour to grey (2 points)
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
    raise NotImplementedError("Task 1.1: From colour to grey")


# %% Task 1.2 · One stop of the window (2 points)
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
    raise NotImplementedError("Task 1.2: One stop of the window")


# %% Task 1.3 · Move the window over the whole picture (4 points)
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
    raise NotImplementedError("Task 1.3: Move the window over the whole picture")


# %% Task 1.4 · How large is the result? (2 points)
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
    raise NotImplementedError("Task 1.4: How large is the result?")


# %% Task 1.5 · How strong is the edge? (3 points)
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
    raise NotImplementedError("Task 1.5: How strong is the edge?")


# %% Task 1.6 · Find the pattern (4 points)
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
    raise NotImplementedError("Task 1.6: Find the pattern")


# %% Task 1.7 · The same thing in Keras (3 points)
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

    raise NotImplementedError("Task 1.7: The same thing in Keras")


# %% Task 1.8 · Let the filter be learned (4 points)
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

    raise NotImplementedError("Task 1.8: Let the filter be learned")
