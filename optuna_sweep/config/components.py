"""``{type, args}``: how a sweep file names a part of Optuna."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from optuna_sweep.config.blocks import Lenient, Text


class Component(Lenient):
    """An Optuna sampler or pruner.

    Nested ones (``wrapped_pruner: {type: …}``) stay plain mappings in ``args``: which argument
    takes one is known to the class that ``type`` names.
    """

    type: Text = Field(description="Optuna's name of the class, such as `TPESampler` or `MedianPruner`.")
    args: Mapping[str, Any] = Field(
        default_factory=dict,
        description="Its arguments by name; one that is a sampler or pruner is written `{type, args}` again.",
    )
