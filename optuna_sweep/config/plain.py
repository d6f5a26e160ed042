"""Values that survive the way to W&B and back: what JSON can say, of a sane size."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

from optuna_sweep.config.numerals import as_number, is_exponent, is_number

MAX_DEPTH = 50
_MAX_SIZE = 200_000
_MAX_BITS = 1000  # what a float can hold


class NotPlain(ValueError):
    """A value that no training run can be sent. ``str()`` names its kind."""


def shape_fault(raw: object) -> str | None:
    """What keeps a tree of values from being walked safely; None where nothing does.

    Aliases can make a small file a huge, or an endless, tree.
    """
    stack: list[tuple[object, int]] = [(raw, 0)]
    size = 0
    while stack:
        value, depth = stack.pop()
        size += 1
        if depth > MAX_DEPTH:
            return f"nested more than {MAX_DEPTH} levels deep"
        if size > _MAX_SIZE:
            return f"more than {_MAX_SIZE} values"
        if isinstance(value, Mapping):
            stack.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list | tuple):
            stack.extend((item, depth + 1) for item in value)
    return None


def plain(value: object) -> object:
    """The value in JSON's terms: dates as text, tuples as lists, keys as text.

    Raises:
        NotPlain: Where there are no such terms.
    """
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise NotPlain("a number that is too long")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else identity(key): plain(value[key]) for key in value}
    raise NotPlain("binary data" if isinstance(value, bytes) else f"a {type(value).__name__}")


def identity(value: object) -> str:
    """A text that is the same for the same value only: 1, 1.0, true and ``"1"`` are four values."""
    return json.dumps(value, sort_keys=True, default=str)


def same(left: object, right: object) -> bool:
    """Whether a user who writes one means the other: 1 is 1.0 here, but not true."""
    if is_number(left) and is_number(right):
        return left == right
    return identity(left) == identity(right)


def with_numerals(value: object) -> object:
    """The value with ``1e-5`` read as a number, unless it stands in a list among real texts."""
    if isinstance(value, list):
        words = [item for item in value if isinstance(item, str)]
        if all(is_exponent(word) for word in words):
            return [with_numerals(item) for item in value]
        return [item if isinstance(item, str) else with_numerals(item) for item in value]
    if isinstance(value, dict):
        return {key: with_numerals(item) for key, item in value.items()}
    return as_number(value) if is_exponent(value) else value
