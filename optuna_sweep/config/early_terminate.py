"""W&B's ``early_terminate``, with W&B's own defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass

from optuna_sweep.config.entries import EarlyTerminateEntry
from optuna_sweep.config.findings import Findings

_AT = "early_terminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyTerminate:
    """W&B's hyperband.

    The brackets follow from ``max_iter``, ``s`` and ``eta`` where ``max_iter`` is given, and from
    ``min_iter`` and ``eta`` otherwise; one of the two is None, as W&B's library never uses both.

    Attributes:
        min_iter: The first bracket, counted in logged values of the metric.
        max_iter: The end of training; the brackets lie before it.
        s: How many brackets lie before ``max_iter``; given with it, else None.
        eta: The best 1/eta of the runs pass a bracket.
        strict: Stop all others at a bracket.
    """

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = True


def read_early_terminate(entry: EarlyTerminateEntry | None, findings: Findings) -> EarlyTerminate | None:
    """The brackets, or None where the file has none or they cannot be made."""
    if entry is None:
        return None
    eta = 3.0 if entry.eta is None else entry.eta
    strict = True if entry.strict is None else entry.strict
    if entry.max_iter is not None and entry.s is not None:
        if entry.min_iter is not None:
            findings.note(f"{_AT}.min_iter", "has no effect where max_iter and s are given, as in W&B")
        if entry.max_iter < eta:
            allowed = f"at least eta, which is {eta:g}, or there is no bracket"
            findings.problem(f"{_AT}.max_iter", str(entry.max_iter), allowed, "Raise it, or use `min_iter`")
            return None
        return EarlyTerminate(max_iter=entry.max_iter, s=entry.s, eta=eta, strict=strict)
    if entry.min_iter is not None:
        _tell_idle(entry, findings)
        return EarlyTerminate(min_iter=entry.min_iter, eta=eta, strict=strict)
    given = "no min_iter" if entry.max_iter is None else "max_iter without s"
    findings.problem(
        _AT,
        given,
        "min_iter, or max_iter and s",
        "Add `min_iter: 3`" if entry.max_iter is None else "Add `s: 2`",
    )
    return None


def _tell_idle(entry: EarlyTerminateEntry, findings: Findings) -> None:
    if entry.s is not None:
        findings.note(f"{_AT}.s", "has no effect without max_iter, as in W&B")
    if entry.max_iter is not None:
        findings.note(f"{_AT}.max_iter", "has no effect without s, as in W&B; min_iter decides")
