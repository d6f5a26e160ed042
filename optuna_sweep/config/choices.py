"""``value`` and ``values``: parameters that take what is written, word for word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from optuna_sweep.config.entries import ParameterEntry
from optuna_sweep.config.findings import Findings, show
from optuna_sweep.config.numerals import as_number, is_number
from optuna_sweep.config.parameters import Categorical, Constant
from optuna_sweep.config.plain import NotPlain, identity, plain, with_numerals


def read_constant(at: str, raw: Mapping[str, Any], findings: Findings) -> Constant | None:
    """Read ``value``, which may be anything that JSON can say."""
    try:
        value = plain(raw["value"])
    except NotPlain as kind:
        _refuse(f"{at}.value", kind, findings)
        return None
    number = with_numerals(value)
    if identity(number) != identity(value):
        findings.note(f"{at}.value", f"{show(value)} is text to YAML and is read as {show(number)}")
    if isinstance(number, list) and len(number) > 1:
        findings.note(
            f"{at}.value",
            "this list is one value, which each run gets whole; for one of its items a run, write `values:`",
        )
    return Constant(number)


def read_choices(
    at: str, raw: Mapping[str, Any], entry: ParameterEntry, findings: Findings
) -> Categorical | None:
    """Read ``values`` and, where they are given, their ``probabilities``."""
    try:
        listed = [plain(value) for value in raw["values"]]
    except NotPlain as kind:
        _refuse(f"{at}.values", kind, findings)
        return None
    values = with_numerals(listed)
    assert isinstance(values, list)
    if identity(values) != identity(listed):
        findings.note(f"{at}.values", "numbers such as 1e-5 are text to YAML and are read as numbers")
    _tell_missing_commas(at, values, findings)
    weights = _probabilities(at, len(values), entry, findings) if "probabilities" in raw else None
    if "probabilities" in raw and weights is None:
        return None
    return _without_repeats(at, values, weights, findings)


def _tell_missing_commas(at: str, values: list[Any], findings: Findings) -> None:
    if not any(is_number(value) for value in values):
        return
    for value in values:
        words = value.split() if isinstance(value, str) else []
        if len(words) > 1 and all(is_number(as_number(word)) for word in words):
            findings.note(f"{at}.values", f"{show(value)} is text among numbers; a comma may be missing")


def _refuse(path: str, kind: NotPlain, findings: Findings) -> None:
    findings.problem(path, str(kind), "numbers, text, true, false, null, lists and mappings", "Replace it")


def _probabilities(at: str, count: int, entry: ParameterEntry, findings: Findings) -> list[float] | None:
    weights, path = [float(weight) for weight in entry.probabilities], f"{at}.probabilities"
    if len(weights) != count:
        given = f"{len(weights)} probabilities"
        findings.problem(path, given, f"one for each of the {count} values", "Add or remove some")
        return None
    if not math.isclose(sum(weights), 1.0, rel_tol=1e-5, abs_tol=1e-8):
        given = f"{show(entry.probabilities)}, which sum to {sum(weights):.6g}"
        findings.problem(path, given, "a sum of 1", "Scale them so that they sum to 1")
        return None
    return weights


def _without_repeats(
    at: str, values: list[Any], weights: list[float] | None, findings: Findings
) -> Categorical:
    kept: dict[str, Any] = {}
    shares: dict[str, float] = {}
    for index, value in enumerate(values):
        name = identity(value)
        kept.setdefault(name, value)
        shares[name] = shares.get(name, 0.0) + (weights[index] if weights else 0.0)
    if len(kept) < len(values):
        added = ", its probabilities added" if weights else ""
        findings.note(f"{at}.values", f"a value that is listed twice counts once{added}")
    return Categorical(tuple(kept.values()), tuple(shares.values()) if weights else None)
