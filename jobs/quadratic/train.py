"""y = x² + 1 at the x of the run's config."""

from __future__ import annotations

import wandb


def main() -> None:
    """Log one row."""
    with wandb.init() as run:
        run.log({"y": run.config["x"] ** 2 + 1})


if __name__ == "__main__":
    main()
