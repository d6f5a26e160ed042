"""The sandbox as a server: what it refuses, counts and shows, how it fails on demand and how it ends."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.asking import Refused, ask
from sandbox.serving import Sandbox
from tests.contract.clients import Client


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> Client:
    return Client(sandbox, tmp_path)


def test_requests_are_counted_by_operation_and_sender(client: Client, sandbox: Sandbox) -> None:
    client.run("""
with wandb.init(project="count", id="r1") as run:
    for step in range(50):
        run.log({"loss": step})
""")
    sandbox.reset_requests()
    client.run('list(wandb.Api().run("sandbox/count/r1").scan_history(keys=["loss"], min_step=40))')
    counted = sandbox.requests()
    history = ("RunHistoryKeys", "RunParquetHistory", "SampledHistoryPage")
    assert [counted["by_operation"][name] for name in history] == [1, 1, 1]
    assert counted["total"] == len(counted["requests"])
    assert any(sender.startswith("W&B Public Client") for sender in counted["by_sender"])


def test_an_unknown_field_is_an_error_in_the_words_that_clients_look_for(sandbox: Sandbox) -> None:
    with pytest.raises(Refused, match=r'Cannot query field "shoes" on type "Project".*\(in operation Odd\)'):
        ask(sandbox, 'query Odd { project(name: "p") { shoes } }')


def test_an_unknown_address_is_an_error_that_names_it(sandbox: Sandbox) -> None:
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(f"{sandbox.url}/api/shoes", timeout=5)
    with failed.value:
        assert failed.value.code == 404
        assert "does not know GET /api/shoes" in failed.value.read().decode()


def test_a_wrong_key_is_refused(client: Client) -> None:
    said = client.run(
        """
try:
    wandb.init(project="p")
except Exception as error:
    answer(type(error).__name__ + str(error))""",
        WANDB_API_KEY="f" * 40,
    )
    assert "401" in said or "invalid" in said.lower() or "auth" in said.lower()


def test_the_pages_show_the_project_and_the_run(client: Client, sandbox: Sandbox) -> None:
    client.run("""
with wandb.init(project="page", id="r1", name="<first>") as run:
    run.log({"loss": 2}); run.log({"loss": 1})
""")
    front = urllib.request.urlopen(sandbox.url, timeout=5).read().decode()
    assert "sandbox/page" in front
    assert "&lt;first&gt;" in front
    run = urllib.request.urlopen(f"{sandbox.url}/sandbox/page/runs/r1", timeout=5).read().decode()
    assert "<polyline" in run


def test_the_client_survives_faults_that_pass(tmp_path: Path) -> None:
    faults = {
        "upload": {"kind": "status", "status": 500},
        "UpsertBucket": {"kind": "drop_after"},
        "file_stream": {"kind": "status", "status": 429, "retry_after": 1},
        "CreateRunFiles": {"kind": "drop_before"},
    }
    with Sandbox() as sandbox:
        sandbox.fail(*({**fault, "operation": name, "times": 1} for name, fault in faults.items()))
        Client(sandbox, tmp_path).run('wandb.init(project="faults", id="r1").finish()')
        document = '{ project(name: "faults", entityName: "sandbox") { run(name: "r1") { state } } }'
        assert ask(sandbox, document) == {"project": {"run": {"state": "finished"}}}
        struck = {
            one["operation"]: one["status"] for one in sandbox.requests()["requests"] if one["status"] != 200
        }
    assert struck == {"upload": 500, "UpsertBucket": 0, "file_stream": 429, "CreateRunFiles": 0}


def test_a_graphql_error_reaches_the_caller_at_once(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.fail({"kind": "graphql", "operation": "RunState", "message": "out of order"})
        with pytest.raises(Refused, match="out of order"):
            ask(sandbox, "query RunState { viewer { id } }")
        sandbox.fail()
        assert ask(sandbox, "query RunState { viewer { entity } }") == {"viewer": {"entity": "sandbox"}}


def test_the_server_ends_when_it_is_told_to_and_says_where_it_is(sandbox: Sandbox) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        process.terminate()
        process.communicate(timeout=10)
    finally:
        process.kill()
    assert said[1].startswith("WANDB_BASE_URL=http://127.0.0.1:")
    assert said[2] == f"WANDB_API_KEY={sandbox.key}\n"
    assert process.returncode == 0


def test_a_body_that_is_not_json_is_refused(sandbox: Sandbox) -> None:
    asked = urllib.request.Request(f"{sandbox.url}/sandbox/faults", data=b"{", method="POST")
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(asked, timeout=5)
    with failed.value:
        assert failed.value.code == 400
        assert "the body is not JSON" in failed.value.read().decode()


def test_a_fault_that_makes_no_sense_is_refused_by_name(sandbox: Sandbox) -> None:
    with pytest.raises(urllib.error.HTTPError) as failed:
        sandbox.fail({"kind": "fire"})
    with failed.value:
        assert "kind: 'fire' is not a fault" in failed.value.read().decode()
