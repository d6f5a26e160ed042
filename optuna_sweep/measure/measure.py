"""How the runs of a sweep are measured: which columns are read, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from optuna_sweep.config import Constraint, Metric, SweepConfig

Rule = Literal["last", "best", "mean_last_k", "summary"]
Policy = Literal["fail", "prune", "worst"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How the runs of a sweep are measured.

    Attributes:
        metrics: The objectives in order. None at all is allowed: each run that finishes is then
            told as 0, because Optuna's complete trials have a value and the samplers that do
            without a metric (grid, random) never look at it.
        rule: Which of a run's values is told.
        k: How many values ``mean_last_k`` averages.
        step_metric: The logged key that is the pruner's axis; None for W&B's ``_step``.
        invalid: What becomes of a run whose value is NaN, infinite, text or missing.
        constraints: Bounds on other metrics.
    """

    metrics: tuple[Metric, ...]
    rule: Rule = "last"
    k: int = 5
    step_metric: str | None = None
    invalid: Policy = "fail"
    constraints: tuple[Constraint, ...] = ()

    @classmethod
    def of(cls, config: SweepConfig) -> Measure:
        """The measure that a sweep file asks for."""
        settings = config.settings
        return cls(
            metrics=config.metrics,
            rule=settings.objective.rule,
            k=settings.objective.k,
            step_metric=settings.step_metric,
            invalid=settings.invalid_values,
            constraints=settings.constraints,
        )

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The groups of history columns to read, one column each and no column twice.

        Metrics of one run may be logged by different calls of ``log()`` and then share no row, so
        no group asks for two; rows are joined by their step here.
        """
        names = [metric.name for metric in self.metrics]
        names += [bound.metric for bound in self.constraints]
        names += [] if self.step_metric is None else [self.step_metric]
        return tuple((name,) for name in dict.fromkeys(names))
