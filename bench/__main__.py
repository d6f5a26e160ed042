"""``python -m bench [--thorough] [NAME …]``: run benchmarks and write down what they find."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time

from bench.crew import quieten
from bench.page import publish
from bench.result import Result

NAMES = ("requests", "idle", "overhead", "reporting", "pruning", "efficiency", "scale", "shared")
TAKE_THEIR_TIME = ("idle", "reporting", "pruning", "efficiency")
"""Those whose figures gain from more seeds or longer runs than fit into twenty minutes for all together."""


def main() -> None:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    parser.add_argument(
        "--thorough",
        action="store_true",
        help=f"take the time for firm figures: {', '.join(TAKE_THEIR_TIME)}",
    )
    given = parser.parse_args()
    for name in given.names:
        if name not in NAMES:
            parser.error(f"{name!r} is no benchmark; there are: {', '.join(NAMES)}")
    names = given.names or NAMES
    if len(names) == 1:
        quieten()
        _measure(names[0], thorough=given.thorough)
        return
    for name in names:
        # Each has a process of its own: memory and CPU time of the one before are not its.
        command = [sys.executable, "-m", "bench", *(["--thorough"] if given.thorough else []), name]
        subprocess.run(command, check=True)


def _measure(name: str, *, thorough: bool) -> None:
    began = time.monotonic()
    module = importlib.import_module(f"bench.{name}")
    result: Result = module.run(thorough=thorough) if name in TAKE_THEIR_TIME else module.run()
    command = f"make bench BENCH={name}{' THOROUGH=1' if thorough and name in TAKE_THEIR_TIME else ''}"
    seconds = time.monotonic() - began
    publish(name, result, command, seconds)
    print(f"\n## {name}: {seconds:.0f} s\n")
    for table in result.tables:
        print("\n".join([*table.lines(), ""]))


if __name__ == "__main__":
    main()
