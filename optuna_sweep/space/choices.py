"""Values that Optuna cannot hold apart or cannot store, as entries that it can."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from numbers import Integral, Real
from typing import Any, TypeGuard

Entry = None | bool | int | float | str
"""What Optuna stores without a warning, and gives back as it was."""


class Outside(ValueError):
    """A value that a parameter cannot have. The message says what it may be."""


class Choices:
    """A list of values, and the entries by which the study knows them.

    A scalar is its own entry, a list or dict has its JSON text. Where two entries would be
    equal in Python's eyes, as 1, 1.0 and True are, every value has its JSON text.

    Args:
        values: Different values, each of which JSON can say.

    Raises:
        TypeError: A value that JSON cannot say, so that no run could get it.
    """

    def __init__(self, values: Iterable[Any]) -> None:
        self.values: tuple[Any, ...] = tuple(plain(value) for value in values)
        texts = tuple(text_of(value) for value in self.values)
        entries = tuple(
            value if isinstance(value, Entry) else text
            for value, text in zip(self.values, texts, strict=True)
        )
        self.entries: tuple[Entry, ...] = entries if len(set(entries)) == len(entries) else texts
        self._index = {text: index for index, text in enumerate(texts)}

    def value(self, entry: Entry) -> Any:
        """The value that is stored as ``entry``; an entry of another study is its own value."""
        return self.values[self.entries.index(entry)] if entry in self.entries else entry

    def index(self, value: Any) -> int:
        """The place of ``value``; 1 is found for 1.0, and the other way round, where only one is there.

        Raises:
            Outside: It is none of the values.
        """
        text = text_of(value)
        if text not in self._index:
            alike = [index for index, known in enumerate(self.values) if same(known, value)]
            if not alike:
                raise Outside(f"one of {', '.join(self._index)}")
            return alike[0]
        return self._index[text]


def plain(value: Any) -> Any:
    """The value in Python's own types where it is a number of another library."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value counts as a number; a boolean does not."""
    return isinstance(value, Real) and not isinstance(value, bool)


def text_of(value: Any) -> str:
    """The JSON text of a value: different for 1, 1.0, true and "1"; the order of keys is no difference.

    Raises:
        TypeError: JSON cannot say the value.
    """
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    except TypeError:
        allowed = "None, booleans, numbers, text, and lists and dicts of these"
        raise TypeError(f"{value!r} cannot be in a run's config, which can hold {allowed}") from None


def number_or_text(value: Any) -> Hashable:
    """A number as a float, so that 1 and 1.0 are one; anything else as its JSON text."""
    return float(value) if is_number(value) else text_of(value)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and neither is a boolean in the place of a number."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
