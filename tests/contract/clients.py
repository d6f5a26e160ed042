"""Real wandb clients in processes of their own, pointed at a sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox.serving import Sandbox

PRELUDE = """
import json, os, time
import wandb
def answer(value):
    print("ANSWER " + json.dumps(value, default=dict))
"""
QUICK = {"WANDB_SILENT": "true", "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1"}


class Client:
    """A person's machine: a folder of its own, and the sandbox as its W&B."""

    def __init__(self, sandbox: Sandbox, home: Path) -> None:
        self.sandbox = sandbox
        self.home = home
        self.env = {**sandbox.env(home), **QUICK}

    def start(self, script: str, **env: str) -> subprocess.Popen[str]:
        """Start a script and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-c", PRELUDE + script],
            cwd=self.home,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, exits: int = 0, **env: str) -> Any:
        """Run a script to its end and return what it gave to ``answer``; None when it gave nothing."""
        process = self.start(script, **env)
        try:
            printed, complaints = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == exits, complaints
        answers = [line for line in printed.splitlines() if line.startswith("ANSWER ")]
        return json.loads(answers[-1].removeprefix("ANSWER ")) if answers else None

    def command(self, *words: str) -> str:
        """Run a command line of wandb's and return all that it printed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("wandb")), *words],
            cwd=self.home,
            env={**self.env, "WANDB_SILENT": "false"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr
