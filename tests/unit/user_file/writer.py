from __future__ import annotations

from pathlib import Path

from optuna_sweep.user_file import SweepFacts

FACTS = SweepFacts(id="s1", name="n", entity="e", project="p", config={}, controller_run_name="s1")


class Writer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "optuna_wandb.py"

    def __call__(self, text: str) -> Path:
        self.path.write_text(text)
        return self.path
