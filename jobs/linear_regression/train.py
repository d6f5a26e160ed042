"""How well two numbers explain a plane: y = alpha·x1 + beta·x2 + noise, with alpha = 1/5 and beta = 5.

The points are the same in every run. One W&B row: the mean squared error of the run's alpha and beta.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import wandb

ALPHA, BETA = 1 / 5, 5.0
NOISE = 1.0  # its variance is the error that nobody gets below
POINTS = 1000


def points(seed: int = 0) -> Iterator[tuple[float, float, float]]:
    """Yield ``x1, x2, y``."""
    draw = random.Random(seed)
    for _ in range(POINTS):
        x1, x2 = draw.gauss(0, 1), draw.gauss(0, 1)
        yield x1, x2, ALPHA * x1 + BETA * x2 + draw.gauss(0, NOISE)


def mean_squared_error(alpha: float, beta: float) -> float:
    """The mean of the squared distances between the plane of these two numbers and the points."""
    return sum((y - alpha * x1 - beta * x2) ** 2 for x1, x2, y in points()) / POINTS


def main() -> None:
    """Measure the run's configuration."""
    with wandb.init() as run:
        run.log({"mse": mean_squared_error(run.config["alpha"], run.config["beta"])})


if __name__ == "__main__":
    main()
