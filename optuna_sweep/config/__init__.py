"""From the text of a sweep file to a frozen ``SweepConfig``, or to all that is wrong with it.

``yaml_reader`` turns text into plain values; ``SweepConfig.parse`` judges them. Below it,
``grammar`` reads the ``parameters`` block into ``parameters``' shapes, and ``settings`` says what
the scheduler's own block may hold.
"""

from __future__ import annotations

from optuna_sweep.config.early_terminate import EarlyTerminate
from optuna_sweep.config.metrics import Metric
from optuna_sweep.config.models import SweepConfig
from optuna_sweep.config.settings import Component, Constraint, MetricEntry, Objective, Settings
from optuna_sweep.config.source import Source
from optuna_sweep.config.yaml_reader import load_yaml

__all__ = [
    "Component",
    "Constraint",
    "EarlyTerminate",
    "Metric",
    "MetricEntry",
    "Objective",
    "Settings",
    "Source",
    "SweepConfig",
    "load_yaml",
]
