"""Messages over a socket, each of them whole or not at all."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Final

_LENGTH: Final = struct.Struct("!Q")
_LEAST_WAIT: Final = 0.001  # a socket takes 0 as "do not wait at all", and looks like one that is broken


class Closed(Exception):
    """The other end is gone, or sent what is no message."""


class Late(Exception):
    """The message was not complete in time. The line cannot be used any more."""


class Line:
    """One end of a two-way line.

    Any thread may send; one at a time may receive. Without a time limit both wait for ever.

    Args:
        end: A connected socket of the stream kind, which belongs to the line from here on.
        longest: Bytes that a message may have which is received; a longer one is no message.
    """

    def __init__(self, end: socket.socket, *, longest: int | None = None) -> None:
        self._end = end
        self._longest = longest
        self._sending = threading.Lock()

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """Send a message.

        Raises:
            Closed: Nobody is there to read it.
            Late: The other end did not read it within ``seconds``.
        """
        with self._sending:
            try:
                self._end.settimeout(_wait(seconds))
                self._end.sendall(_LENGTH.pack(len(message)) + message)
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Closed(str(error)) from None

    def receive(self, seconds: float | None = None) -> bytes:
        """The next message.

        Raises:
            Closed: There will be none.
            Late: There was none within ``seconds``, or only the beginning of one.
        """
        until = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        if self._longest is not None and length > self._longest:
            raise Closed(f"a message of {length} bytes")
        return self._exactly(length, until)

    def close(self) -> None:
        """Hang up, also for a thread that waits for a message."""
        with suppress(OSError):  # the other end was faster
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def _exactly(self, length: int, until: float | None) -> bytes:
        message = bytearray(length)
        rest = memoryview(message)
        while rest:
            rest = rest[self._some(rest, until) :]
        return bytes(message)

    def _some(self, rest: memoryview, until: float | None) -> int:
        try:
            self._end.settimeout(_wait(None if until is None else until - time.monotonic()))
            count = self._end.recv_into(rest)
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Closed(str(error)) from None
        if not count:
            raise Closed("end of file")
        return count


def _wait(seconds: float | None) -> float | None:
    return None if seconds is None else max(seconds, _LEAST_WAIT)
