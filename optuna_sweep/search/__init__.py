"""The core: asks the study, hands out runs, takes in what was seen of them, and tells the study.

``search`` is what the loop talks to; ``live`` is one trial that has not been told, with its runs;
``recovering`` puts a search together again from the study's file and the sweep's runs.
"""

from __future__ import annotations

from optuna_sweep.search.live import Retry
from optuna_sweep.search.recovering import Adopted, Recovered, recover
from optuna_sweep.search.search import Search

__all__ = ["Adopted", "Recovered", "Retry", "Search", "recover"]
