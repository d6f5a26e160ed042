"""What every block of a sweep file has in common: its rules, and the types of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from optuna_sweep.config.numerals import as_number, as_whole


class Block(BaseModel):
    """A block of the file: frozen, nothing guessed, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Lenient(Block):
    """A block whose keys may all be left empty, which says the same as leaving them out."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        return {key: raw[key] for key in raw if raw[key] is not None or key not in cls.model_fields}


Text = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(ge=1), BeforeValidator(as_whole)]
Number = Annotated[float, BeforeValidator(as_number)]
Seconds = Annotated[float, Field(gt=0), BeforeValidator(as_number)]


def as_items(given: object) -> object:
    """A list, also where one text stands for a list of one."""
    return [given] if isinstance(given, str) else given


Items = Field(strict=False)  # YAML has lists where these models have tuples
