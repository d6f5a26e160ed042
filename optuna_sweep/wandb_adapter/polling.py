"""One poll of all watched runs, in a shape that the server knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna_sweep.errors import Refused, Unavailable
from optuna_sweep.launch import Snapshot, Watch
from optuna_sweep.wandb_adapter.client import Client
from optuna_sweep.wandb_adapter.plain_question import QUEUE_ITEM, WATCHED_RUNS, as_batched, plain_variables
from optuna_sweep.wandb_adapter.question import Question, merge_snapshots
from optuna_sweep.wandb_adapter.summaries import by_name, completed, named_in, owed

_GIVEN_UP = 12
_DOUBTS = {Refused: 4, Unavailable: 1}
"""How much each failure of the batched question, while the plain one works, counts towards giving it up."""


class Polling:
    """Asks the batched question; a server that has never answered it is asked the plain one.

    Args:
        client: Carries the requests.
        question: What is asked, and what was read already.
        queue: Where the queue items are: ``projectName``, ``entityName``, ``runQueue``.
        say: Tells people, once, that the server is asked the long way.
    """

    def __init__(
        self, client: Client, question: Question, queue: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._client = client
        self._question = question
        self._queue = dict(queue)
        self._say = say
        self._answered = False
        self._doubt = 0

    def snapshot(self, watched: Sequence[Watch], columns: Sequence[Sequence[str]]) -> Snapshot:
        """One request for up to a hundred runs.

        More only where the server does not know that request, and one where it shows runs as ended
        whose summaries it did not send. Where that one is not answered, they end with the next poll.

        Raises:
            Unavailable: W&B did not answer.
            Refused: W&B will not answer.
        """
        groups = [tuple(group) for group in columns]
        parts = []
        for document, variables, chunk in self._question.parts(watched, groups):
            answer = self._answer(document, variables, chunk)
            parts.append(self._with_summaries(self._question.read(answer, chunk, groups), variables))
        return merge_snapshots(parts)

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of how far the run's history was read."""
        self._question.forget([run_id])

    def _with_summaries(self, snapshot: Snapshot, variables: Mapping[str, Any]) -> Snapshot:
        missing = owed(snapshot)
        if not missing:
            return snapshot
        document, names = by_name(missing)
        where = {name: variables[name] for name in ("entity", "project")}
        try:
            answer = self._client.ask(document, {**where, **names})
        except Unavailable:
            # The rows were taken and will not come again: they must not go with the summaries.
            answer = {}
        return completed(snapshot, named_in(answer))

    def _answer(self, document: str, variables: dict[str, Any], chunk: Sequence[Watch]) -> dict[str, Any]:
        if self._doubt >= _GIVEN_UP:
            return self._plain_answer(variables, chunk)
        try:
            answer = self._client.ask(document, variables)
        except (Refused, Unavailable) as error:
            if self._answered:
                raise
            return self._instead(error, variables, chunk)
        self._answered = True
        return answer

    def _instead(
        self, error: Refused | Unavailable, variables: Mapping[str, Any], chunk: Sequence[Watch]
    ) -> dict[str, Any]:
        answer = self._plain_answer(variables, chunk)
        self._doubt += _DOUBTS[type(error)]
        if self._doubt >= _GIVEN_UP:
            self._say("This W&B server does not answer the batched question; each run costs more requests.")
        return answer

    def _plain_answer(self, variables: Mapping[str, Any], chunk: Sequence[Watch]) -> dict[str, Any]:
        runs = self._client.ask(WATCHED_RUNS, plain_variables(variables, chunk))
        items = {watch.item_id: self._item(watch.item_id) for watch in chunk if watch.item_id is not None}
        return as_batched(runs, items, chunk)

    def _item(self, item_id: str) -> Any:
        answer = self._client.ask(QUEUE_ITEM, {**self._queue, "itemId": item_id})
        return ((answer.get("project") or {}).get("runQueue") or {}).get("runQueueItem")
