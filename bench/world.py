"""W&B Launch as a simulation: thousands of runs in virtual time, each call at the cost of its runs.

The tests' ``MemoryLaunch`` records every call so that tests can look at them; this one only counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import optuna

from bench.sweeps import MIXED, SWEEP_ID, sweep_config
from optuna_sweep.launch import Ending, KnownRun, Queued, QueueItem, Snapshot, Start, SweepState, Watch
from optuna_sweep.loop import Loop
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Observation, Phase, Proposal, Row
from optuna_sweep.search import Search
from optuna_sweep.setup import make_space
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import Opened
from optuna_sweep.user_file import UserFile
from optuna_sweep.wandb_adapter.starts import AT_ONCE


class SimulatedLaunch:
    """Keeps the promises of ``launch.Launch``. A run logs its only value when it ends.

    Args:
        seconds: How long a run takes.
        spread: By which share its length varies, to both sides.
        per_request: Runs that one poll request asks about.
    """

    sweep_id = SWEEP_ID

    def __init__(self, *, seconds: float, spread: float = 0.5, per_request: int = 100) -> None:
        self.requests = 0
        self.busiest_minute = 0
        self.idle: list[float] = []
        self.when_freed: Callable[[], None] = lambda: None
        self._seconds, self._spread, self._per_request = seconds, spread, per_request
        self._random = Random(0)
        self._clock = 0.0
        self._ends: dict[str, float] = {}
        self._freed: deque[float] = deque()
        self._last_minute: deque[float] = deque()

    def begin_sweep(self) -> None:
        """See ``Launch``, as for everything below."""
        self._ask()

    def snapshot(self, watched: Sequence[Watch], columns: Sequence[Sequence[str]]) -> Snapshot:  # noqa: D102
        self._ask(max(1, -(-len(watched) // self._per_request)))
        seen = tuple(self._observe(watch.run_id) for watch in watched)
        return Snapshot(sweep=SweepState.ACTIVE, scheduler_stopped=False, observations=seen)

    def forget_run(self, run_id: str) -> None:  # noqa: D102
        self._freed.append(self._ends.pop(run_id))
        self.when_freed()

    def start_runs(self, proposals: Sequence[Proposal]) -> tuple[Start, ...]:  # noqa: D102
        self._ask(-(-len(proposals) // AT_ONCE))
        return tuple(self._queued(proposal.run_id) for proposal in proposals)

    def queue_items(self) -> tuple[QueueItem, ...]:  # noqa: D102
        return ()

    def stop_run(self, run_id: str) -> None:  # noqa: D102
        self._ask()

    def describe_runs(self, summaries: Mapping[str, Mapping[str, Any]]) -> None:  # noqa: D102
        self._ask()

    def last_words(self, run_id: str) -> str:  # noqa: D102
        return ""

    def known_runs(self) -> tuple[KnownRun, ...]:  # noqa: D102
        return ()

    def end_sweep(self, ending: Ending) -> None:  # noqa: D102
        self._ask()

    def say(self, line: str) -> None:
        """Nobody listens."""

    def now(self) -> float:  # noqa: D102
        return self._clock

    def wait(self, seconds: float) -> None:  # noqa: D102
        self._clock += seconds

    def _ask(self, requests: int = 1) -> None:
        self.requests += requests
        recent = self._last_minute
        recent.extend([self._clock] * requests)
        while recent[0] <= self._clock - 60.0:
            recent.popleft()
        self.busiest_minute = max(self.busiest_minute, len(recent))

    def _queued(self, run_id: str) -> Queued:
        if self._freed:
            self.idle.append(self._clock - self._freed.popleft())
        share = 1.0 + self._spread * self._random.uniform(-1.0, 1.0)
        self._ends[run_id] = self._clock + self._seconds * share
        return Queued(run_id)

    def _observe(self, run_id: str) -> Observation:
        if self._clock < self._ends[run_id]:
            return Observation(run_id=run_id, phase=Phase.RUNNING)
        value = self._random.random()
        rows = (Row(0, {"loss": value}),)
        summary = {"loss": value, "_step": 0}
        return Observation(run_id=run_id, phase=Phase.FINISHED, rows=rows, summary=summary)


def simulated_sweep(
    launch: SimulatedLaunch, *, trials: int, workers: int, per_minute: float | None = None
) -> Loop:
    """The real loop and search over eight parameters with a random sampler, ready to ``run()``."""
    config = sweep_config(MIXED)
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(seed=0))
    search = Search(
        opened=Opened(study=study, storage=storage),
        space=make_space(config, UserFile(), lambda line: None),
        measure=Measure.of(config),
        sweep_id=launch.sweep_id,
    )
    return Loop(
        launch=launch,
        search=search,
        rules=StopRules(run_cap=trials, metrics=config.metrics),
        workers=workers,
        requests_per_minute=per_minute or config.settings.max_requests_per_minute,
    )
