"""Beside the scheduler: a search space with a condition, a sampler, a pruner. `optuna` is not imported."""


def objective(trial):
    x = trial.suggest_float("x", 0.0, 1.0)
    if trial.suggest_categorical("deep", [True, False]):
        trial.suggest_int("layers", 2, 4)
    trial.suggest_categorical("epochs", [2])
    return x


def sampler():
    return optuna.samplers.RandomSampler(seed=3)  # noqa: F821


def pruner():
    return optuna.pruners.PercentilePruner(25.0)  # noqa: F821
