"""The page for people at ``/``: projects and their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.world import World


def render(world: World) -> str:
    """The whole page."""
    return "<!doctype html><title>W&B sandbox</title>"
