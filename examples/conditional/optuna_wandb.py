"""The knobs of each database, and who turns them."""

import optuna


def objective(trial):
    database = trial.suggest_categorical("database", ["small", "medium", "large"])
    trial.suggest_int("connections", 1, 10)
    if database == "medium":
        trial.suggest_int("batch_size", 64, 256)
    else:
        trial.suggest_int("batch_size", 16, 64)
        trial.suggest_categorical("randomize", [True, False])


def sampler():
    # A group of parameters for each branch, so that what was learned of one is not lost on another.
    return optuna.samplers.TPESampler(multivariate=True, group=True, n_startup_trials=6, seed=10)


def pruner():
    return optuna.pruners.SuccessiveHalvingPruner(min_resource=3, reduction_factor=3)
