"""Optuna's own plots of a study, and why some of them cannot be drawn.

They are plotly figures of plain lists and numbers: W&B's pages and a browser draw them from JSON.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config import Metric
from optuna_sweep.report.excerpt import Excerpt
from optuna_sweep.report.look import draw_bare, dressed
from optuna_sweep.report.objective import Objective
from optuna_sweep.report.plain import plain
from optuna_sweep.study import quiet_optuna

MOST_LINES, MOST_POINTS = 50, 250
"""Trials with a line or a point of their own in plots that would show nothing more with all of them. Lines
are traces, points stand once in each parameter's part, a contour is quadratic, and each bar of a timeline
tells all of its trial: each costs much."""
MOST_PARAMETERS = 6
_MOST = {
    "parallel_coordinate": MOST_LINES,
    "slice": MOST_POINTS,
    "contour": MOST_POINTS,
    "rank": MOST_POINTS,
}
"""Kinds of plots that show representatives of a large study's completed trials."""
_PAIR = 2
_MOST_IN_A_FRONT = 3


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot.

    Attributes:
        name: Its name, which never changes: ``optimization_history``; with several objectives
            ``optimization_history/loss`` where it is about one of them.
        figure: A plotly figure as plain JSON data; None where it is left out.
        reason: Why it is left out; empty where it is not.
        extent: Which trials it shows where it does not show all; else empty.
    """

    name: str
    figure: Mapping[str, Any] | None
    reason: str = ""
    extent: str = ""


def charts(study: optuna.Study, metrics: Sequence[Metric]) -> Iterator[Chart]:
    """All plots, in the order of showing them; one that fails is left out and says why."""
    with quiet_optuna():
        study = Excerpt(study, study.get_trials(deepcopy=False))
    for plot in _plots(study, metrics):
        reason = _missing(plot, study)
        if reason:
            yield Chart(plot.name, None, reason)
            continue
        try:
            # Plots warn of trials and parameters that they leave out, each time anew.
            with warnings.catch_warnings(), quiet_optuna(optuna.logging.ERROR):
                warnings.simplefilter("ignore")
                draw_bare()
                figure = plain(plot.draw().to_plotly_json())
            yield Chart(plot.name, dressed(figure), extent=_extent(plot, study))
        except ImportError:
            yield Chart(plot.name, None, "plotly is not installed: add it to the job's requirements.txt")
        except Exception as error:  # a picture is never worth a sweep
            yield Chart(plot.name, None, f"it could not be drawn: {error}")


@dataclass(frozen=True, slots=True)
class _Plot:
    """What is drawn, of which objective; None for what is about the whole study, or the only one."""

    kind: str
    draw: Callable[[], Any]
    objectives: int
    at: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.of}" if self.at is not None else self.kind


def _plots(study: optuna.Study, metrics: Sequence[Metric]) -> Iterator[_Plot]:
    """Optuna's plots; those of one objective once for each, one after the other, where there are several."""
    from optuna import visualization as plots

    names = [metric.name for metric in metrics] or ["value"]
    several = len(names) > 1
    objectives = [Objective(study, name, at if several else None) for at, name in enumerate(names)]
    whole = partial(_Plot, objectives=len(names))
    if several:
        yield whole("pareto_front", lambda: plots.plot_pareto_front(study, target_names=names))
        yield whole("hypervolume_history", lambda: plots.plot_hypervolume_history(study, _reference(study)))
    for kind, draw in _of_one().items():
        if kind == "intermediate_values":
            yield whole(kind, lambda: plots.plot_intermediate_values(_newest(study)))
            continue
        for each in objectives:
            yield whole(kind, partial(draw, each), at=each.at, of=each.name)
    newest = study.get_trials(deepcopy=False)[-MOST_POINTS:]
    yield whole("timeline", lambda: plots.plot_timeline(Excerpt(study, newest)))


