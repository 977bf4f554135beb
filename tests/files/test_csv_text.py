"""One table as CSV: true lines, every fault at its place, and the same cells as Python's own reader."""

from __future__ import annotations

import csv
import io
import resource
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import FileError, Finding
from yjopt.files.collector import KEPT, Collector
from yjopt.files.csv_text import format_csv, parse_csv
from yjopt.schema import INPUT

TIMES = INPUT["times"]  # from,to,minutes,source
HEADER = "from,to,minutes,source\n"


def read(data: str | bytes) -> tuple[pd.DataFrame, list[int], tuple[Finding, ...]]:
    """Parse a table of travel times."""
    collector = Collector()
    frame, lines = parse_csv(data.encode() if isinstance(data, str) else data, TIMES, "times.csv", collector)
    assert lines.dtype == np.int64 and len(lines) == len(frame)
    return frame, lines.tolist(), collector.result()


def rows(frame: pd.DataFrame) -> list[list[str]]:
    return frame.to_numpy().tolist()


def only(findings: tuple[Finding, ...], rule: str) -> Finding:
    """Return the one finding, which must be of this rule."""
    assert [finding.rule for finding in findings] == [rule]
    return findings[0]


def test_a_plain_table() -> None:
    """Cells are text as written: NA and leading zeros stay, blanks are ''."""
    frame, lines, findings = read(HEADER + "NA,007,1.50,\nnull,nan,,made\n")
    assert rows(frame) == [["NA", "007", "1.50", ""], ["null", "nan", "", "made"]]
    assert list(frame.columns) == ["from", "to", "minutes", "source"]
    assert lines == [2, 3]
    assert not findings


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(end: str, mark: str) -> None:
    """What spreadsheets on any system write reads the same, with a last line end or without."""
    text = mark + (HEADER + 'a,"x\ny",1,\nb,c,2,').replace("\n", end)
    frame, lines, findings = read(text)
    assert rows(frame) == [["a", "x\ny", "1", ""], ["b", "c", "2", ""]]
    assert lines == [2, 4]  # the quoted line break takes a line of the file
    assert not findings


def test_meanings_and_blank_rows_are_skipped_and_lines_stay_true() -> None:
    """A second line beginning with ## explains the columns; rows of nothing but commas hold nothing."""
    frame, lines, findings = read(HEADER + "## one end,other end,minutes,\n\n,,,\na,b,1,\n\nc,d,2,\n,,,\n")
    assert rows(frame) == [["a", "b", "1", ""], ["c", "d", "2", ""]]
    assert lines == [5, 7]
    assert not findings


def test_only_the_second_line_holds_meanings() -> None:
    """A later or quoted ## is content."""
    frame, _, _ = read(HEADER + "a,b,1,\n##c,d,2,\n")
    assert frame["from"].tolist() == ["a", "##c"]
    frame, _, _ = read(HEADER + '"##c",d,2,\n')
    assert frame["from"].tolist() == ["##c"]


def test_ragged_rows_are_found_and_kept() -> None:
    """Each is named with its line; cells too many are cut, cells too few are blank."""
    frame, lines, findings = read(HEADER + "a,b,1,\nc,d\ne,f,1,5,made,x\n")
    assert rows(frame) == [["a", "b", "1", ""], ["c", "d", "", ""], ["e", "f", "1", "5"]]
    assert lines == [2, 3, 4]
    assert [(finding.rule, finding.line) for finding in findings] == [("ragged_row", 3), ("ragged_row", 4)]
    assert "12.5" in findings[1].mend  # a decimal comma is the usual reason


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_named_and_read(delimiter: str) -> None:
    """One finding for the file, and the content is still checked."""
    frame, _, findings = read((HEADER + "a,b,1,\n").replace(",", delimiter))
    assert rows(frame) == [["a", "b", "1", ""]]
    assert "commas" in only(findings, "delimiter").mend


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('a,b,1,\nc,5" pipe,2,\n', 3),
        ('a,b,1,\nc,"5" pipe",2,\n', 3),
        ('a,"b,1,\nc,d,2,\n', 2),
        ('a,"b,1,\nc,"d",2,\n', 2),
        ('a,"x\ny",1,\nc,d",2,\n', 4),
    ],
)
def test_a_quote_at_a_wrong_place(body: str, line: int) -> None:
    """It is found at the line of the quote that begins the trouble; rows before it are kept."""
    frame, _, findings = read(HEADER + body)
    assert only(findings, "quote").line == line
    assert len(frame) == (0 if body.startswith('a,"b') else 1)


def test_quotes_at_right_places() -> None:
    """Commas, doubled quotes and line breaks inside quotes are content."""
    frame, lines, findings = read(HEADER + '"a,1","say ""x""",1,"""\n"""\nb,"",2,""\n')
    assert rows(frame) == [["a,1", 'say "x"', "1", '"\n"'], ["b", "", "2", ""]]
    assert lines == [2, 4]
    assert not findings


def test_bytes_in_another_encoding() -> None:
    """GBK is named and read as such; a single damaged byte is named at its line."""
    frame, _, findings = read((HEADER + "清远,连州,1,\n").encode("gbk"))
    assert rows(frame)[0][:2] == ["清远", "连州"]
    assert "GBK" in only(findings, "encoding").mend
    frame, _, findings = read((HEADER + "清远,连州,1,\n").encode() + b"x,\xff,1,\n")
    assert rows(frame) == [["清远", "连州", "1", ""], ["x", "\ufffd", "1", ""]]
    assert only(findings, "encoding").line == 3
    frame, _, findings = read((HEADER + "清远,连州,1,\n").encode("utf-16"))
    assert rows(frame)[0][:2] == ["清远", "连州"]
    assert "UTF-16" in only(findings, "encoding").message


