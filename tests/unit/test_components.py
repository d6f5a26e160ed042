from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from itertools import islice
from types import ModuleType
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from optuna_sweep import components
from optuna_sweep.components import PointsInOrder, Seed, build_pruner, build_sampler, kinds
from optuna_sweep.components.enumeration import grid_of
from optuna_sweep.config import Component
from optuna_sweep.config.parameters import (
    Categorical,
    Condition,
    Constant,
    Integers,
    Parameter,
    Uniform,
)
from optuna_sweep.errors import ConfigError
from optuna_sweep.space import Declared


def sampler_complaints(type: str, **args: Any) -> list[str]:
    return [str(problem) for problem in components.sampler_problems(Component(type=type, args=args))]


def pruner_complaints(type: str, **args: Any) -> list[str]:
    return [str(problem) for problem in components.pruner_problems(Component(type=type, args=args))]


def space(**parameters: Any) -> Declared:
    return Declared([Parameter(path=(name,), distribution=made) for name, made in parameters.items()])


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
        "WilcoxonPruner: Choose one of them"
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
        "ThresholdPruner, WilcoxonPruner: Did you mean 'PatientPruner'?",
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


def test_the_genetic_samplers_take_crossovers_mutations_and_arrays() -> None:
    crossover = {"type": "SBXCrossover", "args": {"eta": 2.0}}
    assert (
        sampler_complaints("NSGAIISampler", crossover=crossover, mutation={"type": "PolynomialMutation"})
        == []
    )
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


def suggested(sampler: optuna.samplers.BaseSampler) -> float:
    trial = optuna.create_study(sampler=sampler).ask()
    return trial.suggest_float("x", 0, 1)


def test_the_seed_goes_into_samplers_at_any_depth() -> None:
    nested = Component(
        type="PartialFixedSampler", args={"fixed_params": {"y": 1}, "base_sampler": {"type": "RandomSampler"}}
    )
    plain = Component(type="RandomSampler")
    assert suggested(build_sampler(plain, Seed(3))) == suggested(build_sampler(plain, Seed(3)))
    assert suggested(build_sampler(nested, Seed(3))) == suggested(build_sampler(plain, Seed(3)))
    assert suggested(build_sampler(plain, Seed(3))) != suggested(build_sampler(plain, Seed(4)))


def test_a_seed_among_the_args_comes_first() -> None:
    own = Component(type="RandomSampler", args={"seed": 9})
    assert suggested(build_sampler(own, Seed(3))) == suggested(build_sampler(own, Seed(4)))


def test_each_trial_has_a_seed_of_its_own_where_the_sampler_allows_it() -> None:
    assert Seed(3, 1).of("TPESampler") == Seed(3, 1).of("TPESampler") != Seed(3, 2).of("TPESampler")
    assert Seed(3, 1).of("GridSampler") == Seed(3, 2).of("GridSampler") == 3
    assert Seed(None, 1).of("TPESampler") is None


def test_a_grid_sampler_takes_its_grid_from_the_parameters() -> None:
    grid = space(x=Categorical((1, "a", None)), y=Integers(1, 3), c=Constant(5))
    assert grid_of(grid) == {"x": [1, "a", None], "y": [1, 2, 3]}
    sampler = build_sampler(Component(type="GridSampler"), Seed(), grid)
    study = optuna.create_study(sampler=sampler)
    seen = [grid.suggest(study.ask()) for _ in range(9)]
    assert len({(point["x"], point["y"]) for point in seen}) == 9


def test_a_grid_sampler_over_a_continuous_range_is_told() -> None:
    problems = components.sampler_problems(Component(type="GridSampler"), space=space(x=Uniform(0, 1)))
    assert [str(problem) for problem in problems] == [
        "scheduler.settings.sampler: GridSampler: a finite space: Give search_space, or use values"
    ]


HUB = "scheduler.settings.sampler.type"


def test_a_sampler_of_the_hub_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components.hub, "find_spec", lambda name: None)
    assert sampler_complaints("hub:auto_sampler.AutoSampler") == [
        f"{HUB}: 'hub:auto_sampler.AutoSampler' needs 'optunahub', not installed where the scheduler runs: "
        "a sampler whose packages are installed: "
        "Run pip install optunahub there, or add it to requirements.txt"
    ]


def test_a_sampler_of_the_hub_names_a_package_and_a_class() -> None:
    assert sampler_complaints("hub:auto_sampler") == [
        f"{HUB}: 'hub:auto_sampler': hub:PACKAGE.CLASS, such as hub:auto_sampler.AutoSampler: "
        "Name the package and its class"
    ]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Any]], None]:
    """Installs a stand-in for the ``optunahub`` package, whose real one loads from the network."""

    def install(load_module: Callable[[str], Any]) -> None:
        module = ModuleType("optunahub")
        module.__spec__ = ModuleSpec("optunahub", None)
        vars(module)["load_module"] = load_module
        monkeypatch.setitem(sys.modules, "optunahub", module)

    return install


