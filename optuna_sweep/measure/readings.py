"""One logged thing as a number: W&B hands out numbers, text, None, booleans and objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_KINDS = {True: ("min", "best", "last", "mean"), False: ("max", "best", "last", "mean")}
"""What ``define_metric(summary=…)`` may have kept, the most wanted first; by "is it minimised"."""


def number(raw: Any) -> float | None:
    """Read one value of a history row.

    Returns:
        The number; infinities stay. None where the row holds nothing (``None``). NaN for
        ``"NaN"`` and for whatever is there but is no number: text, lists, media objects.
    """
    if raw is None:
        return None
    if not isinstance(raw, (bool, int, float, str)):
        return math.nan
    try:
        return float(raw)
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf if isinstance(raw, int) and raw > 0 else -math.inf


def summary_number(raw: Any, *, minimize: bool) -> float | None:
    """Read one value of a summary, which ``define_metric`` may have made an object.

    Args:
        raw: A number, text, or ``{"min": …, "last": …}``.
        minimize: Which of several kept values is wanted: the lowest or the highest.
    """
    if not isinstance(raw, Mapping):
        return number(raw)
    for kind in _KINDS[minimize]:
        if kind in raw:
            return number(raw[kind])
    return math.nan if raw else None


def lookup(summary: Mapping[str, Any], name: str) -> Any:
    """The summary's entry of a metric, or None.

    A key that holds a dot in the history (``a.b``) may be nested in the summary
    (``{"a": {"b": …}}``), since the client flattens the one and not the other.
    """
    if name in summary:
        return summary[name]
    head, dot, rest = name.partition(".")
    inner = summary.get(head)
    if dot and isinstance(inner, Mapping):
        return lookup(inner, rest)
    return None
