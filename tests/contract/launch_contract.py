"""The promises of ``launch.Launch`` as tests, for everything that keeps them.

A subclass gives the fixture ``bench``: a Launch with the other side of it, where runs report and people
press buttons.
"""

from __future__ import annotations

import pytest

from optuna_sweep.errors import Unavailable
from optuna_sweep.launch import Ending, Snapshot, SweepState
from optuna_sweep.outcomes import Phase
from tests.contract.other_side import LOSS, Bench
from tests.contract.starting_contract import StartingContract


class LaunchContract(StartingContract):
    """See the module."""

    # Seeing -------------------------------------------------------------------------------

    def test_observations_come_in_the_order_of_asking(self, bench: Bench) -> None:
        first, second, third = [self.start(bench, number) for number in range(3)]
        seen = bench.launch.snapshot([third, first, second], LOSS).observations
        assert [each.run_id for each in seen] == ["s-0002", "s-0000", "s-0001"]

    def test_a_poll_without_runs_still_tells_about_the_sweep(self, bench: Bench) -> None:
        assert bench.launch.snapshot([], LOSS) == Snapshot(SweepState.ACTIVE, False, ())

    def test_a_run_that_reports_is_running_and_its_rows_are_ascending(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}), (4, {"loss": 0.25}))
        seen = self.see(bench, watch)
        assert seen.phase is Phase.RUNNING
        assert self.values(seen) == [(0, {"loss": 0.5}), (4, {"loss": 0.25})]

    def test_each_row_is_given_once(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}), (1, {"loss": 0.4}))
        self.see(bench, watch)
        assert not self.see(bench, watch).rows
        bench.report(watch.run_id, (2, {"loss": 0.3}))
        assert self.values(self.see(bench, watch)) == [(2, {"loss": 0.3})]

    def test_rows_come_without_columns_that_were_not_asked_for(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5, "noise": 7}))
        assert self.values(self.see(bench, watch)) == [(0, {"loss": 0.5})]

    def test_columns_of_different_groups_may_come_from_different_rows(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}), (1, {"size": 3}), (2, {"loss": 0.4, "size": 2}))
        seen = self.see(bench, watch, [["loss"], ["size"]])
        assert self.values(seen) == [(0, {"loss": 0.5}), (1, {"size": 3}), (2, {"loss": 0.4, "size": 2})]

    def test_columns_of_one_group_come_from_rows_that_hold_all_of_them(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}), (1, {"loss": 0.4, "epoch": 1}), (2, {"epoch": 2}))
        seen = self.see(bench, watch, [["loss", "epoch"]])
        assert self.values(seen) == [(1, {"loss": 0.4, "epoch": 1})]

    def test_a_value_that_is_no_number_is_given_and_not_dropped(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": float("nan")}))
        ((step, values),) = self.values(self.see(bench, watch))
        assert (step, str(values["loss"]).lower()) == (0, "nan")

    # Ending -------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "phase", [Phase.FINISHED, Phase.FAILED, Phase.STOPPED, Phase.PREEMPTED], ids=lambda phase: phase.value
    )
    def test_the_end_of_a_run_is_seen_with_its_last_rows(self, bench: Bench, phase: Phase) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}))
        self.see(bench, watch)
        bench.report(watch.run_id, (1, {"loss": 0.4}))
        if phase is Phase.STOPPED:
            bench.launch.stop_run(watch.run_id)
        bench.end(watch.run_id, phase)
        seen = self.see(bench, watch)
        assert (seen.phase, self.values(seen)) == (phase, [(1, {"loss": 0.4})])

    def test_the_whole_summary_of_a_run_is_seen_with_its_end_and_not_before(self, bench: Bench) -> None:
        watch, row = self.start(bench), {"loss": 0.5, "noise": 7}
        bench.report(watch.run_id, (0, row))
        assert self.see(bench, watch).summary is None
        bench.end(watch.run_id, Phase.FINISHED)
        assert row.items() <= (self.see(bench, watch).summary or {}).items()

    def test_a_run_that_ends_before_its_first_row_has_ended_without_rows(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id)
        bench.end(watch.run_id, Phase.FAILED)
        seen = self.see(bench, watch)
        assert (seen.phase, seen.rows) == (Phase.FAILED, ())

    def test_a_run_that_cannot_be_started_is_lost(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.lose(watch.run_id)
        assert self.see(bench, watch).phase is Phase.LOST

    def test_a_deleted_run_is_deleted_within_three_polls(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}))
        self.see(bench, watch)
        bench.delete(watch.run_id)
        assert Phase.DELETED in [self.see(bench, watch).phase for _ in range(3)]

    def test_a_stop_request_ends_nothing_by_itself(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}))
        bench.launch.stop_run(watch.run_id)
        bench.launch.stop_run(watch.run_id)
        assert [run.stopping for run in bench.launch.known_runs()] == [True]
        assert self.see(bench, watch).phase is Phase.RUNNING

    def test_other_runs_are_seen_as_before_once_one_is_forgotten(self, bench: Bench) -> None:
        first, second = self.start(bench, 0), self.start(bench, 1)
        for watch in (first, second):
            bench.report(watch.run_id, (0, {"loss": 0.5}))
        bench.launch.snapshot([first, second], LOSS)
        bench.launch.forget_run(first.run_id)
        assert not self.see(bench, second).rows

    # Not answering ------------------------------------------------------------------------

    def test_what_cannot_be_read_is_unavailable_and_never_no_rows(self, bench: Bench) -> None:
        watch = self.start(bench)
        bench.report(watch.run_id, (0, {"loss": 0.5}))
        bench.silence(True)
        with pytest.raises(Unavailable):
            self.see(bench, watch)
        bench.report(watch.run_id, (1, {"loss": 0.4}))
        bench.silence(False)
        assert self.values(self.see(bench, watch)) == [(0, {"loss": 0.5}), (1, {"loss": 0.4})]

    # The sweep ----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "state", [SweepState.PAUSED, SweepState.FINISHED, SweepState.CANCELED], ids=lambda state: state.value
    )
    def test_a_wish_for_the_sweep_is_seen_in_the_next_poll(self, bench: Bench, state: SweepState) -> None:
        watch = self.start(bench)
        bench.wish(state)
        assert bench.launch.snapshot([watch], LOSS).sweep is state

    def test_a_stop_of_the_scheduler_is_seen_in_the_next_poll(self, bench: Bench) -> None:
        bench.stop_scheduler()
        assert bench.launch.snapshot([], LOSS).scheduler_stopped

    @pytest.mark.parametrize("ending", list(Ending), ids=lambda ending: ending.value)
    def test_the_sweep_is_left_in_the_state_of_its_ending(self, bench: Bench, ending: Ending) -> None:
        bench.launch.end_sweep(ending)
        assert bench.left_as(ending)

    def test_time_does_not_go_back_and_waiting_takes_it(self, bench: Bench) -> None:
        before = bench.launch.now()
        bench.launch.wait(0.02)
        assert bench.launch.now() >= before + 0.02
