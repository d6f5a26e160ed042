"""The releases of wandb and Optuna that are supported, tried out: each cell in environments of its own.

`make matrix` runs the contract and real sweeps with the scheduler on both ends and the middle of its ranges,
and with launch agents and training jobs on theirs. Environments are kept in `build/matrix`.
"""
