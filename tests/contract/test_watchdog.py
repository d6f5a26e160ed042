"""A process under watch: it lives as long as it shows signs of life, and no longer where it hangs."""

from __future__ import annotations

import subprocess
import sys

LIFE = """
import re, time
from optuna_sweep.watchdog import Watchdog

watchdog = Watchdog(1.0)
for _ in range(5):
    watchdog.feed()
    time.sleep(0.4)
print("fed", flush=True)
{then}
print("lived", flush=True)
"""
HANG = 're.match(r"(a+)+$", "a" * 60 + "b")'


def life(then: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", LIFE.format(then=then)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_who_hangs_is_ended_with_the_place_though_it_holds_pythons_lock() -> None:
    ended = life(HANG)
    assert (ended.stdout, ended.returncode) == ("fed\n", 1)
    assert "Timeout (0:00:01)!" in ended.stderr and "re/__init__.py" in ended.stderr


def test_who_rests_is_not_watched() -> None:
    ended = life("watchdog.rest(); time.sleep(1.5)")
    assert (ended.stdout, ended.returncode) == ("fed\nlived\n", 0), ended.stderr
