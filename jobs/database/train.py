"""Load a pretended database in batches, and log how many milliseconds a thousand rows take.

The database has a size, and each size its own knobs: what a run's config does not hold does not exist
there. A row of W&B is one round of loading; the caches warm up, so later rounds are faster.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

import wandb

ROUNDS = 9
ROUND_SECONDS = 0.2
FASTEST = {"small": 20.0, "medium": 12.0, "large": 16.0}  # milliseconds, at the best knobs
BEST_BATCH = {"small": 32, "medium": 160, "large": 48}


def rounds(config: Mapping[str, Any]) -> Iterator[float]:
    """Yield the milliseconds that a thousand rows take in each round."""
    size = config["database"]
    off = math.log2(config["batch_size"] / BEST_BATCH[size])
    crowd = abs(config["connections"] - 6) / 2
    shuffle = 1.5 if config.get("randomize") else 0.0
    settled = FASTEST[size] + 4 * off**2 + crowd + shuffle
    for number in range(1, ROUNDS + 1):
        yield settled * (1 + 1 / number)


def main() -> int:
    """Load with the run's configuration and return the exit code."""
    run = wandb.init()
    try:
        for number, milliseconds in enumerate(rounds(dict(run.config)), start=1):
            run.log({"round": number, "milliseconds": milliseconds})
            time.sleep(ROUND_SECONDS)
    except KeyboardInterrupt:
        run.finish(exit_code=255)  # asked to stop, which is no failure
        return 255
    run.finish()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
