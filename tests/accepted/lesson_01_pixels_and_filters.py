"""Other correct ways to solve lesson 1's tasks: each must get full marks.

Every function stands in for the one before the double underscore. The file is loaded behind the
solution, into the same module, so the solution's functions and constants can be used.
"""

import numpy as np

# Task 1.1


def to_grayscale__loops(image):
    """Pixel by pixel.

    Slow and right.
    """
    height, width, _ = image.shape
    gray = np.zeros((height, width), dtype=np.float32)
    for row in range(height):
        for column in range(width):
            red, green, blue = (float(channel) for channel in image[row, column])
            gray[row, column] = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
    return gray


def to_grayscale__channel_by_channel(image):
    """Three weighted channels, added.

    In float64 until the end.
    """
    channels = image / 255.0
    return (0.2126 * channels[..., 0] + 0.7152 * channels[..., 1] + 0.0722 * channels[..., 2]).astype("float32")


def to_grayscale__einsum(image):
    """The sum over the channel axis, written as einsum.

    The same numbers.
    """
    return np.einsum("hwc,c->hw", image.astype(np.float32), LUMINANCE) / np.float32(255)


# Task 1.2


def filter_response__loops(patch, kernel):
    """Two loops and a running sum.

    The definition, word for word.
    """
    total = 0.0
    for row in range(patch.shape[0]):
        for column in range(patch.shape[1]):
            total += patch[row, column] * kernel[row, column]
    return total


def filter_response__dot(patch, kernel):
    """Both as long vectors, and their dot product.

    A NumPy scalar comes back, which is a number as well.
    """
    return np.dot(patch.ravel(), kernel.ravel())


def filter_response__zero_dimensional(patch, kernel):
    """A sum over both axes with einsum.

    It returns a number in an array without axes.
    """
    return np.asarray(np.einsum("ij,ij->", patch, kernel))


# Task 1.3


