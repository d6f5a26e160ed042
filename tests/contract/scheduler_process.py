"""A ``LaunchScheduler`` in a process of its own, driven from a test.

wandb keeps settings, a service and the live run for the whole process, so the test process has none of them.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.managers import BaseManager
from operator import attrgetter
from pathlib import Path
from typing import Any


class Schedulers:
    """Lives in the other process; one scheduler after the other."""

    def __init__(self) -> None:
        self._open: Any = None
        self._run: Any = None

    def open(self, project: str, config: dict[str, Any]) -> None:
        """Start the scheduler's own run, as a launch agent would have had it, and the scheduler on it."""
        import wandb  # not in the test process, which imports this module too

        from optuna_sweep.wandb_adapter import LaunchScheduler

        self.close()
        sweep = config["sweep_args"]["sweep_id"]
        self._run = wandb.init(project=project, id=sweep, config=config, reinit="create_new")
        self._open = LaunchScheduler(self._run)

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a method of the scheduler, or of what it has (``own.alert``), or read an attribute."""
        found = attrgetter(name)(self._open)
        return found(*arguments) if callable(found) else found

    def set(self, name: str, value: Any) -> None:
        """Set an attribute of the scheduler."""
        setattr(self._open, name, value)

    def close(self) -> None:
        """End what is open."""
        if self._run is not None:
            self._run.finish()
        self._open = self._run = None


class _Manager(BaseManager):
    schedulers: Any


_Manager.register("schedulers", Schedulers)


class RemoteScheduler:
    """Has the methods of ``launch.Launch``; what the other process raises is raised here."""

    def __init__(self, schedulers: Any) -> None:
        self._schedulers = schedulers

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self._schedulers.call(name, *arguments)


@contextmanager
def scheduler_process(env: Mapping[str, str], home: Path) -> Iterator[Any]:
    """The other process, with nothing but this environment."""
    manager = _Manager(ctx=multiprocessing.get_context("spawn"))
    manager.start(_enter, (dict(env), str(home)))
    try:
        yield manager.schedulers()
    finally:
        manager.shutdown()


def _enter(env: dict[str, str], home: str) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(home)
