"""The core through its three verbs: ask, tell, abandon. Real Optuna, no clock, no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.config import Component, Constraint, Metric
from optuna_sweep.config.parameters import Categorical, Distribution, Parameter, Uniform
from optuna_sweep.errors import SweepError, UserCodeError
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Completed, Decision, Failed, Observation, Phase, Pruned, Row, Verdict
from optuna_sweep.search import Retry, Search
from optuna_sweep.space import Declared, SearchSpace
from optuna_sweep.study import Opened
from tests.unit.space.blocks import programmed

LOSS = (Metric(name="loss"),)
KEEP = Verdict(decision=Decision.KEEP)
DONE = Verdict(decision=Decision.DONE)
FIXED = {"fixed_params": {"x": 0.5}, "base_sampler": {"type": "RandomSampler"}}
UPPER = optuna.pruners.ThresholdPruner(upper=1.0)


def block(distribution: Distribution = Uniform(0.0, 1.0)) -> Declared:  # noqa: B008  # it is frozen
    return Declared([Parameter(path=("x",), distribution=distribution)])


def search_over(
    space: SearchSpace | None = None,
    *,
    metrics: Sequence[Metric] = LOSS,
    pruner: optuna.pruners.BasePruner | None = None,
    sampler: optuna.samplers.BaseSampler | None = None,
    measure: dict[str, Any] | None = None,
    **options: Any,
) -> Search:
    space = space or block()
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(
        storage=space.wrap(storage),
        directions=["minimize" if metric.minimize else "maximize" for metric in metrics],
        sampler=sampler or optuna.samplers.RandomSampler(seed=1),
        pruner=pruner or optuna.pruners.NopPruner(),
    )
    return Search(
        opened=Opened(study=study, storage=storage),
        space=space,
        measure=Measure(metrics=tuple(metrics), **(measure or {})),
        sweep_id="s",
        **options,
    )


def asked(search: Search) -> str:
    proposal = search.ask()
    assert proposal is not None
    return proposal.run_id


def running(run_id: str, *values: Any, first: int = 0) -> Observation:
    rows = tuple(Row(first + step, {"loss": value}) for step, value in enumerate(values))
    return Observation(run_id=run_id, phase=Phase.RUNNING, rows=rows)


def ended(run_id: str, *values: Any, phase: Phase = Phase.FINISHED, **summary: Any) -> Observation:
    seen = running(run_id, *values)
    return Observation(run_id=run_id, phase=phase, rows=seen.rows, summary=summary)


def states(search: Search) -> list[str]:
    return [trial.state.name for trial in search.study.trials]


# Asking -----------------------------------------------------------------------------------


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
        opened=Opened(study=first.study, storage=first.storage),
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


# Telling ----------------------------------------------------------------------------------


def test_a_live_run_is_kept_and_its_values_are_reported() -> None:
    search = search_over()
    run_id = asked(search)
    assert search.tell(running(run_id, 0.5, 0.4)) == KEEP
    assert search.study.trials[0].intermediate_values == {0: 0.5, 1: 0.4}


def test_a_finished_run_completes_its_trial_with_its_last_value() -> None:
    search = search_over()
    run_id = asked(search)
    search.tell(running(run_id, 0.5))
    assert search.tell(ended(run_id)).outcome == Completed((0.5,))
    assert search.study.trials[0].value == 0.5


def test_a_trial_is_told_once_whatever_is_seen_of_its_run_afterwards() -> None:
    search = search_over()
    run_id = asked(search)
    search.tell(ended(run_id, 0.5))
    assert search.tell(ended(run_id, 0.1)) == DONE
    assert search.tell(running(run_id, 0.1)) == KEEP
    search.abandon(run_id, "too late")
    assert (states(search), search.study.trials[0].value) == (["COMPLETE"], 0.5)


def test_a_run_that_was_never_proposed_is_no_business_of_the_study() -> None:
    search = search_over()
    assert search.tell(running("stranger", 0.5)) == KEEP
    assert search.tell(ended("stranger", 0.5)) == DONE
    search.abandon("stranger", "why")
    assert not search.study.trials


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (Phase.FAILED, "the training process failed"),
        (Phase.CRASHED, "the training process stopped reporting"),
        (Phase.PREEMPTED, "its machine was taken away"),
        (Phase.LOST, "it never left the queue"),
        (Phase.DELETED, "it was deleted from W&B"),
    ],
)
def test_a_run_that_dies_fails_its_trial_whatever_it_has_logged(phase: Phase, reason: str) -> None:
    search = search_over()
    verdict = search.tell(ended(asked(search), 0.5, phase=phase))
    assert verdict.outcome == Failed(reason)
    assert (states(search), search.study.trials[0].user_attrs["reason"]) == (["FAIL"], reason)


@pytest.mark.parametrize("value", ["NaN", float("inf"), None, "soon", {"min": 1}])
def test_a_value_that_is_no_number_fails_the_trial_and_not_the_search(value: Any) -> None:
    search = search_over()
    verdict = search.tell(ended(asked(search), value))
    assert isinstance(verdict.outcome, Failed) and "'loss'" in verdict.outcome.reason
    assert asked(search) == "s-0001"


def test_objectives_of_different_rows_are_told_together() -> None:
    search = search_over(metrics=[Metric(name="loss"), Metric(name="size", minimize=False)])
    run_id = asked(search)
    rows = (Row(0, {"loss": 0.5}), Row(1, {"size": 3}))
    verdict = search.tell(Observation(run_id=run_id, phase=Phase.FINISHED, rows=rows, summary={}))
    assert verdict.outcome == Completed((0.5, 3.0))


def test_constraints_are_stored_with_the_trial_that_they_judge() -> None:
    bound = Constraint(metric="loss", max=0.25)
    search = search_over(measure={"constraints": (bound,)})
    search.tell(ended(asked(search), 0.5, loss=0.5))
    assert list(search.study.trials[0].constraints.values()) == [0.25]


# Pruning ----------------------------------------------------------------------------------


def test_a_pruned_run_is_to_be_stopped_and_its_trial_says_where_and_by_what() -> None:
    search = search_over(pruner=UPPER)
    run_id = asked(search)
    reason = "step 1: 5: stopped by ThresholdPruner"
    verdict = search.tell(running(run_id, 0.5, 5.0, 0.1))
    assert verdict == Verdict(decision=Decision.PRUNE, outcome=Pruned(1, reason), reason=reason)
    (trial,) = search.study.trials
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.PRUNED, reason)
    assert trial.intermediate_values == {0: 0.5, 1: 5.0}


def test_a_pruned_run_is_watched_until_it_has_ended() -> None:
    search = search_over(pruner=UPPER)
    run_id = asked(search)
    search.tell(running(run_id, 5.0))
    assert search.tell(running(run_id, 0.1, first=1)) == KEEP
    assert search.tell(ended(run_id, phase=Phase.STOPPED)) == DONE


def test_a_run_that_has_finished_is_not_pruned_any_more() -> None:
    search = search_over(pruner=UPPER)
    assert search.tell(ended(asked(search), 5.0, 0.5)).outcome == Completed((0.5,))


def test_a_run_that_a_person_stopped_is_pruned_where_it_has_reported_and_failed_where_not() -> None:
    search = search_over()
    first, second = asked(search), asked(search)
    search.tell(running(first, 0.5))
    assert search.tell(ended(first, phase=Phase.STOPPED)).outcome == Pruned(0, "somebody stopped it")
    assert search.tell(ended(second, phase=Phase.STOPPED)).outcome == Failed("somebody stopped it")


# Abandoning -------------------------------------------------------------------------------


def test_an_abandoned_run_fails_its_trial_with_the_reason() -> None:
    search = search_over()
    run_id = asked(search)
    search.abandon(run_id, "the sweep was canceled")
    (trial,) = search.study.trials
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.FAIL, "the sweep was canceled")


def test_an_abandoned_trial_owes_no_further_runs() -> None:
    search = search_over(repeats=3)
    run_id = asked(search)
    assert search.owes_runs
    search.abandon(run_id, "why")
    assert not search.owes_runs
    assert asked(search) == "s-0001"


# Retrying ---------------------------------------------------------------------------------

CRASHES = Retry(2, frozenset({Phase.CRASHED}))


def test_a_run_that_crashed_is_tried_again_before_anything_new() -> None:
    search = search_over(retry=CRASHES)
    run_id = asked(search)
    verdict = search.tell(ended(run_id, phase=Phase.CRASHED))
    assert verdict.decision is Decision.DONE and verdict.outcome is None
    assert verdict.reason == "the training process stopped reporting: tried again (1 of 2)"
    assert search.owes_runs
    again = search.ask()
    assert again is not None
    assert (again.run_id, again.name, again.retry) == ("s-0000-r1", "trial-000 retry 1", True)
    assert again.parameters == search.study.trials[0].params
    assert states(search) == ["RUNNING"]


def test_the_last_attempt_decides() -> None:
    search = search_over(retry=CRASHES)
    asked(search)
    for run_id in ("s-0000", "s-0000-r1"):
        assert search.tell(ended(run_id, phase=Phase.CRASHED)).outcome is None
        asked(search)
    crashed = search.tell(ended("s-0000-r2", phase=Phase.CRASHED))
    assert crashed.outcome == Failed("the training process stopped reporting")
    assert not search.owes_runs


def test_an_attempt_that_succeeds_completes_the_trial_once() -> None:
    search = search_over(retry=CRASHES)
    search.tell(ended(asked(search), 0.9, phase=Phase.CRASHED))
    assert search.tell(ended(asked(search), 0.5)).outcome == Completed((0.5,))
    assert search.tell(ended("s-0000", 0.9)) == DONE
    assert states(search) == ["COMPLETE"]


def test_the_steps_of_an_earlier_attempt_stay_and_later_ones_are_added() -> None:
    search = search_over(retry=CRASHES)
    search.tell(ended(asked(search), 0.9, 0.8, phase=Phase.CRASHED))
    search.tell(running(asked(search), 0.7, 0.6, 0.5))
    assert search.study.trials[0].intermediate_values == {0: 0.9, 1: 0.8, 2: 0.5}


def test_a_way_to_end_that_is_not_retried_is_final_at_once() -> None:
    search = search_over(retry=CRASHES)
    verdict = search.tell(ended(asked(search), phase=Phase.FAILED))
    assert verdict.outcome == Failed("the training process failed")
    assert not search.owes_runs


# Repeating --------------------------------------------------------------------------------


def test_the_repeats_of_a_trial_come_one_after_the_other_with_the_same_parameters() -> None:
    search = search_over(repeats=3)
    proposals = [search.ask() for _ in range(4)]
    assert [p.run_id for p in proposals if p] == ["s-0000", "s-0000-x1", "s-0000-x2", "s-0001"]
    assert len({tuple(p.parameters.items()) for p in proposals[:3] if p}) == 1


def test_a_trial_gets_the_mean_of_its_repeats_when_the_last_has_ended() -> None:
    search = search_over(repeats=2)
    first, second = asked(search), asked(search)
    assert search.tell(ended(second, 0.2)).outcome is None
    assert search.tell(ended(first, 0.4)).outcome == Completed((pytest.approx(0.3),))


def test_a_pruner_judges_between_repeats_and_not_within_one() -> None:
    search = search_over(repeats=3, pruner=UPPER)
    first, second = asked(search), asked(search)
    assert search.tell(running(first, 5.0, 6.0)) == KEEP
    verdict = search.tell(ended(first, phase=Phase.FINISHED, loss=6.0))
    assert verdict.decision is Decision.DONE
    assert verdict.outcome == Pruned(0, "step 0: 6: stopped by ThresholdPruner")
    assert verdict.also_stop == (second,), "the third was never started"
    assert not search.owes_runs
    assert search.tell(ended(second, phase=Phase.STOPPED)) == DONE


def test_one_repeat_that_fails_fails_the_trial_and_stops_the_others() -> None:
    search = search_over(repeats=2)
    first, second = asked(search), asked(search)
    verdict = search.tell(ended(first, phase=Phase.FAILED))
    assert (verdict.outcome, verdict.also_stop) == (Failed("the training process failed"), (second,))


def test_a_repeat_is_tried_again_under_its_own_id() -> None:
    search = search_over(repeats=2, retry=CRASHES)
    asked(search), asked(search)
    search.tell(ended("s-0000-x1", phase=Phase.CRASHED))
    assert asked(search) == "s-0000-x1-r1"
    search.tell(ended("s-0000", 0.2))
    assert search.tell(ended("s-0000-x1-r1", 0.4)).outcome == Completed((pytest.approx(0.3),))


def test_a_configuration_is_as_feasible_as_its_worst_repeat() -> None:
    search = search_over(repeats=2, measure={"constraints": (Constraint(metric="loss", max=0.25),)})
    for value in (0.5, 0.1):
        search.tell(ended(asked(search), value, loss=value))
    assert list(search.study.trials[0].constraints.values()) == [0.25]
