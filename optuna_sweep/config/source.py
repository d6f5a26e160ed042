"""The user's Python file, as this scheduler's settings or W&B's own engine name it."""

from __future__ import annotations

from dataclasses import dataclass

from optuna_sweep.config.entries import SchedulerEntry
from optuna_sweep.config.findings import Findings, show
from optuna_sweep.config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The user's Python file.

    Attributes:
        location: A ``.py`` path, or the name of a ``type="optuna"`` artifact.
        filename: The file inside, where ``location`` is an artifact.
        objective: The function that takes a trial and defines the search space; None for none.
        study: The function that makes the study; None for none.
        native: The file is written for W&B's own engine. Then the functions that are named must be
            there, ``study`` takes the sweep's facts and may return ``(study, terminator)``, and
            ``objective`` returns the run's parameters. Otherwise each function is optional.
    """

    location: str
    filename: str = "optuna_wandb.py"
    objective: str | None = "objective"
    study: str | None = "study"
    native: bool = False

    @property
    def is_artifact(self) -> bool:
        """Whether the file has to be fetched from W&B."""
        return not self.location.endswith(".py")


def read_source(scheduler: SchedulerEntry, settings: Settings, findings: Findings) -> Source | None:
    """The file that the sweep names, or None where it names none."""
    _tell_engine(scheduler, findings)
    if scheduler.source is None:
        _tell_orphans(scheduler, findings)
    elif settings.optuna_source is not None:
        given = f"{show(scheduler.source)} beside settings.optuna_source"
        findings.problem("scheduler.source", given, "one file", "Remove one of the two")
    if settings.optuna_source is not None:
        return Source(location=settings.optuna_source, filename=settings.optuna_source_filename)
    if scheduler.source is None:
        return None
    return Source(
        location=scheduler.source, objective=scheduler.search_space, study=scheduler.optimizer, native=True
    )


def _tell_engine(scheduler: SchedulerEntry, findings: Findings) -> None:
    if scheduler.engine == "ax":
        findings.problem(
            "scheduler.engine", "'ax'", "optuna", "Remove the key, and the functions made for Ax"
        )
    if scheduler.engine == "wandb":
        findings.note("scheduler.engine", "this scheduler searches with Optuna in place of W&B's own engine")


def _tell_orphans(scheduler: SchedulerEntry, findings: Findings) -> None:
    for key in ("optimizer", "search_space"):
        name = getattr(scheduler, key)
        if name is not None:
            findings.problem(f"scheduler.{key}", show(name), "a function in scheduler.source", "Add `source`")
