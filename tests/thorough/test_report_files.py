"""The table, the summary and the page of a study's artifact."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial

from optuna_sweep.config import Metric
from optuna_sweep.report.charts import Chart, charts
from optuna_sweep.report.files import write_files
from optuna_sweep.report.page import Ended
from optuna_sweep.report.standing import Saved, saved

LOSS = Metric(name="val/loss")
NASTY = "</script><script>alert(1)</script>"
ENDED = Ended(
    sweep_id="abc", study_name="optuna-study-abc", state="finished", reason="run_cap of 3 is reached"
)
SPACE = {"lr": FloatDistribution(0.0, 1.0), "name": CategoricalDistribution([NASTY, "=1+1"])}


def study() -> optuna.Study:
    made = optuna.create_study(study_name="optuna-study-abc")
    for number, (lr, name) in enumerate([(0.5, NASTY), (0.25, "=1+1")]):
        made.add_trial(
            create_trial(
                value=lr,
                params={"lr": lr, "name": name},
                distributions=SPACE,
                intermediate_values=dict.fromkeys(range(10), lr),
                user_attrs={"run_id": f"abc-000{number}"},
            )
        )
    made.add_trial(
        create_trial(
            state=TrialState.PRUNED,
            params={"lr": 0.9, "name": NASTY},
            distributions=SPACE,
            intermediate_values={0: 0.9, 1: 0.9},
            user_attrs={"run_id": "abc-0002", "reason": "step 1: 0.9 is above the median 0.375 of 2 trials"},
        )
    )
    return made


def written(folder: Path, *shown: Chart) -> dict[str, str]:
    files = write_files(folder, study(), [LOSS], shown, ENDED)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def test_the_table_has_a_row_for_each_trial_and_no_formula(tmp_path: Path) -> None:
    rows = list(csv.DictReader(written(tmp_path)["trials.csv"].splitlines()))
    assert [row["trial"] for row in rows] == ["0", "1", "2"]
    assert [row["val/loss"] for row in rows] == ["0.5", "0.25", ""]
    assert rows[1]["param/name"] == "'=1+1"
    assert rows[2]["trial/reason"] == "step 1: 0.9 is above the median 0.375 of 2 trials"


def test_the_summary_says_how_it_ended_and_what_was_best(tmp_path: Path) -> None:
    summary = json.loads(written(tmp_path)["study.json"])
    assert (summary["state"], summary["reason"]) == ("finished", "run_cap of 3 is reached")
    assert (summary["best_value"], summary["best_run"]) == (0.25, "abc-0001")
    assert summary["objectives"] == [{"name": "val/loss", "goal": "minimize"}]


def test_the_page_escapes_what_comes_from_the_sweep(tmp_path: Path) -> None:
    assert NASTY not in written(tmp_path, *charts(study(), [LOSS]))["report.html"]


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    text = written(tmp_path)["report.html"]
    assert "src=" not in text
    assert "http" not in text


def test_the_page_marks_the_best_trial_and_says_how_to_run_it_again(tmp_path: Path) -> None:
    text = written(tmp_path)["report.html"]
    assert text.count("<tr class=best><td>1</td>") == text.count("class=best") == 1
    assert "study = optuna.load_study(study_name=&#x27;optuna-study-abc&#x27;, storage=storage)" in text
    assert "enqueue:" in text


def test_a_plot_that_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    assert (
        "<li>Slice: there is no parameter</li>"
        in written(tmp_path, Chart("slice", None, "there is no parameter"))["report.html"]
    )


def test_the_same_study_gives_the_same_files(tmp_path: Path) -> None:
    made = study()
    pages = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shown = list(charts(made, [LOSS]))
        pages.append([file.read_bytes() for file in write_files(tmp_path / name, made, [LOSS], shown, ENDED)])
    assert pages[0] == pages[1]


def test_what_pruning_saved_is_what_the_median_run_has_more() -> None:
    spared = saved(study().trials)
    assert spared == Saved(pruned=1, steps=8, of_steps=30, seconds=spared.seconds if spared else 0.0)


def test_without_pruned_trials_nothing_was_saved() -> None:
    assert saved([trial for trial in study().trials if trial.state is TrialState.COMPLETE]) is None
