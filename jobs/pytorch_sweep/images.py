"""The images to train on, as in the tutorial without a part for validation."""

from __future__ import annotations

from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch.utils.data import TensorDataset

SOURCES = ("digits", "mnist")
CLASSES = 10
EVERY = 5
"""The tutorial takes every fifth image of MNIST."""


def load(source: str) -> TensorDataset:
    """Load one of ``SOURCES``: images of numbers from 0 to 1, and the digit that each one shows."""
    images, labels = mnist() if source == "mnist" else digits()
    return TensorDataset(images.float(), labels.long())


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """1,797 images of 8 by 8 pixels, which come with scikit-learn."""
    images, labels = load_digits(return_X_y=True)
    return torch.as_tensor(images) / 16, torch.as_tensor(labels)


def mnist() -> tuple[torch.Tensor, torch.Tensor]:
    """12,000 images of 28 by 28 pixels, downloaded once into ``~/.cache/mnist``; needs torchvision."""
    from torchvision.datasets import MNIST  # not at the top: the digits need neither it nor a network

    found = MNIST(Path.home() / ".cache" / "mnist", train=True, download=True)
    return found.data[::EVERY] / 255, found.targets[::EVERY]
