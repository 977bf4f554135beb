"""Empty tables to be filled in: every column with its meaning, every setting with its default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yjopt.files.cells import MEANINGS
from yjopt.files.publish import SCENARIO_MARKER, publish_folder
from yjopt.files.settings import value_text
from yjopt.schema import INPUT, SETTINGS

if TYPE_CHECKING:
    import os

    from yjopt.schema import Column, Setting, Table


def write_templates(path: str | os.PathLike[str]) -> None:
    """Write a folder with an empty CSV for every input table and a ``scenario.toml`` to be filled in.

    The second line of each CSV begins with ``##`` and gives the meanings of its columns; readers skip it.

    Parameters
    ----------
    path : path-like
        The folder; it must not exist yet, or be empty.

    Raises
    ------
    FileError
        If something stands there already, or the disk refuses.
    """
    files = {f"{table.name}.csv": _table(table) for table in INPUT.values()}
    files[SCENARIO_MARKER] = _settings()
    publish_folder(Path(path), files, SCENARIO_MARKER, may_replace=False)


def _table(table: Table) -> bytes:
    """Return the header and the line of meanings."""
    meanings = [_meaning(column) for column in table.columns]
    meanings[0] = f"{MEANINGS} {meanings[0]}"
    return f"{','.join(table.by_name)}\n{','.join(meanings)}\n".encode()


def _meaning(column: Column) -> str:
    """Return what a column means, in one cell that needs no quotes."""
    parts = [column.meaning.rstrip(".")]
    if column.choices:
        parts.append(" | ".join(column.choices))
    if column.unit:
        parts.append(column.unit)
    if not column.required and column.default not in (None, ""):
        default = column.default
        parts.append(f"blank: {value_text(default) if isinstance(default, bool | int | float) else default}")
    parts.append(column.meaning_zh)
    return "; ".join(parts).replace(",", ";").replace('"', "'")


def _settings() -> bytes:
    """Return every setting, commented out, with its meaning and default."""
    lines = [
        # Not the mark of what yjopt may replace: what is filled in here is a person's work.
        "# Settings of a scenario of yjopt.",
        "# Take the '#' away before a line to set it; what is left out has the default shown.",
    ]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            lines += ["", f"[{section}]"]
        lines += [f"# {line}" for line in _explained(setting)]
        lines.append(f"# {setting.name} = {value_text(setting.default)}")
    return ("\n".join(lines) + "\n").encode()


def _explained(setting: Setting) -> list[str]:
    """Return the lines of comment above a setting."""
    unit = f" Unit: {setting.unit}." if setting.unit else ""
    choices = f" One of {', '.join(setting.choices)}." if setting.choices else ""
    return [f"{setting.meaning}{unit}{choices} {setting.meaning_zh}"]
