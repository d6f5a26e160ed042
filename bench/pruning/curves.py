"""The learning curves that are replayed: recorded ones, and made-up ones that cross."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pruning.record import CONFIGURATIONS, EPOCHS, FOLDER, UNSEEN

Curves = NDArray[np.float64]


def tasks() -> dict[str, Curves]:
    """For each task one row a configuration, one column an epoch; less is better."""
    return {**_recorded(FOLDER), "crossing": crossing()}


def unseen() -> dict[str, Curves]:
    """The same of tasks on which no setting of a pruner was picked."""
    return {**_recorded(UNSEEN), "noise": noise()}


def _recorded(folder: Path) -> dict[str, Curves]:
    return {path.stem: np.array(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))}


def crossing() -> Curves:
    """Noisy decays whose speed says nothing about their end: slow ones overtake fast ones."""
    random = np.random.default_rng(5)
    epochs = np.arange(EPOCHS)
    end = random.uniform(0.0, 1.0, (CONFIGURATIONS, 1))
    start = end + random.uniform(0.5, 2.0, (CONFIGURATIONS, 1))
    slowness = np.exp(random.uniform(0.0, np.log(20.0), (CONFIGURATIONS, 1)))
    noise = random.normal(0.0, 0.02, (CONFIGURATIONS, EPOCHS))
    return np.asarray(end + (start - end) * np.exp(-epochs / slowness) + noise)


def noise() -> Curves:
    """Decays to ends that their noise hides: whose last value is least is a matter of luck."""
    random = np.random.default_rng(11)
    epochs = np.arange(EPOCHS)
    end = random.uniform(0.0, 1.0, (CONFIGURATIONS, 1))
    slowness = np.exp(random.uniform(0.0, np.log(10.0), (CONFIGURATIONS, 1)))
    return np.asarray(
        end + 1.5 * np.exp(-epochs / slowness) + random.normal(0.0, 0.15, (CONFIGURATIONS, EPOCHS))
    )
