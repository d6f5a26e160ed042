"""Optuna's own plots of a study, and why some of them cannot be drawn.

They are plotly figures of plain lists and numbers: W&B's pages and a browser draw them from JSON.
"""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config import Metric
from optuna_sweep.study import quiet_optuna

MOST_CURVES = 200
"""Trials whose curves are drawn: the newest ones. A page with thousands of lines shows nothing."""
MOST_POINTS = 200
"""Completed trials that a contour is drawn through."""
MOST_PARAMETERS = 6
_PAIR = 2
_MOST_IN_A_FRONT = 3

Target = Callable[[FrozenTrial], float]


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot.

    Attributes:
        name: Its name, which never changes: ``optimization_history``; with several objectives
            ``optimization_history/loss`` where it is about one of them.
        figure: A plotly figure as plain JSON data; None where it is left out.
        reason: Why it is left out; empty where it is not.
    """

    name: str
    figure: Mapping[str, Any] | None
    reason: str = ""


def charts(study: optuna.Study, metrics: Sequence[Metric]) -> Iterator[Chart]:
    """All plots, in the order of showing them; one that fails is left out and says why."""
    for plot in _plots(metrics):
        reason = _missing(plot, study)
        if reason:
            yield Chart(plot.name, None, reason)
            continue
        try:
            with warnings.catch_warnings(), quiet_optuna():
                warnings.simplefilter("ignore")  # plots talk of trials that they leave out
                yield Chart(plot.name, plain(plot.draw(study).to_plotly_json()))
        except ImportError:
            yield Chart(plot.name, None, "plotly is not installed: add it to the job's requirements.txt")
        except Exception as error:  # a picture is never worth a sweep
            yield Chart(plot.name, None, f"it could not be drawn: {error}")


@dataclass(frozen=True, slots=True)
class _Plot:
    """What is drawn, of which objective; None for what is about the whole study, or the only one."""

    kind: str
    draw: Callable[[optuna.Study], Any]
    objectives: int
    at: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.of}" if self.at is not None else self.kind


def _plots(metrics: Sequence[Metric]) -> Iterator[_Plot]:
    """Optuna's plots; those of one objective once for each, one after the other, where there are several."""
    from optuna import visualization as plots

    names = [metric.name for metric in metrics] or ["value"]
    several = len(names) > 1
    whole = partial(_Plot, objectives=len(names))
    if several:
        yield whole("pareto_front", lambda study: plots.plot_pareto_front(study, target_names=names))
        yield whole(
            "hypervolume_history", lambda study: plots.plot_hypervolume_history(study, _reference(study))
        )
    for kind, draw in _of_one().items():
        if kind == "intermediate_values":
            yield whole(kind, lambda study: plots.plot_intermediate_values(_newest(study)))
            continue
        for at, name in enumerate(names):
            of = {"target_name": name} | ({"target": _value_at(at)} if several else {})
            yield whole(kind, partial(draw, **of), at=at if several else None, of=name)
    yield whole("timeline", plots.plot_timeline)


def _of_one() -> dict[str, Callable[..., Any]]:
    """The plots of one objective, as functions of the study and of what is drawn of each trial."""
    from optuna import visualization as plots

    def best_known(study: optuna.Study, most: int, of: Mapping[str, Any]) -> list[str]:
        return _parameters(study, most, of.get("target"))

    return {
        "optimization_history": plots.plot_optimization_history,
        "intermediate_values": plots.plot_intermediate_values,
        "parallel_coordinate": lambda study, **of: plots.plot_parallel_coordinate(
            study, params=best_known(study, MOST_PARAMETERS, of), **of
        ),
        "parameter_importances": lambda study, **of: plots.plot_param_importances(
            study, evaluator=_importance(), **of
        ),
        "slice": lambda study, **of: plots.plot_slice(
            study, params=best_known(study, MOST_PARAMETERS, of), **of
        ),
        "contour": lambda study, **of: plots.plot_contour(
            _thinned(study), params=best_known(study, _PAIR, of), **of
        ),
        "rank": lambda study, **of: plots.plot_rank(study, params=best_known(study, _PAIR, of), **of),
        "edf": plots.plot_edf,
    }


def _value_at(at: int) -> Target:
    def value(trial: FrozenTrial) -> float:
        return float(trial.values[at])

    return value


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


def _parameters(study: optuna.Study, most: int, target: Target | None) -> list[str]:
    """The parameters of most influence; by name where that is not known."""
    names = sorted({key for trial in _complete(study) for key in trial.params})
    if len(names) <= most:
        return names
    try:
        return list(get_param_importances(study, evaluator=_importance(), target=target))[:most]
    except (RuntimeError, ValueError):
        return names[:most]


def _importance() -> PedAnovaImportanceEvaluator:
    """The default of Optuna 5; that of Optuna 4 draws lots, so the same study would look new each time."""
    return PedAnovaImportanceEvaluator()


def _newest(study: optuna.Study) -> optuna.Study:
    """The study with its newest curves alone."""
    trials = [trial for trial in study.get_trials(deepcopy=False) if trial.intermediate_values]
    if len(trials) <= MOST_CURVES:
        return study
    return _part(
        study,
        (
            optuna.trial.create_trial(state=TrialState.PRUNED, intermediate_values=trial.intermediate_values)
            for trial in trials[-MOST_CURVES:]
        ),
    )


def _thinned(study: optuna.Study) -> optuna.Study:
    """The study with a part of its completed trials, evenly spread: a contour grows with their square."""
    trials = _complete(study)
    step = -(-len(trials) // MOST_POINTS)
    return study if step == 1 else _part(study, trials[::step])


def _part(study: optuna.Study, trials: Iterable[FrozenTrial]) -> optuna.Study:
    part = optuna.create_study(directions=study.directions)
    part.add_trials(trials)
    return part


def _reference(study: optuna.Study) -> list[float]:
    """The worst value of each objective so far, from which the volume is measured."""
    columns = zip(*(trial.values for trial in _complete(study)), strict=True)
    worst = {
        optuna.study.StudyDirection.MAXIMIZE: min,
        optuna.study.StudyDirection.MINIMIZE: max,
    }
    return [worst[direction](column) for direction, column in zip(study.directions, columns, strict=True)]


def plain(value: Any) -> Any:
    """Plotly's data without its binary arrays, which older browsers' plotly does not read."""
    if isinstance(value, Mapping):
        if {"bdata", "dtype"} <= value.keys():
            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
            shape = [int(size) for size in str(value.get("shape", array.size)).split(",")]
            return plain(array.reshape(shape))
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(inner) for inner in value.tolist()]
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if isinstance(value, float) and not np.isfinite(value) else value
