"""The scheduler's own run: what it keeps in W&B, and what it shows there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import wandb
from wandb.sdk.launch.api import LaunchApi

from optuna_sweep.errors import ConfigError, Problem, Refused
from optuna_sweep.launch import Table
from optuna_sweep.wandb_adapter.client import translated

_ARTIFACT_TYPE = "optuna"
_LONGEST_TITLE = 63
_PLOTLY_FILE = ".plotly.json"


class OwnRun:
    """Keeps the promises of ``launch.OwnRun``. The run's id is the sweep's id.

    Args:
        run: The run of this process.
        api: For what the run itself cannot read back.
    """

    def __init__(self, run: wandb.Run, api: LaunchApi) -> None:
        self._run = run
        self._api = api

    @property
    def folder(self) -> Path:
        """A folder for files of this run; what is kept from it goes to W&B."""
        return Path(self._run.dir)

    def fetch_source(self, artifact: str) -> Path:
        """Download the artifact; the scheduler's run is noted in W&B as its user."""
        try:
            with translated():
                found = self._run.use_artifact(artifact, type=_ARTIFACT_TYPE)
                return Path(found.download(root=tempfile.mkdtemp(prefix="optuna-source-")))
        except (Refused, ValueError, TypeError) as error:
            raise ConfigError([_source_problem(artifact, error)]) from error

    def restore_file(self, name: str) -> Path | None:
        """Read it from the scheduler's own run."""
        if not self._run.resumed:
            return None
        folder = tempfile.mkdtemp(prefix="optuna-restore-")
        with translated():
            run = self._api.run(f"{self._run.entity}/{self._run.project}/{self._run.id}")
            files = [file for file in run.files([name]) if file.name == name and file.size]
            if not files:
                return None
            files[0].download(root=folder, replace=True).close()
        return Path(folder) / name

    def keep_file(self, path: Path) -> None:
        """Have wandb upload the file as it is now. The last copy is the one that stays."""
        self._run.save(str(path), base_path=str(path.parent), policy="now")

    def save_study(self, files: Sequence[Path]) -> None:
        """Log the artifact ``optuna-study-<sweep>``."""
        artifact = wandb.Artifact(f"optuna-study-{self._run.id}", type=_ARTIFACT_TYPE)
        for file in files:
            artifact.add_file(str(file))
        self._run.log_artifact(artifact)

    @property
    def next_step(self) -> int:
        """wandb-core says it when a resumed run starts."""
        return int(self._run.step)

    def define_axis(self, name: str, best: Mapping[str, Literal["min", "max"]]) -> None:
        """By ``define_metric``, which leaves the axis itself alone."""
        self._run.define_metric(name)
        self._run.define_metric("*", step_metric=name)
        for column, summary in best.items():
            self._run.define_metric(column, step_metric=name, summary=summary)

    def log(self, row: Mapping[str, Any], step: int) -> None:
        """Without ``commit``, so that charts can join the newest row."""
        self._run.log(dict(row), step=step)

    def show(self, figures: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Table], step: int) -> None:
        """As W&B's own media types, which its pages draw."""
        self._run.log(media(figures, tables), step=step)

    def summarize(self, values: Mapping[str, Any]) -> None:
        """Set summary values of this run."""
        self._run.summary.update(dict(values))

    def alert(self, title: str, text: str, level: Literal["INFO", "ERROR"]) -> None:
        """W&B takes titles of fewer than 64 characters."""
        self._run.alert(title[:_LONGEST_TITLE], text, level)


def media(figures: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Table]) -> dict[str, Any]:
    """Figures and tables as W&B's media types, by name. They lie in temporary files until they are logged."""
    made: dict[str, Any] = {name: _Picture(figure) for name, figure in figures.items()}
    for name, table in tables.items():
        made[name] = wandb.Table(columns=list(table.columns), data=[], allow_mixed_types=True)
        # Rows that it takes itself are matched with the columns' types cell by cell, though any is right.
        made[name].data = [list(row) for row in table.rows]
    return made


class _Picture(wandb.Plotly):
    """A figure of plotly's as W&B's media type, from the JSON that it is.

    ``wandb.Plotly`` takes figure objects alone. Making one only to write it down again checks every
    point of it a second time, which costs more than drawing it did.
    """

    def __init__(self, figure: Mapping[str, Any]) -> None:
        super(wandb.Plotly, self).__init__()  # past the one that takes a figure
        handle, path = tempfile.mkstemp(suffix=_PLOTLY_FILE)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(figure))
        self._set_file(path, is_tmp=True, extension=_PLOTLY_FILE)


def _source_problem(artifact: str, error: Exception) -> Problem:
    return Problem(
        "scheduler.settings.optuna_source",
        f"{artifact!r} cannot be downloaded: {error}",
        'an artifact with type="optuna", written entity/project/name:alias',
        "Log the artifact, or correct its name.",
    )
