"""Who asked what, and when: the ground that request budgets are measured on."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

CAPACITY = 200_000
"""Requests remembered; older ones are forgotten, so that a long demo stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived.

    Attributes:
        time: Seconds since 1970, by the world's clock.
        operation: The GraphQL operation's name, or ``file_stream``, ``upload``, ``download``.
        sender: The ``User-Agent`` header: which client, which version.
        fields: The top-level fields of its document: each mutation of one counts.
        status: The HTTP status of the answer; 0 when the connection was dropped on purpose.
        milliseconds: How long the answer took.
    """

    time: float
    operation: str
    sender: str
    fields: int
    status: int
    milliseconds: float


class RequestsLog:
    """Every request since the start or the last reset."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque(maxlen=CAPACITY)

    def add(self, request: Request) -> None:
        """Remember a request."""
        self._requests.append(request)

    def reset(self) -> None:
        """Forget all requests, so that a budget starts at zero."""
        self._requests.clear()

    def report(self) -> dict[str, Any]:
        """All of it as JSON: totals by operation and by sender, then each request in order."""
        requests = list(self._requests)
        return {
            "total": len(requests),
            "by_operation": dict(Counter(request.operation for request in requests).most_common()),
            "by_sender": dict(Counter(request.sender for request in requests).most_common()),
            "requests": [asdict(request) for request in requests],
        }