def a_package(name: str) -> ModuleType:
    module = ModuleType(name)
    vars(module)["MySampler"] = type("MySampler", (optuna.samplers.RandomSampler,), {})
    return module


def test_a_sampler_of_the_hub_is_built_and_seeded_where_the_package_is_installed(hub: Any) -> None:
    hub(a_package)
    named = Component(type="hub:mine.MySampler")
    assert type(build_sampler(named)).__name__ == "MySampler"
    assert suggested(build_sampler(named, Seed(3))) == suggested(build_sampler(named, Seed(3)))


def test_checking_a_sampler_of_the_hub_loads_nothing(hub: Any) -> None:
    hub(lambda name: pytest.fail("the network was asked"))
    assert sampler_complaints("hub:mine.MySampler") == []


def test_a_package_of_the_hub_that_fails_or_lacks_the_class_is_told(hub: Any) -> None:
    hub(a_package)
    with pytest.raises(ConfigError) as told:
        build_sampler(Component(type="hub:mine.Other"))
    assert str(told.value) == (
        f"{HUB}: 'hub:mine.Other': the package has no such sampler: MySampler: Choose one of them"
    )
    hub(lambda name: 1 / 0)
    with pytest.raises(ConfigError, match=r"could not be loaded \(ZeroDivisionError: division by zero\)"):
        build_sampler(Component(type="hub:mine.MySampler"))


def test_each_method_has_its_sampler() -> None:
    finite, endless = space(x=Categorical((1, 2))), space(x=Uniform(0, 1))
    names = {
        (method, size): type(components.default_sampler(method, Seed(1), made)).__name__
        for method in ("grid", "random", "bayes", "custom")
        for size, made in (("finite", finite), ("endless", endless))
    }
    assert names == {
        ("grid", "finite"): "PointsInOrder",
        ("grid", "endless"): "BruteForceSampler",
        ("random", "finite"): "RandomSampler",
        ("random", "endless"): "RandomSampler",
        ("bayes", "finite"): "TPESampler",
        ("bayes", "endless"): "TPESampler",
        ("custom", "finite"): "TPESampler",
        ("custom", "endless"): "TPESampler",
    }


def test_the_default_pruner_is_the_median_rule() -> None:
    assert isinstance(components.default_pruner(None), optuna.pruners.MedianPruner)


def conditional() -> Declared:
    only_sgd = (Condition(parameter="optimizer", values=("sgd",)),)
    return Declared(
        [
            Parameter(path=("optimizer",), distribution=Categorical(("adam", "sgd"))),
            Parameter(path=("momentum",), distribution=Categorical((0.0, 0.9)), when=only_sgd),
            Parameter(path=("layers",), distribution=Categorical(([1], [1, 2]))),
        ]
    )


def run_points(study: optuna.Study, made: Declared, count: int) -> list[dict[str, Any]]:
    return [made.suggest(study.ask()) for _ in range(count)]


def test_a_grid_visits_each_point_once_in_order_conditions_included() -> None:
    made = conditional()
    study = optuna.create_study(
        storage=made.wrap(optuna.storages.InMemoryStorage()), sampler=PointsInOrder(made)
    )
    assert run_points(study, made, 6) == list(made.points())
    assert isinstance(study.sampler, PointsInOrder)
    assert study.sampler.is_exhausted(study)


def test_a_grid_goes_on_after_a_restart_whatever_became_of_its_trials() -> None:
    made = conditional()
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(study_name="s", storage=made.wrap(storage), sampler=PointsInOrder(made))
    first = run_points(study, made, 3)
    study.tell(0, 1.0)
    study.tell(1, state=TrialState.FAIL)
    again = optuna.load_study(study_name="s", storage=made.wrap(storage), sampler=PointsInOrder(made))
    assert first + run_points(again, made, 3) == list(made.points())


def test_a_grid_leaves_out_a_point_that_was_enqueued() -> None:
    made = conditional()
    points = list(made.points())
    study = optuna.create_study(
        storage=made.wrap(optuna.storages.InMemoryStorage()), sampler=PointsInOrder(made)
    )
    study.enqueue_trial(made.fix(points[2]))
    seen = run_points(study, made, 6)
    assert seen == [points[2], *points[:2], *points[3:]]


def test_a_grid_that_is_used_up_still_answers() -> None:
    made = space(x=Categorical((1, 2)))
    study = optuna.create_study(sampler=PointsInOrder(made))
    assert not PointsInOrder(made).is_exhausted(study)
    seen = run_points(study, made, 4)
    assert [point["x"] for point in seen[:2]] == [1, 2]
    assert all(point["x"] in (1, 2) for point in seen)


def test_a_large_grid_is_read_lazily() -> None:
    made = Declared([Parameter(path=(f"p{n}",), distribution=Integers(1, 10)) for n in range(12)])
    study = optuna.create_study(sampler=PointsInOrder(made))
    assert run_points(study, made, 20) == list(islice(made.points(), 20))
