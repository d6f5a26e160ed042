"""Which releases are tried together, and with which tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from optuna_sweep.releases import OPTUNA, WANDB, Supported

ROOT = Path(__file__).resolve().parents[1]

AGENTS = Supported("wandb", "0.22.0", WANDB.below)
"""The wandb of launch agents and training jobs, which have environments of their own."""

SHORT = (
    "tests/unit",
    "tests/contract/test_wandb_names.py",
    "tests/contract/test_wandb_surface.py",
    "tests/journey/test_first_sweep.py",
    "tests/journey/test_user_files.py",
    "tests/journey/test_resumed.py",
)
"""For continuous integration: sweeps that go well, a user's file, pruning, killed schedulers, retries."""

LONG = ("tests/unit", "tests/contract", "tests/thorough", "tests/journey")
"""Everything, but for what is left out."""

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "tests/contract/test_digits_job.py": "tests a training job's network, which knows no wandb",
        "tests/contract/test_docker_stand_in.py": "tests the sandbox without any client",
        "tests/contract/test_report_page.py": "tests what a browser makes of files",
        "tests/contract/test_sandbox_pages.py": "tests what a browser makes of the sandbox",
        "tests/journey/test_demo.py": "make demo has an environment of its own",
        "tests/journey/test_image.py": "the image holds what requirements.lock pins",
        "tests/journey/test_torch_examples.py": "needs gigabytes of PyTorch, for sweeps like the others",
    }
)
"""What is run in no cell, and why."""


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
