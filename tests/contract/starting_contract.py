"""The promises of ``launch.Launch`` about starting runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from optuna_sweep.errors import Unavailable
from optuna_sweep.launch import NotQueued, Queued, Unclear, Watch
from optuna_sweep.outcomes import Observation, Phase
from tests.contract.other_side import LOSS, PARAMETERS, Bench, Reported, proposal, queued


class StartingContract:
    """A part of ``LaunchContract``, which gives the fixture."""

    @staticmethod
    def start(bench: Bench, number: int = 0, **parameters: Any) -> Watch:
        """A run that has been made and queued."""
        return queued(bench.launch, proposal(number, **parameters))

    @staticmethod
    def see(bench: Bench, watch: Watch, columns: Sequence[Sequence[str]] = LOSS) -> Observation:
        (seen,) = bench.launch.snapshot([watch], columns).observations
        return seen

    @staticmethod
    def values(seen: Observation) -> list[Reported]:
        return [(row.step, dict(row.values)) for row in seen.rows]

    def test_a_run_that_is_created_twice_is_there_once(self, bench: Bench) -> None:
        bench.break_off(proposal())
        self.start(bench)
        assert [run.run_id for run in bench.launch.known_runs()] == ["s-0000"]

    def test_creating_a_run_again_does_not_set_it_back(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}))
        bench.break_off(proposal())
        assert self.see(bench, watch).phase is Phase.RUNNING

    def test_a_run_has_the_parameters_of_its_proposal(self, bench: Bench) -> None:
        self.start(bench, **PARAMETERS)
        (known,) = bench.launch.known_runs()
        assert dict(known.parameters) == PARAMETERS

    def test_a_run_that_was_made_and_not_queued_waits_and_is_not_on_the_queue(self, bench: Bench) -> None:
        bench.break_off(proposal())
        assert self.see(bench, Watch("s-0000")).phase is Phase.WAITING
        assert not bench.queued()

    def test_a_queued_run_waits_on_the_queue_under_its_own_id(self, bench: Bench) -> None:
        watch = self.start(bench)
        assert self.see(bench, watch).phase is Phase.WAITING
        assert list(bench.queued()) == ["s-0000"]

    def test_runs_that_are_started_together_are_queued_in_their_order(self, bench: Bench) -> None:
        runs = [replace(proposal(number), again=number == 3) for number in (4, 0, 3, 1)]
        started = bench.launch.start_runs(runs)
        watches = [
            Watch(run.run_id, start.item_id)
            for run, start in zip(runs, started, strict=True)
            if isinstance(start, Queued)
        ]
        assert len({watch.item_id for watch in watches}) == 4
        assert [run.run_id for run in bench.launch.known_runs()] == [run.run_id for run in runs]
        assert list(bench.queued()) == [run.run_id for run in runs]
        seen = bench.launch.snapshot(watches, LOSS).observations
        assert [each.phase for each in seen] == [Phase.WAITING] * 4

    def test_no_runs_are_started_without_a_request(self, bench: Bench) -> None:
        before = bench.launch.start_runs([])
        assert before == ()

    def test_a_run_of_which_nobody_knows_whether_it_was_made_waits_while_it_is_not_found(
        self, bench: Bench
    ) -> None:
        for _ in range(5):
            assert self.see(bench, Watch("s-0000", made=False)).phase is Phase.WAITING
        self.start(bench)
        bench.report("s-0000", (0, {"loss": 0.5}))
        assert self.see(bench, Watch("s-0000", made=False)).phase is Phase.RUNNING

    def test_known_runs_come_oldest_first_with_how_far_they_are(self, bench: Bench) -> None:
        for number in (3, 1, 2):
            self.start(bench, number)
        bench.report("s-0001", (0, {"loss": 0.5}))
        bench.report("s-0003", (0, {"loss": 0.25}))
        bench.end("s-0003", Phase.FINISHED)
        known = bench.launch.known_runs()
        assert [run.run_id for run in known] == ["s-0003", "s-0001", "s-0002"]
        assert [run.phase for run in known] == [Phase.FINISHED, Phase.RUNNING, Phase.WAITING]
        assert known[0].summary["loss"] == 0.25

    def test_what_cannot_be_done_is_unavailable_and_can_be_repeated(self, bench: Bench) -> None:
        run = proposal()
        bench.silence(True)
        new, again = bench.launch.start_runs([run]), bench.launch.start_runs([replace(run, again=True)])
        assert isinstance(new[0], Unclear)
        assert isinstance(again[0], NotQueued)
        for act in (
            lambda: bench.launch.stop_run(run.run_id),
            bench.launch.known_runs,
        ):
            with pytest.raises(Unavailable):
                act()
        bench.silence(False)
        queued(bench.launch, replace(run, again=True))
        assert list(bench.queued()) == ["s-0000"]
