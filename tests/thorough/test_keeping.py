"""Copies of a growing file, over virtual time."""

from __future__ import annotations

from pathlib import Path

from optuna_sweep.keeping import Keeper


class World:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()
        self.clock = 0.0
        self.copies: list[int] = []
        self.keeper = Keeper(path, self._keep, lambda: self.clock)

    def _keep(self, path: Path) -> None:
        self.copies.append(path.stat().st_size)

    def write(self, size: int) -> None:
        with self.path.open("ab") as file:
            file.write(b"x" * size)

    def pass_time(self, seconds: float) -> None:
        self.clock += seconds
        self.keeper.tick()


def test_the_first_tick_keeps_a_copy(tmp_path: Path) -> None:
    world = World(tmp_path / "file")
    world.write(10)
    world.pass_time(0)
    assert world.copies == [10]


def test_a_file_that_has_not_changed_is_not_copied_again(tmp_path: Path) -> None:
    world = World(tmp_path / "file")
    for _ in range(100):
        world.pass_time(60)
    world.keeper.last()
    assert world.copies == [0]


def test_a_small_file_is_copied_soon_after_each_change(tmp_path: Path) -> None:
    world = World(tmp_path / "file")
    world.pass_time(0)
    for size in (100, 200, 300):
        world.write(100)
        world.pass_time(5)
        assert world.copies[-1] == size - 100
        world.pass_time(10)
        assert world.copies[-1] == size


def test_the_end_is_kept_however_little_was_added(tmp_path: Path) -> None:
    world = World(tmp_path / "file")
    world.write(1_000_000)
    world.pass_time(0)
    world.write(1)
    world.pass_time(3600)
    assert world.copies == [1_000_000]
    world.keeper.last()
    assert world.copies == [1_000_000, 1_000_001]


def test_ten_thousand_trials_upload_less_than_twenty_times_the_file(tmp_path: Path) -> None:
    world = World(tmp_path / "file")
    for _ in range(10_000):
        for _ in range(3):  # asked, reported, told: each seen by a tick of its own
            world.write(400)
            world.pass_time(20)
    world.keeper.last()
    size = world.path.stat().st_size
    assert world.copies[-1] == size
    assert sum(world.copies) < 20 * size
    largest_gap = max(later - earlier for earlier, later in zip(world.copies, world.copies[1:], strict=False))
    assert largest_gap < size / 10  # what a dead scheduler's successor has to rebuild from the runs
