from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError

from sandbox import run_filters
from sandbox.runs import Run
from tests.unit.sandbox.worlds import StillWorld


@pytest.fixture
def runs(tmp_path: Path) -> list[Run]:
    still = StillWorld(tmp_path)
    world = still.world
    project = world.projects.ensure(world.accounts.viewer, "p", still.now)
    for n, state in enumerate(["running", "finished", "finished"]):
        world.runs.add(
            Run(
                name=f"r{n}",
                project=project,
                created_at=still.now + n,
                heartbeat_at=still.now,
                state=state,
                username="sandbox",
                display_name=f"trial {n}",
                sweep_name="s" if n else None,
                tags=["first"] if n == 0 else [],
                config={"lr": {"value": n / 10}, "net": {"value": {"depth": n}}},
                summary={"loss": 5 - n} if n else {"loss": "NaN"},
            )
        )
    return list(project.runs.values())


@pytest.mark.parametrize(
    ("condition", "passing"),
    [
        ({}, "012"),
        ({"name": "r1"}, "1"),
        ({"name": {"$in": ["r0", "r2"]}}, "02"),
        ({"name": {"$nin": ["r0", "r2"]}}, "1"),
        ({"state": {"$ne": "running"}}, "12"),
        ({"sweep": "s", "state": "finished"}, "12"),
        ({"sweep": {"$exists": False}}, "0"),
        ({"display_name": {"$regex": "trial [12]"}}, "12"),
        ({"tags": "first"}, "0"),
        ({"tags": {"$in": ["first", "other"]}}, "0"),
        ({"config.lr": {"$gt": 0, "$lte": 0.1}}, "1"),
        ({"config.lr.value": 0.2}, "2"),
        ({"config.net.depth": 2}, "2"),
        ({"config.net.value.depth": 2}, "2"),
        ({"summary_metrics.loss": {"$lt": 10}}, "12"),
        ({"$or": [{"name": "r0"}, {"summary_metrics.loss": 3}]}, "02"),
        ({"$or": []}, "012"),
        ({"$and": [{"sweep": "s"}, {"$nor": [{"name": "r1"}]}]}, "2"),
        ({"name": {"$not": {"$in": ["r0"]}}}, "12"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_condition_lets_the_right_runs_pass(
    runs: list[Run], condition: dict[str, Any], passing: str
) -> None:
    found = run_filters.select(runs, json.dumps(condition))
    assert [run.name for run in found] == [f"r{n}" for n in passing]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (None, ["r0", "r1", "r2"]),
        ("-created_at", ["r2", "r1", "r0"]),
        ("+summary_metrics.loss", ["r2", "r1", "r0"]),
        ("+state,-config.lr", ["r2", "r1", "r0"]),
    ],
)
def test_runs_come_in_the_order_that_was_asked_for(
    runs: list[Run], order: str | None, names: list[str]
) -> None:
    assert [run.name for run in run_filters.select(runs, None, order)] == names


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ('{"shoe": 1}', "'shoe' is not a field of runs on this server: use one of name"),
        ('{"name": {"$near": 1}}', r"'\$near' is not an operator of this server: use one of \$eq"),
        ("{", "is not JSON"),
        ("[1]", "is not an object"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(runs: list[Run], filters: str, said: str) -> None:
    with pytest.raises(GraphQLError, match=said):
        run_filters.select(runs, filters)
