"""The network of the digits job, whose arithmetic is its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "jobs" / "digits" / "network.py"
CONFIG: dict[str, Any] = {
    "optimizer": "adam",
    "lr": 0.01,
    "momentum": 0.9,
    "alpha": 0.0,
    "hidden_units": 8,
    "layers": 2,
    "seed": 7,
}


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("digits_network", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


network = load()


class Keeping:
    """An optimizer that moves nothing and keeps what it was given."""

    def step(self, parameters: Sequence[Any], gradients: Sequence[Any]) -> None:
        self.parameters, self.gradients = parameters, [gradient.copy() for gradient in gradients]


def examples(count: int = 60) -> tuple[Any, Any]:
    """Points of three classes that lie apart."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, count)
    return np.eye(3)[labels] + random.normal(0.0, 0.1, (count, 3)), labels


def losses(epochs: int = 30, **changes: Any) -> list[float]:
    images, labels = examples()
    net = network.build({**CONFIG, **changes}, inputs=3, outputs=3)
    return [net.train_epoch(images, labels, 16) for _ in range(epochs)]


def test_the_gradients_are_those_of_the_loss_and_the_penalty() -> None:
    images, labels = examples(11)
    kept, alpha = Keeping(), 0.01
    net = network.Network([3, 7, 5, 3], optimizer=kept, alpha=alpha, random=np.random.default_rng(1))
    net.train_epoch(images, labels, batch_size=11)

    def objective() -> float:
        penalty = sum(float((each**2).sum()) for each in kept.parameters if each.ndim == 2)
        return float(network.cross_entropy(net.predict(images), labels)) + alpha / 2 * penalty

    for parameter, gradient in zip(kept.parameters, kept.gradients, strict=True):
        assert gradient.shape == parameter.shape
        first = (0,) * parameter.ndim
        parameter[first] += 1e-6
        above = objective()
        parameter[first] -= 2e-6
        slope = (above - objective()) / 2e-6
        parameter[first] += 1e-6
        assert gradient[first] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_training_lowers_the_loss(optimizer: str) -> None:
    falling = losses(100, optimizer=optimizer)
    assert falling[-1] < 0.2 * falling[0]


def test_the_same_seed_gives_the_same_losses_and_another_gives_others() -> None:
    assert losses(3) == losses(3)
    assert losses(3) != losses(3, seed=8)


def test_predictions_are_probabilities() -> None:
    images, _ = examples()
    predicted = network.build(CONFIG, inputs=3, outputs=3).predict(images)
    assert predicted.shape == (60, 3)
    assert (predicted >= 0).all()
    assert predicted.sum(axis=1) == pytest.approx(np.ones(60))


def test_an_unknown_optimizer_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="optimizer: 'lion' is not known: use one of adam, sgd"):
        network.build({**CONFIG, "optimizer": "lion"}, inputs=3, outputs=3)
