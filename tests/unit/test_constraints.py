"""Constraints of trials, the same for each supported Optuna."""

from __future__ import annotations

import warnings

import optuna
import pytest
from optuna.trial import create_trial

from optuna_sweep import constraints


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


def test_what_is_noted_is_there_by_name_when_the_trial_is_told(study: optuna.Study) -> None:
    trial = study.ask()
    constraints.note(trial, {"latency <= 5": -1.0})
    constraints.note(trial, {"size <= 1": 2.0})
    study.tell(trial, 0.5)
    assert constraints.of(study.trials[0]) == {"latency <= 5": -1.0, "size <= 1": 2.0}


def test_a_trial_that_is_added_brings_its_constraints(study: optuna.Study) -> None:
    trial = create_trial(value=1.0)
    constraints.note(trial, {"latency <= 5": 3.0})
    study.add_trial(trial)
    assert constraints.of(study.trials[0]) == {"latency <= 5": 3.0}


def test_a_trial_without_constraints_has_none(study: optuna.Study) -> None:
    constraints.note(trial := study.ask(), {})
    study.tell(trial, 0.5)
    assert constraints.of(study.trials[0]) == {}
    assert not study.trials[0].user_attrs and not study.trials[0].system_attrs


def test_optuna_passes_over_a_best_trial_that_breaks_them(study: optuna.Study) -> None:
    for value, bound in ((0.1, 1.0), (0.2, 0.0)):
        constraints.note(trial := study.ask(), {"latency <= 5": bound})
        study.tell(trial, value)
    assert study.best_trial.value == 0.2


def test_numbers_without_names_are_named_by_their_place(study: optuna.Study) -> None:
    study.add_trial(create_trial(value=1.0, system_attrs={"constraints": [0.5, -1.0]}))
    assert constraints.of(study.trials[0]) == {"0": 0.5, "1": -1.0}


def test_a_study_of_optuna_4_keeps_its_names_in_optuna_5(study: optuna.Study) -> None:
    numbers, named = {"constraints": [0.5]}, {constraints.NAMED: {"latency <= 5": 0.5}}
    study.add_trial(create_trial(value=1.0, system_attrs=numbers, user_attrs=named))
    assert constraints.of(study.trials[0]) == {"latency <= 5": 0.5}


def test_a_sampler_that_knows_of_them_stores_what_was_noted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(**constraints.for_sampler())
    study = optuna.create_study(sampler=sampler)
    constraints.note(trial := study.ask(), {"latency <= 5": 2.0})
    study.tell(trial, 0.5)
    assert constraints.of(study.trials[0]) == {"latency <= 5": 2.0}
    with pytest.raises(ValueError, match="feasible"):
        _ = study.best_trial
