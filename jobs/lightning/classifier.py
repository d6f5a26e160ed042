"""A multilayer perceptron as a Lightning module, and what its training needs beside the trainer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn

Batch = tuple[Tensor, Tensor]


class Classifier(LightningModule):
    """Fully connected layers with ReLU and dropout between them, trained by gradient descent.

    Args:
        config: The run's config; ``hidden_size``, ``n_layers`` and ``dropout`` shape the network,
            ``lr``, ``momentum``, ``nesterov`` and ``weight_decay`` are the optimizer's.
        inputs: Pixels of an image.
        outputs: Kinds of images.
    """

    def __init__(self, config: Mapping[str, Any], *, inputs: int, outputs: int) -> None:
        super().__init__()
        self._config = config
        self._network = nn.Sequential(nn.Flatten(), *layers(config, inputs, outputs))

    def training_step(self, batch: Batch, _index: int) -> Tensor:
        """Return the loss of a batch; its mean over the epoch is logged as ``loss``."""
        loss, _ = self._judge(batch)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Batch, _index: int) -> None:
        """Log ``val_loss`` and ``val_accuracy``, their means over the epoch."""
        loss, accuracy = self._judge(batch)
        self.log_dict({"val_loss": loss, "val_accuracy": accuracy})

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Stochastic gradient descent as the config says."""
        return torch.optim.SGD(
            self.parameters(),
            lr=float(self._config["lr"]),
            momentum=float(self._config["momentum"]),
            nesterov=bool(self._config["nesterov"]),
            weight_decay=float(self._config["weight_decay"]),
        )

    def _judge(self, batch: Batch) -> tuple[Tensor, Tensor]:
        images, labels = batch
        scores = self._network(images)
        return nn.functional.cross_entropy(scores, labels), (scores.argmax(1) == labels).float().mean()


def layers(config: Mapping[str, Any], inputs: int, outputs: int) -> Iterator[nn.Module]:
    """Yield the layers from the image to the scores."""
    sizes = [inputs, *[int(config["hidden_size"])] * int(config["n_layers"])]
    for fan_in, fan_out in pairwise(sizes):
        yield from (nn.Linear(fan_in, fan_out), nn.ReLU(), nn.Dropout(float(config["dropout"])))
    yield nn.Linear(sizes[-1], outputs)


class Pace(Callback):
    """Makes each epoch take at least so many seconds, and prints how it ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started = 0.0

    def on_train_epoch_start(self, _trainer: Trainer, _module: LightningModule) -> None:
        """Note the time."""
        self._started = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Called after the epoch's validation."""
        time.sleep(max(0.0, self._seconds - (time.monotonic() - self._started)))
        row = {name: f"{float(value):.4f}" for name, value in sorted(trainer.callback_metrics.items())}
        print(f"epoch {trainer.current_epoch}  " + "  ".join(f"{name} {row[name]}" for name in row))
