"""Optuna's plots as plain data, and the reasons of those that are left out."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import optuna
import plotly.io
import pytest
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial

from optuna_sweep.config import Metric
from optuna_sweep.report.charts import Chart, charts
from optuna_sweep.report.objective import Objective
from optuna_sweep.report.plain import plain

LOSS, ACC = Metric(name="loss"), Metric(name="acc", minimize=False)
UNIT = FloatDistribution(0.0, 1.0)


def study(trials: int, *, objectives: int = 1, parameters: str = "xyz", steps: int = 3) -> optuna.Study:
    made = optuna.create_study(directions=["minimize", "maximize"][:objectives])
    for number in range(trials):
        point = {name: (0.37 * (number + 1) * (at + 1)) % 1.0 for at, name in enumerate(parameters)}
        made.add_trial(
            create_trial(
                values=[sum(point.values()) + number, float(number % 3)][:objectives],
                params=point,
                distributions=dict.fromkeys(point, UNIT),
                intermediate_values={step: 1.0 / (step + 1) for step in range(steps)},
            )
        )
    return made


def drawn(of: optuna.Study, *metrics: Metric) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(of, metrics or (LOSS,))}


def points(figure: Any) -> int:
    return max(len(trace.get("x", [])) for trace in figure["data"])


def test_one_objective_has_all_of_optunas_plots() -> None:
    found = drawn(study(8))
    assert list(found) == [
        "optimization_history",
        "intermediate_values",
        "parallel_coordinate",
        "parameter_importances",
        "slice",
        "contour",
        "rank",
        "edf",
        "timeline",
    ]
    assert [chart.reason for chart in found.values()] == [""] * 9


def test_a_figure_looks_as_plotly_would_have_drawn_it() -> None:
    made = study(8)
    found = drawn(made)
    plotly.io.templates.default = "plotly"
    for name in ("intermediate_values", "timeline"):
        usual = getattr(optuna.visualization, f"plot_{name}")(made)
        assert found[name].figure == plain(usual.to_plotly_json())


EACH = [
    "optimization_history",
    "parallel_coordinate",
    "parameter_importances",
    "slice",
    "contour",
    "rank",
    "edf",
]
NO_CURVES = "Optuna keeps no curves, and prunes nothing, where there are several objectives"


def test_several_objectives_have_their_front_and_volume_and_all_of_the_others_each() -> None:
    found = drawn(study(8, objectives=2), LOSS, ACC)
    first, *each = EACH
    assert list(found) == [
        "pareto_front",
        "hypervolume_history",
        *(f"{first}/{of}" for of in ("loss", "acc")),
        "intermediate_values",
        *(f"{kind}/{of}" for kind in each for of in ("loss", "acc")),
        "timeline",
    ]
    left_out = {name: chart.reason for name, chart in found.items() if chart.reason}
    assert left_out == {"intermediate_values": NO_CURVES}


def test_each_objective_has_its_own_importances_and_its_own_values() -> None:
    made = optuna.create_study(directions=["minimize", "maximize"])
    for number in range(40):
        point = {"a": (0.37 * number) % 1.0, "b": (0.61 * number) % 1.0}
        made.add_trial(
            create_trial(
                values=[point["a"], point["b"]], params=point, distributions=dict.fromkeys("ab", UNIT)
            )
        )
    found = drawn(made, LOSS, ACC)
    for of, strongest in (("loss", "a"), ("acc", "b")):
        figure: Any = found[f"parameter_importances/{of}"].figure
        bars = dict(zip(figure["data"][0]["y"], figure["data"][0]["x"], strict=True))
        assert max(bars, key=lambda name: float(bars[name])) == strongest
        history: Any = found[f"optimization_history/{of}"].figure
        assert history["data"][0]["y"] == [trial.params[strongest] for trial in made.trials]
        assert history["layout"]["yaxis"]["title"]["text"] == of


@pytest.mark.parametrize(("objectives", "left_out"), [(3, False), (4, True)])
def test_a_front_is_for_two_or_three_objectives(objectives: int, left_out: bool) -> None:
    made = optuna.create_study(directions=["minimize"] * objectives)
    for number in range(4):
        values = [float((number * (at + 2)) % 5) for at in range(objectives)]
        made.add_trial(create_trial(values=values))
    found = drawn(made, *(Metric(name=f"m{at}") for at in range(objectives)))
    reason = "it is for two or three objectives, and there are 4" if left_out else ""
    assert [found[name].reason for name in ("pareto_front", "hypervolume_history")] == [reason] * 2


def test_a_volume_takes_two_values_of_each_objective() -> None:
    made = study(1, objectives=2)
    found = drawn(made, LOSS, ACC)
    assert found["pareto_front"].figure is not None
    assert found["hypervolume_history"].reason == "it takes two different values of each objective"
    assert found["parameter_importances/acc"].reason == "it takes two completed trials with different values"


def test_the_volume_grows_with_the_front() -> None:
    volume: Any = drawn(study(8, objectives=2), LOSS, ACC)["hypervolume_history"].figure
    values = volume["data"][0]["y"]
    assert len(values) == 8
    assert values == sorted(values)
    assert values[-1] > 0


def test_a_large_study_of_several_objectives_has_all_of_its_plots() -> None:
    found = drawn(study(230, objectives=2, parameters="abcdefgh"), LOSS, ACC)
    assert {chart.reason for chart in found.values()} == {"", NO_CURVES}


def test_a_history_has_a_point_for_each_trial() -> None:
    assert points(drawn(study(8))["optimization_history"].figure) == 8


def test_a_curve_is_drawn_for_each_trial_and_in_large_studies_for_the_newest() -> None:
    for trials, curves in ((5, 5), (230, 50)):
        figure = drawn(study(trials))["intermediate_values"].figure
        assert figure is not None
        assert len(figure["data"]) == curves


def test_the_bars_of_a_timeline_are_those_of_the_newest_trials() -> None:
    figure: Any = drawn(study(300))["timeline"].figure
    assert sorted(number for bars in figure["data"] for number in bars["y"]) == list(range(50, 300))


def test_a_contour_of_a_large_study_stays_small() -> None:
    figure = drawn(study(500))["contour"].figure
    assert len(json.dumps(figure)) < 1_000_000


def test_a_plot_that_shows_a_part_of_a_large_study_says_which() -> None:
    said = {name: chart.extent for name, chart in drawn(study(300)).items() if chart.extent}
    points = "250 of 300 trials, from the best to the worst"
    assert said == {
        "intermediate_values": "the newest 50 of 300 curves",
        "parallel_coordinate": "50 of 300 trials, from the best to the worst",
        "slice": points,
        "contour": points,
        "rank": points,
        "timeline": "the newest 250 of 300 trials",
    }
    assert not any(chart.extent for chart in drawn(study(50)).values())


@pytest.mark.parametrize(("at", "best"), [(0, 0), (1, 2)])
def test_representatives_have_the_best_trial_and_all_levels(at: int, best: int) -> None:
    chosen = Objective(study(90, objectives=2), "loss", at).representatives(30).trials
    assert len(chosen) == 30
    assert best in [trial.number for trial in chosen]
    assert [trial.number for trial in chosen] == sorted(trial.number for trial in chosen)
    levels = sorted(trial.values[0] for trial in chosen)
    assert at or max(later - earlier for earlier, later in pairwise(levels)) < 6


def test_importances_are_evaluated_once_for_each_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[object] = []
    evaluate = optuna.importance.PedAnovaImportanceEvaluator.evaluate

    def counted(self: Any, *args: Any, **named: Any) -> dict[str, float]:
        evaluated.append(named["target"])
        return evaluate(self, *args, **named)

    monkeypatch.setattr(optuna.importance.PedAnovaImportanceEvaluator, "evaluate", counted)
    drawn(study(40, objectives=2, parameters="abcdefgh"), LOSS, ACC)
    assert len(evaluated) == 2


def test_trials_are_never_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    made = study(40, objectives=2)
    monkeypatch.setattr(optuna.trial.FrozenTrial, "__deepcopy__", None, raising=False)
    assert {chart.reason for chart in drawn(made, LOSS, ACC).values()} == {"", NO_CURVES}


def test_figures_are_plain_json_without_binary_arrays() -> None:
    for chart in drawn(study(8)).values():
        assert '"bdata"' not in json.dumps(chart.figure, allow_nan=False)


@pytest.mark.parametrize(
    ("of", "name", "reason"),
    [
        (study(0), "timeline", "there is no trial yet"),
        (study(0), "optimization_history", "no trial has completed yet"),
        (study(3, steps=0), "intermediate_values", "no run has reported a value while it ran"),
        (study(3, parameters="x"), "contour", "it takes two parameters"),
        (study(3, parameters=""), "slice", "there is no parameter"),
        (study(1), "parameter_importances", "it takes two completed trials with different values"),
    ],
)
def test_a_plot_that_the_data_do_not_allow_says_why(of: optuna.Study, name: str, reason: str) -> None:
    chart = drawn(of)[name]
    assert (chart.figure, chart.reason) == (None, reason)


def test_a_plot_that_fails_is_left_out_and_the_others_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **settings: object) -> None:
        raise ZeroDivisionError("of nothing")

    monkeypatch.setattr(optuna.visualization, "plot_slice", broken)
    found = drawn(study(4))
    assert found["slice"] == Chart("slice", None, "it could not be drawn: of nothing")
    assert found["rank"].figure is not None


def test_what_plots_leave_out_is_no_news_for_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    made = study(4, parameters="x")
    for trial in made.trials:
        same = create_trial(
            value=1.0, params={**trial.params, "y": 0.5}, distributions={**trial.distributions, "y": UNIT}
        )
        made.add_trial(same)
    optuna.logging.enable_default_handler()
    capsys.readouterr()
    drawn(made)
    assert capsys.readouterr().err == ""


def test_failed_trials_alone_give_a_timeline_and_no_error() -> None:
    made = optuna.create_study()
    made.add_trial(create_trial(state=TrialState.FAIL))
    found = drawn(made)
    assert found["timeline"].figure is not None
    assert {chart.reason for name, chart in found.items() if name != "timeline"} <= {
        "no trial has completed yet",
        "no run has reported a value while it ran",
    }
