"""The ids of runs: made from the sweep, the trial, the repeat and the attempt, and read back from them.

An id that can be computed needs no ledger: creating a run twice creates it once, and a scheduler
that lost its study finds out from the ids alone which trial each run carries out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLAIM = "sweep"
"""The user attribute of a trial, in a study that sweeps share, that holds the id of its sweep."""


@dataclass(frozen=True, slots=True, order=True)
class RunId:
    """One run of a trial.

    Attributes:
        trial: The number of the trial.
        repeat: 0, 1, … where a configuration is run several times.
        attempt: 0 for the first run, then 1, 2, … for its retries.
    """

    trial: int
    repeat: int = 0
    attempt: int = 0

    def of(self, sweep_id: str) -> str:
        """The W&B id: ``<sweep>-0012``, ``<sweep>-0012-x1`` (a repeat), ``<sweep>-0012-r1`` (a retry)."""
        repeat = f"-x{self.repeat}" if self.repeat else ""
        attempt = f"-r{self.attempt}" if self.attempt else ""
        return f"{sweep_id}-{self.trial:04d}{repeat}{attempt}"

    @property
    def name(self) -> str:
        """The readable name of the run: ``trial-012``, ``trial-012 repeat 1 retry 1``."""
        repeat = f" repeat {self.repeat}" if self.repeat else ""
        attempt = f" retry {self.attempt}" if self.attempt else ""
        return f"trial-{self.trial:03d}{repeat}{attempt}"


def read_run_id(run_id: str, sweep_id: str) -> RunId | None:
    """The parts of a run's id; None for a run that this scheduler did not make."""
    match = re.fullmatch(re.escape(sweep_id) + r"-(\d{4,})(?:-x(\d+))?(?:-r(\d+))?", run_id)
    return RunId(*(int(part or 0) for part in match.groups())) if match else None
