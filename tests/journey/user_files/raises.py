def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    return {}["no such key", x]
