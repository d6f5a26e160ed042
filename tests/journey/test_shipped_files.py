"""What ships is all that the job needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.journey.stage import HERE, Stage

pytestmark = [pytest.mark.journey, pytest.mark.sweeps("shipped file")]


def test_the_shipped_folder_holds_nothing_else_of_the_project(stage: Stage) -> None:
    users = {file.name for file in (HERE / "user_files").glob("*.py")}
    there = {path.name for path in stage.shipped.iterdir()} - users - {"__pycache__", "wandb"}
    assert there == {
        "optuna_scheduler.py",
        "optuna_sweep",
        "requirements.txt",
        "requirements.lock",
        "Dockerfile",
    }


def test_the_shipped_files_alone_print_their_help(stage: Stage) -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "optuna_scheduler.py", "--help"],
        cwd=stage.shipped,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--num_workers" in done.stdout


def test_the_shipped_files_alone_drive_a_sweep(stage: Stage) -> None:
    seen = stage.ended("shipped file")
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished")
    assert [run.state for run in seen.runs] == ["finished"] * 4
