from __future__ import annotations

import warnings
from typing import Any

import pytest
from optuna.samplers import nsgaii

from optuna_sweep.components import build_pruner, build_sampler, kinds
from optuna_sweep.config import Component
from optuna_sweep.errors import ConfigError
from tests.unit.components.complaints import pruner_complaints, sampler_complaints

NEEDED: dict[str, dict[str, Any]] = {
    "PartialFixedSampler": {"fixed_params": {"x": 1}, "base_sampler": {"type": "RandomSampler"}},
    "GridSampler": {"search_space": {"x": [1, 2]}},
    "PatientPruner": {"wrapped_pruner": {"type": "MedianPruner"}, "patience": 2},
    "PercentilePruner": {"percentile": 25.0},
    "ThresholdPruner": {"upper": 1.0},
}


@pytest.mark.parametrize("name", [n for n in kinds.SAMPLER.classes if not kinds.missing_packages(n)])
def test_every_public_sampler_of_optuna_can_be_named(name: str) -> None:
    made = build_sampler(Component(type=name, args=NEEDED.get(name, {})))
    assert type(made).__name__ == name


@pytest.mark.parametrize("name", [n for n in kinds.PRUNER.classes if not kinds.missing_packages(n)])
def test_every_public_pruner_of_optuna_can_be_named(name: str) -> None:
    made = build_pruner(Component(type=name, args=NEEDED.get(name, {})))
    assert type(made).__name__ == name


def test_the_names_are_those_that_optuna_publishes_and_no_base_class() -> None:
    assert "GPSampler" in kinds.SAMPLER.classes
    assert "WilcoxonPruner" in kinds.PRUNER.classes
    assert not [n for n in (*kinds.SAMPLER.classes, *kinds.PRUNER.classes) if n.startswith("Base")]
    assert "nsgaii" not in kinds.SAMPLER.classes


def test_an_unknown_sampler_is_told_with_the_near_miss_and_the_known_names() -> None:
    assert sampler_complaints("TPE") == [
        "scheduler.settings.sampler.type: 'TPE' is not an Optuna sampler: BruteForceSampler, CmaEsSampler, "
        "GPSampler, GridSampler, NSGAIIISampler, NSGAIISampler, PartialFixedSampler, QMCSampler, "
        "RandomSampler, TPESampler: Did you mean 'TPESampler'?"
    ]


@pytest.mark.parametrize("gone", ["MOTPESampler", "IntersectionSearchSpace", "BaseSampler", "nsgaii"])
def test_what_optuna_no_longer_has_is_unknown(gone: str) -> None:
    assert "is not an Optuna sampler" in sampler_complaints(gone)[0]


def test_an_unknown_pruner_is_told() -> None:
    assert pruner_complaints("Sampler") == [
        "scheduler.settings.pruner.type: 'Sampler' is not an Optuna pruner: HyperbandPruner, MedianPruner, "
        "NopPruner, PatientPruner, PercentilePruner, SuccessiveHalvingPruner, ThresholdPruner, "
        "WilcoxonPruner, TighteningPruner: Choose one of them"
    ]


def test_an_unknown_argument_is_told_with_the_valid_ones_and_their_defaults() -> None:
    assert pruner_complaints("MedianPruner", n_startup_trails=3) == [
        "scheduler.settings.pruner.args.n_startup_trails: not an argument of MedianPruner: "
        "n_startup_trials (5), n_warmup_steps (0), interval_steps (1), n_min_trials (1): "
        "Did you mean 'n_startup_trials'?"
    ]


def test_a_class_without_arguments_says_so() -> None:
    assert pruner_complaints("NopPruner", patience=3) == [
        "scheduler.settings.pruner.args.patience: not an argument of NopPruner: no argument at all: Remove it"
    ]


def test_a_missing_argument_is_told_with_what_it_is() -> None:
    assert pruner_complaints("PatientPruner") == [
        "scheduler.settings.pruner.args.wrapped_pruner: missing, and PatientPruner requires it: "
        "a pruner, as {type, args} or null: Add it",
        "scheduler.settings.pruner.args.patience: missing, and PatientPruner requires it: "
        "a whole number: Add it",
    ]


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ({"n_startup_trials": "ten"}, "args.n_startup_trials: 'ten': a whole number: Correct the value"),
        ({"n_startup_trials": 1.5}, "args.n_startup_trials: 1.5: a whole number: Correct the value"),
        ({"n_startup_trials": True}, "args.n_startup_trials: true: a whole number: Correct the value"),
        ({"constant_liar": "yes"}, "args.constant_liar: 'yes': true or false: Correct the value"),
        (
            {"gamma": "sqrt"},
            "args.gamma: 'sqrt': a Python object, which YAML cannot hold: "
            "Remove it, or write sampler() in the file of scheduler.settings.optuna_source",
        ),
        (
            {"constraints_func": "f"},
            "args.constraints_func: 'f': a Python object, which YAML cannot hold: "
            "Use scheduler.settings.constraints",
        ),
        (
            {"consider_prior": False},
            "args: `consider_prior` has been deprecated in v4.3.0. This feature will be removed in v6.0.0: "
            "TPESampler without it: Remove the argument",
        ),
        (
            {"group": True, "multivariate": False},
            "args: group: true, multivariate: false: what TPESampler accepts: Optuna says: ``group`` option "
            "can only be enabled when ``multivariate`` is enabled.",
        ),
    ],
)
def test_a_wrong_value_is_told(args: dict[str, Any], complaint: str) -> None:
    assert sampler_complaints("TPESampler", **args) == [f"scheduler.settings.sampler.{complaint}"]


