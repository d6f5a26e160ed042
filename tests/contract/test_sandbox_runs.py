"""W&B's own client on the sandbox: what a run logs is what the public API reads back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.asking import Refused, alerts_of, ask
from sandbox.launching import wait_for
from sandbox.serving import Sandbox
from tests.contract.clients import Client

MAKE = """
mutation ($name: String!, $project: String!, $sweep: String, $config: JSONString) {
  upsertBucket(input: {
    name: $name, modelName: $project, entityName: "sandbox", sweep: $sweep, config: $config
  }) {
    inserted bucket { id name state sweepName }
  }
}"""
STATE = """
query ($project: String!, $name: String!) {
  project(name: $project, entityName: "sandbox") { run(name: $name) { id state stopped } }
}"""
STOP = "mutation ($id: ID!) { stopRun(input: {id: $id}) { success } }"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> Client:
    return Client(sandbox, tmp_path)


def state_of(sandbox: Sandbox, project: str, name: str) -> dict[str, Any]:
    found = ask(sandbox, STATE, project=project, name=name)["project"]
    return (found and found["run"]) or {}


def test_what_a_run_logged_is_read_back(client: Client) -> None:
    client.run("""
with wandb.init(project="read", id="r1", config={"lr": 0.1}, group="g", job_type="train",
                tags=["a"], notes="why", name="first") as run:
    run.define_metric("loss", summary="min")
    for step, loss in enumerate([3.0, 1.0, 2.0]):
        run.log({"loss": loss, "deep": {"er": step}})
    print("a line on the console")
""")
    read = client.run("""
run = wandb.Api().run("read/r1")
run.file("output.log").download("fetched")
answer({
    "state": run.state, "config": run.config, "loss": run.summary["loss"], "tags": run.tags, "name": run.name,
    "about": [run.group, run.job_type, run.notes], "last": run.lastHistoryStep,
    "scanned": [[row["_step"], row["loss"]] for row in run.scan_history(keys=["_step", "loss"])],
    "whole": [row["deep"] for row in run.scan_history()],
    "sampled": [row["loss"] for row in run.history(keys=["loss"], samples=2, pandas=False)],
    "nested": [row["deep.er"] for row in run.scan_history(keys=["deep.er"])],
    "files": sorted(file.name for file in run.files()), "log": open("fetched/output.log").read(),
})""")
    assert read["state"] == "finished"
    assert read["config"] == {"lr": 0.1}
    assert read["loss"] == {"min": 1}
    assert (read["name"], read["tags"], read["about"]) == ("first", ["a"], ["g", "train", "why"])
    assert read["last"] == 2
    assert read["scanned"] == [[0, 3.0], [1, 1.0], [2, 2.0]]
    assert read["whole"] == [{"er": 0}, {"er": 1}, {"er": 2}]
    assert read["sampled"] == [3.0, 2.0]
    assert read["nested"] == [0, 1, 2]
    assert {"config.yaml", "output.log", "wandb-summary.json"} <= set(read["files"])
    assert "a line on the console" in read["log"]


def test_what_json_cannot_write_comes_back_as_text(client: Client) -> None:
    read = client.run("""
with wandb.init(project="nan", id="r1") as run:
    run.log({"loss": float("nan"), "best": float("inf"), "worst": float("-inf")})
run = wandb.Api().run("nan/r1")
(row,) = run.scan_history(keys=["loss", "best", "worst"])
answer([row["loss"], row["best"], row["worst"], run.summary["loss"]])""")
    assert read == ["NaN", "Infinity", "-Infinity", "NaN"]


def test_a_resumed_run_goes_on_where_it_stopped(client: Client) -> None:
    steps = client.run("""
for _ in range(2):
    with wandb.init(project="resume", id="r1", resume="allow") as run:
        resumed = run.resumed
        run.log({"loss": 1}); run.log({"loss": 2})
