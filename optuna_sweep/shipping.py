"""Which files make up the job. One rule for registration, the image and the tests.

``python optuna_scheduler.py`` puts its own folder first on the path, so the package
travels beside the entry point; a user's ``optuna_wandb.py`` that lies there travels too.
Tests, sandbox, training jobs and examples are in folders of their own and stay home.
"""

from __future__ import annotations

import shutil
from pathlib import Path, PurePath

ENTRY_POINT = "optuna_scheduler.py"
_PACKAGE = "optuna_sweep"
_BESIDE = ("requirements.txt", "requirements.lock", "Dockerfile")


def ships(path: PurePath) -> bool:
    """Whether the file at ``path``, relative to the entry point's folder, belongs to the job."""
    if "__pycache__" in path.parts or any(part.startswith(".") for part in path.parts):
        return False
    if len(path.parts) == 1:
        return path.suffix == ".py" or path.name in _BESIDE
    return path.parts[0] == _PACKAGE


def copy_job(source: Path, target: Path) -> list[PurePath]:
    """Copy what ships from ``source`` into the empty folder ``target``; the files, sorted."""
    beside = [path for path in source.iterdir() if path.is_file()]
    inside = [path for path in (source / _PACKAGE).rglob("*") if path.is_file()]
    shipped = sorted(p for path in beside + inside if ships(p := path.relative_to(source)))
    for path in shipped:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
    return list(shipped)
