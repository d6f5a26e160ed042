"""``python -m bench [NAME …]``: run benchmarks and write down what they find."""

from __future__ import annotations

import argparse
import importlib
import time
import warnings

import optuna

from bench.page import publish
from bench.result import Result

NAMES = ("requests", "idle", "overhead", "reporting", "pruning", "efficiency", "scale")


def main() -> None:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    for name in names:
        if name not in NAMES:
            parser.error(f"{name!r} is no benchmark; there are: {', '.join(NAMES)}")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    for name in names:
        _measure(name)


def _measure(name: str) -> None:
    began = time.monotonic()
    result: Result = importlib.import_module(f"bench.{name}").run()
    seconds = time.monotonic() - began
    publish(name, result, seconds)
    print(f"\n## {name}: {seconds:.0f} s\n")
    for table in result.tables:
        print("\n".join([*table.lines(), ""]))


if __name__ == "__main__":
    main()
