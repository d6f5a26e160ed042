"""A study in the eyes of one of its objectives: which parameters and which trials tell the most of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.report.excerpt import Excerpt
from optuna_sweep.study import quiet_optuna


class Objective:
    """One objective of a study, which does not change while it is drawn.

    Args:
        study: The study.
        name: The objective's name.
        at: Its place among several; None for the only one.

    Attributes:
        importances: What evaluates the parameters for it, of the whole study alone.
    """

    def __init__(self, study: optuna.Study, name: str, at: int | None) -> None:
        self.study = study
        self.name = name
        self.at = at
        with quiet_optuna():  # what evaluates them is experimental in Optuna 4
            self.importances = _Importances()

    @property
    def of(self) -> dict[str, Any]:
        """What Optuna's plots are told of it."""
        return {"target_name": self.name} | ({} if self.at is None else {"target": self.value})

    def value(self, trial: FrozenTrial) -> float:
        """A completed trial's value of it."""
        return float(trial.values[self.at or 0])

    def parameters(self, most: int) -> list[str]:
        """The names of all parameters; where there are more, of those with most influence."""
        names = sorted({key for trial in self.complete for key in trial.params})
        return names if len(names) <= most else (self._by_influence or names)[:most]

    def representatives(self, most: int) -> Excerpt:
        """At most so many completed trials, by number: evenly from the best one to the worst."""
        ranked = sorted(self.complete, key=self._from_the_best)
        count = len(ranked)
        chosen = ranked if count <= most else [ranked[place * count // most] for place in range(most)]
        return Excerpt(self.study, sorted(chosen, key=lambda trial: trial.number))

    @cached_property
    def complete(self) -> list[FrozenTrial]:
        """The completed trials, by number."""
        return self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))

    @cached_property
    def _by_influence(self) -> list[str]:
        target = None if self.at is None else self.value
        try:
            return list(get_param_importances(self.study, evaluator=self.importances, target=target))
        except (RuntimeError, ValueError):
            return []

    def _from_the_best(self, trial: FrozenTrial) -> float:
        larger_is_better = self.study.directions[self.at or 0] is StudyDirection.MAXIMIZE
        return -self.value(trial) if larger_is_better else self.value(trial)


class _Importances(PedAnovaImportanceEvaluator):
    """Evaluates one objective of one study once, however many plots ask.

    It is the default of Optuna 5; that of Optuna 4 draws lots, so the same study would look new each time.
    """

    _found: dict[str, float] | None = None

    def evaluate(
        self,
        study: optuna.Study,
        params: list[str] | None = None,
        *,
        target: Callable[[FrozenTrial], float] | None = None,
    ) -> dict[str, float]:
        if self._found is None:
            self._found = super().evaluate(study, params, target=target)
        return dict(self._found)
