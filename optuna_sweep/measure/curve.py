"""One run's learning curve, as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optuna_sweep.measure.axis import LoggedSteps, MetricSteps
from optuna_sweep.measure.measure import Measure
from optuna_sweep.measure.readings import lookup, number, summary_number
from optuna_sweep.measure.series import Series
from optuna_sweep.outcomes import Completed, Failed, Outcome, Pruned, Row

if TYPE_CHECKING:
    from optuna_sweep.config import Metric


@dataclass(frozen=True, slots=True)
class Report:
    """An intermediate value for ``Trial.report``.

    Attributes:
        step: On the pruner's axis; 0 or more.
        value: What the run logged; NaN and the infinities are reported as they are, since
            every pruner of Optuna states what it makes of them.
    """

    step: int
    value: float


class Curve:
    """What one run has logged so far.

    Args:
        measure: How runs of this sweep are measured.
        reported: Steps that the trial already holds, so that a scheduler which continues
            another's work reports none of them again.
    """

    def __init__(self, measure: Measure, reported: Iterable[int] = ()) -> None:
        self._measure = measure
        self._reported = set(reported)
        self._axis = LoggedSteps() if measure.step_metric is None else MetricSteps(measure.step_metric)
        keep = measure.k if measure.rule == "mean_last_k" else 1
        self._series = {m.name: Series(minimize=m.minimize, keep=keep) for m in measure.metrics}
        self._bounded = {c.metric: Series(minimize=True, keep=1) for c in measure.constraints}

    def add(self, rows: Sequence[Row]) -> list[Report]:
        """Take in new rows and say what is new for the pruner.

        Rows may come late, twice, in any order, and with a run's metrics on different rows.

        Returns:
            One report for each step that was not reported before, in the order in which the run
            logged them, which is ascending unless its step metric goes back. The first row of a
            step counts. Empty with several objectives, since Optuna's pruners know only one.
        """
        ordered = sorted(rows, key=lambda row: row.step)
        self._axis.learn(ordered)
        for table in (self._series, self._bounded):
            for name, series in table.items():
                for row in ordered:
                    value = number(row.values.get(name))
                    if value is not None:
                        series.add(row.step, value)
        if len(self._measure.metrics) != 1:
            return []
        return list(self._new_reports(ordered))

    def value(self, summary: Mapping[str, Any], worst: Sequence[float] | None = None) -> Outcome:
        """What to tell of the run, now that it has ended.

        Args:
            summary: The run's summary, empty where W&B has none.
            worst: For each objective the worst value told in this study so far, for the policy
                ``worst``; None while nothing was told.

        Returns:
            ``Completed`` with a finite value for each objective. Otherwise what the sweep's
            policy for invalid values says: ``Failed``, ``Pruned``, or ``Completed`` with the
            worst values put in.
        """
        if not self._measure.metrics:
            return Completed((0.0,))
        values = [self._final(metric, summary) for metric in self._measure.metrics]
        if all(value is not None and math.isfinite(value) for value in values):
            return Completed(tuple(value for value in values if value is not None))
        return self._invalid(values, worst)

    def imputed(self, worst: Sequence[float] | None = None) -> Completed | None:
        """What W&B's ``metric.impute`` takes for a run that failed, crashed or was stopped.

        Args:
            worst: As for ``value``.

        Returns:
            For each objective the latest, the best, or the study's worst value. None where the sweep
            file asks for no such thing, or there is no such value: then the run has none.
        """
        values = [self._imputed(n, metric, worst) for n, metric in enumerate(self._measure.metrics)]
        known = tuple(value for value in values if value is not None)
        return Completed(known) if known and len(known) == len(values) else None

    def constraints(self, summary: Mapping[str, Any]) -> dict[str, float]:
        """The numbers for ``Trial.set_constraint``: 0 or less where the constraint holds.

        All constraints are always there, since samplers want the same number in each trial. One
        whose metric is missing or no number is infinite: nobody has shown that it holds.
        """
        numbers: dict[str, float] = {}
        for bound in self._measure.constraints:
            value = summary_number(lookup(summary, bound.metric), minimize=bound.max is None)
            if value is None or math.isnan(value):
                value = self._bounded[bound.metric].last
            numbers.update(_excess(bound.metric, bound.min, bound.max, value))
        return numbers

    def _new_reports(self, rows: Iterable[Row]) -> Iterable[Report]:
        name = self._measure.metrics[0].name
        for row in rows:
            value, step = number(row.values.get(name)), self._axis.place(row.step)
            if value is None or step is None or step in self._reported:
                continue
            self._reported.add(step)
            yield Report(step, value)

    def _imputed(self, index: int, metric: Metric, worst: Sequence[float] | None) -> float | None:
        if metric.impute == "worst":
            return None if worst is None else worst[index]
        series = self._series[metric.name]
        return {"best": series.best_finite, "latest": series.latest_finite}.get(metric.impute or "")

    def _final(self, metric: Metric, summary: Mapping[str, Any]) -> float | None:
        series, raw = self._series[metric.name], lookup(summary, metric.name)
        kept = summary_number(raw, minimize=metric.minimize)
        if self._measure.rule == "best":
            return series.best_with(kept)
        if self._measure.rule == "mean_last_k":
            return kept if series.mean is None else series.mean
        late = self._measure.rule == "last" and self._behind(series, raw, summary)
        if kept is not None and (late or self._measure.rule == "summary"):
            return kept
        return kept if series.last is None else series.last

    @staticmethod
    def _behind(series: Series, raw: Any, summary: Mapping[str, Any]) -> bool:
        """Whether W&B's history lags behind its summary, which then holds the later value.

        An object in the summary is no last value but what ``define_metric`` asked for.
        """
        step = number(summary.get("_step"))
        return not isinstance(raw, Mapping) and step is not None and step > series.newest

    def _invalid(self, values: Sequence[float | None], worst: Sequence[float] | None) -> Outcome:
        pairs = list(zip(self._measure.metrics, values, strict=True))
        reason = "; ".join(_complaint(m.name, v) for m, v in pairs if v is None or not math.isfinite(v))
        if self._measure.invalid == "prune":
            return Pruned(max(self._reported, default=0), reason)
        if self._measure.invalid == "worst" and worst is not None:
            filled = zip(values, worst, strict=True)
            return Completed(tuple(w if v is None or not math.isfinite(v) else v for v, w in filled))
        if self._measure.invalid == "worst":
            return Failed(f"{reason}; no other run has a value yet that could stand for the worst")
        return Failed(reason)


def _complaint(name: str, value: float | None) -> str:
    if value is None:
        return f"the run logged no {name!r}"
    return f"the value of {name!r} is {value}, not a finite number"


def _excess(metric: str, low: float | None, high: float | None, value: float | None) -> dict[str, float]:
    unknown = value is None or math.isnan(value)
    numbers: dict[str, float] = {}
    if low is not None:
        numbers[f"{metric} >= {low:g}"] = math.inf if value is None or unknown else low - value
    if high is not None:
        numbers[f"{metric} <= {high:g}"] = math.inf if value is None or unknown else value - high
    return numbers
