"""What reporting costs: its share of the scheduler's CPU time, and one drawing of all plots.

The share is measured twice. In a real scheduler's process against the local W&B, whose runs train nothing; a
sweep that trains polls far longer for the same trials, so its share is smaller. And in virtual time, where
loop, search, journal and reporter are real, but requests and the process's start cost nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Literal

import optuna

from bench.light_workers import Workers
from bench.page import ROOT
from bench.processes import LOG, at_work
from bench.result import Cell, Result, Table
from bench.stopwatch import Stopwatch
from bench.sweeps import MIXED, SWEEP_ID, finished_trials, sweep_config
from bench.timed_scheduler import RESULT
from bench.world import SimulatedLaunch
from optuna_sweep.config import AlertsEntry, Metric
from optuna_sweep.launch import Ending
from optuna_sweep.launch import Table as Rows
from optuna_sweep.loop import Loop
from optuna_sweep.report import Alerts, Progress, Reporter
from optuna_sweep.report.charts import charts
from optuna_sweep.report.rows import table
from optuna_sweep.setup import make_search
from optuna_sweep.stopping import StopRules
from optuna_sweep.user_file import UserFile
from optuna_sweep.wandb_adapter.own_run import media
from sandbox.launching import create_queue
from sandbox.serving import Sandbox

_TRIALS = 1_000
_WORKERS, _SECONDS = 8, 30.0
_REAL = {3.0: 16, 30.0: 32}
"""How many workers there are for runs of so many seconds, where the scheduler is a process."""
_LONG = 10.0
"""Longer runs are measured where time is no matter."""
_LONGEST = 1_800.0
_SETTINGS = {"sampler": {"type": "TPESampler"}, "seed": 0}
_PROJECT, _QUEUE = "bench", "q"


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
        media(figures, tables)

    def summarize(self, values: Mapping[str, Any]) -> None:
        dict(values)

    def alert(self, title: str, text: str, level: Literal["INFO", "ERROR"]) -> None:
        raise AssertionError(title, text)


def run(*, thorough: bool) -> Result:
    """Time whole sweeps, and drawings of finished studies."""
    lengths = [seconds for seconds in _REAL if thorough or seconds < _LONG]
    columns = ["the scheduler", "a run takes s", "workers", "CPU s", "of it reporting s", "share", "drawings"]
    with _own_temporary_files():
        return Result(
            tables=[
                Table(
                    title=f"Reporting's share of the scheduler's CPU time, {_TRIALS:,} trials",
                    columns=columns,
                    rows=[*map(_in_a_process, lengths), _in_virtual_time()],
                    note=f"TPESampler over {len(MIXED)} parameters, the study in a journal file. The process "
                    "is measured from its start; the lines of its log are no reporting; wandb-core, a "
                    "process of its own, is not in it.",
                ),
                Table(
                    title=f"One drawing of all plots and the table, {_TRIALS:,} finished trials",
                    columns=["objectives", "the first of a process, CPU s", "a later one, CPU s"],
                    rows=[_drawings(objectives) for objectives in (1, 2, 3)],
                    note=f"{len(MIXED)} parameters; trials of one objective have ten intermediate values.",
                ),
            ],
            seeds="One sweep for each row, seed 0.",
        )


@contextmanager
def _own_temporary_files() -> Iterator[None]:
    """W&B's media are temporary files until they are logged, which here they never are."""
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = None


def _in_a_process(seconds: float) -> list[Cell]:
    count = _REAL[seconds]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, Sandbox() as sandbox:
        home = Path(folder)
        create_queue(sandbox, _QUEUE)
        command = _command(home, sandbox.entity, count)
        env = sandbox.env(home) | {"WANDB_PROJECT": _PROJECT, "PYTHONPATH": str(ROOT)}
        with Workers(sandbox, _PROJECT, count=count, seconds=seconds) as workers:
            workers.take_from_queue(_QUEUE)
            with at_work(command, env, home) as alive:
                deadline = time.monotonic() + _LONGEST
                while not (home / RESULT).exists() and alive() and time.monotonic() < deadline:
                    time.sleep(0.5)
        if not (home / RESULT).exists():
            raise RuntimeError(f"no end after {workers.ended} runs:\n{(home / LOG).read_text()[-2000:]}")
        spent = json.loads((home / RESULT).read_text())
    share = f"{spent['reporting'] / spent['whole']:.1%}"
    return [
        "a real process",
        seconds,
        count,
        spent["whole"],
        spent["reporting"],
        share,
        spent["refreshes"],
    ]


def _command(home: Path, entity: str, workers: int) -> list[str]:
    sweep = {
        "method": "custom",
        "metric": {"name": "loss", "goal": "minimize"},
        "image_uri": "train:1",
        "program": "train.py",
        "parameters": MIXED,
        "run_cap": _TRIALS,
        "scheduler": {
            "num_workers": workers,
            "settings": {**_SETTINGS, "max_requests_per_minute": 10_000},
        },
    }
    (home / "sweep.yaml").write_text(json.dumps(sweep))
    where = ["--queue", _QUEUE, "--entity", entity, "--project", _PROJECT]
    return [sys.executable, "-m", "bench.timed_scheduler", "start", str(home / "sweep.yaml"), *where]


def _in_virtual_time() -> list[Cell]:
    config = sweep_config(MIXED, settings=_SETTINGS)
    own: Any = _Unseen()
    launch, watch = SimulatedLaunch(seconds=_SECONDS), Stopwatch()
    launch.say = lambda line: None  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "study.journal"
        journal.touch()
        search, opened = make_search(
            config, UserFile(), sweep_id=SWEEP_ID, storage=journal, say=lambda line: None
        )
        alerts = Alerts(own, SWEEP_ID, AlertsEntry(), config.metrics)
        began = time.process_time()
        reporter = Reporter(
            launch=launch,
            own=own,
            opened=opened,
            metrics=config.metrics,
            alerts=alerts,
            cpu=lambda: time.process_time() - began,  # this process has worked before
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
        loop.run()
        watch.timed(reporter.finish)(Ending.FINISHED, "run_cap is reached", Path(folder))
        whole = time.process_time() - began
    share = f"{watch.seconds / whole:.1%}"
    return ["in virtual time", _SECONDS, _WORKERS, whole, watch.seconds, share, own.refreshes]


def _drawings(objectives: int) -> list[Cell]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        seconds = [process.submit(_drawing, objectives).result() for _ in range(3)]
    return [objectives, seconds[0], min(seconds[1:])]


def _drawing(objectives: int) -> float:
    """CPU seconds of one drawing in this process."""
    metrics = [Metric(name=f"m{at}") for at in range(objectives)]
    study = optuna.create_study(directions=["minimize"] * objectives)
    random = Random(0)
    for trial in finished_trials(sweep_config(MIXED), _TRIALS, reports=10 if objectives == 1 else 0):
        trial.values = [random.random() for _ in range(objectives)]
        study.add_trial(trial)
    began = time.process_time()
    figures = {chart.name: chart.figure for chart in charts(study, metrics) if chart.figure is not None}
    media(figures, {"trials": Rows(*table(study.get_trials(deepcopy=False), metrics))})
    return time.process_time() - began
