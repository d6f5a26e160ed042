"""The reason of a pruned trial, held against what can be computed again from the study."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

import numpy as np
import optuna
import pytest
from optuna.pruners import BasePruner
from optuna.trial import TrialState

from optuna_sweep.components import BandPruner, TighteningPruner
from optuna_sweep.reasons import why_pruned

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")

CURVES = [[1.0, 0.6, 0.3, 0.2], [1.0, 0.5, 0.25, 0.1], [0.9, 0.7, 0.4, 0.3]]
BAD = [1.0, 0.95, 0.9, 0.85]
NUMBER = r"(-?[\d.]+)"


def pruned(
    pruner: BasePruner,
    *bad: float,
    direction: str = "minimize",
    curves: Sequence[Sequence[float]] = CURVES,
    name: str = "s",
) -> tuple[optuna.Study, str]:
    """A study whose last trial its pruner has stopped, and why."""
    study = optuna.create_study(direction=direction, pruner=pruner, study_name=name)
    sign = 1 if direction == "minimize" else -1
    for curve in curves:
        trial = study.ask()
        for step, value in enumerate(curve):
            trial.report(sign * value, step)
            trial.should_prune()
        study.tell(trial, sign * curve[-1])
    trial = study.ask()
    for step, value in enumerate(bad or BAD):
        trial.report(sign * value, step)
        if trial.should_prune():
            return study, why_pruned(study, study.get_trials(deepcopy=False)[-1])
    raise AssertionError("the trial was not pruned")


def at(study: optuna.Study, step: int) -> list[float]:
    return [trial.intermediate_values[step] for trial in study.trials if trial.state is TrialState.COMPLETE]


def test_a_median_is_the_one_of_the_finished_trials_at_that_step() -> None:
    study, why = pruned(optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=2))
    assert why == f"step 2: 0.9 is above the median {statistics.median(at(study, 2)):g} of 3 trials"


def test_the_best_value_is_what_is_compared_and_is_said_to_be_it() -> None:
    median = optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=2)
    _, why = pruned(median, 1.0, 0.7, 0.8)
    assert why == "step 2: its best 0.7 is above the median 0.3 of 3 trials"


def test_where_more_is_better_a_pruned_value_is_below() -> None:
    median = optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=2)
    study, why = pruned(median, direction="maximize")
    assert why == f"step 2: -0.9 is below the median {statistics.median(at(study, 2)):g} of 3 trials"


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_percentile_is_that_of_the_study(direction: str) -> None:
    percentile = optuna.pruners.PercentilePruner(25.0, n_startup_trials=1, n_warmup_steps=3)
    study, why = pruned(percentile, direction=direction)
    limit = np.percentile(at(study, 3), 25 if direction == "minimize" else 75)
    assert f"the 25% line {limit:.6g} of 3 trials" in why


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_rung_holds_the_best_part_of_all_trials_that_passed_it(direction: str) -> None:
    halving = optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2)
    study, why = pruned(halving, direction=direction)
    found = re.fullmatch(
        rf"step 2: {NUMBER} is \w+ the limit {NUMBER} of the best 1/2 of 4 trials at rung 0", why
    )
    assert found, why
    reached = sorted(abs(trial.system_attrs["completed_rung_0"]) for trial in study.trials)
    assert [abs(float(number)) for number in found.groups()] == [0.9, reached[1]]


def test_a_rung_that_too_few_have_come_to_says_so() -> None:
    halving = optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2, bootstrap_count=9)
    assert pruned(halving)[1] == "step 2: 0.9: only 4 trials of 9 have come to rung 0"


def test_hyperband_compares_within_the_bracket_of_the_trial() -> None:
    hyperband = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=4, reduction_factor=2)
    curves = [[1.0, 0.6, 0.3, 0.2], [0.8, 0.5, 0.25, 0.1]] * 6
    study, why = pruned(hyperband, 3.0, 2.9, 2.8, 2.7, curves=curves)
    found = re.search(rf"limit {NUMBER} of the best 1/2 of (\d+) trials at rung (\d) \(bracket (\d)\)", why)
    assert found, why
    limit, count, rung, bracket = found.groups()
    own = [t for t in study.trials if hyperband._get_bracket_id(study, t) == int(bracket)]
    assert study.trials[-1] in own
    reached = sorted(
        t.system_attrs[f"completed_rung_{rung}"] for t in own if f"completed_rung_{rung}" in t.system_attrs
    )
    assert (len(reached), float(limit)) == (int(count), reached[max(len(reached) // 2, 1) - 1])


@pytest.mark.parametrize(
    ("bounds", "value", "words"),
    [
        ({"upper": 2.0}, 2.5, "2.5 is above the threshold 2"),
        ({"lower": 0.0}, -1.0, "-1 is below the threshold 0"),
    ],
)
def test_a_threshold_is_named(bounds: dict[str, float], value: float, words: str) -> None:
    assert pruned(optuna.pruners.ThresholdPruner(**bounds), 1.0, value)[1] == f"step 1: {words}"


def test_patience_says_since_when_nothing_got_better_and_what_its_inner_pruner_saw() -> None:
    alone = optuna.pruners.PatientPruner(None, patience=1)
    assert pruned(alone, 0.5, 0.6, 0.7)[1] == "step 2: no value since step 1 is better than 0.5"
    median = optuna.pruners.MedianPruner(n_startup_trials=1)
    assert pruned(optuna.pruners.PatientPruner(median, patience=1), 0.5, 0.6, 0.7)[1] == (
        "step 2: no value since step 1 is better than 0.5, "
        "and its best 0.5 is above the median 0.3 of 3 trials"
    )


def test_wilcoxon_names_the_best_trial_and_both_means() -> None:
    wilcoxon = optuna.pruners.WilcoxonPruner(p_threshold=0.2, n_startup_steps=2)
    study, why = pruned(wilcoxon, 2.0, 1.9, 1.8, 1.7)
    shared = study.trials[-1].intermediate_values
    own, best = (
        statistics.fmean(trial.intermediate_values[step] for step in shared)
        for trial in (study.trials[-1], study.best_trial)
    )
    step = max(shared)
    assert why == (
        f"step {step}: worse than the best trial (1) at p < 0.2: mean {own:.6g} against {best:.6g} over "
        f"{len(shared)} shared steps"
    )


def test_a_band_of_early_terminate_is_explained() -> None:
    band = BandPruner([3], eta=2, strict=True)
    study, why = pruned(band)
    reached = sorted(trial.intermediate_values[2] for trial in study.trials)
    assert why == f"step 2: 0.9 is above the limit {reached[2]:g} of the 4 trials that got to bracket 3"


def test_a_value_that_is_no_number_is_the_reason() -> None:
    halving = optuna.pruners.SuccessiveHalvingPruner(min_resource=1)
    assert pruned(halving, 1.0, float("nan"))[1] == "step 1: the value is no number"


def test_a_users_own_pruner_is_called_by_its_name() -> None:
    class Mine(BasePruner):
        def prune(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> bool:
            return trial.number == 3

    study, why = pruned(Mine(), 0.95)
    better = sum(value < 0.95 for value in at(study, 0))
    assert why == f"step 0: 0.95: stopped by Mine; {better} of the 3 trials with a value there is better"


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_tightening_counts_the_better_ones_and_says_how_many_may_be(direction: str) -> None:
    curves = [[1.0 - 0.01 * level] * 9 for level in range(8)]
    study, why = pruned(
        TighteningPruner(), *[1.0, 0.99, 0.975, 0.965, 0.965], direction=direction, curves=curves
    )
    sign = 1 if direction == "minimize" else -1
    last = study.trials[-1]
    step = last.last_step
    assert step is not None
    own = last.intermediate_values[step]
    steps = sorted(last.intermediate_values)
    before = np.interp(step / 2, steps, [last.intermediate_values[one] for one in steps])
    outlook = own - (before - own)
    assert sign * outlook < sign * own
    better = [value for value in at(study, step) if sign * value < sign * outlook]
    borne = 0.5 - 0.3 * min(1.0, 2 * step / 8)
    assert len(better) > borne * 8
    assert why == (
        f"step {step}: {own:.6g}, even {outlook:.6g} by step {2 * step}, "
        f"is {'above' if sign > 0 else 'below'} {len(better)} of the 8 trials that got as far, "
        f"and {borne:.0%} is the most that may be; "
        f"the best trial had {study.best_trial.intermediate_values[step]:.6g} there"
    )


def test_tightening_says_at_which_step_it_compared_runs_that_share_none() -> None:
    study = optuna.create_study(pruner=TighteningPruner())
    for level in range(6):
        study.add_trial(
            optuna.trial.create_trial(
                value=float(level), intermediate_values={0: level + 8.0, 8: float(level)}
            )
        )
    trial = study.ask()
    trial.report(9.0, 1)
    trial.report(9.0, 7)
    assert trial.should_prune()
    others = [np.interp(6, [0, 8], [level + 8.0, level]) for level in range(6)]
    better = sum(other < 9.0 for other in others)
    assert why_pruned(study, study.get_trials()[-1]) == (
        f"step 7: 9 at step 6 is above {better} of the 6 trials that got as far, "
        f"and 20% is the most that may be; the best trial had {others[0]:g} there"
    )


def test_tightening_names_no_best_trial_before_one_is_complete() -> None:
    study = optuna.create_study(pruner=TighteningPruner())
    trials = [study.ask() for _ in range(5)]
    for level, trial in enumerate(trials):
        trial.report(float(level), 0)
        trial.report(float(level), 1)
    assert trials[4].should_prune()
    assert why_pruned(study, study.get_trials()[-1]) == (
        "step 1: 4 is above 4 of the 4 trials that got as far, and 50% is the most that may be"
    )


def test_each_pruner_of_optunas_that_stops_trials_has_words_of_its_own() -> None:
    made: dict[str, BasePruner] = {
        "MedianPruner": optuna.pruners.MedianPruner(n_startup_trials=1),
        "PercentilePruner": optuna.pruners.PercentilePruner(25.0, n_startup_trials=1),
        "SuccessiveHalvingPruner": optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2),
        "HyperbandPruner": optuna.pruners.HyperbandPruner(min_resource=1, max_resource=4, reduction_factor=2),
        "ThresholdPruner": optuna.pruners.ThresholdPruner(upper=0.5),
        "PatientPruner": optuna.pruners.PatientPruner(None, patience=1),
        "WilcoxonPruner": optuna.pruners.WilcoxonPruner(p_threshold=0.2, n_startup_steps=2),
    }
    assert {*made} == {*optuna.pruners.__all__} - {"BasePruner", "NopPruner"}
    for pruner in made.values():
        assert "stopped by" not in pruned(pruner, 3.0, 3.1, 3.2, 3.3, curves=CURVES * 4)[1]
