"""In an artifact: the shape of W&B's document, which uses `optuna` without an import."""


def objective(trial):
    kind = trial.suggest_categorical("kind", ["a", "b"])
    if kind == "b":
        trial.suggest_float("rate", 1e-4, 1e-1, log=True)
    trial.suggest_float("x", 0, 1)
    return 0


def study():
    return optuna.create_study(  # noqa: F821
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=1),  # noqa: F821
    )
