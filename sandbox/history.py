"""What a run logged, row by row, and the four ways in which clients read it back."""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType
from graphql import GraphQLError

from sandbox import choices

if TYPE_CHECKING:
    from sandbox.runs import Run
    from sandbox.world import Info

Row = dict[str, Any]

_ABSENT = object()


def parse(text: str) -> Any:
    """JSON as wandb-core writes it: bare NaN and Infinity become the text that the API answers."""
    return json.loads(text, parse_constant=choices.text_of)


class History:
    """The rows of one stream of a run, addressed by line number.

    Steps usually ascend, and then a reader that knows where it stopped finds its place
    in logarithmic time. A process that starts over under an old run id breaks the
    order; rows are then searched one by one.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._steps: list[int] = []
        self._ascending = True

    def __len__(self) -> int:
        return len(self.rows)

    def write(self, offset: int, lines: Sequence[str]) -> None:
        """Put lines at their place; the same lines sent again change nothing."""
        missing = range(len(self.rows), offset)
        self.rows.extend({} for _ in missing)
        self._steps.extend(missing)
        end = offset + len(lines)
        self.rows[offset:end] = [parse(line) for line in lines]
        self._steps[offset:end] = [
            row.get("_step", at) for at, row in enumerate(self.rows[offset:end], offset)
        ]
        touched = self._steps[max(offset - 1, 0) : end + 1]
        self._ascending = self._ascending and touched == sorted(touched)

    @property
    def tail(self) -> str:
        """The last row, as clients ask for it: a JSON list of JSON texts."""
        return json.dumps([json.dumps(row) for row in self.rows[-1:]])

    @property
    def keys(self) -> dict[str, Any] | None:
        """Which metrics there are and the last step; None before the first row."""
        if not self.rows:
            return None
        counts = Counter(key for row in self.rows for key in row)
        last = {key: value for row in self.rows for key, value in row.items()}
        keys = {
            key: {"typeCounts": [{"type": _type(last[key]), "count": n}], "monotonic": key == "_step"}
            for key, n in counts.items()
        }
        return {"keys": keys, "sets": [], "lastStep": max(self._steps)}

    def between(self, low: int | None = None, high: int | None = None) -> list[Row]:
        """The rows with ``low <= _step <= high``, in the order of their lines."""
        if self._ascending:
            start = 0 if low is None else bisect.bisect_left(self._steps, low)
            end = len(self.rows) if high is None else bisect.bisect_right(self._steps, high)
            return self.rows[start:end]
        return [
            row
            for step, row in zip(self._steps, self.rows, strict=True)
            if (low is None or low <= step) and (high is None or step <= high)
        ]

    def sampled(self, spec: dict[str, Any]) -> list[Row]:
        """What one spec of ``sampledHistory`` asks for.

        Args:
            spec: ``keys`` (a row counts only if it has them all), ``minStep`` and
                ``maxStep`` (both inclusive), ``samples``. Without keys, whole rows.
        """
        keys = list(dict.fromkeys(spec.get("keys") or ()))
        rows = self.between(spec.get("minStep"), spec.get("maxStep"))
        if keys:
            rows = list(_with_all(rows, keys))
        return choices.sampled(rows, spec.get("samples") or choices.DEFAULT_SAMPLES)


def _with_all(rows: Iterable[Row], keys: Sequence[str]) -> Iterable[Row]:
    for row in rows:
        found = {key: value_at(row, key) for key in keys}
        if _ABSENT not in found.values():
            yield found


def value_at(row: Row, key: str) -> Any:
    """The value of a key; ``a.b`` also finds ``{"a": {"b": …}}``, as W&B names nested metrics."""
    if key in row:
        return row[key]
    value: Any = row
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _type(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("_type", "map"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "string" if isinstance(value, str) else "other"
    return "number"


run_type = ObjectType("Run")
bindables = [run_type]


@run_type.field("sampledHistory")
def resolve_sampled(run: Run, _info: Info, specs: Sequence[str]) -> list[list[Row]]:
    """One list of rows for each spec."""
    return [run.history.sampled(_spec(spec)) for spec in specs]


def _spec(text: str) -> dict[str, Any]:
    try:
        spec = json.loads(text)
    except json.JSONDecodeError as error:
        raise GraphQLError(f"specs: {text!r} is not JSON: {error}") from None
    if not isinstance(spec, dict):
        raise GraphQLError(f"specs: {text!r} is not an object with keys, minStep, maxStep, samples")
    return spec


@run_type.field("history")
def resolve_history(
    run: Run,
    _info: Info,
    min_step: int | None = None,
    max_step: int | None = None,
    samples: int | None = None,
) -> list[str]:
    """Whole rows with ``minStep <= _step < maxStep``, each as JSON text."""
    last = None if max_step is None else max_step - 1
    rows = run.history.between(min_step, last)
    return [json.dumps(row) for row in choices.sampled(rows, samples or choices.DEFAULT_SAMPLES)]


@run_type.field("events")
def resolve_events(run: Run, _info: Info, samples: int | None = None) -> list[str]:
    """System metrics, each row as JSON text."""
    return [json.dumps(row) for row in choices.sampled(run.events.rows, samples or choices.DEFAULT_SAMPLES)]


@run_type.field("parquetHistory")
def resolve_parquet(run: Run, _info: Info, live_keys: Sequence[str]) -> dict[str, Any]:
    """No files here: the first row says that everything from its step on is live."""
    first = list(_with_all(run.history.rows[:1], list(live_keys)))
    return {"parquet_urls": [], "live_data": first}


@run_type.field("historyKeys")
def resolve_keys(run: Run, _info: Info) -> dict[str, Any] | None:
    """The metrics of a run and its last step."""
    return run.history.keys
