"""Workbooks: ids stay text, no cell is live, formulas count with their value, damage becomes findings."""

from __future__ import annotations

import builtins
import io
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from yjopt.errors import FileError
from yjopt.files import read_tables, write_tables
from yjopt.files.collector import Collector
from yjopt.files.excel import format_excel, parse_excel
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from pathlib import Path

    from yjopt.errors import Finding
    from yjopt.files import RawTables

openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
pytest.importorskip("xlsxwriter", reason="workbooks need the extra 'excel'")


def read(data: bytes) -> tuple[RawTables, tuple[Finding, ...]]:
    collector = Collector()
    raw = parse_excel(data, INPUT, "city.xlsx", collector)
    return raw, collector.result()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return a workbook as a person's spreadsheet might be."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


HEADER = ["from", "to", "minutes", "source"]


def test_a_workbook_of_a_person() -> None:
    """Numbers, flags, dates; meanings, blank rows, notes; lines are rows of the sheet."""
    import datetime

    raw, findings = read(
        workbook(
            {
                "scenario": [["section", "name", "value"], ["", "periods", 7], ["limits", "teams", 60.5],
                             [None, "start", datetime.datetime(2020, 2, 1)], [None, "ignore_delays", True]],
                "times": [HEADER, ["## one end", "other end"], [], ["007", "NA", 1.5, None], ["a", 7, 30.0]],
                "# notes": [["anything"]],
                "timez": [["from"]],
                "roads": [],
            }
        )
    )  # fmt: skip
    assert raw.frames["times"].to_numpy().tolist() == [["007", "NA", "1.5", ""], ["a", "7", "30", ""]]
    assert raw.lines["times"].tolist() == [4, 5]
    assert raw.files["times"] == "city.xlsx[times]"
    assert raw.settings == {
        "periods": "7", "limits": {"teams": "60.5"}, "start": "2020-02-01", "ignore_delays": "true",
    }  # fmt: skip
    assert "timez" in raw.frames  # the checks name it
    assert [(finding.rule, finding.table) for finding in findings] == [("no_header", "roads")]


def test_a_formula_counts_with_its_value() -> None:
    """One that no spreadsheet has computed is found at its place."""
    raw, findings = read(workbook({"times": [HEADER, ["a", "b", "=1+1"], ["c", "d", 3]]}))
    assert [(finding.rule, finding.line, finding.column) for finding in findings] == [
        ("formula", 2, "minutes")
    ]
    data = workbook({"times": [HEADER, ["a", "b", "=1+1"]]})
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
            new.writestr(name, content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"))
    raw, findings = read(stream.getvalue())
    assert raw.frames["times"]["minutes"].tolist() == ["2"]
    assert not findings


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("http://x","y")',
        "http://example.org", "007", "1e5", "TRUE", "_x0041_", "NA", " a ", "##x", "=?",
    ],
)  # fmt: skip
def test_no_text_becomes_anything_else(text: str) -> None:
    """A text is written as text, in ids and names and in a number's place, and reads back the same."""
    frame = pd.DataFrame(
        {"from": [text, "b"], "to": ["a", text], "minutes": ["1", "2"], "source": [text, ""]}
    )
    data = format_excel({"times": frame}, {"name": text}, INPUT)
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.hyperlink is None
                assert cell.value != text or cell.data_type == "s"
    raw, findings = read(data)
    assert raw.frames["times"].to_numpy().tolist() == frame.to_numpy().tolist()
    assert raw.settings.get("name", "") == text.strip()
    assert not findings


def test_numbers_keep_every_digit() -> None:
    """A workbook's number has 16 digits; one that needs 17 is written as text."""
    values = [0.1, 0.1 + 0.2, 1e-5, 123456789.123456, 1e15, 5e-324]
    frame = pd.DataFrame({"from": list("abcdef"), "to": list("ghijkl"), "minutes": values})
    raw, _ = read(format_excel({"times": frame}, {}, INPUT))
    assert raw.frames["times"]["minutes"].astype(float).tolist() == values
    assert not raw.frames["times"]["minutes"].str.contains("e", case=False).any()


def test_the_same_tables_give_the_same_bytes() -> None:
    """No date of today gets in."""
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "minutes": [1.0]})
    assert format_excel({"times": frame}, {}, INPUT) == format_excel({"times": frame}, {}, INPUT)


def test_what_excel_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that is too long, a table with too many rows."""
    with pytest.raises(FileError, match="40,000 characters"):
        format_excel({"times": pd.DataFrame({"from": ["x" * 40_000]})}, {}, INPUT)
    with pytest.raises(FileError, match="1,048,576 rows"):
        format_excel({"times": pd.DataFrame({"from": ["x"] * 1_048_576})}, {}, INPUT)


@pytest.mark.parametrize("library", ["openpyxl", "xlsxwriter"])
def test_without_the_extra(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names what to install."""
    path = tmp_path / "city.xlsx"
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "minutes": [1.0]})
    write_tables(path, {"times": frame}, {})
    original = builtins.__import__

    def refuse(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".")[0] == library:
            raise ImportError(name)
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(FileError, match=r"yjopt\[excel\]"):
        if library == "openpyxl":
            read_tables(path)
        else:
            write_tables(path, {"times": frame}, {})


def rewritten(data: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with bytes of one part replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            if name == member:
                assert old in content
                content = content.replace(old, new)
            after.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999999"'),
        ("xl/worksheets/sheet1.xml", b'r="A2"', b'r="ZZZZZZZ2"'),
        ("xl/worksheets/sheet1.xml", b'<dimension ref="A1:D2"', b'<dimension ref="A1:XFD1048576"'),
        ("xl/worksheets/sheet1.xml", b"<v>5</v>", b"<v>five</v>"),
        ("xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData"),
        ("xl/workbook.xml", b"<sheets>", b"<sheetz>"),
        ("xl/sharedStrings.xml", b"<sst", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst'),
        ("[Content_Types].xml", b"worksheet", b"worksheep"),
    ],
)  # fmt: skip
def test_damage_ends_in_findings_or_a_read(member: str, old: bytes, new: bytes) -> None:
    """Parts of a workbook that lie about size and place, or are no XML, raise nothing and hang nothing."""
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "minutes": [5.0], "source": ["made"]})
    raw, findings = read(rewritten(format_excel({"times": frame}, {}, INPUT), member, old, new))
    assert findings or len(raw.frames["times"]) <= 1


def test_what_is_no_workbook() -> None:
    """Any bytes, or an archive of something else."""
    for data in (b"", b"from,to\n", b"PK\x05\x06" + b"\0" * 18):
        assert [finding.rule for finding in read(data)[1]] == ["broken_workbook"]
