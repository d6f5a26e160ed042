"""docs/troubleshooting.md: each message that it explains is one that somebody says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wandb

from tests.unit.docs.pages import DOCS

HEADINGS = re.findall(
    r"^### .*?`(.+?)`(?:$| )", (DOCS / "troubleshooting.md").read_text(), flags=re.MULTILINE
)
WANDB = Path(wandb.__file__).parent
SHORTEST = 8


@pytest.fixture(scope="module")
def said() -> str:
    """The sources of who may say it: the scheduler, and wandb's commands."""
    ours = [path.read_text() for path in (DOCS.parent / "optuna_sweep").rglob("*.py")]
    return "\n".join([*ours, (WANDB / "cli" / "cli.py").read_text()])


def test_messages_are_found() -> None:
    assert len(HEADINGS) > 15


@pytest.mark.parametrize("heading", [each for each in HEADINGS if not each.startswith("ModuleNotFound")])
def test_a_message_is_said_by_the_scheduler_or_by_wandb(heading: str, said: str) -> None:
    parts = [part.strip() for part in heading.split("…")]
    known = [part for part in parts if len(part) >= SHORTEST]
    assert known
    assert [part for part in known if part not in said] == []
