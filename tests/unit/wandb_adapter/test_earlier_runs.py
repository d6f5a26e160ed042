"""The runs of another sweep, out of W&B's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from optuna_sweep.errors import Refused
from optuna_sweep.launch import KnownRun
from optuna_sweep.outcomes import Phase, Row
from optuna_sweep.wandb_adapter.earlier_runs import EarlierRuns

HERE = {"entity": "e", "project": "p"}


def node(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "state": "finished",
        "config": json.dumps({"x": {"value": 1}, "_wandb": {"value": {}}}),
        "summaryMetrics": '{"loss": 0.5}',
        "createdAt": "2026-01-01T00:00:00",
        "sampledHistory": [[{"_step": 0, "loss": 1.0}, {"_step": 4, "loss": 0.5}], [{"_step": 4, "size": 2}]],
    }


class Server:
    """Hands out the runs of one sweep, two a page."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: list[Mapping[str, Any]] = []

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(dict(variables))
        if variables.get("sweep", "old") != "old":
            return {"project": {"sweep": None, "runs": None}}
        start = int(variables["cursor"] or 0)
        wanted = json.loads(variables["filters"]).get("name", {}).get("$in", self.names)
        names = [name for name in self.names if name in wanted]
        edges = [{"node": node(name)} for name in names[start : start + 2]]
        page = {"endCursor": str(start + 2), "hasNextPage": start + 2 < len(names)}
        return {"project": {"sweep": {"id": "U3dl"}, "runs": {"edges": edges, "pageInfo": page}}}


def found(server: Server, sweep: str = "old") -> tuple[KnownRun, ...]:
    return EarlierRuns(server, HERE).runs_of(sweep, [["loss"], ["size"]])  # type: ignore[arg-type]


def test_all_pages_are_read() -> None:
    server = Server("a", "b", "c", "d", "e")
    assert [run.run_id for run in found(server)] == ["a", "b", "c", "d", "e"]
    assert [asked["cursor"] for asked in server.asked] == [None, "2", "4"]


def test_a_run_has_its_config_its_end_and_one_row_for_each_step() -> None:
    (run,) = found(Server("a"))
    assert run.phase is Phase.FINISHED
    assert run.parameters == {"x": 1} and run.summary == {"loss": 0.5}
    assert run.rows == (Row(0, {"loss": 1.0}), Row(4, {"loss": 0.5, "size": 2}))


def test_a_sweep_without_runs_has_none() -> None:
    assert found(Server()) == ()


@pytest.mark.parametrize(
    ("sweep", "place"), [("old", "e/p/old"), ("q/old", "e/q/old"), ("team/q/old", "team/q/old")]
)
def test_what_the_name_leaves_out_is_this_sweeps(sweep: str, place: str) -> None:
    server = Server("a")
    found(server, sweep)
    (asked,) = server.asked
    assert "/".join(asked[key] for key in ("entity", "project", "sweep")) == place
    assert json.loads(asked["filters"]) == {"sweep": "old"}


def test_a_sweep_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match=r"^there is no sweep 'new' in e/q$"):
        found(Server("a"), "q/new")


def test_runs_are_found_by_their_ids_in_the_order_of_the_names() -> None:
    server = Server("a", "b", "c", "d")
    earlier = EarlierRuns(server, HERE)  # type: ignore[arg-type]
    found = earlier.runs_named(["d", "x", "q/b", "a", "c"], [["loss"], ["size"]])
    assert [run and run.run_id for run in found] == ["d", None, "b", "a", "c"]
    assert found[0] is not None and found[0].rows[-1] == Row(4, {"loss": 0.5, "size": 2})
    places = [(asked["project"], asked["filters"]) for asked in server.asked]
    assert places == [("p", '{"name": {"$in": ["d", "x", "a", "c"]}}')] * 2 + [
        ("q", '{"name": {"$in": ["b"]}}')
    ]
