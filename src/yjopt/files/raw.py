"""Tables as they were written, before anything is made of their cells, and what was met in reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yjopt.files.collector import Collector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from yjopt.errors import Finding


@dataclass(frozen=True)
class RawTables:
    """Tables with their cells as written.

    Parameters
    ----------
    frames : dict of str to DataFrame
        One per table that is present, with the columns as written, known or not, and rows counted from 0.
        Cells are text, ``''`` is blank; frames handed over in Python may hold anything. A file that bears the
        name of no table gives a frame without columns.
    lines : dict of str to ndarray of int64
        Per table, the line in its file of each row; position + 1 for frames.
    files : dict of str to str
        Per table the name of its file for people, and that of the settings under ``settings``.
    settings : dict
        Nested, as in ``scenario.toml``.
    findings : tuple of Finding
        What was found wrong while reading.
    """

    frames: dict[str, pd.DataFrame]
    lines: dict[str, NDArray[np.int64]]
    files: dict[str, str]
    settings: dict[str, Any]
    findings: tuple[Finding, ...] = ()


def raw_from_frames(frames: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> RawTables:
    """Take frames handed over in Python as if they had been read.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        By name of the table. They are not changed; their index is of no account.
    settings : mapping
        Nested, as in ``scenario.toml``.

    Returns
    -------
    RawTables
        Lines are positions + 1. What is no DataFrame becomes a finding.
    """
    collector = Collector()
    taken: dict[str, pd.DataFrame] = {}
    for name, given in frames.items():
        frame: object = given
        if isinstance(frame, pd.DataFrame):
            taken[str(name)] = frame.reset_index(drop=True)
        else:
            collector.add(
                "not_a_frame",
                f"The table {name} is a {type(frame).__name__}.",
                "Hand over a pandas DataFrame.",
                table=str(name),
            )
    lines = {name: np.arange(1, len(frame) + 1, dtype=np.int64) for name, frame in taken.items()}
    return RawTables(taken, lines, {}, dict(settings), collector.result())
