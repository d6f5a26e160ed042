"""How long to bear that W&B, or the study's database, does not answer, and how often to say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from optuna_sweep.errors import SweepError, Unavailable
from optuna_sweep.launch import Launch

T = TypeVar("T")

LONGEST_OUTAGE = 6 * 3600.0
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0
_SAY_AGAIN_AFTER = 60.0


class Patience:
    """Bears outages: backs off, says it once a minute, and gives up in the end.

    Training runs do not need the scheduler to go on, so an outage costs no result.

    Args:
        launch: For its clock and its voice.
        limit: Seconds of one outage after which the sweep is given up.
        who: Whose outages these are.
    """

    def __init__(self, launch: Launch, limit: float = LONGEST_OUTAGE, who: str = "W&B") -> None:
        self._who = who
        self._launch = launch
        self._limit = limit
        self._since: float | None = None
        self._said = 0.0
        self._failures = 0

    def failed(self, error: Unavailable) -> float:
        """It did not answer.

        Returns:
            Seconds to wait before anything is asked again.

        Raises:
            SweepError: The outage has lasted too long.
        """
        now = self._launch.now()
        if self._since is None:
            self._since, self._said, self._failures = now, now - _SAY_AGAIN_AFTER, 0
        if now - self._since > self._limit:
            raise SweepError(f"{self._who} has not answered for {_spoken(self._limit)}: {error}") from error
        if now - self._said >= _SAY_AGAIN_AFTER:
            self._said = now
            self._launch.say(f"{self._who} does not answer; the runs go on and so does the sweep: {error}")
        self._failures += 1
        pause = min(_FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10), _LONGEST_PAUSE)
        return max(pause, error.retry_after or 0.0)

    def worked(self) -> None:
        """It answered."""
        if self._since is not None and self._failures > 1:
            self._launch.say(f"{self._who} answers again after {self._launch.now() - self._since:.0f} s.")
        self._since = None

    def insist(self, request: Callable[[], T]) -> T:
        """Repeat a request that may be repeated until it is answered.

        Raises:
            Refused: W&B refused it.
            SweepError: The outage has lasted too long.
        """
        while True:
            try:
                answer = request()
            except Unavailable as error:
                self._launch.wait(self.failed(error))
            else:
                self.worked()
                return answer


def _spoken(seconds: float) -> str:
    return f"{seconds / 3600:g} hours" if seconds >= 3600 else f"{seconds:g} seconds"
