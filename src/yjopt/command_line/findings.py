"""Findings for people: errors first, every kind of mistake in sight, counts at the end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yjopt.errors import Finding

#: Most findings of one severity that are printed.
MOST = 20


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines that tell of findings: errors, then warnings, then how many there are.

    Parameters
    ----------
    findings : sequence of Finding
        In the order of tables and lines.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = [finding for finding in findings if finding.severity != "error"]
    for some, word in ((errors, "error"), (warnings, "warning")):
        if some:
            yield f"{word.upper()}S"
            yield from some_lines(some, word)
            yield ""
    if errors:
        yield f"{counted(len(errors), 'error')}, {counted(len(warnings), 'warning')}: this is no scenario yet."
    elif warnings:
        yield f"No error, {counted(len(warnings), 'warning')}: the scenario can be solved."
    else:
        yield "No error, no warning."


def some_lines(findings: Sequence[Finding], word: str) -> Iterator[str]:
    """Yield a line for each of at most `MOST` findings, and one that counts the others."""
    shown = _chosen(findings)
    for finding in shown:
        yield f"  {_line(finding)}"
    rest = Counter(_kind(finding) for finding in findings)
    rest.subtract(_kind(finding) for finding in shown)
    rest = +rest
    left = len(findings) - len(shown)
    if left:
        most = [f"{count:,} {_kind_text(kind)}" for kind, count in rest.most_common(3)]
        yield f"  and {counted(left, 'more ' + word)}: {', '.join(most)}{', ...' if len(rest) > 3 else ''}"


def counted(number: int, word: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "error"), counted(1204, "error"), counted(0, "error")
    ('1 error', '1,204 errors', 'no errors')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}" if number else f"no {word}s"


def _line(finding: Finding) -> str:
    place = finding.file or finding.table
    if finding.line:
        place += f":{finding.line}"
    if finding.column:
        place += f" {finding.column}"
    return f"{place.strip() or 'scenario'}: {finding.message} {finding.mend}".rstrip()


def _kind(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.table, finding.column


def _kind_text(kind: tuple[str, str, str]) -> str:
    rule, table, column = kind
    place = f"{table} {column}".strip()
    return f"in {place} ({rule})" if place else f"({rule})"


def _chosen(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings to show, in their order: the first of every kind, then the second of each, ..."""
    seen: Counter[tuple[str, str, str]] = Counter()
    turn = []
    for position, finding in enumerate(findings):
        kind = _kind(finding)
        turn.append((seen[kind], position))
        seen[kind] += 1
    return [findings[position] for position in sorted(position for _, position in sorted(turn)[:MOST])]
