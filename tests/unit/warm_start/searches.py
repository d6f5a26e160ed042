"""Earlier runs, and a new search that starts from them, for the tests of the warm start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optuna_sweep.config import SweepConfig
from optuna_sweep.errors import ConfigError, Problem, Refused
from optuna_sweep.launch import KnownRun
from optuna_sweep.outcomes import Phase, Row
from optuna_sweep.search import Search
from optuna_sweep.setup import make_search
from optuna_sweep.user_file import UserFile
from optuna_sweep.warm_start import Sources


def run(number: int, loss: Any = 0.5, *, phase: Phase = Phase.FINISHED, **config: Any) -> KnownRun:
    """A run of an earlier sweep; the numbers are their age."""
    return KnownRun(
        run_id=f"old-{number:04d}",
        phase=phase,
        parameters=config or {"x": number / 10, "y": 0.25, "c": "a"},
        summary={"loss": loss},
        created_at=f"2026-01-01T00:00:{number:02d}",
        rows=(Row(0, {"loss": 1.0}), Row(1, {"loss": loss})),
    )


def config(**settings: Any) -> SweepConfig:
    """Three parameters, one of which the sampler sees as a latent."""
    return SweepConfig.parse(
        {
            "method": "bayes",
            "metric": {"name": "loss"},
            "parameters": {
                "x": {"min": 0.0, "max": 1.0},
                "y": {"distribution": "normal", "mu": 0.0, "sigma": 1.0},
                "c": {"values": ["a", [1, 2], None]},
                "epochs": {"value": 3},
            },
            "scheduler": {"settings": {"seed": 7, **settings}},
        }
    )


def search_of(config: SweepConfig, journal: Path) -> Search:
    """The search of a scheduler that has just started."""
    search, _ = make_search(config, UserFile(), sweep_id="sweep", storage=journal, say=lambda line: None)
    return search


class Library:
    """The sweeps that W&B has, by name."""

    def __init__(self, sweeps: Mapping[str, Sequence[KnownRun]]) -> None:
        self._sweeps = sweeps

    def runs_of(self, sweep: str, columns: Sequence[Sequence[str]]) -> tuple[KnownRun, ...]:
        if sweep not in self._sweeps:
            raise Refused(f"there is no sweep {sweep!r}")
        return tuple(self._sweeps[sweep])

    def runs_named(
        self, names: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> tuple[KnownRun | None, ...]:
        found = {run.run_id: run for runs in self._sweeps.values() for run in runs}
        return tuple(found.get(name.rpartition("/")[2]) for name in names)


def sources(
    *names: str, folder: Path | None = None, prior: Sequence[str] = (), **sweeps: Sequence[KnownRun]
) -> Sources:
    """These sweeps are in W&B, and all are named where none is and nothing else is asked for.

    Args:
        names: ``warm_start``.
        folder: What each artifact holds.
        prior: ``prior_runs``.
        sweeps: By name, or by what their names would be.
    """

    def fetch(name: str) -> Path:
        if folder is None:
            raise ConfigError(
                [Problem("scheduler.settings.optuna_source", f"{name!r} is gone", "one", "Log it")]
            )
        return folder

    every = () if prior or "attached" in sweeps else tuple(sweeps)
    return Sources(names or every, "sweep", Library(sweeps), fetch, prior)
