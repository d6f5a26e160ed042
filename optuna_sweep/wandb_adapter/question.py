"""The one question of a poll, and the reading of its answer. Pure: no network, no wandb.

The document asks for the state of the sweep, the state of the scheduler's own run, and
for each watched run its state and the history rows since the last one that was read. Each
run has its own cursor, so each is an aliased ``run(name:)`` of its own: one
``runs(filters:)`` would have one ``minStep`` for all and send old rows again. Summaries,
which can be large, come of runs that have ended only; see ``summaries``.

The aliases are short because every answer repeats them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna_sweep.errors import AnotherAtWork, Refused, Unavailable
from optuna_sweep.launch import Snapshot, SweepState, Watch
from optuna_sweep.outcomes import Observation, Phase, Row
from optuna_sweep.wandb_adapter.claim import claim_in, expected
from optuna_sweep.wandb_adapter.records import joined, rows_of
from optuna_sweep.wandb_adapter.states import left_the_queue, phase_of_run, taken_by_an_agent, wish_for_sweep
from optuna_sweep.wandb_adapter.summaries import ENDED, filter_for_ended, summaries_in

Columns = tuple[str, ...]

LARGEST_QUESTION = 100
"""Runs a request. W&B publishes no limit; its own sweep scheduler asks for 200 at once."""

_SAMPLES = 1_000_000
"""W&B thins out an answer of more rows than this. No run logs as many between two polls."""

_POLLS_BEFORE_MISSING = 3


@dataclass(slots=True)
class _Cursor:
    """How far the history of one run has been read.

    Attributes:
        next_step: For each group of columns, the first step not yet read.
        missing: Polls in a row that did not find the run.
        item_missing: Polls in a row that did not find its queue item.
    """

    next_step: dict[Columns, int] = field(default_factory=dict)
    missing: int = 0
    item_missing: int = 0


class Question:
    """Builds a poll's documents and reads their answers; remembers what was read.

    One lives as long as the scheduler. Not thread-safe.

    Args:
        entity: Of the sweep, and of the queue.
        project: Of the sweep.
        sweep: Its id, which is also that of the scheduler's run.
        queue: Where the runs wait.
        queue_project: Of the queue.
        notes: What this scheduler wrote to claim the sweep; without a claim it is never taken over.
    """

    def __init__(
        self, *, entity: str, project: str, sweep: str, queue: str, queue_project: str, notes: str = ""
    ) -> None:
        self._variables = {
            "entity": entity,
            "project": project,
            "sweep": sweep,
            "queue": queue,
            "queueProject": queue_project,
        }
        self._claims = expected(notes) if claim_in(notes) else None
        self._cursors: dict[str, _Cursor] = {}
        self._sweep_missing = 0

    def parts(
        self, watched: Sequence[Watch], columns: Sequence[Columns]
    ) -> Iterator[tuple[str, dict[str, Any], Sequence[Watch]]]:
        """The documents of one poll: ``(document, variables, the runs that it asks about)``."""
        for start in range(0, max(len(watched), 1), LARGEST_QUESTION):
            chunk = watched[start : start + LARGEST_QUESTION]
            yield (*self._document(chunk, columns), chunk)

    def read(self, data: Mapping[str, Any], watched: Sequence[Watch], columns: Sequence[Columns]) -> Snapshot:
        """What one answer says. An observation of an ended run has no summary where the answer had none.

        Raises:
            Unavailable: The answer lacks the project or the sweep's state. Nothing was
                taken from it: the same rows come again with the next answer.
            Refused: Several answers in a row lacked it: the sweep was deleted.
            AnotherAtWork: Another scheduler has claimed the sweep since this one did.
        """
        project = data.get("p")
        if not project or not project.get("sweep"):
            self._sweep_missing += 1
            if self._sweep_missing >= _POLLS_BEFORE_MISSING:
                raise Refused(f"The sweep {self._variables['sweep']} is no longer in W&B.")
            raise Unavailable("W&B's answer holds neither the project nor the sweep")
        self._sweep_missing = 0
        own = project.get("own") or {}
        if self._claims is not None and claim_in(str(own.get("notes") or "")) not in self._claims:
            raise AnotherAtWork("Another scheduler has taken the sweep over: leaving everything to it.")
        items = (data.get("queues") or {}).get("runQueue") or {}
        summaries = summaries_in(project.get("ended"))
        observations = tuple(
            self._observation(watch, project.get(f"r{i}"), items.get(f"i{i}"), columns, summaries)
            for i, watch in enumerate(watched)
        )
        return Snapshot(
            sweep=wish_for_sweep(str(project["sweep"].get("state"))),
            scheduler_stopped=bool(own.get("stopped")),
            observations=observations,
        )

    def forget(self, run_ids: Iterable[str]) -> None:
        """Drop the cursors of runs that will not be asked about again."""
        for run_id in run_ids:
            self._cursors.pop(run_id, None)

    def _document(self, watched: Sequence[Watch], columns: Sequence[Columns]) -> tuple[str, dict[str, Any]]:
        variables: dict[str, Any] = dict(self._variables)
        head = ["$entity: String!", "$project: String!", "$sweep: String!"]
        runs, items = [], []
        for i, watch in enumerate(watched):
            head += [f"$r{i}: String!", f"$h{i}: [JSONString!]!"]
            variables[f"r{i}"] = watch.run_id
            variables[f"h{i}"] = self._specs(watch.run_id, columns)
            runs.append(f"r{i}: run(name: $r{i}) {{ state new: sampledHistory(specs: $h{i}) }}")
            if watch.item_id is not None:
                head.append(f"$i{i}: ID!")
                variables[f"i{i}"] = watch.item_id
                items.append(f"i{i}: runQueueItem(id: $i{i}) {{ id state associatedRunId }}")
        if watched:
            head.append("$ended: JSONString!")
            variables["ended"] = filter_for_ended([watch.run_id for watch in watched])
            runs.append(ENDED)
        queues = ""
        if items:
            head += ["$queue: String!", "$queueProject: String!"]
            queues = (
                "queues: project(name: $queueProject, entityName: $entity) "
                f"{{ runQueue(name: $queue) {{ {' '.join(items)} }} }}"
            )
        else:
            del variables["queue"], variables["queueProject"]
        return (
            f"query SweepPoll({', '.join(head)}) {{ "
            "p: project(name: $project, entityName: $entity) { "
            "sweep(sweepName: $sweep) { state } own: run(name: $sweep) { stopped notes } "
            f"{' '.join(runs)} }} {queues} }}",
            variables,
        )

    def _specs(self, run_id: str, columns: Sequence[Columns]) -> list[str]:
        cursor = self._cursors.setdefault(run_id, _Cursor())
        return [
            json.dumps(
                {
                    "keys": [*group, "_step"],
                    "minStep": cursor.next_step.get(group, 0),
                    "samples": _SAMPLES,
                }
            )
            for group in columns
        ]

    def _observation(
        self,
        watch: Watch,
        run: Mapping[str, Any] | None,
        item: Mapping[str, Any] | None,
        columns: Sequence[Columns],
        summaries: Mapping[str, Mapping[str, Any]],
    ) -> Observation:
        cursor = self._cursors.setdefault(watch.run_id, _Cursor())
        if run is None and not watch.made:
            return Observation(run_id=watch.run_id, phase=Phase.WAITING)
        if run is None:
            cursor.missing += 1
            gone = cursor.missing >= _POLLS_BEFORE_MISSING
            return Observation(run_id=watch.run_id, phase=Phase.DELETED if gone else Phase.RUNNING)
        cursor.missing = 0
        phase, detail = phase_of_run(str(run.get("state"))), ""
        if phase is Phase.WAITING and watch.item_id is not None:
            phase, detail = _on_the_queue(cursor, item)
        answers = zip(columns, run.get("new") or [], strict=False)
        return Observation(
            run_id=watch.run_id,
            phase=phase,
            rows=joined(_take(cursor, group, answer) for group, answer in answers),
            summary=summaries.get(watch.run_id) if phase.ended else None,
            detail=detail,
            taken=phase is Phase.WAITING and taken_by_an_agent(str((item or {}).get("state"))),
        )


def merge_snapshots(parts: Sequence[Snapshot]) -> Snapshot:
    """One moment out of the answers of one poll; the strongest wish for the sweep wins."""
    order = [SweepState.CANCELED, SweepState.FINISHED, SweepState.PAUSED, SweepState.ACTIVE]
    return Snapshot(
        sweep=min((part.sweep for part in parts), key=order.index),
        scheduler_stopped=any(part.scheduler_stopped for part in parts),
        observations=tuple(seen for part in parts for seen in part.observations),
    )


def _on_the_queue(cursor: _Cursor, item: Mapping[str, Any] | None) -> tuple[Phase, str]:
    if item is None:
        cursor.item_missing += 1
        if cursor.item_missing >= _POLLS_BEFORE_MISSING:
            return Phase.LOST, "its queue item is gone"
        return Phase.WAITING, ""
    cursor.item_missing = 0
    if left_the_queue(str(item.get("state"))):
        return Phase.LOST, "the launch agent could not start it; its queue item says why"
    return Phase.WAITING, ""


def _take(cursor: _Cursor, group: Columns, answer: Sequence[Any] | None) -> list[Row]:
    """The new rows of one group."""
    rows = rows_of(group, answer, cursor.next_step.get(group, 0))
    if rows:
        cursor.next_step[group] = rows[-1].step + 1
    return rows
