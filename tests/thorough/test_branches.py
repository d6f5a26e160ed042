"""None of a thousand configurations leaves its branch, whichever language the branch is written in."""

from __future__ import annotations

import optuna
import pytest

from optuna_sweep.space import Declared
from tests.unit.space.blocks import programmed, study_of
from tests.unit.space.branches import BRANCHING, conditional, leaves_its_branch, wanted_names


@pytest.mark.parametrize("directions", [["minimize"], ["minimize", "maximize"]])
def test_none_of_a_thousand_configs_leaves_the_path_that_the_function_took(directions: list[str]) -> None:
    space = programmed(conditional)
    study = optuna.create_study(directions=directions, sampler=optuna.samplers.RandomSampler(seed=5))
    configs = []
    for _ in range(1_000):
        trial = study.ask()
        configs.append(space.suggest(trial))
        assert configs[-1] == trial.params
    assert [config for config in configs if leaves_its_branch(config)] == []
    assert {config["kind"] for config in configs} == {"svm", "forest"}


def test_none_of_a_thousand_configs_holds_what_its_conditions_rule_out() -> None:
    space = Declared(BRANCHING)
    study = study_of(space)
    seen = set()
    for _ in range(1_000):
        trial = study.ask()
        config = space.suggest(trial)
        wanted = wanted_names(config)
        assert set(config) == wanted
        assert {name.split(".")[0] for name in trial.params} == wanted - {"nesterov"}
        seen.add(frozenset(wanted))
    assert len(seen) == 3
