from __future__ import annotations

import sys
import warnings
from typing import Any

import optuna
import pytest
from optuna.distributions import FloatDistribution

from optuna_sweep import constraints
from optuna_sweep.errors import TrialError, UserCodeError
from tests.unit.space.blocks import Objective, programmed, study_of
from tests.unit.space.branches import conditional, leaves_its_branch

with pytest.raises(ValueError) as _told:
    FloatDistribution(2.0, 1.0)
WITHOUT_ROOM = str(_told.value)
"""As the installed Optuna says it."""


def test_a_model_based_sampler_keeps_the_branch_too() -> None:
    space = programmed(conditional)
    sampler = optuna.samplers.TPESampler(seed=5, n_startup_trials=5)
    study = optuna.create_study(directions=["minimize", "maximize"], sampler=sampler)
    for number in range(40):
        trial = study.ask()
        assert not leaves_its_branch(space.suggest(trial))
        study.tell(trial, [float(number), -float(number)])


def test_a_trial_that_is_continued_gets_the_same_config() -> None:
    space, study = programmed(conditional), study_of(programmed(conditional), seed=3)
    trial = study.ask()
    assert space.suggest(trial) == space.suggest(trial)


def test_lists_and_dicts_can_be_chosen_from() -> None:
    def objective(trial: optuna.Trial) -> None:
        assert trial.suggest_categorical("layers", [(64, 32), {"a": 1}, "x"]) in [(64, 32), {"a": 1}, "x"]

    space = programmed(objective)
    study = study_of(space)
    configs = [space.suggest(study.ask()) for _ in range(30)]
    assert {trial.params["layers"] for trial in study.trials} == {"[64, 32]", '{"a": 1}', "x"}
    assert [space.config(trial) for trial in study.trials] == configs


def test_what_it_reports_or_returns_changes_nothing() -> None:
    def objective(trial: optuna.Trial) -> str:
        for step in range(3):
            trial.report(float("nan"), step)
            assert not trial.should_prune()
        trial.suggest_float("x", 0.0, 1.0)
        return "nonsense"

    space = programmed(objective)
    study = study_of(space)
    trial = study.ask()
    space.suggest(trial)
    (frozen,) = study.trials
    assert frozen.state is optuna.trial.TrialState.RUNNING
    assert (frozen.intermediate_values, frozen.values) == ({}, None)


def test_it_can_read_its_trial_and_study_and_leave_attributes() -> None:
    seen: list[Any] = []

    def objective(trial: optuna.Trial) -> None:
        assert isinstance(trial, optuna.trial.BaseTrial)
        x = trial.suggest_float("x", 0.0, 1.0)
        trial.suggest_uniform("old", 0.0, 1.0)
        trial.suggest_loguniform("older", 0.1, 1.0)
        trial.suggest_discrete_uniform("oldest", 0.0, 1.0, 0.5)
        trial.set_user_attr("from", "objective")
        trial.set_constraint("x", x - 2)
        seen.extend([trial.number, trial.params["x"] == x, set(trial.distributions)])
        seen.append(trial.user_attrs["from"])
        seen.extend([trial.study.study_name, len(trial.study.trials), trial.datetime_start is not None])
        seen.append(trial.constraints == {"x": x - 2})

    space = programmed(objective)
    study = study_of(space)
    space.suggest(study.ask())
    names = {"x", "old", "older", "oldest"}
    assert seen == [0, True, names, "objective", "sweep", 1, True, True]
    assert study.trials[0].user_attrs["from"] == "objective"
    assert constraints.of(study.trials[0]) == {"x": study.trials[0].params["x"] - 2}


def test_what_it_prints_is_given_back_as_lines(capsys: pytest.CaptureFixture[str]) -> None:
    def objective(trial: optuna.Trial) -> None:
        print("loading", "data")  # noqa: T201
        print()  # noqa: T201
        sys.stdout.write("no line break")
        sys.stdout.flush()

    lines: list[str] = []
    space = programmed(objective, lines=lines)
    space.suggest(study_of(space).ask())
    assert lines == ["loading data", "no line break"]
    assert capsys.readouterr().out == ""


