"""What a sweep optimises, wherever its file says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optuna_sweep.config.entries import SweepFile
from optuna_sweep.config.findings import Findings
from optuna_sweep.config.settings import Impute, MetricEntry, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One objective of the sweep.

    Attributes:
        name: The key under which training runs log it; slashes, dots and spaces are part of it.
        minimize: The direction; W&B minimises where a file says nothing.
        target: The sweep is done once a run reaches it; None for no such rule.
        impute: What W&B takes for a run that failed or was killed; None where the file says nothing.
    """

    name: str
    minimize: bool = True
    target: float | None = None
    impute: Impute | None = None

    def better(self, value: float, than: float) -> bool:
        """Whether one value is better than another."""
        return value < than if self.minimize else value > than

    def reaches(self, value: float, target: float) -> bool:
        """Whether a value is as good as the target, or better."""
        return value == target or self.better(value, target)


def read_metrics(file: SweepFile, settings: Settings, findings: Findings) -> tuple[Metric, ...]:
    """The objectives in order: of the settings, else of ``metrics``, else of ``metric``."""
    at, entries = _said(file, settings)
    if file.metric and file.metrics:
        findings.problem("metrics", "metrics beside metric", "one of the two", "Remove `metric`")
    if file.metrics and settings.metrics:
        allowed = "the objectives in one place"
        findings.problem("metrics", "metrics here and in the settings", allowed, "Remove one of the lists")
    _tell_repeats(at, entries, findings)
    _tell_live_values(at, entries, findings)
    return tuple(
        Metric(name=entry.name, minimize=entry.goal == "minimize", target=entry.target, impute=entry.impute)
        for entry in entries
    )


def tell_missing_metric(method: str, findings: Findings) -> None:
    """Say what a sweep without a metric is: fine for a grid or a random search, else a problem."""
    if method in ("grid", "random"):
        findings.note("metric", f"there is none, so this {method} sweep runs its points and compares nothing")
        return
    learner = "the search" if method == "custom" else f"method {method}"
    allowed = f"a metric, because {learner} learns from it"
    findings.problem("metric", "missing", allowed, "Add `metric: {name: …, goal: minimize}`")


def _said(file: SweepFile, settings: Settings) -> tuple[str, Sequence[MetricEntry]]:
    if settings.metrics:
        return "scheduler.settings.metrics", settings.metrics
    if file.metrics:
        return "metrics", file.metrics
    return "metric", [file.metric] if file.metric else []


def _tell_repeats(at: str, entries: Sequence[MetricEntry], findings: Findings) -> None:
    names = [entry.name for entry in entries]
    for index, name in enumerate(names):
        if name in names[:index]:
            findings.problem(
                f"{at}[{index}].name", f"{name!r} again", "each metric once", "Remove one of them"
            )


def _tell_live_values(at: str, entries: Sequence[MetricEntry], findings: Findings) -> None:
    for entry in entries:
        if entry.impute_while_running not in (None, "false"):
            findings.note(at, "impute_while_running has no effect: Optuna is told of a run when it has ended")
