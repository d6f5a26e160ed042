"""What a benchmark found: tables with a title and the conditions under which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cell = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Attributes:
        title: What is measured, as a headline.
        columns: The head; the unit stands there, not in the cells.
        rows: One cell for each column.
        note: What a reader must know to judge the numbers.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    def lines(self) -> list[str]:
        """The table in Markdown."""
        head = [f"**{self.title}**", "", _row(self.columns), _row("---" for _ in self.columns)]
        return [*head, *(_row(map(_text, row)) for row in self.rows), *(["", self.note] if self.note else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All tables of one benchmark.

    Attributes:
        tables: In the order in which they are read.
        seeds: Which seeds or repetitions went in, in words.
        pictures: Files below ``docs/`` that belong to it.
    """

    tables: Sequence[Table]
    seeds: str
    pictures: Sequence[str] = ()


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(cell: Cell) -> str:
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else cell
    return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
