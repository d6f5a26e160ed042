"""Train the network of W&B's PyTorch sweeps tutorial: a row a batch, and the mean loss of each epoch.

Everything that can be tuned comes from the run's config, and what the config leaves out
has the value in ``DEFAULTS``. A GPU is used where there is one.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import torch
import wandb
from torch.utils.data import DataLoader, TensorDataset

from images import CLASSES, SOURCES, load
from network import build_network, build_optimizer

DEFAULTS: dict[str, Any] = {
    "optimizer": "sgd",
    "fc_layer_size": 128,
    "dropout": 0.3,
    "learning_rate": 0.01,
    "batch_size": 64,
    "epochs": 1,
    "seed": 0,
    "epoch_seconds": 0.0,  # an epoch takes at least this long; 0 is full speed
}

STOPPED = 255  # the exit code that W&B itself gives to an interrupted run

# The client sends history every 15 seconds, which is most of a run as short as this
# one. Not a setting of the agent, because its environment does not reach the container.
HISTORY_SECONDS = "1"


def main() -> int:
    """Train one configuration and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=SOURCES, default="digits", help="what to classify")
    images = load(parser.parse_args().data)
    os.environ.setdefault("WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL", HISTORY_SECONDS)
    run = wandb.init(config=DEFAULTS)
    try:
        for row in train(dict(run.config), images):
            run.log(row)
            if "epoch" in row:
                print("epoch {epoch:2.0f}  loss {loss:.4f}".format(**row))
    except KeyboardInterrupt:
        print("Stopped on request.")
        run.finish(exit_code=STOPPED)
        return STOPPED
    run.finish()
    return 0


def train(config: Mapping[str, Any], images: TensorDataset) -> Iterator[dict[str, float]]:
    """Yield ``batch loss`` after each batch, and ``epoch`` (from 1) and its mean ``loss`` at its end."""
    torch.manual_seed(int(config["seed"]))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        torch.set_num_threads(1)  # faster for layers this small, and runs share a machine
    pixels = images.tensors[0][0].numel()
    network = build_network(config, inputs=pixels, outputs=CLASSES).to(device)
    optimizer = build_optimizer(config, network)
    batches = DataLoader(images, int(config["batch_size"]), shuffle=True)
    for epoch in range(1, int(config["epochs"]) + 1):
        started = time.monotonic()
        losses = []
        for batch in batches:
            losses.append(step(network, optimizer, *(part.to(device) for part in batch)))
            yield {"batch loss": losses[-1]}
        time.sleep(max(0.0, float(config["epoch_seconds"]) - (time.monotonic() - started)))
        yield {"epoch": epoch, "loss": sum(losses) / len(losses)}


def step(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> float:
    """Move the weights once and return the batch's mean cross-entropy before that."""
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return float(loss.item())


if __name__ == "__main__":
    sys.exit(main())
