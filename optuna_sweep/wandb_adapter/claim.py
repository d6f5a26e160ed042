"""One scheduler a sweep: whether another one is at work on it. Asked before anything is touched.

The scheduler's run has the sweep's id, and wandb sends a sign of life for it every 15 to 30 s. So a
scheduler that works on the sweep is one whose run says ``running`` and whose last sign of life moves.
No clock is compared with another machine's: two looks are compared with each other. A scheduler that died
leaves a run that says ``running`` for minutes; its claim ends with the second look.

What remains: two that start within the same seconds, on a sweep that nobody works on, both pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import wandb
from wandb.sdk.launch.api import LaunchApi

from optuna_sweep.errors import Unavailable
from optuna_sweep.wandb_adapter.client import Client, translated

SIGN_OF_LIFE = 40.0
"""Seconds between the looks: longer than a live scheduler is ever silent."""

_AT_WORK = ("running", "preempting")
_TRIES, _PAUSE = 20, 15.0
_OWN_RUN = """
query SchedulerAtWork($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) { run(name: $run) { state heartbeatAt } }
}
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """The scheduler's run as W&B shows it.

    Attributes:
        state: W&B's state of it; empty where there is no such run.
        heartbeat: When it was last heard of, in W&B's words; compared, never read.
    """

    state: str
    heartbeat: str


def somebody_works(look: Callable[[], Sight], wait: Callable[[float], None]) -> bool:
    """Whether another scheduler is at work; takes ``SIGN_OF_LIFE`` seconds where one may be.

    Args:
        look: Looks at the scheduler's run.
        wait: Lets time pass.
    """
    first = look()
    if first.state not in _AT_WORK:
        return False
    wait(SIGN_OF_LIFE)
    second = look()
    return second.state in _AT_WORK and second.heartbeat != first.heartbeat


def claimed_by_another(sweep: str, *, entity: str, project: str) -> bool:
    """Whether another process works as the scheduler of this sweep; asks W&B, and changes nothing there.

    Args:
        sweep: The sweep.
        entity: Its entity; empty for the user's default.
        project: Its project; empty for the user's default.

    Raises:
        Refused: W&B will not say.
        Unavailable: W&B has not answered for minutes.
    """
    with translated():
        client = Client(LaunchApi())
    where = {"entity": entity, "project": project, "run": sweep}
    return somebody_works(lambda: _patient_look(client, where), _wait)


def _patient_look(client: Client, variables: dict[str, str]) -> Sight:
    for _ in range(_TRIES - 1):
        try:
            return _look(client, variables)
        except Unavailable as error:
            time.sleep(max(_PAUSE, error.retry_after or 0.0))
    return _look(client, variables)


def _look(client: Client, variables: dict[str, str]) -> Sight:
    project = client.ask(_OWN_RUN, variables).get("project") or {}
    run = project.get("run") or {}
    return Sight(str(run.get("state") or ""), str(run.get("heartbeatAt") or ""))


def _wait(seconds: float) -> None:
    wandb.termlog(f"optuna: the sweep's scheduler says that it is at work: looking again in {seconds:g} s.")
    time.sleep(seconds)
