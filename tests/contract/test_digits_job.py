"""The digits job as its users start it, with the real client and no network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

JOB = Path(__file__).resolve().parents[2] / "jobs" / "digits"
STOPPED = 255


@contextmanager
def training(folder: Path, config: str = "{}") -> Iterator[subprocess.Popen[str]]:
    """The job in a process of its own, offline, as Launch hands it its config."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
    env |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DIR": str(folder), "HOME": str(folder)}
    env |= {"WANDB_LAUNCH": "True", "WANDB_CONFIG": config, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "train.py"], cwd=JOB, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_it_trains_with_its_defaults_and_learns_the_digits(tmp_path: Path) -> None:
    with training(tmp_path) as process:
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = printed.strip().splitlines()
    assert len(lines) == 27
    assert lines[-1].startswith("epoch 27  val_loss 0.")
    assert float(lines[-1].split()[-1]) > 0.9


def test_the_config_of_the_launch_goes_before_the_defaults(tmp_path: Path) -> None:
    with training(tmp_path, '{"epochs": 2}') as process:
        printed, _ = process.communicate(timeout=60)
    assert len(printed.strip().splitlines()) == 2


def test_a_stop_request_ends_it_at_once_and_as_stopped(tmp_path: Path) -> None:
    with training(tmp_path, '{"epochs": 100000}') as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("epoch  1")
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=10)
    assert process.returncode == STOPPED
    assert "Stopped on request." in printed
