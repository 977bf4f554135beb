"""Figures that the tests of this folder measure, shown at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_lines: list[str] = []


@pytest.fixture
def figure() -> Callable[[str], None]:
    """Take a line to be shown at the end, whether the test passes or not."""
    return _lines.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was measured."""
    if _lines:
        terminalreporter.section("figures measured")
        for line in _lines:
            terminalreporter.write_line(line)
