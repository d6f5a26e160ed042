from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from optuna_sweep.components import BandPruner, default_pruner
from optuna_sweep.components.hyperband import bands_of
from optuna_sweep.config import EarlyTerminate, Metric
from optuna_sweep.outcomes import Phase, Proposal
from tests.memory_launch import Script, curve
from tests.sweeps_in_memory import sweep

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # written for pydantic 1
    from sweeps.hyperband_stopping import hyperband_stop_runs
    from sweeps.run import RunState, SweepRun


@pytest.mark.parametrize(
    ("given", "bands"),
    [
        ({"max_iter": 27, "s": 2, "eta": 3}, (3, 9)),
        ({"max_iter": 27, "s": 9, "eta": 3}, (1, 3, 9)),
        ({"max_iter": 50, "s": 3, "eta": 2.5}, (3, 8, 20)),
        ({"min_iter": 10**400, "eta": 3}, (10**400,)),
        ({"max_iter": 10**400, "s": 1, "eta": 2}, (2**30,)),
        ({"min_iter": 3, "eta": 2}, tuple(3 * 2**power for power in range(30))),
    ],
)
def test_the_bands_are_those_of_w_and_b(given: dict[str, Any], bands: tuple[int, ...]) -> None:
    asked = {"min_iter": None, "max_iter": None, "s": None} | given
    assert bands_of(**asked) == bands


def test_a_shrinking_set_of_bands_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="There must be a bracket"):
        BandPruner(bands_of(min_iter=None, max_iter=2, s=3, eta=3), eta=3, strict=True)


Curves = list[list[float]]


def curves(rng: random.Random, sign: int) -> Curves:
    """Learning curves of different levels, speeds and lengths; some cross, some repeat a value."""
    made = []
    for _ in range(rng.randint(1, 12)):
        floor, speed = rng.choice([0.1, 0.2, rng.random()]), rng.uniform(0.05, 1)
        losses = [floor + 1 / (1 + speed * t) + rng.gauss(0, 0.05) for t in range(rng.randint(0, 30))]
        made.append([sign * loss for loss in losses])
    return made


def stopped_by_sweeps(config: dict[str, Any], histories: Curves, goal: str) -> list[int]:
    runs = [
        SweepRun(name=str(n), state=RunState.running, history=[{"loss": v} for v in history])
        for n, history in enumerate(histories)
    ]
    sweep = {"method": "random", "metric": {"name": "loss", "goal": goal}, "early_terminate": config}
    return [int(run.name) for run in hyperband_stop_runs(runs, sweep)]


def stopped_by_us(pruner: optuna.pruners.BasePruner, histories: Curves, goal: str) -> list[int]:
    study = optuna.create_study(direction=goal, pruner=pruner)
    for history in histories:
        trial = create_trial(state=TrialState.RUNNING)
        trial.intermediate_values = {10 * n: value for n, value in enumerate(history)}
        study.add_trial(trial)
    return [trial.number for trial in study.trials if pruner.prune(study, trial)]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize(
    "bracket",
    [
        {"min_iter": 3},
        {"min_iter": 1, "eta": 2},
        {"max_iter": 27, "s": 2},
        {"max_iter": 20, "s": 3, "eta": 1.7},
    ],
)
def test_the_same_runs_are_stopped_as_by_w_and_bs_own_library(
    bracket: dict[str, Any], goal: str, strict: bool
) -> None:
    config = {"type": "hyperband", "eta": 3, "strict": strict} | bracket
    fields = {key: value for key, value in config.items() if key != "type"}
    pruner = default_pruner(EarlyTerminate(**{**fields, "eta": float(config["eta"])}))
    rng = random.Random(7)
    stops = 0
    for _ in range(40):
        histories = curves(rng, 1 if goal == "minimize" else -1)
        theirs = stopped_by_sweeps(config, histories, goal)
        assert stopped_by_us(pruner, histories, goal) == theirs
        stops += len(theirs)
    assert stops > 20, "the curves must give the pruner something to do"


