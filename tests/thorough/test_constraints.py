"""Constraints reach the samplers, and W&B's ``metric.impute`` the study."""

from __future__ import annotations

from typing import Any

import pytest
from optuna.storages import InMemoryStorage

from optuna_sweep import constraints
from optuna_sweep.outcomes import Observation, Phase, Row
from optuna_sweep.search import Search
from optuna_sweep.setup import make_search, read_sweep
from optuna_sweep.user_file import UserFile
from tests.unit.search.searches import asked, ended, states


def search_for(metrics: int = 1, **settings: Any) -> Search:
    named = (
        {"metric": {"name": "loss"}} if metrics == 1 else {"metrics": [{"name": "loss"}, {"name": "size"}]}
    )
    raw = {
        **named,
        "method": "bayes",
        "parameters": {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}},
        "scheduler": {"settings": {"seed": 3, **settings}},
    }
    search, _ = make_search(
        read_sweep(raw), UserFile(), sweep_id="s", storage=InMemoryStorage(), say=lambda line: None
    )
    return search


def feasible(search: Search, trials: int) -> float:
    """The share of feasible trials in the later half of a search that is drawn to where none is."""
    held = []
    for _ in range(trials):
        proposal = search.ask()
        assert proposal is not None
        x, y = proposal.parameters["x"], proposal.parameters["y"]
        logged = {"loss": (x - 0.9) ** 2 + (y - 0.5) ** 2, "size": (y - 0.4) ** 2, "latency": x}
        row = Row(0, logged)
        search.tell(Observation(run_id=proposal.run_id, phase=Phase.FINISHED, rows=(row,), summary=logged))
        held.append(x <= 0.4)
    later = held[trials // 2 :]
    return sum(later) / len(later)


@pytest.mark.parametrize(
    ("sampler", "args", "metrics", "trials"),
    [
        ("TPESampler", {}, 1, 40),
        ("TPESampler", {}, 2, 40),
        ("NSGAIISampler", {"population_size": 10}, 2, 80),
        ("NSGAIIISampler", {"population_size": 10}, 2, 80),
        ("GPSampler", {"n_startup_trials": 6}, 1, 12),
    ],
)
def test_a_sampler_that_knows_constraints_prefers_trials_that_hold_them(
    sampler: str, args: dict[str, Any], metrics: int, trials: int
) -> None:
    if sampler == "GPSampler":
        pytest.importorskip("torch")
    bound = [{"metric": "latency", "max": 0.4}]
    search = search_for(metrics, sampler={"type": sampler, "args": args}, constraints=bound)
    assert feasible(search, trials) > 0.4 + 0.1  # the feasible part of the space, and clearly more


def test_bounds_on_two_metrics_are_two_constraints_of_each_complete_trial() -> None:
    bounds = [{"metric": "latency", "max": 5}, {"metric": "accuracy", "min": 0.5}]
    search = search_for(constraints=bounds)
    search.tell(ended(asked(search), 0.5, loss=0.5, latency=7.0, accuracy=0.75))
    search.tell(ended(asked(search), 0.5, phase=Phase.CRASHED, latency=7.0))
    first, second = search.study.trials
    assert constraints.of(first) == {"latency <= 5": 2.0, "accuracy >= 0.5": -0.25}
    assert constraints.of(second) == {}


# metric.impute ----------------------------------------------------------------------------------


def imputing(how: str) -> Search:
    raw = {
        "method": "bayes",
        "metric": {"name": "loss", "impute": how},
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
        "scheduler": {"settings": {"pruner": {"type": "NopPruner"}}},
    }
    search, _ = make_search(
        read_sweep(raw), UserFile(), sweep_id="s", storage=InMemoryStorage(), say=lambda line: None
    )
    return search


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.CRASHED, Phase.STOPPED])
@pytest.mark.parametrize(("how", "value"), [("latest", 2.0), ("best", 1.0), ("worst", 9.0)])
def test_a_run_that_died_has_the_value_that_the_sweep_file_names(
    phase: Phase, how: str, value: float
) -> None:
    search = imputing(how)
    search.tell(ended(asked(search), 9.0))
    search.tell(ended(asked(search), 3.0, 1.0, 2.0, phase=phase))
    assert states(search) == ["COMPLETE", "COMPLETE"]
    assert search.study.trials[1].value == value


def test_a_run_that_never_started_has_none() -> None:
    search = imputing("worst")
    search.tell(ended(asked(search), 9.0))
    search.tell(ended(asked(search), phase=Phase.LOST))
    assert states(search) == ["COMPLETE", "FAIL"]
