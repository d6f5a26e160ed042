"""Whole sweeps over Launch in memory: each configuration is run once, whoever else has proposed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.launch import Ending, KnownRun
from optuna_sweep.loop import Loop
from optuna_sweep.outcomes import Phase, Proposal, Row
from optuna_sweep.recovery import runs_started
from optuna_sweep.search import Search, recover
from optuna_sweep.setup import make_search
from optuna_sweep.starting_points import enqueue_points
from optuna_sweep.stopping import StopRules
from optuna_sweep.study import JOURNAL
from optuna_sweep.user_file import UserFile
from optuna_sweep.warm_start import Sources, begin_warm
from tests.memory_launch import MemoryLaunch, Script, curve

COLOURS, SIZES = ["r", "g", "b"], [0, 1, 2, 3, False, None]
EARLIER = [("r", 0), ("g", False), ("b", None), ("b", 17)]
USED = 3


def training(proposal: Proposal) -> Script:
    return curve([1.0, 0.5], every=6.0 + proposal.trial % 3)


def earlier_runs() -> tuple[KnownRun, ...]:
    """Four runs of an earlier sweep, the last of which lies outside the space."""
    return tuple(
        KnownRun(
            run_id=f"old-{place}",
            phase=Phase.FINISHED,
            parameters={"c": colour, "s": size},
            summary={"loss": 0.5},
            created_at=f"2026-01-01T00:00:0{place}",
            rows=(Row(0, {"loss": 0.5}),),
        )
        for place, (colour, size) in enumerate(EARLIER)
    )


def config(method: str = "bayes", run_cap: int = 100, **settings: Any) -> SweepConfig:
    return SweepConfig.parse(
        {
            "method": method,
            "metric": {"name": "loss"},
            "run_cap": run_cap,
            "parameters": {"c": {"values": COLOURS}, "s": {"values": SIZES}},
            "scheduler": {"settings": {"seed": 5, "pruner": {"type": "NopPruner"}, **settings}},
        }
    )


def scheduler(config: SweepConfig, launch: MemoryLaunch, journal: Path, workers: int) -> tuple[Loop, Search]:
    """What ``OptunaScheduler`` puts together when it starts."""
    launch.read_anew()
    search, _ = make_search(config, UserFile(), sweep_id=launch.sweep_id, storage=journal, say=launch.say)
    runs = launch.known_runs()
    sources = Sources(config.settings.warm_start, launch.sweep_id, launch, Path)
    begin_warm(search, sources, runs)
    recovered = recover(search, runs)
    enqueue_points(search.study, search.space, config.settings.enqueue)
    rules = StopRules(
        run_cap=config.run_cap,
        metrics=config.metrics,
        stop=config.settings.stop,
        started=runs_started(runs, launch.sweep_id),
    )
    loop = Loop(launch=launch, search=search, rules=rules, workers=workers)
    loop.adopt(recovered.runs)
    return loop, search


def points_of(launch: MemoryLaunch) -> list[tuple[str, str]]:
    runs = [run.proposal.parameters for run in launch.runs.values()]
    return sorted((parameters["c"], repr(parameters["s"])) for parameters in runs)


def the_others() -> list[tuple[str, str]]:
    every = {(colour, repr(size)) for colour in COLOURS for size in SIZES}
    return sorted(every - {(colour, repr(size)) for colour, size in EARLIER})


ALL = {
    "warm_start": ["old"],
    "enqueue": [{"c": "r", "s": 0}, {"c": "g", "s": 2}, {"c": "g", "s": 2}, {"s": None}],
}


@pytest.mark.parametrize("method", ["bayes", "random", "grid"])
def test_eighteen_points_are_eighteen_runs_less_those_of_earlier_sweeps(method: str, tmp_path: Path) -> None:
    launch = MemoryLaunch(training)
    launch.earlier["old"] = earlier_runs()
    loop, search = scheduler(config(method, **ALL), launch, tmp_path / JOURNAL, workers=8)
    assert loop.run() is Ending.FINISHED
    assert points_of(launch) == the_others()
    assert loop.stop is not None and loop.stop.rule == "space"
    assert sum(trial.state.name == "COMPLETE" for trial in search.study.trials) == 18


@pytest.mark.parametrize("lost", [False, True], ids=["its file", "its runs"])
@pytest.mark.parametrize("seconds", [0, 4, 12, 25])
@pytest.mark.parametrize("method", ["bayes", "grid"])
def test_a_scheduler_that_goes_on_from_what_is_left_runs_nothing_again(
    method: str, seconds: int, lost: bool, tmp_path: Path
) -> None:
    launch, journal = MemoryLaunch(training), tmp_path / JOURNAL
    launch.earlier["old"] = earlier_runs()
    first, _ = scheduler(config(method, **ALL), launch, journal, workers=4)
    launch.at.append((seconds, first.leave))
    assert first.run() is Ending.PAUSED
    assert 0 < len(launch.runs) < 15
    if lost:
        journal.unlink()
    second, search = scheduler(config(method, **ALL), launch, journal, workers=4)
    assert second.run() is Ending.FINISHED
    assert points_of(launch) == the_others()
    values = [trial.value for trial in search.study.trials if trial.state.name == "COMPLETE"]
    assert values == [0.5] * 18


@pytest.mark.parametrize("limit", [{"run_cap": 5}, {"stop": {"trials": 5}}], ids=str)
def test_earlier_results_do_not_count_against_run_cap_and_stop_trials(
    limit: dict[str, Any], tmp_path: Path
) -> None:
    launch = MemoryLaunch(training)
    launch.earlier["old"] = earlier_runs()
    loop, search = scheduler(config(warm_start=["old"], **limit), launch, tmp_path / JOURNAL, workers=2)
    assert loop.run() is Ending.FINISHED
    assert len(launch.runs) == 5
    assert sum(trial.state.name == "COMPLETE" for trial in search.study.trials) == USED + 5


def test_a_grid_of_nine_thousand_points_is_walked_without_a_repeat(tmp_path: Path) -> None:
    raw = {
        "method": "grid",
        "metric": {"name": "loss"},
        "parameters": {
            name: {"values": list(range(size))} for name, size in (("a", 16), ("b", 12), ("c", 8), ("d", 6))
        },
    }
    search, _ = make_search(
        SweepConfig.parse(raw), UserFile(), sweep_id="s", storage=tmp_path / JOURNAL, say=lambda line: None
    )
    assert search.space.size() == 9_216
    asked = [search.ask() for _ in range(150)]
    points = {tuple(proposal.parameters.values()) for proposal in asked if proposal is not None}
    assert len(points) == 150
    assert max(point[0] for point in points) == 0  # the last parameter changes fastest
