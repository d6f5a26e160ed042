"""The documents of single requests, most of which change something in W&B.

wandb 0.31 has no Python call for the first, and swallows the errors of the others; their
shapes are those that wandb's own clients send.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_AT_ONCE = 20

CREATE_RUN = """
mutation UpsertBucket(
  $name: String, $project: String, $entity: String, $sweep: String,
  $displayName: String, $groupName: String, $tags: [String!], $config: JSONString
) {
  upsertBucket(input: {
    name: $name, modelName: $project, entityName: $entity, sweep: $sweep,
    displayName: $displayName, groupName: $groupName, tags: $tags, config: $config
  }) {
    bucket { id name displayName sweepName }
    inserted
  }
}
"""

ENQUEUE = """
mutation pushToRunQueueByName(
  $entityName: String!, $projectName: String!, $queueName: String!,
  $runSpec: JSONString!, $priority: Int, $templateVariableValues: JSONString
) {
  pushToRunQueueByName(input: {
    entityName: $entityName, projectName: $projectName, queueName: $queueName,
    runSpec: $runSpec, priority: $priority, templateVariableValues: $templateVariableValues
  }) {
    runQueueItemId
  }
}
"""

_RUN = """
  c{i}: upsertBucket(input: {{
    name: $name{i}, modelName: $project, entityName: $entity, sweep: $sweep,
    displayName: $displayName{i}, groupName: $groupName, tags: $tags, config: $config{i}
  }}) {{ inserted }}
  q{i}: pushToRunQueueByName(input: {{
    entityName: $entityName, projectName: $projectName, queueName: $queueName,
    runSpec: $runSpec{i}, priority: $priority, templateVariableValues: $templateVariableValues
  }}) {{ runQueueItemId }}"""

QUEUE_ITEMS = """
query GetRunQueueItems($projectName: String!, $entityName: String!, $runQueue: String!) {
  project(name: $projectName, entityName: $entityName) {
    runQueue(name: $runQueue) {
      runQueueItems { edges { node { id state associatedRunId } } }
    }
  }
}
"""

# wandb prints a dozen lines of its own after a program's last one.
LAST_LINES = """
query RunConsoleLogTail($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) { logLines(last: 50) { edges { node { line } } } }
  }
}
"""

END_SWEEP = """
mutation UpsertSweep($id: ID, $state: String, $entityName: String, $projectName: String) {
  upsertSweep(input: { id: $id, state: $state, entityName: $entityName, projectName: $projectName }) {
    sweep { name }
  }
}
"""


def start_runs(count: int) -> str:
    """``CREATE_RUN`` and ``ENQUEUE`` for so many runs, one after the other, with the variables of both.

    Those of one run alone, ``name``, ``displayName``, ``config`` and ``runSpec``, end in its number, and so
    do the answers: ``c0`` is the first run, ``q0`` its item.
    """
    own = ", ".join(
        f"$name{i}: String, $displayName{i}: String, $config{i}: JSONString, $runSpec{i}: JSONString!"
        for i in range(count)
    )
    shared = (
        "$project: String, $entity: String, $sweep: String, $groupName: String, $tags: [String!], "
        "$entityName: String!, $projectName: String!, $queueName: String!, "
        "$priority: Int, $templateVariableValues: JSONString"
    )
    runs = "".join(_RUN.format(i=i) for i in range(count))
    return f"mutation StartRuns({shared}, {own}) {{{runs}\n}}"


def describe_runs(
    summaries: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, dict[str, str]]]:
    """Documents that replace summaries, of twenty runs each; their variables lack entity and project."""
    entries = list(summaries.items())
    for start in range(0, len(entries), _AT_ONCE):
        yield _describe(entries[start : start + _AT_ONCE])


def _describe(entries: list[tuple[str, Mapping[str, Any]]]) -> tuple[str, dict[str, str]]:
    variables: dict[str, str] = {}
    head = runs = ""
    for i, (run_id, summary) in enumerate(entries):
        head += f", $n{i}: String, $s{i}: JSONString"
        runs += (
            f" d{i}: upsertBucket(input: {{name: $n{i}, modelName: $project, entityName: $entity, "
            f"summaryMetrics: $s{i}}}) {{ bucket {{ id }} }}"
        )
        variables |= {f"n{i}": run_id, f"s{i}": json.dumps(summary)}
    return f"mutation DescribeRuns($project: String, $entity: String{head}) {{{runs} }}", variables
