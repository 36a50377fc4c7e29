"""A sentence beside Python's own words, for errors whose cause is nearly always the same.

Only texts are compared; nothing here decides anything.
"""

ADVICE = (
    ("bitwise_xor", "^ is no power in Python; write ** for that."),
    ("unsupported operand type(s) for ^", "^ is no power in Python; write ** for that."),
    ("The truth value of an array", "An array is many truth values, and `if`, `and`, `or` need one: use .any() or .all(), or choose element by element with np.where."),
    ("'NoneType' object", "Something here is None. A function that ends without `return` gives None."),
    ("only integer scalar arrays", "A whole number is needed here: divide with // instead of /, or use int(…)."),
    ("'float' object cannot be interpreted as an integer", "A whole number is needed here: divide with // instead of /, or use int(…)."),
    ("slice indices must be integers", "A whole number is needed here: divide with // instead of /, or use int(…)."),
    ("only integers, slices", "A place in an array is a whole number or a slice; a float such as 3.0 is none. Divide with // instead of /."),
    ("could not be broadcast", "These two shapes do not fit. Print both (`print(a.shape, b.shape)`) in the line before. "
     "If one of them is a sum, a mean or a maximum over an axis, keepdims=True keeps that axis, with length 1."),
    ("not subscriptable", "Square brackets take a part of an array or list; to call a function, use round ones."),
    ("object is not callable", "Round brackets call a function; to take a part of an array or list, use square ones. Is a function's name also the name of a variable?"),
    ("cannot reshape array", "reshape keeps the number of values: the sizes must multiply to the same product. -1 stands for the one that follows from the others."),
    ("output array is read-only", "This array must not be changed. Work on a copy: a.copy()."),
)


def advice_on(message: str) -> str:
    """A sentence for a learner whose code raised this; empty where none is sure to help."""
    return next((advice for part, advice in ADVICE if part in message), "")
