"""What a worker says, checked before anything else looks at it.

A worker runs a stranger's code, so every field of its reply may be forged. Here each gets its type
and its limits, once; what remains free is the value itself, which the codec has checked and a test
compares.
"""

SHOWN = 500
MESSAGE = 2000
NAME = 80
LINE = 300


class Nonsense(Exception):
    """A reply that no honest worker sends."""


def checked(reply) -> dict:
    """The reply with exactly the fields that its status has, each of its type and of bounded size.

    Raises Nonsense.
    """
    if type(reply) is not dict or type(reply.get("status")) is not str:
        raise Nonsense("its reply was no reply")
    status = reply["status"]
    if status not in FIELDS:
        raise Nonsense("its reply had an unknown status")
    kept = {"status": status, "printed": _text(reply.get("printed", ""), SHOWN),
            "printed_count": _whole(reply.get("printed_count", 0)), "seconds": _seconds(reply.get("seconds", 0.0))}
    for name, check in FIELDS[status].items():
        if name in reply:
            kept[name] = check(reply[name])
        elif name in REQUIRED.get(status, ()):
            raise Nonsense(f"its reply had no {name}")
    return kept


def _text(value, limit: int) -> str:
    if type(value) is not str:
        raise Nonsense("its reply had something else where text belongs")
    return value[:limit]


def _whole(value) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise Nonsense("its reply had no sensible count")
    return value


def _seconds(value) -> float:
    if type(value) is not float or not 0 <= value < 1e9:
        raise Nonsense("its reply had no sensible time")
    return value


def _truth(value) -> bool:
    if type(value) is not bool:
        raise Nonsense("its reply had something else where yes or no belongs")
    return value


def _list(value, check, limit: int) -> list:
    if type(value) is not list:
        raise Nonsense("its reply had something else where a list belongs")
    return [check(item) for item in value[:limit]]


def _place(value, texts: tuple[str, ...]) -> dict:
    if type(value) is not dict:
        raise Nonsense("its reply had something else where a place in a file belongs")
    return {"line": _whole(value.get("line", 0) or 0), **{name: _text(value.get(name, ""), LINE) for name in texts}}


def _problems(value) -> list[dict]:
    return _list(value, lambda item: _place(item, ("file", "type", "message")), 20)


def _frames(value) -> list[dict]:
    return _list(value, lambda item: _place(item, ("file", "function", "code")), 4)


def _error(value) -> dict:
    if type(value) is not dict:
        raise Nonsense("its reply had no error")
    types = _list(value.get("types"), lambda name: _text(name, NAME), 20)
    if not types:
        raise Nonsense("its reply had an error of no type")
    return {"types": types, "message": _text(value.get("message", ""), MESSAGE), "frames": _frames(value.get("frames", []))}


def _value(value):
    return value


FIELDS = {
    "ok": {"value": _value, "problems": _problems, "shared_random": _truth,
           "changed": lambda value: _list(value, _whole, 3)},
    "missing": {"exists": _truth},
    "signature": {"signature": lambda value: _text(value, LINE), "reason": lambda value: _text(value, LINE)},
    "too_large": {"reason": lambda value: _text(value, LINE)},
    "raised": {"error": _error},
}
REQUIRED = {"ok": ("value",), "missing": ("exists",), "signature": ("signature", "reason"), "too_large": ("reason",), "raised": ("error",)}
"""By the status of a reply: its fields, and those that must be there."""