rows = wandb.Api().run("resume/r1").scan_history(keys=["_step", "loss"])
answer([resumed, [row["_step"] for row in rows]])""")
    assert steps == [True, [0, 1, 2, 3]]


def test_an_exception_ends_a_run_as_failed(client: Client, sandbox: Sandbox) -> None:
    client.run('wandb.init(project="ends", id="bad"); raise ValueError("on purpose")', exits=1)
    assert state_of(sandbox, "ends", "bad")["state"] == "failed"


def test_a_stop_request_ends_a_run_as_killed(client: Client, sandbox: Sandbox) -> None:
    process = client.start("""
run = wandb.init(project="ends", id="stopped")
while True:
    run.log({"loss": 1}); time.sleep(0.1)
""")
    try:
        wait_for("a start", lambda: state_of(sandbox, "ends", "stopped").get("state") == "running", 20)
        run = state_of(sandbox, "ends", "stopped")
        assert ask(sandbox, STOP, id=run["id"]) == {"stopRun": {"success": True}}
        assert state_of(sandbox, "ends", "stopped")["stopped"]
        process.communicate(timeout=40)
    finally:
        process.kill()
    assert state_of(sandbox, "ends", "stopped")["state"] == "killed"


def test_a_run_made_for_a_sweep_waits_until_its_process_takes_it(client: Client, sandbox: Sandbox) -> None:
    config = '{"lr": {"value": 0.5}}'
    made = ask(sandbox, MAKE, name="s1-0001", project="sweeps", sweep="s1", config=config)["upsertBucket"]
    assert made["inserted"]
    assert made["bucket"] | {"id": ""} == {"id": "", "name": "s1-0001", "state": "pending", "sweepName": "s1"}
    again = ask(sandbox, MAKE, name="s1-0001", project="sweeps", sweep="s1")["upsertBucket"]
    assert not again["inserted"]
    read = client.run("""
with wandb.init(project="sweeps", id="s1-0001", config={"epochs": 2}) as run:
    run.log({"loss": 1})
run = wandb.Api().run("sweeps/s1-0001")
answer([run.state, run.config])""")
    assert read == ["finished", {"lr": 0.5, "epochs": 2}]


def test_a_run_that_nobody_started_cannot_be_resumed(client: Client, sandbox: Sandbox) -> None:
    ask(sandbox, MAKE, name="s1-0002", project="sweeps", sweep="s1")
    said = client.run("""
try:
    wandb.init(project="sweeps", id="s1-0002", resume="must")
except wandb.errors.UsageError as error:
    answer(str(error))""")
    assert "has not been initialized" in said


def test_runs_are_filtered_ordered_and_paged(client: Client) -> None:
    found = client.run("""
for n, loss in enumerate([3, 1, 2]):
    with wandb.init(project="many", id=f"r{n}", config={"lr": n / 10}, tags=["odd"] if n % 2 else []) as run:
        run.log({"loss": loss})
def names(**query):
    return [run.id for run in wandb.Api().runs("many", **query)]
answer([
    names(per_page=1),
    names(order="+summary_metrics.loss"),
    names(order="-config.lr.value"),
    names(filters={"name": {"$in": ["r0", "r2", "nobody"]}}),
    names(filters={"$or": [{"config.lr": {"$gte": 0.2}}, {"tags": "odd"}]}),
    names(filters={"$and": [{"state": "finished"}, {"summary_metrics.loss": {"$lt": 3}},
                            {"tags": {"$nin": ["odd"]}}]}),
    names(filters={"display_name": {"$regex": "^nothing"}}),
    len(wandb.Api().runs("many", filters={"sweep": None})),
])""")
    assert found == [
        ["r0", "r1", "r2"],
        ["r1", "r2", "r0"],
        ["r2", "r1", "r0"],
        ["r0", "r2"],
        ["r1", "r2"],
        ["r2"],
        [],
        3,
    ]


def test_a_filter_that_the_sandbox_does_not_know_is_an_error_that_names_it(sandbox: Sandbox) -> None:
    ask(sandbox, MAKE, name="r", project="odd")
    document = """query Odd ($f: JSONString) {
      project(name: "odd", entityName: "sandbox") { runs(filters: $f) { totalCount } } }"""
    with pytest.raises(Refused, match=r"'shoe_size' is not a field of runs"):
        ask(sandbox, document, f='{"shoe_size": 42}')
    with pytest.raises(Refused, match=r"'\$near' is not an operator"):
        ask(sandbox, document, f='{"name": {"$near": "r"}}')


def test_a_run_is_changed_and_deleted(client: Client) -> None:
    found = client.run("""
