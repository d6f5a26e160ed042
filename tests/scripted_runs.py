"""Runs in virtual time: what each does once it has been queued, and what there is of it at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna_sweep.outcomes import Phase, Proposal, Row


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a run does once it has been queued.

    Attributes:
        rows: ``(seconds after its start, row)``, ascending.
        seconds: How long it runs.
        end: How it ends by itself.
        start_after: Seconds on the queue.
        summary: Its summary when it has ended; None for the last value of each column.
        stop_lag: Seconds between a stop request and its end.
        last_words: The last line that it prints.
        taken_after: Seconds on the queue until an agent takes it; None for the moment of its start.
    """

    rows: Sequence[tuple[float, Row]] = ()
    seconds: float = 60.0
    end: Phase = Phase.FINISHED
    start_after: float = 2.0
    summary: Mapping[str, Any] | None = None
    stop_lag: float = 15.0
    last_words: str = ""
    taken_after: float | None = None


def curve(values: Sequence[float], *, metric: str = "loss", every: float = 10.0, **others: Any) -> Script:
    """A run that logs one value each ``every`` seconds and then ends."""
    rows = [((i + 1) * every, Row(i, {metric: value})) for i, value in enumerate(values)]
    return Script(rows=rows, seconds=every * len(values) + 1, **others)


@dataclass
class Run:
    proposal: Proposal
    queued: float | None = None
    made: bool = False
    script: Script = field(default_factory=Script)
    stop_asked: float | None = None
    read: dict[str, int] = field(default_factory=dict)

    @property
    def started(self) -> float | None:
        return None if self.queued is None else self.queued + self.script.start_after

    def there(self, now: float) -> bool:
        """Whether W&B shows it: a process makes the run that it finds missing."""
        return self.made or (self.started is not None and now >= self.started)

    def phase(self, now: float) -> Phase:
        if self.started is None or now < self.started:
            return Phase.WAITING
        if self.script.end is Phase.LOST:
            return Phase.LOST
        if self.stop_asked is not None and now >= max(self.stop_asked, self.started) + self.script.stop_lag:
            return Phase.STOPPED
        return self.script.end if now >= self.started + self.script.seconds else Phase.RUNNING

    def taken(self, now: float) -> bool:
        after = self.script.taken_after
        return self.queued is not None and after is not None and now >= self.queued + after

    def rows(self, now: float) -> list[Row]:
        if self.started is None:
            return []
        until = now
        if self.stop_asked is not None:
            until = min(now, max(self.stop_asked, self.started) + self.script.stop_lag)
        return [row for at, row in self.script.rows if self.started + at <= until]