def test_optunas_own_sentence_is_kept_for_what_only_optuna_knows() -> None:
    assert pruner_complaints("ThresholdPruner") == [
        "scheduler.settings.pruner.type: no args: what ThresholdPruner accepts: "
        "Optuna says: Either lower or upper must be specified."
    ]


def test_all_problems_are_told_at_once_at_any_depth() -> None:
    wrapped = {"type": "Patient", "arg": 1, "args": {"patience": 1}}
    assert pruner_complaints("PatientPruner", wrapped_pruner=wrapped, patience="long", x=1) == [
        "scheduler.settings.pruner.args.x: not an argument of PatientPruner: wrapped_pruner (required), "
        "patience (required), min_delta (0.0): Use one of them, or remove it",
        "scheduler.settings.pruner.args.wrapped_pruner.arg: 1: type and args: "
        "Move it into args, or remove it",
        "scheduler.settings.pruner.args.wrapped_pruner.type: 'Patient' is not an Optuna pruner: "
        "HyperbandPruner, MedianPruner, NopPruner, PatientPruner, PercentilePruner, SuccessiveHalvingPruner, "
        "ThresholdPruner, WilcoxonPruner, TighteningPruner: Did you mean 'PatientPruner'?",
        "scheduler.settings.pruner.args.patience: 'long': a whole number: Correct the value",
    ]


def test_a_nested_pruner_written_as_text_is_told_how() -> None:
    assert pruner_complaints("PatientPruner", wrapped_pruner="MedianPruner", patience=1) == [
        "scheduler.settings.pruner.args.wrapped_pruner: 'MedianPruner': "
        "a pruner, as {type: …, args: {…}}: Write {type: MedianPruner}, for example"
    ]


def test_nested_args_must_be_a_mapping() -> None:
    nested = {"type": "MedianPruner", "args": [5]}
    assert pruner_complaints("PatientPruner", wrapped_pruner=nested, patience=1) == [
        "scheduler.settings.pruner.args.wrapped_pruner.args: [5]: a mapping: "
        "Write the arguments as name: value"
    ]


def test_a_patient_pruner_may_wrap_nothing() -> None:
    assert pruner_complaints("PatientPruner", wrapped_pruner=None, patience=1) == []


def test_text_that_means_a_number_is_one() -> None:
    assert pruner_complaints("PercentilePruner", percentile="2.5e1", n_startup_trials="3") == []
    assert pruner_complaints("MedianPruner", n_startup_trials=3.0) == []


@pytest.mark.skipif(not hasattr(nsgaii, "BaseMutation"), reason="Optuna has mutations since 5.0")
def test_the_genetic_samplers_take_mutations() -> None:
    assert sampler_complaints("NSGAIISampler", mutation={"type": "PolynomialMutation"}) == []


def test_the_genetic_samplers_take_crossovers_and_arrays() -> None:
    crossover = {"type": "SBXCrossover", "args": {"eta": 2.0}}
    assert sampler_complaints("NSGAIISampler", crossover=crossover) == []
    assert sampler_complaints("NSGAIIISampler", reference_points=[[0, 1], [1, 0]]) == []


def test_a_missing_package_is_named_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "find_spec", lambda name: None)
    base = {"type": "CmaEsSampler"}
    assert sampler_complaints("PartialFixedSampler", fixed_params={}, base_sampler=base) == [
        "scheduler.settings.sampler.args.base_sampler.type: 'CmaEsSampler' needs 'cmaes', not installed "
        "where the scheduler runs: a sampler whose packages are installed: "
        "Run pip install cmaes there, or add it to requirements.txt"
    ]
    assert "needs 'scipy' and 'torch', not installed" in sampler_complaints("GPSampler")[0]
    assert "needs 'scipy'" in pruner_complaints("WilcoxonPruner")[0]


def test_building_what_has_problems_raises_them_all() -> None:
    with pytest.raises(ConfigError) as told:
        build_sampler(Component(type="TPESampler", args={"a": 1, "n_startup_trials": "x"}))
    assert len(told.value.problems) == 2
    with pytest.raises(ConfigError, match="is not an Optuna pruner"):
        build_pruner(Component(type="Median"))


def test_an_experimental_class_is_built_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_sampler(Component(type="BruteForceSampler"))
        build_pruner(Component(type="PatientPruner", args={"wrapped_pruner": None, "patience": 1}))


def test_an_array_of_something_else_than_numbers_is_told() -> None:
    assert sampler_complaints("NSGAIIISampler", reference_points=["a"]) == [
        "scheduler.settings.sampler.args.reference_points: ['a']: a list of lists of numbers or null: "
        "Correct the value"
    ]
