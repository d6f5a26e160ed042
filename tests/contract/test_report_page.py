"""``report.html`` as a browser draws it, without a network."""

from __future__ import annotations

from collections.abc import Iterator

import optuna
import pytest
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial
from playwright.sync_api import Browser

from optuna_sweep.config import Metric
from optuna_sweep.report.charts import charts
from optuna_sweep.report.files import write_files
from optuna_sweep.report.page import Ended
from tests.contract.browsers import SIZES, chromium, opened

TRIALS = 24
LOSS = Metric(name="val/loss")
SPACE: dict[str, BaseDistribution] = {
    "lr": FloatDistribution(1e-4, 1.0, log=True),
    "momentum": FloatDistribution(0.0, 1.0),
}
HISTORY = "Array.from(document.getElementById('chart-0').data)"

TALLEST_BUTTONS = (
    "Math.max(0, ...[...document.querySelectorAll('.modebar, .modebar-group')].map(one => one.offsetHeight))"
)


def study() -> optuna.Study:
    made = optuna.create_study(study_name="optuna-study-abc")
    for number in range(TRIALS):
        pruned = number % 4 == 3
        point = {"lr": 1e-4 * 1.4**number, "momentum": (0.37 * number) % 1.0}
        curve = {step: point["momentum"] + 1.0 / (step + 1) for step in range(4 if pruned else 12)}
        made.add_trial(
            create_trial(
                state=TrialState.PRUNED if pruned else TrialState.COMPLETE,
                value=None if pruned else curve[11],
                params=point,
                distributions=SPACE,
                intermediate_values=curve,
                user_attrs={"run_id": f"abc-{number:04d}", "reason": "step 3: stopped" if pruned else ""},
            )
        )
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = study()
    ended = Ended(sweep_id="abc", study_name=made.study_name, state="finished", reason="run_cap is reached")
    files = write_files(tmp_path_factory.mktemp("report"), made, [LOSS], list(charts(made, [LOSS])), ended)
    return next(file for file in files if file.name == "report.html").as_uri()


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_drawn_without_complaint_and_fits(browser: Browser, address: str, size: str) -> None:
    seen = opened(browser, address, size)
    seen.page.wait_for_function("document.body.dataset.drawn === '9'")
    assert seen.page.locator("figure svg.main-svg").count() >= 9
    assert seen.complaints == []
    assert seen.sideways == 0
    # A browser lays plotly's buttons out by the page's own rules too: they once veiled what is below them.
    assert seen.page.evaluate(TALLEST_BUTTONS) < 100
    seen.picture(f"report-{size}")


def test_the_points_are_the_trials_and_the_best_is_marked(browser: Browser, address: str) -> None:
    seen = opened(browser, address, "desktop")
    seen.page.wait_for_function("document.body.dataset.drawn === '9'")
    complete = TRIALS - TRIALS // 4
    assert seen.page.evaluate(f"{HISTORY}[0].x.length") == complete
    assert seen.page.locator("#chart-0 .scatterlayer .trace").first.locator(".point").count() == complete
    assert seen.page.locator("tbody tr").count() == TRIALS
    best = study().best_trial.number
    assert seen.page.locator("tr.best td").first.inner_text() == str(best)


SEVERAL = [Metric(name="loss"), Metric(name="size", minimize=False)]


@pytest.fixture(scope="module")
def page_of_several(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = optuna.create_study(study_name="optuna-study-two", directions=["minimize", "maximize"])
    for trial in study().trials:
        values = None if trial.values is None else [trial.values[0], trial.params["lr"]]
        about = {"run_id": trial.user_attrs["run_id"].replace("abc", "two")}
        made.add_trial(
            create_trial(
                state=trial.state if values else TrialState.FAIL,
                values=values,
                params=trial.params,
                distributions=SPACE,
                user_attrs=about,
            )
        )
    ended = Ended(sweep_id="two", study_name=made.study_name, state="finished", reason="run_cap is reached")
    folder = tmp_path_factory.mktemp("several")
    files = write_files(folder, made, SEVERAL, list(charts(made, SEVERAL)), ended)
    return next(file for file in files if file.name == "report.html").as_uri()


@pytest.mark.parametrize("size", SIZES)
def test_several_objectives_have_their_front_and_each_its_plots(
    browser: Browser, page_of_several: str, size: str
) -> None:
    seen = opened(browser, page_of_several, size)
    seen.page.wait_for_function("document.body.dataset.drawn === '17'")
    assert seen.complaints == []
    assert seen.sideways == 0
    front = int(seen.page.locator(".tiles b").first.inner_text())
    assert seen.page.locator("tr.best").count() == front > 1
    points = "Array.from(document.getElementById('chart-0').data).reduce((n, one) => n + one.x.length, 0)"
    assert seen.page.evaluate(points) == TRIALS - TRIALS // 4
    assert "Intermediate values: Optuna keeps no curves" in seen.page.locator("main").inner_text()
    seen.picture(f"report-several-{size}")


def test_what_pruning_saved_is_said_first(browser: Browser, address: str) -> None:
    seen = opened(browser, address, "desktop")
    assert "of 288 reports saved by pruning 6 trials" in seen.page.locator(".tiles").inner_text()
