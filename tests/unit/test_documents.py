"""Every sweep file in the documents and the examples can run, and says so without a network."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from optuna_sweep.validating import examine

HOUSE = Path(__file__).resolve().parents[2]
PAGES = sorted([*(HOUSE / "docs").glob("*.md"), *HOUSE.glob("*.md")])
EXAMPLES = sorted(
    path for path in (HOUSE / "examples").rglob("*.y*ml") if "scheduler:" in path.read_text(encoding="utf-8")
)
BLOCK = re.compile(r"^```(yaml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def sweeps(page: Path) -> list[str]:
    """The blocks that are whole sweep files."""
    return [text for text in blocks(page, "yaml") if re.search(r"^scheduler:", text, re.MULTILINE)]


SWEEPS = [
    pytest.param(page, text, id=f"{page.stem}-{i}") for page in PAGES for i, text in enumerate(sweeps(page))
]


@pytest.fixture(autouse=True)
def same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def test_there_are_documents_and_examples() -> None:
    assert len(SWEEPS) >= 5
    assert EXAMPLES


@pytest.mark.parametrize(("page", "text"), SWEEPS)
def test_a_sweep_file_of_the_documents_runs(page: Path, text: str, tmp_path: Path) -> None:
    for code in blocks(page, "python"):
        name = re.match(r"# (\w+\.py)\n", code)
        if name:
            (tmp_path / name[1]).write_text(code, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
    examined = examine(tmp_path / "sweep.yaml")
    assert examined.sound, examined.lines


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_runs(path: Path) -> None:
    examined = examine(path)
    assert examined.sound, examined.lines
