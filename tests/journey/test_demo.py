"""``make demo``, as its users start it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]
FOUR_MINUTES = 240
BESIDE_OTHERS = 2 if "PYTEST_XDIST_WORKER" in os.environ else 1
"""How much longer it may take where other journeys have the processors too; `.ci/run` times it alone."""
WITHOUT_END = 600


def started_with(mark: Path) -> list[str]:
    """The commands of live processes that have inherited the folder as their TMPDIR."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended meanwhile, or is somebody else's
            continue
    return found


def test_the_demo_tells_its_sweep_to_the_end_and_leaves_nothing_behind(tmp_path: Path) -> None:
    started = time.monotonic()
    demo = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told, _ = demo.communicate(timeout=WITHOUT_END)
    finally:
        demo.terminate()
        demo.wait(30)
    assert demo.returncode == 0, told
    assert time.monotonic() - started < FOUR_MINUTES * BESIDE_OTHERS, told
    assert "sweep     finished" in told
    assert told.count("trial-0") > 12 and "< best" in told
    assert "best     val_loss 0." in told
    assert "pruning  stopped " in told
    assert not started_with(tmp_path)
