from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.sandbox.worlds import CREATE_AGENT, CREATE_QUEUE, ENQUEUE, UPSERT_SWEEP, StillWorld

STATE = """
query ($sweep: String!) {
  project(name: "p", entityName: "sandbox") {
    sweep(sweepName: $sweep) { state bestLoss runCount runs { edges { node { name state stopped } } } }
  }
}"""
SCHEDULER = json.dumps(
    {
        "queue": "q",
        "run_queue_project": "model-registry",
        "run_spec": json.dumps({"run_id": "WANDB_SWEEP_ID", "name": "Scheduler.WANDB_SWEEP_ID"}),
    }
)


@pytest.fixture
def world(tmp_path: Path) -> StillWorld:
    still = StillWorld(tmp_path)
    still.ask(CREATE_QUEUE, name="q")
    return still


def runs(world: StillWorld, sweep: str) -> list[tuple[str, bool]]:
    found = world.ask(STATE, sweep=sweep)["sweep"]["runs"]["edges"]
    return [(edge["node"]["state"], edge["node"]["stopped"]) for edge in found]


def state(world: StillWorld, sweep: str) -> str:
    return str(world.ask(STATE, sweep=sweep)["sweep"]["state"])


def test_a_scheduler_is_queued_under_the_sweeps_own_name(world: StillWorld) -> None:
    name = world.sweep(launch=SCHEDULER, state="PENDING")["name"]
    assert world.pop("q")["runSpec"] == {"run_id": name, "name": f"Scheduler.{name}"}
    assert world.pop("q") is None


def test_a_resumed_sweep_queues_its_scheduler_again(world: StillWorld) -> None:
    made = world.sweep(launch=SCHEDULER, state="PENDING")
    world.pop("q")
    world.ask(UPSERT_SWEEP, id=made["id"], state="FINISHED")
    resumed = world.ask(UPSERT_SWEEP, id=made["id"], state="PENDING", launch=SCHEDULER)["sweep"]
    assert resumed == {**made, "state": "PENDING"}
    assert world.pop("q")["runSpec"]["run_id"] == made["name"]


def test_prior_runs_become_runs_of_the_sweep(world: StillWorld) -> None:
    old = world.sweep()
    for _ in range(2):
        world.ask(ENQUEUE, id=old["id"], config="{}")
    first, second = world.ask(STATE, sweep=old["name"])["sweep"]["runs"]["edges"]
    new = world.sweep(prior=json.dumps({"$or": [{"name": second["node"]["name"]}]}))
    assert world.ask(STATE, sweep=new["name"])["sweep"]["runs"]["edges"] == [second]
    assert world.ask(STATE, sweep=old["name"])["sweep"]["runs"]["edges"] == [first]


def test_no_sweep_is_made_when_its_scheduler_has_no_queue(world: StillWorld) -> None:
    elsewhere = SCHEDULER.replace('"q"', '"nowhere"')
    assert "'nowhere' not found" in world.refusal(UPSERT_SWEEP, config="method: custom", launch=elsewhere)
    assert world.world.sweeps.all() == []


def test_a_sweep_runs_when_its_first_worker_is_announced(world: StillWorld) -> None:
    name = world.sweep(state="PENDING")["name"]
    assert state(world, name) == "PENDING"
    world.worker(name)
    assert state(world, name) == "RUNNING"


def test_a_worker_does_not_wake_a_paused_sweep(world: StillWorld) -> None:
    made = world.sweep(state="PAUSED")
    world.worker(made["name"])
    assert state(world, made["name"]) == "PAUSED"


@pytest.mark.parametrize(("to", "stopped"), [("CANCELED", True), ("FINISHED", False), ("PAUSED", False)])
def test_only_a_cancelled_sweep_stops_its_runs(world: StillWorld, to: str, stopped: bool) -> None:
    made = world.sweep()
    world.ask(ENQUEUE, id=made["id"], config="{}")
    world.ask(UPSERT_SWEEP, id=made["id"], state=to)
    assert runs(world, made["name"]) == [("pending", stopped)]


