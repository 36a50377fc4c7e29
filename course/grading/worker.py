"""The worker: the only process in which a learner's code is imported and called.

Started as `python -I -m course.grading.worker FD` with one socket and nothing else; reads a
request, does it, sends a plain reply. It holds no tests, no solutions and no results, and what it
says is believed only as the value a function returned.
"""

import ctypes
import difflib
import importlib
import inspect
import io
import linecache
import os
import random
import socket
import struct
import sys
import threading
import time
import traceback
from time import perf_counter

import numpy as np

from course.grading import limits, loading
from course.grading.codec import CodecError, Opaque, Reference, type_name
from course.grading.protocol import ConnectionEnded, receive, send

PRINTED_KEPT = 500
SEVERAL_SECONDS = 1.0
"""After so long no further call of a request with several is begun."""


class CappedText(io.TextIOBase):
    """What `print` writes to: keeps the beginning, counts the rest."""

    def __init__(self):
        self.kept, self.count = "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.kept += text[: max(0, PRINTED_KEPT - len(self.kept))]
        self.count += len(text)
        return len(text)


class SharedRandom:
    """Where NumPy's shared random numbers stand: `np.random.seed` and every draw from them change it.

    Read where the generator keeps it, which takes a fraction of what `np.random.get_state` takes; every call asks twice.
    """

    STATE = struct.calcsize("624Ii")
    """Bytes of the state of a Mersenne Twister: 624 words and the place in them."""

    def __init__(self):
        self.generator = np.random.get_bit_generator()
        self.bytes = (ctypes.c_char * self.STATE).from_address(self.generator.ctypes.state_address)

    def now(self) -> bytes:
        return self.bytes.raw


def _seed_shared_random(seed: int | None) -> None:
    if seed is None:
        return
    random.seed(seed)
    np.random.seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)


class Worker:
    """State of one worker: the loaded module and the objects that stayed here."""

    def __init__(self, *, debug: bool):
        self.debug = debug
        self.module = None
        self.problems: list[dict] = []
        self.files: set[str] = set()
        self.objects: list = []
        self.shared_random = SharedRandom()
        self.random_after: bytes | None = None
        """Where NumPy's shared random numbers stood after the last call, if nothing else was done since."""
        self.signatures: dict[str, tuple[object, inspect.Signature | None]] = {}
        """By function name: the function as it was last called, and its signature."""

    def answer(self, request: dict) -> dict:
        printed = CappedText()
        if not self.debug:
            sys.stdout = sys.stderr = printed
        if request["op"] != "call":
            self.random_after = None
        started = perf_counter()
        try:
            reply = getattr(self, f"do_{request['op']}")(request)
        except BaseException as error:  # SystemExit and KeyboardInterrupt of the learner's code included
            reply = {"status": "raised", "error": self.describe_error(error)}
        reply["seconds"] = perf_counter() - started
        if self.debug:  # the process may be stopped at any time after this
            sys.stdout.flush()
        reply["printed"], reply["printed_count"] = printed.kept, printed.count
        return reply

    def do_warm(self, request: dict) -> dict:
        from course.grading import keras_objects

        if self.debug and "keras" in request["modules"]:  # the terminal is shared
            from course.output import import_tensorflow_quietly

            import_tensorflow_quietly()
        for name in request["modules"]:
            keras_objects.import_keras() if name == "keras" else importlib.import_module(name)
        return {"status": "ok", "value": None}

    def do_inspect(self, request: dict) -> dict:
        return {"status": "ok", "value": sorted(loading.unanswered(request["text"]))}

    def do_load(self, request: dict) -> dict:
        self.objects.clear()
        _seed_shared_random(request.get("seed"))
        self.files = {source["file"] for source in request["sources"]}
        for source in request["sources"]:
            lines = source["text"].splitlines(keepends=True)
            for name in {source["file"], os.path.abspath(source["file"])}:  # the debugger looks for the second
                linecache.cache[name] = (len(source["text"]), None, lines, name)
        self.module, self.problems = loading.load(request["name"], request["sources"], request["rebind"])
        return {"status": "ok", "value": None, "problems": self.problems}

    def do_call(self, request: dict) -> dict:
        function = getattr(self.module, request["function"], None)
        if not callable(function):
            return {"status": "missing", "exists": function is not None}
        args = [self.resolve(value) for value in request["args"]]
        kwargs = {name: self.resolve(value) for name, value in request["kwargs"].items()}
        signature = self.signature_of(request["function"], function)
        if signature is not None:
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                return {"status": "signature", "signature": _plain_signature(signature), "reason": str(error)}
        before = [value.copy() if isinstance(value, np.ndarray) else None for value in args]
        shared_random, self.random_after = self.random_after or self.shared_random.now(), None
        value = self.keep(function(*args, **kwargs))
        changed = [place for place, (old, new) in enumerate(zip(before, args)) if old is not None and old.tobytes() != new.tobytes()]
        self.random_after = self.shared_random.now()
        return {"status": "ok", "value": value, "changed": changed, "shared_random": self.random_after != shared_random}

    def do_several(self, request: dict) -> dict:
        """Calls of one function, one after the other, until one gives no value or the time for them is up; at least one."""
        begun, replies = perf_counter(), []
        for args in request["calls"]:
            replies.append(self.answer({"op": "call", "function": request["function"], "args": list(args), "kwargs": {}}))
            if replies[-1]["status"] != "ok" or perf_counter() - begun > SEVERAL_SECONDS:
                break
        return {"status": "ok", "value": replies}

    def signature_of(self, name: str, function) -> inspect.Signature | None:
        if name not in self.signatures or self.signatures[name][0] is not function:
            try:
                signature = inspect.signature(function)
            except (TypeError, ValueError):
                signature = None
            self.signatures[name] = function, signature
        return self.signatures[name][1]

    def do_bring(self, request: dict) -> dict:
        from course.grading.brought import bring

        bound = {name: self.resolve(value) for name, value in request["bound"].items()}
        self.objects.append(bring(request["text"], request["function_name"], bound))
        return {"status": "ok", "value": Reference("function", len(self.objects) - 1)}

    def do_calls(self, request: dict) -> dict:
        return {"status": "ok", "value": list(self.objects[request["object"]].calls)}

    def do_method(self, request: dict) -> dict:
        from course.grading import keras_objects

        method = keras_objects.METHODS[request["method"]]
        args = [self.resolve(value) for value in request["args"]]
        kwargs = {name: self.resolve(value) for name, value in request["kwargs"].items()}
        return {"status": "ok", "value": self.keep(method(self.objects[request["object"]], *args, **kwargs))}

    def do_build(self, request: dict) -> dict:
        from course.grading import keras_objects

        layers = [[self.resolve(kind), arguments] for kind, arguments in request["model"]["layers"]]
        return {"status": "ok", "value": self.keep(keras_objects.build_model(**request["model"] | {"layers": layers}))}

    def resolve(self, value):
        """The object that a reference in the arguments stands for; in lists and tuples as well."""
        if type(value) in (list, tuple):
            return type(value)(self.resolve(item) for item in value)
        return self.objects[value.number] if isinstance(value, Reference) else value

    def keep(self, value, depth: int = 0):
        """Exchange Keras objects by references; what is plain stays as it is."""
        if type(value) in (list, tuple) and depth < 4 and len(value) < 1000:
            return type(value)(self.keep(item, depth + 1) for item in value)
        if type(value) is dict and depth < 4 and len(value) < 1000:
            return {key: self.keep(item, depth + 1) for key, item in value.items()}
        if "keras" in sys.modules:
            from course.grading import keras_objects

            kind = keras_objects.kind_of(value)
            if kind:
                self.objects.append(value)
                return Reference(kind, len(self.objects) - 1)
        return value

    def describe_error(self, error: BaseException) -> dict:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in self.files]
        return {
            "types": [type_name(kind) for kind in type.mro(type(error))][:20],
            "message": loading.text_of(error)[:2000] + _did_you_mean(error),
            "frames": [
                {"file": frame.filename, "line": frame.lineno, "function": frame.name, "code": (frame.line or "")[:200]}
                for frame in frames[-4:]
            ],
            "problems": self.problems,
        }


