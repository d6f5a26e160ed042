"""What can go wrong, sorted by what happens next.

::

    OptunaSweepError
    ├── SweepError           the sweep ends as failed; its state is saved first
    │   ├── ConfigError      nothing was launched: the sweep file has to change
    │   ├── UserCodeError    the user's file raised, hung or returned the wrong thing
    │   └── Refused          W&B said no for good: key, permission, or the sweep is gone
    ├── AnotherAtWork        a second scheduler of the sweep: leave, and touch nothing
    ├── TrialError           this trial is told as failed; the sweep goes on
    └── Unavailable          W&B could not be read or reached: ask again at the next poll

The class decides, never the text: a caller that catches ``Unavailable`` skips a
poll, one that catches ``TrialError`` gives up one trial, and nobody below the
entry point catches ``SweepError``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class OptunaSweepError(Exception):
    """Any error that this package raises on purpose."""


class SweepError(OptunaSweepError):
    """The sweep cannot go on. The message is printed as it is, without a traceback."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a sweep file, in the four parts that its reader needs.

    Attributes:
        path: Where, as dotted keys from the top of the sweep file (``parameters.lr.min``).
        given: What stands there, in the user's own spelling.
        allowed: What may stand there.
        remedy: What to do, as an imperative sentence.
    """

    path: str
    given: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """One line, whatever the user's names and values are made of."""
        parts = (self.path, self.given, self.allowed, self.remedy)
        return ": ".join(" ".join(part.splitlines()) for part in parts)


class ConfigError(SweepError):
    """A sweep file that cannot be run, with every problem found in it.

    Raised before anything is launched. ``str()`` is one problem a line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UserCodeError(SweepError):
    """The user's file raised, hung, or returned something that cannot be used.

    ``str()`` ends in the sentence that says what was expected of the file; the
    user's own traceback, where there is one, stands before it.
    """


class Refused(SweepError):
    """W&B answered, and the answer will not change: asking again is pointless."""


class AnotherAtWork(OptunaSweepError):
    """Another scheduler works on this sweep. Nothing is wrong: leave, and touch nothing more of it."""


class TrialError(OptunaSweepError):
    """This trial cannot be run or measured. It is told as failed."""


class Unavailable(OptunaSweepError):
    """W&B could not be reached or understood this time. It says nothing about the runs.

    Attributes:
        retry_after: Seconds that the server asked us to wait, when it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)
