"""What a run's history means: the values reported to the pruner, and the one that is told.

::

    rows ─▶ readings (a number, NaN, or nothing) ─▶ series (last, best, mean)  ─▶ Curve.value
                                                 └▶ axis (step on the grid)    ─▶ Curve.add
"""

from __future__ import annotations

from optuna_sweep.measure.curve import Curve, Report
from optuna_sweep.measure.measure import Measure

__all__ = ["Curve", "Measure", "Report"]
