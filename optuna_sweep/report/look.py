"""Plotly's usual look, put onto figures that are drawn already.

Plotly checks a figure's template key by key, for every figure anew, though it is always the same one. That
is a quarter of what drawing a small study costs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_LOOK = "package_data/templates/plotly.json"


def draw_bare() -> None:
    """From here on plotly's figures have no template, in all of this process.

    Going back would check the template as well, and this process has no use for other figures.
    """
    import plotly.io

    plotly.io.templates.default = None


def dressed(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure that was drawn bare, with the template that plotly would have given it."""
    return {**figure, "layout": {**figure["layout"], "template": _look()}}


@cache
def _look() -> Any:
    return json.loads(files("plotly").joinpath(_LOOK).read_text(encoding="utf-8"))
