from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import file_stream
from sandbox.front_page import front_page, run_page
from sandbox.runs import Run
from tests.unit.sandbox.worlds import CREATE_QUEUE, StillWorld


@pytest.fixture
def world(tmp_path: Path) -> StillWorld:
    return StillWorld(tmp_path)


def run(still: StillWorld, name: str, **about: str) -> Run:
    world = still.world
    project = world.projects.ensure(world.accounts.viewer, "p", still.now)
    made = Run(
        name=name,
        project=project,
        created_at=still.now,
        heartbeat_at=still.now,
        state="running",
        username="sandbox",
        display_name=about.get("display_name", name),
        sweep_name=about.get("sweep"),
    )
    return world.runs.add(made)


def log(still: StillWorld, run: Run, *lines: str) -> None:
    files = {"wandb-history.jsonl": {"offset": 0, "content": list(lines)}}
    file_stream.receive(still.world.runs, run, {"files": files}, still.now)


def test_an_empty_world_says_how_to_begin(world: StillWorld) -> None:
    assert "Nothing here yet" in front_page(world.world)


def test_the_page_names_projects_sweeps_queues_and_runs(world: StillWorld) -> None:
    world.ask(CREATE_QUEUE, name="gpus")
    world.push("gpus", {})
    sweep = world.sweep()["name"]
    run(world, "r1", sweep=sweep)
    page = front_page(world.world)
    assert [text in page for text in ("sandbox/p", sweep, "gpus", "1 PENDING", "/sandbox/p/runs/r1")] == [
        True
    ] * 5


def test_the_newest_runs_come_first(world: StillWorld) -> None:
    run(world, "older"), run(world, "newer")
    page = front_page(world.world)
    assert page.index("newer") < page.index("older")


def test_names_cannot_write_html(world: StillWorld) -> None:
    bad = run(world, "r1", display_name="<script>")
    assert "<script>" not in front_page(world.world)
    assert "<script>" not in run_page(bad)


def test_an_alert_is_on_the_page_of_its_run(world: StillWorld) -> None:
    sent = run(world, "r1")
    assert "Alerts" not in run_page(sent)
    sent.alerts.append({"title": "Sweep s finished", "text": "<b>3</b> trials", "severity": "INFO"})
    page = run_page(sent)
    assert "Sweep s finished" in page
    assert "&lt;b&gt;3" in page


def test_a_metric_of_two_numbers_is_a_curve_and_of_one_is_none(world: StillWorld) -> None:
    logged = run(world, "r1")
    log(world, logged, '{"_step": 0, "loss": 2, "once": 1}', '{"_step": 1, "loss": 1, "nan": NaN}')
    page = run_page(logged)
    assert page.count("<polyline") == 1
    assert "points='0.00,1.00 100.00,39.00'" in page


def test_a_constant_metric_is_drawn_too(world: StillWorld) -> None:
    logged = run(world, "r1")
    log(world, logged, '{"_step": 0, "loss": 2}', '{"_step": 1, "loss": 2}')
    assert "0.00,39.00 100.00,39.00" in run_page(logged)
