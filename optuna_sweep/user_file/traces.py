"""A user's traceback, without our frames in it."""

from __future__ import annotations

import traceback
from pathlib import Path


def user_traceback(error: BaseException, file: Path) -> str:
    """What the user needs to see of an error that their file raised.

    Args:
        error: As it was caught around their code.
        file: Their file. Everything that was called before its first frame is ours and left out,
            and so are the import system's frames.

    Returns:
        Lines as Python prints them, ending in a line break. Where no frame of theirs is left (a
        syntax error), only the lines that name the error and its place.
    """
    told = traceback.TracebackException.from_exception(error)
    told.stack[:] = _theirs(told.stack, str(file))
    lines = told.format() if told.stack else told.format_exception_only()
    return "".join(lines)


def _theirs(frames: traceback.StackSummary, file: str) -> list[traceback.FrameSummary]:
    names = [frame.filename for frame in frames]
    start = names.index(file) if file in names else len(names)
    return [frame for frame in frames[start:] if not frame.filename.startswith("<frozen importlib")]
