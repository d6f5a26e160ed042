"""What the constructors of Optuna's classes take, read from their signatures."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optuna_sweep.components.kinds import KINDS, Kind
from optuna_sweep.config.findings import show
from optuna_sweep.config.numerals import as_number, as_whole

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "None": "null",
    "Mapping": "a mapping",
    "Sequence": "a list",
    "np.ndarray": "a list of lists of numbers",
}

_CLASSES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "None": type(None),
    "Mapping": Mapping,
    "Sequence": (list, tuple),
    "np.ndarray": np.ndarray,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constructor.

    Attributes:
        name: Its name.
        default: Its default, or ``inspect.Parameter.empty`` where it must be given.
        types: The names of the types that it takes; empty where Optuna does not say.
    """

    name: str
    default: Any
    types: tuple[str, ...]

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is inspect.Parameter.empty

    @property
    def kind(self) -> Kind | None:
        """The sort of ``{type, args}`` that it takes, or None."""
        return next((kind for kind in KINDS if kind.base.__name__ in self.types), None)

    @property
    def is_code(self) -> bool:
        """Whether it takes Python objects that a YAML file cannot hold."""
        return any("Callable" in text or "FrozenTrial" in text for text in self.types)

    @property
    def allowed(self) -> str:
        """What it takes, in words."""
        if self.kind is not None:
            return f"a {self.kind.word}, as {{type, args}}" + (" or null" if "None" in self.types else "")
        return " or ".join(_WORDS.get(_plain(text), text) for text in self.types)

    def read(self, given: Any) -> Any:
        """The value as the constructor wants it; numerals and lists become numbers and arrays."""
        plain = {_plain(text) for text in self.types}
        if "np.ndarray" in plain and isinstance(given, list | tuple):
            return _array(given)
        if "str" in plain or not plain & {"int", "float"}:
            return given
        return as_number(given) if "float" in plain else as_whole(given)

    def takes(self, value: Any) -> bool:
        """Whether the value is of a fitting type, as far as Optuna says which are."""
        return not self.types or any(_fits(value, _plain(text)) for text in self.types)

    def __str__(self) -> str:
        return f"{self.name} (required)" if self.required else f"{self.name} ({show(self.default)})"


def arguments_of(made: type) -> dict[str, Argument]:
    """The arguments of a class's constructor, in order."""
    parameters = inspect.signature(made).parameters.values()
    return {p.name: Argument(p.name, p.default, _types(p.annotation)) for p in parameters}


def _array(given: Any) -> Any:
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        return given


def _types(annotation: Any) -> tuple[str, ...]:
    if annotation is inspect.Parameter.empty:
        return ()
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return tuple(part.strip().strip("'\"") for part in _split(text))


def _split(text: str) -> list[str]:
    """Split a union at its bars, not at those inside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _plain(text: str) -> str:
    head = text.partition("[")[0]
    return {"dict": "Mapping", "list": "Sequence", "tuple": "Sequence"}.get(head, head)


def _fits(value: Any, name: str) -> bool:
    if name == "bool":
        return isinstance(value, bool)
    if name in ("int", "float"):
        numbers = int if name == "int" else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool)
    return isinstance(value, _CLASSES[name]) if name in _CLASSES else True
