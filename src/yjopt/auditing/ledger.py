"""The ledger of a plan as tables, for plans that are written down without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.auditing.requests import DOMAINS, grouped_flows, request_rows
from yjopt.schema import OUTPUT, RESOURCES

if TYPE_CHECKING:
    from yjopt.auditing.asking import Cover
    from yjopt.auditing.command import Command
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Rows

_AREAS: Final = ("asker", "asked", "taker", "giver")
_WORDS: Final = ("kind", "use")


def requests_frame(command: Command, flows: dict[str, Rows], unmet: Rows) -> pd.DataFrame:
    """The table ``requests`` that the flows of a plan make; proofs are left blank."""
    facts, table = command.facts, OUTPUT["requests"]
    parts = []
    for resource in RESOURCES:
        rows = request_rows(command, resource, grouped_flows(command, resource, flows[resource]), unmet)
        columns: dict[str, Column] = {"resource": np.full(len(rows), resource, dtype=object)}
        columns["what"] = _ids(facts, DOMAINS[resource], rows["what"])
        columns |= {name: _ids(facts, "area", rows[name]) for name in _AREAS}
        columns |= {name: np.array(table[name].choices, dtype=object)[rows[name]] for name in _WORDS}
        columns["proof"] = np.full(len(rows), "", dtype=object)
        rest = [column.name for column in table.columns if column.name not in columns]
        columns |= {name: rows[name] for name in rest}
        parts.append(pd.DataFrame(columns))
    return _tidy("requests", pd.concat(parts, ignore_index=True))


def accounts_frame(facts: Facts, cover: Cover) -> pd.DataFrame:
    """The table ``accounts`` of the goods a plan sends ahead."""
    sent, booked = cover.accounts(facts)
    row, period = np.nonzero(sent)
    columns = {
        "place": _ids(facts, "place", cover.key[0][row]),
        "item": _ids(facts, "item", cover.key[1][row]),
        "period": period,
        "sent": sent[row, period],
        "booked": booked[row, period],
        "unbooked": (sent - booked)[row, period],
    }
    return _tidy("accounts", pd.DataFrame(columns))


def _ids(facts: Facts, domain: str, codes: Column) -> Column:
    return np.array([*facts.ids[domain], ""], dtype=object)[codes]


def _tidy(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns and types of the schema, rows in order of the key."""
    table = OUTPUT[name]
    typed = {column.name: "int64" if column.type == "integer" else "object" for column in table.columns}
    frame = frame[list(typed)].astype(typed)
    return frame.sort_values(list(table.key)).reset_index(drop=True)
