"""Result files: one JSON object a run, whole or not at all."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any


def write_result(folder: str | Path, result: dict[str, Any]) -> Path:
    """Write a result as ``BENCHMARK-CASE.json``; an earlier one of that name gives way only to a whole new one.

    Numbers that JSON has no word for (infinite gaps) are written as null.
    """
    path = Path(folder) / f"{result['benchmark']}-{result['case']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read_results(folder: str | Path) -> list[dict[str, Any]]:
    """Every result in a folder and the folders in it, in the order of their names.

    Each tells its own ``file``, and as its ``series`` the folder in the folder (blank for none): results of different
    times are kept beside each other so.
    """
    top = Path(folder)
    results = []
    for path in sorted(top.rglob("*.json"), key=lambda path: (path.parent, path.name)):
        series = "" if path.parent == top else path.parent.relative_to(top).as_posix()
        read = json.loads(path.read_text(encoding="utf-8"))
        results.append({**read, "file": path.relative_to(top).as_posix(), "series": series})
    return results


def plain(value: Any) -> Any:
    """The same with built-in types and finite numbers only."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
