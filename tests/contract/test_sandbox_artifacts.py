"""W&B's own client on the sandbox: artifacts up, found by their names, and down again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.serving import Sandbox
from tests.contract.clients import Client

LOG = """
def log(name, type="dataset", aliases=(), **files):
    artifact = wandb.Artifact(name, type, metadata={"files": len(files)})
    for file, text in files.items():
        with artifact.new_file(file.replace("__", "/") + ".txt") as target:
            target.write(text)
    return wandb.run.log_artifact(artifact, aliases=list(aliases)).wait()
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> Client:
    return Client(sandbox, tmp_path)


def test_an_artifact_comes_back_as_it_was_logged(client: Client) -> None:
    client.run(
        LOG
        + """
with wandb.init(project="back", id="r1"):
    log("data", aliases=["best"], one="1", deep__er="2")
"""
    )
    found = client.run("""
with wandb.init(project="back", id="r2") as run:
    used = run.use_artifact("data:best")
    folder = used.download("down")
artifact = wandb.Api().artifact("back/data")
answer({
    "files": {file: open(os.path.join(folder, file)).read() for file in ("one.txt", "deep/er.txt")},
    "about": [artifact.version, sorted(artifact.aliases), artifact.type, artifact.metadata, artifact.state],
    "logged": artifact.logged_by().id, "used": [run.id for run in artifact.used_by()],
    "of_runs": [[a.name for a in wandb.Api().run("back/r1").logged_artifacts()],
                [a.name for a in wandb.Api().run("back/r2").used_artifacts()]],
})""")
    assert found["files"] == {"one.txt": "1", "deep/er.txt": "2"}
    assert found["about"] == ["v0", ["best", "latest"], "dataset", {"files": 2}, "COMMITTED"]
    assert (found["logged"], found["used"]) == ("r1", ["r2"])
    assert found["of_runs"] == [["data:v0"], ["data:v0"]]


def test_new_content_is_a_new_version_and_old_content_is_none(client: Client) -> None:
    versions = client.run(
        LOG
        + """
with wandb.init(project="versions"):
    versions = [log("data", one=text).version for text in ("a", "b", "b", "a")]
api = wandb.Api()
names = [artifact.name for artifact in api.artifacts("dataset", "versions/data")]
answer([versions, api.artifact("versions/data:latest").version, names])
"""
    )
    assert versions == [["v0", "v1", "v1", "v0"], "v0", ["data:v1", "data:v0"]]


def test_an_alias_moves_and_a_version_goes(client: Client) -> None:
    found = client.run(
        LOG
        + """
with wandb.init(project="aliases"):
    log("data", aliases=["best"], one="a"); log("data", aliases=["best"], one="b")
api = wandb.Api()
first = api.artifact("aliases/data:v0")
before = list(first.aliases)
first.aliases.append("kept"); first.save()
said = [before, api.artifact("aliases/data:best").version, wandb.Api().artifact("aliases/data:kept").version]
wandb.Api().artifact("aliases/data:latest").delete(delete_aliases=True)
api = wandb.Api()
answer([*said, api.artifact("aliases/data:latest").version, api.artifact_exists("aliases/data:best")])
"""
    )
    assert found == [[], "v1", "v0", "v0", False]


def test_what_does_not_exist_is_said_by_name(client: Client) -> None:
    found = client.run(
        LOG
        + """
said = []
with wandb.init(project="missing") as run:
    log("data", one="a")
    for name in ("nothing:latest", "data:gold", "data:v7"):
        try:
            run.use_artifact(name)
        except wandb.errors.CommError as error:
            said.append(str(error))
    try:
        log("data", type="model", one="b")
    except ValueError as error:
        said.append(str(error))
answer([said, wandb.Api().artifact_exists("missing/nothing:latest")])
"""
    )
    said, exists = found
    assert ["nothing:latest" in said[0], "data:gold" in said[1], "data:v7" in said[2]] == [True] * 3
    assert "already exists with type 'dataset'" in said[3]
    assert exists is False


def test_code_tables_and_files_of_any_type_are_kept(client: Client) -> None:
    (client.home / "code").mkdir()
    (client.home / "code" / "train.py").write_text("print(1)")
    found = client.run(
        LOG
        + """
with wandb.init(project="kinds", id="r1") as run:
    log("study", type="optuna", journal="{}")
    run.log_code("code", name="mine")
    run.log({"table": wandb.Table(columns=["a"], data=[[1], [2]]), "html": wandb.Html("<p>hi</p>")})
api = wandb.Api()
code = api.artifact("kinds/mine:latest").download("code_again")
answer([
    sorted(kind.name for kind in api.artifact_types("kinds")),
    os.listdir(code),
    api.run("kinds/r1").summary["table"]["nrows"],
    any(file.name.startswith("media/html") for file in api.run("kinds/r1").files()),
])"""
    )
    assert found == [["code", "optuna", "run_table"], ["train.py"], 2, True]


def test_a_job_is_made_of_a_folder_of_code(client: Client) -> None:
    (client.home / "code").mkdir()
    (client.home / "code" / "train.py").write_text("print(1)")
    (client.home / "code" / "requirements.txt").write_text("wandb\n")
    made = ("-E", "python train.py", "-r", "3.11", "code", "code")
    said = client.command("job", "create", "--project", "jobs", "--name", "train", *made)
    assert "Created job: sandbox/jobs/train:v0, with alias: latest" in said
    job = client.run("""
job = wandb.Api().job("sandbox/jobs/train:latest")
answer([job.name, job._job_info])""")
    assert job[0] == "sandbox/jobs/train:latest" or job[0].endswith("train:v0")
    assert job[1]["source"]["entrypoint"] == ["python", "train.py"]
    assert job[1]["source_type"] == "artifact"
