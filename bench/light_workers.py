"""Workers that take runs as launch agents do, or as `wandb agent` does, and train nothing.

A machine's own delays (a launch agent looks at its queue every 10 s, wandb's client starts for a second) are
the same for every scheduler and lie outside what is measured: these workers take a run within a tenth of a
second, in threads of one process. Those that wait at a queue look at it in turn, as one launch agent would,
so that many of them do not keep W&B busy with nothing. W&B hears from a run what a real client says: that
it runs, its history, its end.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.serving import Sandbox

WORKER = "bench-worker"
"""How all requests of workers begin their ``User-Agent``."""
ENDS = f"{WORKER} (a run ends)"
"""The one of the request that ends a run, by which W&B's log of requests shows the moment."""

_LOOK = 0.05
_SIGN_OF_LIFE = 15.0
"""Seconds between two signs of life, as W&B's client sends them."""

_START = """mutation ($entity: String!, $project: String!, $run: String!) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, host: "bench"}) { bucket { id } }
}"""
_POP = """mutation ($entity: String!, $queue: String!) {
  popFromRunQueue(input: {entityName: $entity, projectName: "model-registry", queueName: $queue}) {
    runQueueItemId runSpec
  }
}"""
_ACK = """mutation ($item: ID!, $run: String!) {
  ackRunQueueItem(input: {runQueueItemId: $item, runName: $run}) { success }
}"""
_ANNOUNCE = """mutation ($entity: String!, $project: String!, $sweep: String!) {
  createAgent(input: {entityName: $entity, projectName: $project, sweep: $sweep, host: "bench"}) {
    agent { id }
  }
}"""
_HEARTBEAT = """mutation ($agent: ID!) {
  agentHeartbeat(input: {id: $agent, metrics: "{}", runState: "{}"}) { commands }
}"""


class Workers:
    """Eight or so workers of one W&B. Leaving the ``with`` ends them with the runs that they have.

    Args:
        sandbox: The W&B.
        project: Where the runs are.
        count: How many workers.
        seconds: How long a run takes; a fifth more or less, by chance.
    """

    def __init__(self, sandbox: Sandbox, project: str, *, count: int, seconds: float) -> None:
        self._sandbox = sandbox
        self._where = {"entity": sandbox.entity, "project": project}
        self._count = count
        self._seconds = seconds
        self._random = Random(0)
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.ended = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        self._left.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def take_from_queue(self, queue: str) -> None:
        """Take what schedulers put on a launch queue."""
        turn = threading.Lock()
        for _ in range(self._count):
            self._start(lambda: self._popped(queue), turn)

    def take_from_sweep(self, sweep: str) -> None:
        """Take what the sweep gives to its agents."""

        def worker() -> Callable[[], str | None]:
            agent = self._ask(_ANNOUNCE, **self._where, sweep=sweep)["createAgent"]["agent"]["id"]
            return lambda: self._given(agent)

        for _ in range(self._count):
            self._start(worker(), threading.Lock())

    def _start(self, take: Callable[[], str | None], turn: threading.Lock) -> None:
        thread = threading.Thread(target=self._serve, args=(take, turn), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, take: Callable[[], str | None], turn: threading.Lock) -> None:
        while not self._left.is_set():
            with turn:
                run = None
                while run is None and not self._left.wait(_LOOK):
                    run = take()
            if run is not None:
                self._train(run)

    def _popped(self, queue: str) -> str | None:
        item = self._ask(_POP, entity=self._sandbox.entity, queue=queue)["popFromRunQueue"]
        if item is None:
            return None
        run = str(item["runSpec"]["run_id"])
        self._ask(_ACK, item=item["runQueueItemId"], run=run)
        return run

    def _given(self, agent: str) -> str | None:
        commands = json.loads(self._ask(_HEARTBEAT, agent=agent)["agentHeartbeat"]["commands"])
        return next((str(each["run_id"]) for each in commands if each["type"] == "run"), None)

    def _train(self, run: str) -> None:
        self._ask(_START, **self._where, run=run)
        with self._lock:
            seconds = self._seconds * self._random.uniform(0.8, 1.2)
            loss = self._random.random()
        self._live(run, seconds)
        row = {"offset": 0, "content": [json.dumps({"_step": 0, "loss": loss})]}
        self._stream(run, {"files": {"wandb-history.jsonl": row, "wandb-summary.json": row}})
        self._stream(run, {"complete": True, "exitcode": 0}, sender=ENDS)
        with self._lock:
            self.ended += 1

    def _live(self, run: str, seconds: float) -> None:
        """Let the time pass; W&B calls a run crashed that shows no sign of life."""
        end = time.monotonic() + seconds
        while not self._left.wait(min(max(end - time.monotonic(), 0.0), _SIGN_OF_LIFE)):
            if time.monotonic() >= end:
                return
            self._stream(run, {})

    def _ask(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = self._post("/graphql", {"query": document, "variables": variables})
        if answer.get("errors"):
            raise RuntimeError(f"a worker was refused: {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data

    def _stream(self, run: str, body: dict[str, Any], sender: str = WORKER) -> None:
        self._post(f"/files/{self._where['entity']}/{self._where['project']}/{run}/file_stream", body, sender)

    def _post(self, path: str, body: dict[str, Any], sender: str = WORKER) -> dict[str, Any]:
        key = base64.b64encode(f"api:{self._sandbox.key}".encode()).decode()
        headers = {
            "Authorization": f"Basic {key}",
            "Content-Type": "application/json",
            "User-Agent": sender,
        }
        request = urllib.request.Request(self._sandbox.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found
