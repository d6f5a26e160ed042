"""Tables of the documentation, as data."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"


def tables(page: str) -> list[list[list[str]]]:
    """The rows of each table of a page, without the heads; a cell is its text."""
    found: list[list[list[str]]] = [[]]
    for line in (DOCS / page).read_text().splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table[2:] for table in found if table]
