from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.user_file.writer import Writer


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    monkeypatch.setattr(sys, "path", [*sys.path])
    return Writer(tmp_path)
