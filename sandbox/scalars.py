"""Scalars of the schema that GraphQL has not by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from ariadne import ScalarType

date_time = ScalarType("DateTime")
int64 = ScalarType("Int64", value_parser=int, serializer=int)
json_string = ScalarType("JSONString", value_parser=str, serializer=str)
bindables = [date_time, int64, json_string]


@date_time.serializer
def as_iso(moment: float | str) -> str:
    """Seconds since 1970 as W&B writes moments: ISO 8601 in UTC, without an offset."""
    if isinstance(moment, str):
        return moment
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
