"""The tool that plants faults: which it finds in a small file, and that each is that one change."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from benchmarks.mutants import mutants

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import abc


def judge(x: int, found: list[int]) -> bool:
    """Words 1 and 2 are no numbers."""
    if not x:
        raise ValueError(f"{x + 1} is wrong")
    found.append(x + 3)
    found += [x]
    return x < 4 and any(found)
'''


def test_each_mutant_is_one_change(tmp_path: Path) -> None:
    """Messages, types and imports are left alone."""
    path = tmp_path / "judge.py"
    path.write_text(SOURCE, encoding="utf-8")
    plain = ast.unparse(ast.parse(SOURCE)).splitlines()
    found = {}
    for mutant in mutants(path):
        lines = mutant.source().splitlines()
        changed = [line.strip() for line, old in zip(lines, plain, strict=True) if line != old]
        assert len(changed) == 1, mutant
        found[f"{mutant.text}: {mutant.change}"] = changed[0]
    append, last = "found.append(x + 3)", "return x < 4 and any(found)"
    assert found == {
        "if not x:: condition always true": "if True:",
        "if not x:: condition never true": "if False:",
        "if not x:: negation dropped": "if not not x:",
        f"{append}: statement dropped": "pass",
        f"{append}: Add becomes Sub": "found.append(x - 3)",
        f"{append}: one more": "found.append(x + 4)",
        f"{append}: one less": "found.append(x + 2)",
        "found += [x]: statement dropped": "pass",
        f"{last}: and becomes or": "return x < 4 or any(found)",
        f"{last}: Lt becomes LtE": "return x <= 4 and any(found)",
        f"{last}: one more": "return x < 5 and any(found)",
        f"{last}: one less": "return x < 3 and any(found)",
        f"{last}: any becomes all": "return x < 4 and all(found)",
    }
