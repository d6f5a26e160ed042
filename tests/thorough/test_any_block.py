"""Whatever a parameters block says, its study asks, survives storage and reload, and keeps its values."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optuna
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Condition,
    Constant,
    Distribution,
    Integers,
    InvLogUniform,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
)
from optuna_sweep.space import Declared
from tests.unit.space.blocks import study_of

pytestmark = pytest.mark.slow

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
finite = st.floats(-1e9, 1e9)
positive = st.floats(1e-9, 1e9)
quanta = st.none() | st.sampled_from([1, 2, 7, 0.1, 0.25, 1e-3])
shapes = st.floats(0.05, 50.0)


# The same blocks in every build: one that fails must not come and go with the seed.
FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def bounds(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    return st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))


@st.composite
def categories(draw: st.DrawFn) -> Categorical:
    values = draw(
        st.lists(trees, min_size=1, max_size=4, unique_by=lambda value: json.dumps(value, sort_keys=True))
    )
    weights = draw(st.lists(st.integers(0, 9), min_size=len(values), max_size=len(values)))
    if draw(st.booleans()) and sum(weights):
        return Categorical(tuple(values), tuple(weight / sum(weights) for weight in weights))
    return Categorical(tuple(values))


distributions: st.SearchStrategy[Distribution] = st.one_of(
    trees.map(Constant),
    categories(),
    st.builds(
        lambda pair, step: Integers(*pair, step=step), bounds(st.integers(-999, 999)), st.integers(1, 50)
    ),
    bounds(st.integers(1, 9999)).map(lambda pair: Integers(*pair, log=True)),
    bounds(finite).map(lambda pair: Uniform(*pair)),
    st.builds(lambda pair, q: Uniform(*pair, q=q), bounds(finite), quanta),
    st.builds(lambda pair, step: Uniform(*pair, step=step), bounds(st.floats(-9, 9)), st.floats(0.01, 20)),
    st.builds(lambda pair, q: LogUniform(*pair, q=q), bounds(positive), quanta),
    bounds(positive).map(lambda pair: InvLogUniform(*pair)),
    st.builds(Normal, finite, st.floats(0, 1e6), quanta),
    st.builds(LogNormal, st.floats(-20, 20), st.floats(0, 5), quanta),
    st.builds(Beta, shapes, shapes, quanta),
)


@st.composite
def blocks(draw: st.DrawFn) -> list[Parameter]:
    block: list[Parameter] = []
    for number in range(draw(st.integers(0, 5))):
        path = (f"p{number}",) if draw(st.booleans()) else ("group", f"p{number}")
        when: tuple[Condition, ...] = ()
        if block and draw(st.booleans()):
            parent = draw(st.sampled_from(block))
            values = getattr(parent.distribution, "values", None)
            half = {"values": values[:1]} if values else {"low": 0.0}
            when = (Condition(parameter=parent.name, **half),)
        block.append(Parameter(path=path, distribution=draw(distributions), when=when))
    return draw(st.permutations(block))


def told(study: optuna.Study, space: Declared, trials: int) -> list[dict[str, Any]]:
    configs = []
    for number in range(trials):
        trial = study.ask()
        configs.append(space.suggest(trial))
        study.tell(trial, float(number))
    return configs


@FAST
@given(block=blocks(), seed=st.integers(0, 999))
def test_any_block_asks_survives_reload_and_keeps_its_values(block: list[Parameter], seed: int) -> None:
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "study.log")
        space = Declared(block)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=2)
        study = study_of(space, sampler=sampler, storage=JournalStorage(JournalFileBackend(path)))
        configs = told(study, space, 4)

        again = Declared(block)
        plain = optuna.load_study(study_name="sweep", storage=JournalStorage(JournalFileBackend(path)))
        told(study_of(again, seed=seed, storage=JournalStorage(JournalFileBackend(path))), again, 1)

        trials = plain.trials[: len(configs)]
    for config, trial in zip(configs, trials, strict=True):
        assert json.dumps(again.config(trial)) == json.dumps(config)
        assert json.loads(json.dumps(config)) == config


@FAST
@given(block=blocks(), seed=st.integers(0, 999))
def test_any_point_of_any_block_can_be_asked_for_again(block: list[Parameter], seed: int) -> None:
    space = Declared(block)
    configs = told(study_of(space, seed=seed), space, 3)
    repeating = Declared(block)
    study = study_of(repeating, seed=seed + 1)
    for config in configs:
        study.enqueue_trial(repeating.fix(config))
    repeated = told(study, repeating, 3)
    assert [json.dumps(config) for config in repeated] == [json.dumps(config) for config in configs]
    assert [space.key(config) for config in repeated] == [space.key(config) for config in configs]
    if space.size() is not None and (space.size() or 0) < 500:
        assert {space.key(config) for config in configs} <= {space.key(point) for point in space.points()}
