"""A pruner of our own, ``{type: TighteningPruner}``: lenient with beginners, strict in the second half."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass

import optuna
from optuna.pruners import BasePruner
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

_RUNGS = tuple(sorted({round(2 ** (half / 2)) for half in range(80)}))
"""Steps at which runs are compared, each about 1.4 times the one before; a value at 0 says too little."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands among those that got as far.

    Attributes:
        step: Where they are compared.
        value: The run's value there, in the study's own sign.
        better: How many of the others are better there.
        others: How many got as far.
        borne: The share of better ones that is borne there.
    """

    step: int
    value: float
    better: int
    others: int
    borne: float


class TighteningPruner(BasePruner):
    """Stops a run where too large a share of the runs that got as far was better there.

    The share falls from ``first`` at a run's begin to ``last`` at half its length, since early values
    say little about the end and learning curves cross. The length is that of the longest run that
    has completed; before there is one, ``first`` holds. Runs are compared with all others that
    got as far, those at work and those that were stopped included, so pruning does not wait for
    five complete runs.

    Runs need not log at the same steps, as ``MedianPruner`` wants: between two values of a run its curve is
    a straight line. Each run is judged once at each of some steps, in growing distances.
    NaN counts as the worst value.

    Args:
        first: Share of better runs that is borne at the begin.
        last: Share of better runs that is borne from the middle on.
        least: Runs that must have got as far.
    """

    def __init__(self, first: float = 0.75, last: float = 0.25, least: int = 5) -> None:
        self._first = first
        self._last = last
        self._least = least
        self._study: optuna.Study | None = None
        self._noted: set[int] = set()
        self._length = 0
        self._finished: dict[int, list[float]] = {}

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Whether to stop the trial. Asked after each report."""
        seen = self.compare(study, trial)
        if seen is None:
            return False
        return seen.others >= self._least and seen.better > seen.borne * seen.others

    def compare(self, study: optuna.Study, trial: FrozenTrial) -> Standing | None:
        """Where the trial stands at the step that it has just passed; None where it is not judged now."""
        sign = -1.0 if study.direction is StudyDirection.MAXIMIZE else 1.0
        steps = sorted(trial.intermediate_values)
        rung = _last_rung(steps)
        own = None if rung is None else _at(rung, steps, trial, sign)
        if rung is None or own is None:
            return None
        live = self._note_finished(study, sign, but=trial.number)
        others = [_at(rung, sorted(other.intermediate_values), other, sign) for other in live]
        values = [value for value in others if value is not None]
        finished = self._finished.get(rung, [])
        better = bisect_left(finished, own) + sum(value < own for value in values)
        return Standing(rung, sign * own, better, len(finished) + len(values), self._borne(rung))

    def _borne(self, rung: int) -> float:
        passed = min(2.0 * rung / self._length, 1.0) if self._length else 0.0
        return self._first + (self._last - self._first) * passed

    def _note_finished(self, study: optuna.Study, sign: float, *, but: int) -> list[FrozenTrial]:
        """Read each finished trial once in its life, and return the others but one."""
        if study is not self._study:
            self._study, self._noted, self._length = study, set(), 0
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
        for rung in _RUNGS:
            value = _at(rung, steps, trial, sign)
            if value is not None:
                insort(self._finished[rung], value)


def _last_rung(steps: list[int]) -> int | None:
    """The rung that a run has just passed, with its newest value; None where it has passed none."""
    before = steps[-2] if len(steps) > 1 else -1
    passed = [rung for rung in _RUNGS if before < rung <= steps[-1]] if steps else []
    return passed[-1] if passed else None


def _at(rung: int, steps: list[int], trial: FrozenTrial, sign: float) -> float | None:
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
