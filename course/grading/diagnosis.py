"""Which known mistake explains a failed test?

What the test asked of the submission is asked again of each named wrong answer of the task. One
whose answers are the same, as far as the test's own tolerance can tell, is the diagnosis.
"""

import numpy as np

from course.grading.answers import Interaction
from course.grading.checks import Mismatch
from course.grading.codec import Opaque, Reference
from course.grading.lesson_workers import LessonWorkers, NoAnswer
from course.grading.wrong_answers import Variant


def diagnose(interactions: list[Interaction], mismatch: Mismatch | None, variants: list[Variant],
             workers: LessonWorkers, *, keras: bool, seconds: float, known: list, suspects: list[str]) -> Variant | None:
    """The first wrong answer that behaves as the submission did, or None.

    Args:
        interactions: what the test asked, and what came back.
        mismatch: the comparison that failed; its tolerance is used. None where the code raised.
        variants: the task's wrong answers.
        workers: trusted workers to run them in.
        keras, seconds: as the test was run.
        known: the sources to load: the solution and the wrong answers.
        suspects: wrong answers for which the test itself has evidence.
    """
    for variant in variants:
        if variant.name in suspects:
            return variant
    if not interactions:
        return None
    for variant in variants:
        workers.exchange(known, {variant.function: variant.name})
        if _behaves_the_same(interactions, mismatch, workers, keras=keras, seconds=seconds):
            return variant
    return None


def _behaves_the_same(interactions, mismatch, workers, *, keras, seconds) -> bool:
    numbers: dict[int, int] = {}
    for interaction in interactions:
        try:
            reply = workers.ask(_renumbered(interaction.request, numbers), keras=keras, seconds=seconds)
        except NoAnswer as failure:
            return interaction.failure is not None and interaction.failure.kind == failure.kind == "timeout"
        if interaction.failure is not None:
            # The test ended here, so this is the last one.
            return _same_failure(interaction.failure, reply)
        if reply["status"] != "ok" or not _same(interaction.value, reply["value"], mismatch, numbers):
            return False
    return True


def _renumbered(request: dict, numbers: dict[int, int]) -> dict:
    def exchange(value):
        if type(value) in (list, tuple):
            return type(value)(exchange(item) for item in value)
        return Reference(value.kind, numbers[value.number]) if isinstance(value, Reference) else value

    request = dict(request)
    if "bound" in request:
        request["bound"] = {key: exchange(value) for key, value in request["bound"].items()}
        return request
    if "model" in request:
        layers = [[exchange(kind), arguments] for kind, arguments in request["model"]["layers"]]
        request["model"] = request["model"] | {"layers": layers}
    if "object" in request:
        request["object"] = numbers[request["object"]]
    request["args"] = [exchange(value) for value in request.get("args", [])]
    request["kwargs"] = {key: exchange(value) for key, value in request.get("kwargs", {}).items()}
    return request


def _same_failure(failure: NoAnswer, reply: dict) -> bool:
    if failure.kind != "raised" or reply["status"] != "raised":
        return False
    error = reply["error"]
    return tuple(error["types"]) == failure.error_types and error["message"][:60] == failure.error_message[:60]


def _same(one, other, mismatch: Mismatch | None, numbers: dict[int, int]) -> bool:
    """Whether two results are one to this test. References that correspond are remembered."""
    if isinstance(one, Reference) and isinstance(other, Reference):
        numbers[one.number] = other.number
        return one.kind == other.kind
    if isinstance(one, (Opaque, Reference)) or isinstance(other, (Opaque, Reference)):
        return type(one) is type(other) and one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key], mismatch, numbers) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(_same(a, b, mismatch, numbers) for a, b in zip(one, other))
    plain = (str, bytes, type(None), dict, list, tuple)
    if isinstance(one, plain) or isinstance(other, plain):
        return type(one) is type(other) and isinstance(one, (str, bytes, type(None))) and one == other
    first, second = np.asarray(one), np.asarray(other)
    if object in (first.dtype, second.dtype):  # a whole number that is too large for NumPy
        return type(one) is type(other) is int and one == other
    if first.shape != second.shape or isinstance(one, np.ndarray) != isinstance(other, np.ndarray):
        return False
    if mismatch is not None and mismatch.about_dtype:
        # Of a single number only its kind matters: NumPy's int64 and Python's int are both whole.
        same_type = first.dtype == second.dtype if first.ndim else first.dtype.kind == second.dtype.kind
        if not same_type:
            return False
    rtol, atol = (mismatch.rtol, mismatch.atol) if mismatch else (1e-5, 1e-6)
    return bool(np.isclose(first, second, rtol=rtol, atol=atol, equal_nan=True).all())
