"""What people see of a sweep: lines, the history and summary of its runs, tables and pictures. No network.

``reporter`` decides what is shown when; ``progress`` words the lines; ``rows``, ``history`` and
``standing`` are the numbers; ``charts`` and ``page`` are the pictures.
"""

from __future__ import annotations

from optuna_sweep.report.alerts import Alerts
from optuna_sweep.report.progress import Progress
from optuna_sweep.report.reporter import Reporter
from optuna_sweep.report.status_line import StatusLine

__all__ = ["Alerts", "Progress", "Reporter", "StatusLine"]
