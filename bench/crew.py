"""Independent pieces of work, one process for each processor."""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

import optuna
from threadpoolctl import threadpool_limits

T = TypeVar("T")


def spread(work: Callable[..., T], pieces: Sequence[tuple[Any, ...]]) -> list[T]:
    """What ``work`` gives for the arguments of each piece, in their order.

    What a piece gives may depend on its arguments alone: its process is a fresh one with other pieces
    before and beside it, and numbers are crunched by one thread each.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=quieten) as crew:
        return [each.result() for each in [crew.submit(_single_threaded, work, *piece) for piece in pieces]]


def quieten() -> None:
    """Keep from the terminal what Optuna says of its trials, and `sweeps` of pydantic's names of old."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    warnings.filterwarnings("ignore", "Valid config keys have changed in V2")


def _single_threaded(work: Callable[..., T], *piece: Any) -> T:
    # Not when the process starts: only now are the libraries there that ``work`` needs, with their threads.
    with threadpool_limits(1):
        return work(*piece)
