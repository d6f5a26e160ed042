"""How often W&B is asked: often when a run may be about to end, seldom otherwise, and never too much."""

from __future__ import annotations

from optuna_sweep.launch import Launch

SHORTEST = 1.0
"""Seconds between polls when a worker may become free at any moment."""
USUAL = 5.0
"""Seconds between polls otherwise. A training process sends history every 15 s, so more shows no more."""
_BURST = 9.0


class Pace:
    """Paces the polls of one sweep.

    Requests are paid from a bucket that fills at the allowed rate, so what starting runs costs
    makes the next polls wait a little. W&B allows 50 requests a minute to free accounts and 200 to
    paid ones.

    Args:
        launch: For its clock and its count of requests.
        per_minute: Requests that may be sent in a minute.
    """

    def __init__(self, launch: Launch, per_minute: float) -> None:
        self._launch = launch
        self._rate = per_minute / 60.0
        self._saved = _BURST
        self._at = launch.now()
        self._paid = launch.requests

    def pause(self, *, hurry: bool) -> float:
        """Seconds until the next poll.

        Args:
            hurry: Whether a worker may become free at any moment.
        """
        now, sent = self._launch.now(), self._launch.requests
        self._saved = min(self._saved + (now - self._at) * self._rate, _BURST) - (sent - self._paid)
        self._at, self._paid = now, sent
        until_affordable = (1.0 - self._saved) / self._rate
        return max(SHORTEST if hurry else USUAL, until_affordable)
