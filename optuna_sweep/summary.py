"""What a sweep file asks for, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optuna_sweep.config import Constraint, Metric, Settings, SweepConfig
from optuna_sweep.config.findings import show
from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Condition,
    Constant,
    Distribution,
    Integers,
    InvLogUniform,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
)
from optuna_sweep.config.support import describe

_EACH_IN_A_LIST = 12
_OUTLASTS = 1_000_000
"""Points that no sweep gets to the end of."""
_NO_END = {"run_timeout", "running"}


def parameter_lines(parameters: Sequence[Parameter]) -> Iterator[str]:
    """One line for each parameter: its name, its range, and where it exists."""
    width = max((len(parameter.name) for parameter in parameters), default=0)
    for parameter in parameters:
        where = " and ".join(_condition(condition) for condition in parameter.when)
        yield f"{parameter.name:<{width}}  {in_words(parameter.distribution)}{where and f', where {where}'}"


def in_words(distribution: Distribution) -> str:
    """What a distribution gives, and how."""
    match distribution:
        case Constant(value):
            return f"always {show(value)}"
        case Categorical(values, probabilities):
            return _choices(values, probabilities)
        case Normal(mu, sigma):
            return f"{describe(distribution)}, normal with mean {mu:g} and deviation {sigma:g}"
        case LogNormal(mu, sigma):
            return f"a number whose logarithm is normal with mean {mu:g} and deviation {sigma:g}"
        case Beta(a, b):
            return f"{describe(distribution)}, beta with {a:g} and {b:g}"
        case LogUniform() | InvLogUniform() | Integers(log=True):
            return f"{describe(distribution)}, on a logarithmic scale"
        case Integers() | Uniform():
            return describe(distribution)


def goal_lines(config: SweepConfig) -> Iterator[str]:
    """What is optimised, and what has to hold."""
    settings = config.settings
    rule = settings.objective.rule.replace("mean_last_k", f"mean of the last {settings.objective.k}")
    if not config.metrics:
        yield "Optimised: nothing, because the sweep has no metric."
    for metric in config.metrics:
        yield f"Optimised: {_goal(metric)} ({rule if rule.startswith('mean') else f'{rule} value'} of a run)."
    for constraint in settings.constraints:
        yield f"Has to hold: {_constraint(constraint)}."


def limit_lines(config: SweepConfig, size: int | None) -> Iterator[str]:
    """How far the search goes."""
    settings = config.settings
    if settings.enqueue:
        yield f"Tried first: {_counted(len(settings.enqueue), 'point')} from enqueue."
    if settings.repeats > 1:
        yield f"Repeats: {settings.repeats} runs for each configuration, averaged."
    if config.num_workers is not None:
        yield f"At once: {_counted(config.num_workers, 'run')}."
    rules = list(_ends(config, size))
    yield f"Ends: {', or '.join(rules)}." if rules else "Ends: when somebody stops it; there is no run_cap."


def _ends(config: SweepConfig, size: int | None) -> Iterator[str]:
    if config.run_cap is not None:
        yield f"after {_counted(config.run_cap, 'run')} (run_cap)"
    if size is not None and size <= _OUTLASTS:
        yield "after its only point" if size == 1 else f"when all of its {size:,} points were tried"
    for metric in config.metrics:
        if metric.target is not None:
            yield f"when {metric.name} reaches {metric.target:g}"
    yield from _stop_rules(config.settings)


def _stop_rules(settings: Settings) -> Iterator[str]:
    for rule, value in settings.stop.model_dump(exclude_defaults=True, exclude=_NO_END).items():
        yield f"by stop.{rule}: {show(value)}"


def _choices(values: Sequence[object], probabilities: Sequence[float] | None) -> str:
    if len(values) == 1:
        return f"always {show(values[0])}"
    shown = [show(value) for value in values[:_EACH_IN_A_LIST]]
    if probabilities is not None:
        shown = [f"{name} ({share:.3g})" for name, share in zip(shown, probabilities, strict=False)]
    rest = len(values) - len(shown)
    return f"one of {', '.join(shown)}{f' and {rest} more' if rest else ''}"


def _condition(condition: Condition) -> str:
    if condition.values is not None:
        return f"{condition.parameter} is {' or '.join(show(value) for value in condition.values)}"
    return f"{condition.parameter} is {_bounds(condition.low, condition.high)}"


def _constraint(constraint: Constraint) -> str:
    return f"{constraint.metric} is {_bounds(constraint.min, constraint.max)}"


def _bounds(low: float | None, high: float | None) -> str:
    words = [] if low is None else [f"at least {low:g}"]
    return " and ".join(words if high is None else [*words, f"at most {high:g}"])


def _goal(metric: Metric) -> str:
    return f"{metric.name}, {'minimised' if metric.minimize else 'maximised'}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
