"""Runs a user's Python file as a module."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import optuna

from optuna_sweep.errors import UserCodeError
from optuna_sweep.user_file.traces import user_traceback

_LOADED = itertools.count()
_GIVEN = {"optuna": optuna, "Trial": optuna.Trial, "FrozenTrial": optuna.trial.FrozenTrial}
"""W&B's documents show files that use ``optuna.`` without importing it."""


def run_file(path: Path) -> ModuleType:
    """Run the file under a module name of its own.

    Its folder is importable, first of all places while the file runs and last of all afterwards,
    so that imports inside its functions work too.

    Raises:
        UserCodeError: The file cannot be imported, or tried to end the process.
    """
    name = f"_user_file_{next(_LOADED)}_{path.stem}"
    folder = str(path.parent)
    # With a search location the file is its own package, so that `from .helper import f` works.
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[folder])
    if spec is None or spec.loader is None:
        raise UserCodeError(f"{path} cannot be imported: Python knows no loader for it.")
    module = importlib.util.module_from_spec(spec)
    vars(module).update(_GIVEN)
    sys.modules[name] = module
    try:
        with _importable(folder):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserCodeError(f"{user_traceback(error, path)}{_ended(path, error)}") from error
    return module


def _ended(path: Path, error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"{path} must not end the process when it is imported: keep sys.exit() out of its top level."
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{path} imports {error.name!r}: install it where the scheduler runs, or put it beside the file."
        )
    return f"{path} must be a Python file that can be imported."


@contextmanager
def _importable(folder: str) -> Iterator[None]:
    known = folder in sys.path
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
        if not known:
            sys.path.append(folder)
