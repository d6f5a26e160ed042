import time


def objective(trial):
    trial.suggest_float("x", 0, 1)
    time.sleep(30)
