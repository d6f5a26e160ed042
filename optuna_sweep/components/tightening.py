"""A pruner of our own, ``{type: TighteningPruner}``: a run that still improves is judged by its outlook."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass

import optuna
from optuna.pruners import BasePruner
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

_RUNGS = tuple(sorted({round(2 ** (half / 2)) for half in range(80)}))
"""Steps at which runs are compared, each about 1.4 times the one before; a value at 0 says too little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run stands among those that got as far.

    Attributes:
        step: Where they are compared.
        value: The run's value there, in the study's own sign.
        outlook: What it may have at twice the step, in the study's own sign; never worse than ``value``.
        better: How many of the others are better at ``step`` than this outlook.
        others: How many got as far.
        borne: The share of better ones that is borne there.
        leader: What the best complete run had at ``step``; None where there is none, or it had no number.
    """

    step: int
    value: float
    outlook: float
    better: int
    others: int
    borne: float
    leader: float | None


class TighteningPruner(BasePruner):
    """Stops a run whose outlook is worse than what too many of the runs that got as far had there.

    The outlook is what the run has at twice the step if until then it improves once more as much as it
    did since half the step, as on a straight line over the logarithm of steps; a run that gets worse
    keeps its value. Learning curves cross because slow runs overtake fast ones: the outlook lets
    them. It is the least that is left of extrapolating curves (Domhan, Springenberg and Hutter,
    "Speeding up automatic hyperparameter optimization of deep neural networks by extrapolation of
    learning curves", IJCAI 2015): one difference, no model, no fit.

    Too many are more than a share, which falls from ``first`` at a run's begin to ``last`` at half
    its length, since early values say little about the end. The length is that of the longest run
    that has completed; before there is one, ``first`` holds. Runs are compared with all others that
    got as far, those at work and those that were stopped included, so pruning does not wait for
    complete runs.

    A run is kept as well while the best complete run was no better at its step than this outlook:
    who wins here is known to look like that. Where early values mislead, this loosens the rule by itself.

    Runs need not log at the same steps, as ``MedianPruner`` wants: between two values of a run its curve is
    a straight line. Each run is judged once at each of some steps, in growing distances, from its
    second value on. NaN counts as the worst value.

    Args:
        first: Share of better runs that is borne at the begin.
        last: Share of better runs that is borne from the middle on.
        least: Runs that must have got as far.
    """

    def __init__(self, first: float = 0.5, last: float = 0.2, least: int = 4) -> None:
        self._first = first
        self._last = last
        self._least = least
        self._study: optuna.Study | None = None
        self._noted: set[int] = set()
        self._length = 0
        self._best: FrozenTrial | None = None
        self._best_told = math.inf
        self._finished: dict[int, list[float]] = {}

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Whether to stop the trial. Asked after each report."""
        seen = self.compare(study, trial)
        if seen is None or seen.others < self._least or seen.better <= seen.borne * seen.others:
            return False
        return seen.leader is None or _sign(study) * seen.outlook > _sign(study) * seen.leader

    def compare(self, study: optuna.Study, trial: FrozenTrial) -> Standing | None:
        """Where the trial stands at the step that it has just passed; None where it is not judged now."""
        sign = _sign(study)
        steps = sorted(trial.intermediate_values)
        rung = _last_rung(steps)
        own = None if rung is None else _at(rung, steps, trial, sign)
        if rung is None or own is None or steps[0] == rung:
            return None
        live = self._note_finished(study, sign, but=trial.number)
        outlook = own - _gain(rung, own, steps, trial, sign)
        values = [value for other in live if (value := _value(rung, other, sign)) is not None]
        finished = self._finished.get(rung, [])
        leader = None if self._best is None else _value(rung, self._best, sign)
        return Standing(
            step=rung,
            value=sign * own,
            outlook=sign * outlook,
            better=bisect_left(finished, outlook) + sum(value < outlook for value in values),
            others=len(finished) + len(values),
            borne=self._borne(rung),
            leader=None if leader is None or math.isinf(leader) else sign * leader,
        )

    def _borne(self, rung: int) -> float:
        passed = min(2.0 * rung / self._length, 1.0) if self._length else 0.0
        return self._first + (self._last - self._first) * passed

    def _note_finished(self, study: optuna.Study, sign: float, *, but: int) -> list[FrozenTrial]:
        """Read each finished trial once in its life, and return the others but one."""
        if study is not self._study:
            self._study, self._noted, self._length = study, set(), 0
            self._best, self._best_told = None, math.inf
            self._finished = defaultdict(list)
        live = []
        for trial in study.get_trials(deepcopy=False):
            if trial.number in self._noted:
                continue
            if trial.state.is_finished():
                self._note(trial, sign)
            elif trial.number != but and trial.intermediate_values:
                live.append(trial)
        return live

    def _note(self, trial: FrozenTrial, sign: float) -> None:
        self._noted.add(trial.number)
        steps = sorted(trial.intermediate_values)
        if not steps or trial.state is TrialState.FAIL:
            return
        if trial.state is TrialState.COMPLETE:
            self._length = max(self._length, steps[-1])
            if sign * trial.values[0] < self._best_told:
                self._best, self._best_told = trial, sign * trial.values[0]
        for rung in _RUNGS[: bisect_right(_RUNGS, steps[-1])]:
            value = _at(rung, steps, trial, sign)
            if value is not None:
                insort(self._finished[rung], value)


def _sign(study: optuna.Study) -> float:
    """What turns the study's values so that less is better."""
    return -1.0 if study.direction is StudyDirection.MAXIMIZE else 1.0


def _last_rung(steps: list[int]) -> int | None:
    """The rung that a run has just passed, with its newest value; None where it has passed none."""
    before = steps[-2] if len(steps) > 1 else -1
    passed = [rung for rung in _RUNGS if before < rung <= steps[-1]] if steps else []
    return passed[-1] if passed else None


def _gain(rung: int, own: float, steps: list[int], trial: FrozenTrial, sign: float) -> float:
    """By how much a run has improved since half the rung, or since it began; never less than 0.

    A run that began later than at half the rung is not given more than it has shown: over a few
    steps noise is as large as progress.
    """
    before = _at(max(rung / 2, steps[0]), steps, trial, sign)
    gain = 0.0 if before is None else before - own
    return gain if gain > 0 and math.isfinite(gain) else 0.0


def _value(rung: int, trial: FrozenTrial, sign: float) -> float | None:
    return _at(rung, sorted(trial.intermediate_values), trial, sign)


def _at(rung: float, steps: list[int], trial: FrozenTrial, sign: float) -> float | None:
    """A run's value at a rung, less being better; None before its first step and after its last one."""
    if not steps or not steps[0] <= rung <= steps[-1]:
        return None
    values = trial.intermediate_values
    after = steps[bisect_left(steps, rung)]
    if after == rung:
        return _worst_if_none(sign * values[after])
    before = steps[bisect_left(steps, rung) - 1]
    share = (rung - before) / (after - before)
    return _worst_if_none(sign * (values[before] + share * (values[after] - values[before])))


def _worst_if_none(value: float) -> float:
    return math.inf if math.isnan(value) else value
