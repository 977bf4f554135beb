"""``scenario.toml``: read with the line of what is wrong, written so that it reads the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.errors import FileError, Finding
from yjopt.files.collector import Collector
from yjopt.files.settings import format_settings, nested, parse_settings


def read(data: bytes) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    collector = Collector()
    return parse_settings(data, "scenario.toml", collector), collector.result()


def test_sections_and_dates() -> None:
    """Sections nest; a date without quotes is taken as text."""
    settings, findings = read(
        b"\xef\xbb\xbfperiods = 7\r\nstart = 2020-02-01\r\n[limits]\r\nteams = 60.5\r\n"
    )
    assert settings == {"periods": 7, "start": "2020-02-01", "limits": {"teams": 60.5}}
    assert not findings


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("periods = 7\nname = Qingyuan\n", 2),
        ("periods = 7\n\n[limits\n", 3),
        ("periods = 7\nperiods = 8\n", 2),
        ('name = "a', 1),
        ("x = " + "[" * 100_000, 1),
        ("x = " + "9" * 5_000 + "\n", 2),
    ],
)
def test_what_is_no_toml_is_found_at_its_line(text: str, line: int) -> None:
    """With a line where the parser knows one; the last where it does not."""
    settings, findings = read(text.encode())
    assert settings == {}
    assert [finding.rule for finding in findings] == ["toml_syntax"]
    assert findings[0].line == line


@given(st.binary(max_size=200))
def test_any_bytes_end_in_findings_or_a_read(data: bytes) -> None:
    """No bytes raise; where nothing is found, nothing was dropped that Python's own reader knows."""
    import tomllib

    for whole in (data, b"periods = 7\n" + data):
        settings, findings = read(whole)
        if not findings:
            assert settings.keys() == tomllib.loads(whole.decode("utf-8-sig")).keys()


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
VALUE = st.one_of(
    WORD, st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False)
)
NAME = st.text("abc_-. 名\"'", min_size=1, max_size=5).filter(lambda name: "." not in name)


@given(
    st.dictionaries(NAME, st.one_of(VALUE, st.dictionaries(NAME, VALUE, min_size=1, max_size=3)), max_size=5)
)
def test_written_settings_read_back(settings: dict[str, Any]) -> None:
    """Names and values of any kind, texts in the one Unicode form."""
    import unicodedata

    def normal(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: normal(entry) for name, entry in value.items()}
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    again, findings = read(format_settings(settings))
    assert not findings
    assert again == normal(settings)


def test_dotted_names_are_the_same_as_nested_ones() -> None:
    """Scenario.settings has dotted names, the file has sections."""
    assert format_settings({"limits.teams": 60.0, "periods": 7}) == format_settings(
        {"periods": 7, "limits": {"teams": 60.0}}
    )
    assert nested({"a.b": 1, "a": {"c": 2}}) == {"a": {"c": 2, "b": 1}}


def test_small_decimals_have_no_exponent() -> None:
    """As everywhere."""
    assert b"time = 0.000001\n" in format_settings({"weights.time": 0.000001})
    assert b"money = 100000000000000000000.0\n" in format_settings({"weights.money": 1e20})


def test_what_is_no_setting_is_refused() -> None:
    """A list or a date object is named."""
    with pytest.raises(FileError, match=r"limits\.teams"):
        format_settings({"limits": {"teams": [1]}})
    with pytest.raises(FileError, match="half a character"):
        format_settings({"name": "\ud800"})
