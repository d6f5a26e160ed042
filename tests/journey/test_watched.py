"""What people who watch a sweep are shown: alerts, lines of the log, and the pages of the local W&B."""

from __future__ import annotations

import urllib.request
from html.parser import HTMLParser

import pytest

from sandbox.asking import alerts_of
from tests.journey.stage import QUEUE, Look, Stage
from tests.journey.sweep_files import PROJECT

pytestmark = pytest.mark.journey

NAME = "watched"
COUNTS = ("1 of 8 told: 1 pruned", "2 of 8 told: 1 complete, 1 pruned", "3 of 8 told: 2 complete, 1 pruned")


class Page(HTMLParser):
    """A page's words, and the rows of its tables with their links."""

    def __init__(self, stage: Stage, place: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: set[str] = set()
        self.words = ""
        with urllib.request.urlopen(f"{stage.sandbox.url}{place}", timeout=60) as answer:
            self.feed(answer.read().decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        self.links |= {value for key, value in attrs if key == "href" and value}

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def row(self, word: str) -> list[str]:
        """The one row that begins with this word."""
        (found,) = [row for row in self.rows if row[:1] == [word]]
        return found


def told(seen: Look) -> list[str]:
    """The lines of trials that were told."""
    return [line for line in seen.console if " told" in line]


def test_alerts_tell_of_the_target_and_then_of_the_end(stage: Stage) -> None:
    seen = stage.ended(NAME)
    sweep, best = stage.sweeps[NAME], stage.study(NAME).best_trial
    target, end = alerts_of(stage.sandbox, PROJECT, sweep)
    worded = f"the best loss is {best.value:.6g}, in trial 2, run {seen.runs[2].name}."
    assert target == {
        "title": f"Sweep {sweep} reached its target",
        "text": f"loss reached its target 0.5: {worded}",
        "severity": "INFO",
    }
    assert (end["title"], end["severity"]) == (f"Sweep {sweep} finished", "INFO")
    assert end["text"].endswith(f"; 3 trials: 2 complete, 1 pruned; {worded}")
    assert "0.5" in end["text"].partition(";")[0], "the rule that ended the sweep comes first"


def test_the_log_ends_each_trials_line_with_where_the_sweep_stands(stage: Stage) -> None:
    seen = stage.ended(NAME)
    first, second, third = told(seen)
    in_flight = [f"{count.partition(' told')[0]} told, 1 in flight" for count in COUNTS]
    assert f"[{in_flight[0]}: 1 pruned]" in first
    values = [trial.value for trial in stage.study(NAME).trials]
    assert f"[{in_flight[1]}: 1 complete, 1 pruned; best loss {values[1]:.6g} in trial-001; " in second
    assert second.rstrip().endswith(" left]")
    assert " an hour, " in second
    assert f"[{COUNTS[2]}; best loss {values[2]:.6g} in trial-002; " in third


def test_where_there_is_no_terminal_the_log_has_no_control_characters(stage: Stage) -> None:
    seen = stage.ended(NAME)
    said = seen.console[: seen.console.index(told(seen)[-1]) + 1]
    assert len(said) > len(COUNTS)
    assert [line for line in said if not line.rstrip("\n").isprintable()] == []


def test_the_front_page_lists_the_sweep_with_its_runs_and_its_queue(stage: Stage) -> None:
    stage.ended(NAME)
    sweep, entity = stage.sweeps[NAME], stage.sandbox.entity
    page = Page(stage, "/")
    trials = len(stage.study(NAME).trials)
    assert page.row(sweep)[:3] == [sweep, "FINISHED", str(trials)]
    assert {
        f"/{entity}/{PROJECT}/sweeps/{sweep}",
        f"/{entity}/{PROJECT}/runs/{sweep}",
        f"/{entity}/model-registry/queues/{QUEUE}",
    } <= page.links
    assert len([row for row in page.rows if row[2:3] == [sweep]]) == trials


def test_the_pages_of_sweep_and_queue_show_a_run_for_each_trial(stage: Stage) -> None:
    seen = stage.ended(NAME)
    sweep, entity = stage.sweeps[NAME], stage.sandbox.entity
    runs = [run.name for run in seen.runs]
    assert runs == [trial.user_attrs["run_id"] for trial in stage.study(NAME).trials]

    page = Page(stage, f"/{entity}/{PROJECT}/sweeps/{sweep}")
    assert [page.row(f"trial-{number:03d}")[1] for number in range(3)] == ["killed", "finished", "finished"]
    assert len([row for row in page.rows if row]) == len(runs)
    assert "runs: 1 killed, 2 finished" in page.words
    assert f"/{entity}/{PROJECT}/sweeps/{sweep}/dashboard" in page.links

    items = [row for row in Page(stage, f"/{entity}/model-registry/queues/{QUEUE}").rows if row]
    assert sorted(row[2] for row in items if row[2].startswith(f"{sweep}-")) == runs
