"""What a run of the digits job is given: the momentum only where there is an optimizer that has one."""


def objective(trial):
    trial.suggest_float("lr", 1e-3, 1e-1, log=True)
    trial.suggest_int("hidden_units", 16, 64, step=16)
    if trial.suggest_categorical("optimizer", ["adam", "sgd"]) == "sgd":
        trial.suggest_float("momentum", 0.5, 0.95)
    trial.suggest_categorical("epochs", [4])
