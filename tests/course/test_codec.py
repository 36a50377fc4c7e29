"""The codec carries plain values exactly, and nothing else."""

import random

import numpy as np
import pytest

from course.grading.codec import MAX_DEPTH, CodecError, Opaque, Reference, decode, encode


@pytest.mark.parametrize("value", [
    None, True, False, 0, -1, 2**80, -(2**80), 1.5, float("inf"), 2 + 3j, "", "naïve ✓", b"\0\xff",
    [], [1, [2.0, "x"]], (1, 2), {"a": 1, 2: [None]}, Reference("model", 3), Opaque("Thing", "of some kind"),
])
def test_plain_values_come_back_with_value_and_type(value):
    back = decode(encode(value))
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_arrays_come_back_bit_for_bit(dtype, shape):
    array = (np.random.default_rng(0).random(shape) * 100).astype(dtype)
    back = decode(encode(np.asarray(array)))
    assert back.dtype == array.dtype and back.shape == array.shape and back.tobytes() == array.tobytes()


def test_arrays_that_are_not_contiguous_keep_their_order():
    array = np.arange(24.0).reshape(4, 6)[::2, ::-1].T
    np.testing.assert_array_equal(decode(encode(array)), array)


def test_nan_survives():
    assert np.isnan(decode(encode(float("nan")))) and np.isnan(decode(encode(np.array([np.nan])))[0])


class AlwaysEqual(float):
    def __eq__(self, other):
        return True


class SneakyArray(np.ndarray):
    pass


class SneakyList(list):
    pass


@pytest.mark.parametrize("value", [
    AlwaysEqual(1.0), np.zeros(3).view(SneakyArray), SneakyList([1]), np.ma.array([1.0]), np.array([object()]),
    object(), lambda: 1, type("Dictionary", (dict,), {})(a=1), np.array(["text"]), {1, 2},
])
def test_subclasses_and_objects_arrive_as_nothing_but_their_type_name(value):
    back = decode(encode(value))
    assert type(back) is Opaque and back.type_name == type(value).__name__


def test_a_list_inside_itself_is_refused_and_does_not_hang():
    endless = []
    endless.append(endless)
    with pytest.raises(CodecError, match=f"more than {MAX_DEPTH} levels"):
        encode(endless)


def test_too_much_is_refused():
    with pytest.raises(CodecError, match="MB"):
        encode(np.zeros(2**27, np.uint8))
    with pytest.raises(CodecError, match="items"):
        encode([0] * 300_000)
    with pytest.raises(CodecError, match="digits"):
        encode(10**2000)


def test_broken_bytes_are_an_error_and_never_anything_else():
    original = encode({"status": "ok", "value": [1, 2.5, "text", np.arange(6.0).reshape(2, 3), (None, True)]})
    chance = random.Random(1)
    for _ in range(3000):
        broken = bytearray(original)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            decode(bytes(broken[: chance.randint(0, len(broken))]))
        except CodecError:
            pass


@pytest.mark.parametrize("hostile", [
    b"l\xff\xff\xff\xff", b"a\x09\x02" + (2**40).to_bytes(8, "little") * 2, b"i\xff\xff\xff\x7f", b"d\xff\xff\xff\xff",
    b"l\x01\x00\x00\x00" * 200, b"a\x09\x01" + (-1).to_bytes(8, "little", signed=True), b"?", b"", b"NN",
])
def test_bytes_that_promise_more_than_they_hold_are_refused(hostile):
    with pytest.raises(CodecError):
        decode(hostile)
