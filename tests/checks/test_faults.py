"""Every planted fault is found at its place, alone and in tens; good scenarios stay without findings."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checks.faults import FAULTS
from checks.planting import Fault, raw_tables, touched

from yjopt.checks import catalogue, check

if TYPE_CHECKING:
    from yjopt.errors import Finding


def found(fault: Fault, findings: tuple[Finding, ...]) -> bool:
    """Whether a fault is among the findings, at its very place."""
    place = (fault.rule, fault.table, fault.line, fault.column)
    return any((one.rule, one.table, one.line, one.column) == place for one in findings)


def test_the_good_scenario_has_no_findings() -> None:
    """Three towns by the book: neither error nor warning."""
    assert check(raw_tables()) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_at_its_place(fault: Fault) -> None:
    """One fault: the rule, the table, the line and the column, in sentences."""
    findings = check(raw_tables(fault.change))
    assert found(fault, findings), "\n".join(map(str, findings)) or "nothing found"
    rules = catalogue()
    for one in findings:
        assert one.severity == rules[one.rule][0]
        assert one.message.endswith((".", "?")) and one.mend.endswith((".", "?"))
        assert one.message[0].isupper() or not one.message[0].isalpha() or one.table == "settings"
        assert one.mend[0].isupper()
        assert not set("{}") & set(one.message + one.mend) or "{" in one.value
        file = "scenario.toml" if one.table == "settings" else f"{one.table}.csv"
        assert one.file == file or one.line == 0


def test_there_are_enough_kinds_of_faults() -> None:
    """At least sixty kinds, no two of one name."""
    assert len(FAULTS) >= 60
    assert max(Counter(fault.name for fault in FAULTS).values()) == 1


def test_every_rule_has_a_planted_fault() -> None:
    """A new rule must come with a fault that makes it fire, and no rule is found that the catalogue lacks."""
    planted = {fault.rule for fault in FAULTS}
    assert planted == set(catalogue())


def test_the_page_names_every_rule() -> None:
    """docs/concepts/checks.md has the catalogue, line by line."""
    page = Path(__file__).parents[2].joinpath("docs", "concepts", "checks.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {severity} | {meaning} |" for name, (severity, meaning) in catalogue().items()]
    assert page.endswith("\n".join(rows) + "\n")


@pytest.mark.parametrize("seed", range(20))
def test_ten_faults_at_once(seed: int) -> None:
    """All of ten faults are reported in the first run."""
    all_ten_are_found(seed)


@pytest.mark.long
def test_ten_faults_at_once_many_times() -> None:
    """As above, a thousand other tens."""
    for seed in range(1000, 2000):
        all_ten_are_found(seed)


def all_ten_are_found(seed: int) -> None:
    tens = ten(seed)
    assert len(tens) == 10
    findings = check(raw_tables(*(fault.change for fault in tens)))
    missed = [fault.name for fault in tens if not found(fault, findings)]
    assert not missed, f"{missed} among {[fault.name for fault in tens]}"


def ten(seed: int) -> list[Fault]:
    """Draw ten faults that leave each other alone: no two in one row or at one end."""
    chosen: list[Fault] = []
    touched_rows: set[object] = set()
    for fault in random.Random(seed).sample(FAULTS, len(FAULTS)):
        rows = TOUCHED[fault.name]
        apart = not rows & touched_rows and not any(
            tables_of(one) & set(other.reads)
            for held in chosen
            for one, other in ((held, fault), (fault, held))
        )
        if len(chosen) < 10 and not fault.alone and apart:
            chosen.append(fault)
            touched_rows |= rows
    return chosen


def tables_of(fault: Fault) -> set[str]:
    return {table for table, _ in TOUCHED[fault.name]}


TOUCHED = {fault.name: touched(fault) for fault in FAULTS}
