"""W&B Launch in memory, with virtual time: keeps the promises of ``launch.Launch``.

Runs follow a ``Script``; time passes only in ``wait``. Every call is recorded, and whatever
the real Launch would refuse (a run that was never made, an item twice) fails here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optuna_sweep.epitaphs import tells_the_end, without_epitaph
from optuna_sweep.errors import Refused, Unavailable
from optuna_sweep.launch import Ending, KnownRun, QueueItem, Snapshot, SweepState, Watch
from optuna_sweep.outcomes import Observation, Phase, Proposal, Row


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
class _Run:
    proposal: Proposal
    queued: float | None = None
    script: Script = field(default_factory=Script)
    stop_asked: float | None = None
    read: dict[str, int] = field(default_factory=dict)

    @property
    def started(self) -> float | None:
        return None if self.queued is None else self.queued + self.script.start_after

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


class MemoryLaunch:
    """See the module. ``script`` is asked once for each run that is queued."""

    def __init__(self, script: Callable[[Proposal], Script], *, sweep_id: str = "sweep") -> None:
        self.sweep_id = sweep_id
        self.script = script
        self.clock = 0.0
        self.wish = SweepState.ACTIVE
        self.scheduler_stopped = False
        self.runs: dict[str, _Run] = {}
        self.calls: list[str] = []
        self.said: list[str] = []
        self.ended: Ending | None = None
        self.busiest = 0
        self.earlier: dict[str, tuple[KnownRun, ...]] = {}
        self.others: list[QueueItem] = []
        self.at: list[tuple[float, Callable[[], None]]] = []
        self.faults: Callable[[str, int], None] = lambda call, nth: None

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.faults(name, self.calls.count(name))

    @property
    def requests(self) -> int:
        return len(self.calls) - self.calls.count("forget_run")

    def read_anew(self) -> None:
        """Another scheduler takes over: nothing was read yet."""
        for run in self.runs.values():
            run.read.clear()

    def begin_sweep(self) -> None:
        self._called("begin_sweep")

    def snapshot(self, watched: Sequence[Watch], columns: Sequence[Sequence[str]]) -> Snapshot:
        self._called("snapshot")
        return Snapshot(
            sweep=self.wish,
            scheduler_stopped=self.scheduler_stopped,
            observations=tuple(self._observe(self.runs[watch.run_id], columns) for watch in watched),
        )

    def forget_run(self, run_id: str) -> None:
        self._called("forget_run")

    def create_run(self, proposal: Proposal) -> None:
        self._called("create_run")
        self.runs.setdefault(proposal.run_id, _Run(proposal))

    def enqueue(self, proposal: Proposal) -> str:
        self._called("enqueue")
        run = self.runs[proposal.run_id]
        assert run.queued is None, f"{proposal.run_id} is queued twice"
        run.queued, run.script = self.clock, self.script(proposal)
        self.busiest = max(self.busiest, len(self.live()))
        return f"item-{proposal.run_id}"

    def queue_items(self) -> tuple[QueueItem, ...]:
        self._called("queue_items")
        items = [*self.others]
        for run_id, run in self.runs.items():
            if run.queued is None or run.script.end is Phase.LOST:
                continue
            waiting = run.phase(self.clock) is Phase.WAITING
            items.append(QueueItem(f"item-{run_id}", None if waiting else run_id))
        return tuple(items)

    def stop_run(self, run_id: str) -> None:
        self._called("stop_run")
        run = self.runs[run_id]
        run.stop_asked = self.clock if run.stop_asked is None else run.stop_asked

    def describe_runs(self, summaries: Mapping[str, Mapping[str, Any]]) -> None:
        self._called("describe_runs")
        for run_id, summary in summaries.items():
            run = self.runs[run_id]
            assert run.phase(self.clock).ended, "its process writes the summary too"
            run.script = replace(run.script, summary=summary)

    def last_words(self, run_id: str) -> str:
        self._called("last_words")
        return self.runs[run_id].script.last_words

    def known_runs(self) -> tuple[KnownRun, ...]:
        self._called("known_runs")
        return tuple(
            KnownRun(
                run_id=run_id,
                phase=run.phase(self.clock),
                parameters=run.proposal.parameters,
                summary=without_epitaph(self._summary(run)),
                stopping=run.stop_asked is not None,
                told=tells_the_end(self._summary(run)),
            )
            for run_id, run in self.runs.items()
        )

    def cancel(self) -> None:
        """What a launch agent does when a scheduler dies: every run that has not ended is to stop."""
        for run in self.runs.values():
            if run.queued is None or not run.phase(self.clock).ended:
                run.stop_asked = self.clock if run.stop_asked is None else run.stop_asked

    def runs_of(self, sweep: str, columns: Sequence[Sequence[str]]) -> tuple[KnownRun, ...]:
        self._called("runs_of")
        if sweep not in self.earlier:
            raise Refused(f"there is no sweep {sweep!r}")
        return self.earlier[sweep]

    def runs_named(
        self, names: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> tuple[KnownRun | None, ...]:
        self._called("runs_named")
        found = {run.run_id: run for runs in self.earlier.values() for run in runs}
        return tuple(found.get(name) for name in names)

    def end_sweep(self, ending: Ending) -> None:
        self._called("end_sweep")
        self.ended = ending

    def say(self, line: str) -> None:
        self.said.append(line)

    def now(self) -> float:
        return self.clock

    def wait(self, seconds: float) -> None:
        self.clock += seconds
        assert self.clock < 1e7, "the sweep does not end"
        due = [entry for entry in self.at if entry[0] <= self.clock]
        self.at = [entry for entry in self.at if entry[0] > self.clock]
        for _, act in due:
            act()

    def live(self) -> list[str]:
        """Runs that hold a machine or wait for one."""
        return [
            run_id
            for run_id, run in self.runs.items()
            if run.queued is not None and not run.phase(self.clock).ended
        ]

    def _observe(self, run: _Run, columns: Sequence[Sequence[str]]) -> Observation:
        phase = run.phase(self.clock)
        new: dict[int, dict[str, Any]] = {}
        for group in columns:
            key, news = ",".join(group), []
            for row in run.rows(self.clock):
                if all(name in row.values for name in group) and row.step > run.read.get(key, -1):
                    new.setdefault(row.step, {}).update({name: row.values[name] for name in group})
                    news.append(row.step)
            run.read[key] = max([run.read.get(key, -1), *news])
        return Observation(
            run_id=run.proposal.run_id,
            phase=phase,
            rows=tuple(Row(step, new[step]) for step in sorted(new)),
            summary=self._summary(run) if phase.ended and phase is not Phase.LOST else None,
            taken=phase is Phase.WAITING and run.taken(self.clock),
        )

    def _summary(self, run: _Run) -> dict[str, Any]:
        if run.script.summary is not None:
            return dict(run.script.summary)
        summary: dict[str, Any] = {}
        for row in run.rows(self.clock):
            summary |= {**row.values, "_step": row.step}
        return summary


def no_answer(*calls: str, first: int, last: int) -> Callable[[str, int], None]:
    """Faults: the ``first`` to ``last`` of each of these calls gets no answer."""

    def fault(call: str, nth: int) -> None:
        if call in calls and first <= nth <= last:
            raise Unavailable(f"{call} timed out")

    return fault
