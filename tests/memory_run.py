"""The scheduler's own run in memory: keeps the promises of ``launch.OwnRun``, and W&B's rule of steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from optuna_sweep.launch import Table


class MemoryRun:
    """See the module.

    Args:
        next_step: Where the history of an earlier process has ended.
    """

    def __init__(self, next_step: int = 0) -> None:
        self.next_step = next_step
        self.history: dict[int, dict[str, Any]] = {}
        self.summary: dict[str, Any] = {}
        self.axis: tuple[str, dict[str, str]] | None = None
        self.saved: list[Path] = []
        self.shown: list[tuple[int, dict[str, Any], dict[str, Table]]] = []
        self.alerts: list[tuple[str, str, str]] = []

    def fetch_source(self, artifact: str) -> Path:
        raise AssertionError(artifact)

    def restore_file(self, name: str) -> Path | None:
        return None

    def keep_file(self, path: Path) -> None:
        raise AssertionError(path)

    def save_study(self, files: Sequence[Path]) -> None:
        self.saved.extend(files)

    def define_axis(self, name: str, best: Mapping[str, Literal["min", "max"]]) -> None:
        self.axis = (name, dict(best))

    def log(self, row: Mapping[str, Any], step: int) -> None:
        assert step >= max(self.history, default=self.next_step), "W&B drops a row that comes too late"
        self.history.setdefault(step, {}).update(row)

    def show(self, figures: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Table], step: int) -> None:
        assert step >= max(self.history, default=self.next_step), "W&B drops a row that comes too late"
        json.dumps(figures)
        self.shown.append((step, dict(figures), dict(tables)))

    def summarize(self, values: Mapping[str, Any]) -> None:
        self.summary.update(values)

    def alert(self, title: str, text: str, level: Literal["INFO", "ERROR"]) -> None:
        self.alerts.append((title, text, level))
