"""Spaces whose functions run in processes, for the tests of what becomes of both."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import optuna
import pytest

from optuna_sweep.errors import UserCodeError
from optuna_sweep.objective import Process, RemoteObjective
from optuna_sweep.space import Programmed
from tests.local_sweeps import user_file

FIRST_ONLY = "    if trial.number == 0:\n        "
"""What only the first trial does."""


class Spaces(ExitStack):
    """Makes spaces of the text of users' files; they are closed in the end."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __call__(
        self,
        text: str,
        *,
        timeout: float = 30.0,
        lines: list[str] | None = None,
        function: str = "objective",
        native: bool = False,
    ) -> Programmed:
        path = user_file(self._folder, text)
        start = partial(Process, path, function, timeout=timeout, returns_config=native)
        say = (lines if lines is not None else []).append
        space = Programmed(RemoteObjective(start, timeout=timeout, say=say))
        self.callback(space.close)
        return space


def after(study: optuna.Study, space: Programmed) -> str:
    """What the first trial fails with; the second one is suggested by a new process."""
    with pytest.raises(UserCodeError) as failure:
        space.suggest(study.ask())
    assert set(space.suggest(study.ask())) == {"x"}
    return str(failure.value)


def crash(line: str, *, head: str = "") -> str:
    return f"{head}\ndef objective(trial):\n{FIRST_ONLY}{line}\n    trial.suggest_float('x', 0, 1)\n"


def new_study() -> optuna.Study:
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))


def alive(process: int) -> bool:
    """Whether a process is there that is more than an entry in a table."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, timeout=30, check=False
    )
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
