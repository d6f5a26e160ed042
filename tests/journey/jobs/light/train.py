"""A training job that speaks to W&B without wandb's client, which takes seconds of a processor to start.

Of what a client does it does what a scheduler can see: it takes the run, streams its history, hears that it
is to stop, and says how it ended. With `unlucky` in its config this share of its processes is preempted,
fails or falls silent halfway, by the run's name; with `fate` all of them end like that.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
import time
import urllib.request
from typing import Any

ENV = os.environ
BASE, RUN = ENV["WANDB_BASE_URL"], ENV["WANDB_RUN_ID"]
START = """
mutation StartRun($entity: String!, $project: String!, $run: String!) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, host: "light"}) {
    bucket { id historyLineCount }
  }
}"""
STREAM = f"/files/{ENV['WANDB_ENTITY']}/{ENV['WANDB_PROJECT']}/{RUN}/file_stream"
INTERRUPTED = 255
LUCK = 8
"""Among the first ten trials, of which 30 % are unlucky, each fate is met."""
FATES = ["preempt", "fail", "fall silent"]


def post(path: str, body: dict[str, Any]) -> Any:
    key = base64.b64encode(f"api:{ENV['WANDB_API_KEY']}".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def lines(name: str, offset: int, *content: str) -> dict[str, Any]:
    return {name: {"offset": offset, "content": list(content)}}


def end_badly(fate: str) -> int:
    if fate == "preempt":
        post(STREAM, {"preempting": True})
    if fate == "fail":
        said = ["Traceback (most recent call last):\n", "RuntimeError: CUDA out of memory\n"]
        post(STREAM, {"files": lines("output.log", 0, *said)})
    if fate != "fall silent":
        post(STREAM, {"complete": True, "exitcode": 1})
    return 1


def main() -> int:
    config = json.loads(ENV["WANDB_CONFIG"])
    where = {"entity": ENV["WANDB_ENTITY"], "project": ENV["WANDB_PROJECT"], "run": RUN}
    started = post("/graphql", {"query": START, "variables": where})["data"]["upsertBucket"]["bucket"]
    first = started["historyLineCount"]
    lots = random.Random(f"{RUN.partition('-')[2]} {first} {LUCK}")
    unlucky = lots.random() < config.get("unlucky", 0.0)
    fate = lots.choice(FATES) if unlucky else "finish"
    fate = config.get("fate", fate)
    for epoch in range(first, config.get("epochs", 3)):
        row = json.dumps({"_step": epoch, "epoch": epoch, "loss": config["x"] + 1 / (epoch + 1)})
        files = lines("wandb-history.jsonl", epoch, row) | lines("wandb-summary.json", 0, row)
        if post(STREAM, {"files": files})["stopped"]:
            post(STREAM, {"complete": True, "exitcode": INTERRUPTED})
            return INTERRUPTED
        time.sleep(config.get("pause", 0.2))
        if epoch == first + 1 and fate != "finish":
            return end_badly(fate)
    post(STREAM, {"complete": True, "exitcode": 0})
    return 0


if __name__ == "__main__":
    sys.exit(main())