wandb.init(project="change", id="r1").finish()
run = wandb.Api().run("change/r1")
run.config["added"] = 1; run.tags = ["b"]; run.notes = "later"; run.update()
run.summary.update({"score": 7})
fresh = wandb.Api().run("change/r1")
said = [fresh.config, fresh.tags, fresh.notes, fresh.summary["score"]]
fresh.delete()
try:
    wandb.Api().run("change/r1")
except wandb.errors.CommError as error:
    said.append(str(error))
answer(said)""")
    assert found[:4] == [{"added": 1}, ["b"], "later", 7]
    assert "Could not find run" in found[4]


def test_a_live_file_is_read_while_its_run_goes_on(client: Client) -> None:
    read = client.run("""
with wandb.init(project="live", id="r1") as run:
    open("state.txt", "w").write("one")
    run.save("state.txt", policy="live")
    for _ in range(60):
        if any(file.name == "state.txt" for file in wandb.Api().run("live/r1").files()):
            break
        time.sleep(0.2)
    found = wandb.Api().run("live/r1")
    found.file("state.txt").download("fetched")
    answer([found.state, open("fetched/state.txt").read()])
""")
    assert read == ["running", "one"]


def test_one_request_brings_the_new_rows_of_many_runs(client: Client, sandbox: Sandbox) -> None:
    client.run("""
for name in ("a", "b"):
    with wandb.init(project="poll", id=name) as run:
        for step in range(100):
            run.log({"loss": step, "acc": 1} if step % 2 else {"loss": step})
""")
    # A single spec stands for a list of one: that is how wandb itself sends it.
    document = """
query Poll ($filters: JSONString, $one: [JSONString!]!, $both: [JSONString!]!) {
  project(name: "poll", entityName: "sandbox") {
    runs(filters: $filters, first: 50) { edges { node { name state single: sampledHistory(specs: $one)
      several: sampledHistory(specs: $both) } } }
    missing: run(name: "nobody") { state }
  }
}"""
    tail = '{"keys": ["_step", "loss"], "minStep": 98, "samples": 1000}'
    accuracy = '{"keys": ["_step", "acc"], "minStep": 95, "maxStep": 98, "samples": 1000}'
    project = ask(
        sandbox, document, filters='{"name": {"$in": ["a", "b"]}}', one=tail, both=[tail, accuracy]
    )["project"]
    rows = [{"_step": 98, "loss": 98}, {"_step": 99, "loss": 99}]
    node = {
        "name": "a",
        "state": "finished",
        "single": [rows],
        "several": [rows, [{"_step": 95, "acc": 1}, {"_step": 97, "acc": 1}]],
    }
    assert [edge["node"] for edge in project["runs"]["edges"]] == [node, node | {"name": "b"}]
    assert project["missing"] is None


def test_an_alert_is_taken(client: Client, sandbox: Sandbox) -> None:
    client.run('with wandb.init(project="alert", id="a") as run: run.alert("title", "text", level="WARN")')
    assert sandbox.requests()["by_operation"]["NotifyScriptableRunAlert"] == 1
    assert alerts_of(sandbox, "alert", "a") == [{"title": "title", "text": "text", "severity": "WARN"}]


def test_a_killed_process_leaves_a_run_that_is_called_crashed(tmp_path: Path) -> None:
    with Sandbox(heartbeat_timeout=3) as sandbox:
        process = Client(sandbox, tmp_path).start(
            'wandb.init(project="ends", id="gone"); os.kill(os.getpid(), 9)'
        )
        process.communicate(timeout=30)
        wait_for("a crash", lambda: state_of(sandbox, "ends", "gone").get("state") == "crashed", 20)
