"""How many points a finite space has, and which."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from optuna_sweep.config.parameters import Parameter
from optuna_sweep.space.conditions import exists

Options = Callable[[Parameter], Sequence[Any] | None]
"""All values of a parameter; None where there is no end of them."""


_MOST_BRANCHES: Final = 100_000


def count(parameters: Sequence[Parameter], options: Options) -> int | None:
    """How many points there are; None for a space without end, or one that takes too long to count.

    Parameters that no condition connects are multiplied, so that a space of 10 ** 20 points
    is counted as fast as one of ten. Only the parameters that conditions look at are gone through.

    Args:
        parameters: In an order in which each comes after those that its conditions look at.
        options: The values of each.
    """
    total = 1
    for family in _families(parameters):
        looked_at = _looked_at(family)
        branching = [options(parameter) for parameter in family if parameter.name in looked_at]
        if math.prod(_length(choices) for choices in branching if choices is not None) > _MOST_BRANCHES:
            return None
        points = _count(family, {}, options, looked_at)
        if points is None:
            return None
        total *= points
    return total


def enumerate_points(
    parameters: Sequence[Parameter], options: Options, values: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The values by name of every point, the last parameter changing fastest.

    Args:
        parameters: In an order in which each comes after those that its conditions look at.
        options: The values of each, none of which is without end.
        values: The values of the parameters before these.
    """
    values = values or {}
    if not parameters:
        yield dict(values)
        return
    first, *rest = parameters
    if not exists(first, values):
        yield from enumerate_points(rest, options, values)
        return
    for value in options(first) or ():
        yield from enumerate_points(rest, options, {**values, first.name: value})


def _count(
    parameters: Sequence[Parameter], values: Mapping[str, Any], options: Options, looked_at: set[str]
) -> int | None:
    if not parameters:
        return 1
    first, *rest = parameters
    if not exists(first, values):
        return _count(rest, values, options, looked_at)
    choices = options(first)
    if choices is None:
        return None
    if first.name not in looked_at:
        others = _count(rest, values, options, looked_at)
        return None if others is None else others * _length(choices)
    parts = [_count(rest, {**values, first.name: choice}, options, looked_at) for choice in choices]
    return None if None in parts else sum(part for part in parts if part is not None)


def _length(choices: Sequence[Any]) -> int:
    try:
        return len(choices)
    except OverflowError:  # more than a list could have
        return sys.maxsize


def _looked_at(parameters: Sequence[Parameter]) -> set[str]:
    return {condition.parameter for parameter in parameters for condition in parameter.when}


def _families(parameters: Sequence[Parameter]) -> list[list[Parameter]]:
    families: list[list[Parameter]] = []
    for parameter in parameters:
        parents = {condition.parameter for condition in parameter.when}
        kin = [family for family in families if any(member.name in parents for member in family)]
        families = [family for family in families if family not in kin]
        families.append([*(member for family in kin for member in family), parameter])
    return families
