"""Keeps ``docs/benchmarks.md`` and ``bench/results`` up to date.

The page is prose between whose lines each benchmark owns what stands between its two markers.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from bench.machine import machine
from bench.result import Result

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "bench" / "results"


def publish(name: str, result: Result, command: str, seconds: float) -> None:
    """Write what a benchmark found with this command, in place of what it found the last time.

    Raises:
        ValueError: The page has no place for this benchmark.
    """
    facts = {"benchmark": name, "command": command, "seconds": round(seconds), **machine(), **asdict(result)}
    (RESULTS / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    block = _block(name, result, command, seconds)
    PAGE.write_text(_with(PAGE.read_text(encoding="utf-8"), name, block), "utf-8")


def _block(name: str, result: Result, command: str, seconds: float) -> str:
    facts = machine()
    versions = ", ".join(f"{key} {value}" for key, value in facts.items() if key != "machine")
    lines = [
        f"`{command}`, {seconds:.0f} s. {result.seeds}",
        "",
        f"On {facts['machine']}; {versions}.",
    ]
    for table in result.tables:
        lines += ["", *table.lines()]
    for picture in result.pictures:
        lines += ["", f"![{name}]({picture})"]
    return "\n".join(lines)


def _with(text: str, name: str, block: str) -> str:
    start, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    before, opened, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"{PAGE.name}: put '{start}' and '{end}' where the tables of {name} belong")
    return f"{before}{start}\n\n{block}\n\n{end}{after}"
