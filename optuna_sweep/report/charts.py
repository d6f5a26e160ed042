"""Optuna's own plots of a study, and why some of them cannot be drawn.

They are plotly figures of plain lists and numbers: W&B's pages and a browser draw them from JSON.
"""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config import Metric
from optuna_sweep.study import quiet_optuna

MOST_CURVES = 200
"""Trials whose curves are drawn: the newest ones. A page with thousands of lines shows nothing."""
MOST_POINTS = 200
"""Completed trials that a contour is drawn through."""
MOST_PARAMETERS = 6
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot.

    Attributes:
        name: Its name, which never changes: ``optimization_history``.
        figure: A plotly figure as plain JSON data; None where it is left out.
        reason: Why it is left out; empty where it is not.
    """

    name: str
    figure: Mapping[str, Any] | None
    reason: str = ""


def charts(study: optuna.Study, metrics: Sequence[Metric]) -> Iterator[Chart]:
    """All plots, in the order of showing them; one that fails is left out and says why."""
    for name, draw in _plots(metrics).items():
        reason = _missing(name, study)
        if reason:
            yield Chart(name, None, reason)
            continue
        try:
            with warnings.catch_warnings(), quiet_optuna():
                warnings.simplefilter("ignore")  # plots talk of trials that they leave out
                yield Chart(name, plain(draw(study).to_plotly_json()))
        except ImportError:
            yield Chart(name, None, "plotly is not installed: add it to the job's requirements.txt")
        except Exception as error:  # a picture is never worth a sweep
            yield Chart(name, None, f"it could not be drawn: {error}")


Draw = Callable[[optuna.Study], Any]


def _plots(metrics: Sequence[Metric]) -> dict[str, Draw]:
    from optuna import visualization as plots

    if len(metrics) > 1:
        names = [metric.name for metric in metrics]
        several: dict[str, Draw] = {
            "pareto_front": lambda study: plots.plot_pareto_front(study, target_names=names),
            "hypervolume_history": lambda study: plots.plot_hypervolume_history(study, _reference(study)),
        }
        return (
            several
            | {
                f"optimization_history/{name}": _of_objective(plots.plot_optimization_history, at, name)
                for at, name in enumerate(names)
            }
            | {"timeline": plots.plot_timeline}
        )
    name = metrics[0].name if metrics else "value"
    return {
        "optimization_history": lambda study: plots.plot_optimization_history(study, target_name=name),
        "intermediate_values": lambda study: plots.plot_intermediate_values(_newest(study)),
        "parallel_coordinate": lambda study: plots.plot_parallel_coordinate(
            study, params=_parameters(study, MOST_PARAMETERS), target_name=name
        ),
        "parameter_importances": lambda study: plots.plot_param_importances(study, target_name=name),
        "slice": lambda study: plots.plot_slice(
            study, params=_parameters(study, MOST_PARAMETERS), target_name=name
        ),
        "contour": lambda study: plots.plot_contour(
            _thinned(study), params=_parameters(study, _PAIR), target_name=name
        ),
        "rank": lambda study: plots.plot_rank(study, params=_parameters(study, _PAIR), target_name=name),
        "edf": lambda study: plots.plot_edf(study, target_name=name),
        "timeline": plots.plot_timeline,
    }


def _of_objective(plot: Callable[..., Any], at: int, name: str) -> Draw:
    return lambda study: plot(study, target=lambda trial: trial.values[at], target_name=name)


def _missing(name: str, study: optuna.Study) -> str:
    """What a plot lacks; empty where it can be drawn."""
    complete = _complete(study)
    parameters = {key for trial in complete for key in trial.params}
    if name == "timeline":
        return "" if study.get_trials(deepcopy=False) else "there is no trial yet"
    if not complete and name != "intermediate_values":
        return "no trial has completed yet"
    if name == "intermediate_values":
        reported = any(trial.intermediate_values for trial in study.get_trials(deepcopy=False))
        return "" if reported else "no run has reported a value while it ran"
    if name in ("contour", "rank") and len(parameters) < _PAIR:
        return "it takes two parameters"
    if name in ("slice", "parallel_coordinate", "parameter_importances") and not parameters:
        return "there is no parameter"
    if name == "parameter_importances" and len({trial.value for trial in complete}) < _PAIR:
        return "it takes two completed trials with different values"
    return ""


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _parameters(study: optuna.Study, most: int) -> list[str]:
    """The parameters of most influence; by name where that is not known."""
    names = sorted({key for trial in _complete(study) for key in trial.params})
    if len(names) <= most:
        return names
    try:
        return list(optuna.importance.get_param_importances(study))[:most]
    except (RuntimeError, ValueError):
        return names[:most]


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
    part = optuna.create_study(direction=study.direction)
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
