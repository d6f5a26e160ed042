"""Samplers of OptunaHub by name, fetched by the real ``optunahub`` from a registry that stands here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLER = """
import optuna
class AlternatingSampler(optuna.samplers.BaseSampler):
    def infer_relative_search_space(self, study, trial):
        return {}
    def sample_relative(self, study, trial, search_space):
        return {}
    def sample_independent(self, study, trial, name, distribution):
        return distribution.low if trial.number % 2 else distribution.high
"""
FILE = {
    "metric": {"name": "loss"},
    "job": "e/p/train:latest",
    "run_cap": 8,
    "parameters": {"x": {"min": 0.0, "max": 1.0}},
    "scheduler": {
        "job": "e/p/job:latest",
        "settings": {"sampler": {"type": "hub:alternating.AlternatingSampler"}},
    },
}


@pytest.fixture
def registry(tmp_path: Path) -> dict[str, str]:
    """The environment in which GitHub's copy of the registry is one of this machine."""
    folder = tmp_path / "optunahub-registry"
    package = folder / "package" / "samplers" / "alternating"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(SAMPLER)
    git = ["git", "-C", str(folder), "-c", "user.name=Test", "-c", "user.email=test@localhost"]
    for words in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["commit", "--quiet", "-m", "All"],
    ):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "gitconfig").write_text(
        f'[url "{folder}"]\n  insteadOf = https://github.com/optuna/optunahub-registry\n'
    )
    return {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"), "OPTUNAHUB_CACHE_HOME": str(tmp_path / "cache")}


def offline(folder: Path, command: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    file = folder / "sweep.yaml"
    file.write_text(yaml.safe_dump(FILE))
    return subprocess.run(
        [sys.executable, str(ROOT / "optuna_scheduler.py"), command, str(file), *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_sampler_of_the_hub_is_fetched_and_searches(registry: dict[str, str], tmp_path: Path) -> None:
    assert "AlternatingSampler (settings)" in offline(tmp_path, "validate", **registry).stdout
    shown = offline(tmp_path, "preview", "-n", "2", "--json", **registry)
    assert [yaml.safe_load(line)["x"] for line in shown.stdout.splitlines()] == [1.0, 0.0], shown.stderr


def test_a_hub_that_is_out_of_reach_is_a_note_and_no_problem(
    registry: dict[str, str], tmp_path: Path
) -> None:
    nowhere = registry | {"GIT_CONFIG_GLOBAL": str(tmp_path / "nowhere")}
    (tmp_path / "nowhere").write_text(
        '[url "/nowhere"]\n  insteadOf = https://github.com/optuna/optunahub-registry\n'
    )
    done = offline(tmp_path, "validate", **nowhere)
    assert done.returncode == 0, done.stdout
    assert "so the search was not tried" in done.stdout
