"""Environments of releases, made once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from matrix.cells import ROOT, Cell

ENVIRONMENTS = ROOT / "build" / "matrix"
SECONDS = 1200
_MADE_OF = "made-of.txt"


def scheduler_python(cell: Cell) -> Path:
    """The Python of an environment to test the scheduler in: the usual one but for these releases."""
    pins = [f"wandb=={cell.wandb}", f"optuna=={cell.optuna}"]
    return environment(f"scheduler-{cell.wandb}-{cell.optuna}", ["-r", "requirements-dev.txt", *pins])


def agent_python(cell: Cell) -> Path:
    """The Python of an environment with wandb alone."""
    return environment(f"agent-{cell.agent}", [f"wandb=={cell.agent}"])


def environment(name: str, words: Sequence[str]) -> Path:
    """The Python of an environment; it is made anew only when what it is made of has changed.

    Args:
        name: Its folder.
        words: As `pip install` takes them.
    """
    folder = ENVIRONMENTS / name
    python, note = folder / "bin" / "python", folder / _MADE_OF
    made_of = "\n".join([sys.version, *words, *(_text(each) for each in _files(words))])
    if not note.is_file() or note.read_text() != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--python", str(python), *words)
        note.write_text(made_of)
    return python


def _files(words: Sequence[str]) -> list[str]:
    return ["requirements.txt", "requirements-dev.txt"] if "-r" in words else []


def _text(name: str) -> str:
    return (ROOT / name).read_text()


def _uv(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", *words], cwd=ROOT, check=True, timeout=SECONDS)