def convolve2d__loops(image, kernel, padding="valid"):
    """Two loops over the stops.

    The definition, with its own padding.
    """
    if padding not in ("valid", "same", "reflect"):
        raise ValueError("unknown padding")
    rows, columns = kernel.shape
    if padding != "valid":
        before = (rows - 1) // 2, (columns - 1) // 2
        after = rows - 1 - before[0], columns - 1 - before[1]
        image = np.pad(image, list(zip(before, after)), mode={"same": "constant", "reflect": "reflect"}[padding])
    result = np.empty((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for row in range(result.shape[0]):
        for column in range(result.shape[1]):
            result[row, column] = filter_response(image[row : row + rows, column : column + columns], kernel)
    return result


def _padded(image, kernel, padding):
    if padding == "valid":
        return image
    if padding not in ("same", "reflect"):
        raise ValueError(f"unknown padding {padding}")
    border = [((size - 1) // 2, size - 1 - (size - 1) // 2) for size in kernel.shape]
    return np.pad(image, border, mode="reflect" if padding == "reflect" else "constant")


def convolve2d__stride_tricks(image, kernel, padding="valid"):
    """All windows as a view, and one sum of products.

    No loop at all.
    """
    windows = np.lib.stride_tricks.sliding_window_view(_padded(image, kernel, padding), kernel.shape)
    return np.tensordot(windows, kernel, axes=([2, 3], [0, 1]))


def convolve2d__scipy(image, kernel, padding="valid"):
    """SciPy's cross-correlation.

    correlate2d does not flip the kernel.
    """
    from scipy.signal import correlate2d

    return correlate2d(_padded(image, kernel, padding), kernel, mode="valid")


def convolve2d__flip_of_a_flip(image, kernel, padding="valid"):
    """SciPy's true convolution with a kernel flipped beforehand.

    Two flips are none.
    """
    from scipy.signal import convolve2d as true_convolution

    return true_convolution(_padded(image, kernel, padding), kernel[::-1, ::-1], mode="valid")


# Task 1.4


def output_size__counted(size, kernel, stride=1, padding="valid"):
    """The stops, counted one by one.

    A range knows its own length.
    """
    last = size if padding == "same" else size - kernel + 1
    return len(range(0, last, stride))


def output_size__ceil(size, kernel, stride=1, padding="valid"):
    """Rounded with the math module.

    Both cases as rounding up.
    """
    import math

    return math.ceil((size if padding == "same" else max(0, size - kernel + 1)) / stride)


# Task 1.5


def edge_strength__hypot(gray):
    """NumPy's own length of the long side.

    hypot takes the two short ones.
    """
    return np.hypot(convolve2d(gray, SOBEL_X, "reflect"), convolve2d(gray, SOBEL_Y, "reflect"))


def edge_strength__scipy(gray):
    """SciPy's Sobel filter.

    Its "mirror" is our "reflect".
    """
    from scipy.ndimage import sobel

    return np.hypot(sobel(gray, axis=0, mode="mirror"), sobel(gray, axis=1, mode="mirror"))


def edge_strength__slices(gray):
    """The kernel taken apart: a difference one way, a weighted sum the other way.

    Sobel's kernel is a product of the two.
    """
    padded = np.pad(gray, 1, mode="reflect")
    across = padded[:, 2:] - padded[:, :-2]
    down = padded[2:, :] - padded[:-2, :]
    across = across[:-2] + 2 * across[1:-1] + across[2:]
    down = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return (across**2 + down**2) ** 0.5


# Task 1.6


def find_pattern__loops(image, template):
    """Every place in turn, the best one kept.

    A flat patch is passed over.
    """
    height, width = template.shape
    wanted = template - template.mean()
    wanted = wanted / np.linalg.norm(wanted)
    best, place = -np.inf, (0, 0)
    for row in range(image.shape[0] - height + 1):
        for column in range(image.shape[1] - width + 1):
            patch = image[row : row + height, column : column + width]
            patch = patch - patch.mean()
            length = np.linalg.norm(patch)
            answer = 0.0 if length < 1e-9 else float((patch * wanted).sum() / length)
            if answer > best:
                best, place = answer, (row, column)
    return place


def find_pattern__scipy(image, template):
    """Three correlations: with the template, and for the local sums.

    The variance of a patch is the mean of squares less the square of the mean.
    """
    from scipy.signal import correlate2d

    ones = np.ones(template.shape)
    products = correlate2d(image, template - template.mean(), mode="valid")
    variances = correlate2d(image**2, ones, mode="valid") - correlate2d(image, ones, mode="valid") ** 2 / template.size
    answers = np.where(variances > 1e-9, products / np.sqrt(np.maximum(variances, 1e-9)), 0.0)
    return np.unravel_index(answers.argmax(), answers.shape)


# Task 1.7


def conv_layer__functional(kernels):
    """The functional way to build a model.

    transpose names the new order of all axes.
    """
    import keras

    inputs = keras.Input((None, None, 1))
    layer = keras.layers.Conv2D(len(kernels), kernels.shape[1:], use_bias=False)
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([kernels.transpose(1, 2, 0)[:, :, None, :]])
    return model


def conv_layer__initialiser(kernels):
    """The kernels as the layer's initial values.

    np.stack puts them along a new last axis.
    """
    import keras

    weights = np.stack([kernel[:, :, None] for kernel in kernels], axis=-1)
    layer = keras.layers.Conv2D(weights.shape[-1], weights.shape[:2], use_bias=False,
                                kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(weights, dtype))
    model = keras.Sequential([keras.Input((None, None, 1)), layer])
    return model


# Task 1.8


def learn_filter__whole_picture(image, target):
    """The whole picture as one example, repeated to have more steps in an epoch.

    The same nine weights.
    """
    import keras

    layer = keras.layers.Conv2D(1, 3, use_bias=False)
    model = keras.Sequential([keras.Input((*image.shape, 1)), layer])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    pictures = np.repeat(image[np.newaxis, :, :, np.newaxis], 200, axis=0)
    targets = np.repeat(target[np.newaxis, :, :, np.newaxis], 200, axis=0)
    model.fit(pictures, targets, batch_size=1, epochs=5, verbose=0)
    return layer.get_weights()[0][:, :, 0, 0]


def learn_filter__gradient_descent_by_hand(image, target):
    """NumPy only: the gradient of the squared error, step by step.

    The mean is subtracted from picture and target, so that no bias is needed.
    """
    patches = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9).astype(np.float64)
    patches = patches - patches.mean(axis=0)
    wanted = target.ravel() - target.mean()
    weights = np.zeros(9)
    for _ in range(3000):
        weights -= 2.0 * patches.T @ (patches @ weights - wanted) / len(patches)
    return weights.reshape(3, 3).astype(np.float32)
