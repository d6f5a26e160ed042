"""What MySQL and MariaDB have to be told, so that they keep what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import event

CONNECT: Mapping[str, Any] = MappingProxyType(
    {
        "charset": "utf8mb4",
        # Servers are in use that cut off what is too long; half of a JSON text can never be read again.
        "init_command": "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')",
    }
)
"""Arguments for a connection, known to both drivers."""

_EXACT = "optuna_sweep_exact_names"

EXECUTION_OPTIONS: Mapping[str, Any] = MappingProxyType({_EXACT: True})
"""Options for an engine whose new tables tell `x` from `X`, and hold names of any alphabet."""

_NEVER = frozenset({1267, 1271, 1366, 3988})
"""Errors about a text that a table's character set lacks, which drivers count among the server's troubles."""


def refuses_text(error: object) -> bool:
    """Whether a driver's error is one that the same request will meet again."""
    number, *_ = getattr(error, "args", None) or (None,)
    return number in _NEVER


@event.listens_for(sqlalchemy.Engine, "before_cursor_execute", retval=True)
def _tell_names_apart(
    connection: sqlalchemy.Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
) -> tuple[str, Any]:
    """Without it a table takes the server's default, to which parameters `lr` and `LR` are one."""
    if connection.get_execution_options().get(_EXACT) and statement.lstrip().startswith("CREATE TABLE"):
        statement = f"{statement.rstrip()} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    return statement, parameters
