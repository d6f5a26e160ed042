"""What reporting costs: its share of the scheduler's CPU time, and one refresh of the plots.

A whole sweep in virtual time, with the real loop, search, journal and reporter. The scheduler's requests cost
nothing here, so its share of the whole is larger than in a real sweep.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from bench.result import Result, Table
from bench.sweeps import MIXED, SWEEP_ID, sweep_config
from bench.world import SimulatedLaunch
from optuna_sweep.config import AlertsEntry
from optuna_sweep.launch import Ending
from optuna_sweep.launch import Table as Rows
from optuna_sweep.loop import Loop
from optuna_sweep.report import Alerts, Progress, Reporter
from optuna_sweep.report.charts import charts
from optuna_sweep.report.rows import table
from optuna_sweep.setup import make_search
from optuna_sweep.stopping import StopRules
from optuna_sweep.user_file import UserFile
from optuna_sweep.wandb_adapter.own_run import plot

_TRIALS = 1_000
_WORKERS = 8
_SECONDS = (30.0,)
_ROUNDS = 3


class _Unseen:
    """A scheduler's run that makes W&B's media of the plots, as the real one does, and sends nothing."""

    next_step = 0

    def __init__(self) -> None:
        self.refreshes = 0

    def define_axis(self, name: str, best: Mapping[str, Literal["min", "max"]]) -> None:
        """See ``launch.OwnRun``, as for everything below."""

    def log(self, row: Mapping[str, Any], step: int) -> None:
        dict(row)

    def show(self, figures: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Rows], step: int) -> None:
        self.refreshes += 1
        for figure in figures.values():
            plot(figure)

    def summarize(self, values: Mapping[str, Any]) -> None:
        dict(values)

    def alert(self, title: str, text: str, level: Literal["INFO", "ERROR"]) -> None:
        raise AssertionError(title, text)


class _Stopwatch:
    """CPU seconds spent in what it times."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def timing(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return act(*arguments, **named)
            finally:
                self.seconds += time.process_time() - began

        return timing


def run() -> Result:
    """Time whole sweeps, and one refresh after the last trial."""
    shares, refreshes = [], []
    for seconds in _SECONDS:
        share, reporter = _sweep(seconds)
        shares.append(share)
        refreshes = [_refresh(reporter) for _ in range(_ROUNDS)]
    note = f"{_WORKERS} workers, TPESampler over {len(MIXED)} parameters, the study in a journal file."
    columns = ["a run takes", "scheduler s", "of it reporting s", "share", "refreshes"]
    return Result(
        tables=[
            Table(
                title=f"Reporting's share of the scheduler's CPU time, {_TRIALS:,} trials",
                columns=columns,
                rows=shares,
                note=note,
            ),
            Table(
                title="One refresh of all plots and the table",
                columns=["finished trials", "CPU s"],
                rows=[[_TRIALS, min(refreshes)]],
                note=f"The least of {_ROUNDS}, with plotly loaded.",
            ),
        ],
        seeds="One sweep for each row, seed 0.",
    )


def _sweep(seconds: float) -> tuple[Sequence[str | float | int], Reporter]:
    config = sweep_config(MIXED, settings={"sampler": {"type": "TPESampler"}, "seed": 0})
    own: Any = _Unseen()
    launch, watch = SimulatedLaunch(seconds=seconds), _Stopwatch()
    launch.say = lambda line: None  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "study.journal"
        journal.touch()
        search, opened = make_search(
            config, UserFile(), sweep_id=SWEEP_ID, storage=journal, say=lambda line: None
        )
        alerts = Alerts(own, SWEEP_ID, AlertsEntry(), config.metrics)
        reporter = Reporter(
            launch=launch,
            own=own,
            opened=opened,
            metrics=config.metrics,
            alerts=alerts,
        )
        progress = Progress(config.metrics, _TRIALS, launch.now)
        loop = Loop(
            launch=launch,
            search=search,
            rules=StopRules(run_cap=_TRIALS, metrics=config.metrics),
            workers=_WORKERS,
            told=watch.timed(lambda run, outcome: reporter.trial_told(progress.told(run, outcome))),
            ended=watch.timed(reporter.run_ended),
            tick=watch.timed(reporter.tick),
            requests_per_minute=config.settings.max_requests_per_minute,
        )
        began = time.process_time()
        loop.run()
        watch.timed(reporter.finish)(Ending.FINISHED, "run_cap is reached", Path(folder))
        whole = time.process_time() - began
    share = f"{100 * watch.seconds / whole:.1f} %"
    return [f"{seconds:.0f} s", whole, watch.seconds, share, own.refreshes], reporter


def _refresh(reporter: Reporter) -> float:
    study, metrics = reporter.study, sweep_config(MIXED).metrics
    began = time.process_time()
    for chart in charts(study, metrics):
        if chart.figure is not None:
            plot(chart.figure)
    table(study.get_trials(deepcopy=False), metrics)
    return time.process_time() - began
