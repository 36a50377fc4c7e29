"""Named wrong answers of lesson 1: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions and constants
can be used.
"""

import numpy as np

# Task 1.1


def to_grayscale__plain_mean(image):
    """The three channels were averaged.

    The eye sees green as much brighter than blue, so the channels get the weights 0.2126, 0.7152
    and 0.0722 instead of a third each.
    """
    return image.mean(axis=2).astype(np.float32) / 255


def to_grayscale__mean_not_scaled(image):
    """The three channels were averaged, and the values still run from 0 to 255.

    Two steps are missing: each channel has its own weight (0.2126, 0.7152, 0.0722), and the result
    is divided by 255.
    """
    return image.mean(axis=2).astype(np.float32)


def to_grayscale__channels_not_added(image):
    """The channels were weighted, but not added up.

    Three numbers per pixel remain. A grey picture has one: the sum over the last axis.
    """
    return ((image.astype(np.float32) / 255) * LUMINANCE).astype(np.float32)


def to_grayscale__bgr_order(image):
    """Red and blue changed places.

    Channel 0 is red and channel 2 is blue here. OpenCV loads pictures the other way round, which
    is where this mistake usually comes from.
    """
    return (image[:, :, ::-1].astype(np.float32) / 255) @ LUMINANCE


def to_grayscale__not_scaled(image):
    """The values still run from 0 to 255.

    Divide by 255, so that black is 0 and white is 1.
    """
    return image.astype(np.float32) @ LUMINANCE


def to_grayscale__integer_overflow(image):
    """The sum was taken in uint8, where 255 + 1 is 0.

    A uint8 holds nothing above 255: larger results wrap around without a word. Turn the picture
    into float32 before you calculate with it.
    """
    weighted = (image * LUMINANCE).astype(np.uint8) * np.uint8(3)
    return weighted.sum(axis=2, dtype=np.uint8).astype(np.float32) / 255


def to_grayscale__summed_in_uint8(image):
    """The three channels were added in uint8, where 255 + 1 is 0.

    A uint8 holds nothing above 255: larger results wrap around without a word. Turn the picture
    into float32 first, and weigh the channels.
    """
    return (image[:, :, 0] + image[:, :, 1] + image[:, :, 2]).astype(np.float32) / 3 / 255


def to_grayscale__television_weights(image):
    """The weights are 0.299, 0.587 and 0.114.

    Those belong to old television (BT.601) and to many image libraries. The task's are those of
    today's screens (BT.709): 0.2126, 0.7152, 0.0722.
    """
    return (image.astype(np.float32) / 255) @ np.array([0.299, 0.587, 0.114], np.float32)


def to_grayscale__float64_result(image):
    """The numbers are right, their type is float64.

    NumPy calculates in float64 when nobody says otherwise; networks work in float32. Finish with
    .astype(np.float32).
    """
    return ((image / 255) @ LUMINANCE.astype(np.float64)).astype(np.float64)


# Task 1.2


def filter_response__matrix_product(patch, kernel):
    """This is a matrix product.

    `@` multiplies rows with columns. A filter multiplies each number with the one at the same
    place, which is `*`.
    """
    return float(np.sum(patch @ kernel)) if patch.shape[1] == kernel.shape[0] else float(np.sum(patch @ kernel.T))


def filter_response__matrix_product_without_sum(patch, kernel):
    """This is a matrix product.

    `@` multiplies rows with columns. A filter multiplies each number with the one at the same
    place, which is `*`, and then adds all the products up to one number.
    """
    return patch @ kernel


def filter_response__rows_summed_only(patch, kernel):
    """The products were added along one axis only.

    Python's own sum() and np.sum(…, axis=0) add the rows and leave a number per column.
    np.sum without an axis adds everything.
    """
    return sum(patch * kernel)


def filter_response__no_sum(patch, kernel):
    """The products were not added up.

    Nine products are half of the work; a stop of the window answers with one number, their sum.
    """
    return patch * kernel


def filter_response__flipped_kernel(patch, kernel):
    """The kernel was flipped.

    Mathematics turns the kernel upside down and back to front before it multiplies; deep learning
    does not. Its "convolution" lays the kernel on the patch as it is.
    """
    return float(np.sum(patch * kernel[::-1, ::-1]))


def filter_response__mean_of_products(patch, kernel):
    """The products were averaged, not added.

    The kernel's numbers already say how much each pixel counts; dividing by their number once
    more makes every response too small.
    """
    return float(np.mean(patch * kernel))


