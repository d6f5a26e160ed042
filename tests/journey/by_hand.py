"""A scheduler that a person starts: ``optuna_scheduler.py start``."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.journey.rough_stage import RoughStage, send_all
from tests.journey.stage import QUEUE, ROOT
from tests.journey.sweep_files import PROJECT


class ByHand:
    """The scheduler as a process of its own.

    Args:
        stage: Where.
        name: Of the journey, whose sweep file it starts.
        words: What else the command is given.
        log: Names the file of what it prints.
        entry: What is started, where it is another scheduler than the usual one.
    """

    def __init__(
        self,
        stage: RoughStage,
        name: str,
        *words: str,
        log: str = "start",
        entry: Path = ROOT / "optuna_scheduler.py",
    ) -> None:
        where = ["--queue", QUEUE, "--entity", stage.sandbox.entity, "--project", PROJECT]
        self._log = stage.home / f"{log}.log"
        self._mark = f"STARTED_BY_HAND={self._log}"
        with self._log.open("wb") as lines:
            self.process = subprocess.Popen(
                [sys.executable, entry, "start", stage.file(name), *where, *words],
                cwd=stage.home,
                env=stage.sandbox.env(stage.home) | {"STARTED_BY_HAND": str(self._log)},
                stdout=lines,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def sweep(self) -> str | None:
        """The id of the sweep that it made, once it has said it."""
        found = re.search(r"The sweep is \S+/(\S+)\.$", self.said, flags=re.MULTILINE)
        return found and found[1]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and to all that it started, wandb-core among them."""
        send_all(self._mark, number)

    def left(self, seconds: float = 240) -> int:
        """Its exit code; it is killed where it stays longer."""
        try:
            return self.process.wait(timeout=seconds)
        finally:
            self.process.kill()
            self.process.wait()