def _did_you_mean(error: BaseException) -> str:
    """The name that is probably meant, where a name or an attribute does not exist."""
    if type(error) is AttributeError and error.name and error.obj is not None:
        names = dir(error.obj)
    elif type(error) is NameError and error.name and error.__traceback__ is not None:
        frame = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
        names = [*frame.f_locals, *frame.f_globals]
    else:
        return ""
    if "Did you mean" in str(error):
        return ""
    close = difflib.get_close_matches(error.name, [name for name in names if type(name) is str and name != error.name], n=1, cutoff=0.75)
    return f". Did you mean {close[0]}?" if close else ""


def _plain_signature(signature: inspect.Signature) -> str:
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def serve(connection: socket.socket, *, debug: bool = False) -> None:
    """Answer requests until the other side closes the connection."""
    worker = Worker(debug=debug)
    while True:
        try:
            request = receive(connection)
        except ConnectionEnded:
            return
        reply = worker.answer(request)
        try:
            send(connection, reply)
        except CodecError as error:
            send(connection, {**reply, "value": Opaque("a value that is too large", str(error)), "status": "too_large",
                              "reason": str(error)})


def _end_with(parent: int) -> None:
    """End this process soon after its parent has gone, even while an answer loops for ever."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def main() -> None:
    debug = "--debug" in sys.argv
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if sys.platform == "win32":
        connection = socket.fromshare(sys.stdin.buffer.read())
    else:
        connection = socket.socket(fileno=int(sys.argv[1]))
        if "--open" in sys.argv:  # no walls did this before
            limits.die_first()
            limits.die_with_parent()
            limits.adopt_orphans()
            limits.bind(sys.argv[2])
        os.set_inheritable(connection.fileno(), False)
    try:
        serve(connection, debug=debug)
    except ConnectionEnded:
        pass


if __name__ == "__main__":
    main()
