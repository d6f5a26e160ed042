"""Train a PyTorch Lightning perceptron; Lightning's own WandbLogger logs what W&B sees of it.

Everything that can be tuned comes from the run's config, and what the config leaves out
has the value in ``DEFAULTS``. A GPU is used where there is one.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import torch
from lightning.pytorch import Trainer, seed_everything
from lightning.pytorch.loggers import WandbLogger
from torch.utils.data import DataLoader

from classifier import Classifier, Pace
from images import CLASSES, SOURCES, Images, load

DEFAULTS: dict[str, Any] = {
    "hidden_size": 64,
    "n_layers": 1,
    "dropout": 0.2,
    "lr": 0.05,
    "momentum": 0.9,
    "nesterov": False,
    "weight_decay": 1e-4,
    "batch_size": 64,
    "epochs": 20,
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
    logger = WandbLogger(config=DEFAULTS, save_dir=os.environ.get("WANDB_DIR", "."))
    run = logger.experiment
    code = train(dict(run.config), images, logger)
    run.finish(exit_code=code)
    return code


def train(config: dict[str, Any], images: Images, logger: WandbLogger) -> int:
    """Train to the end, or to a stop request; return the exit code."""
    seed_everything(int(config["seed"]), verbose=False)
    if not torch.cuda.is_available():
        torch.set_num_threads(1)  # faster for layers this small, and runs share a machine
    size = int(config["batch_size"])
    trainer = Trainer(
        logger=logger,
        accelerator="auto",
        devices=1,
        max_epochs=int(config["epochs"]),
        callbacks=[Pace(float(config["epoch_seconds"]))],
        log_every_n_steps=1,
        num_sanity_val_steps=0,  # its values would be logged before the first epoch's
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
    )
    loaders = DataLoader(images.train, size, shuffle=True), DataLoader(images.val, 1024)
    try:
        trainer.fit(Classifier(config, inputs=images.pixels, outputs=CLASSES), *loaders)
    except SystemExit:  # what Lightning makes of the interrupt by which W&B asks a run to stop
        if not trainer.interrupted:
            raise
        print("Stopped on request.")
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
