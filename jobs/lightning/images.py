"""The images to classify: scikit-learn's digits, or MNIST where it can be downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import TensorDataset

SOURCES = ("digits", "mnist")
CLASSES = 10


class Images(NamedTuple):
    """Images of numbers from 0 to 1 with the digit that each one shows, always split in the same way."""

    train: TensorDataset
    val: TensorDataset
    pixels: int


def load(source: str) -> Images:
    """Load one of ``SOURCES``."""
    return mnist() if source == "mnist" else digits()


def digits() -> Images:
    """1,797 images of 8 by 8 pixels, which come with scikit-learn; a quarter is for validation."""
    images, labels = load_digits(return_X_y=True)
    train_images, val_images, train_labels, val_labels = train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )
    return Images(dataset(train_images, train_labels), dataset(val_images, val_labels), pixels=64)


def mnist() -> Images:
    """70,000 images of 28 by 28 pixels, downloaded once into ``~/.cache/mnist``; needs torchvision."""
    from torchvision.datasets import MNIST  # not at the top: the digits need neither it nor a network

    folder = Path.home() / ".cache" / "mnist"
    train, val = (MNIST(folder, train=part, download=True) for part in (True, False))
    return Images(dataset(train.data / 255, train.targets), dataset(val.data / 255, val.targets), pixels=784)


def dataset(images: object, labels: object) -> TensorDataset:
    """Put images and labels, of whatever kind of array, side by side."""
    return TensorDataset(
        torch.as_tensor(images, dtype=torch.float32), torch.as_tensor(labels, dtype=torch.int64)
    )
