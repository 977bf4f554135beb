"""The environment of the peers that may not share one with yjopt; `make bench-env` makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"

#: Exit status of a process whose package is not installed.
NOT_INSTALLED: Final = 3
#: Result of what is not there.
ABSENT: Final = "not installed"


def absent(why: str) -> dict[str, str]:
    """Result of what is not there, and why."""
    lines = why.strip().splitlines()
    return {"result": ABSENT, "why": lines[-1] if lines else ""}
