"""wandb's sweep scheduler, in our words. A wandb release breaks this file or none.

wandb's ``Scheduler`` must be inherited: ``wandb launch-sweep`` users and W&B's own documents
speak of subclasses of it. Of what it does, the set-up is kept and the loop is not: its loop asks
2 + 3 requests a run, never notices a canceled sweep (it waits for a state with two Ls), and an
exception while polling ends the sweep. ``loop`` replaces it, over the port that this class keeps.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import wandb
from wandb.apis.public.sweeps import _register_agent, _set_sweep_state, _sweep_with_runs
from wandb.sdk.launch.sweeps.scheduler import Scheduler, SweepRun
from wandb.sdk.launch.utils import LAUNCH_DEFAULT_PROJECT

from optuna_sweep.errors import Problem, Refused
from optuna_sweep.launch import Ending, KnownRun, QueueItem, Snapshot, Start, Watch
from optuna_sweep.outcomes import Proposal
from optuna_sweep.wandb_adapter import documents, launch_spec
from optuna_sweep.wandb_adapter.client import Client, connect
from optuna_sweep.wandb_adapter.earlier_runs import EarlierRuns
from optuna_sweep.wandb_adapter.entering import read_patiently
from optuna_sweep.wandb_adapter.launch_spec import Job
from optuna_sweep.wandb_adapter.own_run import OwnRun
from optuna_sweep.wandb_adapter.polling import Polling
from optuna_sweep.wandb_adapter.question import Question
from optuna_sweep.wandb_adapter.records import known_run, last_line, waiting_items
from optuna_sweep.wandb_adapter.starts import Starts
from optuna_sweep.wandb_adapter.states import state_for_ending

_PREFIX = "optuna: "
_NOT_WORTH_MORE = 5.0
"""Seconds."""


class LaunchScheduler(Scheduler):
    """Keeps the promises of ``launch.Launch`` over W&B Launch.

    Args:
        run: The scheduler's own run, whose id is the sweep's; from ``entering``.
        num_workers: Overrides the sweep's ``scheduler.num_workers`` where given.
    """

    tags: tuple[str, ...] = ("optuna",)
    """What each run of a trial is tagged with."""

    def __init__(self, run: wandb.Run, *, num_workers: int | None = None) -> None:
        self._own_run = run
        self._config: dict[str, Any] = dict(run.config)
        arguments = dict(self._config.get("sweep_args") or {})
        api = connect()
        arguments |= {"num_workers": num_workers, "entity": run.entity}
        read_patiently(str(arguments.get("sweep_id")), partial(super().__init__, api, **arguments))
        self._where: dict[str, str] = {"entity": str(self._entity), "project": str(self._project)}
        self._client = Client(self._api)
        self.own = OwnRun(run, self._api)
        self.earlier = EarlierRuns(self._client, self._where)
        self._queue_project = self._project_queue or LAUNCH_DEFAULT_PROJECT
        self._awake = threading.Event()
        self._record: dict[str, Any] = {}
        queue = str(self._kwargs.get("queue"))
        question = Question(
            **self._where,
            sweep=self._sweep_id,
            queue=queue,
            queue_project=self._queue_project,
            notes=run.notes or "",
        )
        place = {"projectName": self._queue_project, "entityName": str(self._entity), "runQueue": queue}
        self._polling = Polling(self._client, question, place, self.say)
        self._job = self._read_job()
        owner = str(self._job.launch.get("queue_entity") or self._entity)
        target = {"entityName": owner, "projectName": self._queue_project, "queueName": queue}
        self._starts = Starts(self._client, self._job, target, self.say)

    # What the sweep is --------------------------------------------------------------------

    @property
    def sweep_id(self) -> str:
        """The id of the sweep and of this run."""
        return self._sweep_id

    @property
    def workers(self) -> int:
        """How many runs may be in flight."""
        return int(self._num_workers)

    @property
    def where(self) -> dict[str, str]:
        """The entity and the project of the sweep."""
        return dict(self._where)

    def sweep_file(self) -> dict[str, Any]:
        """The sweep file as its user wrote it.

        ``wandb launch-sweep`` takes it apart: ``scheduler``, its ``settings`` and ``launch`` travel
        in the config of the scheduler's run, the rest is the sweep's config.
        """
        own = self._config
        scheduler = {**(own.get("scheduler") or {}), "settings": own.get("settings") or {}}
        launch = {"launch": own["launch"]} if own.get("launch") else {}
        whole: dict[str, Any] = json.loads(
            json.dumps({**self._sweep_config, "scheduler": scheduler, **launch}, default=str)
        )
        return whole

    def job_problems(self) -> list[Problem]:
        """What is wrong with the training job that the sweep names."""
        problems = self._job.problems()
        if self._job.job and not problems:
            try:
                # Not `Api.job`, which calls every failure of the network a job that is not there.
                self._client.call(lambda: self._api.artifact(str(self._job.job), type="job"))
            except (Refused, ValueError, TypeError) as error:
                problems.append(launch_spec.unusable_job(self._job.job, error))
        return problems

    # launch.Launch ------------------------------------------------------------------------

    @property
    def requests(self) -> int:
        """Those of the port's methods; what wandb's run sends by itself goes another way."""
        return self._client.requests

    def begin_sweep(self) -> None:
        """Register with W&B; one agent stands for all workers, since none of them runs anything."""
        host = f"optuna-scheduler-{self._sweep_id}"
        self._client.call(lambda: _register_agent(self._api, host, sweep_id=self._sweep_id, **self._where))
        if self._sweep_record(fresh=True).get("state") == "PENDING":
            # Launch agents refuse the runs of a sweep that is not running. Where registering an
            # agent has not started it, say so.
            self._client.call(lambda: _set_sweep_state(self._api, self._sweep_id, "RUNNING", **self._where))

    def snapshot(self, watched: Sequence[Watch], columns: Sequence[Sequence[str]]) -> Snapshot:
        """One request for up to a hundred runs; see ``question``."""
        return self._polling.snapshot(watched, columns)

    def forget_run(self, run_id: str) -> None:
        """Drop what is remembered of how far the run's history was read."""
        self._polling.forget(run_id)

    def start_runs(self, proposals: Sequence[Proposal]) -> tuple[Start, ...]:
        """One request for ten runs; wandb's own ``launch_add`` reads the job again for each, about four."""
        return self._starts.start(proposals, self.tags)

    def queue_items(self) -> tuple[QueueItem, ...]:
        """One request."""
        variables = {"entityName": self._entity, "projectName": self._queue_project}
        answer = self._client.ask(documents.QUEUE_ITEMS, {**variables, "runQueue": self._kwargs.get("queue")})
        queue = (answer.get("project") or {}).get("runQueue") or {}
        return waiting_items(queue)

    def stop_run(self, run_id: str) -> None:
        """One request."""
        storage_id = base64.b64encode(f"Run:v1:{run_id}:{self._project}:{self._entity}".encode()).decode()
        self._client.call(lambda: self._api.stop_run(run_id=storage_id))

    def describe_runs(self, summaries: Mapping[str, Mapping[str, Any]]) -> None:
        """One request for twenty runs, and no second one: nothing depends on it."""
        for document, variables in documents.describe_runs(summaries):
            self._client.ask(document, {**self._where, **variables}, once=_NOT_WORTH_MORE)

    def last_words(self, run_id: str) -> str:
        """One request, for the end of the run's console log."""
        answer = self._client.ask(documents.LAST_LINES, {**self._where, "run": run_id})
        return last_line((answer.get("project") or {}).get("run") or {})

    def known_runs(self) -> tuple[KnownRun, ...]:
        """All runs of the sweep, in W&B's order."""
        return tuple(known_run(node) for node in self._sweep_record(fresh=True)["runs"])

    def end_sweep(self, ending: Ending) -> None:
        """Set the sweep's state and finish the scheduler's own run, as failed where the sweep failed."""
        try:
            self._client.ask(
                documents.END_SWEEP,
                {
                    "id": self._sweep_record()["id"],
                    "state": state_for_ending(ending),
                    "entityName": self._entity,
                    "projectName": self._project,
                },
            )
        finally:
            self._own_run.finish(exit_code=int(ending is Ending.FAILED))

    def say(self, line: str) -> None:
        """Print one line, which W&B also keeps as the run's console log."""
        wandb.termlog(_PREFIX + line)

    def now(self) -> float:
        """The monotonic clock."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep, until somebody wakes us."""
        if self._awake.wait(seconds):
            self._awake.clear()

    def wake(self) -> None:
        """End the wait; for signal handlers."""
        self._awake.set()

    # wandb's hooks ------------------------------------------------------------------------

    def _init_wandb_run(self) -> wandb.Run:
        return self._own_run

    def _get_next_sweep_run(self, worker_id: int) -> SweepRun | None:
        raise NotImplementedError("wandb's own loop is not used; see optuna_sweep.loop")

    def _poll(self) -> None:
        raise NotImplementedError("wandb's own loop is not used; see optuna_sweep.loop")

    def _exit(self) -> None:
        """Nothing: ``end_sweep`` does what is left to do."""

    def _load_state(self) -> None:
        """Nothing: the study is restored before the loop starts."""

    def _save_state(self) -> None:
        """Nothing: the study is kept while the loop runs."""

    # ---------------------------------------------------------------------------------------

    def _read_job(self) -> Job:
        config = self._sweep_config
        return Job(
            **self._where,
            sweep_id=self._sweep_id,
            job=self._kwargs.get("job") or config.get("job"),
            image_uri=self._kwargs.get("image_uri") or config.get("image_uri"),
            author=self._kwargs.get("author"),
            command=config.get("command"),
            program=config.get("program"),
            launch=json.loads(json.dumps(self._config.get("launch") or {}, default=str)),
        )

    def _sweep_record(self, *, fresh: bool = False) -> dict[str, Any]:
        if fresh or not self._record:
            self._record = self._client.call(
                lambda: _sweep_with_runs(self._api, self._sweep_id, "{}", **self._where)
            )
        return self._record
