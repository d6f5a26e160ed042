"""The loop over Launch in memory, with virtual time."""

from __future__ import annotations

import optuna
import pytest

from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.config import Component, Metric
from optuna_sweep.config.parameters import Categorical, Constant, Parameter
from optuna_sweep.errors import SweepError, TrialError
from optuna_sweep.launch import Ending, SweepState
from optuna_sweep.outcomes import Completed, Failed, Phase, Proposal, Pruned, Row
from optuna_sweep.pace import SHORTEST
from optuna_sweep.space import Declared
from optuna_sweep.stopping import Stop
from tests.memory_launch import Script, curve, no_answer
from tests.sweeps_in_memory import LOSS, X, sweep


def good(proposal: Proposal) -> Script:
    return curve([1.0, 0.5, proposal.parameters["x"]])


def test_a_sweep_runs_to_its_cap_and_ends_finished() -> None:
    run = sweep(good, run_cap=5, workers=2)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 5
    assert [trial.value for trial in run.study.trials] == [trial.params["x"] for trial in run.study.trials]


def test_the_workers_are_never_exceeded_and_refilled_as_each_run_ends() -> None:
    run = sweep(lambda p: curve([0.1] * (1 + p.trial % 3)), run_cap=9, workers=3)
    run.run()
    assert run.launch.busiest == 3
    assert run.launch.clock < 9 / 3 * 60


def test_one_poll_asks_one_question_however_many_runs_are_live() -> None:
    run = sweep(good, run_cap=20, workers=20)
    run.run()
    polls = run.launch.calls.count("snapshot")
    assert polls <= run.launch.clock / SHORTEST + 1
    assert run.launch.requests == polls + 1


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.LOST, Phase.DELETED])
def test_a_run_that_dies_before_its_first_metric_fails_its_trial_and_the_sweep_goes_on(phase: Phase) -> None:
    run = sweep(lambda p: Script(end=phase, seconds=8) if p.trial == 1 else good(p), run_cap=4)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]


def test_a_run_that_crashed_without_a_trace_does_not_count_against_the_cap_as_in_wandb() -> None:
    run = sweep(lambda p: Script(end=Phase.CRASHED, seconds=8) if p.trial == 1 else good(p), run_cap=4)
    assert run.run() is Ending.FINISHED
    assert sorted(run.states) == ["COMPLETE"] * 4 + ["FAIL"]


def test_a_crashed_run_with_metrics_is_failed_and_never_complete() -> None:
    run = sweep(lambda p: curve([0.1, 0.2], end=Phase.CRASHED), run_cap=1)
    run.run()
    assert run.states == ["FAIL"]
    assert run.told == [(0, Failed("the training process stopped reporting"))]


@pytest.mark.parametrize("value", ["NaN", float("nan"), None, "Infinity", "soon"])
def test_a_last_value_that_is_no_number_fails_its_trial_and_the_sweep_goes_on(value: object) -> None:
    broken = Script(rows=[(3, Row(0, {"loss": value}))], seconds=5, summary={"loss": value})
    run = sweep(lambda p: broken if p.trial == 0 else good(p), run_cap=3)
    assert run.run() is Ending.FINISHED
    assert run.states == ["FAIL", "COMPLETE", "COMPLETE"]


def test_a_run_that_never_logs_the_metric_fails_its_trial() -> None:
    run = sweep(lambda p: curve([0.5], metric="los"), run_cap=1)
    run.run()
    assert run.told == [(0, Failed("the run logged no 'loss'"))]


def test_a_run_shorter_than_the_history_delay_is_told_by_its_summary() -> None:
    run = sweep(lambda p: Script(seconds=3, summary={"loss": 0.25}), run_cap=1)
    run.run()
    assert run.told == [(0, Completed((0.25,)))]


def test_a_pruned_run_is_stopped_and_holds_its_worker_until_it_has_ended() -> None:
    pruner = optuna.pruners.ThresholdPruner(upper=1.0)
    run = sweep(lambda p: curve([5.0] * 50 if p.trial == 0 else [0.5]), run_cap=2, workers=1, pruner=pruner)
    assert run.run() is Ending.FINISHED
    assert run.states == ["PRUNED", "COMPLETE"]
    assert run.launch.busiest == 1
    stopped = run.launch.runs["sweep-0000"]
    second = run.launch.runs["sweep-0001"]
    assert stopped.stop_asked is not None and second.queued is not None
    assert second.queued >= stopped.stop_asked + stopped.script.stop_lag


