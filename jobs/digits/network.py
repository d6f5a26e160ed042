"""A multilayer perceptron and its two optimizers, in numpy.

Not scikit-learn's ``MLPClassifier``: its ``partial_fit`` swallows KeyboardInterrupt,
which is how a stop request from W&B arrives, and a stopped run would train on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Optimizer(Protocol):
    """Moves parameters, given the gradients of the loss. One for each network."""

    def step(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        """Change the parameters in place; called once a batch, always with the same arrays."""
        ...


class Sgd:
    """Gradient descent with momentum."""

    def __init__(self, lr: float, momentum: float) -> None:
        self._lr, self._momentum = lr, momentum
        self._velocities: list[Array] = []

    def step(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        """Change the parameters in place."""
        self._velocities = self._velocities or [np.zeros_like(each) for each in parameters]
        for parameter, gradient, velocity in zip(parameters, gradients, self._velocities, strict=True):
            velocity *= self._momentum
            velocity -= self._lr * gradient
            parameter += velocity


class Adam:
    """Adam, algorithm 1 of Kingma and Ba (https://arxiv.org/abs/1412.6980), with its betas and epsilon."""

    def __init__(self, lr: float) -> None:
        self._lr, self._time = lr, 0
        self._moments: list[tuple[Array, Array]] = []

    def step(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        """Change the parameters in place."""
        self._moments = self._moments or [(np.zeros_like(each), np.zeros_like(each)) for each in parameters]
        self._time += 1
        rate = self._lr * np.sqrt(1 - 0.999**self._time) / (1 - 0.9**self._time)
        for parameter, gradient, (first, second) in zip(parameters, gradients, self._moments, strict=True):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            parameter -= rate * first / (np.sqrt(second) + 1e-8)


class Network:
    """Fully connected layers with ReLU between them and a softmax at the end.

    Args:
        sizes: Width of every layer, the input's and the output's included.
        optimizer: Moves the weights; belongs to this network from now on.
        alpha: The L2 penalty on the weights.
        random: Draws the first weights and the order of the batches.
    """

    def __init__(
        self, sizes: Sequence[int], *, optimizer: Optimizer, alpha: float, random: np.random.Generator
    ) -> None:
        self._optimizer, self._alpha, self._random = optimizer, alpha, random
        self._weights = [
            random.normal(0.0, np.sqrt(2.0 / fan_in), (fan_in, fan_out))
            for fan_in, fan_out in pairwise(sizes)
        ]
        self._biases = [np.zeros(width) for width in sizes[1:]]

    @property
    def size(self) -> int:
        """How many numbers training moves."""
        return sum(each.size for each in [*self._weights, *self._biases])

    def train_epoch(self, images: Array, labels: Labels, batch_size: int) -> float:
        """See every image once, in a new order, and return the mean cross-entropy on the way."""
        order = self._random.permutation(len(images))
        total = 0.0
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            total += self._train_batch(images[batch], labels[batch]) * len(batch)
        return total / len(order)

    def predict(self, images: Array) -> Array:
        """Give each image's probability of being each digit."""
        return self._activations(images)[-1]

    def _train_batch(self, images: Array, labels: Labels) -> float:
        activations = self._activations(images)
        loss = cross_entropy(activations[-1], labels)
        error = activations[-1].copy()
        error[np.arange(len(labels)), labels] -= 1.0
        error /= len(labels)
        gradients: list[Array] = []
        for layer in reversed(range(len(self._weights))):
            gradients += [
                error.sum(axis=0),
                activations[layer].T @ error + self._alpha * self._weights[layer],
            ]
            error = error @ self._weights[layer].T
            error[activations[layer] <= 0] = 0.0
        self._optimizer.step([*self._weights, *self._biases], [*gradients[-1::-2], *gradients[-2::-2]])
        return loss

    def _activations(self, images: Array) -> list[Array]:
        *hidden, last = zip(self._weights, self._biases, strict=True)
        activations = [images]
        for weights, biases in hidden:
            activations.append(np.maximum(activations[-1] @ weights + biases, 0.0))
        weights, biases = last
        return [*activations, softmax(activations[-1] @ weights + biases)]


def softmax(scores: Array) -> Array:
    """Turn each row of scores into probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_entropy(probabilities: Array, labels: Labels) -> float:
    """Mean negative log-likelihood of the labels."""
    likelihoods = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(likelihoods, 1e-12)).mean())


def build(config: Mapping[str, Any], *, inputs: int, outputs: int) -> Network:
    """Make the untrained network that the run's config describes.

    Raises:
        ValueError: The optimizer is neither ``adam`` nor ``sgd``.
    """
    optimizers: dict[str, Optimizer] = {
        "adam": Adam(float(config["lr"])),
        "sgd": Sgd(float(config["lr"]), float(config["momentum"])),
    }
    if config["optimizer"] not in optimizers:
        raise ValueError(
            f"optimizer: {config['optimizer']!r} is not known: use one of {', '.join(optimizers)}"
        )
    return Network(
        [inputs, *[int(config["hidden_units"])] * int(config["layers"]), outputs],
        optimizer=optimizers[config["optimizer"]],
        alpha=float(config["alpha"]),
        random=np.random.default_rng(int(config["seed"])),
    )
