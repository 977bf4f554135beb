"""The reference page says everything the schema knows, and the committed page is the made one."""

from __future__ import annotations

import re
from pathlib import Path

from yjopt.schema import INPUT, OUTPUT, SETTINGS
from yjopt.schema.reference import reference_markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "schema.md"


def test_the_committed_page_is_the_made_one() -> None:
    """After a change of the schema: `python -m yjopt schema > docs/reference/schema.md`."""
    assert PAGE.read_text(encoding="utf-8") == reference_markdown()


def test_every_column_and_setting_is_explained() -> None:
    """Each stands in a row of its own table, with both meanings."""
    page = reference_markdown()
    sections = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", page, flags=re.S | re.M))
    for schema, suffix in ((INPUT, ""), (OUTPUT, " in a plan")):
        for name, table in schema.items():
            rows = [row for row in sections[name + suffix].splitlines() if row.startswith("| `")]
            assert len(rows) == len(table.columns)
            for row, column in zip(rows, table.columns, strict=True):
                assert row.startswith(f"| `{column.name}` |")
                assert column.meaning in row
                assert row.endswith(f"| {column.meaning_zh} |")
                assert ("required" in row) == column.required or "required" in column.meaning
    for setting in SETTINGS:
        name = f"{setting.section}.{setting.name}" if setting.section else setting.name
        assert f"| `{name}` |" in page


def test_links_lead_to_one_heading_each() -> None:
    """Names that stand on both sides do not share a heading."""
    page = reference_markdown()
    headings = [heading.replace(" ", "-") for heading in re.findall(r"^### (.+)$", page, flags=re.M)]
    assert len(headings) == len(set(headings)) == len(INPUT) + len(OUTPUT)
    assert set(re.findall(r"\(#([^)]+)\)", page)) == set(headings)


def test_every_line_of_a_grid_has_as_many_cells() -> None:
    """A bar inside a cell would break the table."""
    width = 0
    for line in reference_markdown().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert not line.startswith("|") or width in (0, cells)
        width = cells if line.startswith("|") else 0
