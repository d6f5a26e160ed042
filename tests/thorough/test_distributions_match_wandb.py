"""Every distribution is drawn as W&B's own library draws it: 2,000 samples of each side, compared."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from typing import Any

import optuna
import pytest
from scipy import stats

from optuna_sweep.config import SweepConfig
from optuna_sweep.setup import make_search
from optuna_sweep.user_file import UserFile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its models are written in pydantic 1's way
    from sweeps.params import HyperParameter

pytestmark = pytest.mark.slow

SAMPLES = 2_000

SPECS: dict[str, dict[str, Any]] = {
    "constant": {"value": 0},
    "categorical": {"values": ["a", "b", 3, None]},
    "categorical_w_probabilities": {
        "values": ["a", "b", "c", "d"],
        "probabilities": [0.5, 0.3, 0.15, 0.05],
    },
    "int_uniform": {"min": -3, "max": 12},
    "uniform": {"min": -1.5, "max": 4.0},
    "q_uniform": {"min": 0.25, "max": 3.1, "q": 0.5},
    "log_uniform": {"min": -8.0, "max": 1.0},
    "log_uniform_values": {"min": 1e-5, "max": 10.0},
    "inv_log_uniform": {"min": 0.5, "max": 4.0},
    "inv_log_uniform_values": {"min": 0.02, "max": 8.0},
    "q_log_uniform": {"min": 0.0, "max": 3.0, "q": 2},
    "q_log_uniform_values": {"min": 1.0, "max": 40.0, "q": 0.5},
    "normal": {"mu": 2.0, "sigma": 0.5},
    "q_normal": {"mu": 0.0, "sigma": 3.0, "q": 2},
    "log_normal": {"mu": 0.5, "sigma": 0.7},
    "q_log_normal": {"mu": 1.0, "sigma": 0.6, "q": 0.25},
    "beta": {"a": 2.0, "b": 0.5},
    "q_beta": {"a": 2.0, "b": 3.0, "q": 0.1},
}
CONTINUOUS = {
    "uniform",
    "log_uniform",
    "log_uniform_values",
    "inv_log_uniform",
    "inv_log_uniform_values",
    "normal",
    "log_normal",
    "beta",
}


@pytest.fixture(scope="module")
def ours() -> dict[str, list[Any]]:
    """What runs of a sweep file with all of them get."""
    parameters = {name: {"distribution": name, **spec} for name, spec in SPECS.items()}
    config = SweepConfig.parse(
        {"method": "random", "parameters": parameters, "scheduler": {"settings": {"seed": 2026}}}
    )
    assert [parameter.name for parameter in config.parameters] == list(SPECS)
    search, _ = make_search(
        config, UserFile(), sweep_id="s", storage=optuna.storages.InMemoryStorage(), say=lambda line: None
    )
    configs = []
    while len(configs) < SAMPLES:
        proposal = search.ask()
        assert proposal is not None
        configs.append(proposal.parameters)
    return {name: [config[name] for config in configs] for name in SPECS}


def wandbs(name: str) -> list[Any]:
    random.seed(name)
    theirs = HyperParameter(name, {"distribution": name, **SPECS[name]})
    return [theirs.sample() for _ in range(SAMPLES)]


@pytest.mark.parametrize("name", sorted(CONTINUOUS))
def test_a_continuous_distribution_is_drawn_as_wandb_draws_it(name: str, ours: dict[str, list[Any]]) -> None:
    assert stats.ks_2samp(ours[name], wandbs(name)).pvalue > 0.001


@pytest.mark.parametrize("name", sorted(set(SPECS) - CONTINUOUS - {"constant"}))
def test_a_discrete_distribution_is_drawn_as_wandb_draws_it(name: str, ours: dict[str, list[Any]]) -> None:
    here, there = Counter(map(spelled, ours[name])), Counter(map(spelled, wandbs(name)))
    table = [(here[value], there[value]) for value in here.keys() | there.keys()]
    frequent = [pair for pair in table if sum(pair) >= 10]
    rare = [sum(column) for column in zip(*(pair for pair in table if sum(pair) < 10), strict=True)]
    observed = [*frequent, rare] if rare and all(rare) else frequent
    assert len(observed) > 1
    assert stats.chi2_contingency(observed).pvalue > 0.001


@pytest.mark.parametrize("name", sorted(SPECS))
def test_a_value_has_the_type_that_wandb_gives_it(name: str, ours: dict[str, list[Any]]) -> None:
    whole = {"int_uniform", "q_log_uniform", "q_normal"}
    if name == "constant":
        assert set(ours[name]) == set(wandbs(name)) == {0}
    elif name.startswith("categorical"):
        assert {spelled(value) for value in ours[name]} == {spelled(value) for value in SPECS[name]["values"]}
    else:
        assert {type(value) for value in ours[name]} == {int if name in whole else float}


def spelled(value: Any) -> str:
    return f"{value:.9g}" if isinstance(value, int | float) else repr(value)