def test_the_reason_of_a_pruned_trial_is_kept_in_the_study() -> None:
    run = sweep(lambda p: curve([5.0] * 9), run_cap=1, pruner=optuna.pruners.ThresholdPruner(upper=1.0))
    run.run()
    assert run.study.trials[0].user_attrs["reason"] == "step 0: 5 is above the threshold 1"


def test_values_logged_before_a_run_finished_do_not_prune_it_afterwards() -> None:
    run = sweep(
        lambda p: curve([5.0, 0.5], every=1.0), run_cap=1, pruner=optuna.pruners.ThresholdPruner(upper=1.0)
    )
    run.run()
    assert run.told == [(0, Completed((0.5,)))]


def test_a_run_stopped_by_a_person_is_pruned_where_it_has_reported() -> None:
    run = sweep(lambda p: curve([0.5] * 30), run_cap=1)
    run.launch.at.append((60, lambda: run.launch.stop_run("sweep-0000")))
    assert run.run() is Ending.FINISHED
    (told,) = run.told
    assert isinstance(told[1], Pruned) and told[1].reason == "somebody stopped it"


def test_a_lost_stop_request_is_repeated() -> None:
    run = sweep(lambda p: curve([5.0] * 90), run_cap=1, pruner=optuna.pruners.ThresholdPruner(upper=1.0))
    run.launch.faults = no_answer("stop_run", first=1, last=1)
    assert run.run() is Ending.FINISHED
    assert run.states == ["PRUNED"]
    assert run.launch.calls.count("stop_run") == 2


def test_history_that_cannot_be_read_for_a_while_delays_the_sweep_and_loses_nothing() -> None:
    run = sweep(good, run_cap=3, workers=3)
    run.launch.faults = no_answer("snapshot", first=2, last=12)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 3
    assert all(len(trial.intermediate_values) == 3 for trial in run.study.trials)
    outage = [line for line in run.launch.said if "does not answer" in line]
    assert 1 <= len(outage) <= run.launch.clock / 60 + 1


def test_an_outage_without_end_ends_the_sweep_with_one_sentence() -> None:
    run = sweep(good)
    run.launch.faults = no_answer("snapshot", first=3, last=10**9)
    with pytest.raises(SweepError, match=r"^W&B has not answered for 6 hours: snapshot timed out$"):
        run.run()


def test_a_canceled_sweep_is_noticed_in_one_poll_and_its_runs_are_stopped() -> None:
    run = sweep(lambda p: curve([0.5] * 50), run_cap=8, workers=2)

    def cancel() -> None:
        run.launch.wish = SweepState.CANCELED

    run.launch.at.append((40, cancel))
    assert run.run() is Ending.CANCELED
    assert run.launch.clock <= 40 + 5 + 15 + 5
    assert len(run.launch.runs) == 2 and not run.launch.live()
    assert run.states == ["FAIL", "FAIL"]


@pytest.mark.parametrize(
    ("wish", "ending"), [(SweepState.PAUSED, Ending.PAUSED), (SweepState.FINISHED, Ending.FINISHED)]
)
def test_a_sweep_paused_or_stopped_on_its_page_lets_live_runs_end(wish: SweepState, ending: Ending) -> None:
    run = sweep(good, run_cap=20, workers=2)

    def act() -> None:
        run.launch.wish = wish

    run.launch.at.append((20, act))
    assert run.run() is ending
    assert run.states == ["COMPLETE", "COMPLETE"]


def test_a_stopped_scheduler_run_cancels_the_sweep() -> None:
    run = sweep(lambda p: curve([0.5] * 50))
    run.launch.at.append((30, lambda: setattr(run.launch, "scheduler_stopped", True)))
    assert run.run() is Ending.CANCELED


