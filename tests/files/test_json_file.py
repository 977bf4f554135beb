"""Tables as JSON: lines of rows, faults at their place, numbers as written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import FileError, Finding
from yjopt.files.collector import Collector
from yjopt.files.json_file import format_json, parse_json
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.files.raw import RawTables


def read(data: str | bytes) -> tuple[RawTables, tuple[Finding, ...]]:
    collector = Collector()
    raw = parse_json(data.encode() if isinstance(data, str) else data, "city.json", collector)
    return raw, collector.result()


GOOD = """{"settings": {"periods": 7, "limits": {"teams": 60.5}, "ignore_delays": true},
 "tables": {
  "times": [
   {"from": "007", "to": "NA", "minutes": 1.50},
   {"from": 7, "to": null, "minutes": 12345678901234567890, "source": "x"}],
  "roads": [], "items": [{"item": "a",
    "durable": true}]}}"""


def test_a_good_file() -> None:
    """Cells are text, numbers as written; settings keep their types; every row has its line."""
    raw, findings = read(GOOD)
    assert not findings
    assert raw.frames["times"].to_dict("list") == {
        "from": ["007", "7"],
        "to": ["NA", ""],
        "minutes": ["1.50", "12345678901234567890"],
        "source": ["", "x"],
    }
    assert raw.frames["items"].to_dict("list") == {"item": ["a"], "durable": ["true"]}
    assert len(raw.frames["roads"]) == 0
    assert raw.lines["times"].tolist() == [4, 5]
    assert raw.lines["items"].tolist() == [6]
    assert raw.settings == {"periods": 7, "limits": {"teams": 60.5}, "ignore_delays": True}


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('{"tables": {"times": [\n{"from": "a", "minutes": NaN}]}}', "wrong_cell", 2),
        ('{"tables": {"times": [\n\n{"from": "a", "minutes": -Infinity}]}}', "wrong_cell", 3),
        ('{"tables": {"times": [\n{"from": "a"},\n{"from": ["a"]}]}}', "wrong_cell", 3),
        ('{"tables": {"times": [\n{"from": "a"},\n{"from": {"a": 1}}]}}', "wrong_cell", 3),
        ('{"tables": {"times": [\n{"from": "a"},\n{"from": "a", "from": "b"}]}}', "repeated_name", 3),
        ('{"tables": {"times": [\n{"from": "a"},\n[1]]}}', "wrong_shape", 3),
        ('{"tables": {"times": [], "times": []}}', "repeated_name", 0),
        ('{"tables": {}, "tables": {}}', "repeated_name", 0),
        ('{"settings": {"periods": 1, "periods": 2}}', "repeated_name", 0),
        ('{"settings": {"limits": {"teams": 1, "teams": 2}}}', "repeated_name", 0),
        ('{"settings": [1]}', "wrong_shape", 0),
        ('{"areas": []}', "unknown_part", 0),
        ('{"tables": {"times": [\n{"from": "a",}]}}', "json_syntax", 2),
        ('{"tables": {"times": [\n{"from": "a"}\n', "json_syntax", 3),
        ('{"tables": {"times": {"from": "a"}}}', "json_syntax", 1),
        ('{"tables": {}}\n[]', "json_syntax", 2),
        ('{"tables"\n 1', "json_syntax", 2),
        ("{1: 2}", "json_syntax", 1),
        ("[]", "json_syntax", 1),
        ("", "json_syntax", 1),
        ('{"tables": {"times": ' + "[" * 200_000, "json_syntax", 0),
    ],
)
def test_each_fault_at_its_line(text: str, rule: str, line: int) -> None:
    """JSON proper has no NaN, and a name that stands twice would hide a value."""
    _, findings = read(text)
    assert [(finding.rule, finding.line) for finding in findings] == [(rule, line)]


def test_rows_before_a_fault_are_kept() -> None:
    """So that other findings are still found."""
    raw, findings = read('{"tables": {"times": [{"from": "a"}, {"from": "b"}, {"from" "c"}]}}')
    assert raw.frames["times"]["from"].tolist() == ["a", "b"]
    assert findings


@given(st.binary(max_size=200), st.integers(0, len(GOOD)))
def test_any_bytes_end_in_findings_or_a_read(data: bytes, place: int) -> None:
    """No bytes raise, alone or within a good file; where nothing is found, Python's own reader agrees."""
    for whole in (data, GOOD.encode()[:place] + data + GOOD.encode()[place:]):
        raw, findings = read(whole)
        if not findings:
            plain = json.loads(whole.decode("utf-8-sig"))
            assert raw.settings == plain.get("settings", {})
            assert {name: len(frame) for name, frame in raw.frames.items()} == {
                name: len(rows) for name, rows in plain.get("tables", {}).items()
            }


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, st.one_of(st.floats(0, 1e9), st.just(None)), CELL), max_size=6))
def test_written_tables_read_back(written: list[tuple[str, str, float | None, str]]) -> None:
    """It is JSON by Python's own reader too, one row a line."""
    frame = pd.DataFrame(written, columns=["from", "to", "minutes", "source"])
    data = format_json({"times": frame}, {"periods": 7, "weights.time": 0.000001}, INPUT)
    raw, findings = read(data)
    assert not findings
    assert raw.settings == {"periods": 7, "weights": {"time": 0.000001}}
    again = raw.frames["times"].reindex(columns=list(frame.columns), fill_value="")
    for name in ("from", "to", "source"):
        assert again[name].tolist() == frame[name].tolist()
    assert [float(cell) if cell else None for cell in again["minutes"]] == [row[2] for row in written]
    plain = json.loads(data)
    assert len(plain["tables"]["times"]) == len(written)
    assert b"e-" not in data.split(b'"tables"')[0]


def test_half_a_character_is_refused() -> None:
    """JSON could spell it, a file in UTF-8 cannot hold it."""
    raw, _ = read(b'{"tables": {"times": [{"from": "\\ud800"}]}}')
    assert raw.frames["times"]["from"].tolist() == ["\ud800"]
    with pytest.raises(FileError, match="half a character"):
        format_json({"times": raw.frames["times"]}, {}, INPUT)
