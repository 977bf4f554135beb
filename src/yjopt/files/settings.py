"""The settings of a scenario: ``scenario.toml`` to a nested dict and back."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from yjopt.errors import FileError
from yjopt.files.cells import cell_text
from yjopt.files.decoding import decode
from yjopt.files.publish import MARKS, SCENARIO_MARKER
from yjopt.schema import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.files.collector import Collector

_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")


def parse_settings(data: bytes, file: str, collector: Collector) -> dict[str, Any]:
    """Return the settings as nested dicts; what is no TOML becomes a finding and gives no settings.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name for people.
    collector : Collector
        Takes findings up.
    """
    text = decode(data, "", file, collector).replace("\r\n", "\n")
    try:
        return {name: _plain(value) for name, value in tomllib.loads(text).items()}
    except (ValueError, RecursionError, OverflowError) as error:
        message = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a value is too large or too deep"
        )
        place = _PLACE.search(message)
        line = int(place[1]) if place else text.count("\n") + 1
        where = f" at column {place[2]}" if place else ""
        collector.add(
            "toml_syntax",
            f"This is no TOML{where}: {_PLACE.sub('', message).strip()[:200]}.",
            'Write one setting a line, as in periods = 7 or name = "Qingyuan"; sections as in [limits].',
            file=file,
            line=line,
        )
        return {}


def _plain(value: Any) -> Any:
    """Return text in NFC, a date as text, a section as a dict of such."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings nested by section; ``limits.supplies`` may come nested or as one dotted name.

    >>> nested({"periods": 7, "limits.supplies": 480.0, "limits": {"teams": 60.0}})
    {'periods': 7, 'limits': {'teams': 60.0, 'supplies': 480.0}}
    """
    result: dict[str, Any] = {}
    for name, value in sorted(settings.items(), key=lambda item: "." in item[0]):
        section, dot, entry = name.partition(".")
        if dot:
            result.setdefault(section, {})[entry] = value
        else:
            result[name] = dict(value) if isinstance(value, dict) else value
    return {name: result[name] for name in dict.fromkeys(key.partition(".")[0] for key in settings)}


def in_order(settings: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return (section, name, value) of every setting, those of the schema first and in its order.

    Raises
    ------
    FileError
        If a value is not text, a number or a flag.
    """
    rank = {(setting.section, setting.name): position for position, setting in enumerate(SETTINGS)}
    rows: list[tuple[str, str, Any]] = []
    for name, value in nested(settings).items():
        rows += (
            [(name, entry, kept) for entry, kept in value.items()]
            if isinstance(value, dict)
            else [("", name, value)]
        )
    for section, name, value in rows:
        if not isinstance(value, str | bool | int | float):
            raise FileError(
                f"The setting {section}.{name} is a {type(value).__name__}; make it text, a number or a flag."
            )
    return sorted(
        rows, key=lambda row: rank.get(row[:2], len(rank)) if row[0] == "" or row[:2] in rank else len(rank)
    )


def value_text(value: object) -> str:
    """Return a setting as TOML and JSON write it; decimals without exponent and with a point."""
    if isinstance(value, str):
        return json.dumps(unicodedata.normalize("NFC", value), ensure_ascii=False).replace("\x7f", "\\u007f")
    text = cell_text(value)
    return f"{text}.0" if isinstance(value, float) and "." not in text else text


def format_settings(settings: Mapping[str, Any]) -> bytes:
    """Return settings as ``scenario.toml``, which begins with the mark of yjopt.

    Raises
    ------
    FileError
        If a value is not text, a number or a flag.
    """
    lines = [MARKS[SCENARIO_MARKER].decode()]
    section = ""
    for part, name, value in sorted(in_order(settings), key=lambda row: row[0] != ""):
        if part != section:
            lines += ["", f"[{_key(part)}]"]
            section = part
        lines.append(f"{_key(name)} = {value_text(value)}")
    try:
        return ("\n".join(lines) + "\n").encode("utf-8")
    except UnicodeEncodeError as error:
        raise FileError("A setting holds half a character, which no file can; type it anew.") from error


def _key(name: str) -> str:
    """Return a name as TOML writes a key."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
