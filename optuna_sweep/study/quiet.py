"""Optuna's own talk, turned down for a moment."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import optuna


@contextmanager
def quiet_optuna(shown: int = optuna.logging.WARNING) -> Iterator[None]:
    """Keep Optuna's information lines and its notes on experimental classes out of the sweep's log.

    Both are back as they were afterwards.

    Args:
        shown: The level from which on its lines are shown all along.
    """
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(level, shown))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
