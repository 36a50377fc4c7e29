"""Claims: sentences of a chapter whose number is measured at every build.

A chapter never writes a result into its prose. It calls `claim()` with the value that this very
run produced; outside the stated range the build fails.
"""

import html
import math
import os
from dataclasses import dataclass

from course.output import emit


class ClaimFailed(AssertionError):
    """A chapter says something that its own experiment does not show."""


@dataclass(frozen=True)
class Claim:
    """A sentence, the value measured for it and the range in which the sentence stays true."""

    sentence: str
    value: float
    at_least: float | None
    at_most: float | None

    @property
    def bounds(self) -> str:
        """The checked range in words, for example "at least 1.2"."""
        if self.at_least == self.at_most:
            return f"exactly {self.at_least:g}"
        words = []
        if self.at_least is not None:
            words.append(f"at least {self.at_least:g}")
        if self.at_most is not None:
            words.append(f"at most {self.at_most:g}")
        return " and ".join(words)


RECORDED: list[Claim] = []
"""Every claim of this run, in order."""


def claim(sentence: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Show a sentence with its measured value, and fail where the value leaves its range.

    Args:
        sentence: with one `{value}` to fill in, which may carry a format: "{value:.1f} times as far".
        value: the number that this run measured.
        at_least, at_most: the range, inclusive; at least one of the two. Both the same: exactly that.

    Raises:
        ClaimFailed: with sentence, value and range, where the value is outside or not a number.
        ValueError: where the sentence does not use the value, or no bound is given.
    """
    if "{value" not in sentence:
        raise ValueError(f"a claim's sentence must contain {{value}}: {sentence!r}")
    if at_least is None and at_most is None:
        raise ValueError(f"a claim needs at_least or at_most: {sentence!r}")
    value = float(value)
    measured = Claim(sentence.format(value=value), value, at_least, at_most)
    too_low = at_least is not None and not value >= at_least
    too_high = at_most is not None and not value <= at_most
    if math.isnan(value) or too_low or too_high:
        failure = f"{measured.sentence} Measured {value:g}; the claim needs {measured.bounds}."
        if os.environ.get("COURSE_CLAIMS") == "report":  # a learner's own functions: say it and go on
            emit("", f"not as in the chapter: {failure}")
            return
        raise ClaimFailed(failure)
    RECORDED.append(measured)
    emit(
        '<div class="claim"><p class="claim-sentence">'
        f"{html.escape(measured.sentence)}</p>"
        f'<p class="claim-bounds">Measured in this run; the build fails unless it is {measured.bounds}.</p></div>',
        f"measured: {measured.sentence} (checked: {measured.bounds})",
    )
