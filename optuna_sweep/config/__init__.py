"""From the text of a sweep file to a frozen ``SweepConfig``, or to all that is wrong with it.

::

    models              SweepConfig: what the rest of the house reads
    ├── yaml_reader     text → plain values
    ├── sweep_file      plain values → typed blocks (entries, settings), broken ones left out
    ├── grammar         the ``parameters`` block → Parameter leaves
    │   ├── distributions, ranges, choices, leaf    one leaf, in any of W&B's forms
    │   └── conditions                              ``when:``
    ├── metrics, early_terminate, command, source, enqueue    one block each
    └── checks          whether the blocks fit together
    schema, reference   the models, for editors and for docs/settings.md

Everything found on the way goes to one ``findings.Findings``; ``wording`` puts pydantic's
complaints into its words. Neither Optuna nor W&B is imported here.
"""

from __future__ import annotations

from optuna_sweep.config.components import Component
from optuna_sweep.config.early_terminate import EarlyTerminate
from optuna_sweep.config.metrics import Metric
from optuna_sweep.config.models import SweepConfig
from optuna_sweep.config.policies import AlertsEntry, RetryEntry, StopEntry
from optuna_sweep.config.settings import Constraint, MetricEntry, Objective, Settings
from optuna_sweep.config.source import Source
from optuna_sweep.config.yaml_reader import load_yaml

__all__ = [
    "AlertsEntry",
    "Component",
    "Constraint",
    "EarlyTerminate",
    "Metric",
    "MetricEntry",
    "Objective",
    "RetryEntry",
    "Settings",
    "Source",
    "StopEntry",
    "SweepConfig",
    "load_yaml",
]
