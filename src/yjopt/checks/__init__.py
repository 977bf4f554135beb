"""Raw tables -> typed tables, and everything that is wrong with them, each at its place with the mend.

A check never raises: whatever stands in a cell, the answer is a list of findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yjopt.checks import (
    asking,
    command,
    facilities,
    figures,
    gates,
    idle,
    isolation,
    ladder,
    people,
    periods,
    reach,
    references,
    retention,
    roads,
    supplies,
    teams,
    tree,
)
from yjopt.checks.coercion import CELL_RULES, coerce_tables
from yjopt.checks.settings import SETTING_RULES, coerce_settings, idle_settings
from yjopt.checks.tables import Rule, Tables
from yjopt.errors import Finding, Severity
from yjopt.schema import INPUT

if TYPE_CHECKING:
    import pandas as pd

    from yjopt.files.raw import RawTables

__all__ = ["ALL_RULES", "Finding", "Rule", "catalogue", "check", "coerce", "examine"]

#: Every rule on typed tables, in the order in which they are tried.
ALL_RULES: tuple[Rule, ...] = (
    *references.RULES,
    *tree.RULES,
    *roads.RULES,
    *periods.RULES,
    *supplies.RULES,
    *people.RULES,
    *isolation.RULES,
    *teams.RULES,
    *command.RULES,
    *retention.RULES,
    *facilities.RULES,
    *ladder.RULES,
    *gates.RULES,
    *asking.RULES,
    *idle.RULES,
    *figures.RULES,
    *reach.RULES,
)


def catalogue() -> dict[str, tuple[Severity, str]]:
    """Return every rule by name, with its severity and what it finds in one sentence."""
    rules = {rule.name: (rule.severity, rule.meaning) for rule in ALL_RULES}
    return {**SETTING_RULES, **CELL_RULES, **rules}


def coerce(raw: RawTables) -> tuple[dict[str, pd.DataFrame], dict[str, Any], list[Finding]]:
    """Read raw cells as typed tables.

    Parameters
    ----------
    raw : RawTables
        Cells as written, nested settings, and what was found while reading the files.

    Returns
    -------
    frames : dict of str to DataFrame
        Every table of the schema with every column in its dtype; blanks are replaced by defaults,
        ``places.unit`` and authorities are resolved. A cell that is wrong holds a stand-in.
    settings : dict
        Every setting by ``section.name``, or ``name`` where it has no section.
    findings : list of Finding
        What is wrong with files, tables, columns, cells and settings.
    """
    tables, findings = _coerce(raw)
    return tables.frames, tables.settings, findings


def examine(raw: RawTables) -> tuple[dict[str, pd.DataFrame], dict[str, Any], tuple[Finding, ...]]:
    """Read raw cells as typed tables and try every rule on them.

    Returns
    -------
    frames, settings
        As `coerce` returns them.
    findings : tuple of Finding
        Everything that is wrong, in the order of tables and lines. Where none is an error, the tables are a
        scenario.
    """
    tables, findings = _coerce(raw)
    findings += idle_settings(raw, tables.settings)
    for rule in ALL_RULES:
        findings += rule.findings(tables)
    return tables.frames, tables.settings, _sorted(findings)


def check(raw: RawTables) -> tuple[Finding, ...]:
    """Return everything that is wrong with raw tables, in the order of tables and lines."""
    return examine(raw)[2]


def _coerce(raw: RawTables) -> tuple[Tables, list[Finding]]:
    settings, findings = coerce_settings(raw)
    tables, more = coerce_tables(raw, settings)
    return tables, [*raw.findings, *findings, *more]


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    order = {name: at for at, name in enumerate(INPUT)}
    return tuple(sorted(findings, key=lambda one: (order.get(one.table, -1), one.line)))
