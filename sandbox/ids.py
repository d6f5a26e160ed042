"""The ids that the API hands out: base64 of ``Type:field:field``, as W&B's own are.

Clients echo most of them. Two are read by clients and therefore fixed: a run's
(``Run:v1:<name>:<project>:<entity>``), which schedulers build themselves, and an
artifact's, whose base64 the client turns into hexadecimal for links between artifacts.
"""

from __future__ import annotations

import base64
import binascii
import itertools
from collections.abc import Iterator


def encode(kind: str, *fields: object) -> str:
    """The id of the thing of this kind that these fields name."""
    return base64.b64encode(":".join([kind, *map(str, fields)]).encode()).decode()


def decode(text: str, kind: str) -> list[str] | None:
    """The fields of an id, or None when it is not an id of this kind."""
    try:
        found, *fields = base64.b64decode(text, validate=True).decode().split(":")
    except (binascii.Error, ValueError):
        return None
    return fields if found == kind else None


class Counter:
    """Hands out ids of one kind, never the same twice."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._numbers: Iterator[int] = itertools.count(1)

    def next(self) -> str:
        """A new id."""
        return encode(self._kind, next(self._numbers))
