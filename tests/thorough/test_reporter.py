"""What a sweep leaves on its runs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import optuna
import pytest

from optuna_sweep.config import Constraint, Metric
from optuna_sweep.errors import Unavailable
from optuna_sweep.launch import Ending, SweepState
from optuna_sweep.outcomes import Observation, Outcome, Phase, Proposal
from tests.memory_launch import Script, curve
from tests.memory_run import MemoryRun
from tests.sweeps_in_memory import LOSS, ReportedSweep, reported_sweep

MEDIAN = optuna.pruners.MedianPruner(n_startup_trials=3)


def finished(**settings: object) -> ReportedSweep:
    run = reported_sweep(lambda p: curve([1.0, 0.5, p.parameters["x"]]), **settings)  # type: ignore[arg-type]
    run.run()
    return run


def test_each_trial_is_a_row_at_the_step_of_its_number() -> None:
    run = finished(run_cap=4)
    assert list(run.own.history) == [0, 1, 2, 3]
    assert [row["trial"] for row in run.own.history.values()] == [0, 1, 2, 3]
    for trial, row in zip(run.study.trials, run.own.history.values(), strict=True):
        assert (row["loss"], row["param/x"], row["trial/state"]) == (
            trial.value,
            trial.params["x"],
            "COMPLETE",
        )
        assert row["trial/seconds"] >= 0


def test_the_best_so_far_never_gets_worse_and_ends_at_the_best() -> None:
    run = finished(run_cap=6)
    best = [row["best/loss"] for row in run.own.history.values()]
    assert best == sorted(best, reverse=True)
    assert best[-1] == run.study.best_value == run.own.summary["best_value"]


def test_the_best_so_far_is_of_runs_that_keep_their_constraints_as_the_best_value_is() -> None:
    losses, sizes = [0.5, 0.1, 0.4, 0.2, 0.45], [9, 99, 9, 99, 9]
    run = reported_sweep(
        lambda p: Script(seconds=5, summary={"loss": losses[p.trial], "size": sizes[p.trial]}),
        run_cap=5,
        workers=1,
        constraints=(Constraint(metric="size", max=50.0),),
    )
    run.run()
    assert [row["best/loss"] for row in run.own.history.values()] == [0.5, 0.5, 0.4, 0.4, 0.4]
    assert run.own.summary["best_value"] == 0.4


def test_before_a_run_keeps_its_constraints_there_is_no_best() -> None:
    run = reported_sweep(
        lambda p: Script(seconds=5, summary={"loss": 0.5, "size": 99}),
        run_cap=1,
        constraints=(Constraint(metric="size", max=50.0),),
    )
    run.run()
    assert "best/loss" not in run.own.history[0]
    assert "best_value" not in run.own.summary


def test_runs_of_a_canceled_sweep_say_what_became_of_their_trials() -> None:
    run = reported_sweep(lambda p: curve([0.5] * 50), run_cap=8, workers=2)
    run.launch.at.append((40, lambda: setattr(run.launch, "wish", SweepState.CANCELED)))
    assert run.run() is Ending.CANCELED
    for run_id in ("sweep-0000", "sweep-0001"):
        summary = run.launch.runs[run_id].script.summary
        assert summary is not None
        assert summary["loss"] == 0.5
        assert (summary["optuna/state"], summary["optuna/reason"]) == ("failed", "the sweep was canceled")


def test_rows_come_in_the_order_of_trials_however_they_end() -> None:
    run = reported_sweep(lambda p: curve([0.5] * (9 if p.trial == 0 else 1)), run_cap=4, workers=2)
    told: list[int] = []
    run.loop._told = lambda proposal, outcome: (told.append(proposal.trial), run.reporter.trial_told(""))  # type: ignore[func-returns-value]
    run.run()
    assert told[0] == 1
    assert list(run.own.history) == [0, 1, 2, 3]


def test_a_scheduler_that_takes_over_goes_on_where_the_history_ends() -> None:
    first = finished(run_cap=3)
    second = reported_sweep(lambda p: curve([0.5]), next_step=2, study=first.study)
    second.reporter.trial_told("")
    second.reporter.tick()
    assert list(second.own.history) == [2]
    assert second.own.history[2]["best/loss"] == first.study.best_value


def test_failed_trials_have_rows_without_a_value() -> None:
    run = reported_sweep(lambda p: Script(end=Phase.FAILED, seconds=5), run_cap=1)
    run.run()
    assert run.own.history[0]["trial/state"] == "FAIL"
    assert "loss" not in run.own.history[0]
    assert "best_value" not in run.own.summary


def test_the_summary_names_the_best_run_with_its_parameters_and_counts_the_states() -> None:
    run = finished(run_cap=5)
    best = run.study.best_trial
    assert run.own.summary["best_run"] == best.user_attrs["run_id"] == f"sweep-{best.number:04d}"
    assert run.own.summary["best_params"] == best.params
    assert {key: run.own.summary[key] for key in run.own.summary if key.startswith("trials/")} == {
        "trials/complete": 5,
        "trials/pruned": 0,
        "trials/failed": 0,
        "trials/running": 0,
    }


def test_several_objectives_have_a_pareto_front_and_no_best_trial() -> None:
    metrics = (LOSS, Metric(name="acc", minimize=False))
    run = reported_sweep(
        lambda p: Script(seconds=5, summary={"loss": p.parameters["x"], "acc": p.parameters["x"]}),
        metrics=metrics,
        run_cap=4,
    )
    run.run()
    assert "best_value" not in run.own.summary
    assert run.own.summary["pareto_size"] == len(run.study.best_trials) == 4
    assert [entry["trial"] for entry in run.own.summary["pareto_front"]] == [0, 1, 2, 3]


def test_everything_is_drawn_over_the_trial_and_objectives_are_summarized_by_their_best() -> None:
    run = finished(metrics=(LOSS, Metric(name="acc", minimize=False)), run_cap=1)
    assert run.own.axis == ("trial", {"loss": "min", "acc": "max"})


def test_a_worker_gets_its_next_run_before_the_end_of_the_last_one_is_reported() -> None:
    run = reported_sweep(lambda p: Script(seconds=5, summary={"loss": 0.5}), run_cap=3, workers=1)
    queued: list[int] = []
    report = run.loop._told

    def told(proposal: Proposal, outcome: Outcome) -> None:
        queued.append(run.launch.calls.count("enqueue"))
        report(proposal, outcome)

    run.loop._told = told
    run.run()
    assert queued == [2, 3, 3]


def test_a_run_that_has_ended_says_what_became_of_its_trial() -> None:
    run = finished(run_cap=1)
    summary = run.launch.runs["sweep-0000"].script.summary
    assert summary is not None
    assert summary["loss"] == run.study.trials[0].value
    assert (summary["optuna/trial"], summary["optuna/state"]) == (0, "complete")


def test_a_pruned_run_says_why_once_its_process_is_gone() -> None:
    levels = [0.1, 0.2, 0.3, 5.0]
    run = reported_sweep(lambda p: curve([levels[p.trial]] * 9), run_cap=4, workers=1, pruner=MEDIAN)
    run.run()
    assert run.states[3] == "PRUNED"
    summary = run.launch.runs["sweep-0003"].script.summary
    assert summary is not None
    assert summary["optuna/state"] == "pruned"
    assert summary["optuna/reason"] == "step 0: 5 is above the median 0.2 of 3 trials"


def test_telling_runs_what_became_of_them_costs_one_request_in_twenty_seconds() -> None:
    run = reported_sweep(lambda p: Script(seconds=5, summary={"loss": 0.5}), run_cap=40, workers=8)
    run.run()
    described = run.launch.calls.count("describe_runs")
    assert described <= run.launch.clock / 20 + 1
    assert all("optuna/state" in each.script.summary for each in run.launch.runs.values())


def test_a_run_that_ended_long_ago_has_been_told_what_became_of_its_trial() -> None:
    seconds = {0: 5.0, 1: 200.0}
    run = reported_sweep(lambda p: Script(seconds=seconds[p.trial], summary={"loss": 0.5}), run_cap=2)
    seen: list[dict[str, object]] = []
    run.launch.at.append(
        (60.0, lambda: seen.append(dict(run.launch.runs["sweep-0000"].script.summary or {})))
    )
    run.run()
    assert seen[0]["optuna/state"] == "complete"


def test_a_run_that_died_without_a_trace_is_left_without_one() -> None:
    run = reported_sweep(lambda p: Script(end=Phase.CRASHED, seconds=5, summary={}), run_cap=1)
    run.run()
    assert run.states[0] == "FAIL"
    assert run.launch.calls.count("describe_runs") == 0


@pytest.mark.parametrize("phase", list(Phase))
def test_a_summary_that_cannot_be_written_does_not_hurt_the_sweep(phase: Phase) -> None:
    run = finished(run_cap=1)

    def silence(call: str, nth: int) -> None:
        raise Unavailable(call)

    run.launch.faults = silence
    proposal = run.launch.runs["sweep-0000"].proposal
    run.reporter.run_ended(proposal, Observation(run_id="sweep-0000", phase=phase, summary={"loss": 1.0}))
    run.reporter.describe_runs()


def test_plots_are_drawn_beside_the_newest_row_with_the_table_of_that_moment() -> None:
    run = hourly(5)
    assert [step for step, _, _ in run.own.shown] == [1, 2, 3]
    at_work = 1
    assert all(len(tables["trials"].rows) == step + 1 + at_work for step, _, tables in run.own.shown)


def test_plots_wait_for_a_row_to_stand_beside() -> None:
    seconds = {0: 5000.0}
    run = reported_sweep(
        lambda p: Script(seconds=seconds.get(p.trial, 100.0), summary={"loss": 0.5}), run_cap=9
    )
    begun: list[int] = []
    run.launch.at.append((900.0, lambda: begun.append(len(run.own.shown) + len(run.own.history))))
    run.run()
    assert begun == [0]


def test_at_the_end_everything_is_shown_once_more_and_written(tmp_path: Path) -> None:
    run = finished(run_cap=5, workers=1)
    files = run.reporter.finish(Ending.FINISHED, "run_cap of 5 is reached", tmp_path)
    assert sorted(file.name for file in files) == ["report.html", "study.json", "trials.csv"]
    step, figures, tables = run.own.shown[-1]
    assert (step, len(tables["trials"].rows)) == (4, 5)
    assert "charts/optimization_history" in figures
    assert "The plot contour is left out: it takes two parameters." in run.launch.said


def test_plots_that_w_and_b_does_not_take_do_not_hurt_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, *args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(MemoryRun, "show", full)
    run = finished(run_cap=3)
    assert run.states == ["COMPLETE"] * 3
    assert "The report could not be shown in W&B: OSError('the disk is full')" in run.launch.said


def hourly(run_cap: int, seconds_a_picture: float = 0.0) -> ReportedSweep:
    """A sweep whose trials end an hour after each other, and whose process does nothing but draw."""
    pictures: list[object] = []
    run = reported_sweep(
        lambda p: Script(seconds=3600, summary={"loss": 0.5}),
        run_cap=run_cap,
        workers=1,
        cpu=lambda: seconds_a_picture * len(pictures),
    )
    pictures = run.own.shown
    run.run()
    return run


def test_plots_that_cost_much_are_drawn_of_two_and_of_eight_trials() -> None:
    assert [step for step, _, _ in hourly(10, seconds_a_picture=1.0).own.shown] == [1, 7]


def test_the_summary_is_written_once_a_minute_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[float] = []
    run = reported_sweep(lambda p: Script(seconds=5, summary={"loss": 0.5}), run_cap=40, workers=1)
    monkeypatch.setattr(run.own, "summarize", lambda values: written.append(run.launch.clock))
    run.run()
    assert len(written) > 2
    assert all(later - earlier >= 60 for earlier, later in pairwise(written[:-1]))
    assert written[-1] == run.launch.clock
