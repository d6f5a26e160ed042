"""The launch contract against the W&B of WANDB_API_KEY and WANDB_ENTITY.

Only where they are set and ``pytest -m live tests/live`` asks for it. Each test makes a project
``optuna-sweep-live-…``, which stays, and uses the queue ``q`` of the entity, to which no agent should listen.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.launching import ClientError, create_queue
from tests.contract.clients import QUICK
from tests.contract.launch_contract import LaunchContract
from tests.contract.scheduler_process import scheduler_process
from tests.live.account import Account, LiveBench

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def account(request: pytest.FixtureRequest) -> Account:
    if request.config.getoption("-m") != "live":
        pytest.skip("needs `-m live`")
    missing = [name for name in ("WANDB_API_KEY", "WANDB_ENTITY") if not os.environ.get(name)]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}")
    return Account.of(os.environ)


@pytest.fixture(scope="module")
def schedulers(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    with scheduler_process({**account.env(home), **QUICK}, home) as schedulers:
        yield schedulers


@pytest.fixture(scope="module")
def queue(account: Account) -> None:
    """The queue, made where it is missing."""
    try:
        create_queue(account, "q")  # type: ignore[arg-type]
    except ClientError as error:
        if "already" not in str(error):
            raise


@pytest.fixture
def bench(account: Account, schedulers: Any, queue: None) -> Iterator[LiveBench]:
    bench = LiveBench(account, schedulers, f"optuna-sweep-live-{secrets.token_hex(4)}")  # type: ignore[arg-type]
    bench.make({"method": "custom", "run_cap": 7, "image_uri": "train:1"})
    bench.open(settings={"seed": 7}, scheduler={"num_workers": 3})
    yield bench
    schedulers.close()


class TestLiveLaunch(LaunchContract):
    """Every promise, over the real W&B, but for those that need it to be silent."""
