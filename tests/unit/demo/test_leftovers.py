from __future__ import annotations

from pathlib import Path

import pytest

from demo import leftovers


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `/proc` with a client of one sandbox, of another, and a process that may not be read."""
    for name, environment in (
        ("11", b"A=1\0WANDB_BASE_URL=http://h:80\0"),
        ("12", b"WANDB_BASE_URL=http://h:801\0"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "environ").write_bytes(environment)
    (tmp_path / "13").mkdir()
    monkeypatch.setattr(leftovers, "PROCESSES", tmp_path)
    return tmp_path


def test_only_the_clients_of_this_sandbox_are_seen(processes: Path) -> None:
    assert list(leftovers.clients("http://h:80")) == [11]


def test_nobody_left_is_no_wait(processes: Path) -> None:
    assert leftovers.wait_for_clients("http://h:8", seconds=-1)


def test_a_client_that_stays_is_reported_and_left_alone(processes: Path) -> None:
    assert not leftovers.wait_for_clients("http://h:80", seconds=-1)


def test_a_system_without_proc_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PROCESSES", tmp_path / "none")
    assert leftovers.wait_for_clients("http://h:80", seconds=-1)
