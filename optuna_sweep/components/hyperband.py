"""W&B's ``early_terminate: {type: hyperband}`` as a pruner."""

from __future__ import annotations

import itertools
import math
import operator
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

import optuna
from optuna.pruners import BasePruner
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial

_LONGEST = 2**31


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a trial was held against, in the study's own sign.

    Attributes:
        band: The bracket.
        value: The trial's value.
        limit: The worst value that stays.
        trials: How many trials have got to the bracket.
    """

    band: int
    value: float
    limit: float
    trials: int


class BandPruner(BasePruner):
    """Stops a run that is not among the best ``1/eta`` at the last bracket that it has passed.

    A bracket is a number of logged values, not a step. A run is compared at the bracket with all
    runs that got that far, finished, stopped or running. ``strict`` compares the value at the
    bracket itself; otherwise the best value so far counts, which stops fewer runs. Optuna's
    ``HyperbandPruner`` and ``SuccessiveHalvingPruner`` cannot say this: they place trials in
    brackets by hash, count in steps, and compare only within a rung.

    Values that are no finite numbers do not count (`wandb/sweeps`, ``hyperband_stopping.py``).

    Args:
        bands: The brackets, ascending; see ``bands_of``.
        eta: One in ``eta`` runs is kept at each bracket.
        strict: Compare the value at the bracket rather than the best so far.
    """

    def __init__(self, bands: Sequence[int], *, eta: float, strict: bool) -> None:
        if not bands:
            raise ValueError("There must be a bracket. Raise s or max_iter, or lower eta.")
        self.bands = tuple(sorted(bands))
        self._eta = eta
        self._strict = strict
        self._study: optuna.Study | None = None
        self._noted: set[int] = set()
        self._finished: dict[int, list[float]] = {}

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Whether to stop the trial. Asked after each report."""
        seen = self.compare(study, trial)
        if seen is None:
            return False
        sign = _sign(study)
        return sign * seen.value > sign * seen.limit

    def compare(self, study: optuna.Study, trial: FrozenTrial) -> Comparison | None:
        """What the trial is held against at the last bracket that it has passed; None before the first."""
        sign = _sign(study)
        values = _values(trial, sign)
        passed = [band for band in self.bands if band <= len(values)]
        if not passed:
            return None
        own = values[passed[-1] - 1] if self._strict else min(values)
        live = self._note_finished(study, sign)
        reached = self._finished[passed[-1]] + [
            curve[passed[-1] - 1] for curve in live if len(curve) >= passed[-1]
        ]
        limit = sorted(reached)[int(1.0 / self._eta * len(reached))] if reached else math.inf
        return Comparison(passed[-1], sign * own, sign * limit, len(reached))

    def _note_finished(self, study: optuna.Study, sign: float) -> list[list[float]]:
        """Read each finished trial once in its life, and return the curves of the others."""
        if study is not self._study:
            self._study, self._noted = study, set()
            self._finished = {band: [] for band in self.bands}
        live = []
        for trial in study.get_trials(deepcopy=False):
            if trial.number in self._noted:
                continue
            curve = _values(trial, sign)
            if not trial.state.is_finished():
                live.append(curve)
                continue
            self._noted.add(trial.number)
            for band in self.bands:
                if band > len(curve):
                    break
                insort(self._finished[band], curve[band - 1])
        return live


def bands_of(*, min_iter: int | None, max_iter: int | None, s: int | None, eta: float) -> tuple[int, ...]:
    """W&B's brackets.

    Args:
        min_iter: Counts up from here, ``min_iter``, ``min_iter * eta``, …
        max_iter: Counts down from here, ``max_iter / eta``, …; comes before ``min_iter``.
        s: How many brackets below ``max_iter``.
        eta: The factor between two.
    """
    if max_iter is not None:
        down = itertools.accumulate(
            [eta] * (s or 1), operator.truediv, initial=float(min(max_iter, _LONGEST))
        )
        return tuple(sorted({int(band) for band in list(down)[1:] if band >= 1}))
    first = min_iter or 1
    up = itertools.accumulate([eta] * 99, operator.mul, initial=float(min(first, _LONGEST)))
    return tuple(sorted({first, *(int(band) for band in up if band < _LONGEST)}))


def _sign(study: optuna.Study) -> float:
    """What turns the study's values so that less is better."""
    return -1.0 if study.direction is StudyDirection.MAXIMIZE else 1.0


def _values(trial: FrozenTrial, sign: float) -> list[float]:
    """The trial's finite values by step, turned so that less is better."""
    return [sign * value for _, value in sorted(trial.intermediate_values.items()) if math.isfinite(value)]
