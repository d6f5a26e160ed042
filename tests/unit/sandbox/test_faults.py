from __future__ import annotations

import pytest

from sandbox.faults import Faults


def test_without_faults_nothing_is_struck() -> None:
    assert Faults().draw("Run", "") is None


def test_a_fault_strikes_its_operation_and_sender_only() -> None:
    faults = Faults()
    faults.set([{"kind": "drop_before", "operation": "push*", "sender": "W&B*"}])
    assert faults.draw("pushToRunQueueByName", "W&B Public Client 0.31.0") is not None
    assert faults.draw("pushToRunQueueByName", "wandb-core") is None
    assert faults.draw("Run", "W&B Public Client 0.31.0") is None


def test_a_fault_strikes_as_often_as_it_was_told() -> None:
    faults = Faults()
    faults.set([{"kind": "status", "times": 2}])
    assert [faults.draw("Run", "") is not None for _ in range(4)] == [True, True, False, False]


def test_a_fault_lets_pass_what_it_skips_and_counts_what_it_strikes() -> None:
    faults = Faults()
    faults.set([{"kind": "hang_before", "about": "sweep-0001", "skip": 1, "times": 1}])
    texts = ["sweep-0000", "sweep-0001", "sweep-0001", "sweep-0001"]
    assert [faults.draw("Run", "", text) is not None for text in texts] == [False, False, True, False]
    assert [fault["struck"] for fault in faults.report()] == [1]


def test_the_rate_is_kept_and_the_seed_repeats_it() -> None:
    faults = Faults()
    runs = []
    for _ in range(2):
        faults.set([{"kind": "status", "rate": 0.25}], seed=7)
        runs.append([faults.draw("Run", "") is not None for _ in range(1000)])
    assert runs[0] == runs[1]
    assert 200 < sum(runs[0]) < 300


def test_the_first_fault_that_strikes_counts() -> None:
    faults = Faults()
    faults.set([{"kind": "delay", "rate": 0.0}, {"kind": "drop_after"}, {"kind": "status"}])
    struck = faults.draw("Run", "")
    assert struck is not None
    assert struck.kind == "drop_after"


def test_a_fault_of_single_fields_has_a_message_for_those_only() -> None:
    faults = Faults()
    faults.set([{"kind": "graphql", "fields": ["q1", "?2"], "message": "busy"}])
    struck = faults.draw("StartRuns", "")
    assert struck is not None
    said = [struck.message_for(name) for name in ("c0", "q0", "c1", "q1", "c2", "q2")]
    assert said == [None, None, None, "busy", "busy", "busy"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "fire"}, "kind: 'fire' is not a fault: use one of status, graphql, drop_before"),
        ({"kind": "status", "rate": 2}, "rate: 2 is not a share"),
        ({"kind": "status", "colour": "red"}, r"\['colour'\] say nothing about a fault"),
        ({"kind": "delay", "fields": ["q0"]}, "fields: 'delay' strikes whole requests: use one of graphql,"),
    ],
)
def test_a_wrong_fault_is_refused_by_name_and_the_old_ones_stay(given: dict[str, object], said: str) -> None:
    faults = Faults()
    faults.set([{"kind": "graphql"}])
    with pytest.raises(ValueError, match=said):
        faults.set([given])
    assert faults.draw("Run", "") is not None
