"""The commands in the documents: run here, or marked as needing W&B and written with options that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from wandb.cli.cli import cli as wandb

from optuna_sweep.cli import cli
from tests.unit.docs.pages import DOCS

HOUSE = DOCS.parent
MARK = "<!-- needs W&B -->"
LISTED = subprocess.run(
    ["git", "ls-files", "docs/*.md"], cwd=HOUSE, capture_output=True, text=True, check=True, timeout=30
).stdout.split()
PAGES = [HOUSE / name for name in (*LISTED, "README.md")]
BLOCK = re.compile(r"^([^\n]*)\n```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OFFLINE = {"validate", "preview", "schema"}
SWEEP = re.compile(r"^```yaml\n((?:(?!^```).)*?^scheduler:.*?)^```$", re.MULTILINE | re.DOTALL)


def lines(text: str) -> list[str]:
    """The commands of a block, without what follows a comment sign."""
    whole = re.sub(r"\\\n\s*", "", text)
    return [line.removeprefix("$ ") for line in whole.splitlines() if line.strip()]


COMMANDS = [
    pytest.param(page, before == MARK, line, id=f"{page.stem}: {line[:70]}")
    for page in PAGES
    for before, block in BLOCK.findall(page.read_text())
    for line in lines(block)
]


def ours(words: list[str]) -> list[str] | None:
    """The words after ``python optuna_scheduler.py``."""
    return words[words.index("optuna_scheduler.py") + 1 :] if "optuna_scheduler.py" in words else None


def options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def find(group: click.Group, words: list[str]) -> click.Command:
    """The command that the words lead to, as deep as they go."""
    found: click.Command = group
    for word in words:
        if not isinstance(found, click.Group) or word not in found.commands:
            break
        found = found.commands[word]
    return found


@pytest.mark.parametrize(("page", "marked", "line"), COMMANDS)
def test_a_command_is_run_here_or_marked(page: Path, marked: bool, line: str) -> None:
    words = shlex.split(line, comments=True)
    own = ours(words)
    offline = own is not None and own[0] in OFFLINE
    made = words[0] == "make" and f"\n{words[1]}:" in (HOUSE / "Makefile").read_text()
    assert marked or offline or made, f"{page.name}: mark the block with {MARK}, or leave W&B out of it"


@pytest.mark.parametrize(("page", "marked", "line"), COMMANDS)
def test_every_option_of_a_command_exists(page: Path, marked: bool, line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "wandb":
        known = options(find(wandb, words[1:]))
        # `wandb job create` takes its options beside those of the command itself.
        known |= {"--help"}
    elif (own := ours(words)) is not None:
        known = options(find(cli, own))
    else:
        return
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def offline_commands() -> list[tuple[Path, list[str]]]:
    found = []
    for page in PAGES:
        for _, block in BLOCK.findall(page.read_text()):
            for line in lines(block):
                own = ours(shlex.split(line, comments=True))
                if own and own[0] in OFFLINE and SWEEP.search(page.read_text()):
                    found.append((page, own))
    return found


@pytest.mark.parametrize(
    ("page", "words"), offline_commands(), ids=lambda part: getattr(part, "stem", str(part)[:40])
)
def test_an_offline_command_answers_for_the_first_sweep_of_its_page(
    page: Path, words: list[str], tmp_path: Path
) -> None:
    sweep = SWEEP.search(page.read_text())
    assert sweep is not None
    (tmp_path / "sweep.yaml").write_text(sweep[1])
    here = [str(tmp_path / "sweep.yaml") if word.lower().endswith("sweep.yaml") else word for word in words]
    answer = CliRunner().invoke(cli, here, env={"WANDB_LAUNCH": None})
    assert answer.exit_code == 0, answer.output
    assert answer.output


def test_there_are_commands_of_both_kinds() -> None:
    assert len(COMMANDS) > 10
    assert len(offline_commands()) >= 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    text = (HOUSE / "README.md").read_text()
    assert [page.name for page in PAGES[:-1] if f"docs/{page.name}" not in text] == []
    assert len(text.splitlines()) <= 150
