from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.history import History


def lines(*rows: dict[str, Any]) -> list[str]:
    return [json.dumps(row) for row in rows]


def written(steps: range) -> History:
    history = History()
    history.write(0, lines(*({"_step": step, "loss": step} for step in steps)))
    return history


def test_the_same_lines_sent_again_change_nothing() -> None:
    history = written(range(5))
    history.write(3, lines({"_step": 3, "loss": 3}, {"_step": 4, "loss": 4}))
    assert [row["_step"] for row in history.between()] == [0, 1, 2, 3, 4]


def test_steps_are_bounded_on_both_sides_inclusively() -> None:
    history = written(range(0, 20, 2))
    assert [row["_step"] for row in history.between(3, 8)] == [4, 6, 8]
    assert [row["_step"] for row in history.between(18)] == [18]
    assert history.between(19) == []
    assert [row["_step"] for row in history.between(high=0)] == [0]


def test_a_process_that_starts_over_is_still_found_by_step() -> None:
    history = written(range(5))
    history.write(5, lines({"_step": 0, "loss": 50}, {"_step": 1, "loss": 51}))
    assert [row["loss"] for row in history.between(0, 1)] == [0, 1, 50, 51]


def test_a_row_counts_only_if_it_has_all_the_keys() -> None:
    history = History()
    history.write(
        0, lines({"_step": 0, "loss": 1}, {"_step": 1, "acc": 2}, {"_step": 2, "loss": 3, "acc": 4})
    )
    assert history.sampled({"keys": ["loss"]}) == [{"loss": 1}, {"loss": 3}]
    assert history.sampled({"keys": ["loss", "acc", "_step", "_step"]}) == [{"loss": 3, "acc": 4, "_step": 2}]
    assert len(history.sampled({})) == 3


def test_nested_metrics_are_named_with_dots() -> None:
    history = History()
    history.write(0, lines({"_step": 0, "val": {"loss": 1}}, {"_step": 1, "val": 2}))
    assert history.sampled({"keys": ["val.loss"]}) == [{"val.loss": 1}]


@pytest.mark.parametrize("samples", [1, 2, 7, 100])
def test_samples_keep_the_last_row_and_never_exceed_their_number(samples: int) -> None:
    rows = written(range(100)).sampled({"keys": ["_step"], "samples": samples})
    assert len(rows) == samples
    assert rows[-1] == {"_step": 99}
    assert samples == 1 or rows[0] == {"_step": 0}


def test_bare_nan_and_infinity_become_text() -> None:
    history = History()
    history.write(0, ['{"_step": 0, "a": NaN, "b": Infinity, "c": -Infinity}'])
    assert history.rows == [{"_step": 0, "a": "NaN", "b": "Infinity", "c": "-Infinity"}]


def test_keys_tell_the_last_step_and_nothing_before_the_first_row() -> None:
    assert History().keys is None
    keys = written(range(3)).keys
    assert keys is not None
    assert keys["lastStep"] == 2
    assert keys["keys"]["loss"]["typeCounts"] == [{"type": "number", "count": 3}]


def test_the_tail_is_a_list_of_one_text() -> None:
    assert json.loads(History().tail) == []
    (last,) = json.loads(written(range(3)).tail)
    assert json.loads(last) == {"_step": 2, "loss": 2}