def _of_one() -> dict[str, Callable[[Objective], Any]]:
    """The plots of one objective."""
    from optuna import visualization as plots

    return {
        "optimization_history": lambda one: plots.plot_optimization_history(one.study, **one.of),
        "intermediate_values": lambda one: plots.plot_intermediate_values(_newest(one.study)),
        "parallel_coordinate": lambda one: plots.plot_parallel_coordinate(
            one.representatives(MOST_LINES), params=one.parameters(MOST_PARAMETERS), **one.of
        ),
        "parameter_importances": lambda one: plots.plot_param_importances(
            one.study, evaluator=one.importances, **one.of
        ),
        "slice": lambda one: plots.plot_slice(
            one.representatives(MOST_POINTS), params=one.parameters(MOST_PARAMETERS), **one.of
        ),
        "contour": lambda one: plots.plot_contour(
            one.representatives(MOST_POINTS), params=one.parameters(_PAIR), **one.of
        ),
        "rank": lambda one: plots.plot_rank(
            one.representatives(MOST_POINTS), params=one.parameters(_PAIR), **one.of
        ),
        "edf": lambda one: plots.plot_edf(one.study, **one.of),
    }


def _missing(plot: _Plot, study: optuna.Study) -> str:
    """What a plot lacks; empty where it can be drawn."""
    complete = _complete(study)
    if plot.kind == "timeline":
        return "" if study.get_trials(deepcopy=False) else "there is no trial yet"
    if plot.kind == "intermediate_values":
        return _missing_curves(plot, study)
    if not complete:
        return "no trial has completed yet"
    if plot.kind in ("pareto_front", "hypervolume_history"):
        return _missing_front(plot, complete)
    return _missing_parameters(plot, complete)


def _missing_parameters(plot: _Plot, complete: Sequence[FrozenTrial]) -> str:
    parameters = {key for trial in complete for key in trial.params}
    if plot.kind in ("contour", "rank") and len(parameters) < _PAIR:
        return "it takes two parameters"
    if plot.kind in ("slice", "parallel_coordinate", "parameter_importances") and not parameters:
        return "there is no parameter"
    values = {trial.values[plot.at or 0] for trial in complete}
    if plot.kind == "parameter_importances" and len(values) < _PAIR:
        return "it takes two completed trials with different values"
    return ""


def _missing_curves(plot: _Plot, study: optuna.Study) -> str:
    if plot.objectives > 1:
        return "Optuna keeps no curves, and prunes nothing, where there are several objectives"
    reported = any(trial.intermediate_values for trial in study.get_trials(deepcopy=False))
    return "" if reported else "no run has reported a value while it ran"


def _missing_front(plot: _Plot, complete: Sequence[FrozenTrial]) -> str:
    if plot.objectives > _MOST_IN_A_FRONT:
        return f"it is for two or three objectives, and there are {plot.objectives}"
    alike = any(
        len(set(column)) < _PAIR for column in zip(*(trial.values for trial in complete), strict=True)
    )
    if plot.kind == "hypervolume_history" and alike:
        return "it takes two different values of each objective"
    return ""


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _extent(plot: _Plot, study: optuna.Study) -> str:
    if plot.kind == "intermediate_values":
        curves = sum(bool(trial.intermediate_values) for trial in study.get_trials(deepcopy=False))
        return f"the newest {MOST_LINES} of {curves:,} curves" if curves > MOST_LINES else ""
    if plot.kind == "timeline":
        trials = len(study.get_trials(deepcopy=False))
        return f"the newest {MOST_POINTS} of {trials:,} trials" if trials > MOST_POINTS else ""
    most, complete = _MOST.get(plot.kind), len(_complete(study))
    return f"{most} of {complete:,} trials, from the best to the worst" if most and complete > most else ""


def _newest(study: optuna.Study) -> Excerpt:
    """The study with its newest curves alone."""
    curves = [trial for trial in study.get_trials(deepcopy=False) if trial.intermediate_values]
    return Excerpt(study, curves[-MOST_LINES:])


def _reference(study: optuna.Study) -> list[float]:
    """The worst value of each objective so far, from which the volume is measured."""
    columns = zip(*(trial.values for trial in _complete(study)), strict=True)
    worst = {
        optuna.study.StudyDirection.MAXIMIZE: min,
        optuna.study.StudyDirection.MINIMIZE: max,
    }
    return [worst[direction](column) for direction, column in zip(study.directions, columns, strict=True)]
