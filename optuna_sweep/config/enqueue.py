"""``enqueue``: known good points, checked against the space that they are meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optuna_sweep.config.findings import Findings, show, suggest
from optuna_sweep.config.parameters import Parameter
from optuna_sweep.config.plain import NotPlain, plain, with_numerals
from optuna_sweep.config.support import as_meant, contains, describe, holds

_AT = "scheduler.settings.enqueue"


def read_points(
    raw: Sequence[Mapping[str, Any]], parameters: Sequence[Parameter], findings: Findings
) -> tuple[dict[str, Any], ...]:
    """The points as flat mappings of full parameter names; what a point leaves out is sampled."""
    return tuple(_point(point, f"{_AT}[{index}]", parameters, findings) for index, point in enumerate(raw))


def _point(
    raw: Mapping[str, Any], at: str, parameters: Sequence[Parameter], findings: Findings
) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters}
    point: dict[str, Any] = {}
    for name, value in _flat(raw, known).items():
        if name not in known:
            remedy = suggest(name, known, "Name a parameter of this sweep")
            findings.problem(
                f"{at}.{name}", f"unknown parameter {name!r}", f"one of {', '.join(known)}", remedy
            )
            continue
        point[name] = _value(value, f"{at}.{name}", known[name], findings)
    _tell_absent(point, at, known, findings)
    return point


def _tell_absent(
    point: Mapping[str, Any], at: str, known: Mapping[str, Parameter], findings: Findings
) -> None:
    """Tell which values of a point are of parameters that do not exist there."""
    for name, value in point.items():
        for condition in known[name].when:
            other = condition.parameter
            if other in point and not holds(condition, point[other]):
                allowed = f"no value, because {name} does not exist where {other} is {show(point[other])}"
                findings.problem(f"{at}.{name}", show(value), allowed, "Remove it from the point")


def _flat(raw: Mapping[str, Any], known: Mapping[str, Parameter], prefix: str = "") -> dict[str, Any]:
    """Join the keys of nested mappings by dots, down to the names that the space knows."""
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        name = f"{prefix}{key}"
        below = any(other.startswith(f"{name}.") for other in known)
        if isinstance(value, Mapping) and below and name not in known:
            flat.update(_flat(value, known, f"{name}."))
        else:
            flat[name] = value
    return flat


def _value(raw: object, at: str, parameter: Parameter, findings: Findings) -> object:
    try:
        value = as_meant(parameter.distribution, with_numerals(plain(raw)))
    except NotPlain as kind:
        findings.problem(at, str(kind), describe(parameter.distribution), "Replace it")
        return None
    if not contains(parameter.distribution, value):
        remedy = "Move the point into the space, or widen the space"
        findings.problem(at, show(raw), describe(parameter.distribution), remedy)
    return value
