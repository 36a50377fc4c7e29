"""Returns objects whose class, metaclass, properties and text raise, lie or never end.

Loses: 1.1, 1.2, 1.3, 1.4
Says: no text: its __str__ raised
Stopped by: A, D
"""


class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("no")

    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True


class Odd(metaclass=Meta):
    @property
    def __class__(self):
        return float

    def __getattribute__(self, name):
        raise KeyboardInterrupt

    def __repr__(self):
        while True:
            pass

    __str__ = __format__ = __len__ = __iter__ = __bool__ = __repr__


class Error(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__


class SlowError(Exception):
    def __str__(self):
        while True:
            pass


def to_grayscale(image):
    return Odd()


def filter_response(patch, kernel):
    raise Error


def convolve2d(*args, **kwargs):
    raise SlowError


def output_size(*args, **kwargs):
    return [Odd(), Odd, Meta]
