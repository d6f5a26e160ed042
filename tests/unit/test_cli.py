"""The words of the command line, without W&B. What registering does is a contract test's."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result

from optuna_sweep.cli import cli


def call(*words: str) -> Result:
    # Not the environment of whoever runs the tests: a launch agent's would start a sweep.
    return CliRunner().invoke(cli, list(words), obj=unused, env={"WANDB_LAUNCH": None})


def unused() -> Any:
    raise AssertionError("outside of a sweep no scheduler is made")


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_every_option_and_command(word: str) -> None:
    result = call(word)
    assert result.exit_code == 0
    for name in ("--project", "--entity", "--name", "--num_workers", "--enable_git", "validate", "preview"):
        assert name in result.output


def test_outside_of_a_sweep_a_project_has_to_be_named() -> None:
    result = call()
    assert result.exit_code == 2
    assert "Name the project to register the job in: --project PROJECT." in result.output


@pytest.mark.parametrize("given", ["0", "-1", "many"])
def test_a_number_of_workers_is_one_at_least(given: str) -> None:
    result = call("--project", "p", "--num_workers", given)
    assert result.exit_code == 2
    assert "'--num_workers'" in result.output


def test_an_unknown_word_is_answered_with_the_usage() -> None:
    result = call("register")
    assert result.exit_code == 2
    assert "No such command 'register'" in result.output
