"""The commands that check, make up, convert and explain scenarios."""

from __future__ import annotations

import io
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yjopt.command_line.findings import counted, finding_lines, some_lines
from yjopt.command_line.screen import say, say_json, tell, wrapped
from yjopt.errors import FileError, ScenarioError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    import pandas as pd

    from yjopt.generation.accept import Generated

#: Keys of a finding as JSON, in order.
FINDING_KEYS = ("rule", "severity", "table", "file", "line", "column", "value", "message", "mend")
#: Formats that have no room for what the dials came to.
_SINGLE_FILES = (".json", ".xlsx")


def check(options: argparse.Namespace) -> int:
    """Say everything that is wrong with a scenario; 2 if an error is among it."""
    from yjopt.checks import check as check_tables
    from yjopt.files import read_tables

    findings = check_tables(read_tables(options.scenario))
    if options.json:
        facts = [asdict(finding) for finding in findings]
        say_json([{key: fact[key] for key in FINDING_KEYS} for fact in facts])
    else:
        say(wrapped(finding_lines(findings)))
    return 2 if any(finding.severity == "error" for finding in findings) else 0


def new(options: argparse.Namespace) -> int:
    """Write empty tables."""
    from yjopt.files import write_templates

    write_templates(options.output)
    lines = [
        f"Empty tables are in {options.output}; the second line of each tells what its columns mean.",
        "Fill in scenario.toml, areas.csv, places.csv and what else you have; delete the tables you do not need.",
        f"Then: yjopt check {options.output}",
    ]
    say(wrapped(lines))
    return 0


def convert(options: argparse.Namespace) -> int:
    """Write a scenario in another format, its cells as they were written."""
    from yjopt.checks import check as check_tables
    from yjopt.files import read_tables, write_tables

    raw = read_tables(options.scenario)
    findings = check_tables(raw)
    if any(finding.severity == "error" for finding in findings):
        raise ScenarioError(findings)
    write_tables(options.output, raw.frames, raw.settings)
    say(wrapped([f"The scenario is in {options.output}."]))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the reference of all tables and settings."""
    from yjopt.schema.reference import reference_markdown

    say(reference_markdown())
    return 0


def generate(options: argparse.Namespace, real_map: tuple[Path, Path] | None) -> int:
    """Make up a scenario and write it."""
    from yjopt.files import write_tables
    from yjopt.files.publish import SCENARIO_MARKER, refuse_foreign
    from yjopt.generation import CASES
    from yjopt.generation import generate as make_up
    from yjopt.schema import INPUT

    output = Path(options.output)
    is_folder = output.suffix.lower() not in (*_SINGLE_FILES, ".zip")
    if is_folder:
        # Before anybody waits for a nation to be made up.
        refuse_foreign(output, SCENARIO_MARKER, [*(f"{name}.csv" for name in INPUT), ACHIEVED])
    areas, towns = (_text_table(path) for path in real_map) if real_map else (None, None)

    def made(seed: int) -> Generated:
        return make_up(
            towns=85 if options.towns is None else options.towns,
            periods=options.periods,
            seed=seed,
            case=options.case,
            plain=options.plain,
            areas=areas,
            towns_from=towns,
            within=options.within,
            rule=options.rule,
        )

    if options.accept:
        from yjopt.generation.accept import accepted

        tables, settings, achieved = accepted(made, options.seed, CASES[options.case])
        for seed, broken in achieved["acceptance"]["rejected"].items():
            tell(f"Seed {seed} is refused: {', '.join(broken)}.")
    else:
        tables, settings, achieved = made(options.seed)
    extra = {} if output.suffix.lower() in _SINGLE_FILES else {ACHIEVED: achieved_toml(achieved)}
    write_tables(output, tables, settings, extra_files=extra)
    rows = sum(len(frame) for frame in tables.values())
    say(wrapped([f"{settings['name']}: {rows:,} rows in {len(tables)} tables are in {output}."]))
    return 0


#: The file that tells what the dials of a generated scenario came to.
ACHIEVED = "generated.toml"


def achieved_toml(achieved: Mapping[str, Any]) -> bytes:
    """Return what the dials came to as TOML, in sections of any depth."""
    from yjopt.files.settings import value_text

    lines = ["# What the dials of this generated scenario came to."]

    def section(name: str, entries: Mapping[str, Any]) -> None:
        plain = {key: value for key, value in entries.items() if not isinstance(value, dict)}
        if plain:
            lines.extend(["", f"[{name}]"])
            lines.extend(f"{_key(key)} = {_text(value)}" for key, value in plain.items())
        for key, value in entries.items():
            if isinstance(value, dict):
                section(f"{name}.{_key(key)}", value)

    def _text(value: Any) -> str:
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, list | tuple):
            return f"[{', '.join(_text(entry) for entry in value)}]"
        return value_text(value)

    def _key(key: object) -> str:
        text = str(key)
        return (
            text
            if text.replace("_", "").replace("-", "").isascii() and text.isidentifier()
            else value_text(text)
        )

    for name, entries in achieved.items():
        section(_key(name), entries)
    return ("\n".join(lines) + "\n").encode()


def _text_table(path: Path) -> pd.DataFrame:
    """Read a table of a real country as text.

    Raises
    ------
    FileError
        If there is no such file or it is no CSV.
    """
    import pandas as pd

    try:
        content = path.read_bytes()
        return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except ValueError as error:
        reason = str(error).splitlines()[0][:200]
        raise FileError(f"{path} is no CSV in UTF-8 ({reason}); save it as one.") from error


def tell_scenario_error(error: ScenarioError, scenario: str | None) -> None:
    """Tell what is wrong with a scenario in the words of ``check``, on standard error."""
    errors = [finding for finding in error.findings if finding.severity == "error"]
    lines = [f"yjopt: {scenario or 'The input'} cannot be used: {counted(len(errors), 'error')}."]
    tell(wrapped([*lines, *some_lines(errors, "error")], sys.stderr).rstrip("\n"))
