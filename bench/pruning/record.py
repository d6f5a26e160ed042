"""Records the learning curves that the pruning benchmark replays: ``python -m bench.pruning.record``.

Each curve is one configuration's validation loss by epoch, to four digits. Drawing the
configurations at random keeps the share of bad ones what a search meets at its start.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
    make_classification,
    make_regression,
)
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "curves"
UNSEEN = FOLDER / "unseen"
"""Tasks on whose curves no setting of a pruner was picked."""
EPOCHS = 30
CONFIGURATIONS = 120
_WORST = 1e3
_TREES_AN_EPOCH = 5

Train = Callable[[np.random.Generator], Iterator[float]]


def main() -> None:
    """Train everything anew, four minutes on one core."""
    warnings.simplefilter("ignore")
    _record(FOLDER, {"digits": _digits, "cancer": _cancer, "wine": _wine, "diabetes": _diabetes})
    _record(
        UNSEEN,
        {
            "blobs-error": _blobs_error,
            "boosted-blobs": _boosted_blobs,
            "boosted-diabetes": _boosted_diabetes,
            "cancer-network": _cancer_network,
            "digits-error": _digits_error,
            "regression": _regression,
        },
    )


def _record(folder: Path, tasks: dict[str, Train]) -> None:
    for name, train in tasks.items():
        random = np.random.default_rng(0)
        curves = [[_short(value) for value in train(random)] for _ in range(CONFIGURATIONS)]
        (folder / f"{name}.json").write_text(json.dumps(curves, separators=(",", ":")) + "\n")
        print(f"{name}: best final loss {min(curve[-1] for curve in curves):.4g}")


def _short(value: float) -> float:
    return float(f"{min(value, _WORST) if math.isfinite(value) else _WORST:.4g}")


def _digits(random: np.random.Generator) -> Iterator[float]:
    """The network of ``jobs/digits``."""
    sys.path.insert(0, str(ROOT / "jobs" / "digits"))
    from network import build, cross_entropy  # type: ignore[import-not-found]

    config = {
        "optimizer": str(random.choice(["adam", "sgd"])),
        "lr": _log(random, 1e-4, 1e-1),
        "momentum": random.uniform(0.0, 0.99),
        "layers": int(random.integers(1, 4)),
        "hidden_units": int(2 ** random.integers(3, 8)),
        "alpha": _log(random, 1e-6, 1e-1),
        "batch_size": int(2 ** random.integers(4, 8)),
        "seed": 0,
    }
    seen, held = _data(load_digits)
    network = build(config, inputs=seen[0].shape[1], outputs=10)
    for _ in range(EPOCHS):
        network.train_epoch(*seen, config["batch_size"])
        yield cross_entropy(network.predict(held[0]), held[1])


def _cancer(random: np.random.Generator) -> Iterator[float]:
    model = SGDClassifier(
        loss="log_loss",
        alpha=_log(random, 1e-7, 1.0),
        eta0=_log(random, 1e-5, 1.0),
        learning_rate=str(random.choice(["constant", "invscaling", "adaptive"])),
        random_state=0,
    )
    return _epochs(model, load_breast_cancer, log_loss, classes=2)


def _wine(random: np.random.Generator) -> Iterator[float]:
    return _epochs(MLPClassifier(**_perceptron(random)), load_wine, log_loss, classes=3)


def _diabetes(random: np.random.Generator) -> Iterator[float]:
    return _epochs(MLPRegressor(**_perceptron(random)), load_diabetes, mean_squared_error)


def _cancer_network(random: np.random.Generator) -> Iterator[float]:
    return _epochs(MLPClassifier(**_perceptron(random)), load_breast_cancer, log_loss, classes=2)


def _digits_error(random: np.random.Generator) -> Iterator[float]:
    return _epochs(MLPClassifier(**_perceptron(random)), _few_digits, _error, classes=10)


def _blobs_error(random: np.random.Generator) -> Iterator[float]:
    return _epochs(MLPClassifier(**_perceptron(random)), _made_blobs, _error, classes=2)


def _regression(random: np.random.Generator) -> Iterator[float]:
    model = SGDRegressor(
        loss=str(random.choice(["squared_error", "huber"])),
        alpha=_log(random, 1e-7, 1.0),
        eta0=_log(random, 1e-5, 1e-1),
        learning_rate=str(random.choice(["constant", "invscaling", "adaptive"])),
        random_state=0,
    )
    return _epochs(model, _made_regression, mean_squared_error)


def _boosted_blobs(random: np.random.Generator) -> Iterator[float]:
    seen, held = _data(_made_blobs)
    model = GradientBoostingClassifier(**_trees(random)).fit(*seen)
    for predicted in list(model.staged_predict_proba(held[0]))[_TREES_AN_EPOCH - 1 :: _TREES_AN_EPOCH]:
        yield float(log_loss(held[1], predicted))


def _boosted_diabetes(random: np.random.Generator) -> Iterator[float]:
    seen, held = _data(load_diabetes)
    model = GradientBoostingRegressor(**_trees(random)).fit(*seen)
    for predicted in list(model.staged_predict(held[0]))[_TREES_AN_EPOCH - 1 :: _TREES_AN_EPOCH]:
        yield float(mean_squared_error(held[1], predicted) / np.var(seen[1]))


def _trees(random: np.random.Generator) -> dict[str, Any]:
    return {
        "n_estimators": EPOCHS * _TREES_AN_EPOCH,
        "learning_rate": _log(random, 5e-3, 1.0),
        "max_depth": int(random.integers(1, 7)),
        "subsample": random.uniform(0.3, 1.0),
        "min_samples_leaf": int(random.integers(1, 30)),
        "random_state": 0,
    }


def _few_digits(*, return_X_y: bool) -> tuple[Any, Any]:
    x, y = load_digits(return_X_y=return_X_y)
    return x[:600], y[:600]


def _made_blobs(*, return_X_y: bool) -> Any:
    return make_classification(n_samples=500, n_informative=6, flip_y=0.1, random_state=3)


def _made_regression(*, return_X_y: bool) -> Any:
    return make_regression(n_samples=300, n_features=30, n_informative=10, noise=30.0, random_state=3)


def _error(truth: Any, predicted: Any) -> float:
    return 1.0 - float(np.mean(np.argmax(predicted, axis=1) == truth))


def _perceptron(random: np.random.Generator) -> dict[str, Any]:
    return {
        "hidden_layer_sizes": (int(2 ** random.integers(2, 8)),) * int(random.integers(1, 4)),
        "learning_rate_init": _log(random, 1e-4, 1e-1),
        "alpha": _log(random, 1e-6, 10.0),
        "batch_size": int(2 ** random.integers(3, 7)),
        "solver": str(random.choice(["adam", "sgd"])),
        "momentum": random.uniform(0.0, 0.99),
        "random_state": 0,
    }


def _epochs(
    model: Any, load: Callable[..., Any], loss: Callable[..., float], *, classes: int = 0
) -> Iterator[float]:
    seen, held = _data(load)
    if not classes:
        scaler = StandardScaler().fit(seen[1][:, None])
        seen, held = ((x, scaler.transform(y[:, None])[:, 0]) for x, y in (seen, held))
    for _ in range(EPOCHS):
        try:
            model.partial_fit(*seen, **({"classes": range(classes)} if classes else {}))
            found = model.predict_proba(held[0]) if classes else model.predict(held[0])
            yield float(loss(held[1], found))
        except ValueError:  # the weights are no numbers any more
            yield _WORST


def _data(load: Callable[..., Any]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    x, y = load(return_X_y=True)
    x_seen, x_held, y_seen, y_held = train_test_split(x, y, test_size=0.3, random_state=0)
    scaler = StandardScaler().fit(x_seen)
    return (scaler.transform(x_seen), y_seen), (scaler.transform(x_held), y_held)


def _log(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


if __name__ == "__main__":
    main()