def test_a_finite_space_is_run_once_through_and_then_the_sweep_is_finished() -> None:
    colours = Parameter(path=("c",), distribution=Categorical(("r", "g", "b")))
    sizes = Parameter(path=("s",), distribution=Categorical((0, 1, 2, 3, False, None)))
    run = sweep(lambda p: curve([0.5]), parameters=[colours, sizes], run_cap=40, workers=8)
    assert run.run() is Ending.FINISHED
    assert len(run.launch.runs) == 18
    points = {
        (r.proposal.parameters["c"], repr(r.proposal.parameters["s"])) for r in run.launch.runs.values()
    }
    assert len(points) == 18


@pytest.mark.parametrize("name", ["GridSampler", "BruteForceSampler"])
def test_a_sampler_that_ends_the_study_ends_the_sweep(name: str) -> None:
    colours = Parameter(path=("c",), distribution=Categorical(("r", "g", "b")))
    args = {"search_space": {"c": ["r", "g", "b"]}} if name == "GridSampler" else {}
    space = Declared([colours])
    sampler = build_sampler(Component(type=name, args=args), Seed(1, 0), space)
    run = sweep(lambda p: curve([0.5]), parameters=[colours], run_cap=10, workers=1, sampler=sampler)
    assert run.run() is Ending.FINISHED
    assert len(run.launch.runs) == 3


def test_a_space_of_constants_is_one_run() -> None:
    constant = Parameter(path=("epochs",), distribution=Constant(0))
    run = sweep(lambda p: curve([0.5]), parameters=[constant], run_cap=9)
    assert run.run() is Ending.FINISHED
    assert [r.proposal.parameters for r in run.launch.runs.values()] == [{"epochs": 0}]


def test_a_reached_target_ends_the_sweep_as_finished() -> None:
    run = sweep(
        lambda p: curve([0.5 - 0.1 * p.trial]),
        metrics=[Metric(name="loss", target=0.2)],
        run_cap=50,
        workers=1,
    )
    assert run.run() is Ending.FINISHED
    assert run.study.best_value == pytest.approx(0.2)
    assert run.loop.stop == Stop("metric.target", "loss reached its target 0.2 with 0.2")


def test_several_objectives_are_told_together_and_a_run_without_one_of_them_fails() -> None:
    metrics = [LOSS, Metric(name="size", minimize=False)]

    def script(proposal: Proposal) -> Script:
        rows = [(1, Row(0, {"loss": 0.5})), (2, Row(1, {"size": 3.0}))]
        return Script(rows=rows[: 1 if proposal.trial == 1 else 2], seconds=5)

    run = sweep(script, metrics=metrics, run_cap=3)
    run.run()
    assert run.states == ["COMPLETE", "FAIL", "COMPLETE"]
    assert run.study.trials[0].values == [0.5, 3.0]


def test_a_preempted_run_that_comes_back_is_told_its_result() -> None:
    run = sweep(lambda p: curve([0.3], every=100.0), parameters=[X], run_cap=1)
    launch = run.launch

    def preempt() -> None:
        launch.runs["sweep-0000"].script = Script(end=Phase.PREEMPTED, seconds=1)

    def return_() -> None:
        launch.runs["sweep-0000"].script = curve([0.3], every=100.0)

    launch.at += [(20, preempt), (60, return_)]
    assert run.run() is Ending.FINISHED
    assert run.told == [(0, Completed((0.3,)))]


def test_a_preempted_run_that_never_comes_back_fails_its_trial() -> None:
    run = sweep(lambda p: Script(end=Phase.PREEMPTED, seconds=5), run_cap=1)
    assert run.run() is Ending.FINISHED
    assert run.told == [(0, Failed("its machine was taken away"))]


def test_a_run_that_cannot_be_made_fails_its_trial_and_the_sweep_goes_on() -> None:
    run = sweep(good, run_cap=3, workers=1)

    def deleted(call: str, nth: int) -> None:
        if call == "create_run" and nth == 2:
            raise TrialError("the run 'sweep-0001' was deleted")

    run.launch.faults = deleted
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE", "FAIL", "COMPLETE"]
    assert run.told[1] == (1, Failed("the run 'sweep-0001' was deleted"))


def test_the_request_that_stopped_the_scheduler_the_last_time_does_not_stop_it_again() -> None:
    run = sweep(good, run_cap=2)
    run.launch.scheduler_stopped = True
    assert run.run() is Ending.FINISHED
