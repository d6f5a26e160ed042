"""What a reading finds: problems, which stop the sweep, and notes, which do not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import partial

from optuna_sweep.errors import Problem

KEYS_ALIKE = 0.75
"""How alike a key and the one that was meant are: people have keys of their own, such as ``run_name``."""
_VALUES_ALIKE = 0.6
_TYPO = 0.9
"""From here on two names differ by a letter or two: nearer than any that only begins like the other."""
_LONGEST = 60
_PASSWORD = re.compile(
    r"(://[^\s:/@]*:)(?!\$\{\w+\}@)[^\s]*@|((?:password|passwd|pwd)=)[^\s&'\"]+", re.IGNORECASE
)


class Findings:
    """Collects everything that is wrong or odd, so that a user sees all of it at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def problem(self, path: str, given: str, allowed: str, remedy: str) -> None:
        """Record a reason why the sweep cannot run."""
        self.problems.append(Problem(path=path, given=given, allowed=allowed, remedy=remedy))

    def note(self, path: str, sentence: str) -> None:
        """Record what is odd but meant."""
        self.notes.append(" ".join(f"{path}: {sentence}".splitlines()))


def show(value: object) -> str:
    """A value as its user would write it, cut to a length that fits a line."""
    text = _spell(value, depth=4)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def without_passwords(text: str) -> str:
    """The text with the password of each address in it blotted out."""
    return _PASSWORD.sub(lambda found: f"{found[1]}***@" if found[1] else f"{found[2]}***", text)


def _spell(value: object, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(without_passwords(value)[: 2 * _LONGEST])
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return "a very long number"
    if not isinstance(value, Mapping | list | tuple):
        return str(value)
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        items = [f"{_key(key)}: {_spell(value[key], depth - 1)}" for key in list(value)[:_LONGEST]]
        return "{" + ", ".join(items) + "}"
    return "[" + ", ".join(_spell(item, depth - 1) for item in value[:_LONGEST]) + "]"


def _key(key: object) -> str:
    return key if isinstance(key, str) else _spell(key, depth=1)


def nearest(given: object, names: Iterable[str], *, alike: float = _VALUES_ALIKE) -> str | None:
    """The name that was probably meant, or None where nothing is near.

    Args:
        given: What was written.
        names: What could have been.
        alike: How much of the two has to be the same, from 0 to 1, where neither begins with the other.
    """
    if not isinstance(given, str) or not given.strip():
        return None
    text = given.strip().lower()
    spelt = {name.lower(): name for name in names}
    near = (
        difflib.get_close_matches(text, spelt, n=1, cutoff=_TYPO)
        or sorted(filter(partial(_begins_like, text), spelt), key=lambda name: abs(len(name) - len(text)))
        or difflib.get_close_matches(text, spelt, n=1, cutoff=alike)
    )
    return spelt[near[0]] if near else None


def _begins_like(text: str, name: str) -> bool:
    """Whether one begins with the other; one letter, or two, are the beginning of too much."""
    return (len(text) > 1 and name.startswith(text)) or (len(name) > 2 and text.startswith(name))


def suggest(given: object, names: Iterable[str], otherwise: str, *, alike: float = _VALUES_ALIKE) -> str:
    """A remedy: the near miss where there is one, else the sentence given."""
    name = nearest(given, names, alike=alike)
    return f"Did you mean {name!r}?" if name else otherwise
