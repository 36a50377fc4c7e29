"""Grading tests of lesson 1. What is compared is a property or the definition, on inputs drawn anew."""

import numpy as np

from course.grading.checks import Mismatch, assert_close, assert_equal, assert_raises, check, task
from course.grading.wording import value_in_words


# Task 1.1


@task("1.1", points=1)
def test_pure_colours_become_their_weights(submission, rng):
    red_green_blue_white = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], np.uint8)
    which = rng.permutation([0, 1, 2, 3, *rng.integers(0, 4, 5)]).reshape(3, 3)
    expected = np.array([0.2126, 0.7152, 0.0722, 1.0])[which]
    assert_close(submission.to_grayscale(red_green_blue_white[which]), expected, atol=1e-4, dtype=np.float32)


@task("1.1", points=1)
def test_any_picture_becomes_as_bright_as_people_see_it(submission, reference, rng):
    image = rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)
    assert_close(submission.to_grayscale(image), reference.to_grayscale(image), atol=1e-4, dtype=np.float32)


# Task 1.2


@task("1.2", points=1)
def test_one_stop_is_nine_products_and_one_sum(submission, rng):
    assert_close(submission.filter_response(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 0.0], [0.0, 1.0]])), 14.0)
    patch, kernel = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    by_hand = sum(patch[row, column] * kernel[row, column] for row in range(3) for column in range(3))
    assert_close(submission.filter_response(patch, kernel), by_hand)


@task("1.2", points=1)
def test_one_stop_with_windows_of_other_shapes(submission, rng):
    for shape in ((2, 5), (1, 1), (4, 3)):
        patch, kernel = rng.normal(size=shape), rng.normal(size=shape)
        assert_close(submission.filter_response(patch, kernel), float((patch * kernel).sum()))


# Task 1.3


@task("1.3", points=1)
def test_valid_convolution_matches_the_definition(submission, rng):
    image, kernel = rng.random((9, 7)), rng.normal(size=(3, 3))
    expected = np.array([[np.vdot(image[row : row + 3, column : column + 3], kernel) for column in range(5)] for row in range(7)])
    assert_close(submission.convolve2d(image, kernel), expected)


@task("1.3", points=1)
def test_same_padding_adds_zeros_for_odd_and_even_kernels(submission, reference, rng):
    image = rng.random((8, 6))
    for shape in ((3, 3), (5, 3), (2, 2), (4, 3)):
        kernel = rng.normal(size=shape)
        assert_close(submission.convolve2d(image, kernel, padding="same"), reference.convolve2d(image, kernel, padding="same"))


@task("1.3", points=1)
def test_reflect_padding_mirrors_without_repeating_the_edge(submission, reference, rng):
    image = rng.random((7, 9))
    for shape in ((5, 5), (3, 3), (2, 4)):
        kernel = rng.normal(size=shape)
        assert_close(submission.convolve2d(image, kernel, padding="reflect"),
                     reference.convolve2d(image, kernel, padding="reflect"))


@task("1.3", points=1)
def test_moving_the_picture_moves_the_response(submission, rng):
    kernel = rng.normal(size=(3, 3))
    picture = np.zeros((12, 14))
    picture[2:6, 3:8] = rng.random((4, 5))
    moved = np.roll(picture, (3, 4), axis=(0, 1))
    response = submission.convolve2d(picture, kernel)
    response_of_moved = submission.convolve2d(moved, kernel)
    assert_close(response, _by_definition(picture, kernel))
    assert_close(response_of_moved, np.roll(_by_definition(picture, kernel), (3, 4), axis=(0, 1)))
    assert_raises("ValueError", submission.convolve2d, picture, kernel, padding="circular")