def filter_response__sums_before_product(patch, kernel):
    """Patch and kernel were each summed first, and then multiplied.

    That forgets which pixel met which weight, so the pattern is lost. Multiply first, place by
    place; add afterwards.
    """
    return float(np.sum(patch) * np.sum(kernel))


# Task 1.3


def _slide(image, kernel, padding, *, even_first=False, mode="reflect", responses=None):
    """A convolution by the definition, with places to go wrong."""
    height, width = kernel.shape
    if padding != "valid":
        if padding not in ("same", "reflect"):
            raise ValueError(padding)
        top, left = (height // 2, width // 2) if even_first else ((height - 1) // 2, (width - 1) // 2)
        border = ((top, height - 1 - top), (left, width - 1 - left))
        image = np.pad(image, border, mode="constant" if padding == "same" else mode)
    windows = np.lib.stride_tricks.sliding_window_view(image, (height, width))
    return np.einsum("ijkl,kl->ij", windows, kernel)


def convolve2d__flipped_kernel(image, kernel, padding="valid"):
    """The kernel was flipped.

    Mathematics turns the kernel upside down and back to front before it slides it
    (scipy.signal.convolve2d does, too). Deep learning slides it as it is and still says
    "convolution"; the exact word is cross-correlation.
    """
    return _slide(image, kernel[::-1, ::-1], padding)


def convolve2d__transposed_kernel(image, kernel, padding="valid"):
    """Rows and columns of the kernel changed places.

    kernel[row, column] meets image[top + row, left + column]: the first index goes down, the
    second to the right, for both.
    """
    if kernel.shape[0] != kernel.shape[1]:
        raise ValueError("operands could not be broadcast together")
    return _slide(image, kernel.T, padding)


def convolve2d__one_stop_short(image, kernel, padding="valid"):
    """The last row and the last column of stops are missing.

    A window of 3 in a row of 5 fits at 0, 1 and 2: that is 5 - 3 + 1 stops. range(5 - 3) ends one
    too early.
    """
    return _slide(image, kernel, padding)[:-1, :-1]


def convolve2d__result_transposed(image, kernel, padding="valid"):
    """The result lies on its side.

    Its rows are the picture's columns. The result is filled as responses[row, column], from an
    array made with (height, width).
    """
    return _slide(image, kernel, padding).T


def convolve2d__edge_repeated(image, kernel, padding="valid"):
    """The border was mirrored with the edge pixel repeated.

    "reflect" mirrors *at* the edge pixel: 3 2 | 1 2 3. Repeating it, 2 1 | 1 2 3, is what NumPy
    calls "symmetric". Use np.pad with mode="reflect".
    """
    return _slide(image, kernel, padding, mode="symmetric")


def convolve2d__edge_stretched(image, kernel, padding="valid"):
    """The border was filled with copies of the edge pixel.

    That is np.pad's mode "edge": 1 1 | 1 2 3. "reflect" mirrors the picture at its edge pixel:
    3 2 | 1 2 3.
    """
    return _slide(image, kernel, padding, mode="edge")


def convolve2d__zeros_for_reflect(image, kernel, padding="valid"):
    """"reflect" was padded with zeros.

    Zeros are for "same". "reflect" mirrors the picture at its border, so that no dark frame
    appears: np.pad with mode="reflect".
    """
    return _slide(image, kernel, padding, mode="constant")


def convolve2d__even_kernel_misplaced(image, kernel, padding="valid"):
    """For kernels of even size, the extra row or column went to the wrong side.

    A kernel of 2 needs one more row: 2 - 1 = 1. The rule is (k - 1) // 2 before the picture and
    the rest after it, so it goes to the end.
    """
    return _slide(image, kernel, padding, even_first=True)


def convolve2d__unknown_padding_accepted(image, kernel, padding="valid"):
    """An unknown padding was taken for "valid".

    A typing mistake such as padding="smae" would then pass in silence and change the size of
    every result. Raise a ValueError for a word that you do not know.
    """
    return _slide(image, kernel, padding if padding in ("same", "reflect") else "valid")


# Task 1.4


def output_size__rounded_up(size, kernel, stride=1, padding="valid"):
    """The "valid" size was rounded up.

    A window that hangs over the border does not count with "valid", so the last, incomplete step
    is dropped: round down with //. Rounding up belongs to "same".
    """
    if padding == "same":
        return -(-size // stride)
    return max(0, -(-(size - kernel) // stride) + 1)


def output_size__same_rounded_down(size, kernel, stride=1, padding="valid"):
    """The "same" size was rounded down.

    With "same" there is a stop at 0, stride, 2 · stride, … up to the last pixel. 7 pixels and a
    stride of 2 give 0, 2, 4, 6: four stops, and 7 / 2 rounded *up* is four.
    """
    if padding == "same":
        return size // stride
    return max(0, (size - kernel) // stride + 1)


def output_size__stride_ignored(size, kernel, stride=1, padding="valid"):
    """The stride was ignored.

    With a stride of 2 the window skips every second place, so there are only about half as many
    stops.
    """
    if padding == "same":
        return size
    return max(0, size - kernel + 1)


def output_size__one_stop_forgotten(size, kernel, stride=1, padding="valid"):
    """The first stop was not counted.

    (size - kernel) // stride counts the steps. Whoever makes two steps stands at three places:
    add 1.
    """
    if padding == "same":
        return -(-size // stride)
    return max(0, (size - kernel) // stride)


def output_size__negative_for_large_kernels(size, kernel, stride=1, padding="valid"):
    """A kernel larger than the picture gives a negative size.

    A window that does not fit makes no stop at all, so the answer is 0 and never below.
    """
    if padding == "same":
        return -(-size // stride)
    return size - kernel + 1 if stride == 1 else (size - kernel - stride) // stride + 2


def output_size__float_result(size, kernel, stride=1, padding="valid"):
    """The result is a float.

    / always gives a float, and an array cannot have 13.0 rows. Divide whole numbers with //.
    """
    if padding == "same":
        return float(np.ceil(size / stride))
    return float(max(0, np.floor((size - kernel) / stride) + 1))


# Task 1.5


def edge_strength__sum_of_absolutes(gray):
    """The two answers were added without their sign.

    |across| + |down| calls a diagonal edge 41 % stronger than an upright one. The two are the
    sides of a right triangle, and the strength is its long side: the square root of the sum of
    squares.
    """
    return np.abs(convolve2d(gray, SOBEL_X, "reflect")) + np.abs(convolve2d(gray, SOBEL_Y, "reflect"))


def edge_strength__one_direction(gray):
    """Only SOBEL_X was used.

    It is blind to horizontal edges: the line between sky and sea would have strength 0. SOBEL_Y
    sees those, and both together see every direction.
    """
    return np.abs(convolve2d(gray, SOBEL_X, "reflect"))


def edge_strength__only_horizontal_edges(gray):
    """Only SOBEL_Y was used.

    It is blind to vertical edges: a door frame would have strength 0. SOBEL_X sees those, and
    both together see every direction.
    """
    return np.abs(convolve2d(gray, SOBEL_Y, "reflect"))


def edge_strength__sign_kept(gray):
    """This is the answer of SOBEL_X, with its sign.

    The sign says on which side it is brighter, and that is not asked. Take the answers of both
    kernels, square them, add them, and take the square root.
    """
    return convolve2d(gray, SOBEL_X, "reflect")


def edge_strength__plain_sum(gray):
    """The two answers were added with their signs.

    An edge that answers 3 and -3 would then have no strength at all. Squares have no sign: the
    square root of the sum of squares.
    """
    return convolve2d(gray, SOBEL_X, "reflect") + convolve2d(gray, SOBEL_Y, "reflect")


def edge_strength__padding_forgotten(gray):
    """The result is smaller than the picture.

    convolve2d pads nothing unless it is told to. Give it padding="reflect".
    """
    return np.hypot(convolve2d(gray, SOBEL_X), convolve2d(gray, SOBEL_Y))


def edge_strength__no_square_root(gray):
    """The square root is missing.

    across² + down² is the *square* of the length. Without the root, an edge twice as steep counts
    four times as much.
    """
    return convolve2d(gray, SOBEL_X, "reflect") ** 2 + convolve2d(gray, SOBEL_Y, "reflect") ** 2


def edge_strength__larger_of_the_two(gray):
    """Only the larger of the two answers was kept.

    A slanted edge answers a little to both kernels, and both parts belong to it: take the square
    root of the sum of squares.
    """
    return np.maximum(np.abs(convolve2d(gray, SOBEL_X, "reflect")), np.abs(convolve2d(gray, SOBEL_Y, "reflect")))


def edge_strength__zeros_at_the_border(gray):
    """The border was padded with zeros.

    Zeros put the picture into a black frame, and the frame itself has edges: every picture would
    have a bright outline that is not there. Use padding="reflect".
    """
    return np.hypot(convolve2d(gray, SOBEL_X, "same"), convolve2d(gray, SOBEL_Y, "same"))


# Task 1.6


def _windows(image, template):
    return np.lib.stride_tricks.sliding_window_view(image, template.shape)


def _place(answers):
    row, column = np.unravel_index(np.argmax(answers), answers.shape)
    return int(row), int(column)


def find_pattern__not_normalised(image, template):
    """Nothing was normalised, so the brightest place wins.

    A white wall times anything positive is a large number. Subtract the mean and divide by the
    length, for every patch and for the template: then only the pattern counts.
    """
    return _place(np.sum(_windows(image, template) * template, axis=(2, 3)))


def find_pattern__template_centred_only(image, template):
    """Only the template was normalised, the patches were not.

    A patch with much contrast then gives a large answer whatever its pattern. Each patch must be
    divided by its own length.
    """
    centred = template - template.mean()
    return _place(np.sum(_windows(image, template) * centred, axis=(2, 3)))


def find_pattern__mean_kept(image, template):
    """The mean was not subtracted.

    Two bright patches point in nearly the same direction, whatever is on them, so bright places
    all look alike. Subtract each patch's own mean before dividing by its length.
    """
    patches = _windows(image, template)
    lengths = np.sqrt(np.sum(patches**2, axis=(2, 3)) * np.sum(template**2))
    return _place(np.sum(patches * template, axis=(2, 3)) / np.maximum(lengths, 1e-12))


def find_pattern__smallest_difference(image, template):
    """The place with the smallest difference of pixels was taken.

    That finds an exact copy and nothing else: a darker or paler copy differs in every pixel.
    Compare patterns, freed from their mean and length.
    """
    return _place(-np.sum((_windows(image, template) - template) ** 2, axis=(2, 3)))


def _normalised(image, template):
    patches = _windows(image, template)
    patches = patches - patches.mean(axis=(2, 3), keepdims=True)
    centred = template - template.mean()
    lengths = np.sqrt(np.sum(patches**2, axis=(2, 3)) * np.sum(centred**2))
    return np.sum(patches * centred, axis=(2, 3)), lengths


def find_pattern__centre_returned(image, template):
    """This is the middle of the match.

    The task asks for its top left pixel, so that image[row : row + height, column : column + width]
    is the match.
    """
    products, lengths = _normalised(image, template)
    row, column = _place(products / np.maximum(lengths, 1e-12))
    return row + template.shape[0] // 2, column + template.shape[1] // 2


def find_pattern__column_first(image, template):
    """Row and column changed places.

    NumPy counts down first and to the right second: (row, column). It is screens and OpenCV that
    say (x, y).
    """
    products, lengths = _normalised(image, template)
    row, column = _place(products / np.maximum(lengths, 1e-12))
    return column, row


def find_pattern__flat_patch_wins(image, template):
    """A flat patch won.

    All its pixels are equal, so its length is 0 and 0 / 0 gives NaN, which argmax takes for the
    largest number of all. Give patches of length 0 the answer 0.
    """
    products, lengths = _normalised(image, template)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _place(np.where(lengths < 1e-9, np.nan, products / lengths))


# Task 1.7


def _conv_model(kernel_weights, *, use_bias=False, padding="valid", activation=None, size=(None, None)):
    import keras

    layer = keras.layers.Conv2D(kernel_weights.shape[3], kernel_weights.shape[:2], use_bias=use_bias, padding=padding,
                                activation=activation)
    model = keras.Sequential([keras.Input((*size, 1)), layer])
    layer.set_weights([kernel_weights] + ([np.zeros(kernel_weights.shape[3])] if use_bias else []))
    return model


def conv_layer__reshaped_axes(kernels):
    """The kernels were reshaped where their axes had to be moved.

    reshape keeps the order of the numbers and only cuts them differently, so the weights end up
    in the wrong kernels. Move the first axis to the end (np.moveaxis or transpose), then add the
    channel axis.
    """
    number, height, width = kernels.shape
    return _conv_model(kernels.reshape(height, width, 1, number))


def conv_layer__rows_and_columns_swapped(kernels):
    """Height and width of the kernels changed places.

    kernels.T turns *all* axes round: (number, height, width) becomes (width, height, number).
    Keras wants (height, width, channels in, channels out); np.moveaxis(kernels, 0, -1) keeps the
    other two in order.
    """
    return _conv_model(kernels.T[:, :, np.newaxis, :])


def conv_layer__bias_left_on(kernels):
    """The layer has a bias.

    Conv2D adds a trainable number to each answer unless you tell it not to: use_bias=False. It
    starts at 0, so nothing shows until something trains it.
    """
    return _conv_model(np.moveaxis(kernels, 0, -1)[:, :, np.newaxis, :], use_bias=True)


def conv_layer__fixed_picture_size(kernels):
    """The model takes pictures of one size only.

    A convolution does not care how large the picture is: the same kernels slide over any. Leave the
    size open with keras.Input((None, None, 1)).
    """
    return _conv_model(np.moveaxis(kernels, 0, -1)[:, :, np.newaxis, :], size=(28, 28))


def conv_layer__same_padding(kernels):
    """The layer pads with zeros.

    padding="same" keeps the picture's size; this task asks for "valid", which is Conv2D's default.
    """
    return _conv_model(np.moveaxis(kernels, 0, -1)[:, :, np.newaxis, :], padding="same")


def conv_layer__flipped_kernels(kernels):
    """The kernels were flipped.

    Keras does not flip them either: its Conv2D slides a kernel as it is, exactly like the
    convolve2d of task 1.3.
    """
    return _conv_model(np.moveaxis(kernels[:, ::-1, ::-1], 0, -1)[:, :, np.newaxis, :])


def conv_layer__relu_on_top(kernels):
    """The layer cuts off negative answers.

    activation="relu" turns every negative response into 0, and half of an edge map is negative.
    Leave the activation away.
    """
    return _conv_model(np.moveaxis(kernels, 0, -1)[:, :, np.newaxis, :], activation="relu")


# Task 1.8


def _learn(image, target, *, epochs=8, activation=None, learning_rate=0.05, target_shape=(-1, 1, 1, 1)):
    import keras

    keras.utils.set_random_seed(1)  # the same start each time: two of these mistakes look alike from a rare one
    patches = np.lib.stride_tricks.sliding_window_view(image - image.mean(), (3, 3)).reshape(-1, 3, 3, 1)
    layer = keras.layers.Conv2D(1, (3, 3), activation=activation)
    model = keras.Sequential([keras.Input((3, 3, 1)), layer])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mse")
    model.fit(patches, target.reshape(target_shape), batch_size=32, epochs=epochs, verbose=0)
    return layer.get_weights()[0][:, :, 0, 0]


def learn_filter__flipped_at_the_end(image, target):
    """The kernel was learned and then flipped.

    Neither convolve2d nor Keras flips kernels, so what the layer learned is the secret filter as
    it is.
    """
    return _learn(image, target)[::-1, ::-1]


def learn_filter__rows_and_columns_swapped(image, target):
    """The kernel was learned and then transposed.

    The layer's weights have the shape (3, 3, 1, 1): rows, columns, channels in, channels out.
    Take [:, :, 0, 0] and leave the rest as it is.
    """
    return _learn(image, target).T


def learn_filter__sign_reversed(image, target):
    """Every weight has the wrong sign.

    The loss must compare the layer's output with the target itself. A target or an image with its
    sign reversed is imitated just as faithfully.
    """
    return _learn(image, -target)


def learn_filter__relu_on_top(image, target):
    """The layer cuts off negative answers.

    With activation="relu" it can never answer below 0, while the target does, and where the
    answer is cut to 0 the gradient is 0 as well, so nothing is learned there. Leave the
    activation away.
    """
    return _learn(image, target, activation="relu")


def learn_filter__targets_without_axes(image, target):
    """All weights ended near 0, as if every example had been compared with every target.

    Answers of shape (900, 1, 1, 1) and targets of shape (900,) are spread against each other: 900 × 900
    comparisons, whose best answer is always the average. Give the targets the answers' shape.
    """
    return _learn(image, target, target_shape=-1)


def learn_filter__stopped_too_early(image, target):
    """The kernel has not arrived: training was too short, or did not happen.

    It still answers clearly differently from the target. More epochs, smaller batches
    (more steps per epoch) or a larger learning rate bring it there; watch the loss fall.
    """
    return _learn(image, target, epochs=1, learning_rate=0.001)
