"""How often the study's file is copied to W&B: often while it is small, seldom once it is large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_SHORTEST_PAUSE = 15.0
_SMALL = 64 * 1024
_SHARE = 12


class Keeper:
    """Keeps a copy of a growing file, at a cost that stays in proportion to the file.

    Whoever continues the sweep rebuilds from its runs what the copy lacks, so an old copy costs
    time and no result. A file under 64 KiB is copied whenever it has changed, a larger one when it
    has grown by a twelfth since the last copy; all copies together come to some 13 times the file.

    Args:
        path: The file.
        keep: Copies it.
        now: Seconds on a clock that never goes back.
    """

    def __init__(self, path: Path, keep: Callable[[Path], None], now: Callable[[], float]) -> None:
        self._path = path
        self._keep = keep
        self._now = now
        self._kept: int | None = None
        self._when = 0.0

    def tick(self) -> None:
        """Copy the file if it is time. To be called at least every few seconds."""
        size = self._size()
        if size == self._kept or not self._due(size):
            return
        self._copy(size)

    def last(self) -> None:
        """Copy the file unless that is done: nothing will be written any more."""
        size = self._size()
        if size != self._kept:
            self._copy(size)

    def _due(self, size: int) -> bool:
        if self._kept is None:
            return True
        if self._now() - self._when < _SHORTEST_PAUSE:
            return False
        return size <= _SMALL or size - self._kept >= self._kept / _SHARE

    def _copy(self, size: int) -> None:
        self._keep(self._path)
        self._kept, self._when = size, self._now()

    def _size(self) -> int:
        return self._path.stat().st_size
