"""What a grading test calls `submission` and `reference`: functions that run in a worker.

Every call is written down, so that a failure can show it and the diagnosis can repeat it with a
known wrong answer in the submission's place.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

from course.grading.advice import advice_on
from course.grading.codec import Reference
from course.grading.lesson_workers import LessonWorkers, NoAnswer
from course.grading.replies import Nonsense, checked
from course.grading.wording import call_in_words

SECONDS_PER_CALL = 5.0


@dataclass
class Interaction:
    """One thing that a test asked for, and what came back."""

    request: dict
    value: object = None
    failure: NoAnswer | None = None
    printed: str = ""
    printed_count: int = 0
    seconds: float = 0.0
    changed: list[int] = field(default_factory=list)
    """Which of the arrays handed over were changed in place, counted from 0."""
    shared_random: bool = False
    """Whether NumPy's shared random numbers were drawn from or seeded."""

    def in_words(self) -> str:
        """The call as a learner would write it."""
        request = self.request
        if request["op"] == "call":
            return call_in_words(request["function"], request["args"], request["kwargs"])
        if request["op"] == "bring":
            return f"a function {request['function_name']} brought by the test"
        if request["op"] == "calls":
            return "the calls of a function brought by the test"
        if request["op"] == "method":
            return "." + call_in_words(request["method"], request["args"], request["kwargs"])
        return "a model built by the test"


