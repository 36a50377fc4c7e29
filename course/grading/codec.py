"""The only language that trusted and untrusted processes speak: plain values as bytes.

Exact types only. A float subclass, an object array or an object of a learner's own class does not
travel; it becomes an `Opaque` that carries its type's name and nothing else. Both directions
check depth, count and size, so a hostile frame can waste a bounded amount of memory and no more.
Never pickle. Handles stand for Keras objects that stay where they were made.
"""

import struct
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 64 * 2**20
MAX_ITEMS = 200_000
MAX_DEPTH = 24
MAX_INT_BYTES = 512
MAX_KEYS = 1_000
"""Of one dict. Keys can be chosen so that they all collide; building a dict of them takes the square of this."""
KEY_TYPES = (str, int, float, bool, tuple, type(None))
MAX_NAME = 300
KINDS = ("model", "layer", "optimizer", "callback", "function")
DTYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float16", "float32", "float64", "complex64", "complex128")
LENGTH, FLOAT, COMPLEX, ARRAY = (struct.Struct(form) for form in ("<I", "<d", "<dd", "<BB"))
CONSTANTS = {b"N": None, b"T": True, b"F": False}
PLACES = {np.dtype(name): place for place, name in enumerate(DTYPES)}


class CodecError(Exception):
    """A value too large or deep to travel, or bytes that are no value."""


@dataclass(frozen=True)
class Opaque:
    """Something that came back and cannot travel: all that is known is what it calls itself."""

    type_name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.type_name} {self.detail}".strip()


@dataclass(frozen=True)
class Reference:
    """A Keras object that stayed in its worker: what kind it is and its number there."""

    kind: str
    number: int


def encode(value) -> bytes:
    """Bytes for a value made of None, bool, int, float, complex, str, bytes, list, tuple, dict,
    arrays and scalars of NumPy's numeric types, Opaque and Reference. Anything else becomes Opaque.

    Raises CodecError where a limit is passed.
    """
    parts: list[bytes] = []
    _Encoder(parts).write(value, 0)
    return b"".join(parts)


def decode(data: bytes):
    """The value that `encode` made these bytes from. Arrays are fresh and writable.

    Raises CodecError for anything malformed, too deep, too long, or with bytes left over.
    """
    reader = _Decoder(data)
    try:
        value = reader.read(0)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise CodecError(f"not a value: {error}") from None
    if reader.position != len(data):
        raise CodecError("bytes left over after the value")
    return value


class _Encoder:
    def __init__(self, parts: list[bytes]):
        self.parts, self.size, self.items = parts, 0, 0

    def put(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > MAX_BYTES:
            raise CodecError(f"more than {MAX_BYTES // 2**20} MB")
        self.parts.append(data)

    def put_sized(self, tag: bytes, data: bytes) -> None:
        self.put(tag + LENGTH.pack(len(data)) + data)

    def write(self, value, depth: int) -> None:
        self.items += 1
        if depth > MAX_DEPTH:
            raise CodecError(f"nested more than {MAX_DEPTH} levels deep")
        if self.items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} items")
        kind = type(value)
        if value is None:
            self.put(b"N")
        elif kind is bool:
            self.put(b"T" if value else b"F")
        elif kind is int:
            data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            if len(data) > MAX_INT_BYTES:
                raise CodecError("an integer with more than a thousand digits")
            self.put_sized(b"i", data)
        elif kind is float:
            self.put(b"f" + FLOAT.pack(value))
        elif kind is complex:
            self.put(b"c" + COMPLEX.pack(value.real, value.imag))
        elif kind is str:
            self.put_sized(b"s", value.encode("utf-8", "replace"))
        elif kind is bytes:
            self.put_sized(b"b", value)
        elif kind in (list, tuple):
            self.put((b"l" if kind is list else b"t") + LENGTH.pack(len(value)))
            for item in value:
                self.write(item, depth + 1)
        elif kind is dict and (odd := next((type(key) for key in value if type(key) not in KEY_TYPES), None)):
            self.write(Opaque("dict", f"with a key of type {type_name(odd)}"), depth)
        elif kind is dict:
            if len(value) > MAX_KEYS:
                raise CodecError(f"a dict of {len(value):,} keys; at most {MAX_KEYS:,} travel")
            self.put(b"d" + LENGTH.pack(len(value)))
            for key, item in value.items():
                self.write(key, depth + 1)
                self.write(item, depth + 1)
        elif kind is np.ndarray and value.dtype in PLACES and value.dtype.isnative:
            if value.nbytes > MAX_BYTES:
                raise CodecError(f"an array of {value.nbytes / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB travel")
            shape = value.shape
            self.put(b"a" + struct.pack(f"<BB{len(shape)}q", PLACES[value.dtype], len(shape), *shape))
            self.put(np.ascontiguousarray(value).tobytes())
        elif issubclass(kind, np.generic) and kind is np.dtype(kind).type and value.dtype in PLACES:
            self.put(b"g" + bytes([PLACES[value.dtype]]) + value.tobytes())
        elif kind is Opaque:
            self.put(b"o")
            self.write(value.type_name, depth + 1)
            self.write(value.detail, depth + 1)
        elif kind is Reference:
            self.put(b"r" + LENGTH.pack(value.number))
            self.write(value.kind, depth + 1)
        else:
            self.write(_opaque(value), depth)


