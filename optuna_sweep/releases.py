"""The releases of wandb and Optuna that the scheduler works with. The one place that knows them."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from optuna_sweep.errors import SweepError

VERSION = "1.0.0.dev0"
"""The scheduler's own."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A range of releases, as ``requirements.txt`` has it.

    Attributes:
        package: The package's name.
        first: The oldest release that works.
        below: The first release that does not, or is not known to.
    """

    package: str
    first: str
    below: str

    @property
    def requirement(self) -> str:
        """As pip takes it."""
        return f"{self.package}>={self.first},<{self.below}"


WANDB = Supported("wandb", "0.30", "0.32")
OPTUNA = Supported("optuna", "4.4", "6")


def installed(package: str) -> str | None:
    """The release that this Python has; None without any."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def require(*ranges: Supported, look: Callable[[str], str | None] = installed) -> None:
    """Say which releases do not fit; to be called before the packages are imported.

    Args:
        ranges: What is needed.
        look: Finds the release of a package.

    Raises:
        SweepError: One sentence, which ends in the command that helps.
    """
    found = {each: look(each.package) for each in ranges}
    wrong = {each: version for each, version in found.items() if not _fits(version, each)}
    if wrong:
        given = " and ".join(
            f"{each.package} {version}" if version else f"no {each.package}"
            for each, version in wrong.items()
        )
        needed = " ".join(f"'{each.requirement}'" for each in wrong)
        raise SweepError(f"This scheduler does not run with {given}: pip install {needed}")


def health(workers: int, look: Callable[[str], str | None] = installed) -> str:
    """The first line of a scheduler's log: what a report of a problem should quote."""
    packages = f"wandb {look('wandb')}, Optuna {look('optuna')}, Python {platform.python_version()}"
    return f"Scheduler {VERSION} with {packages} and {workers} worker{'s' * (workers != 1)}."


def _fits(version: str | None, supported: Supported) -> bool:
    return version is not None and _numbers(supported.first) <= _numbers(version) < _numbers(supported.below)


def _numbers(version: str) -> tuple[int, ...]:
    """The release part of a version: pre-releases and builds count as the release that they lead to."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found.group().split(".")) if found else ()
