"""Everything that is true in this W&B, in memory, and the only clock that it goes by."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from sandbox.accounts import KEY, Accounts
from sandbox.agents import Agents
from sandbox.artifacts import Artifacts
from sandbox.files import Files
from sandbox.projects import Projects
from sandbox.queues import Queues
from sandbox.runs import Runs
from sandbox.sweeps import Sweeps


class World:
    """The state of the server.

    Args:
        data: A folder for the bytes of files; everything else is in memory.
        clock: Seconds since 1970. Time-outs go by it, so a test may turn it forward.
        base_url: The address that clients reach the server at; part of upload links.
        key: The key of the only account.
        teams: Entities beside the account's own.
        seed: For names that the server makes up; None takes other ones each time.
    """

    def __init__(
        self,
        *,
        data: Path,
        clock: Callable[[], float],
        base_url: str,
        key: str = KEY,
        teams: Iterable[str] = (),
        seed: int | None = None,
    ) -> None:
        self.data = data
        self.clock = clock
        self.base_url = base_url.rstrip("/")
        self.lock = threading.RLock()
        self.accounts = Accounts(key, teams)
        self.random = Random(seed)
        self.projects = Projects()
        self.runs = Runs()
        self.queues = Queues(clock)
        self.sweeps = Sweeps(clock, self.runs, self.queues, self.random)
        self.agents = Agents(clock)
        self.artifacts = Artifacts()
        self.files = Files(data / "files", self.base_url)

    def settle(self) -> None:
        """Let time have its effect. Called before each request is answered."""
        self.runs.bury_the_silent(self.clock())
        self.queues.settle()


@dataclass(frozen=True, slots=True)
class Context:
    """What every resolver finds as ``info.context``."""

    world: World


if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    Info = GraphQLResolveInfo[Context]
    """What a resolver knows beside its arguments; `info.context.world` is typed by it."""
