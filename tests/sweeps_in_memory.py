"""Small sweeps over ``MemoryLaunch``: a real study, a real space, the real loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import optuna

from optuna_sweep.config import AlertsEntry, Metric, StopEntry
from optuna_sweep.config.parameters import Parameter, Uniform
from optuna_sweep.launch import Ending
from optuna_sweep.loop import Loop
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Outcome, Proposal
from optuna_sweep.report import Alerts, Progress, Reporter
from optuna_sweep.search import Retry, Search
from optuna_sweep.space import Declared
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import Opened
from tests.memory_launch import MemoryLaunch, Script
from tests.memory_run import MemoryRun

LOSS = Metric(name="loss")
X = Parameter(path=("x",), distribution=Uniform(0.0, 1.0))


@dataclass
class Sweep:
    """Everything of one sweep, for a test to look at."""

    launch: MemoryLaunch
    study: optuna.Study
    search: Search
    rules: StopRules
    loop: Loop
    opened: Opened
    told: list[tuple[int, Outcome]] = field(default_factory=list)

    def run(self) -> Ending:
        return self.loop.run()

    @property
    def states(self) -> list[str]:
        return [trial.state.name for trial in self.study.trials]


def sweep(
    script: Callable[[Proposal], Script],
    *,
    parameters: Sequence[Parameter] = (X,),
    metrics: Sequence[Metric] = (LOSS,),
    run_cap: int | None = 4,
    workers: int = 2,
    sampler: optuna.samplers.BaseSampler | None = None,
    pruner: optuna.pruners.BasePruner | None = None,
    stop: StopEntry | None = None,
    retry: Retry = Retry(),  # noqa: B008  # it is frozen
    repeats: int = 1,
    **measure: Any,
) -> Sweep:
    """A sweep that is ready to ``run()``."""
    space = Declared(parameters)
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(
        storage=space.wrap(storage),
        directions=["minimize" if m.minimize else "maximize" for m in metrics] or ["minimize"],
        sampler=sampler or optuna.samplers.RandomSampler(seed=1),
        pruner=pruner or optuna.pruners.NopPruner(),
    )
    launch = MemoryLaunch(script)
    opened = Opened(study=study, storage=storage)
    search = Search(
        opened=opened,
        space=space,
        measure=Measure(metrics=tuple(metrics), **measure),
        sweep_id=launch.sweep_id,
        repeats=repeats,
        retry=retry,
    )
    rules = StopRules(run_cap=run_cap, metrics=metrics, stop=stop)
    told: list[tuple[int, Outcome]] = []
    loop = Loop(
        launch=launch,
        search=search,
        rules=rules,
        workers=workers,
        told=lambda proposal, outcome: told.append((proposal.trial, outcome)),
    )
    return Sweep(launch, study, search, rules, loop, opened, told)


@dataclass
class ReportedSweep(Sweep):
    """A sweep with a reporter, as the scheduler puts it together."""

    own: MemoryRun = field(default_factory=MemoryRun)
    reporter: Reporter = field(init=False)

    def run(self) -> Ending:
        ending = super().run()
        self.reporter.catch_up()
        return ending


def reported_sweep(
    script: Callable[[Proposal], Script],
    *,
    metrics: Sequence[Metric] = (LOSS,),
    next_step: int = 0,
    study: optuna.Study | None = None,
    alerts: AlertsEntry | None = None,
    cpu: Callable[[], float] = lambda: 0.0,
    **settings: Any,
) -> ReportedSweep:
    """A sweep that reports; on trials of ``study`` where one is given, which it does not go on with.

    By ``cpu`` its process works without any cost.
    """
    made = sweep(script, metrics=metrics, **settings)
    opened = made.opened
    if study is not None:
        opened.study.add_trials(study.trials)
    run = ReportedSweep(
        made.launch, made.study, made.search, made.rules, made.loop, opened, made.told, MemoryRun(next_step)
    )
    wanted = AlertsEntry() if alerts is None else alerts
    run.reporter = Reporter(
        launch=run.launch,
        own=run.own,
        opened=opened,
        metrics=tuple(metrics),
        alerts=Alerts(run.own, run.launch.sweep_id, wanted, metrics, run.rules.target),
        cpu=cpu,
    )
    progress = Progress(metrics, settings.get("run_cap", 4))
    run.loop._told = lambda proposal, outcome: run.reporter.trial_told(progress.told(proposal, outcome))
    run.loop._ended = run.reporter.run_ended
    run.loop._tick = run.reporter.tick
    run.loop._stopping = lambda stop: run.reporter.stopping(stop.reason, failed=stop.failed)
    return run
