"""Where a shared study lives: an address whose password nobody gets to see."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from optuna_sweep.config.findings import show, without_passwords
from optuna_sweep.config.storage import REDIS, REFERENCE, STORAGE_PATH, address_fault, passwords
from optuna_sweep.errors import ConfigError, Problem


class Address:
    """A storage's address with its password, which only ``reveal`` gives away.

    Args:
        url: The whole address.
        secrets: Further texts that must not be shown.
    """

    def __init__(self, url: str, secrets: tuple[str, ...] = ()) -> None:
        self._url = url
        spelt = {*secrets, *passwords(url)}
        spelt |= {unquote(secret) for secret in spelt} | {quote(secret, safe="") for secret in spelt}
        spelt |= {repr(secret)[1:-1] for secret in spelt}
        self._secrets = sorted(filter(None, spelt), key=len, reverse=True)

    @classmethod
    def read(cls, text: str, environment: Mapping[str, str]) -> Address:
        """Put the environment's values into ``settings.storage``.

        What stands in for the user or the password may hold any character; it is quoted here.

        Raises:
            ConfigError: A name is not set, or the whole is no address.
        """
        _check_names(text, environment)
        whole = REFERENCE.fullmatch(text)
        if whole is not None:
            return cls(environment[whole[1]].strip())._checked(text)
        user, at, rest = text.rpartition("@")
        secrets = tuple(environment[name] for secret in passwords(text) for name in REFERENCE.findall(secret))
        url = REFERENCE.sub(lambda found: quote(environment[found[1]], safe=""), user) + at
        return cls(url + REFERENCE.sub(lambda found: environment[found[1]], rest), secrets)._checked(text)

    def reveal(self) -> str:
        """The address with its password, for the driver alone."""
        return self._url

    def hide(self, message: str) -> str:
        """The message without the password, however it is spelt in there."""
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return without_passwords(message)

    @property
    def kind(self) -> str:
        """``postgresql``, ``mysql``, …: what stands before the driver."""
        return self._url.partition(":")[0].partition("+")[0]

    @property
    def driver(self) -> str | None:
        """The driver that the address names, if any."""
        return self._url.partition(":")[0].partition("+")[2] or None

    @property
    def is_redis(self) -> bool:
        """Whether Redis is there, and no SQL database."""
        return self.kind in REDIS

    def __str__(self) -> str:
        return self.hide(self._url.partition("?")[0])

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def _checked(self, text: str) -> Address:
        fault = address_fault(self._url)
        if fault is not None:
            raise ConfigError(
                [Problem(STORAGE_PATH, f"{text}, which is {self.hide(show(self._url))}", *fault)]
            )
        return self


def _check_names(text: str, environment: Mapping[str, str]) -> None:
    missing = [name for name in dict.fromkeys(REFERENCE.findall(text)) if not environment.get(name)]
    if missing:
        raise ConfigError(
            Problem(
                STORAGE_PATH,
                f"${{{name}}}",
                "a name that the environment of the scheduler's job holds",
                f"Set {name} where the scheduler's job runs",
            )
            for name in missing
        )
