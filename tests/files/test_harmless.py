"""Reading tables runs nothing that stands in them and speaks to nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from yjopt.files import write_tables

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

# Reads every path twice: the first time loads what is loaded lazily, the second is watched.
PROBE = """
import sys
from yjopt.files import read_tables
for path in sys.argv[1:]:
    read_tables(path)
seen = set()
def hook(event, arguments):
    if event.split(".")[0] in ("socket", "subprocess", "pickle", "ctypes", "ftplib", "urllib", "exec", "import"):
        seen.add(event)
    if event in ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile", "compile"):
        seen.add(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.add(f"open {arguments[0]} for writing")
sys.addaudithook(hook)
for path in sys.argv[1:]:
    assert read_tables(path).frames
import json
print(json.dumps(sorted(seen)))
"""


def test_nothing_is_run_sent_or_written(
    tmp_path: Path, three_towns: tuple[dict[str, pd.DataFrame], dict[str, Any]]
) -> None:
    """No code, no process, no connection, no file, whatever the names in the tables look like."""
    pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    frames, settings = three_towns
    frames["areas"]["name"] = "=cmd|' /C calc'!A0"
    frames["places"]["name"] = "__import__('os').system('true')"
    paths = []
    for name in ("city", "city.json", "city.zip", "city.xlsx"):
        write_tables(tmp_path / name, frames, settings)
        paths.append(str(tmp_path / name))
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, *paths], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == []
