"""A sandbox with a scheduler's door to it in a process of its own, and empty databases of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.launching import create_queue
from sandbox.serving import Sandbox
from tests.contract.clients import QUICK
from tests.contract.databases import postgresql, running_mariadb
from tests.contract.open_databases import KINDS, close_all, database
from tests.contract.sandbox_bench import NUMBERS, SandboxBench
from tests.contract.scheduler_process import scheduler_process


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        create_queue(running, "q")
        yield running


@pytest.fixture(scope="module")
def schedulers(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    with scheduler_process({**sandbox.env(home), **QUICK}, home) as schedulers:
        yield schedulers


@pytest.fixture
def new_bench(sandbox: Sandbox, schedulers: Any) -> Iterator[SandboxBench]:
    """A sweep that waits for its scheduler."""
    bench = SandboxBench(sandbox, schedulers, f"contract-{next(NUMBERS)}")
    bench.make({"method": "custom", "run_cap": 7, "image_uri": "train:1"})
    yield bench
    sandbox.fail()
    schedulers.close()


@pytest.fixture
def bench(new_bench: SandboxBench) -> SandboxBench:
    new_bench.open(settings={"seed": 7}, scheduler={"num_workers": 3})
    return new_bench


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def mysql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server.address


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    with database(request.param, request, tmp_path) as found:
        yield found
