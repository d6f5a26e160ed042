"""W&B Launch in memory, with virtual time: keeps the promises of ``launch.Launch``.

Runs follow a ``Script``; time passes only in ``wait``. Every call is recorded, and whatever
the real Launch would refuse (a run that was never made, an item twice) fails here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from optuna_sweep.epitaphs import tells_the_end, without_epitaph
from optuna_sweep.errors import Refused, TrialError, Unavailable
from optuna_sweep.launch import (
    Ending,
    KnownRun,
    NotQueued,
    Queued,
    QueueItem,
    Snapshot,
    Start,
    SweepState,
    Unclear,
    Watch,
)
from optuna_sweep.outcomes import Observation, Phase, Proposal, Row
from tests.scripted_runs import Run, Script, curve

__all__ = ["MemoryLaunch", "Script", "curve", "no_answer"]

UNSENT = ("forget_run", "create_run", "enqueue")
"""Calls that are no requests: the first does not leave the process, the others travel in documents."""


class MemoryLaunch:
    """See the module. ``script`` is asked once for each run that is queued."""

    def __init__(self, script: Callable[[Proposal], Script], *, sweep_id: str = "sweep") -> None:
        self.sweep_id = sweep_id
        self.script = script
        self.clock = 0.0
        self.wish = SweepState.ACTIVE
        self.scheduler_stopped = False
        self.runs: dict[str, Run] = {}
        self.calls: list[str] = []
        self.said: list[str] = []
        self.ended: Ending | None = None
        self.busiest = 0
        self._alone_requests = 0
        self.earlier: dict[str, tuple[KnownRun, ...]] = {}
        self.others: list[QueueItem] = []
        self.at: list[tuple[float, Callable[[], None]]] = []
        self.faults: Callable[[str, int], None] = lambda call, nth: None

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.faults(name, self.calls.count(name))

    @property
    def requests(self) -> int:
        return sum(call not in UNSENT for call in self.calls) + self._alone_requests

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
            observations=tuple(self._seen(watch, columns) for watch in watched),
        )

    def _seen(self, watch: Watch, columns: Sequence[Sequence[str]]) -> Observation:
        run = self.runs.get(watch.run_id)
        if run is not None and run.there(self.clock):
            return self._observe(run, columns)
        assert not watch.made, f"{watch.run_id} was never made"
        return Observation(run_id=watch.run_id, phase=Phase.WAITING)

    def forget_run(self, run_id: str) -> None:
        self._called("forget_run")

    def start_runs(self, proposals: Sequence[Proposal]) -> tuple[Start, ...]:
        """One request for those that are new, two for each of the others, as over W&B.

        ``calls`` and ``faults`` hear of the request as ``start_runs``, and of each order in its document as
        ``create_run`` or ``enqueue``: W&B may refuse one, or stop between two.
        """
        started: list[Start] = []
        for again, group in groupby(proposals, lambda proposal: proposal.again):
            due = list(group)
            errors = [] if again else self._execute(due)
            started += [self._alone(each) if again else _start(each, errors) for each in due]
        return tuple(started)

    def _execute(self, proposals: Sequence[Proposal]) -> list[Unavailable | TrialError]:
        """The errors of a document, whose orders are carried out whatever became of those before them."""
        try:
            self._called("start_runs")
        except Unavailable as error:
            return [error]
        errors: list[Unavailable | TrialError] = []
        for proposal in proposals:
            for order in (self._create, self._enqueue):
                try:
                    order(proposal)
                except TrialError as error:
                    errors.append(error)
                    break  # what is queued after all is a process that W&B sends away
                except Unavailable as error:
                    errors.append(error)
        return errors

    def _alone(self, proposal: Proposal) -> Start:
        self._alone_requests += 2
        try:
            self._create(proposal)
        except (Unavailable, TrialError) as error:
            return NotQueued(error)
        try:
            self._enqueue(proposal)
        except Unavailable as error:
            return Unclear(error)
        return Queued(f"item-{proposal.run_id}")

    def _create(self, proposal: Proposal) -> None:
        self._called("create_run")
        self.runs.setdefault(proposal.run_id, Run(proposal)).made = True

    def _enqueue(self, proposal: Proposal) -> None:
        self._called("enqueue")
        run = self.runs.setdefault(proposal.run_id, Run(proposal))
        assert run.queued is None, f"{proposal.run_id} is queued twice"
        run.queued, run.script = self.clock, self.script(proposal)
        self.busiest = max(self.busiest, len(self.live()))

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
            if run.there(self.clock)
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

    def _observe(self, run: Run, columns: Sequence[Sequence[str]]) -> Observation:
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

    def _summary(self, run: Run) -> dict[str, Any]:
        if run.script.summary is not None:
            return dict(run.script.summary)
        summary: dict[str, Any] = {}
        for row in run.rows(self.clock):
            summary |= {**row.values, "_step": row.step}
        return summary


def _start(proposal: Proposal, errors: Sequence[Unavailable | TrialError]) -> Start:
    """What is known of a run of a document: of one in which an order failed, that it did."""
    if not errors:
        return Queued(f"item-{proposal.run_id}")
    own = [error for error in errors if isinstance(error, TrialError) and proposal.run_id in str(error)]
    return NotQueued(own[0]) if own else Unclear(Unavailable(str(errors[0])))


def no_answer(*calls: str, first: int, last: int) -> Callable[[str, int], None]:
    """Faults: the ``first`` to ``last`` of each of these calls gets no answer."""

    def fault(call: str, nth: int) -> None:
        if call in calls and first <= nth <= last:
            raise Unavailable(f"{call} timed out")

    return fault
