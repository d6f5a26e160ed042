"""``when:``: where a parameter exists at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optuna_sweep.config.findings import Findings, show, suggest
from optuna_sweep.config.numerals import as_number, is_number
from optuna_sweep.config.parameters import Condition, Distribution, Parameter
from optuna_sweep.config.plain import NotPlain, plain
from optuna_sweep.config.support import as_meant, describe, may_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One line of a ``when:``, before the parameter that it names has been found.

    Attributes:
        at: Its path in the file.
        scope: The keys of the block that it stands in; a bare name is looked for there first.
        condition: What it says, with the name as it was written.
    """

    at: str
    scope: tuple[str, ...]
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A parameter whose conditions have not been checked; without a distribution, it had a problem."""

    at: str
    path: tuple[str, ...]
    distribution: Distribution | None
    when: tuple[Clause, ...] = ()

    @property
    def name(self) -> str:
        """The keys joined by dots."""
        return ".".join(self.path)


def read_when(raw: object, at: str, scope: tuple[str, ...], findings: Findings) -> tuple[Clause, ...]:
    """Read ``{other: value}``, ``{other: [values]}`` and ``{other: {min, max}}``."""
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        remedy = "Write `when: {other: value}`"
        findings.problem(at, show(raw), "a mapping of parameter names", remedy)
        return ()
    read = [_read_clause(str(name), spec, f"{at}.{name}", findings) for name, spec in raw.items()]
    return tuple(
        Clause(at=f"{at}.{condition.parameter}", scope=scope, condition=condition)
        for condition in read
        if condition is not None
    )


def _read_clause(name: str, spec: object, at: str, findings: Findings) -> Condition | None:
    try:
        given = plain(spec)
    except NotPlain as kind:
        findings.problem(at, str(kind), "a value, a list of values, or bounds", "Replace it")
        return None
    if isinstance(given, list):
        if not given:
            findings.problem(at, "[]", "at least one value", "Fill it in")
            return None
        return Condition(parameter=name, values=tuple(given))
    if not isinstance(given, dict):
        return Condition(parameter=name, values=(given,))
    return _read_bounds(name, given, at, findings)


def _read_bounds(name: str, given: dict[str, Any], at: str, findings: Findings) -> Condition | None:
    bounds = {key: as_number(value) for key, value in given.items()}
    if not bounds or not bounds.keys() <= {"min", "max"} or not all(map(is_number, bounds.values())):
        allowed = "a value, a list of values, or {min, max} with numbers"
        findings.problem(at, show(given), allowed, "Write one of these")
        return None
    low, high = bounds.get("min"), bounds.get("max")
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # both are numbers
        findings.problem(at, show(given), "min at most max", "Swap min and max")
        return None
    return Condition(parameter=name, low=low, high=high)  # type: ignore[arg-type]  # both are numbers


def resolve(drafts: Sequence[Draft], findings: Findings) -> tuple[Parameter, ...]:
    """Find the parameters that the conditions name, and check that they can hold."""
    known = {draft.name: draft for draft in drafts}
    whens = {draft.name: _found(draft, known, findings) for draft in drafts}
    _tell_circles(drafts, whens, findings)
    return tuple(
        Parameter(path=draft.path, distribution=draft.distribution, when=whens[draft.name])
        for draft in drafts
        if draft.distribution is not None
    )


def _found(draft: Draft, known: Mapping[str, Draft], findings: Findings) -> tuple[Condition, ...]:
    found = []
    for clause in draft.when:
        name = _look_up(clause, known)
        if name is None:
            _tell_unknown(clause, known, findings)
            continue
        found.append(_checked(clause, known[name], findings))
    return tuple(found)


def _look_up(clause: Clause, known: Mapping[str, Draft]) -> str | None:
    for depth in range(len(clause.scope), -1, -1):
        name = ".".join((*clause.scope[:depth], clause.condition.parameter))
        if name in known:
            return name
    return None


def _tell_unknown(clause: Clause, known: Mapping[str, Draft], findings: Findings) -> None:
    given = f"unknown parameter {clause.condition.parameter!r}"
    remedy = suggest(clause.condition.parameter, known, "Name a parameter of this sweep")
    if not any(clause.at == problem.path for problem in findings.problems):
        findings.problem(clause.at, given, f"one of {', '.join(known)}", remedy)


def _checked(clause: Clause, target: Draft, findings: Findings) -> Condition:
    condition = replace(clause.condition, parameter=target.name)
    if target.distribution is None:
        return condition
    if condition.values is not None:
        meant = tuple(as_meant(target.distribution, value) for value in condition.values)
        condition = replace(condition, values=meant)
    if not may_hold(condition, target.distribution):
        bounds = {"min": condition.low, "max": condition.high}
        given = show(condition.values or {key: bounds[key] for key in bounds if bounds[key] is not None})
        allowed = f"what {target.name} can be, {describe(target.distribution)}"
        if not any(clause.at == problem.path for problem in findings.problems):
            findings.problem(clause.at, given, allowed, "Correct the condition, or the other parameter")
    return condition


def _tell_circles(
    drafts: Sequence[Draft], whens: Mapping[str, tuple[Condition, ...]], findings: Findings
) -> None:
    settled: set[str] = set()
    for draft in drafts:
        circle = _circle(draft.name, whens, (), settled)
        if circle:
            chain = " → ".join(circle)
            findings.problem(f"{draft.at}.when", chain, "conditions without a circle", "Remove one of them")


def _circle(
    name: str, whens: Mapping[str, tuple[Condition, ...]], trail: tuple[str, ...], settled: set[str]
) -> tuple[str, ...]:
    if name in trail:
        return (*trail[trail.index(name) :], name)
    if name in settled:
        return ()
    settled.add(name)
    for condition in whens.get(name, ()):
        circle = _circle(condition.parameter, whens, (*trail, name), settled)
        if circle:
            return circle
    return ()
