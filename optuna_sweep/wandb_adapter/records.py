"""W&B's records of runs, in our words. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from optuna_sweep.launch import KnownRun
from optuna_sweep.wandb_adapter.states import phase_of_run


def known_run(node: Mapping[str, Any]) -> KnownRun:
    """A run of the sweep out of W&B's answer."""
    return KnownRun(
        run_id=str(node["name"]),
        phase=phase_of_run(str(node.get("state"))),
        parameters=_plain(_loaded(node.get("config"))),
        summary=_loaded(node.get("summaryMetrics")),
        created_at=str(node.get("createdAt") or ""),
        stopping=bool(node.get("stopped")),
    )


def _loaded(raw: Any) -> dict[str, Any]:
    """W&B sends JSON objects as text, and some servers as objects; broken text counts as empty."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            return {}
    return raw if isinstance(raw, dict) else {}


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """A run's config without the envelope ``{key: {"value": …}}`` and without W&B's own keys."""
    return {
        key: entry["value"]
        for key, entry in config.items()
        if key != "_wandb" and isinstance(entry, dict) and "value" in entry
    }