class Beside(optuna.pruners.BasePruner):
    """Asks W&B's own library whatever it is asked itself, about the same runs at the same moment."""

    def __init__(self, config: dict[str, Any], goal: str) -> None:
        self._config, self._goal = config, goal
        fields = {key: value for key, value in config.items() if key != "type"}
        self._ours = default_pruner(EarlyTerminate(**fields))
        self.answers: list[tuple[bool, bool]] = []

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        ours = self._ours.prune(study, trial)
        runs = [
            SweepRun(
                name=str(other.number),
                state=RunState.finished if other.state.is_finished() else RunState.running,
                history=[{"loss": value} for _, value in sorted(other.intermediate_values.items())],
            )
            for other in study.get_trials(deepcopy=False)
        ]
        asked = {
            "method": "random",
            "metric": {"name": "loss", "goal": self._goal},
            "early_terminate": self._config,
        }
        theirs = any(run.name == str(trial.number) for run in hyperband_stop_runs(runs, asked))
        self.answers.append((ours, theirs))
        return ours


def at_its_own_pace(rng: random.Random, sign: int) -> Callable[[Proposal], Script]:
    """Runs of their own speed, length and end, which stop some time after they were asked to."""

    def script(proposal: Proposal) -> Script:
        floor, speed = rng.choice([0.1, 0.2, rng.random()]), rng.uniform(0.05, 1)
        losses = [floor + 1 / (1 + speed * t) + rng.gauss(0, 0.05) for t in range(rng.randint(0, 30))]
        return curve(
            [sign * loss for loss in losses],
            every=rng.choice([2.0, 7.0, 11.0, 23.0]),
            start_after=rng.uniform(0, 60),
            stop_lag=rng.uniform(0, 30),
            end=rng.choice([Phase.FINISHED, Phase.FINISHED, Phase.FINISHED, Phase.FAILED, Phase.CRASHED]),
        )

    return script


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("bracket", [{"min_iter": 2}, {"max_iter": 27, "s": 3}])
def test_a_sweep_of_several_workers_stops_each_run_where_w_and_bs_library_would(
    bracket: dict[str, Any], goal: str, strict: bool
) -> None:
    pruner = Beside({"type": "hyperband", "eta": 3.0, "strict": strict} | bracket, goal)
    script = at_its_own_pace(random.Random(11), 1 if goal == "minimize" else -1)
    metric = Metric(name="loss", minimize=goal == "minimize")
    made = sweep(script, metrics=[metric], run_cap=40, workers=5, pruner=pruner)
    made.run()
    assert made.launch.busiest == 5
    assert [answer for answer in pruner.answers if answer[0] != answer[1]] == []
    assert 5 < made.states.count("PRUNED") < 35, "the curves must give the pruner something to do"


def running(study: optuna.Study, *values: float) -> FrozenTrial:
    trial = create_trial(state=TrialState.RUNNING)
    trial.intermediate_values = dict(enumerate(values))
    study.add_trial(trial)
    return study.trials[-1]


def test_a_value_that_is_no_finite_number_does_not_count() -> None:
    study = optuna.create_study()
    pruner = BandPruner((2,), eta=2, strict=True)
    running(study, 1.0, 1.0)
    running(study, 1.0, 2.0)
    assert not pruner.prune(study, running(study, float("nan"), 9.0))
    assert pruner.prune(study, running(study, float("nan"), 9.0, float("inf"), 9.0))


def test_a_run_before_its_first_bracket_goes_on() -> None:
    study = optuna.create_study()
    running(study, 0.0, 0.0, 0.0)
    assert not BandPruner((3,), eta=2, strict=True).prune(study, running(study, 9.0, 9.0))


def test_a_run_that_finishes_counts_at_each_bracket_from_then_on() -> None:
    study = optuna.create_study()
    pruner = BandPruner((1, 2), eta=3, strict=True)
    first = study.ask()
    first.report(1.0, 0)
    second = study.ask()
    second.report(2.0, 0)
    assert pruner.prune(study, study.trials[1])
    first.report(1.0, 1)
    study.tell(first, 1.0)
    second.report(0.5, 1)
    assert not pruner.prune(study, study.trials[1])
    third = study.ask()
    third.report(3.0, 0)
    assert pruner.prune(study, study.trials[2])
