"""What is searched: two functions and three small scikit-learn models with real data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from bench.sweeps import MIXED


@dataclass(frozen=True, slots=True)
class Task:
    """A function to minimise.

    Attributes:
        name: For the table.
        parameters: The block of a sweep file.
        loss: What a run would log.
        best: The lowest loss known, from which regret is counted.
    """

    name: str
    parameters: Mapping[str, Any]
    loss: Callable[[Mapping[str, Any]], float]
    best: float


# Dixon and Szegő's constants, from https://www.sfu.ca/~ssurjano/hart6.html
_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def _hartmann(params: Mapping[str, Any]) -> float:
    x = np.array([params[f"x{n}"] for n in range(6)])
    return -float(_ALPHA @ np.exp(-(_A * (x - _P) ** 2).sum(axis=1)))


def _mixed(params: Mapping[str, Any]) -> float:
    """A made-up network: the right rate depends on the optimizer, size helps up to a point."""
    rate = {"adam": -3.0, "sgd": -1.5, "rmsprop": -3.5}[params["optimizer"]]
    loss = 0.2 * (np.log10(params["lr"]) - rate) ** 2 + 0.1 * (np.log10(params["decay"]) + 4) ** 2
    loss += (params["dropout"] - 0.2) ** 2 + 0.3 * (params["momentum"] - 0.9) ** 2
    loss += 0.1 * (np.log2(params["units"]) - 6.5) ** 2 + 0.1 * (params["layers"] - 3) ** 2
    return float(
        loss + {"relu": 0.0, "tanh": 0.1}[params["activation"]] + 0.05 * (params["optimizer"] != "adam")
    )


@cache
def _data(load: Callable[..., Any]) -> tuple[Any, Any]:
    x, y = load(return_X_y=True)
    return x[:300], y[:300]


def _scored(load: Callable[..., Any], model: Any) -> float:
    x, y = _data(load)
    return 1.0 - float(cross_val_score(make_pipeline(StandardScaler(), model), x, y, cv=3).mean())


def _log(low: float, high: float) -> dict[str, Any]:
    return {"distribution": "log_uniform_values", "min": low, "max": high}


_SVM = {"C": _log(1e-3, 1e3), "gamma": _log(1e-5, 10.0), "kernel": {"values": ["rbf", "poly", "sigmoid"]}}
_NEIGHBORS = {
    "n_neighbors": {"min": 1, "max": 60},
    "p": {"min": 1.0, "max": 5.0},
    "weights": {"values": ["uniform", "distance"]},
    "leaf_size": {"min": 5, "max": 60},
}

TASKS = (
    Task("hartmann-6", {f"x{n}": {"min": 0.0, "max": 1.0} for n in range(6)}, _hartmann, -3.32237),
    Task("mixed, 8 parameters", MIXED, _mixed, 0.0),
    Task("wine, SVC", _SVM, lambda params: _scored(load_wine, SVC(**params, max_iter=2000)), 0.0),
    Task("diabetes, SVR", _SVM, lambda params: _scored(load_diabetes, SVR(**params, max_iter=2000)), 0.0),
    Task("cancer, neighbours", _NEIGHBORS, lambda params: _scored(load_breast_cancer, _nearest(params)), 0.0),
)
"""Where no best loss is known, regret is the loss itself: the error, or 1 - R²."""


def _nearest(params: Mapping[str, Any]) -> KNeighborsClassifier:
    return KNeighborsClassifier(**params)