@dataclass
class Answers:
    """One side of a test. `answers.convolve2d(image, kernel)` runs in a worker; plain data returns.

    Arguments and results are what the codec carries. A Keras object comes back as a `KerasObject`.
    """

    workers: LessonWorkers
    keras: bool = False
    seconds: float = SECONDS_PER_CALL
    functions: tuple[str, ...] = ()
    """The functions of the task under test; empty where that does not matter."""
    interactions: list[Interaction] = field(default_factory=list)
    suspects: list[str] = field(default_factory=list)

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args, **kwargs):
            return self.perform({"op": "call", "function": name, "args": list(args), "kwargs": kwargs})

        return call

    def each(self, function: str, calls) -> Iterator:
        """The values of a function for one tuple of arguments after the other, as if it was called for each in turn, but
        with few requests: for tests that try a function on many seeds.

        Args:
            function: its name.
            calls: tuples of positional arguments.
        """
        calls = [list(args) for args in calls]
        while calls:
            for interaction in self._several(function, calls):
                del calls[0]
                self.interactions.append(interaction)
                if interaction.failure:
                    raise interaction.failure
                yield self._as_object(interaction.value)

    def _several(self, function: str, calls: list[list]) -> list[Interaction]:
        """What came of the first of these calls: of as many as the worker did in one request, at least one."""
        todo = [Interaction({"op": "call", "function": function, "args": [_as_reference(value) for value in args], "kwargs": {}})
                for args in calls]
        try:
            self._refuse_what_is_open(function)
            request = {"op": "several", "function": function, "calls": [one.request["args"] for one in todo]}
            reply = self.workers.ask(request, keras=self.keras, seconds=self.seconds)
            if reply["status"] == "too_large":  # perhaps only together
                replies = [self.workers.ask(todo[0].request, keras=self.keras, seconds=self.seconds)]
            else:
                replies = self._replies(reply, len(todo))
        except NoAnswer as failure:
            todo[0].failure = failure
            return todo[:1]
        done = todo[: len(replies)]
        for interaction, reply in zip(done, replies):
            self._take(interaction, reply)
        return done

    def _replies(self, reply: dict, asked: int) -> list[dict]:
        """The replies that a reply to several calls holds."""
        try:
            if reply["status"] == "ok" and type(reply["value"]) is list and 0 < len(reply["value"]) <= asked:
                return [checked(one) for one in reply["value"]]
        except Nonsense:
            pass
        raise NoAnswer("died", "the worker sent a reply that makes no sense")

    def build_model(self, input_shape, layers, weights=None, compile=None, trainable=True):
        """A Sequential model that the test brings along, built in the worker.

        Args:
            input_shape: shape of one example; None for a free axis.
            layers: pairs (class name in `keras.layers` or `keras.applications`, dict of arguments); in place of the name,
                a `KerasObject` of this worker. "CountExamples" counts what goes through, as its one weight.
            weights: list of arrays in Keras's order, or None for fresh ones.
            compile: arguments of `model.compile`, plain values, or None for a model that is not compiled.
            trainable: False freezes the whole model.
        """
        layers = [[_as_reference(kind), arguments] for kind, arguments in layers]
        model = {"input_shape": list(input_shape), "layers": layers, "weights": weights, "compile": compile, "trainable": trainable}
        return self.perform({"op": "build", "model": model})

    def bring(self, function, **bound) -> "BroughtFunction":
        """A function of the test, made anew in the worker, to be handed over as an argument.

        It remembers what it is called with. Its source travels, so it must be written with `def`,
        stand on its own, and import what it needs besides NumPy, which it finds as `np`.

        Args:
            function: the function; what it sees of its surroundings here it does not see there.
            bound: keyword arguments that each call gets besides its own; plain values or Keras objects.
        """
        request = {"op": "bring", "text": _source_of(function.__code__), "function_name": function.__name__,
                   "bound": {name: _as_reference(value) for name, value in bound.items()}}
        return BroughtFunction(self, self.perform(request))

    def suspect(self, mistake: str, evidence) -> None:
        """Say that this named wrong answer explains the result, if `evidence` is true.

        For results that cannot be compared with the wrong answer's own, because they are random.
        """
        if evidence:
            self.suspects.append(mistake)

    def perform(self, request: dict):
        """Do one request, write it down, return its value. Raises NoAnswer."""
        interaction = Interaction({**request, "args": [_as_reference(value) for value in request.get("args", [])],
                                   "kwargs": {key: _as_reference(value) for key, value in request.get("kwargs", {}).items()}})
        self.interactions.append(interaction)
        try:
            self._refuse_what_is_open(request.get("function"))
            reply = self.workers.ask(interaction.request, keras=self.keras, seconds=self.seconds)
        except NoAnswer as failure:
            interaction.failure = failure
            raise
        self._take(interaction, reply)
        if interaction.failure:
            raise interaction.failure
        return self._as_object(interaction.value)

    def _take(self, interaction: Interaction, reply: dict) -> None:
        """Write down what came back."""
        interaction.printed, interaction.printed_count = reply["printed"], reply["printed_count"]
        interaction.seconds = reply["seconds"]
        interaction.changed = reply.get("changed", [])
        interaction.shared_random = reply.get("shared_random", False)
        try:
            interaction.value = self._value(reply, interaction.request)
        except NoAnswer as failure:
            interaction.failure = failure

    def _refuse_what_is_open(self, function: str | None) -> None:
        """Stubs are known without running them, and a test of nothing but stubs starts nothing."""
        unanswered = self.workers.unanswered
        if self.functions and unanswered.issuperset(self.functions):
            raise NoAnswer("not_attempted", "not attempted")
        if function in unanswered:
            other = self.workers.lesson.task_of_function(function)
            if other and self.functions and function not in self.functions:
                raise NoAnswer("needs", f"it calls a function of task {other.id}, which is not done yet; do that one first")
            raise NoAnswer("not_attempted", "not attempted")

    def _value(self, reply: dict, request: dict):
        if reply["status"] in ("missing", "signature") and request["op"] != "call":
            raise NoAnswer("died", "the worker sent a reply that makes no sense")
        match reply["status"]:
            case "ok":
                return reply["value"]
            case "missing":
                raise self._missing(request["function"], reply)
            case "signature":
                raise NoAnswer("signature", f"your function is {request['function']}{reply['signature']} and cannot be called "
                               f"like this ({reply['reason']}); the task asks for {self._expected(request['function'])}")
            case "too_large":
                raise NoAnswer("too_large", f"it returned a value that is too large to grade: {reply['reason']}")
            case "raised":
                raise self._raised(reply["error"], request)
        raise NoAnswer("died", "the worker sent a reply that makes no sense")

    def _expected(self, function: str) -> str:
        task = self.workers.lesson.task_of_function(function)
        return task.signatures[task.functions.index(function)] if task else function

    def _missing(self, function: str, reply: dict) -> NoAnswer:
        if reply["exists"]:
            return NoAnswer("missing", f"{function} in {self.workers.shown_as} is not a function; "
                            f"it must be def {self._expected(function)}")
        problems = self.workers.problems_in_words()
        if problems:
            return NoAnswer("unreadable", "\n".join([*problems, f"Until that is mended, there is no {function} to grade."]))
        return NoAnswer("missing", f"there is no function {function} in {self.workers.shown_as}; "
                        f"the task asks for def {self._expected(function)}")

    def _raised(self, error: dict, request: dict) -> NoAnswer:
        types, message, frames = tuple(error["types"]), error["message"], error["frames"]
        if types[:1] == ("NotImplementedError",):
            return self._not_attempted(message, request)
        text = f"your code raised {types[0]}: {message}" if message else f"your code raised {types[0]}"
        lines = [text.splitlines()[0] if text else types[0]]
        lines += [f"  {frame['file']}, line {frame['line']}, in {frame['function']}: {frame['code']}" for frame in frames]
        lines += [advice] if (advice := advice_on(message)) else []
        if types[0] == "NameError" and self.workers.problems:
            lines += ["Before that, this could not be run:", *(f"  {line}" for line in self.workers.problems_in_words())]
        return NoAnswer("raised", "\n".join(lines), types, message)

    def _not_attempted(self, message: str, request: dict) -> NoAnswer:
        own = self.workers.lesson.task_of_function(request.get("function", ""))
        if own and message.startswith("Task ") and not message.startswith(f"Task {own.id}:"):
            other = message.split(":")[0]
            return NoAnswer("needs", f"it calls a function of {other[0].lower()}{other[1:]}, which is not done yet; do that one first")
        return NoAnswer("not_attempted", "not attempted")

    def _as_object(self, value):
        if isinstance(value, Reference) and value.kind != "function":
            return KerasObject(self, value)
        if type(value) in (list, tuple):
            return type(value)(self._as_object(item) for item in value)
        if type(value) is dict:
            return {key: self._as_object(item) for key, item in value.items()}
        return value


