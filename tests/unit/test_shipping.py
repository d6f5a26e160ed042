"""Which files make up the job."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

import pytest

from optuna_sweep.shipping import ENTRY_POINT, copy_job, ships

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "path",
    [
        "optuna_scheduler.py",
        "optuna_wandb.py",
        "requirements.txt",
        "requirements.lock",
        "Dockerfile",
        "optuna_sweep/loop.py",
        "optuna_sweep/config/settings.py",
        "optuna_sweep/py.typed",
    ],
)
def test_the_entry_point_the_package_and_a_users_file_beside_it_ship(path: str) -> None:
    assert ships(PurePath(path))


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "pyproject.toml",
        "requirements-dev.txt",
        "tests/unit/test_loop.py",
        "sandbox/server.py",
        "jobs/digits/train.py",
        "examples/digits/sweep.yaml",
        "optuna_sweep/__pycache__/loop.cpython-311.pyc",
        "optuna_sweep/.hidden/x.py",
        ".secrets.py",
        ".venv/bin/activate.py",
        "wandb/run/code.py",
    ],
)
def test_everything_else_stays_home(path: str) -> None:
    assert not ships(PurePath(path))


def test_what_is_copied_is_what_ships_and_nothing_else(tmp_path: Path) -> None:
    copied = copy_job(ROOT, tmp_path)
    there = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert [Path(path) for path in copied] == there
    assert all(ships(path) for path in there)
    assert {ENTRY_POINT, "requirements.txt", "requirements.lock", "Dockerfile"} <= {
        str(path) for path in there
    }


def test_every_module_of_the_package_is_copied(tmp_path: Path) -> None:
    copy_job(ROOT, tmp_path)
    modules = [path.relative_to(ROOT) for path in (ROOT / "optuna_sweep").rglob("*.py")]
    assert modules
    assert all((tmp_path / path).is_file() for path in modules)


def test_the_copies_are_the_files(tmp_path: Path) -> None:
    for path in copy_job(ROOT, tmp_path):
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()


def test_the_dockerfile_copies_the_same_set() -> None:
    words = re.findall(r"^COPY\s+(.*)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    sources = {word.rstrip("/") for line in words for word in line.split()[:-1]}
    assert {ENTRY_POINT, "requirements.lock", "optuna_sweep"} <= sources
    for source in sources:
        assert ships(PurePath(source, "a.py") if source == "optuna_sweep" else PurePath(source))
