from __future__ import annotations

from typing import Any

import numpy as np
import optuna
import pytest

from optuna_sweep.errors import UserCodeError
from optuna_sweep.space import Programmed
from tests.unit.objective.threads import in_thread
from tests.unit.space.blocks import study_of


def returning(function: Any) -> Programmed:
    return Programmed(in_thread(function, returns_config=True))


def derived(trial: optuna.Trial) -> dict[str, Any]:
    exponent = trial.suggest_int("exponent", 3, 6)
    return {"width": np.int64(2**exponent), "shape": (2, exponent), "opt": {"name": "adam"}}


def test_the_run_gets_what_the_function_returns_in_plain_values() -> None:
    space = returning(derived)
    study = study_of(space)
    trial = study.ask()
    config = space.suggest(trial)
    exponent = trial.params["exponent"]
    assert config == {"width": 2**exponent, "shape": [2, exponent], "opt": {"name": "adam"}}
    assert type(config["width"]) is int
    assert trial.params == {"exponent": exponent}


def test_the_config_is_read_back_from_the_study_by_another_process() -> None:
    space = returning(derived)
    study = study_of(space)
    config = space.suggest(study.ask())
    assert returning(derived).config(study.trials[0]) == config


NO_CONFIGS = {"nothing": None, "a number": 0.5, "a list": ["a"], "no JSON": {"model": object()}}


@pytest.mark.parametrize("returned", NO_CONFIGS.values(), ids=NO_CONFIGS.keys())
def test_what_is_no_config_is_told_in_a_sentence(returned: Any) -> None:
    space = returning(lambda trial: returned)
    study = study_of(space)
    with pytest.raises(UserCodeError, match=r"scheduler\.search_space names must return a dict"):
        space.suggest(study.ask())


def test_without_the_engine_what_is_returned_is_not_used() -> None:
    space = Programmed(in_thread(derived))
    study = study_of(space)
    assert set(space.suggest(study.ask())) == {"exponent"}