def test_a_state_that_w_and_b_does_not_know_is_refused_with_those_that_it_knows(world: StillWorld) -> None:
    id = world.sweep()["id"]
    assert world.refusal(UPSERT_SWEEP, id=id, state="CRASHED") == (
        "'CRASHED' is no state of a sweep: PENDING, RUNNING, PAUSED, FINISHED, CANCELED"
    )


def test_a_sweeps_name_is_not_its_id(world: StillWorld) -> None:
    name = world.sweep()["name"]
    assert world.refusal(UPSERT_SWEEP, id=name, state="PAUSED") == f"sweep {name} not found"


def test_an_unreadable_config_is_refused(world: StillWorld) -> None:
    assert world.refusal(UPSERT_SWEEP, config="just words") == "config: 'just words' must be a mapping"


def test_a_worker_of_an_unknown_sweep_is_refused_by_name(world: StillWorld) -> None:
    assert "sandbox/p/lost" in world.refusal(CREATE_AGENT, sweep="lost")


def test_the_best_loss_follows_the_goal(world: StillWorld) -> None:
    made = world.sweep("metric: {name: acc, goal: maximize}")
    for value in (0.25, 0.75, "NaN"):
        name = world.ask(ENQUEUE, id=made["id"], config="{}")["id"]
        world.world.projects.get("sandbox", "p").runs[name].summary["acc"] = value
    assert world.ask(STATE, sweep=made["name"])["sweep"]["bestLoss"] == 0.75


def test_a_grid_is_gone_through_and_ends(world: StillWorld) -> None:
    made = world.sweep("{method: grid, program: t.py, parameters: {a: {values: [1, 2]}, b: {value: x}}}")
    worker = world.worker(made["name"])
    points = []
    for _ in range(2):
        (order,) = world.orders(worker)
        points.append({name: spec["value"] for name, spec in order["args"].items()})
        assert (order["type"], order["program"]) == ("run", "t.py")
        assert world.orders(worker, order["run_id"]) == []
    assert points == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    assert world.orders(worker) == [{"type": "exit"}]


def test_a_random_sweep_keeps_its_bounds_and_its_cap(world: StillWorld) -> None:
    made = world.sweep("{method: random, run_cap: 20, program: t.py, parameters: {a: {min: 1.0, max: 2.0}}}")
    worker = world.worker(made["name"])
    values = [world.orders(worker)[0]["args"]["a"]["value"] for _ in range(20)]
    assert all(1.0 <= value <= 2.0 for value in values)
    assert len(set(values)) == 20
    assert world.orders(worker) == [{"type": "exit"}]


def test_an_enqueued_run_is_given_to_one_worker(world: StillWorld) -> None:
    made = world.sweep("{method: custom, program: t.py}")
    first, second = world.worker(made["name"]), world.worker(made["name"])
    assert world.orders(first) == []
    name = world.ask(ENQUEUE, id=made["id"], config='{"lr": {"value": 0.1}}')["id"]
    (order,) = world.orders(first)
    assert (order["run_id"], order["args"]) == (name, {"lr": {"value": 0.1}})
    assert world.orders(second) == []


def test_a_stopped_run_and_a_cancelled_sweep_reach_the_worker(world: StillWorld) -> None:
    made = world.sweep("{method: custom, program: t.py}")
    worker = world.worker(made["name"])
    name = world.ask(ENQUEUE, id=made["id"], config="{}")["id"]
    world.orders(worker)
    world.ask(UPSERT_SWEEP, id=made["id"], state="CANCELED")
    assert world.orders(worker, name) == [{"type": "stop", "run_id": name}, {"type": "exit"}]


def test_runs_enqueued_beyond_the_cap_are_not_given(world: StillWorld) -> None:
    made = world.sweep("{method: custom, run_cap: 1, program: t.py}")
    worker = world.worker(made["name"])
    for _ in range(2):
        world.ask(ENQUEUE, id=made["id"], config="{}")
    (order,) = world.orders(worker)
    world.world.runs.complete(world.world.projects.get("sandbox", "p").runs[order["run_id"]], 0, world.now)
    assert world.orders(worker) == [{"type": "exit"}]
    assert state(world, made["name"]) == "FINISHED"
