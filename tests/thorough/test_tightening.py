"""The tightening pruner over random reports: late ones, gaps, NaN, many workers, both directions."""

from __future__ import annotations

import math
import random
from statistics import fmean

import optuna
import pytest
from optuna.pruners import BasePruner, MedianPruner
from optuna.trial import TrialState

from bench.pruning.curves import crossing
from bench.pruning.replay import Logging, replay
from optuna_sweep.components import TighteningPruner

SEEDS = range(40)


def rows_of(rng: random.Random) -> list[tuple[int, float]]:
    """One run's rows: its own strides, some of them out of order, some without a number."""
    level, slowness = rng.random(), rng.uniform(1, 30)
    step, rows = rng.randint(-1, 5), []
    for epoch in range(rng.randint(1, 25)):
        step += rng.randint(1, 6)
        value = level + math.exp(-epoch / slowness) + rng.gauss(0, 0.05)
        rows.append((step, math.nan if rng.random() < 0.02 else value))
    for _ in range(rng.randint(0, 4)):
        one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
        rows[one], rows[other] = rows[other], rows[one]
    return rows


def stopped(seed: int, sign: float, *, fresh: bool) -> list[tuple[int, int]]:
    """Which trials a study of 30 runs on six workers stops, and after how many rows."""
    rng = random.Random(seed)
    runs = [rows_of(rng) for _ in range(30)]
    pruner = TighteningPruner()
    study = optuna.create_study(direction="minimize" if sign > 0 else "maximize", pruner=pruner)
    waiting, live, found = list(enumerate(runs)), [], []
    while waiting or live:
        while waiting and len(live) < 6:
            number, rows = waiting.pop(0)
            live.append((study.ask(), number, rows, [0]))
        trial, number, rows, done = place = rng.choice(live)
        step, value = rows[done[0]]
        done[0] += 1
        trial.report(sign * value, step)
        now = study.get_trials(deepcopy=False)[number]
        if (TighteningPruner() if fresh else pruner).prune(study, now):
            found.append((number, done[0]))
            study.tell(trial, state=TrialState.PRUNED)
            live.remove(place)
        elif done[0] == len(rows):
            last = rows[-1][1]
            if math.isnan(last):
                study.tell(trial, state=TrialState.FAIL)
            else:
                study.tell(trial, sign * last)
            live.remove(place)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_pruner_that_has_just_been_restored_answers_as_the_one_that_has_seen_everything(seed: int) -> None:
    seen = stopped(seed, 1.0, fresh=False)
    assert seen == stopped(seed, 1.0, fresh=True)
    assert seen, "the curves must give the pruner something to do"


@pytest.mark.parametrize("seed", range(20))
def test_maximising_the_negative_stops_the_same_runs(seed: int) -> None:
    assert stopped(seed, -1.0, fresh=False) == stopped(seed, 1.0, fresh=False)


def shares(pruner: type[BasePruner]) -> tuple[float, float]:
    """Epochs saved, and studies whose best run was stopped, over curves that cross."""
    scores = [replay(crossing(), pruner(), Logging(), seed) for seed in SEEDS]
    return fmean(one.saved for one in scores), fmean(one.best_stopped for one in scores)


def test_where_curves_cross_most_epochs_are_saved_and_the_best_run_is_seldom_stopped() -> None:
    """The pace of a slow run shows where it goes, which its value does not."""
    saved, best_stopped = shares(TighteningPruner)
    assert saved >= 0.62
    assert best_stopped <= 0.10
    assert best_stopped < shares(MedianPruner)[1]
