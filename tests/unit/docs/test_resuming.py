"""docs/resuming.md: its command is wandb's and the scheduler's own, and its claims have tests."""

from __future__ import annotations

import re

import pytest
from wandb.cli.cli import launch_sweep

from optuna_sweep.scheduler import OptunaScheduler
from optuna_sweep.wandb_adapter.claim import SIGN_OF_LIFE
from tests.unit.docs.pages import DOCS, tables

PAGE = (DOCS / "resuming.md").read_text()
(SURVIVAL,) = tables("resuming.md")
TESTS = DOCS.parent / "tests"


def test_the_command_is_one_that_wandb_knows() -> None:
    (command,) = re.findall(r"^\$ wandb launch-sweep (.*)$", PAGE, flags=re.MULTILINE)
    known = {option for parameter in launch_sweep.params for option in parameter.opts}
    assert set(re.findall(r"--\w+", command)) <= known


def test_the_command_is_what_the_scheduler_says() -> None:
    assert f"{OptunaScheduler.resume_command} SWEEP_ID" in PAGE


@pytest.mark.parametrize("row", SURVIVAL, ids=lambda row: row[0])
def test_what_the_page_says_to_survive_is_shown_by_a_test(row: list[str]) -> None:
    names = re.findall(r"`(test_\w+)`", row[2])
    assert names
    written = "".join(file.read_text() for file in TESTS.rglob("test_*.py"))
    assert [name for name in names if f"def {name}(" not in written] == []


def test_the_wait_for_a_sign_of_life_is_the_one_that_is_told() -> None:
    assert f"starting takes {SIGN_OF_LIFE:g} seconds longer" in PAGE
