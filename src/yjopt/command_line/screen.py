"""What people and pipes get to see: text, JSON, and streams that may go away."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any, TextIO

from yjopt.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable


def say(text: str) -> None:
    """Print text on standard output, as it is.

    A reader that goes away, as ``| head`` does, is no error: the rest is dropped.

    Raises
    ------
    FileError
        If the output cannot be written, as on a full disk.
    """
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """Print a line on standard error."""
    _write(sys.stderr, f"{text}\n")


def say_json(value: object) -> None:
    """Print a value as JSON; numbers that JSON has no word for are null."""
    say(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def plain(value: object) -> Any:
    """Return a value as JSON can say it: numpy numbers as numbers, infinite and missing ones as None."""
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def wrapped(lines: Iterable[str], stream: TextIO | None = None) -> str:
    """Return lines, broken at the width of the terminal; for a pipe each stays one line.

    Parameters
    ----------
    lines : iterable of str
        A line that is broken goes on indented.
    stream : file, optional
        Where they are printed; by default standard output.
    """
    stream = stream or sys.stdout
    if not stream.isatty():
        return "".join(f"{line}\n" for line in lines)
    width = max(shutil.get_terminal_size().columns - 1, 40)
    broken = (
        textwrap.fill(line, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
        for line in lines
    )
    return "".join(f"{line}\n" for line in broken)


def prepare_streams() -> None:
    """Let no character of a message end the process: pipes and files get UTF-8, narrow terminals a stand-in."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _drop(stream)
    except OSError as error:
        _drop(stream)
        if stream is sys.stdout:
            raise FileError(f"The output cannot be written ({error.strerror}); check the disk.") from error


def _drop(stream: TextIO) -> None:
    """Lead a stream nowhere, so that what is still in it makes no noise at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
