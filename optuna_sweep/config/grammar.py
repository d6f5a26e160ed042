"""The ``parameters`` block, in any of W&B's forms and at any depth, to ``Parameter`` leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from optuna_sweep.config.conditions import Clause, Draft, read_when, resolve
from optuna_sweep.config.distributions import read_distribution
from optuna_sweep.config.entries import ParameterEntry
from optuna_sweep.config.findings import Findings, show
from optuna_sweep.config.leaf import Leaf
from optuna_sweep.config.parameters import Parameter
from optuna_sweep.config.wording import tell, unknown_key

_KEYS = frozenset(ParameterEntry.model_fields)
_NUMBERS = ("min", "max", "q", "mu", "sigma", "a", "b", "step")


def read_parameters(raw: object, at: str, findings: Findings) -> tuple[Parameter, ...]:
    """Read a whole block.

    Args:
        raw: What stands under ``parameters``.
        at: The path of the block.
        findings: Gets every problem and note.

    Returns:
        The leaves without a problem, in the file's order.
    """
    drafts: list[Draft] = []
    _read_block(raw, at, (), (), drafts, findings)
    _tell_collisions(drafts, findings)
    return resolve(drafts, findings)


def _read_block(
    raw: object,
    at: str,
    path: tuple[str, ...],
    when: tuple[Clause, ...],
    drafts: list[Draft],
    findings: Findings,
) -> None:
    if not isinstance(raw, Mapping):
        remedy = "Write one `name: {…}` a line, indented below it"
        findings.problem(at, show(raw), "a mapping of parameter names", remedy)
        return
    for name, entry in raw.items():
        if not isinstance(name, str) or not name:
            findings.problem(at, f"the name {show(name)}", "names that are text", "Put the name in quotes")
        elif isinstance(entry, Mapping) and "parameters" in entry:
            _read_nested(entry, f"{at}.{name}", (*path, name), when, drafts, findings)
        else:
            _read_leaf(entry, f"{at}.{name}", (*path, name), when, drafts, findings)


def _read_nested(
    raw: Mapping[str, Any],
    at: str,
    path: tuple[str, ...],
    when: tuple[Clause, ...],
    drafts: list[Draft],
    findings: Findings,
) -> None:
    for key in raw:
        if key not in ("parameters", "when"):
            given, allowed = f"{show(key)} beside nested parameters", "parameters and when"
            findings.problem(f"{at}.{key}", given, allowed, "Move it into `parameters`, or remove it")
    clauses = (*when, *read_when(raw.get("when"), f"{at}.when", path[:-1], findings))
    block = raw["parameters"]
    if isinstance(block, Mapping) and not block:
        findings.problem(f"{at}.parameters", "nothing", "at least one parameter", "Fill it in, or remove it")
    _read_block(block, f"{at}.parameters", path, clauses, drafts, findings)


def _read_leaf(
    raw: object,
    at: str,
    path: tuple[str, ...],
    when: tuple[Clause, ...],
    drafts: list[Draft],
    findings: Findings,
) -> None:
    draft = Draft(at=at, path=path, distribution=None, when=when)
    if not isinstance(raw, Mapping):
        findings.problem(at, show(raw), "a mapping such as {value: 1}", _remedy_for(raw))
    elif _tell_strays(raw, at, findings):
        entry = _entry(raw, at, findings)
        if entry is not None:
            _tell_numerals(raw, entry, at, findings)
            clauses = read_when(entry.when, f"{at}.when", path[:-1], findings)
            leaf = Leaf(at=at, raw=raw, entry=entry, findings=findings)
            found = read_distribution(leaf)
            draft = Draft(at=at, path=path, distribution=found, when=(*when, *clauses))
    drafts.append(draft)


def _remedy_for(raw: object) -> str:
    if raw is None:
        return "Indent its keys below it, or write `value: null`"
    if isinstance(raw, list):
        return f"Write `values: {show(raw)}` below it"
    if isinstance(raw, str) and raw.partition(":")[0] in _KEYS:
        return f"Put a space after `{raw.partition(':')[0]}:`"
    return f"Write `value: {show(raw)}` below it"


def _tell_strays(raw: Mapping[Any, Any], at: str, findings: Findings) -> bool:
    """Whether the leaf has keys, and only such that a parameter can have."""
    strays = [key for key in raw if key not in _KEYS or _misplaced(key, raw[key])]
    if strays and len(strays) == len(raw) and all(isinstance(raw[key], Mapping) for key in strays):
        remedy = "Put them under `parameters:`, one level deeper"
        findings.problem(at, f"nested {', '.join(map(str, strays))}", "keys of one parameter", remedy)
        return False
    for key in strays:
        given, allowed, remedy = unknown_key(key, sorted(_KEYS))
        if isinstance(raw[key], Mapping):
            remedy = f"Indent `{key}` less, so that it is a parameter of its own"
        findings.problem(f"{at}.{key}", given, allowed, remedy)
    if not raw:
        remedy = "Add `value`, `values`, or `min` and `max`"
        findings.problem(at, "nothing", "value, values, min and max, or a distribution", remedy)
    return bool(raw) and not strays


def _misplaced(key: str, value: object) -> bool:
    """Whether a parameter stands where one of another's own keys, such as ``a``, would."""
    return isinstance(value, Mapping) and key not in ("value", "values", "when")


def _entry(raw: Mapping[str, Any], at: str, findings: Findings) -> ParameterEntry | None:
    try:
        return ParameterEntry.model_validate(dict(raw))
    except ValidationError as error:
        tell(error, ParameterEntry, at, findings, remedies={"values": _remedy_for_scalar(raw.get("values"))})
        return None


def _remedy_for_scalar(given: object) -> str:
    if isinstance(given, list):
        return "Fill it in, or remove the parameter"
    if isinstance(given, Mapping) and given and given.keys() <= _KEYS:
        return f"Write {' and '.join(map(str, given))} in place of `values`, one level less deep"
    if given is None or isinstance(given, Mapping):
        return "Write `values: [a, b]`"
    return f"Write `value: {show(given)}`, or `values: [{show(given)}]`"


def _tell_numerals(raw: Mapping[str, Any], entry: ParameterEntry, at: str, findings: Findings) -> None:
    for key in _NUMBERS:
        if isinstance(raw.get(key), str):
            number = show(getattr(entry, key))
            findings.note(f"{at}.{key}", f"{show(raw[key])} is text to YAML and is read as {number}")


def _tell_collisions(drafts: list[Draft], findings: Findings) -> None:
    first: dict[str, Draft] = {}
    for draft in drafts:
        other = first.setdefault(draft.name, draft)
        if other is not draft:
            given = f"the name {draft.name!r} again"
            findings.problem(
                draft.at, given, f"one parameter of that name, and it is at {other.at}", "Rename one"
            )
