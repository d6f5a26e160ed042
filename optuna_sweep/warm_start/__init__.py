"""``warm_start``: what earlier sweeps and other studies found, as trials of a new study.

``earlier`` reads runs and trials into one form, ``importing`` makes trials of this study's space
out of them or says why not, ``beginning`` decides when that happens and fetches what is needed.
"""

from __future__ import annotations

from optuna_sweep.warm_start.beginning import Sources, begin_warm
from optuna_sweep.warm_start.importing import ORIGIN

__all__ = ["ORIGIN", "Sources", "begin_warm"]
