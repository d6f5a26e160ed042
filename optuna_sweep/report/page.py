"""``report.html``: the whole sweep on one page that needs nothing else, not even a network.

What comes from a sweep (names, values, reasons) is text, and is escaped wherever it stands. The same
study gives the same page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from optuna.trial import FrozenTrial

from optuna_sweep.config import Metric
from optuna_sweep.report.charts import Chart
from optuna_sweep.report.page_style import DRAW, STYLE
from optuna_sweep.report.rows import table
from optuna_sweep.report.standing import Saved, counts, saved

MOST_ROWS = 2000
_FRONT_SHOWN = 5
_HOURS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a sweep ended.

    Attributes:
        sweep_id: The sweep.
        study_name: The study.
        state: The sweep's last state, in lower case.
        reason: The rule that ended it, in words; empty where a person did.
    """

    sweep_id: str
    study_name: str
    state: str
    reason: str = ""


def page(
    ended: Ended,
    trials: Sequence[FrozenTrial],
    best: Sequence[FrozenTrial],
    metrics: Sequence[Metric],
    charts: Sequence[Chart],
) -> str:
    """The page.

    Args:
        ended: How the sweep ended.
        trials: All trials, by number.
        best: The best trial, or the Pareto front.
        metrics: The objectives in order.
        charts: What to draw, and what could not be drawn.
    """
    body = [
        f"<h1>Sweep {escape(ended.sweep_id)}</h1>",
        f"<p class='lead'>{_how_it_ended(ended)}</p>",
        _tiles(trials, best, metrics),
        *_best(best, metrics, ended),
        *_charts(charts),
        _table(trials, best, metrics),
    ]
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<link rel='icon' href='data:,'>"
        f"<title>Sweep {escape(ended.sweep_id)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>{''.join(body)}</main>{_script(charts)}</body></html>\n"
    )


def _how_it_ended(ended: Ended) -> str:
    because = f": {escape(ended.reason)}" if ended.reason else ""
    return (
        f"It ended as <b>{escape(ended.state)}</b>{because}. Study <code>{escape(ended.study_name)}</code>."
    )


def _tiles(trials: Sequence[FrozenTrial], best: Sequence[FrozenTrial], metrics: Sequence[Metric]) -> str:
    states = {key.removeprefix("trials/"): count for key, count in counts(trials).items()}
    tiles = [(str(len(trials)), "trials: " + ", ".join(f"{n} {word}" for word, n in states.items() if n))]
    if len(metrics) == 1 and best:
        goal = "lowest" if metrics[0].minimize else "highest"
        tiles.insert(0, (f"{best[0].value:.6g}", f"{goal} {metrics[0].name}, trial {best[0].number}"))
    elif best:
        tiles.insert(0, (str(len(best)), "trials on the Pareto front"))
    spared = saved(trials)
    if spared is not None:
        tiles.append(_saving(spared))
    return (
        "<div class='tiles'>"
        + "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in tiles)
        + "</div>"
    )


def _saving(spared: Saved) -> tuple[str, str]:
    share = 100 * spared.steps / spared.of_steps if spared.of_steps else 0.0
    hours = f"{spared.seconds / _HOURS:.1f} hours" if spared.seconds > _HOURS else f"{spared.seconds:.0f} s"
    words = f"of {spared.of_steps} reports saved by pruning {spared.pruned} trials, about {hours} of training"
    return f"{share:.0f} %", words


def _best(best: Sequence[FrozenTrial], metrics: Sequence[Metric], ended: Ended) -> Iterable[str]:
    """How to run the best again."""
    if not best or not metrics:
        return
    one = len(metrics) == 1
    yield f"<h2>{'The best run' if one else 'The Pareto front'}, again</h2>"
    for trial in best[:1] if one else best[:_FRONT_SHOWN]:
        run = trial.user_attrs.get("run_id", "")
        values = ", ".join(f"{m.name} {v:.6g}" for m, v in zip(metrics, trial.values, strict=False))
        yield f"<p>Trial {trial.number}, run <code>{escape(str(run))}</code>: {escape(values)}</p>"
        yield f"<pre>{escape(json.dumps(trial.params, indent=2, default=str))}</pre>"
    if len(best) > _FRONT_SHOWN:
        yield f"<p>The other {len(best) - _FRONT_SHOWN} are marked in the table below.</p>"
    point = json.dumps(best[0].params, default=str)
    entry = f"scheduler:\n  settings:\n    enqueue:\n      - {point}"
    yield "<p>In a sweep file, this runs it first:</p>"
    yield f"<pre>{escape(entry)}</pre>"
    yield "<p>And this opens the study, with the <code>study.journal</code> of the same artifact:</p>"
    load = (
        "import optuna\nfrom optuna.storages import JournalStorage\n"
        "from optuna.storages.journal import JournalFileBackend\n\n"
        'storage = JournalStorage(JournalFileBackend("study.journal"))\n'
        f"study = optuna.load_study(study_name={ended.study_name!r}, storage=storage)"
    )
    yield f"<pre>{escape(load)}</pre>"


def _charts(charts: Sequence[Chart]) -> Iterable[str]:
    yield "<h2>Plots</h2>"
    for at, chart in enumerate(charts):
        if chart.figure is not None:
            extent = f" <small>{escape(chart.extent)}</small>" if chart.extent else ""
            title = f"<figcaption>{escape(_title(chart))}{extent}</figcaption>"
            yield f"<figure>{title}<div id='chart-{at}'></div></figure>"
    left_out = [chart for chart in charts if chart.figure is None]
    if left_out:
        items = "".join(f"<li>{escape(_title(chart))}: {escape(chart.reason)}</li>" for chart in left_out)
        yield f"<p>Not drawn:</p><ul>{items}</ul>"


def _title(chart: Chart) -> str:
    return chart.name.replace("_", " ").replace("/", ": ").capitalize()


def _table(trials: Sequence[FrozenTrial], best: Sequence[FrozenTrial], metrics: Sequence[Metric]) -> str:
    columns, rows = table(trials[-MOST_ROWS:], metrics)
    marked = {trial.number for trial in best}
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr{' class=best' if row[0] in marked else ''}>{_cells(row)}</tr>" for row in rows)
    shown = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<h2>Trials</h2><div class='wide'>{shown}</div>"


def _cells(row: Sequence[Any]) -> str:
    return "".join(f"<td>{_cell(value)}</td>" for value in row)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else escape(str(value))


def _script(charts: Sequence[Chart]) -> str:
    figures: dict[str, Mapping[str, Any]] = {
        f"chart-{at}": chart.figure for at, chart in enumerate(charts) if chart.figure is not None
    }
    if not figures:
        return ""
    from plotly.offline import get_plotlyjs

    # `<` could end the script, or begin a comment in it.
    data = json.dumps(figures).replace("<", "\\u003c")
    return (
        f"<script>{get_plotlyjs()}</script>"
        f"<script type='application/json' id='figures'>{data}</script><script>{DRAW}</script>"
    )
