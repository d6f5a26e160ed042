"""What `make example` reads and writes; the journeys run it."""

from __future__ import annotations

from pathlib import Path

from demo.readme import commands
from demo.results import Result, lines

PAGE = """
# A title

```sh
make example NAME=x  # without an account
```

```yaml
job: not a command
```

```sh
# A comment alone.
wandb launch-sweep examples/x/sweep.yaml \\
    --queue QUEUE
python train.py --say "two words"
```
"""


def result(**summary: object) -> Result:
    return Result(state="FINISHED", scheduler="finished", summary=summary, console=(), trials=())


def test_the_commands_of_a_page_are_those_of_its_shell_blocks_in_order(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    assert list(commands(page)) == [
        ("make", "example", "NAME=x"),
        ("wandb", "launch-sweep", "examples/x/sweep.yaml", "--queue", "QUEUE"),
        ("python", "train.py", "--say", "two words"),
    ]


def test_the_end_of_a_sweep_shows_what_was_found_and_nothing_else() -> None:
    shown = list(lines(result(best_value=1.5, best_params={"x": 0.5}, _runtime=12)))
    assert shown == ["finished, 0 runs", '  best_params: {"x": 0.5}', "  best_value: 1.5"]


def test_the_end_of_a_sweep_with_several_objectives_shows_the_front() -> None:
    shown = list(lines(result(pareto_size=1, pareto_front=[{"trial": 3}])))
    assert shown[1:] == ['  pareto_front: [{"trial": 3}]', "  pareto_size: 1"]
