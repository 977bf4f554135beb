"""The reference page of all tables and settings, made from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.schema.columns import LARGEST
from yjopt.schema.settings import SETTINGS
from yjopt.schema.tables_command import TABLES_COMMAND
from yjopt.schema.tables_in import LEVELS, TABLES_IN
from yjopt.schema.tables_out import TABLES_OUT

if TYPE_CHECKING:
    from yjopt.schema.columns import Column, Setting, Table

_OF_SCENARIO = (*TABLES_IN, *TABLES_COMMAND)

_INTRODUCTION = f"""\
# Tables and settings

Made from the schema by `python -m yjopt schema > docs/reference/schema.md`; do not edit it by hand.

A scenario is a folder with one CSV per table and a `scenario.toml`, or the same as one `.json`, a `.zip` of
the folder, or an `.xlsx` with one sheet per table (settings on the sheet `scenario`: section, name, value).
`yjopt new DIR` writes empty ones.

- CSV is UTF-8 with commas and points in decimals. A second line that begins with `##` explains the columns
  and is skipped. Rows that are all blank are skipped.
- Ids are text, kept as written: `NA` is an id, and leading zeros stay.
- Flags are `true` or `false`.
- *Grid* is the finest step of a number. A finer value is refused, never rounded.
- *Blank* is what an empty cell stands for; "required" means that none may be empty.
- A table or column that is not required may be left out.

Levels of areas, lowest first: {", ".join(LEVELS)}.
"""


def reference_markdown() -> str:
    """Return the page as Markdown: input tables, settings, plan tables; every column in English and Chinese.

    The page ``docs/reference/schema.md`` is this text; the command line prints it.
    """
    parts = [_INTRODUCTION, "## Tables of a scenario\n", _contents(_OF_SCENARIO)]
    parts += [_table(table) for table in _OF_SCENARIO]
    parts += ["## Settings\n", _settings()]
    parts += [
        "## Tables of a plan\n",
        "A plan is a folder with one CSV per table and a `plan.json` with the SHA-256 of every file.\n",
        _contents(TABLES_OUT),
    ]
    parts += [_table(table) for table in TABLES_OUT]
    return "\n".join(parts)


def _contents(tables: tuple[Table, ...]) -> str:
    """Return the list of tables with links to them."""
    rows = [
        [f"[{table.name}](#{_heading(table).replace(' ', '-')})", table.meaning, table.meaning_zh]
        for table in tables
    ]
    return _grid(["table", "a row says", "表"], rows)


def _heading(table: Table) -> str:
    """Return the heading of a table; a plan's have a word more, for some names stand on both sides."""
    return f"{table.name} in a plan" if table in TABLES_OUT else table.name


def _table(table: Table) -> str:
    """Return the section of one table."""
    required = " Required." if table.required and table in _OF_SCENARIO else ""
    head = f"### {_heading(table)}\n\n{table.meaning}{required} {table.meaning_zh}。\n"
    key = f"Key: {', '.join(table.key)}.\n"
    columns = [
        [
            _code(column.name),
            _type(column),
            column.unit,
            _range(column),
            _step(column),
            _blank(column),
            _refers(column),
            column.meaning,
            column.meaning_zh,
        ]
        for column in table.columns
    ]
    names = ["column", "type", "unit", "range", "grid", "blank", "refers to", "meaning", "含义"]
    return f"{head}\n{key}\n{_grid(names, columns)}"


def _settings() -> str:
    """Return the section of the settings."""
    rows = [
        [
            _code(f"{setting.section}.{setting.name}" if setting.section else setting.name),
            _type(setting),
            setting.unit,
            _range(setting),
            _step(setting),
            _code(_value(setting.default)),
            setting.meaning,
            setting.meaning_zh,
        ]
        for setting in SETTINGS
    ]
    return _grid(["setting", "type", "unit", "range", "grid", "default", "meaning", "含义"], rows)


def _grid(names: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; columns that are blank throughout are left out."""
    used = [position for position in range(len(names)) if any(row[position] for row in rows)]
    lines = [[names[position] for position in used], ["---"] * len(used)]
    lines += [[row[position].replace("|", "\\|") for position in used] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _type(entry: Column | Setting) -> str:
    return " or ".join(_code(choice) for choice in entry.choices) if entry.choices else entry.type


def _range(entry: Column | Setting) -> str:
    if entry.type not in ("integer", "decimal"):
        return ""
    if entry.maximum >= LARGEST:
        return (
            f"{_number(entry.minimum)} or more"
            if entry.maximum > LARGEST
            else f"{_number(entry.minimum)} to 1e9"
        )
    return f"{_number(entry.minimum)} to {_number(entry.maximum)}"


def _step(entry: Column | Setting) -> str:
    return f"1/{entry.per_unit:,}" if entry.type == "decimal" and entry.per_unit > 1 else ""


def _blank(column: Column) -> str:
    if column.required:
        return "required"
    return "none" if column.default in (None, "") else _code(_value(column.default))


def _refers(column: Column) -> str:
    return " or ".join(_code(target) for target in column.refers_to.split("|")) if column.refers_to else ""


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _value(value: object) -> str:
    """Return a default as a person would write it in a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)
