"""Connections: how GraphQL hands out long lists page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError


def connection(nodes: Sequence[object], first: int | None = None, after: str | None = None) -> dict[str, Any]:
    """One page of `nodes`, with the cursor that leads to the next.

    Args:
        nodes: The whole list, in its final order.
        first: The size of the page; None for all that is left.
        after: The cursor of the last node already seen; None or "" from the start.
    """
    start = _position(after)
    end = len(nodes) if first is None else min(start + first, len(nodes))
    edges = [{"node": node, "cursor": str(at)} for at, node in enumerate(nodes[start:end], start + 1)]
    return {
        "edges": edges,
        "nodes": nodes[start:end],
        "page_info": {
            "end_cursor": edges[-1]["cursor"] if edges else None,
            "has_next_page": end < len(nodes),
            "has_previous_page": start > 0,
            "start_cursor": edges[0]["cursor"] if edges else None,
        },
        "total_count": len(nodes),
    }


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not cursor.isdigit():
        raise GraphQLError(f"after: {cursor!r} is no cursor of this list: pass pageInfo.endCursor")
    return int(cursor)
