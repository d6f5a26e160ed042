import a_module_that_nobody_has  # noqa: F401


def objective(trial):
    trial.suggest_float("x", 0, 1)
