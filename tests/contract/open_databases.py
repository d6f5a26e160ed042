"""Empty databases of each kind that a shared study may live in, and how a scheduler's process opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optuna_sweep.study import Reached, open_database
from tests.contract.databases import new_database, running_redis

KINDS = ("sqlite", "postgresql", "mysql", "redis")
_OPEN: list[Reached] = []


def open_at(address: str) -> Reached:
    """Open a database as a scheduler's process does; it is closed when the test ends."""
    _OPEN.append(open_database(address, {}))
    return _OPEN[-1]


def close_all() -> None:
    """Close what tests have opened."""
    while _OPEN:
        _OPEN.pop().close()


@contextmanager
def database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of an empty one; servers are the session's, Redis is the test's own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'study.db'}"
    elif kind in ("postgresql", "mysql"):
        yield new_database(request.getfixturevalue(f"{kind}_server"))
    else:
        with running_redis(folder) as server:
            yield server.address
