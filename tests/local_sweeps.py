"""Sweep files and user files on disk, for the tests of what works without W&B."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

JOBS: dict[str, Any] = {"job": "e/p/train:latest", "scheduler": {"job": "e/p/scheduler:latest"}}
LOSS = {"name": "loss", "goal": "minimize"}
BROKEN_SAMPLER = """
class Broken(optuna.samplers.RandomSampler):
    def sample_independent(self, study, trial, name, distribution):
        raise ZeroDivisionError("no room")

def sampler():
    return Broken()
"""
"""A user file whose sampler can search no space."""


def sweep_file(folder: Path, *, settings: Any = None, name: str = "sweep.yaml", **keys: Any) -> Path:
    """A sound file with these keys; ``scheduler.settings`` are given by themselves."""
    scheduler = {**JOBS["scheduler"], **keys.pop("scheduler", {}), "settings": settings or {}}
    raw = {"job": JOBS["job"], "metric": LOSS, "scheduler": scheduler, **keys}
    path = folder / name
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return path


def user_file(folder: Path, text: str, name: str = "optuna_wandb.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