def test_a_nul_character() -> None:
    """It is found at its line."""
    _, _, findings = read(HEADER + "a,b,1,\nc\0,d,2,\n")
    assert only(findings, "nul").line == 3


@pytest.mark.parametrize("data", ["", "\n\n", ",,,\n", "\ufeff"])
def test_an_empty_file(data: str) -> None:
    """The mend says which columns it should have."""
    frame, _, findings = read(data)
    assert list(frame.columns) == list(TIMES.by_name) and not len(frame)
    assert "from,to,minutes,source" in only(findings, "no_header").mend


@pytest.mark.parametrize("header", ["x," * 2000, "x" * 200_000])
def test_a_first_line_that_is_no_header(header: str) -> None:
    """A line of thousands of cells or characters is not taken for one."""
    assert only(read(header + "\na,b\n")[2], "no_header").line == 1


def test_columns_are_kept_as_written() -> None:
    """Unknown and repeated names are for the checks; nameless ones at the end are left by spreadsheets."""
    frame, _, findings = read("to, from ,x,to,,\n1,2,3,4,,\n")
    assert list(frame.columns) == ["to", "from", "x", "to"]
    assert rows(frame) == [["1", "2", "3", "4"]]
    assert not findings


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=8),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_cells_are_those_of_pythons_own_reader(written: list[list[str]], quoting: int) -> None:
    """Whatever a right CSV holds is read as csv.reader reads it, blank rows aside, at the lines it counts."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n", quoting=quoting).writerows(
        [["from", "to", "minutes", "source"], *written]
    )
    reader = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    expected, lines, last = [], [], 0
    for row in reader:
        if stream.getvalue().split("\n")[last] not in (",,,", ""):
            expected.append(row)
            lines.append(last + 1)
        last = reader.line_num
    if len(expected) > 1 and expected[1][0].startswith("##") and quoting == csv.QUOTE_MINIMAL:
        return
    frame, found, findings = read(stream.getvalue())
    assert rows(frame) == expected[1:]
    assert found == lines[1:]
    assert not findings


@given(st.lists(st.tuples(CELL, CELL, st.floats(0, 1e9), CELL), min_size=1, max_size=8))
def test_written_tables_read_back(written: list[tuple[str, str, float, str]]) -> None:
    """Text of any kind and numbers come back the same."""
    frame = pd.DataFrame(written, columns=list(TIMES.by_name))
    again, _, findings = read(format_csv(frame, TIMES))
    assert not findings
    for name in ("from", "to", "source"):
        assert again[name].tolist() == frame[name].tolist()
    assert again["minutes"].astype(float).tolist() == frame["minutes"].tolist()
    assert not again["minutes"].str.contains("e").any()


def test_a_first_id_like_a_mark_of_meanings_is_written_so_that_it_is_read() -> None:
    """It is quoted."""
    frame = pd.DataFrame(
        {"from": ["##a", "##b"], "to": ["x", "y"], "minutes": [1.0, 2.0], "source": ["", ""]}
    )
    assert read(format_csv(frame, TIMES))[0]["from"].tolist() == ["##a", "##b"]


def test_what_cannot_be_written_is_named() -> None:
    """An unknown column, half a character, an endless number, a list."""
    good = {"from": ["a"], "to": ["b"], "minutes": [1.0]}
    for name, value in [("x", 1), ("source", "\ud800"), ("minutes", float("inf")), ("source", ["a"])]:
        frame = pd.DataFrame(good)
        frame[name] = pd.Series([value], dtype=object if not isinstance(value, float) else float)
        with pytest.raises(FileError):
            format_csv(frame, TIMES)


@given(st.binary(max_size=400))
def test_any_bytes_end_in_findings_or_a_read(data: bytes) -> None:
    """No bytes raise, with and without a good header."""
    read(data)
    frame, _, _ = read(HEADER.encode() + data)
    assert isinstance(frame, pd.DataFrame)


def million(cells: str, source: str) -> bytes:
    """Return a table of a million rows."""
    body = "\n".join(f"{cells}{i % 850},to{i % 97},{i},{source}" for i in range(1_000_000))
    return (HEADER + body + "\n").encode()


@pytest.mark.alone
@pytest.mark.long
@pytest.mark.parametrize("fault", ["ragged", "quote", "encoding", "hidden", "none"])
def test_a_million_bad_rows_are_answered_in_seconds(fault: str) -> None:
    """At most 3 s of processor time and 1 GB, and the findings stay few."""
    data = million("a\u200b" if fault == "hidden" else "a", "made,," if fault == "ragged" else '"x,y"')
    if fault == "quote":
        data += b'a,5" pipe,1,\n'
    if fault == "encoding":
        data = data.replace(b"to1,", b"\xff\xfe1,")
    started = time.process_time()
    frame, _, findings = read(data)
    seconds = time.process_time() - started
    assert len(frame) == 1_000_000
    assert len(findings) <= KEPT + 1
    assert bool(findings) == (fault not in ("none", "hidden"))
    assert seconds <= 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= 1_000_000  # kB
