"""From proposals to runs that wait on the queue, with one request for all that are due.

A document makes each run and queues it, run after run. What it cannot do is hold back the queueing of a run
that could not be made, so only runs go this way of which W&B has never heard. Those that it may have heard of
take two requests each, and the second is sent after the first was answered.

wandb's client gives an answer or an error and never both, so of a document in which one order failed nothing
is known but that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna_sweep.errors import Refused, TrialError, Unavailable
from optuna_sweep.launch import NotQueued, Queued, Start, Unclear
from optuna_sweep.outcomes import Proposal
from optuna_sweep.wandb_adapter import documents, launch_spec
from optuna_sweep.wandb_adapter.client import Client
from optuna_sweep.wandb_adapter.launch_spec import Job

AT_ONCE = 10
"""Runs a document. W&B publishes no limit, but the answer comes when the last run is queued."""

_PATIENCE = 5.0
_PATIENCE_A_RUN = 1.0


class Starts:
    """Makes and queues runs. One lives as long as the scheduler.

    Args:
        client: Carries the requests.
        job: What all runs share.
        queue: Where they wait: ``entityName``, ``projectName``, ``queueName``.
        say: Tells people, once, that each run takes two requests.
    """

    def __init__(
        self, client: Client, job: Job, queue: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._client = client
        self._job = job
        self._queue = {
            **queue,
            "priority": launch_spec.priority(job),
            "templateVariableValues": launch_spec.template_variables(job),
        }
        self._say = say
        self._most = AT_ONCE
        self._proven = 0

    def start(self, proposals: Sequence[Proposal], tags: Sequence[str]) -> tuple[Start, ...]:
        """See ``launch.Launch.start_runs``. After a failure nothing more is sent."""
        shared = launch_spec.every_run(self._job, tags)
        started: list[Start] = []
        while len(started) < len(proposals):
            due = self._next(proposals[len(started) :])
            alone = due[0].again or self._most == 0
            part = [self._alone(due[0], shared)] if alone else self._together(due, shared)
            started += part
            failure = _failure(part)
            if failure is not None:
                started += [NotQueued(failure)] * (len(proposals) - len(started))
        return tuple(started)

    def _next(self, proposals: Sequence[Proposal]) -> Sequence[Proposal]:
        new = next((place for place, each in enumerate(proposals) if each.again), len(proposals))
        return proposals[: max(1, min(new, self._most))]

    def _together(self, due: Sequence[Proposal], shared: Mapping[str, Any]) -> list[Start]:
        variables = {**shared, **self._queue}
        for i, proposal in enumerate(due):
            own = launch_spec.new_run(proposal) | self._spec(proposal)
            variables |= {f"{name}{i}": value for name, value in own.items()}
        patience = _PATIENCE + _PATIENCE_A_RUN * len(due)
        try:
            answer = self._client.ask(documents.start_runs(len(due)), variables, once=patience)
        except TrialError as error:
            return [_after(error, proposal, alone=len(due) == 1) for proposal in due]
        except Unavailable as error:
            self._ask_for_less(len(due))
            return [Unclear(error)] * len(due)
        self._proven = max(self._proven, len(due))
        return [self._queued(answer.get(f"q{i}")) for i in range(len(due))]

    def _alone(self, proposal: Proposal, shared: Mapping[str, Any]) -> Start:
        try:
            self._client.ask(documents.CREATE_RUN, {**shared, **launch_spec.new_run(proposal)})
        except (TrialError, Unavailable) as error:
            return NotQueued(error)
        try:
            answer = self._client.ask(
                documents.ENQUEUE, {**self._queue, **self._spec(proposal)}, once=_PATIENCE
            )
        except Unavailable as error:
            return Unclear(error)
        return self._queued(answer.get("pushToRunQueueByName"))

    def _ask_for_less(self, asked: int) -> None:
        """A server that has never answered so long a document may refuse it, or be too slow for it."""
        if asked > self._proven:
            self._most = max(self._proven, asked // 2)
            if self._most == 0:
                self._say("This W&B server does not start runs with one request; each takes two.")

    def _spec(self, proposal: Proposal) -> dict[str, str]:
        return {"runSpec": json.dumps(launch_spec.run_spec(self._job, proposal))}

    def _queued(self, pushed: Mapping[str, Any] | None) -> Queued:
        item = (pushed or {}).get("runQueueItemId")
        if item is None:
            queue = f"{self._queue['queueName']!r} of {self._queue['entityName']!r}"
            raise Refused(f"The queue {queue} does not take runs.")
        return Queued(str(item))


def _after(error: TrialError, proposal: Proposal, *, alone: bool) -> Start:
    """What became of a run whose document held one that cannot be made."""
    meant = alone or re.search(rf"(?<![\w-]){re.escape(proposal.run_id)}(?![\w-])", str(error))
    return NotQueued(error) if meant else Unclear(Unavailable(str(error)))


def _failure(part: Sequence[Start]) -> Unavailable | None:
    whys = [start.why for start in part if not isinstance(start, Queued)]
    return next((why for why in whys if isinstance(why, Unavailable)), None)
