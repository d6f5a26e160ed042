"""A linear classifier of handwritten digits, with its parameters as command-line flags.

Written for ``wandb sweep``: the flags are the defaults, and what a sweep has put into the run's config
goes before them. Nothing here knows who chose it.
"""

from __future__ import annotations

import argparse

import wandb
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alpha", type=float, default=1e-4, help="strength of the penalty")
    parser.add_argument("--eta0", type=float, default=0.01, help="learning rate")
    parser.add_argument("--penalty", choices=["l1", "l2"], default="l2")
    parser.add_argument("--epochs", type=int, default=10)
    return parser.parse_args()


def main() -> None:
    """Train, and log one row an epoch."""
    asked = arguments()
    images, labels = load_digits(return_X_y=True)
    train_x, val_x, train_y, val_y = train_test_split(images / 16, labels, random_state=0, stratify=labels)
    with wandb.init(config=vars(asked)) as run:
        model = SGDClassifier(
            loss="log_loss",
            learning_rate="constant",
            alpha=run.config.alpha,
            eta0=run.config.eta0,
            penalty=run.config.penalty,
            random_state=0,
        )
        for epoch in range(1, run.config.epochs + 1):
            model.partial_fit(train_x, train_y, classes=range(10))
            run.log({"epoch": epoch, "val_accuracy": model.score(val_x, val_y)})


if __name__ == "__main__":
    main()
