"""The network of W&B's PyTorch sweeps tutorial, and its two optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


def build_network(config: Mapping[str, Any], *, inputs: int, outputs: int) -> nn.Module:
    """One hidden layer of ``fc_layer_size`` with ReLU and ``dropout``."""
    width = int(config["fc_layer_size"])
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(inputs, width),
        nn.ReLU(),
        nn.Dropout(float(config["dropout"])),
        nn.Linear(width, outputs),
    )


def build_optimizer(config: Mapping[str, Any], network: nn.Module) -> torch.optim.Optimizer:
    """Make the optimizer that the config names, with its ``learning_rate``.

    Raises:
        ValueError: It is neither ``adam`` nor ``sgd``.
    """
    rate = float(config["learning_rate"])
    match config["optimizer"]:
        case "adam":
            return torch.optim.Adam(network.parameters(), lr=rate)
        case "sgd":
            return torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
    raise ValueError(f"optimizer: {config['optimizer']!r} is not known: use one of adam, sgd")
