"""Every exception the library raises.

::

    YjoptError
    ├── ScenarioError   the tables are no scenario
    ├── FileError       a file or folder cannot be read or written
    ├── PlanError       a plan is asked for something it does not have
    ├── ModelError      arrays handed to the model builder are not a model
    └── EngineError     a solver is missing, broke down, or answered nonsense
        └── AuditError  a plan that was made does not pass its audit

A message is one sentence: who or what is wrong, where, and how to mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found wrong, at its place, with the mend.

    Parameters
    ----------
    rule : str
        Short name of the rule that found it, such as ``unknown_reference``.
    severity : {"error", "warning"}
        An error means the tables are no scenario; with a warning the scenario is made.
    table, column : str
        Where; blank when the finding concerns the whole scenario or a whole row.
    file : str
        File the table came from, for people; blank for frames handed over in Python.
    line : int
        Line in that file (the header is line 1), or row position + 1 of a frame; 0 for a whole table.
    value : str
        The offending value as written.
    message : str
        One sentence: what is wrong.
    mend : str
        One sentence: how to put it right.
    """

    rule: str
    severity: Severity
    message: str
    mend: str
    table: str = ""
    file: str = ""
    line: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.file or self.table
        if self.line:
            place += f":{self.line}"
        if self.column:
            place += f" {self.column}"
        return f"{place} [{self.rule}] {self.message} {self.mend}".strip()


class YjoptError(Exception):
    """Base of every exception the library raises on purpose."""


class ScenarioError(YjoptError):
    """The tables are no scenario.

    Parameters
    ----------
    findings : tuple of Finding
        Everything that is wrong, errors first.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity == "error"]
        shown = "\n".join(f"  {finding}" for finding in errors[:20])
        more = f"\n  and {len(errors) - 20:,} more" if len(errors) > 20 else ""
        super().__init__(f"The tables are no scenario; {len(errors):,} error(s):\n{shown}{more}")


class FileError(YjoptError):
    """A file or folder cannot be read or written."""


class PlanError(YjoptError):
    """A plan is asked for something it does not have."""


class ModelError(YjoptError):
    """Arrays handed to the model builder are not a model."""


class EngineError(YjoptError):
    """A solver is missing, broke down, or answered nonsense."""


class AuditError(EngineError):
    """A plan that was made does not pass its audit; it is never handed out."""
