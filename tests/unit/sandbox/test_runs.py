from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import choices, file_stream
from sandbox.runs import Run
from tests.unit.sandbox.worlds import StillWorld

UPSERT = """
mutation ($name: String, $host: String, $sweep: String, $config: JSONString, $id: String, $state: String) {
  upsertBucket(input: {name: $name, modelName: "p", entityName: "sandbox", host: $host, sweep: $sweep,
    config: $config, id: $id, state: $state}) { inserted bucket { id name state config } }
}"""
STOP = "mutation ($id: ID!) { stopRun(input: {id: $id}) { success } }"


@pytest.fixture
def world(tmp_path: Path) -> StillWorld:
    return StillWorld(tmp_path)


def made(world: StillWorld, **given: object) -> Run:
    world.ask(UPSERT, **{"name": "r", "host": "here", **given})
    return world.world.projects.get("sandbox", "p").runs["r"]


def stream(world: StillWorld, run: Run, **body: Any) -> dict[str, Any]:
    return file_stream.receive(world.world.runs, run, body, world.now)


def test_a_run_without_a_name_is_made_anew_each_time(world: StillWorld) -> None:
    names = {world.ask(UPSERT, host="here")["bucket"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) == 8 for name in names)


def test_a_run_with_a_name_is_made_once_and_its_config_merged(world: StillWorld) -> None:
    made(world, config='{"a": {"value": 1}, "b": {"value": 1}}')
    answer = world.ask(UPSERT, name="r", config='{"b": {"value": 2}}')
    assert answer["inserted"] is False
    assert json.loads(answer["bucket"]["config"]) == {"a": {"value": 1}, "b": {"value": 2}}


def test_the_name_of_a_deleted_run_stays_taken(world: StillWorld) -> None:
    run = made(world)
    world.ask("mutation ($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }", id=run.id)
    said = "run sandbox/p/r was previously created and deleted; try a new run name"
    assert world.refusal(UPSERT, name="r", host="here") == said
    assert not world.world.projects.get("sandbox", "p").runs


def test_a_run_of_a_sweep_waits_for_its_process(world: StillWorld) -> None:
    run = made(world, host=None, sweep="s")
    assert run.state == "pending"
    world.now += 10 * choices.HEARTBEAT_TIMEOUT
    world.world.settle()
    assert run.state == "pending"
    assert made(world).state == "running"


def test_silence_is_a_crash_and_a_word_undoes_it(world: StillWorld) -> None:
    run = made(world)
    world.now += choices.HEARTBEAT_TIMEOUT
    world.world.settle()
    assert run.state == "running"
    world.now += 1
    world.world.settle()
    assert run.state == "crashed"
    stream(world, run)
    assert run.state == "running"


def test_a_heartbeat_keeps_a_run_alive(world: StillWorld) -> None:
    run = made(world)
    for _ in range(3):
        world.now += choices.HEARTBEAT_TIMEOUT - 1
        stream(world, run)
        world.world.settle()
    assert run.state == "running"


@pytest.mark.parametrize(
    ("exit_code", "stopped", "state"),
    [
        (0, False, "finished"),
        (1, False, "failed"),
        (255, False, "killed"),
        (255, True, "killed"),
        (1, True, "killed"),
        (0, True, "finished"),
    ],
)
def test_the_exit_code_and_the_stop_decide_the_end(
    world: StillWorld, exit_code: int, stopped: bool, state: str
) -> None:
    run = made(world)
    if stopped:
        world.ask(STOP, id=run.id)
    stream(world, run, complete=True, exitcode=exit_code)
    assert run.state == state


def test_a_preempted_run_is_none_that_failed(world: StillWorld) -> None:
    run = made(world)
    stream(world, run, preempting=True)
    assert run.state == "preempting"
    stream(world, run, complete=True, exitcode=1)
    assert run.state == "preempted"


def test_a_stop_that_came_before_the_process_reaches_it(world: StillWorld) -> None:
    run = made(world, host=None, sweep="s")
    world.ask(STOP, id=run.id)
    made(world)
    assert stream(world, run)["stopped"] is True


def test_a_resumed_run_is_not_stopped_by_an_old_request(world: StillWorld) -> None:
    run = made(world)
    world.ask(STOP, id=run.id)
    stream(world, run, complete=True, exitcode=255)
    made(world)
    assert run.state == "running"
    assert stream(world, run)["stopped"] is False


def test_each_end_is_told_once(world: StillWorld) -> None:
    told: list[tuple[str, str]] = []
    world.world.runs.endings.append(lambda run: told.append((run.name, run.state)))
    run = made(world)
    stream(world, run, complete=True, exitcode=0)
    stream(world, run, complete=True, exitcode=0)
    assert told == [("r", "finished")]


def test_a_stop_of_an_unknown_run_is_an_error_that_names_it(world: StillWorld) -> None:
    assert "not found" in world.refusal(STOP, id="bm9ib2R5")


def test_the_summary_is_replaced_and_the_console_grows(world: StillWorld) -> None:
    run = made(world)
    log = {"offset": 0, "content": ["2026-01-01T00:00:00 a"]}
    stream(
        world, run, files={"wandb-summary.json": {"offset": 0, "content": ['{"a": 1}']}, "output.log": log}
    )
    log = {"offset": 1, "content": ["ERROR 2026-01-01T00:00:01 b"]}
    stream(
        world, run, files={"wandb-summary.json": {"offset": 0, "content": ['{"b": NaN}']}, "output.log": log}
    )
    assert run.summary == {"b": "NaN"}
    document = """query { project(name: "p", entityName: "sandbox") { run(name: "r") {
      logLines(last: 2) { edges { node { number level timestamp line } } } } } }"""
    lines = [edge["node"] for edge in world.ask(document)["run"]["logLines"]["edges"]]
    assert [(line["number"], line["level"], line["line"]) for line in lines] == [
        (0, "info", "a"),
        (1, "error", "b"),
    ]


def test_an_unknown_stream_is_an_error_that_names_it(world: StillWorld) -> None:
    with pytest.raises(ValueError, match=r"'shoes\.txt' is not a stream of a run"):
        stream(world, made(world), files={"shoes.txt": {"offset": 0, "content": []}})


def test_an_entity_that_nobody_made_is_an_error_that_names_those_there_are(world: StillWorld) -> None:
    document = 'mutation { upsertBucket(input: {name: "r", entityName: "nobody"}) { inserted } }'
    assert "this sandbox knows: sandbox" in world.refusal(document)
