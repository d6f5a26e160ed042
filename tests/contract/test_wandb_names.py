"""Every name that is imported from wandb, one by one: a release that moves some fails here by their names."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

DOOR = Path(__file__).resolve().parents[2] / "optuna_sweep" / "wandb_adapter"


def imported() -> list[tuple[str, str]]:
    return sorted(
        {
            (node.module or "", alias.name)
            for path in DOOR.glob("*.py")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "wandb"
            for alias in node.names
        }
    )


@pytest.mark.parametrize(("module", "name"), imported(), ids=lambda part: str(part))
def test_an_imported_name_is_where_it_was(module: str, name: str) -> None:
    try:
        found = hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        found = False
    assert found, f"wandb has moved {module}.{name}"


def test_names_are_imported_from_wandb() -> None:
    assert len(imported()) > 5
