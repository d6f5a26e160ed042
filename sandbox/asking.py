"""Questions and orders to a running sandbox over plain HTTP, for tests and the demo."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from sandbox.serving import Sandbox

_PUSH = """
mutation ($entity: String!, $queue: String!, $spec: JSONString!) {
  pushToRunQueueByName(
    input: {entityName: $entity, projectName: "model-registry", queueName: $queue, runSpec: $spec}
  ) { runQueueItemId }
}"""


class Refused(Exception):
    """The sandbox did not do it; the text is its own."""


def ask(sandbox: Sandbox, document: str, **variables: object) -> dict[str, Any]:
    """Send a GraphQL document and return its data.

    Raises:
        Refused: The answer has errors.
    """
    answer = _post(sandbox, "/graphql", {"query": document, "variables": variables})
    if answer.get("errors"):
        raise Refused(str(answer["errors"]))
    data: dict[str, Any] = answer["data"]
    return data


def push(sandbox: Sandbox, queue: str, spec: Mapping[str, Any]) -> str:
    """Put a run spec on a queue, and return the id of the queue item."""
    answer = ask(sandbox, _PUSH, entity=sandbox.entity, queue=queue, spec=json.dumps(spec))
    return str(answer["pushToRunQueueByName"]["runQueueItemId"])


def set_sweep_state(sandbox: Sandbox, sweep: str, state: str) -> None:
    """Pause, resume, stop or cancel a sweep, as a person does on its page."""
    _post(sandbox, f"/sandbox/sweeps/{sweep}/state", {"state": state})


def stop_run(sandbox: Sandbox, project: str, run: str) -> None:
    """Stop a run, as a person does on its page."""
    _post(sandbox, f"/sandbox/runs/{sandbox.entity}/{project}/{run}/stop", {})


def alerts_of(sandbox: Sandbox, project: str, run: str) -> list[dict[str, str]]:
    """The alerts that a run has sent, each with ``title``, ``text`` and ``severity``."""
    found: list[dict[str, str]] = _send(sandbox, f"/sandbox/runs/{sandbox.entity}/{project}/{run}/alerts")[
        "alerts"
    ]
    return found


def _post(sandbox: Sandbox, path: str, body: object) -> dict[str, Any]:
    return _send(sandbox, path, json.dumps(body).encode())


def _send(sandbox: Sandbox, path: str, body: bytes | None = None) -> dict[str, Any]:
    """A POST of the body; a GET without one."""
    key = base64.b64encode(f"api:{sandbox.key}".encode()).decode()
    request = urllib.request.Request(
        sandbox.url + path,
        data=body,
        headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{path}: {error.code} {error.read().decode()}") from None
    return found
