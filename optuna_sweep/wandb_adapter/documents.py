"""The documents of single requests, most of which change something in W&B.

wandb 0.31 has no Python call for the first, and swallows the errors of the others; their
shapes are those that wandb's own clients send.
"""

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

DESCRIBE_RUN = """
mutation UpsertBucket($name: String, $project: String, $entity: String, $summaryMetrics: JSONString) {
  upsertBucket(input: {
    name: $name, modelName: $project, entityName: $entity, summaryMetrics: $summaryMetrics
  }) {
    bucket { id }
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
