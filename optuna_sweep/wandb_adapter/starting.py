"""A sweep without ``wandb launch-sweep``: made, or taken up again, by the process that drives it.

What the command would have left for a launch agent to start is started here: the sweep without a
scheduler job, and the scheduler's own run with the config that the command gives it. From there on
nothing tells the two apart.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import wandb
from wandb.apis.public.sweeps import _set_sweep_state, _sweep_with_runs, _upsert_sweep
from wandb.sdk.launch.api import LaunchApi

from optuna_sweep.errors import Refused
from optuna_sweep.wandb_adapter.client import connect, translated
from optuna_sweep.wandb_adapter.entering import open_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What to start, and where.

    Attributes:
        file: The sweep file.
        queue: The launch queue for the training runs; None for the one that the file names.
        entity: W&B entity; None for the file's, else the user's default.
        project: W&B project; None for the file's, else the user's default.
        resume: The id of the sweep to go on with; None for a new one.
    """

    file: Mapping[str, Any]
    queue: str | None = None
    entity: str | None = None
    project: str | None = None
    resume: str | None = None


def start_sweep(wanted: Beginning) -> wandb.Run:
    """Make the sweep, or take it up again, and open the scheduler's own run.

    Raises:
        Refused: The queue or the project is not known, or W&B refuses the sweep.
        AnotherAtWork: Another process is the scheduler of the sweep.
    """
    sweep, own = taken_apart(wanted.file)
    api = connect()
    with translated():
        settings = api.settings
        entity = wanted.entity or sweep.get("entity") or settings["entity"] or api.default_entity
        project = wanted.project or sweep.get("project") or settings["project"]
        author = api.viewer.username or entity
    queue = wanted.queue or own.get("launch", {}).get("queue")
    where = {"entity": _known(entity, "--entity"), "project": _known(project, "--project")}
    args = {"queue": _known(queue, "--queue"), "project": where["project"], "author": author}
    args |= {key: sweep[key] for key in ("job", "image_uri") if sweep.get(key)}
    name = _taken_up(api, wanted.resume, where) if wanted.resume else _made(api, sweep, where)
    run = open_run(name, **where)
    if wanted.resume:
        with translated():
            # Launch agents refuse the runs of a sweep that has ended.
            _set_sweep_state(api, name, "RUNNING", **where)
    config: Any = run.config  # wandb declares no types for it
    config.update({**own, "sweep_args": {**args, "sweep_id": name}}, allow_val_change=True)
    return run


def taken_apart(file: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A sweep file as ``wandb launch-sweep`` takes it apart.

    Returns:
        The config of the sweep, and that of the scheduler's own run: ``scheduler``, its
        ``settings``, and ``launch``.
    """
    sweep: dict[str, Any] = copy.deepcopy(dict(file))
    own = {"launch": sweep.pop("launch", None) or {}, "scheduler": sweep.pop("scheduler", None) or {}}
    own["settings"] = own["scheduler"].pop("settings", None) or {}
    if not sweep.get("method"):
        sweep["method"] = "custom"
    elif sweep["method"] != "custom":
        own["settings"]["method"] = sweep["method"]
    return sweep, {key: value for key, value in own.items() if value}


def _made(api: LaunchApi, sweep: dict[str, Any], where: dict[str, str]) -> str:
    with translated():
        place: dict[str, Any] = {**where}
        made, _warnings = _upsert_sweep(api, sweep, state="PENDING", **place)
    return str(made["name"])


def _taken_up(api: LaunchApi, sweep_id: str, where: dict[str, str]) -> str:
    with translated():
        # A sweep that is not there is told before its run is made.
        found = _sweep_with_runs(api, sweep_id, "{}", **where)
    return str(found["name"])


def _known(value: object, option: str) -> str:
    if not value:
        raise Refused(f"Where the sweep belongs is not known: give {option}.")
    return str(value)
