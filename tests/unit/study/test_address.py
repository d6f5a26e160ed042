from __future__ import annotations

import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.errors import ConfigError, Unavailable
from optuna_sweep.study import database, open_database
from optuna_sweep.study.address import Address
from optuna_sweep.study.reached import translated

PASSWORD = "p@ss/w:rd?%"
AT = "scheduler.settings.storage"


def problems(storage: str) -> list[str]:
    raw = {
        "method": "random",
        "metric": {"name": "loss"},
        "parameters": {"x": {"values": [1, 2]}},
        "scheduler": {"settings": {"storage": storage}},
    }
    try:
        SweepConfig.parse(raw)
    except ConfigError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    "storage",
    [
        "postgresql://optuna:${PW}@db:5432/optuna",
        "postgresql+psycopg2://optuna@db/optuna",
        "postgresql://db/optuna?user=me&password=${PW}",
        "mysql://${USER}:${PW}@db/optuna",
        "sqlite:///study.db",
        "sqlite:////data/a:b@c.db",
        "redis://:${PW}@cache:6379/0",
        "${DATABASE_URL}",
    ],
)
def test_an_address_without_a_password_is_accepted(storage: str) -> None:
    assert problems(storage) == []


@pytest.mark.parametrize(
    "storage",
    [
        "postgresql://optuna:hunter2@db/optuna",
        "postgresql://optuna:x${PW}hunter2@db/optuna",
        "mysql://optuna:hunter2/@:@db/optuna",
        "postgresql://db/optuna?password=hunter2",
        "redis://:hunter2@cache/0",
    ],
)
def test_a_password_in_the_file_is_a_problem_that_does_not_repeat_it(storage: str) -> None:
    assert problems(storage) == [
        f"{AT}: a password in the sweep file: an address without one, because W&B shows the file to "
        "everybody of the project: Write ${NAME} in its place, and set NAME in the environment of the "
        "scheduler's job"
    ]


@pytest.mark.parametrize(
    ("storage", "given"),
    [
        ("postgres://optuna:hunter2@db/optuna", "'postgres://optuna:***@db/optuna'"),
        ("study.db", "'study.db'"),
        ("sqlite://", "'sqlite://'"),
        ("postgresql+asyncpg://optuna:hunter2@db/x", "'postgresql+asyncpg://optuna:***@db/x'"),
    ],
)
def test_what_is_no_address_is_told_without_its_password(storage: str, given: str) -> None:
    (line,) = problems(storage)
    assert line.startswith(f"{AT}: {given}: ")
    assert "hunter2" not in line


def test_the_environments_values_may_hold_any_character() -> None:
    address = Address.read(
        "postgresql://${WHO}:${PW}@${HOST}/optuna", {"WHO": "me", "PW": PASSWORD, "HOST": "db:1"}
    )
    assert address.reveal() == "postgresql://me:p%40ss%2Fw%3Ard%3F%25@db:1/optuna"


def test_a_whole_address_may_come_from_the_environment() -> None:
    assert Address.read("${URL}", {"URL": "redis://:pw@cache/0"}).reveal() == "redis://:pw@cache/0"


def test_a_name_that_is_not_set_is_told_before_anything_is_opened() -> None:
    with pytest.raises(ConfigError) as caught:
        open_database("postgresql://me:${PW}@db/x", {})
    assert str(caught.value) == (
        f"{AT}: ${{PW}}: a name that the environment of the scheduler's job holds: Set PW where the "
        "scheduler's job runs"
    )


@pytest.mark.parametrize("text", [str, repr, "{}".format, lambda address: f"{address}"])
def test_an_address_never_shows_its_password(text: object) -> None:
    assert callable(text)
    address = Address.read("postgresql://me:${PW}@db/x?password=${PW}", {"PW": PASSWORD})
    shown = text(address)
    assert "postgresql://me:***@db/x" in shown
    assert PASSWORD not in shown
    assert "p%40ss" not in shown


def test_messages_lose_the_password_in_every_spelling() -> None:
    address = Address.read("postgresql://me:${PW}@db/x", {"PW": PASSWORD})
    message = f"cannot connect to {address.reveal()} with {PASSWORD} ({PASSWORD!r})"
    hidden = address.hide(message)
    assert "ss/w" not in hidden
    assert "%40ss" not in hidden


@pytest.mark.parametrize(
    ("storage", "packages"),
    [
        ("postgresql://db/x", "psycopg[binary] or psycopg2-binary"),
        ("mysql://db/x", "pymysql[rsa] or mysqlclient"),
        ("mariadb://db/x", "pymysql[rsa] or mysqlclient"),
        ("redis://cache/0", "redis"),
    ],
)
def test_a_driver_that_is_missing_is_named(
    storage: str, packages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with pytest.raises(ConfigError) as caught:
        open_database(storage, {})
    assert f"no driver for it is installed: {packages}: Add `{packages.split()[0]}` to" in str(caught.value)


def test_an_error_of_the_network_may_pass() -> None:
    with pytest.raises(Unavailable, match="here: gone"), translated("here", str):
        raise ConnectionResetError("gone")
