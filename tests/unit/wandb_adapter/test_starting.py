"""How ``start`` takes a sweep file apart: as ``wandb launch-sweep`` does."""

from __future__ import annotations

from typing import Any

from optuna_sweep.wandb_adapter.starting import taken_apart

FILE: dict[str, Any] = {
    "job": "e/p/job:latest",
    "parameters": {"x": {"min": 0.0, "max": 1.0}},
    "launch": {"queue": "gpus"},
    "scheduler": {"num_workers": 4, "settings": {"seed": 1}},
}


def test_the_scheduler_its_settings_and_launch_go_to_the_schedulers_own_run() -> None:
    sweep, own = taken_apart(FILE)
    assert set(sweep) == {"job", "parameters", "method"}
    assert own == {"launch": {"queue": "gpus"}, "scheduler": {"num_workers": 4}, "settings": {"seed": 1}}


def test_without_a_method_the_sweep_is_custom_so_that_the_server_searches_nothing() -> None:
    sweep, own = taken_apart(FILE)
    assert sweep["method"] == "custom"
    assert "method" not in own["settings"]


def test_a_method_is_told_to_the_scheduler() -> None:
    sweep, own = taken_apart({**FILE, "method": "grid"})
    assert (sweep["method"], own["settings"]) == ("grid", {"seed": 1, "method": "grid"})


def test_the_file_itself_is_left_as_it_was() -> None:
    before = repr(FILE)
    taken_apart({**FILE, "method": "grid"})
    assert repr(FILE) == before


def test_blocks_that_are_empty_are_left_out() -> None:
    assert taken_apart({"job": "j", "launch": None, "scheduler": None})[1] == {}
