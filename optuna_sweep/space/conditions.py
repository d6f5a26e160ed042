"""``when:`` — which parameters exist, given the values of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from optuna_sweep.config.parameters import Condition, Parameter
from optuna_sweep.space.choices import is_number, same


def in_order(parameters: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """The parameters, each after those that its conditions look at, else as they were given.

    Raises:
        ValueError: Two parameters have one name, a condition is on a parameter that there is
            not, or conditions run in a circle.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    if len(by_name) < len(parameters):
        raise ValueError("two parameters have the same name")
    graph = {p.name: [condition.parameter for condition in p.when] for p in parameters}
    unknown = {name for names in graph.values() for name in names} - set(by_name)
    if unknown:
        raise ValueError(f"conditions on unknown parameters: {', '.join(sorted(unknown))}")
    return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())


def exists(parameter: Parameter, values: Mapping[str, Any]) -> bool:
    """Whether all conditions of a parameter hold.

    Args:
        parameter: The parameter.
        values: The values, by name, of the parameters before it that exist.
    """
    return all(
        condition.parameter in values and holds(condition, values[condition.parameter])
        for condition in parameter.when
    )


def holds(condition: Condition, value: Any) -> bool:
    """Whether a value meets one condition. Only a number can be within bounds."""
    if condition.values is not None:
        return any(same(wanted, value) for wanted in condition.values)
    if not is_number(value):
        return False
    above = condition.low is None or value >= condition.low
    return above and (condition.high is None or value <= condition.high)
