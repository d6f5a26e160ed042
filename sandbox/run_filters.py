"""The filter language of `runs(filters:, order:)`: MongoDB's operators over a run's fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from sandbox import choices
from sandbox.scalars import as_iso

if TYPE_CHECKING:
    from sandbox.runs import Run

FIELDS: dict[str, Callable[[Run], Any]] = {
    "name": lambda run: run.name,
    "displayName": lambda run: run.display_name,
    "state": lambda run: run.state,
    "sweep": lambda run: run.sweep_name,
    "group": lambda run: run.group,
    "jobType": lambda run: run.job_type,
    "tags": lambda run: run.tags,
    "host": lambda run: run.host,
    "username": lambda run: run.username,
    "createdAt": lambda run: as_iso(run.created_at),
    "heartbeatAt": lambda run: as_iso(run.heartbeat_at),
    "updatedAt": lambda run: as_iso(run.heartbeat_at),
    "duration": lambda run: run.heartbeat_at - run.created_at,
}
"""What can be filtered and ordered by, besides ``config.…`` and ``summary_metrics.…``."""

OLD_NAMES = {
    "display_name": "displayName",
    "created_at": "createdAt",
    "heartbeat_at": "heartbeatAt",
    "updated_at": "updatedAt",
    "job_type": "jobType",
    "sweep_name": "sweep",
    "sweepName": "sweep",
}


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, bound: Any) -> bool:
        try:
            return value is not None and compare(value, bound)
        except TypeError:
            return False

    return holds


def _equal(value: Any, wanted: Any) -> bool:
    return value == wanted or (isinstance(value, list) and wanted in value)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, wanted: not _equal(value, wanted),
    "$in": lambda value, wanted: any(_equal(value, one) for one in wanted),
    "$nin": lambda value, wanted: not any(_equal(value, one) for one in wanted),
    "$gt": _ordered(lambda value, bound: value > bound),
    "$gte": _ordered(lambda value, bound: value >= bound),
    "$lt": _ordered(lambda value, bound: value < bound),
    "$lte": _ordered(lambda value, bound: value <= bound),
    "$exists": lambda value, wanted: (value is not None) == bool(wanted),
    "$regex": lambda value, pattern: isinstance(value, str) and re.search(pattern, value) is not None,
}


def select(runs: Iterable[Run], filters: str | None, order: str | None = None) -> list[Run]:
    """The runs that pass, in order.

    Args:
        runs: Oldest first.
        filters: JSON text; None, "" and ``{}`` let every run pass.
        order: ``+field`` or ``-field``, several separated by commas; a bare field descends.
    """
    condition = _parsed(filters)
    found = [run for run in runs if passes(run, condition)]
    for key in reversed((order or choices.DEFAULT_RUN_ORDER).split(",")):
        name = key.strip().lstrip("+-")
        found.sort(key=lambda run: _sortable(value_of(run, name)), reverse=not key.strip().startswith("+"))
    return found


def _parsed(filters: str | None) -> dict[str, Any]:
    try:
        condition = json.loads(filters or "{}") or {}
    except json.JSONDecodeError as error:
        raise GraphQLError(f"filters: {filters!r} is not JSON: {error}") from None
    if not isinstance(condition, dict):
        raise GraphQLError(f"filters: {filters!r} is not an object")
    return condition


def passes(run: Run, condition: dict[str, Any]) -> bool:
    """Whether a run meets every part of a condition."""
    return all(_meets(run, key, wanted) for key, wanted in condition.items())


def _meets(run: Run, key: str, wanted: Any) -> bool:
    match key:
        case "$and":
            return all(passes(run, one) for one in wanted)
        case "$or":
            # An empty list of alternatives is what clients write for "no condition".
            return not wanted or any(passes(run, one) for one in wanted)
        case "$nor":
            return not any(passes(run, one) for one in wanted)
        case "$not":
            return not passes(run, wanted)
    value = value_of(run, key)
    if not isinstance(wanted, dict):
        return _equal(value, wanted)
    return all(_holds(operator, value, operand) for operator, operand in wanted.items())


def _holds(operator: str, value: Any, operand: Any) -> bool:
    if operator == "$not":
        return not all(_holds(inner, value, bound) for inner, bound in operand.items())
    if operator not in OPERATORS:
        known = ", ".join([*OPERATORS, "$not"])
        raise GraphQLError(f"filters: {operator!r} is not an operator of this server: use one of {known}")
    return OPERATORS[operator](value, operand)


def value_of(run: Run, key: str) -> Any:
    """The value of a field, a config key or a summary key; None when the run has none."""
    section, _, path = key.partition(".")
    if section in ("summary_metrics", "summaryMetrics"):
        return _at(run.summary, path)
    if section == "config":
        head, _, rest = path.partition(".")
        value = run.config.get(head, {}).get("value")
        return _at(value, rest.removeprefix("value").lstrip(".")) if rest else value
    name = OLD_NAMES.get(section, section)
    if name not in FIELDS:
        known = ", ".join([*FIELDS, "config.<key>", "summary_metrics.<key>"])
        raise GraphQLError(f"filters: {key!r} is not a field of runs on this server: use one of {known}")
    return FIELDS[name](run)


def _at(value: Any, path: str) -> Any:
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))
