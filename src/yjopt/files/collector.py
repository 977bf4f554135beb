"""Findings gathered while reading, few enough to be looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from yjopt.errors import Finding, Severity

#: So many findings of one rule in one file are kept one by one; a last one says how many more there are.
KEPT: Final = 1_000


@dataclass
class Collector:
    """Gathers findings, at most ``KEPT`` of one rule in one file: a file of a million faults stays small."""

    found: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(
        self,
        rule: str,
        message: str,
        mend: str,
        *,
        table: str = "",
        file: str = "",
        line: int = 0,
        column: str = "",
        value: str = "",
        severity: Severity = "error",
    ) -> None:
        """Take one finding up."""
        key = (rule, table, file)
        self.counts[key] += 1
        if self.counts[key] <= KEPT:
            self.found.append(
                Finding(
                    rule=rule,
                    severity=severity,
                    message=message,
                    mend=mend,
                    table=table,
                    file=file,
                    line=line,
                    column=column,
                    value=value[:200],
                )
            )

    def room(self, rule: str, table: str, file: str) -> int:
        """Return how many more findings of a rule in a file would be kept."""
        return max(0, KEPT - self.counts[rule, table, file])

    def count(self, rule: str, table: str, file: str, further: int) -> None:
        """Count findings that were not made, for want of room."""
        self.counts[rule, table, file] += further

    def result(self) -> tuple[Finding, ...]:
        """Return the findings, with one more for each rule and file of which some were left out."""
        more = tuple(
            Finding(
                rule=rule,
                severity="error",
                message=f"There are {count - KEPT:,} more findings of this kind here.",
                mend="Mend those listed and check again.",
                table=table,
                file=file,
            )
            for (rule, table, file), count in self.counts.items()
            if count > KEPT
        )
        return (*self.found, *more)
