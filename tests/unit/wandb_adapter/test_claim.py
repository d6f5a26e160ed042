"""Who has the sweep: schedulers that start together, in virtual time."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from optuna_sweep.wandb_adapter.claim import SETTLING, SIGN_OF_LIFE, Sight, claim_in, claimed, expected

WANDBS_LONGEST_SILENCE = 30.0


class Time:
    """Virtual time for threads of which one runs at any moment: the one whose time has come."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._due: list[tuple[float, int, threading.Semaphore]] = []
        self._order = itertools.count()
        self._back = threading.Semaphore(0)

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        mine = threading.Semaphore(0)
        heapq.heappush(self._due, (self.seconds + seconds, next(self._order), mine))
        self._back.release()
        mine.acquire()

    def run(self, *works: Callable[[], None]) -> None:
        for work in works:
            threading.Thread(target=self._work, args=(work,), daemon=True).start()
            self._back.acquire()
        while self._due:
            self.seconds, _, due = heapq.heappop(self._due)
            due.release()
            self._back.acquire()

    def _work(self, work: Callable[[], None]) -> None:
        self.wait(0.0)
        try:
            work()
        finally:
            self._back.release()


@dataclass
class Board:
    """The scheduler's run as W&B keeps it: one for all."""

    state: str = ""
    heartbeat: str = ""
    notes: str = ""


class Contender:
    """One process that wants to have the sweep. Each request takes as long as ``delays`` says, both ways."""

    def __init__(self, name: str, board: Board, time: Time, delays: Callable[[], float]) -> None:
        self.name, self._board, self._time, self._delays = name, board, time, delays
        self.won: str | None = None
        self.waited: list[float] = []

    def look(self) -> Sight:
        self._time.wait(self._delays())
        seen = Sight(self._board.state, self._board.heartbeat, self._board.notes)
        self._time.wait(self._delays())
        return seen

    def note(self, notes: str) -> None:
        self._time.wait(self._delays())
        self._board.notes = notes
        self._time.wait(self._delays())

    def start(self, after: float = 0.0) -> None:
        self._time.wait(after)
        self.won = claimed(self, f"machine {self.name}", self.name, self._wait, self._time.now)

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._time.wait(seconds)


def contend(board: Board, starts: list[float], delays: Callable[[], float]) -> list[Contender]:
    time = Time()
    contenders = [Contender(f"{i:x}", board, time, delays) for i in range(10, 10 + len(starts))]
    time.run(*(lambda c=c, at=at: c.start(at) for c, at in zip(contenders, starts, strict=True)))
    return contenders


def alone(*sights: Sight) -> tuple[str | None, list[float]]:
    """What a scheduler concludes that sees this, and how long it waited."""
    seen, waited, noted = list(sights), [], [""]

    class Run:
        def look(self) -> Sight:
            sight = seen.pop(0) if len(seen) > 1 else seen[0]
            return Sight(sight.state, sight.heartbeat, noted[-1])

        def note(self, notes: str) -> None:
            noted.append(notes)

    return claimed(Run(), "here", "ab", waited.append, lambda: 0.0), waited


@pytest.mark.parametrize("state", ["", "pending", "finished", "failed", "crashed", "killed", "preempted"])
def test_a_sweep_whose_scheduler_is_not_at_work_is_claimed_in_seconds(state: str) -> None:
    notes, waited = alone(Sight(state, "12:00:00"))
    assert claim_in(notes or "") == "ab0"
    assert waited == [SETTLING]


def test_a_scheduler_whose_sign_of_life_moves_has_the_sweep() -> None:
    notes, waited = alone(Sight("running", "12:00:00"), Sight("running", "12:00:30"))
    assert notes is None
    assert waited == [SIGN_OF_LIFE]
    assert SIGN_OF_LIFE > WANDBS_LONGEST_SILENCE


@pytest.mark.parametrize("later", [Sight("running", "12:00:00"), Sight("finished", "12:00:10")])
def test_the_claim_of_a_scheduler_that_is_silent_or_has_ended_ends(later: Sight) -> None:
    notes, waited = alone(Sight("running", "12:00:00"), later)
    assert notes is not None
    assert waited == [SIGN_OF_LIFE, SETTLING]


def test_of_schedulers_that_start_within_a_second_one_stays() -> None:
    for seed in range(200):
        chance = random.Random(seed)
        starts = [chance.uniform(0, chance.choice([0.01, 1])) for _ in range(chance.randint(2, 5))]
        board = Board(
            state=chance.choice(["", "finished", "crashed"]), notes=chance.choice(["", "Ours.", OLD])
        )
        contenders = contend(board, starts, partial(chance.uniform, 0, SETTLING / 10))
        winners = [contender.won for contender in contenders if contender.won is not None]
        assert winners == [board.notes], seed


def test_whenever_they_start_and_however_slow_the_answers_the_polls_leave_one() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        starts = [chance.uniform(0, 10) for _ in range(chance.randint(2, 5))]
        board = Board(state="finished", notes=OLD)
        slow = chance.choice([0.3, 1, 3])
        contenders = contend(board, starts, partial(chance.expovariate, 1 / slow))
        stay = [c.won for c in contenders if c.won is not None and claim_in(board.notes) in expected(c.won)]
        assert stay == [board.notes], seed


def test_a_scheduler_that_waited_for_a_dead_one_leaves_its_sweep_to_who_claimed_it_meanwhile() -> None:
    board = Board(state="running", heartbeat="12:00:00", notes=OLD)
    first, second = contend(board, [0.0, 3.0], lambda: 0.2)
    assert first.won == board.notes
    assert second.won is None
    assert second.waited == [SIGN_OF_LIFE]


def test_what_people_wrote_into_the_notes_stays_and_claims_do_not_pile_up() -> None:
    board = Board(notes="Do not stop this one.")
    for _ in range(3):
        contend(board, [0.0], lambda: 0.1)
    assert board.notes.startswith("Do not stop this one.\n\nThe Optuna scheduler that drives this sweep: ")
    assert board.notes.count("claim") == 1


def test_a_scheduler_leaves_for_another_claim_and_not_for_an_old_answer_or_removed_notes() -> None:
    board = Board(notes=OLD)
    (mine,) = contend(board, [0.0], lambda: 0.1)
    assert mine.won is not None
    assert expected(mine.won) == {"", "a0", claim_in(OLD)}
    assert claim_in("A person's words: (claim ab)") == ""


OLD = "The Optuna scheduler that drives this sweep: machine 1, process 2 (claim 0ff)"
