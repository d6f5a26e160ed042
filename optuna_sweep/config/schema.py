"""The JSON Schema of a sweep file, from which editors complete and explain keys."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from optuna_sweep.config.entries import ParameterEntry, SweepFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema, generated from the models.

    It is kinder to a file than ``SweepConfig.parse`` is: what no schema can say, such as min below
    max, is left to the latter.
    """
    roots = [(SweepFile, "validation"), (ParameterEntry, "validation")]
    _, generated = models_json_schema(roots, schema_generator=_Generator)  # type: ignore[arg-type]
    blocks = generated["$defs"]
    parameters = {"type": "object", "additionalProperties": {"$ref": "#/$defs/ParameterEntry"}}
    top = blocks.pop("SweepFile")
    top["properties"]["parameters"] |= parameters
    blocks["ParameterEntry"]["properties"]["parameters"] |= parameters
    top["properties"]["command"] |= {"type": "array", "items": {"type": ["string", "number", "boolean"]}}
    return {"$schema": _DIALECT, **top, "$defs": blocks}


class _Generator(GenerateJsonSchema):
    """Leaves out what helps nobody who writes YAML: titles of fields, and defaults that mean absence."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: a title would only repeat the key."""
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        """The schema of a field, without its default where that is null."""
        generated = super().default_schema(schema)
        if generated.get("default", 0) is None:
            del generated["default"]
        return generated

    def float_schema(self, schema: Any) -> dict[str, Any]:
        """A number, or text such as 1e-5, which YAML readers differ about."""
        return {"anyOf": [super().float_schema(schema), {"type": "string", "pattern": "^[-+0-9.eE_]+$"}]}
