"""The sandbox's pages and optuna-dashboard on a sweep's study, as a browser shows them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from playwright.sync_api import Browser

from sandbox.asking import ask, push
from sandbox.launching import create_queue, wait_for
from sandbox.serving import Sandbox
from tests.contract.browsers import SIZES, chromium, opened
from tests.contract.clients import Client

PROJECT, TRIALS = "pages", 12
MAKE_SWEEP = """
mutation ($entity: String!, $config: String!) {
  upsertSweep(input: {entityName: $entity, projectName: "pages", config: $config, state: "RUNNING"}) {
    sweep { name }
  }
}"""
WORK = """
import shutil, sys
sweep, journal = {sweep!r}, {journal!r}
with wandb.init(project="pages", id=sweep, name="the scheduler", settings=wandb.Settings()) as run:
    shutil.copy(journal, run.dir + "/study.journal")
    run.save(run.dir + "/study.journal", base_path=run.dir, policy="now")
    run.alert("Sweep finished", "12 trials")
"""
TRAIN = """
with wandb.init(name="trial-000") as run:
    for step in range(9):
        run.log({"loss": 1.0 / (step + 1)})
"""


@dataclass
class Shown:
    """A sandbox with one sweep, a queue and runs."""

    sandbox: Sandbox
    client: Client
    sweep: str
    journal: Path

    def keep(self) -> None:
        """The scheduler's run keeps the study's file as it is now."""
        self.client.run(WORK.format(sweep=self.sweep, journal=str(self.journal)))

    @property
    def study(self) -> optuna.Study:
        storage = JournalStorage(JournalFileBackend(str(self.journal)))
        return optuna.create_study(storage=storage, study_name="optuna-study-abc", load_if_exists=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("home")
    with Sandbox() as sandbox:
        create_queue(sandbox, "gpus")
        config = json.dumps({"method": "custom", "metric": {"name": "loss"}})
        sweep = ask(sandbox, MAKE_SWEEP, entity=sandbox.entity, config=config)["upsertSweep"]["sweep"]["name"]
        made = Shown(sandbox, Client(sandbox, home), sweep, home / "made.journal")
        made.study.optimize(lambda trial: trial.suggest_float("x", 0.0, 1.0), n_trials=TRIALS)
        made.keep()
        run = f"{sweep}-0000"
        launched = {"WANDB_SWEEP_ID": sweep, "WANDB_PROJECT": PROJECT, "WANDB_RUN_ID": run}
        made.client.run(TRAIN, **launched)
        spec = {"run_id": run, "project": PROJECT, "entity": sandbox.entity, "sweep_id": sweep}
        push(sandbox, "gpus", spec)
        yield made


@pytest.mark.parametrize("size", SIZES)
def test_the_front_page_leads_to_sweeps_runs_queues_and_the_dashboard(
    browser: Browser, shown: Shown, size: str
) -> None:
    seen = opened(browser, shown.sandbox.url, size)
    seen.picture(f"sandbox-{size}")
    assert seen.sideways == 0
    where = f"{shown.sandbox.entity}/{PROJECT}"
    for link, place, words in (
        (shown.sweep, f"/{where}/sweeps/{shown.sweep}", "Its study in optuna-dashboard"),
        ("trial-000", f"/{where}/runs/{shown.sweep}-0000", "loss"),
        ("gpus", f"/{shown.sandbox.entity}/model-registry/queues/gpus", "PENDING"),
        ("the scheduler", f"/{where}/runs/{shown.sweep}", "12 trials"),
    ):
        seen.page.goto(shown.sandbox.url)
        seen.page.get_by_role("link", name=link, exact=True).first.click()
        seen.page.wait_for_url(f"**{place}")
        assert words in seen.page.locator("body").inner_text()
        assert seen.sideways == 0
        seen.picture(f"sandbox-{place.split('/')[3]}-{size}")
    assert seen.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_the_dashboard_shows_the_study_without_complaint(browser: Browser, shown: Shown, size: str) -> None:
    seen = opened(browser, shown.sandbox.url, size)
    seen.page.get_by_role("link", name="dashboard", exact=True).click()
    seen.page.wait_for_url("**/dashboard/studies/0**")
    seen.page.get_by_text("optuna-study-abc").first.wait_for()
    seen.page.locator(".js-plotly-plot .point").first.wait_for(state="attached")
    seen.picture(f"dashboard-{size}")
    assert seen.complaints == []


def test_the_dashboard_follows_the_study(shown: Shown) -> None:
    where = f"{shown.sandbox.url}/{shown.sandbox.entity}/{PROJECT}/sweeps/{shown.sweep}/dashboard"
    with urllib.request.urlopen(where, timeout=60) as answer:
        api = f"{answer.url.partition('/dashboard')[0]}/api/studies/0?after=0"

    def trials() -> int:
        with urllib.request.urlopen(api, timeout=30) as answer:
            return len(json.load(answer)["trials"])

    assert trials() == len(shown.study.trials)
    shown.study.optimize(lambda trial: trial.suggest_float("x", 0.0, 1.0), n_trials=3)
    shown.keep()
    wait_for("the new trials", lambda: trials() == TRIALS + 3, 20)


@pytest.mark.parametrize("place", ["sweeps/nosuch", "sweeps/nosuch/dashboard", "queues/nosuch"])
def test_a_page_of_nothing_says_so(shown: Shown, place: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{shown.sandbox.url}/{shown.sandbox.entity}/{PROJECT}/{place}", timeout=30)