def _by_definition(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


# Task 1.4


@task("1.4", points=1)
def test_valid_sizes_count_the_stops_that_fit(submission, rng):
    drawn = zip(rng.integers(12, 60, 4).tolist(), rng.integers(1, 8, 4).tolist(), rng.integers(2, 6, 4).tolist())
    for size, kernel, stride in ((7, 3, 2), (28, 5, 1), (10, 3, 3), (8, 3, 2), (5, 5, 4), (32, 2, 5), (2, 3, 1), (3, 7, 2), *drawn):
        stops = len(range(0, size - kernel + 1, stride))
        assert_equal(submission.output_size(size, kernel, stride, "valid"), stops)


@task("1.4", points=1)
def test_same_sizes_have_a_stop_for_every_strideth_pixel(submission, rng):
    drawn = zip(rng.integers(12, 60, 4).tolist(), rng.integers(1, 8, 4).tolist(), rng.integers(2, 6, 4).tolist())
    for size, kernel, stride in ((7, 3, 2), (28, 5, 1), (28, 4, 1), (10, 3, 3), (9, 2, 4), (6, 6, 5), *drawn):
        stops = len(range(0, size, stride))
        assert_equal(submission.output_size(size, kernel, stride=stride, padding="same"), stops)
    assert_equal(submission.output_size(28, 3), 26)


# Task 1.5


@task("1.5", points=2)
def test_edge_strength_is_the_length_of_the_gradient(submission, reference, rng):
    gray = rng.random((10, 8))
    assert_close(submission.edge_strength(gray), reference.edge_strength(gray), rtol=1e-4, atol=1e-5)


@task("1.5", points=1)
def test_edge_strength_does_not_depend_on_the_direction(submission, rng):
    ramp = np.arange(9.0)
    slopes = rng.uniform(0.3, 1.0, size=2)
    slanted = -slopes[0] * ramp[:, None] - slopes[1] * ramp[None, :]
    expected = np.full((7, 7), 8 * np.hypot(*slopes))
    inner = submission.edge_strength(slanted)
    check(getattr(inner, "shape", None) == (9, 9), f"an answer of shape {getattr(inner, 'shape', None)}", "the shape of the picture, (9, 9)")
    if not np.isclose(inner[1:-1, 1:-1], expected, rtol=1e-4).all():
        raise Mismatch(f"strength {inner[4, 4]:.4g} in the middle of a slope of {slopes[0]:.3f} down and {slopes[1]:.3f} across",
                       f"{expected[0, 0]:.4g}, the same as for an upright edge of that steepness", actual=inner, rtol=1e-4)


# Task 1.6


@task("1.6", points=1)
def test_a_piece_of_the_picture_is_found_where_it_was_cut_out(submission, rng):
    image = rng.random((20, 24))
    for row, column in ((4, 11), (0, 0), (14, 19), (13, 17)):
        assert_equal(submission.find_pattern(image, image[row : row + 6, column : column + 5]), (row, column))


@task("1.6", points=2)
def test_the_pattern_is_found_whatever_its_brightness_and_contrast(submission, rng):
    pattern = rng.random((5, 5))
    for row, column, contrast, brightness in ((12, 3, 0.5, 0.7), (3, 14, 0.15, 0.02), (9, 9, 0.6, 0.4)):
        image = 0.45 + 0.05 * rng.random((22, 22))
        image[0:6, 5:12] = 0.9 + 0.1 * rng.random((6, 7))  # something bright that is not it
        image[row : row + 5, column : column + 5] = brightness + contrast * pattern
        assert_equal(submission.find_pattern(image, pattern), (row, column))
    image = 0.45 + 0.05 * rng.random((22, 22))
    image[2:7, 2:7] = np.clip(pattern + rng.normal(scale=0.2, size=(5, 5)), 0, 1)  # like it, with disturbances
    image[13:18, 10:15] = 0.8 + 0.06 * pattern  # exactly it, very pale
    assert_equal(submission.find_pattern(image, pattern), (13, 10))


@task("1.6", points=1)
def test_flat_places_do_not_confuse_the_search(submission, rng):
    pattern = rng.permutation(np.linspace(0, 1, 16)).reshape(4, 4)  # always of the same contrast, so that nothing fits better by chance
    image = np.zeros((16, 18))
    image[:, 9:] = 1.0
    image[7:11, 2:6] = 0.5 * pattern
    assert_equal(submission.find_pattern(image, pattern), (7, 2))
    image = rng.random((16, 18))
    image[2:6, 3:7] = 1 - pattern  # its negative, which is not it
    image[9:13, 11:15] = np.clip(pattern + rng.uniform(-0.1, 0.1, size=(4, 4)), 0, 1)
    assert_equal(submission.find_pattern(image, pattern), (9, 11))


# Task 1.7


@task("1.7", points=2, keras=True, seconds=30)
def test_the_keras_layer_agrees_with_the_own_convolution(submission, reference, rng):
    kernels = rng.normal(size=(4, 3, 5)).astype(np.float32)
    model = submission.conv_layer(kernels)
    _expect_model(model)
    for height, width in ((9, 11), (6, 7)):
        images = rng.random((2, height, width, 1)).astype(np.float32)
        expected = np.stack(
            [np.stack([reference.convolve2d(image[:, :, 0], kernel) for kernel in kernels], axis=-1) for image in images])
        assert_close(model.predict(images), expected, rtol=1e-4, atol=1e-5)


@task("1.7", points=1, keras=True, seconds=30)
def test_the_keras_layer_carries_the_kernels_and_nothing_else(submission, rng):
    kernels = rng.normal(size=(2, 3, 3)).astype(np.float32)
    model = submission.conv_layer(kernels)
    _expect_model(model)
    size = (model.describe()["input_shape"] or (None,) * 4)[1:3]
    check(size == (None, None), f"a model for pictures of {size[0]} × {size[1]} pixels only", "one for any size: keras.Input((None, None, 1))")
    shapes = [weight.shape for weight in model.weights()]
    check(shapes == [(3, 3, 1, 2)], f"a model with weights of the shapes {shapes}",
          "one weight of shape (3, 3, 1, 2): height, width, channels in, channels out")


def _expect_model(model):
    if getattr(model, "kind", None) == "model":
        return
    said = {"layer": "a Keras layer; put it into a keras.Sequential with an Input"}.get(getattr(model, "kind", None))
    none = "None; does the function end with return?" if model is None else value_in_words(model)
    check(False, said or none, "a keras.Model")


# Task 1.8. Tolerance and training recipe are calibrated in calibration/lesson_01_pixels_and_filters_task_8.json.


@task("1.8", points=4, keras=True, seconds=60, replay=False)
def test_an_unknown_filter_is_recovered(submission, reference, rng):
    secret = -rng.uniform(0.1, 1.2, size=(3, 3)).astype(np.float32)  # no answer is above 0: a ReLU learns any other filter
    kernel = _learned(submission, reference, rng, secret)
    if not _close(kernel, secret, 0.02):  # would it have been, had no answer been below 0?
        positive = rng.uniform(0.1, 1.2, size=(3, 3)).astype(np.float32)
        again = _learned(submission, reference, rng, positive)
        submission.suspect("learn_filter__relu_on_top", _close(again, positive, 0.02) and not _close(kernel, secret, 0.05))
    assert_close(kernel, secret, rtol=0, atol=0.02)


def _close(kernel, secret, atol):
    return isinstance(kernel, np.ndarray) and kernel.shape == secret.shape and np.allclose(kernel, secret, atol=atol)


def _learned(submission, reference, rng, secret):
    """The kernel that the submission finds, with the suspicions that it raises."""
    image = rng.random((32, 32)).astype(np.float32)
    target = reference.convolve2d(image, secret)
    kernel = submission.learn_filter(image, target)
    if isinstance(kernel, np.ndarray) and kernel.shape == (3, 3) and kernel.dtype.kind == "f":
        for mistake, other in (("flipped_at_the_end", secret[::-1, ::-1]), ("rows_and_columns_swapped", secret.T),
                               ("sign_reversed", -secret)):
            submission.suspect(f"learn_filter__{mistake}", np.allclose(kernel, other, atol=0.05))
        submission.suspect("learn_filter__targets_without_axes", np.abs(kernel).mean() < 0.15)
        off = np.abs(reference.convolve2d(image - image.mean(), kernel.astype(np.float32)) - target + target.mean())
        # A ReLU learns a filter whose answers are positive just as well, so it is no reason to fail here.
        submission.suspect("learn_filter__stopped_too_early", secret.sum() > 0 and off.mean() > 0.02)
    return kernel
