"""The settings of a scenario: nested as in ``scenario.toml`` -> complete and typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from yjopt.checks.cells import as_text
from yjopt.checks.coercion import FALSE, TRUE
from yjopt.checks.numbers import range_of, read_number, read_numbers
from yjopt.checks.words import Guesser, listed, shown, written
from yjopt.errors import Finding, Severity
from yjopt.schema import RESOURCES, SETTINGS, Column, Setting

if TYPE_CHECKING:
    from yjopt.files.raw import RawTables

#: What can be wrong with settings.
SETTING_RULES: Final[dict[str, tuple[Severity, str]]] = {
    "unknown_setting": ("error", "A setting that nothing reads."),
    "wrong_setting": ("error", "A setting that is no value of its type or out of its range."),
    "wrong_date": ("error", "A start that is no date."),
    "idle_setting": ("warning", "A setting that others make idle."),
}

_BY_NAME: Final[dict[str, Setting]] = {
    f"{setting.section}.{setting.name}" if setting.section else setting.name: setting for setting in SETTINGS
}
_KINDS: Final = {"integer": "whole number", "decimal": "number"}
_SECTIONS: Final = frozenset(setting.section for setting in SETTINGS if setting.section)


def coerce_settings(raw: RawTables) -> tuple[dict[str, Any], list[Finding]]:
    """Read the settings.

    Parameters
    ----------
    raw : RawTables
        With ``settings`` nested by section.

    Returns
    -------
    settings : dict
        Every setting by ``section.name`` (or ``name`` where it has no section), defaults filled in.
    findings : list of Finding
        What is wrong; a wrong setting has its default.
    """
    file = raw.files.get("settings", "")
    findings = []
    settings: dict[str, Any] = {name: setting.default for name, setting in _BY_NAME.items()}
    for name, value in _entries(raw.settings):
        if name not in _BY_NAME:
            message, mend = _unknown(name)
            rule = "unknown_setting"
        else:
            settings[name], rule, message, mend = _value(_BY_NAME[name], name, value)
        if rule:
            findings.append(
                Finding(
                    rule=rule,
                    severity="error",
                    table="settings",
                    file=file,
                    column=name,
                    value=written(value),
                    message=message,
                    mend=mend,
                )
            )
    return settings, findings


def idle_settings(raw: RawTables, settings: Mapping[str, Any]) -> list[Finding]:
    """Return a finding for every setting that has no effect beside the others.

    Parameters
    ----------
    raw : RawTables
        Where the settings come from.
    settings : mapping
        Every setting, as `coerce_settings` returns them.
    """
    strict, by_rung = settings["rule"] == "strict", settings["delays"] == "by_rung"
    idle = []
    if strict and not any(settings[f"strict.{resource}"] for resource in RESOURCES):
        reason = "strict holds for no resource, so that rule is the same as priority"
        idle.append(("rule", reason, "Set one entry of [strict] to true, or write priority."))
    if settings["support.people"] and settings["rule"] == "flat":
        reason = "rule is flat, so that there are no support stages"
        idle.append(("support.people", reason, "Write another rule, or take this entry out."))
    if settings["cover_periods"] != _BY_NAME["cover_periods"].default and not strict and not by_rung:
        reason = "rule is not strict and delays is not by_rung"
        idle.append(("cover_periods", reason, "Mend one of the two, or take this entry out."))
    return [
        Finding(
            rule="idle_setting",
            severity="warning",
            table="settings",
            file=raw.files.get("settings", ""),
            column=name,
            value=written(settings[name]),
            message=f"{name} has no effect: {reason}.",
            mend=mend,
        )
        for name, reason, mend in idle
    ]


def _entries(settings: object) -> Iterator[tuple[str, object]]:
    """Yield every setting with its full name; a section that is no section comes as itself."""
    if not isinstance(settings, Mapping):
        return
    for name, value in settings.items():
        if name in _SECTIONS and isinstance(value, Mapping):
            for leaf, inner in value.items():
                yield f"{name}.{leaf}", inner
        else:
            yield str(name), value


def _unknown(name: str) -> tuple[str, str]:
    if name in _SECTIONS:
        return (
            f"{shown(name)} is a section of settings, not one value.",
            f"Write [{name}] and its entries below it.",
        )
    section = name.rpartition(".")[0]
    known = [other for other in _BY_NAME if other.rpartition(".")[0] == section] or list(_BY_NAME)
    there = f"Take it out; there are {listed(known, most=8)}."
    return f"There is no setting {shown(name)}; nothing would read it.", Guesser(list(_BY_NAME)).mend(
        name, there
    )


def _value(setting: Setting, name: str, value: object) -> tuple[Any, str, str, str]:
    """Return a setting's value, and the rule it breaks with message and mend ('' if none)."""
    if name == "start":
        return _start(value)
    wrong = "wrong_setting"
    text = as_text(value, _column(setting, name))
    if text is None or (isinstance(value, bool) and setting.type not in ("flag", "choice")):
        return (
            setting.default,
            wrong,
            f"{name} is {shown(value)}, which is no {_KINDS.get(setting.type, setting.type)}.",
            _mend(setting, name),
        )
    if setting.type == "text":
        return text, "", "", ""
    text = text.strip()
    if not text:
        return (
            setting.default,
            wrong,
            f"{name} is blank.",
            f"Leave it out for the default, {setting.default}.",
        )
    if setting.type == "flag":
        low = text.casefold()
        if low in TRUE | FALSE:
            return low in TRUE, "", "", ""
        return (
            setting.default,
            wrong,
            f"{name} is {shown(value)}, neither true nor false.",
            _mend(setting, name),
        )
    if setting.type == "choice":
        if text in setting.choices:
            return text, "", "", ""
        mend = Guesser(setting.choices).mend(text, _mend(setting, name))
        return setting.default, wrong, f"{name} cannot be {shown(value)}.", mend
    values, faults = read_numbers(np.array([text], dtype=object), _column(setting, name))
    fault = faults.get(text) or read_number(text, _column(setting, name))[1]
    if fault:
        return setting.default, wrong, f"{name}: {fault.message}", fault.mend
    return int(values[0]) if setting.type == "integer" else float(values[0]), "", "", ""


def _start(value: object) -> tuple[Any, str, str, str]:
    """Read the date of period 1; TOML may give it as a date."""
    text = value.isoformat()[:10] if isinstance(value, date) else written(value).strip()
    try:
        if text and date.fromisoformat(text).isoformat() != text:
            raise ValueError
    except ValueError:
        return (
            "",
            "wrong_date",
            f"start is {shown(value)}, which is no date.",
            'Write it as "2020-02-01", or leave it out.',
        )
    return text, "", "", ""


def _mend(setting: Setting, name: str) -> str:
    if setting.type == "choice":
        return f"Write one of {listed(setting.choices)}."
    if setting.type in ("integer", "decimal"):
        return range_of(_column(setting, name))
    return "Write true or false." if setting.type == "flag" else "Write a text in quotes."


def _column(setting: Setting, name: str) -> Column:
    """Return the setting as a column, so that both are read by the same code."""
    return Column(
        name=name,
        type=setting.type,
        meaning=setting.meaning,
        meaning_zh=setting.meaning_zh,
        unit=setting.unit,
        per_unit=setting.per_unit,
        minimum=setting.minimum,
        maximum=setting.maximum,
        choices=setting.choices,
    )
