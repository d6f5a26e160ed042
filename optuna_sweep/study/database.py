"""Opens the database that several schedulers share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalRedisBackend
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from optuna_sweep.config.storage import DRIVERS, STORAGE_PATH
from optuna_sweep.errors import ConfigError, Problem, SweepError
from optuna_sweep.study import mysql
from optuna_sweep.study.address import Address
from optuna_sweep.study.quiet import quiet_optuna
from optuna_sweep.study.reached import Reached, at_once, translated

_PACKAGES = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pymysql": "pymysql[rsa]",  # without `rsa` it cannot log in to MySQL 8 and newer as that is set up
    "mysqldb": "mysqlclient",
}
"""What is installed for a driver, where that has another name."""

_MODULES = {"mysqldb": "MySQLdb", "pysqlite": "sqlite3"}
"""What is imported for a driver, where that has another name."""

# Without limits of their own, drivers wait for a machine that is gone for as long as the system does.
_CONNECTING: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "postgresql": {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10},
        "mysql": {"connect_timeout": 10, "read_timeout": 60, "write_timeout": 60, **mysql.CONNECT},
        "sqlite": {"timeout": 60},
    }
)
_REDIS_LIMITS = {"socket_connect_timeout": "10", "socket_timeout": "60"}
_PAUSES = (0.1, 0.3, 0.9)
"""Seconds between the attempts of one that finds another in the middle of making the tables."""

_RECONNECT_AFTER = 1800  # seconds; MySQL drops idle connections after a while


def open_database(
    text: str, environment: Mapping[str, str], *, wait: Callable[[float], None] = time.sleep
) -> Reached:
    """Open the storage that ``settings.storage`` names, and see that it answers.

    Args:
        text: The address, with ``${NAME}`` for what the environment holds.
        environment: The process's environment.
        wait: Lets seconds pass.

    Raises:
        ConfigError: A driver or a name of the environment is missing.
        SweepError: It cannot be reached or used, in one sentence without the password.
    """
    address = Address.read(text, environment)
    opener = _opener(address)

    def request() -> BaseStorage:
        try:
            with translated(str(address), address.hide), quiet_optuna():
                return _opened_beside_others(opener, wait)
        except RuntimeError as error:  # tables of another Optuna; a way to log in that the driver lacks
            why = address.hide(" ".join(str(error).split()))
            raise SweepError(f"The study's database cannot be used: {address}: {why}") from None

    return Reached(at_once(request), str(address), address.hide)


def _opened_beside_others(opener: Callable[[], BaseStorage], wait: Callable[[float], None]) -> BaseStorage:
    """Open it again where another scheduler makes the tables of an empty database in the meantime."""
    for pause in _PAUSES:
        with suppress(IntegrityError, ProgrammingError, OperationalError):
            return opener()
        wait(pause)
    return opener()


def _opener(address: Address) -> Callable[[], BaseStorage]:
    if address.is_redis:
        _check_installed("redis", ("redis",))
        return lambda: _open_redis(address)
    driver = _driver(address)
    return lambda: _open_sql(address, driver)


def _open_redis(address: Address) -> BaseStorage:
    url, _, query = address.reveal().partition("?")
    limits = _REDIS_LIMITS if address.kind != "unix" else {}
    backend = JournalRedisBackend(f"{url}?{urlencode({**limits, **dict(parse_qsl(query))})}")
    return JournalStorage(backend)


def _open_sql(address: Address, driver: str) -> BaseStorage:
    # SQLAlchemy finds out which of the two it is; Optuna writes an attribute in one statement to MySQL alone.
    kind = "mysql" if address.kind == "mariadb" else address.kind
    url = sqlalchemy.make_url(address.reveal()).set(drivername=f"{kind}+{driver}")
    given = {key: value for key, value in _CONNECTING[kind].items() if key not in url.query}
    # Optuna fills braces in an address; these are quoted already, so there are none to fill.
    return RDBStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs={
            "pool_pre_ping": True,
            "pool_recycle": _RECONNECT_AFTER,
            "connect_args": given,
            "execution_options": dict(mysql.EXECUTION_OPTIONS) if kind == "mysql" else {},
            "hide_parameters": True,
        },
    )


def _driver(address: Address) -> str:
    known = DRIVERS[address.kind]
    wanted = known if address.driver is None else (address.driver,)
    return _check_installed(address.kind, wanted)


def _check_installed(kind: str, drivers: tuple[str, ...]) -> str:
    """The first of the drivers that can be imported.

    Raises:
        ConfigError: There is none; it names the packages.
    """
    for driver in drivers:
        if find_spec(_MODULES.get(driver, driver)) is not None:
            return driver
    packages = [_PACKAGES.get(driver, driver) for driver in drivers]
    job_file = "requirements.txt beside optuna_scheduler.py"
    raise ConfigError(
        [
            Problem(
                STORAGE_PATH,
                f"a {kind} address, but no driver for it is installed",
                " or ".join(packages),
                f"Add `{packages[0]}` to {job_file}, and register the job again",
            )
        ]
    )
