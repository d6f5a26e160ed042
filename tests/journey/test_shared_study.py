"""Sweeps whose study lives in a real database: shared, killed, without it for a while, and its password."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import optuna
import pytest
import sqlalchemy
from optuna.storages import RDBStorage

from sandbox.asking import ask
from tests.contract.databases import execute, new_database, postgresql, running_mariadb, running_redis
from tests.journey.other_agent import container
from tests.journey.rough_stage import RoughStage, kill_scheduler, light, open_rough_stage
from tests.journey.stage import Look
from tests.journey.sweep_files import PROJECT

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

VARIABLE = "STUDY_PASSWORD"
PASSWORD = "s3cret@of:the/study?100%"
STUDY = "shared"
AWAY = 20.0
KEPT = """
query ($entity: String!, $project: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) { config }
    run(name: $sweep) { config summaryMetrics logLines { edges { node { line } } } }
  }
}"""


def with_storage(storage: str, **keys: Any) -> dict[str, Any]:
    """A sweep file whose scheduler takes the password from its agent's environment."""
    file = light(**keys)
    file["scheduler"]["settings"] |= {"storage": storage, "study_name": STUDY}
    file["scheduler"]["resource_args"] = container(VARIABLE)
    return file


def in_postgresql(address: str) -> str:
    """The database's address for a user of its own that has the password."""
    url = sqlalchemy.make_url(address)
    quoted = PASSWORD.replace("%", "%%")
    execute(
        address,
        f"CREATE ROLE searcher LOGIN PASSWORD '{quoted}'",
        f'ALTER DATABASE "{url.database}" OWNER TO searcher',
    )
    return f"postgresql://searcher:${{{VARIABLE}}}@/{url.database}?host={url.query['host']}"


def in_mariadb(address: str) -> str:
    """The same of a database in MariaDB."""
    url = sqlalchemy.make_url(address)
    quoted = PASSWORD.replace("%", "%%")
    execute(
        address,
        f"CREATE USER searcher@'127.0.0.1' IDENTIFIED BY '{quoted}'",
        f"GRANT ALL ON {url.database}.* TO searcher@'127.0.0.1'",
    )
    return f"mysql://searcher:${{{VARIABLE}}}@{url.host}:{url.port}/{url.database}"


@dataclass(frozen=True)
class Seen:
    stage: RoughStage
    looks: dict[str, Look]
    database: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("shared")
    with (
        pytest.MonkeyPatch.context() as environment,
        postgresql() as server,
        running_redis(tmp_path_factory.mktemp("redis"), PASSWORD) as redis,
        running_mariadb(tmp_path_factory.mktemp("mariadb")) as mariadb,
        open_rough_stage(home) as stage,
    ):
        environment.setenv(VARIABLE, PASSWORD)
        stage.patience = 600.0
        database = new_database(server)
        shared = in_postgresql(database)
        slow = {"x": {"min": 0.0, "max": 1.0}, "epochs": {"value": 8}, "pause": {"value": 1.0}}
        stage.launch(
            {
                "left": with_storage(shared, parameters=slow),
                "right": with_storage(shared, parameters=slow),
                "away": with_storage(
                    redis.address.replace(f":{PASSWORD}@", f":${{{VARIABLE}}}@"), parameters=slow
                ),
                "crashed": with_storage(in_mariadb(new_database(mariadb.address)), parameters=slow),
            }
        )
        with stage.agent():
            for name in stage.sweeps:
                stage.until(name, lambda look: len(look.live) == 2, "at work on two runs")
            redis.stop()
            mariadb.kill()
            assert kill_scheduler(stage.sweeps["left"], signal.SIGKILL)
            stage.gone("left")
            stage.until("left", lambda look: look.state == "CANCELED", "canceled by the agent")
            stage.resume("left")
            stage.pass_time(AWAY)
            redis.start()
            mariadb.start()
            looks = {name: stage.left(name) for name in ("right", "away", "crashed")}
            stage.until("left", lambda look: look.scheduler == "running", "resumed")
            looks["left"] = stage.left("left")
        yield Seen(stage, looks, database)


@pytest.mark.parametrize("name", ["left", "right", "away", "crashed"])
def test_a_sweep_in_a_database_ends_finished(seen: Seen, name: str) -> None:
    look = seen.looks[name]
    assert (look.state, look.scheduler) == ("FINISHED", "finished"), look.said
    assert not look.live


def test_the_shared_study_has_every_trial_of_both_once(seen: Seen) -> None:
    storage = RDBStorage(seen.database)
    try:
        trials = optuna.load_study(study_name=STUDY, storage=storage).trials
    finally:
        storage.remove_session()
        storage.engine.dispose()
    for name in ("left", "right"):
        own = [trial for trial in trials if trial.user_attrs["sweep"] == seen.stage.sweeps[name]]
        assert [trial.state.name for trial in own] == ["COMPLETE"] * 4, name
    assert len({trial.params["x"] for trial in trials}) == len(trials) == 8


@pytest.mark.parametrize("name", ["away", "crashed"])
def test_a_database_that_was_away_is_told_and_costs_nothing(seen: Seen, name: str) -> None:
    look = seen.looks[name]
    assert "The study's database does not answer; the runs go on and so does the sweep" in look.said
    trials = seen.stage.study(name).trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 4


def test_the_password_is_nowhere(seen: Seen) -> None:
    for name, sweep in seen.stage.sweeps.items():
        kept = ask(seen.stage.sandbox, KEPT, entity=seen.stage.sandbox.entity, project=PROJECT, sweep=sweep)
        assert VARIABLE in str(kept)  # the place where it would be
        assert spelt(str(kept).encode()) == [], name
        seen.stage.study(name)  # brings the artifact into the stage's home
    files = [path for path in seen.stage.home.rglob("*") if path.is_file()]
    assert [path.name for path in files].count("study.journal") == 4
    assert [str(path) for path in files if spelt(path.read_bytes())] == []


def spelt(content: bytes) -> list[bytes]:
    """The spellings of the password that are there: as it is, quoted for an address, and in part."""
    spellings = (PASSWORD.encode(), b"s3cret%40of", b"s3cret@of", b"of:the/study")
    return [spelling for spelling in spellings if spelling in content]
