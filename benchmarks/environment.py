"""The environment of the peers that may not share one with yjopt; `make bench-env` makes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"

#: Exit status of a process whose package is not installed.
NOT_INSTALLED: Final = 3
_FOLDERS: Final = re.compile(r"/(?:[^/\s'\"]+/)+")
#: Result of what is not there.
ABSENT: Final = "not installed"


def absent(why: str) -> dict[str, str]:
    """Result of what is not there, and why."""
    return {"result": ABSENT, "why": last_line(why)}


def last_line(complaint: str) -> str:
    """What a process said last, which is its exception, without the folders of this machine."""
    lines = complaint.strip().splitlines()
    return _FOLDERS.sub("", lines[-1]) if lines else ""
