"""When the pictures are worth drawing again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_FIRST = 2
"""Finished trials of the first picture: most plots take two."""
_GROWTH, _SMALL = 4, 64
"""A study that has grown so much and is still so small makes another picture, whatever else."""
_SHARE = 0.01
"""Of the process's CPU time, what drawing may take beyond that."""
_COSTLIER = 0.25
"""The power of the size that a drawing's cost grows with: one of 16 times the trials costs twice as much."""
_PAUSE = 60.0
"""Seconds between two drawings: each is sent to W&B, where few look more often."""


class Pacing:
    """Draws early, and then as often as it costs next to nothing.

    The first pictures are of 2, 8 and 32 finished trials, or of the next study that is found at a minute's
    distance and still small. Any other takes something new, and that all but the first, whose cost is
    plotly's loading, stay below a hundredth of what the process has worked: a small study is cheap to draw,
    and in a large one each new trial shows less.

    Args:
        now: A clock in seconds.
        cpu: CPU seconds of this process.
    """

    def __init__(self, now: Callable[[], float], cpu: Callable[[], float]) -> None:
        self._now = now
        self._cpu = cpu
        self._spent = self._last = 0.0
        self._drawn = 0
        self._drawn_at = now() - _PAUSE

    def due(self, finished: int) -> bool:
        """Whether to draw a study of so many finished trials now."""
        if finished == self._drawn or self._now() - self._drawn_at < _PAUSE:
            return False
        if not self._drawn:
            return finished >= _FIRST
        if _GROWTH * self._drawn <= finished <= _SMALL:
            return True
        expected = self._last * math.pow(finished / self._drawn, _COSTLIER)
        return self._spent + expected <= _SHARE * self._cpu()

    @contextmanager
    def drawing(self, finished: int) -> Iterator[None]:
        """Note what drawing so many finished trials costs."""
        began = self._cpu()
        try:
            yield
        finally:
            cost = self._cpu() - began
            self._spent += cost if self._drawn else 0.0
            self._last, self._drawn, self._drawn_at = cost, finished, self._now()
