"""``settings.storage``: an address without a password, since everybody of the project can read the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from optuna_sweep.config.findings import Findings, show, suggest

STORAGE_PATH = "scheduler.settings.storage"

REFERENCE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
"""A name whose value comes from the environment of the scheduler's job."""

DRIVERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "postgresql": ("psycopg", "psycopg2"),
        "mysql": ("pymysql", "mysqldb"),
        "mariadb": ("pymysql", "mysqldb"),
        "sqlite": ("pysqlite",),
        "redis": (),
        "rediss": (),
        "unix": (),
    }
)
"""The kinds of storage, each with the drivers that an address may name after a plus sign."""

REDIS = frozenset({"redis", "rediss", "unix"})

_ADDRESS = re.compile(r"(?P<kind>\w+)(?:\+(?P<driver>\w*))?://(?P<rest>.*)", re.DOTALL)
_SECRET_KEY = re.compile(r"(?:^|[?&])(?:password|passwd|pwd|sslpassword)=([^&]*)", re.IGNORECASE)
_KINDS = "postgresql://…, mysql://…, sqlite:///FILE or redis://…"


def check_storage(text: str, findings: Findings) -> None:
    """See that the address can be one, and that it holds no password.

    The values behind ``${NAME}`` are not looked at: the machine that checks a sweep file is not the
    one that runs its scheduler.
    """
    if REFERENCE.fullmatch(text):
        return
    fault = address_fault(text)
    if fault is not None:
        findings.problem(STORAGE_PATH, show(text), *fault)
    elif any(REFERENCE.sub("", secret) for secret in passwords(text)):
        findings.problem(
            STORAGE_PATH,
            "a password in the sweep file",
            "an address without one, because W&B shows the file to everybody of the project",
            "Write ${NAME} in its place, and set NAME in the environment of the scheduler's job",
        )


def address_fault(text: str) -> tuple[str, str] | None:
    """What is allowed in place of an address that is none, and what to do; None for a good one."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return _KINDS, "Write a URL"
    kind, driver = match["kind"], match["driver"]
    if kind not in DRIVERS:
        return _KINDS, suggest(kind, DRIVERS, "Use one of them")
    if driver is not None and driver not in DRIVERS[kind]:
        known = " or ".join(f"{kind}+{name}" for name in DRIVERS[kind]) or kind
        return known, f"Write `{kind}://…`, which takes the driver that is installed"
    if kind == "sqlite" and not re.match(r"/[^/?]|//[^?]", match["rest"]):
        return "a file that outlives the process", "Write sqlite:///study.db, or sqlite:////data/study.db"
    return None


def passwords(address: str) -> list[str]:
    """The passwords that an address holds, as they stand there."""
    match = _ADDRESS.fullmatch(address)
    if match is None or match["kind"] == "sqlite":
        return []
    before, _, after = match["rest"].partition("?")
    user = before.rpartition("@")[0] if "@" in before else match["rest"].rpartition("@")[0]
    found = [user.partition(":")[2], *_SECRET_KEY.findall(f"?{after}")]
    return [secret for secret in found if secret]
