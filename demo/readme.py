"""The commands in an example's README, ready to run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"\b[A-Z]{5,}\b")

Words = tuple[str, ...]


def commands(readme: Path) -> Iterator[Words]:
    """Yield the words of each command, in the order of the page.

    What stands in capitals (``ENTITY``, ``PROJECT``, ``QUEUE``, ``SWEEP``) is for the reader to fill in.
    """
    for block in BLOCK.findall(readme.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            if words := tuple(shlex.split(line, comments=True)):
                yield words


def own_command(readme: Path) -> Words | None:
    """The command that shows the example without an account; None where it takes a cluster."""
    return next((words for words in commands(readme) if words[:2] == ("make", "example")), None)


def filled(words: Words, places: Mapping[str, str]) -> Words:
    """The words with every place filled in; a place that nobody knows stays."""
    return tuple(PLACE.sub(lambda found: places.get(found[0], found[0]), word) for word in words)
