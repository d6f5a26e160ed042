"""Messages over a socket."""

from __future__ import annotations

import socket
import threading

import pytest

from optuna_sweep.objective.line import Closed, Late, Line


def pair(longest: int | None = None) -> tuple[Line, socket.socket]:
    ours, theirs = socket.socketpair()
    return Line(ours, longest=longest), theirs


def test_messages_arrive_whole_and_in_order_whatever_their_size() -> None:
    ours, theirs = socket.socketpair()
    line, other = Line(ours), Line(theirs)
    messages = [b"", b"x", b"y" * 3_000_000]
    sender = threading.Thread(target=lambda: [line.send(message) for message in messages])
    sender.start()
    assert [other.receive(30.0) for _ in messages] == messages
    sender.join()
    line.close()
    other.close()


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", b"\0\0\0\0\0\0\0\5hal"], ids=["nothing", "a part", "most"])
def test_a_message_that_is_not_complete_in_time_is_late(sent: bytes) -> None:
    line, other = pair()
    other.sendall(sent)
    with pytest.raises(Late):
        line.receive(0.01)
    other.close()
    with pytest.raises(Closed):
        line.receive(30.0)
    line.close()


def test_a_message_that_nobody_reads_is_late_and_holds_nobody_up() -> None:
    line, other = pair()
    with pytest.raises(Late):
        line.send(bytes(10_000_000), 0.01)
    other.close()
    with pytest.raises(Closed):
        line.send(b"x", 30.0)
    line.close()


def test_what_is_no_message_fills_no_memory() -> None:
    line, other = pair(longest=10)
    other.sendall(b"\xff" * 8)
    with pytest.raises(Closed):
        line.receive(30.0)
    other.close()
    line.close()


def test_a_line_that_is_closed_wakes_who_waits_for_a_message() -> None:
    line, other = pair()
    told: list[str] = []

    def wait() -> None:
        try:
            line.receive()
        except Closed:
            told.append("closed")

    waiter = threading.Thread(target=wait)
    waiter.start()
    line.close()
    waiter.join(30)
    assert told == ["closed"]
    other.close()
