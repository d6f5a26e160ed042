"""Documents in, answers out: the schema, executed against a world."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ariadne import graphql_sync, load_schema_from_path, make_executable_schema
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from sandbox.world import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from sandbox.world import Info, World

logger = logging.getLogger("sandbox.graphql")
silent = logging.getLogger("sandbox.graphql.library")
silent.propagate = False  # the library writes a traceback for every refused query; ours is one line
silent.addHandler(logging.NullHandler())

_NAMED = re.compile(r"\b(?:query|mutation)\s+(\w+)")
_UNKNOWN = re.compile(r"^Cannot query field '(\w+)' on type '(\w+)'")


def build_schema(nouns: Iterable[ModuleType]) -> GraphQLSchema:
    """The executable schema: the SDL files, joined with the resolvers of every noun."""
    sdl = load_schema_from_path(str(Path(__file__).parent / "schema"))
    bindables = [bindable for noun in nouns for bindable in noun.bindables]
    return make_executable_schema(sdl, *bindables, convert_names_case=True)


def operation_name(document: dict[str, Any]) -> str:
    """The operation's name: as sent, or as written in the document, or ``anonymous``."""
    if document.get("operationName"):
        return str(document["operationName"])
    named = _NAMED.search(document.get("query") or "")
    return named.group(1) if named else "anonymous"


class GraphQL:
    """Executes documents. Clients send the same few over and over: each is read and checked once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._parsed = lru_cache(maxsize=512)(parse)
        self._checked = lru_cache(maxsize=512)(self._validate)

    def execute(
        self, world: World, document: dict[str, Any], failing: Callable[[str], str | None] | None = None
    ) -> dict[str, Any]:
        """The answer to one document: ``data``, and ``errors`` where something failed.

        The fields of a mutation are executed in their order. One that fails is null, and the next one's turn.

        Args:
            world: What it is executed against.
            document: ``query``, and ``variables`` and ``operationName`` where it has them.
            failing: The error with which a top-level field of this name in the answer fails without
                being executed; None for one that is.
        """
        operation = operation_name(document)
        # Clients send "" for "no name".
        document = {**document, "operationName": document.get("operationName") or None}
        _, answer = graphql_sync(
            self._schema,
            document,
            context_value=Context(world),
            query_parser=lambda _context, data: self._parsed(data["query"]),
            query_validator=self._cached_validation,
            middleware=[_failing(failing)] if failing else None,
            error_formatter=lambda error, _debug: _formatted(error, operation),
            logger=silent,
        )
        if "data" not in answer:
            answer["data"] = None
        found: dict[str, Any] = answer
        return found

    def top_level_fields(self, document: dict[str, Any]) -> int:
        """How many fields the document's operations have at their top; 1 where it cannot be read."""
        try:
            nodes = self._parsed(document["query"]).definitions
        except (KeyError, TypeError, GraphQLError):
            return 1
        operations = [node for node in nodes if isinstance(node, OperationDefinitionNode)]
        return sum(len(node.selection_set.selections) for node in operations)

    def _cached_validation(
        self, schema: GraphQLSchema, document_ast: DocumentNode, *_rules: object, **_limits: object
    ) -> list[GraphQLError]:
        return list(self._checked(document_ast))

    def _validate(self, node: DocumentNode) -> tuple[GraphQLError, ...]:
        return tuple(validate(self._schema, node))


def _failing(message_for: Callable[[str], str | None]) -> Callable[..., Any]:
    def resolve(usual: Callable[..., Any], of: object, info: Info, **arguments: Any) -> Any:
        message = message_for(str(info.path.key)) if info.path.prev is None else None
        if message is not None:
            raise GraphQLError(message)
        return usual(of, info, **arguments)

    return resolve


def _formatted(error: GraphQLError, operation: str) -> dict[str, Any]:
    """An error in W&B's form, which quotes names twice, with the operation that it belongs to.

    Clients recognise the text ``Cannot query field "x" on type "Y"`` and fall back to
    older documents, so it stands first and unchanged.
    """
    answer: dict[str, Any] = dict(error.formatted)
    answer["extensions"] = {"operation": operation}
    if error.path is None:
        # The document itself was refused, not a value in it.
        told = _UNKNOWN.sub(r'Cannot query field "\1" on type "\2"', error.message)
        answer["message"] = f"{told} (in operation {operation})"
    cause = error.original_error
    unexpected = cause is not None and not isinstance(cause, GraphQLError)
    logger.warning("%s: %s", operation, answer["message"], exc_info=cause if unexpected else None)
    return answer
