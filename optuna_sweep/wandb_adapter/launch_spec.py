"""From a proposal to the run in W&B, and to the run spec that a launch agent pops from the queue. Pure."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna_sweep.errors import Problem
from optuna_sweep.outcomes import Proposal

_MEDIUM = 2
_LONGEST_TAG = 64
_ENVIRONMENT = re.compile(r"\$\{envvar:([A-Z0-9_]+)\}")
_MACRO = re.compile(r"^\$\{[^}]*\}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every training run of the sweep shares.

    Attributes:
        entity: Entity that the runs, and the queue, belong to.
        project: Project of the runs.
        sweep_id: The sweep.
        job: The training job's artifact; None where ``image_uri`` is given.
        image_uri: The training image; None where ``job`` is given.
        author: The user who started the sweep.
        command: The sweep's ``command``; None to use the job's own entry point.
        program: The sweep's ``program``, for ``${program}``.
        launch: The ``launch`` block of the sweep file: resource, resource_args, overrides, priority, …
    """

    entity: str
    project: str
    sweep_id: str
    job: str | None = None
    image_uri: str | None = None
    author: str | None = None
    command: Sequence[Any] | None = None
    program: str | None = None
    launch: Mapping[str, Any]

    def problems(self) -> list[Problem]:
        """What is wrong with it, before anything is launched."""
        found = []
        if bool(self.job) == bool(self.image_uri):
            given = (
                "both 'job' and 'image_uri' are set" if self.job else "neither 'job' nor 'image_uri' is set"
            )
            found.append(Problem("job", given, "exactly one of them", "Name the training job, or the image."))
        if self.command and "${program}" in self.command and not self.program:
            found.append(
                Problem(
                    "command",
                    "'${program}' is used and 'program' is not set",
                    "a file of the job",
                    "Set 'program', or write the file into 'command'.",
                )
            )
        return found


def every_run(job: Job, tags: Sequence[str]) -> dict[str, Any]:
    """What ``documents`` says of each run of the sweep; W&B refuses longer tags."""
    return {
        "entity": job.entity,
        "project": job.project,
        "sweep": job.sweep_id,
        "groupName": job.sweep_id,
        "tags": list(dict.fromkeys(tag[:_LONGEST_TAG] for tag in tags)),
    }


def new_run(proposal: Proposal) -> dict[str, Any]:
    """What ``documents`` says of this run alone."""
    return {
        "name": proposal.run_id,
        "displayName": proposal.name,
        "config": json.dumps({key: {"value": value} for key, value in proposal.parameters.items()}),
    }


def run_spec(job: Job, proposal: Proposal) -> dict[str, Any]:
    """The spec of one run, without template variables, which travel beside it."""
    spec: dict[str, Any] = copy.deepcopy(dict(job.launch))
    spec.pop("priority", None)
    spec.pop("queue", None)
    if spec.pop("template_variables", None):
        # W&B accepts one of the two, and its own client keeps the template variables.
        spec.pop("resource_args", None)
    overrides = spec.setdefault("overrides", {})
    overrides.setdefault("run_config", {}).update(proposal.parameters)
    if job.command:
        program, arguments = split_command(job.command, job.program, proposal.parameters)
        overrides |= {"entry_point": program} if program else {}
        overrides |= {"args": arguments} if arguments else {}
    spec |= {
        "entity": job.entity,
        "project": job.project,
        "sweep_id": job.sweep_id,
        "run_id": proposal.run_id,
        "name": proposal.name,
        "docker": {**spec.get("docker", {}), **({"docker_image": job.image_uri} if job.image_uri else {})},
        "git": spec.get("git", {}),
    }
    spec.setdefault("resource", None)
    if job.job:
        spec["job"] = job.job
    if job.author:
        spec["author"] = job.author
    return spec


def priority(job: Job) -> int:
    """The queue priority: 0 is critical, 1 high, 2 medium, 3 low."""
    return int(job.launch.get("priority", _MEDIUM))


def template_variables(job: Job) -> str | None:
    """The queue's template variables as JSON text; None where there are none."""
    values = job.launch.get("template_variables")
    return json.dumps(values) if values else None


def entry_point(command: Sequence[Any], program: str | None, parameters: Mapping[str, Any]) -> list[str]:
    """The sweep's ``command`` with its macros replaced, each where it stands.

    The macros are those of ``wandb sweep``. One that is not known is left as it is, which
    W&B's own scheduler does as well: a training program may read it.
    """
    macros = {
        "${env}": ["/usr/bin/env"],
        "${interpreter}": ["python"],
        "${program}": [program or ""],
        **_argument_macros(parameters),
    }
    words: list[str] = []
    for word in command:
        text = _ENVIRONMENT.sub(lambda m: os.environ.get(m.group(1), m.group(1)), str(word))
        words += macros.get(text, [text])
    return words


def split_command(
    command: Sequence[Any], program: str | None, parameters: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """The words before the first macro of arguments, and the rest.

    The agent's ``local-container`` runner takes no entry point from a run spec, only arguments, which
    it appends to the job's own; Kubernetes takes both.
    """
    macros = _argument_macros(parameters)
    first = next((place for place, word in enumerate(command) if str(word) in macros), len(command))
    return (
        entry_point(command[:first], program, parameters),
        entry_point(command[first:], program, parameters),
    )


def unknown_macros(command: Sequence[Any] | None) -> list[str]:
    """Macros that ``entry_point`` leaves alone."""
    words = [str(word) for word in command or []]
    return [word for word in words if _MACRO.match(word) and entry_point([word], "p", {}) == [word]]


def _argument_macros(parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    pairs = [(name, f"{name}={value}") for name, value in parameters.items()]
    flags = {True: "--{}", False: ""}
    return {
        "${args}": [f"--{pair}" for _, pair in pairs],
        "${args_no_hyphens}": [pair for _, pair in pairs],
        "${args_no_equals}": [w for name, value in parameters.items() for w in (f"--{name}", str(value))],
        "${args_no_boolean_flags}": [
            word
            for (name, pair), value in zip(pairs, parameters.values(), strict=True)
            if (word := flags[value].format(name) if isinstance(value, bool) else f"--{pair}")
        ],
        "${args_json}": [json.dumps(dict(parameters))],
        "${args_append_hydra}": [f"+{pair}" for _, pair in pairs],
        "${args_override_hydra}": [f"++{pair}" for _, pair in pairs],
    }


def unusable_job(job: str, error: Exception) -> Problem:
    """What is wrong with a sweep that names a job which W&B does not hand out."""
    return Problem(
        "job",
        f"{job!r}: {error}",
        "a training job in W&B, written entity/project/name:alias",
        "Create the job, or correct its name.",
    )
