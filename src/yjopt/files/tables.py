"""Path to tables and back: a folder of CSV, one JSON file, a zip of the folder, an Excel workbook."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.files import json_file
from yjopt.files.collector import Collector
from yjopt.files.csv_text import format_csv, parse_csv
from yjopt.files.excel import AUTHOR, format_excel, parse_excel
from yjopt.files.json_file import format_json, parse_json
from yjopt.files.publish import MARKS, SCENARIO_MARKER, TOTAL_BYTES, publish_file, publish_folder, read_folder
from yjopt.files.raw import RawTables
from yjopt.files.settings import format_settings, parse_settings
from yjopt.files.zip_file import format_zip, open_archive, read_members
from yjopt.schema import INPUT

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from yjopt.schema import Table

#: Suffixes of the formats that are one file; any other path is a folder.
SUFFIXES: Final = (".json", ".zip", ".xlsx")
# What people keep their tables in and may think would be read.
_LOOKALIKES: Final = frozenset({".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods", ".json", ".parquet"})
_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


def read_tables(path: str | os.PathLike[str], schema: Mapping[str, Table] = INPUT) -> RawTables:
    """Read tables as they are written.

    Parameters
    ----------
    path : path-like
        A folder of CSV with a ``scenario.toml``, or a ``.json``, ``.zip`` or ``.xlsx`` file.
    schema : mapping of str to Table
        The tables that are known.

    Returns
    -------
    RawTables
        What is wrong with the content is among its findings; no content raises.

    Raises
    ------
    FileError
        If the path does not exist, cannot be read, or holds no tables at all.
    """
    path = Path(path)
    collector = Collector()
    try:
        is_file = path.is_file()
    except (ValueError, OSError) as error:
        raise FileError(f"{path!r} is no path; check it.") from error
    suffix = path.suffix.lower()
    if not is_file:
        raw = _read_folder(path, schema, collector)
    elif suffix == ".json":
        raw = parse_json(_bytes(path), path.name, collector)
    elif suffix == ".xlsx":
        raw = parse_excel(_bytes(path), schema, path.name, collector)
    elif suffix == ".zip":
        contents, others = read_members(
            _bytes(path), lambda name: _is_known(name, schema), path.name, collector
        )
        raw = _from_files(contents, others, f"{path.name}/", schema, collector)
    else:
        raise FileError(f"{path} is neither a folder nor a {', '.join(SUFFIXES)} file; name one of these.")
    return RawTables(raw.frames, raw.lines, raw.files, raw.settings, collector.result())


def _bytes(path: Path) -> bytes:
    """Return the content of a file."""
    try:
        if path.stat().st_size > TOTAL_BYTES:
            raise FileError(f"{path} has more than {TOTAL_BYTES:,} bytes; split the scenario.")
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error


def _is_known(name: str, schema: Mapping[str, Table]) -> bool:
    """Whether a file of this name belongs to the tables."""
    return name == SCENARIO_MARKER or (name.endswith(".csv") and name[:-4] in schema)


def _read_folder(path: Path, schema: Mapping[str, Table], collector: Collector) -> RawTables:
    folder = read_folder(path, lambda name: _is_known(name, schema))
    if not folder.contents:
        raise FileError(f"{path} holds no {SCENARIO_MARKER} and no table; name the folder of a scenario.")
    if folder.is_leftover:
        collector.add(
            "recovered",
            f"{path.name} is missing; {folder.source.name}, left by a writer that ended, was read instead.",
            f"Rename {folder.source.name} to {path.name}.",
            file=path.name,
            severity="warning",
        )
    return _from_files(folder.contents, folder.others, "", schema, collector)


def _from_files(
    contents: Mapping[str, bytes],
    others: tuple[str, ...],
    where: str,
    schema: Mapping[str, Table],
    collector: Collector,
) -> RawTables:
    """Read the files of a folder, wherever they came from."""
    raw = RawTables({}, {}, {"settings": where + SCENARIO_MARKER}, {})
    if SCENARIO_MARKER in contents:
        raw.settings.update(parse_settings(contents[SCENARIO_MARKER], raw.files["settings"], collector))
    elif contents:
        collector.add(
            "no_settings",
            f"There is no {SCENARIO_MARKER}; every setting has its default.",
            f"Add {SCENARIO_MARKER}, with periods = 7 or what it is.",
            table="settings",
            file=raw.files["settings"],
            severity="warning",
        )
    for name, table in schema.items():
        file = f"{name}.csv"
        if file in contents:
            raw.files[name] = where + file
            raw.frames[name], raw.lines[name] = parse_csv(contents[file], table, where + file, collector)
    for other in others:
        _other_file(other, where, raw, schema, collector)
    return raw


def _other_file(
    name: str, where: str, raw: RawTables, schema: Mapping[str, Table], collector: Collector
) -> None:
    """Judge a file that is not read: a table under a wrong name must not get lost in silence."""
    file = Path(name)
    stem = file.stem.lower()
    if file.suffix.lower() in _LOOKALIKES and (stem in schema and stem not in raw.frames):
        collector.add(
            "unread_file",
            f"The file {name[:80]!r} looks like the table {stem} but is not read.",
            f"Save it as {stem}.csv, in the folder itself.",
            table=stem,
            file=(where + name)[:200],
        )
    elif file.suffix == ".csv" and "/" not in name and not name.startswith("."):
        # The checks name it, as they do with frames of unknown names.
        raw.frames.setdefault(file.stem, pd.DataFrame())
        raw.lines.setdefault(file.stem, np.zeros(0, dtype=np.int64))
        raw.files.setdefault(file.stem, where + name)


def write_tables(
    path: str | os.PathLike[str],
    frames: Mapping[str, pd.DataFrame],
    settings: Mapping[str, Any],
    schema: Mapping[str, Table] = INPUT,
    extra_files: Mapping[str, bytes] = _NOTHING,
    marker: str = SCENARIO_MARKER,
) -> None:
    """Write tables, whole or not at all; reading them again gives equal tables.

    Parameters
    ----------
    path : path-like
        A folder, or a ``.json``, ``.zip`` or ``.xlsx`` file. What yjopt wrote there before is replaced.
    frames : mapping of str to DataFrame
        Typed or raw tables. Those without rows are written only if they are required.
    settings : mapping
        Nested or with dotted names.
    schema : mapping of str to Table
        The tables, whose order files and columns have.
    extra_files : mapping of str to bytes
        Further files of a folder or archive, by name.
    marker : str
        The file by which a folder is known to be ours; ``scenario.toml`` is made from the settings, another
        must be among ``extra_files``.

    Raises
    ------
    FileError
        If something that yjopt did not write stands there, a cell cannot be written, or the disk refuses.
    """
    path = Path(path)
    unknown = [name for name in frames if name not in schema]
    if unknown:
        raise FileError(f"There is no table {unknown[0]!r}; drop it before writing.")
    kept = {
        name: frames[name]
        for name in schema
        if name in frames and (schema[name].required or len(frames[name]))
    }
    suffix = path.suffix.lower()
    if suffix in (".json", ".xlsx"):
        if extra_files:
            raise FileError(
                f"{path} takes no further files such as {min(extra_files)}; write a folder or a .zip."
            )
        _refuse_other_file(path, marker)
        write = format_json if suffix == ".json" else format_excel
        publish_file(path, write(kept, settings, schema))
        return
    files = {f"{name}.csv": format_csv(frame, schema[name]) for name, frame in kept.items()}
    if marker == SCENARIO_MARKER:
        files[marker] = format_settings(settings)
    files.update(extra_files)
    if suffix == ".zip":
        _refuse_other_file(path, marker)
        publish_file(path, format_zip(files))
    else:
        publish_folder(path, files, marker, known=[f"{name}.csv" for name in schema])


def _refuse_other_file(path: Path, marker: str) -> None:
    """Raise if a file stands there that yjopt did not make."""
    if not path.is_file():
        return
    begin = b""
    with contextlib.suppress(OSError, FileError):
        begin = _bytes(path)
    suffix = path.suffix.lower()
    is_ours = begin.startswith(json_file.MARK)
    if suffix in (".zip", ".xlsx"):
        archive, _ = open_archive(begin, 1_000)
        name, mark = (marker, MARKS[marker]) if suffix == ".zip" else ("docProps/core.xml", b"")
        with contextlib.suppress(KeyError, zipfile.BadZipFile, OSError, EOFError):
            content = archive.read(name) if archive is not None else b""
            author = f">{AUTHOR}</dc:creator>".encode()
            is_ours = bool(content) and (content.startswith(mark) if mark else author in content)
    if not is_ours:
        raise FileError(f"{path} is a file that yjopt did not make; choose another name or take it away.")
