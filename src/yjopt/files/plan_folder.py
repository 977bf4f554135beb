"""The folder of a plan: one CSV per table, and ``plan.json`` with the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import FileError
from yjopt.files.collector import Collector
from yjopt.files.csv_text import empty, format_csv, parse_csv
from yjopt.files.publish import MARKS, PLAN_MARKER, publish_folder, read_folder
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from yjopt.schema import Column, Table

_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})
_RESERVED: Final = ("made_by", "files")


def write_plan_folder(
    path: str | os.PathLike[str],
    frames: Mapping[str, pd.DataFrame],
    header: Mapping[str, Any],
    extra_files: Mapping[str, bytes] = _NOTHING,
) -> None:
    """Write the tables of a plan, whole or not at all.

    Parameters
    ----------
    path : path-like
        The folder; a plan that yjopt wrote there before is replaced.
    frames : mapping of str to DataFrame
        By name of the table in ``schema.OUTPUT``; those left out are written without rows.
    header : mapping
        What else is known of the plan, as JSON can say it. ``made_by`` and ``files`` are added.
    extra_files : mapping of str to bytes
        Further files, such as a summary, by name.

    Raises
    ------
    FileError
        If something that yjopt did not write stands there, the header is no JSON, a cell cannot be written,
        or the disk refuses.
    """
    taken = [name for name in _RESERVED if name in header]
    unknown = [name for name in frames if name not in OUTPUT]
    if taken or unknown:
        raise FileError(
            f"A plan takes no {'header' if taken else 'table'} {(taken or unknown)[0]!r} of yours; rename it."
        )
    files = {
        f"{name}.csv": format_csv(frames[name] if name in frames else empty(table), table)
        for name, table in OUTPUT.items()
    }
    files.update(extra_files)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    try:
        text = json.dumps(
            {"made_by": "yjopt", **header, "files": sums}, indent=2, ensure_ascii=False, allow_nan=False
        )
        files[PLAN_MARKER] = (text + "\n").encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise FileError(
            f"The header of the plan is no JSON ({error}); keep to texts, finite numbers and lists."
        ) from error
    publish_folder(Path(path), files, PLAN_MARKER)


def read_plan_folder(
    path: str | os.PathLike[str], *, verify: bool = True
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Read the tables of a plan.

    Parameters
    ----------
    path : path-like
        The folder.
    verify : bool
        Whether a folder is refused in which a file is not as it was written. Without, a plan that was changed
        by hand or made by another program can be read, to be audited; ``plan.json`` may then be missing.

    Returns
    -------
    frames : dict of str to DataFrame
        Every table of ``schema.OUTPUT``, typed.
    header : dict
        What ``plan.json`` says, without ``files``.

    Raises
    ------
    FileError
        If there is no such folder, it is no plan, a file was changed, or a cell is no value of its column.
    """
    path = Path(path)
    folder = read_folder(path, lambda name: not name.startswith("."))
    header = _header(folder.contents.get(PLAN_MARKER), path, verify)
    sums = header.pop("files", {})
    if verify:
        _verify(folder.contents, sums, path)
    elif not any(f"{name}.csv" in folder.contents for name in OUTPUT):
        raise FileError(f"{path} holds no table of a plan; name the folder of a plan.")
    collector = Collector()
    frames: dict[str, pd.DataFrame] = {}
    for name, table in OUTPUT.items():
        file = f"{name}.csv"
        if file in folder.contents:
            frame, lines = parse_csv(folder.contents[file], table, f"{path.name}/{file}", collector)
        else:
            frame, lines = empty(table), np.zeros(0, dtype=np.int64)
        found = collector.result()
        if found:
            raise FileError(str(found[0]))
        frames[name] = _typed(frame, table, lines, f"{path.name}/{file}")
    return frames, header


def _header(content: bytes | None, path: Path, verify: bool) -> dict[str, Any]:
    """Return what the marker says."""
    if content is None:
        if verify:
            raise FileError(f"{path} holds no {PLAN_MARKER}; name the folder of a plan.")
        return {}
    try:
        header = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path / PLAN_MARKER} is no JSON; write the plan anew.") from error
    if not isinstance(header, dict) or (verify and not content.startswith(MARKS[PLAN_MARKER])):
        raise FileError(f"{path / PLAN_MARKER} is not one that yjopt wrote; name the folder of a plan.")
    return header


def _verify(contents: Mapping[str, bytes], sums: object, path: Path) -> None:
    """Raise unless every file is as it was written and none is missing."""
    if not isinstance(sums, dict) or not {f"{name}.csv" for name in OUTPUT} <= set(sums):
        raise FileError(f"{path / PLAN_MARKER} does not list the files of the plan; write the plan anew.")
    for name, expected in sums.items():
        content = contents.get(name)
        if content is None:
            raise FileError(f"{path / name} is missing; write the plan anew.")
        if hashlib.sha256(content).hexdigest() != expected:
            raise FileError(
                f"{path / name} is not as yjopt wrote it; write the plan anew, or read it unverified."
            )


def _typed(frame: pd.DataFrame, table: Table, lines: np.ndarray[Any, Any], file: str) -> pd.DataFrame:
    """Give every column of a plan table its type."""
    stray = [name for name in frame.columns if name not in table.by_name]
    missing = [name for name in table.by_name if name not in frame.columns]
    if stray or missing or len(frame.columns) != len(table.columns):
        raise FileError(f"{file} must have the columns {','.join(table.by_name)}; mend its first line.")
    return pd.DataFrame(
        {column.name: _values(frame[column.name], column, lines, file) for column in table.columns}
    )


def _values(cells: pd.Series[Any], column: Column, lines: np.ndarray[Any, Any], file: str) -> pd.Series[Any]:
    """Return the cells of one column with its type."""
    if not column.is_number:
        if column.choices:
            wrong = np.flatnonzero(~cells.isin(column.choices).to_numpy())
            _refuse(wrong, cells, column, lines, file)
        return cells.astype(object)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    wrong = ~np.isfinite(numbers.to_numpy())
    if column.type == "integer":
        # Plan amounts may be too long for floats; whole numbers are read as such.
        whole = cells.astype("str").str.fullmatch(r"-?[0-9]{1,18}").to_numpy(dtype=bool)
        _refuse(np.flatnonzero(~whole), cells, column, lines, file)
        return cells.astype("int64")
    _refuse(np.flatnonzero(wrong), cells, column, lines, file)
    return numbers


def _refuse(
    wrong: np.ndarray[Any, Any], cells: pd.Series[Any], column: Column, lines: Any, file: str
) -> None:
    if len(wrong):
        first = int(wrong[0])
        raise FileError(
            f"{file}:{lines[first]} {column.name} is {str(cells.iloc[first])[:60]!r}, "
            f"which is no {column.type}; mend the cell."
        )
