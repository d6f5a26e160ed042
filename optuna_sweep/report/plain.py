"""Plotly's data without its binary arrays, which older browsers' plotly does not read."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

_ITSELF = (str, int, bool, type(None))


def plain(value: Any) -> Any:
    """Lists, mappings and numbers that JSON knows; a number that it does not know is None."""
    if isinstance(value, Mapping):
        if {"bdata", "dtype"} <= value.keys():
            return plain(_array(value))
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return _items(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _known(value) if isinstance(value, float) else value


def _items(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    # Nearly all of a figure is long lists of one type.
    types = set(map(type, values))
    if types.issubset(_ITSELF):
        return list(values)
    if types == {float}:
        return [_known(value) for value in values]
    return [plain(value) for value in values]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _array(packed: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    array = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"])
    return array.reshape([int(size) for size in str(packed.get("shape", array.size)).split(",")])
