"""The line at the bottom of a terminal."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Iterator

import pytest

from optuna_sweep.report import StatusLine


class Terminal:
    """A terminal of 20 columns, and what stands on it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))

    def lines(self) -> list[str]:
        """What a person sees, from the top."""
        # What is written comes out a moment later, so an end mark is waited for.
        os.write(self.slave, b"\0")
        raw = b""
        while not raw.endswith(b"\0"):
            raw += os.read(self.master, 10_000)
        written = raw[:-1].decode()
        seen = [""]
        at = 0
        text = written.replace("\r\n", "\n")
        while text:
            if text.startswith("\x1b[2K"):
                seen[-1], text = "", text[4:]
            elif text[0] == "\r":
                at, text = 0, text[1:]
            elif text[0] == "\n":
                seen.append("")
                at, text = 0, text[1:]
            else:
                seen[-1] = seen[-1][:at] + text[0] + seen[-1][at + 1 :]
                at, text = at + 1, text[1:]
        return seen


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    os.close(made.master)
    os.close(made.slave)


def test_a_newer_status_takes_the_place_of_the_older(terminal: Terminal) -> None:
    line = StatusLine(terminal.slave)
    line.show("1 of 40 told, long")
    line.show("2 of 40 told")
    assert terminal.lines() == ["2 of 40 told"]


def test_lines_scroll_by_above_it(terminal: Terminal) -> None:
    line = StatusLine(terminal.slave)
    line.show("status")
    for event in ("one", "two"):
        with line.aside():
            os.write(terminal.slave, f"{event}\n".encode())
    assert terminal.lines() == ["one", "two", "status"]


def test_it_never_takes_two_lines(terminal: Terminal) -> None:
    StatusLine(terminal.slave).show("x" * 99)
    assert terminal.lines() == ["x" * 19]


def test_nothing_is_left_behind(terminal: Terminal) -> None:
    line = StatusLine(terminal.slave)
    line.show("status")
    line.clear()
    with line.aside():
        os.write(terminal.slave, b"the end\n")
    assert terminal.lines() == ["the end", ""]


def test_a_terminal_that_is_gone_does_not_matter() -> None:
    reading, writing = os.pipe()
    line = StatusLine(writing)
    os.close(reading)
    os.close(writing)
    line.show("status")
    line.show("status")


def test_into_a_pipe_or_a_file_it_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    kept, (reading, writing) = os.dup(2), os.pipe()
    try:
        os.dup2(writing, 2)
        StatusLine.of_this_process().show("status")
    finally:
        os.dup2(kept, 2)
    os.close(writing)
    assert os.read(reading, 100) == b""
    os.close(reading)
    os.close(kept)


def test_it_is_on_the_terminal_of_standard_error(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    monkeypatch.setenv("TERM", "xterm")
    kept = os.dup(2)
    try:
        os.dup2(terminal.slave, 2)
        StatusLine.of_this_process().show("status")
    finally:
        os.dup2(kept, 2)
    os.close(kept)
    assert terminal.lines() == ["status"]
