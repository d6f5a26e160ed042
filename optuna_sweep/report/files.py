"""The files of a study's artifact that people open: a table, a summary, a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import optuna

from optuna_sweep.config import Metric
from optuna_sweep.report.charts import Chart
from optuna_sweep.report.page import Ended, page
from optuna_sweep.report.plain import plain
from optuna_sweep.report.rows import as_csv, table
from optuna_sweep.report.standing import best_trial, front, standing

CSV, SUMMARY, PAGE = "trials.csv", "study.json", "report.html"


def write_files(
    folder: Path, study: optuna.Study, metrics: Sequence[Metric], charts: Sequence[Chart], ended: Ended
) -> list[Path]:
    """Write ``trials.csv``, ``study.json`` and ``report.html``, replacing what is there.

    Args:
        folder: Where to.
        study: In the values that the runs saw.
        metrics: The objectives in order.
        charts: The plots of the page.
        ended: How the sweep ended.
    """
    trials = study.get_trials(deepcopy=False)
    best = best_trial(study, metrics)
    shown = front(study, metrics) if best is None else [best]
    texts = {
        CSV: as_csv(*table(trials, metrics)),
        SUMMARY: json.dumps(_summary(study, metrics, ended), indent=2, default=str) + "\n",
        PAGE: page(ended, trials, shown, metrics, charts),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _summary(study: optuna.Study, metrics: Sequence[Metric], ended: Ended) -> object:
    return plain(
        {
            "sweep": ended.sweep_id,
            "study": ended.study_name,
            "state": ended.state,
            "reason": ended.reason,
            "objectives": [
                {"name": metric.name, "goal": "minimize" if metric.minimize else "maximize"}
                for metric in metrics
            ],
            **standing(study, metrics),
        }
    )
