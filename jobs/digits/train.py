"""Train a neural network on scikit-learn's handwritten digits, one W&B row an epoch.

Everything that can be tuned comes from the run's config; what the config leaves
out has the value in ``DEFAULTS``. So ``python train.py`` trains alone too, also
with ``WANDB_MODE=offline``.

The same config and seed give the same losses on the same machine. A stop
request from W&B ends the run within the batch it is in, as stopped and not as failed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import wandb
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from network import Array, Labels, build, cross_entropy

DEFAULTS: dict[str, Any] = {
    "optimizer": "adam",  # or sgd
    "lr": 1e-3,
    "momentum": 0.9,  # of sgd; adam has none
    "alpha": 1e-4,  # the L2 penalty
    "hidden_units": 64,
    "layers": 1,
    "batch_size": 64,
    "epochs": 27,
    "seed": 0,
    "epoch_seconds": 0.0,  # an epoch takes at least this long; 0 is full speed
}

STOPPED = 255  # the exit code that W&B itself gives to an interrupted run

# The client sends history every 15 seconds, which is most of a run as short as this
# one. Not a setting of the agent, because its environment does not reach the container.
HISTORY_SECONDS = "1"


class Digits(NamedTuple):
    """The images as rows of 64 numbers from 0 to 1, and the digit that each one shows."""

    train_images: Array
    train_labels: Labels
    val_images: Array
    val_labels: Labels


def main() -> int:
    """Train one configuration and return the exit code."""
    os.environ.setdefault("WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL", HISTORY_SECONDS)
    run = wandb.init(config=DEFAULTS)
    run.define_metric("*", step_metric="epoch")
    try:
        for row in train(dict(run.config)):
            run.log(row)
            print(
                "epoch {epoch:2.0f}  val_loss {val_loss:.4f}  val_accuracy {val_accuracy:.4f}".format(**row)
            )
    except KeyboardInterrupt:
        print("Stopped on request.")
        run.finish(exit_code=STOPPED)
        return STOPPED
    run.finish()
    return 0


def train(config: Mapping[str, Any]) -> Iterator[dict[str, float]]:
    """Yield a row after each epoch.

    It holds ``epoch`` (from 1), ``loss``, ``val_loss``, ``val_accuracy``, and as ``weights`` the
    network's size.
    """
    digits = load_data()
    network = build(config, inputs=64, outputs=10)
    # One thread: two runs share a machine in the demo, and sums stay in one order.
    with threadpool_limits(limits=1):
        for epoch in range(1, int(config["epochs"]) + 1):
            started = time.monotonic()
            loss = network.train_epoch(digits.train_images, digits.train_labels, int(config["batch_size"]))
            predicted = network.predict(digits.val_images)
            time.sleep(max(0.0, float(config["epoch_seconds"]) - (time.monotonic() - started)))
            yield {
                "epoch": epoch,
                "loss": loss,
                "val_loss": cross_entropy(predicted, digits.val_labels),
                "val_accuracy": float(np.mean(predicted.argmax(axis=1) == digits.val_labels)),
                "weights": network.size,
            }


def load_data() -> Digits:
    """Split the 1,797 digits; the training part is nine times as large by shifting its images.

    The split does not depend on the run's seed: configurations are compared on the same images.
    """
    images, labels = load_digits(return_X_y=True)
    train_images, val_images, train_labels, val_labels = train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )
    return Digits(shifted(train_images), np.tile(train_labels, 9), val_images, val_labels)


def shifted(images: Array) -> Array:
    """Each image as it is and moved by one pixel in all eight directions."""
    padded = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    moved = [padded[:, row : row + 8, column : column + 8] for row in range(3) for column in range(3)]
    return np.asarray(np.concatenate(moved).reshape(-1, 64))


if __name__ == "__main__":
    sys.exit(main())
