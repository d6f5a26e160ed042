"""From the text of a sweep file to a frozen ``SweepConfig``, or to all that is wrong with it.

``yaml_reader`` turns text into plain values; ``SweepConfig.parse`` judges them. Below it,
``grammar`` reads the ``parameters`` block into ``parameters``' shapes, and ``settings`` says what
the scheduler's own block may hold.
"""

from __future__ import annotations

from optuna_sweep.config.models import (
    Component,
    Constraint,
    EarlyTerminate,
    Method,
    Metric,
    Objective,
    Settings,
    Source,
    SweepConfig,
)

__all__ = [
    "Component",
    "Constraint",
    "EarlyTerminate",
    "Method",
    "Metric",
    "Objective",
    "Settings",
    "Source",
    "SweepConfig",
]
