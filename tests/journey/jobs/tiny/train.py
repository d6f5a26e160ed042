"""A training job that does as its config says: one row an epoch, or one of the ways to go wrong."""

from __future__ import annotations

import sys
import time

import wandb


def main() -> None:
    run = wandb.init()
    config = dict(run.config)
    act, x = config.get("act", "train"), config.get("x", 0.5)
    if act == "crash":
        sys.exit("crashes before its first metric")
    waits = act.startswith("wait")
    for epoch in range(400 if waits else config.get("epochs", 3)):
        row = {"epoch": epoch, "loss": x + 1 / (epoch + 1), "size": 10 - x}
        if act == "nan":
            row["loss"] = float("nan")
        if act == "silent":
            del row["loss"]
        run.log(row)
        time.sleep(0.25 if waits else config.get("pause", 0.1))
    run.finish()


if __name__ == "__main__":
    main()
