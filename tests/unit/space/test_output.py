"""Standard output while a user's function runs."""

from __future__ import annotations

import gc
import sys
import weakref

from optuna_sweep.space.output import kept_output


def test_it_stands_before_standard_output_for_a_while() -> None:
    real = sys.stdout
    with kept_output() as printed:
        printed.claim()
        print("kept")  # noqa: T201
    assert (sys.stdout, printed.lines) == (real, ["kept"])


def test_a_thread_that_is_still_printing_to_it_finds_it_there() -> None:
    with kept_output() as printed:
        seen = weakref.ref(printed)
    del printed
    gc.collect()
    assert seen() is not None