def test_endless_printing_is_cut() -> None:
    lines: list[str] = []
    space = programmed(lambda trial: [print("x" * 99) for _ in range(10_000)], lines=lines)  # noqa: T201
    space.suggest(study_of(space).ask())
    assert 100 < len(lines) < 300


def test_lines_are_given_back_also_when_it_fails() -> None:
    lines: list[str] = []

    def objective(trial: optuna.Trial) -> None:
        print("about to fail")  # noqa: T201
        raise OSError

    space = programmed(objective, lines=lines)
    with pytest.raises(UserCodeError):
        space.suggest(study_of(space).ask())
    assert lines == ["about to fail"]


def recurse(trial: optuna.Trial) -> None:
    """Never end."""
    recurse(trial)


def interrupt(trial: optuna.Trial) -> None:
    """Do as Ctrl-C does."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("objective", "last_line"),
    [
        (lambda trial: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda trial: sys.exit(3), "SystemExit: 3"),
        (interrupt, "KeyboardInterrupt"),
        (recurse, "RecursionError: maximum recursion depth exceeded"),
        (
            lambda trial: trial.suggest_float("x", 2.0, 1.0),
            f"ValueError: {WITHOUT_ROOM}",
        ),
        (
            lambda trial: trial.suggest_categorical("x", [int]),
            "TypeError: <class 'int'> cannot be in a run's config, which can hold None, booleans, numbers, "
            "text, and lists and dicts of these",
        ),
        (
            lambda trial: trial.study.stop(),
            "AttributeError: objective(trial) may read best_params, best_trial, best_trials, best_value, "
            "best_values, direction, directions, metric_names, study_name, trials, user_attrs of its study, "
            "not 'stop'",
        ),
    ],
    ids=["raises", "exits", "interrupts", "recurses", "bad bounds", "bad choices", "stops the study"],
)
def test_whatever_it_raises_is_a_user_code_error_with_its_own_traceback(
    objective: Objective, last_line: str
) -> None:
    space = programmed(objective)
    study = study_of(space)
    with pytest.raises(UserCodeError) as failure:
        space.suggest(study.ask())
    *traceback, error, sentence = str(failure.value).splitlines()
    assert traceback[0] == "Traceback (most recent call last):"
    assert __file__ in traceback[1]
    assert not any("optuna_sweep/objective" in line for line in traceback)
    assert error == last_line
    assert sentence == (
        "objective(trial) failed for trial 0. It should suggest parameters and return; the training itself "
        "belongs in the job that the sweep runs."
    )


def test_a_point_that_it_prunes_is_given_up_and_the_sweep_goes_on() -> None:
    def objective(trial: optuna.Trial) -> None:
        if trial.suggest_int("width", 1, 9) > 0:
            raise optuna.TrialPruned("too wide for the GPU")

    space = programmed(objective)
    with pytest.raises(TrialError) as refusal:
        space.suggest(study_of(space).ask())
    assert str(refusal.value) == "objective(trial) pruned trial 0: too wide for the GPU"


def test_a_function_that_suggests_nothing_has_an_empty_config() -> None:
    space = programmed(lambda trial: None)
    assert space.suggest(study_of(space).ask()) == {}


def test_a_known_point_is_enqueued_under_the_functions_flat_names() -> None:
    def objective(trial: optuna.Trial) -> None:
        trial.suggest_categorical("layers", [[1], [2]])
        trial.suggest_float("opt/lr", 0.0, 1.0)

    space = programmed(objective)
    study = study_of(space)
    study.enqueue_trial(space.fix({"layers": [2], "opt/lr": 0.25}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert space.suggest(study.ask()) == {"layers": [2], "opt/lr": 0.25}


def test_nobody_knows_how_many_points_a_function_has() -> None:
    space = programmed(conditional)
    assert space.size() is None
    with pytest.raises(ValueError, match="cannot be listed"):
        space.points()


def test_configs_are_alike_whatever_their_order_and_kind_of_number() -> None:
    space = programmed(conditional)
    assert space.key({"a": 1, "b": [1]}) == space.key({"b": [1], "a": 1.0})
    assert space.key({"a": 1}) != space.key({"a": True})
