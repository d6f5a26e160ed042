"""A real W&B account as a bench for the launch contract: over HTTP, as the sandbox is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from optuna_sweep.launch import SweepState
from optuna_sweep.outcomes import Proposal
from tests.contract.sandbox_bench import SandboxBench

SWEEP_ID = """
query ($entity: String!, $project: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) { sweep(sweepName: $sweep) { id } run(name: $sweep) { id } }
}"""
WISH = """
mutation ($entity: String!, $project: String!, $id: ID!, $state: String!) {
  upsertSweep(input: {id: $id, state: $state, entityName: $entity, projectName: $project}) { sweep { name } }
}"""
MAKE = """
mutation ($entity: String!, $project: String!, $run: String!, $sweep: String!) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, sweep: $sweep}) { inserted }
}"""
STOP = "mutation ($id: ID!) { stopRun(input: {id: $id}) { clientMutationId } }"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Has of the sandbox what its bench asks for.

    Attributes:
        url: The address of W&B.
        key: The account's key.
        entity: Where projects are made.
    """

    url: str
    key: str
    entity: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Account:
        """The account that wandb's client would use."""
        return cls(
            url=environment.get("WANDB_BASE_URL", "https://api.wandb.ai").rstrip("/"),
            key=environment["WANDB_API_KEY"],
            entity=environment["WANDB_ENTITY"],
        )

    def env(self, home: Path) -> dict[str, str]:
        """The environment of a client process that has a home of its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        account = {"WANDB_BASE_URL": self.url, "WANDB_API_KEY": self.key, "WANDB_ENTITY": self.entity}
        return {**inherited, **account, "HOME": str(home), "WANDB_DIR": str(home)}

    def fail(self, *faults: object) -> None:
        """A real server fails when it wants to."""
        if faults:
            pytest.skip("a real server cannot be told to be silent")


class LiveBench(SandboxBench):
    """People's buttons as the requests that W&B's pages send."""

    def break_off(self, run: Proposal) -> None:
        self.ask(MAKE, run=run.run_id, sweep=self.sweep)

    def wish(self, state: SweepState) -> None:
        self.ask(WISH, id=self._ids()["sweep"]["id"], state=state.name)

    def stop_scheduler(self) -> None:
        self.ask(STOP, id=self._ids()["run"]["id"])

    def _ids(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = self.ask(SWEEP_ID, sweep=self.sweep)["project"]
        return found
