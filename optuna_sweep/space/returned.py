"""What a function that was written for W&B's own Optuna engine returns: the run's config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from optuna_sweep.errors import UserCodeError
from optuna_sweep.space.choices import plain, text_of

RETURNED: Final = "config"
"""The trial's user attribute that holds what the function returned; the parameters alone may not tell."""

_WANTED: Final = "The function that scheduler.search_space names must return a dict of parameter values."


def returned_config(returned: object) -> dict[str, Any]:
    """The config that a run gets, with numbers in Python's own types.

    Raises:
        UserCodeError: It is no mapping of names to values that JSON can say.
    """
    if not isinstance(returned, Mapping):
        raise UserCodeError(f"{_WANTED} It returned {returned!r:.60}.")
    config = {str(name): _plain(value) for name, value in returned.items()}
    try:
        text_of(config)
    except TypeError as error:
        raise UserCodeError(f"{_WANTED} {error}.") from None
    return config


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else plain(value)
