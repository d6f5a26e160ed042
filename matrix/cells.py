"""Which releases are tried together, and with which tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from optuna_sweep.releases import OPTUNA, WANDB, Supported

ROOT = Path(__file__).resolve().parents[1]

AGENTS = Supported("wandb", "0.22.0", WANDB.below)
"""The wandb of launch agents and training jobs, which have environments of their own."""

SHORT = (
    "tests/unit",
    "tests/contract/test_wandb_names.py",
    "tests/contract/test_wandb_surface.py",
    "tests/journey/test_first_sweep.py",
)
"""For continuous integration."""

LONG = (
    *SHORT,
    "tests/contract/test_cli_offline.py",
    "tests/contract/test_registration.py",
    "tests/contract/test_sandbox_adapter.py",
    "tests/contract/test_storages.py",
    "tests/thorough/test_constraints.py",
    "tests/thorough/test_charts.py",
)
"""What else depends on releases. The sandbox's own tests do not: it is developed on one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Releases that meet.

    Attributes:
        name: What people call it.
        wandb: The scheduler's.
        optuna: The scheduler's.
        agent: The wandb of the launch agent and of the training jobs.
    """

    name: str
    wandb: str
    optuna: str
    agent: str

    def __str__(self) -> str:
        return (
            f"{self.name}: wandb {self.wandb}, Optuna {self.optuna}; agent and training: wandb {self.agent}"
        )


def locked(package: str) -> str:
    """The release that `requirements.lock` pins, the newest one that is supported."""
    found = re.search(rf"^{package}==(\S+)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    if found is None:
        raise LookupError(f"requirements.lock pins no {package}: make lock")
    return found[1]


NEWEST = (locked("wandb"), locked("optuna"))
CELLS = (
    Cell("oldest", WANDB.first, OPTUNA.first, AGENTS.first),
    Cell("middle", WANDB.first, "4.7.0", "0.26.1"),
    Cell("newest", *NEWEST, NEWEST[0]),
    Cell("apart", *NEWEST, AGENTS.first),
)
