"""Everything that is true in this W&B, in memory, and the only clock that it goes by."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.accounts import KEY, Accounts
from sandbox.projects import Projects


class World:
    """The state of the server.

    Args:
        data: A folder for the bytes of files; everything else is in memory.
        clock: Seconds since 1970. Time-outs go by it, so a test may turn it forward.
        base_url: The address that clients reach the server at; part of upload links.
        key: The key of the only account.
        teams: Entities beside the account's own.
    """

    def __init__(
        self,
        *,
        data: Path,
        clock: Callable[[], float],
        base_url: str,
        key: str = KEY,
        teams: Iterable[str] = (),
    ) -> None:
        self.data = data
        self.clock = clock
        self.base_url = base_url.rstrip("/")
        self.lock = threading.RLock()
        self.accounts = Accounts(key, teams)
        self.projects = Projects()

    def settle(self) -> None:
        """Let time have its effect. Called before each request is answered."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every resolver finds as ``info.context``."""

    world: World