def _opaque(value) -> Opaque:
    kind = type(value)
    detail = f"of dtype {value.dtype}"[:MAX_NAME] if kind is np.ndarray else ""
    return Opaque(type_name(kind), detail)


def type_name(kind: type) -> str:
    """What a class calls itself; its metaclass is not asked."""
    return type.__dict__["__name__"].__get__(kind)[:80]


class _Decoder:
    def __init__(self, data: bytes):
        if len(data) > MAX_BYTES + 2**20:
            raise CodecError("too many bytes")
        self.data, self.position, self.items = data, 0, 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise CodecError("cut short")
        piece, self.position = self.data[self.position : end], end
        return piece

    def unpack(self, form: struct.Struct) -> tuple:
        values = form.unpack_from(self.data, self.position)  # struct.error where it is cut short
        self.position += form.size
        return values

    def sized(self) -> bytes:
        return self.take(self.unpack(LENGTH)[0])

    def read(self, depth: int):
        self.items += 1
        if depth > MAX_DEPTH + 1 or self.items > MAX_ITEMS + 10:
            raise CodecError("too deep or too many items")
        tag = self.take(1)
        if tag == b"s":
            return self.sized().decode("utf-8")
        if tag == b"i":
            data = self.sized()
            if len(data) > MAX_INT_BYTES:
                raise CodecError("an integer that is too long")
            return int.from_bytes(data, "little", signed=True)
        if tag in CONSTANTS:
            return CONSTANTS[tag]
        if tag == b"a":
            return self.read_array()
        if tag == b"f":
            return self.unpack(FLOAT)[0]
        if tag == b"d":
            return self.read_dict(depth)
        if tag in (b"l", b"t"):
            count = self.unpack(LENGTH)[0]
            self.expect(count)
            items = [self.read(depth + 1) for _ in range(count)]
            return items if tag == b"l" else tuple(items)
        return self.read_rarer(tag, depth)

    def read_rarer(self, tag: bytes, depth: int):
        match tag:
            case b"c":
                return complex(*self.unpack(COMPLEX))
            case b"b":
                return self.sized()
            case b"g":
                dtype = np.dtype(DTYPES[self.take(1)[0]])
                return self.numbers(1, dtype)[0]
            case b"o":
                return Opaque(self.read_text(depth)[:MAX_NAME], self.read_text(depth)[:MAX_NAME])
            case b"r":
                number, kind = self.unpack(LENGTH)[0], self.read_text(depth)
                if kind not in KINDS:
                    raise CodecError("a reference to nothing that is known")
                return Reference(kind, number)
        raise CodecError(f"unknown tag {tag!r}")

    def expect(self, count: int) -> None:
        if count > len(self.data) - self.position:
            raise CodecError("cut short")

    def read_dict(self, depth: int) -> dict:
        count = self.unpack(LENGTH)[0]
        if count > MAX_KEYS:
            raise CodecError("a dict of too many keys")
        result = {}
        for _ in range(count):
            key = self.read(depth + 1)
            if type(key) not in KEY_TYPES:
                raise CodecError("a key that is no plain value")
            result[key] = self.read(depth + 1)
        return result

    def read_text(self, depth: int) -> str:
        text = self.read(depth + 1)
        if type(text) is not str:
            raise CodecError("text expected")
        return text

    def read_array(self) -> np.ndarray:
        code, dimensions = self.unpack(ARRAY)
        dtype = np.dtype(DTYPES[code])
        shape = self.unpack(struct.Struct(f"<{dimensions}q"))
        if any(length < 0 for length in shape):
            raise CodecError("a negative length")
        count = 1
        for length in shape:  # Python integers: no overflow
            count *= length
        return self.numbers(count, dtype).reshape(shape)

    def numbers(self, count: int, dtype: np.dtype) -> np.ndarray:
        data = self.take(count * dtype.itemsize)
        if dtype == bool:  # a byte that is neither 0 nor 1 would be a third truth value
            return np.frombuffer(data, np.uint8) != 0
        return np.frombuffer(data, dtype).copy()
