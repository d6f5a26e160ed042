"""Claims a sweep in W&B for this process."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from typing import TypeVar

import wandb

from optuna_sweep.errors import Unavailable
from optuna_sweep.wandb_adapter.claim import SIGN_OF_LIFE, Sight, claimed
from optuna_sweep.wandb_adapter.client import Client, connect

T = TypeVar("T")

_TRIES, _PAUSE = 20, 15.0
_LOOK = """
query SchedulerAtWork($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) { run(name: $run) { state heartbeatAt notes } }
}
"""
_NOTE = """
mutation ClaimSweep($entity: String!, $project: String!, $run: String!, $notes: String!) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, notes: $notes}) { inserted }
}
"""


def claim_sweep(sweep: str, *, entity: str, project: str) -> str | None:
    """Claim the sweep for this process; see ``claimed``.

    Args:
        sweep: The sweep.
        entity: Its entity; empty for the user's default.
        project: Its project; empty for the user's default.

    Raises:
        Refused: W&B will not say.
        Unavailable: W&B has not answered for minutes.
    """
    run = _Run(Client(connect()), {"entity": entity, "project": project, "run": sweep})
    who = f"{socket.gethostname()}, process {os.getpid()}"
    return claimed(run, who, secrets.token_hex(8), _wait, time.monotonic)


class _Run:
    """``SchedulersRun`` in W&B, asked until it answers."""

    def __init__(self, client: Client, where: dict[str, str]) -> None:
        self._client = client
        self._where = where

    def look(self) -> Sight:
        answer = _patiently(lambda: self._client.ask(_LOOK, self._where))
        run = (answer.get("project") or {}).get("run") or {}
        return Sight(*(str(run.get(name) or "") for name in ("state", "heartbeatAt", "notes")))

    def note(self, notes: str) -> None:
        _patiently(lambda: self._client.ask(_NOTE, {**self._where, "notes": notes}))


def _patiently(request: Callable[[], T]) -> T:
    for _ in range(_TRIES - 1):
        try:
            return request()
        except Unavailable as error:
            time.sleep(max(_PAUSE, error.retry_after or 0.0))
    return request()


def _wait(seconds: float) -> None:
    if seconds == SIGN_OF_LIFE:
        wandb.termlog(
            f"optuna: the sweep's scheduler says that it is at work: looking again in {seconds:g} s."
        )
    time.sleep(seconds)
