"""Asking the search for runs."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.config import Component
from optuna_sweep.config.parameters import Categorical
from optuna_sweep.errors import SweepError, UserCodeError
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Completed
from optuna_sweep.search import Search
from optuna_sweep.study import Opened
from tests.unit.search.searches import (
    LOSS,
    asked,
    block,
    ended,
    search_over,
    states,
)
from tests.unit.space.blocks import programmed

FIXED = {"fixed_params": {"x": 0.5}, "base_sampler": {"type": "RandomSampler"}}


def test_a_proposal_names_the_run_the_trial_and_its_parameters() -> None:
    search = search_over()
    proposals = [search.ask(), search.ask()]
    assert [(p.run_id, p.trial, p.name, p.retry) for p in proposals if p] == [
        ("s-0000", 0, "trial-000", False),
        ("s-0001", 1, "trial-001", False),
    ]
    assert [p.parameters for p in proposals if p] == [trial.params for trial in search.study.trials]
    assert states(search) == ["RUNNING", "RUNNING"]


def test_the_study_knows_the_run_of_each_trial() -> None:
    search = search_over()
    asked(search)
    assert search.study.trials[0].user_attrs["run_id"] == "s-0000"


def test_no_configuration_is_proposed_twice_and_a_finite_space_ends() -> None:
    search = search_over(block(Categorical(("a", "b", "c"))))
    proposals = [search.ask() for _ in range(5)]
    assert sorted(p.parameters["x"] for p in proposals if p) == ["a", "b", "c"]
    assert proposals[3:] == [None, None]


def test_a_repeated_configuration_is_a_failed_trial_that_says_so() -> None:
    search = search_over(block(Categorical(("a", "b", "c", "d"))))
    for _ in range(4):
        asked(search)
    repeats = [trial for trial in search.study.trials if trial.state is TrialState.FAIL]
    assert {trial.user_attrs["reason"] for trial in repeats} == {
        "a repeat of a configuration that was already run"
    }


def test_a_configuration_that_an_earlier_scheduler_ran_is_not_proposed_again() -> None:
    first = search_over(block(Categorical(("a", "b"))))
    run_id = asked(first)
    first.tell(ended(run_id, 0.5))
    space = block(Categorical(("a", "b")))
    second = Search(
        opened=Opened(study=first.study, storage=first.opened.storage),
        space=space,
        measure=Measure(metrics=LOSS),
        sweep_id="s",
    )
    proposal = second.ask()
    assert proposal is not None
    assert proposal.parameters != {"x": first.study.trials[0].params["x"]}
    assert second.ask() is None


def test_a_sampler_that_is_held_to_points_that_were_tried_ends_the_search() -> None:
    stuck = build_sampler(Component(type="PartialFixedSampler", args=FIXED), Seed(1, 0), block())
    search = search_over(sampler=stuck)
    asked(search)
    assert search.ask() is None
    assert states(search) == ["RUNNING", *["FAIL"] * 50]


def test_a_sampler_that_only_repeats_itself_is_helped_out() -> None:
    class Stubborn(optuna.samplers.RandomSampler):
        def sample_independent(self, *args: Any) -> Any:
            return args[-1].choices[0]

    def objective(trial: optuna.Trial) -> None:
        if trial.suggest_categorical("kind", ["a", "b"]) == "a":
            trial.suggest_categorical("n", [1, 2, 3])

    search = search_over(programmed(objective), sampler=Stubborn())
    configs = []
    while (proposal := search.ask()) is not None:
        configs.append(tuple(proposal.parameters.values()))
        search.tell(ended(proposal.run_id, 0.5))
    assert sorted(configs) == [("a", 1), ("a", 2), ("a", 3), ("b",)]


def test_a_function_that_refuses_every_point_ends_the_sweep_with_the_way_out() -> None:
    def objective(trial: optuna.Trial) -> None:
        trial.suggest_float("x", 0, 1)
        raise optuna.TrialPruned

    with pytest.raises(SweepError, match=r"objective\(trial\) refused 50 of 50 points in a row\. Let it"):
        search_over(programmed(objective)).ask()


def test_a_users_function_that_raises_leaves_no_trial_at_work() -> None:
    search = search_over(programmed(lambda trial: {}["x"]))
    with pytest.raises(UserCodeError, match="KeyError"):
        search.ask()
    assert states(search) == ["FAIL"]


def test_a_point_that_the_users_function_refuses_is_passed_over() -> None:
    def objective(trial: optuna.Trial) -> None:
        if trial.suggest_categorical("x", [1, 2]) == 1:
            raise optuna.TrialPruned("one is too few")

    search = search_over(programmed(objective))
    proposal = search.ask()
    assert proposal is not None and proposal.parameters == {"x": 2}


@pytest.mark.parametrize("name", ["GridSampler", "BruteForceSampler"])
def test_a_sampler_that_stops_the_study_ends_the_search_after_its_last_point(name: str) -> None:
    space = block(Categorical(("a", "b")))
    args = {"search_space": {"x": ["a", "b"]}} if name == "GridSampler" else {}
    search = search_over(space, sampler=build_sampler(Component(type=name, args=args), Seed(1, 0), space))
    for _ in range(2):
        assert search.tell(ended(asked(search), 0.5)).outcome == Completed((0.5,))
    assert search.ask() is None
    assert states(search) == ["COMPLETE", "COMPLETE"]