@dataclass
class ReferenceAnswers(Answers):
    """The solution's side of a test: tells when the solution's process hung or ended, which is nobody's fault who is graded."""

    on_trouble: Callable[[NoAnswer], None] = lambda failure: None

    def perform(self, request: dict):
        try:
            return super().perform(request)
        except NoAnswer as failure:
            self._tell(failure)
            raise

    def _several(self, function: str, calls: list[list]) -> list[Interaction]:
        done = super()._several(function, calls)
        for interaction in done:
            if interaction.failure:
                self._tell(interaction.failure)
        return done

    def _tell(self, failure: NoAnswer) -> None:
        if failure.kind in ("timeout", "died", "unreadable"):
            self.on_trouble(failure)


@dataclass(frozen=True)
class KerasObject:
    """A model, layer, optimizer or callback that lives in the worker; its methods return plain data."""

    answers: Answers
    reference: Reference

    @property
    def kind(self) -> str:
        return self.reference.kind

    def describe(self) -> dict:
        """Layers, shapes and parameter counts; see `keras_objects.describe`."""
        return self._method("describe")

    def predict(self, inputs, *, training: bool = False):
        """The answers to an array of inputs; as at prediction time, unless `training` says otherwise."""
        return self._method("predict", inputs, training=True) if training else self._method("predict", inputs)

    def evaluate(self, inputs, targets) -> dict:
        """Loss (penalties included) and metrics of a compiled model."""
        return self._method("evaluate", inputs, targets)

    def fit(self, inputs, targets, *, epochs: int, batch_size: int = 32, seed: int = 0, validation=None, callbacks=()) -> dict:
        """Train a compiled model; what Keras recorded per epoch.

        Args:
            validation: (inputs, targets) to measure on after each epoch, or None.
            callbacks: Keras callbacks that came back from an answer.
        """
        more = {"validation": validation} if validation is not None else {}
        more |= {"callbacks": list(callbacks)} if callbacks else {}
        return self._method("fit", inputs, targets, epochs=epochs, batch_size=batch_size, seed=seed, **more)

    def weights(self) -> list:
        """All weights as arrays, in Keras's order."""
        return self._method("weights")

    def trainable(self) -> list[dict]:
        """Per layer: class and whether its weights train."""
        return self._method("trainable")

    def _method(self, method: str, *args, **kwargs):
        return self.answers.perform({"op": "method", "object": self.reference.number, "method": method,
                                     "args": list(args), "kwargs": kwargs})


@dataclass(frozen=True)
class BroughtFunction:
    """A function of the test that lives in the worker."""

    answers: Answers
    reference: Reference

    def calls(self) -> list[dict]:
        """What it was called with, in order: dicts with "args" and "kwargs". At most 300 calls and 24 MB are kept."""
        return self.answers.perform({"op": "calls", "object": self.reference.number})


@functools.cache
def _source_of(code: CodeType) -> str:
    """A test brings the same functions again and again, and looking one up means reading its whole file."""
    return inspect.getsource(code)


def _as_reference(value):
    """What travels in the place of an object that lives in the worker; in lists and tuples as well."""
    if type(value) in (list, tuple):
        return type(value)(_as_reference(item) for item in value)
    return value.reference if isinstance(value, (KerasObject, BroughtFunction)) else value
