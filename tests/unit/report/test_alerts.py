"""Which alerts a sweep sends, and when."""

from __future__ import annotations

import pytest

from optuna_sweep.config import AlertsEntry, Metric, StopEntry, SweepConfig
from optuna_sweep.launch import Ending
from optuna_sweep.outcomes import Phase
from tests.memory_launch import Script, curve
from tests.sweeps_in_memory import ReportedSweep, reported_sweep

LEVELS = [0.9, 0.4, 0.3, 0.2]
AIM = Metric(name="loss", target=0.5)


def played(run: ReportedSweep) -> list[tuple[str, str, str]]:
    """The alerts of the sweep, from its begin to its end."""
    ending = run.run()
    run.reporter.leaving(ending, run.loop.stop.reason if run.loop.stop else "")
    return run.own.alerts


def losses(**settings: object) -> ReportedSweep:
    return reported_sweep(lambda p: curve([LEVELS[p.trial]]), workers=1, **settings)  # type: ignore[arg-type]


def failing(**settings: object) -> ReportedSweep:
    script = Script(end=Phase.FAILED, seconds=5)
    return reported_sweep(lambda p: script, stop=StopEntry(max_failures=2), run_cap=9, workers=1, **settings)  # type: ignore[arg-type]


def test_the_end_is_told_with_its_rule_the_counts_and_the_best() -> None:
    assert played(losses(run_cap=3)) == [
        (
            "Sweep sweep finished",
            "run_cap of 3 is reached; 3 trials: 3 complete; "
            "the best loss is 0.3, in trial 2, run sweep-0002.",
            "INFO",
        )
    ]


def test_the_first_best_value_below_the_target_is_told_when_it_comes() -> None:
    run = losses(metrics=[AIM])
    told_before_the_end: list[int] = []
    run.loop._stopping = lambda stop: told_before_the_end.append(len(run.own.alerts))
    target, end = played(run)
    assert target == (
        "Sweep sweep reached its target",
        "loss reached its target 0.5: the best loss is 0.4, in trial 1, run sweep-0001.",
        "INFO",
    )
    assert end[0] == "Sweep sweep finished"
    assert told_before_the_end == [1]


@pytest.mark.parametrize(
    ("metric", "stop"),
    [
        (Metric(name="loss", target=0.1), StopEntry(target=0.5)),
        (Metric(name="loss", target=0.5), StopEntry()),
        (Metric(name="loss", minimize=False, target=0.8), StopEntry()),
    ],
)
def test_the_target_is_the_one_that_ends_the_sweep(metric: Metric, stop: StopEntry) -> None:
    alerts = played(losses(metrics=[metric], stop=stop))
    assert [title for title, _, _ in alerts] == ["Sweep sweep reached its target", "Sweep sweep finished"]


def test_a_target_that_an_earlier_scheduler_reached_is_no_news() -> None:
    first = losses(metrics=[AIM], run_cap=2)
    first.run()
    second = losses(metrics=[AIM], study=first.study, next_step=2)
    second.reporter.trial_told("")
    assert second.own.alerts == []


def test_failures_are_told_once_and_when_they_end_the_sweep() -> None:
    run = failing()
    title, text, level = played(run)[0]
    assert (title, level) == ("Sweep sweep failed", "ERROR")
    assert text == "2 trials failed, the last one because: the training process failed."
    assert len(run.own.alerts) == 1


def test_a_sweep_that_cannot_go_on_tells_why() -> None:
    run = losses()
    run.reporter.leaving(Ending.FAILED, "W&B refuses: 403")
    assert run.own.alerts == [("Sweep sweep failed", "W&B refuses: 403.", "ERROR")]


@pytest.mark.parametrize("ending", [Ending.PAUSED, Ending.CANCELED])
def test_what_a_person_did_is_no_news(ending: Ending) -> None:
    run = losses()
    run.reporter.leaving(ending, "")
    assert run.own.alerts == []


@pytest.mark.parametrize("kind", ["end", "target", "failures"])
def test_each_kind_can_be_turned_off_alone(kind: str) -> None:
    wanted = AlertsEntry(**{kind: False})
    sent = played(losses(metrics=[AIM], alerts=wanted)) + played(failing(alerts=wanted))
    words = {"end": "finished", "target": "reached its target", "failures": "failed"}
    assert {title.removeprefix("Sweep sweep ") for title, _, _ in sent} == {*words.values()} - {words[kind]}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (None, AlertsEntry()),
        (False, AlertsEntry(end=False, target=False, failures=False)),
        (True, AlertsEntry()),
        ({"end": False}, AlertsEntry(end=False)),
    ],
)
def test_the_settings_say_all_or_each(said: object, read: AlertsEntry) -> None:
    raw = {
        "method": "random",
        "metric": {"name": "loss"},
        "job": "e/p/job:latest",
        "parameters": {"x": {"values": [1, 2]}},
        "scheduler": {"job": "e/p/s:latest", "settings": {"alerts": said}},
    }
    assert SweepConfig.parse(raw).settings.alerts == read


def test_an_alert_that_cannot_be_sent_does_not_hurt_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    run = losses(metrics=[AIM])

    def broken(*_: object) -> None:
        raise OSError("no way out")

    monkeypatch.setattr(run.own, "alert", broken)
    assert run.run() is Ending.FINISHED
    assert "The report could not be sent as an alert: OSError('no way out')" in run.launch.said
