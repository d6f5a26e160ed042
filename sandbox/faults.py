"""Failures on demand: what a client must live through, at a rate and in a repeatable order.

Set with ``POST /sandbox/faults`` and the body ``{"seed": 1, "faults": [{…}, …]}``; each call replaces
the faults before it, and an empty list ends them::

    {"kind": "status", "status": 500, "rate": 0.1}                  every tenth request, any operation
    {"kind": "status", "status": 429, "retry_after": 2}             always
    {"kind": "graphql", "operation": "RunState", "message": "…"}    HTTP 200 with errors: not retried
    {"kind": "drop_before", "operation": "file_stream"}             nothing was done, no answer
    {"kind": "graphql", "fields": ["q1"]}                           the same for one of a document's fields
    {"kind": "drop_after", "operation": "pushToRunQueue*"}          it was done, but nobody hears so
    {"kind": "drop_after", "fields": ["q0", "?1"]}                  it was done but for these of its fields
    {"kind": "delay", "seconds": 0.5, "times": 3}                   the next three requests are slow
    {"kind": "hang_after", "about": "kukd2kuh", "skip": 4}          the fifth that names this sweep, and all
                                                                    later: time to kill who asked

``GET /sandbox/faults`` tells how often each has struck.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]

KINDS = ("status", "graphql", "drop_before", "drop_after", "hang_before", "hang_after", "delay")
PARTIAL = ("graphql", "drop_after", "hang_after")
DROPPED = 0
"""The status by which the requests log knows an answer that nobody got."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One way to fail.

    Attributes:
        kind: One of `KINDS`.
        operation: Which operations it strikes, as a shell pattern.
        sender: Which clients it strikes, as a pattern over ``User-Agent``.
        about: A text that the request's address or body holds, such as the name of a run.
        skip: How many such requests it lets pass first.
        rate: The share of these requests that it strikes.
        times: How often it strikes at all; None without end.
        status: The HTTP status of ``status``.
        retry_after: Seconds in the header ``Retry-After`` of ``status``.
        message: The text of the error.
        seconds: How long ``delay`` waits before the request is answered as usual.
        fields: Patterns over the names that a document's top-level fields have in its answer. Those
            are not executed and fail with ``message``, and the others are executed.
        struck: How often it has struck; counted here, never given.
    """

    kind: str
    operation: str = "*"
    sender: str = "*"
    about: str = ""
    skip: int = 0
    rate: float = 1.0
    times: int | None = None
    status: int = 500
    retry_after: float | None = None
    message: str = "injected fault"
    seconds: float = 0.0
    fields: Sequence[str] = ()
    struck: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {self.kind!r} is not a fault: use one of {', '.join(KINDS)}")
        if not 0 <= self.rate <= 1:
            raise ValueError(f"rate: {self.rate!r} is not a share: use a number from 0 to 1")
        if self.fields and self.kind not in PARTIAL:
            raise ValueError(f"fields: {self.kind!r} strikes whole requests: use one of {', '.join(PARTIAL)}")

    def message_for(self, name: str) -> str | None:
        """The error of the top-level field of this name; None where it is executed."""
        return self.message if any(fnmatchcase(name, pattern) for pattern in self.fields) else None


class Faults:
    """The faults in force. They are asked in order, and the first that strikes counts."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._random = Random(0)

    def set(self, faults: Iterable[dict[str, Any]], seed: int = 0) -> None:
        """Put these faults in force, in place of all others.

        Raises:
            ValueError: A fault has an unknown key or value; the old ones stay then.
        """
        known = [each.name for each in fields(Fault) if each.init]
        made = []
        for given in faults:
            unknown = set(given) - set(known)
            if unknown:
                raise ValueError(f"{sorted(unknown)} say nothing about a fault: use {', '.join(known)}")
            made.append(Fault(**given))
        self._faults, self._random = made, Random(seed)

    def report(self) -> list[dict[str, Any]]:
        """The faults in force, in the order of asking."""
        return [asdict(fault) for fault in self._faults]

    def draw(self, operation: str, sender: str, text: str = "") -> Fault | None:
        """The fault that strikes this request, or None.

        Args:
            operation: Its operation.
            sender: Its client.
            text: Its address and body.
        """
        for fault in self._faults:
            if fault.about not in text or not _aims(fault, operation, sender) or fault.times == fault.struck:
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif self._random.random() < fault.rate:
                fault.struck += 1
                return fault
        return None


def _aims(fault: Fault, operation: str, sender: str) -> bool:
    return fnmatchcase(operation, fault.operation) and fnmatchcase(sender, fault.sender)


async def answer_under(fault: Fault | None, request: Request, endpoint: Endpoint) -> Response:
    """The answer to a request that a fault strikes (None: the usual answer)."""
    if fault is None:
        return await endpoint(request)
    if fault.fields:
        request.scope["sandbox.fault"] = fault
    match fault.kind:
        case "delay":
            await asyncio.sleep(fault.seconds)
            return await endpoint(request)
        case "graphql" if fault.fields:
            return await endpoint(request)
        case "graphql":
            return JSONResponse({"data": None, "errors": [{"message": fault.message}]})
        case "status":
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return JSONResponse({"errors": [{"message": fault.message}]}, fault.status, headers)
        case "drop_after" | "hang_after":
            await endpoint(request)
    return HungUp() if fault.kind.startswith("hang") else _hang_up(request)


class HungUp(Response):
    """What is written to the log when nobody is left to read an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = DROPPED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing, and return once the server knows that the client is gone."""
        while (await receive())["type"] != "http.disconnect":
            pass


def _hang_up(request: Request) -> Response:
    request.scope["sandbox.transport"].abort()
    return HungUp()
