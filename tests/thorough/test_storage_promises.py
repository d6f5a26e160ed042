"""Optuna's own contract for storages, whose trials have none of the space's parameters."""

from __future__ import annotations

import pytest
from optuna.storages import BaseStorage, InMemoryStorage

from optuna_sweep.space import Declared
from tests.unit.space.blocks import WARPED

contract = pytest.importorskip("optuna.testing.pytest_storages", reason="older Optunas do not ship theirs")


class TestWarpedStorage(contract.StorageTestCase):
    @pytest.fixture
    def storage(self) -> BaseStorage:
        return Declared(WARPED).wrap(InMemoryStorage())
