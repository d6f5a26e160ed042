"""What the demo needs to know of the sweep file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sweep that is shown.

    Attributes:
        file: The sweep file.
        metric: What is minimised.
        trials: How many runs it has.
        workers: How many of them run at once.
        searched: The parameters that differ between runs.
    """

    file: Path
    metric: str
    trials: int
    workers: int
    searched: tuple[str, ...]

    @classmethod
    def of(cls, file: Path) -> Plan:
        """Read it from the sweep file."""
        sweep = yaml.safe_load(file.read_text())
        return cls(
            file=file,
            metric=sweep["metric"]["name"],
            trials=sweep["run_cap"],
            workers=sweep["scheduler"]["num_workers"],
            searched=tuple(name for name, spec in sweep["parameters"].items() if "value" not in spec),
        )
