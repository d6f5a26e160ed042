"""The cells of the release matrix lie within what is accepted at start, and reach its ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from matrix import environments
from matrix.__main__ import Result, table
from matrix.cells import AGENTS, CELLS, LEFT_OUT, LONG, NEWEST, ROOT, SHORT, Cell
from matrix.environments import environment
from optuna_sweep.releases import OPTUNA, WANDB, require


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_is_within_the_supported_ranges(cell: Cell) -> None:
    require(WANDB, OPTUNA, look={"wandb": cell.wandb, "optuna": cell.optuna}.get)
    require(AGENTS, look={"wandb": cell.agent}.get)


def test_both_ends_of_each_range_and_something_between_are_tried() -> None:
    assert {cell.wandb for cell in CELLS} == {WANDB.first, NEWEST[0]}
    assert {cell.optuna for cell in CELLS} > {OPTUNA.first, NEWEST[1]}
    assert {cell.agent for cell in CELLS} > {AGENTS.first, NEWEST[0]}


@pytest.mark.parametrize("test", sorted({*SHORT, *LONG, *LEFT_OUT}))
def test_what_is_run_or_left_out_is_there(test: str) -> None:
    assert (ROOT / test).exists()


@pytest.mark.parametrize("test", LEFT_OUT)
def test_what_is_left_out_would_be_run_otherwise(test: str) -> None:
    assert any((ROOT / test).is_relative_to(ROOT / folder) for folder in LONG)
    assert test not in SHORT


def test_an_environment_is_made_anew_when_what_it_is_made_of_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def uv(*words: str) -> None:
        asked.append(words[0])
        (tmp_path / "agent").mkdir(exist_ok=True)

    monkeypatch.setattr(environments, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(environments, "_uv", uv)
    python = environment("agent", ["wandb==1"])
    assert python == tmp_path / "agent" / "bin" / "python"
    assert environment("agent", ["wandb==1"]) == python
    assert asked == ["venv", "pip"]
    environment("agent", ["wandb==2"])
    assert asked == ["venv", "pip"] * 2


def test_the_table_has_a_row_for_each_cell_with_its_end() -> None:
    head, row = table([Result(CELLS[0], passed=False, said="1 failed", seconds=3.0)])
    assert head.split()[:3] == ["cell", "wandb", "Optuna"]
    assert row.split()[0] == CELLS[0].name and row.endswith("FAILED  1 failed")
