"""Order sheets: what one unit has to do under a plan, taken from its tables, and who asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd

from yjopt.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.scenario import Scenario

#: Rows that a sheet shows in a notebook or as text; the frames hold them all.
SHOWN: Final = 12
_PLACES: Final = ("from", "to", "place")
_AREAS: Final = ("authority", "asker", "asked", "taker", "giver")


def _by_area(column: str) -> Callable[[pd.DataFrame, _Units], pd.Series[str]]:
    return lambda frame, _: frame[column]


def _by_place(column: str) -> Callable[[pd.DataFrame, _Units], pd.Series[str]]:
    return lambda frame, units: frame[column].map(units.of_place)


@dataclass(frozen=True)
class _Units:
    """The unit behind each place and pool."""

    of_place: Mapping[str, str]
    of_pool: Mapping[str, str]


#: Whose order each row of a table is: goods are sent by their authority, people taken in by the unit of the house.
_DOER: Final[dict[str, Callable[[pd.DataFrame, _Units], pd.Series[str]]]] = {
    "shipments": _by_area("authority"),
    "trips": _by_place("from"),
    "procurements": _by_area("authority"),
    "admissions": _by_place("to"),
    "transfers": _by_place("from"),
    "isolations": _by_place("to"),
    "deployments": lambda frame, units: frame["pool"].map(units.of_pool),
    "openings": _by_place("place"),
    "holdings": _by_place("place"),
}


@dataclass(frozen=True)
class OrderSheet:
    """What one unit has to do.

    Parameters
    ----------
    unit, name : str
        Id of the area whose unit it is, and its name.
    tables : mapping of str to DataFrame
        By name of the plan table, the rows that this unit carries out: the sheets of all units add up to the plan.
    received : DataFrame
        Rows of ``requests`` in which it is asked or ordered.
    sent : DataFrame
        Rows of ``requests`` in which it asks or orders.
    place_names, area_names : mapping of str to str
        What people call them: shown behind the ids.
    """

    unit: str
    name: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    received: pd.DataFrame = field(repr=False)
    sent: pd.DataFrame = field(repr=False)
    place_names: Mapping[str, str] = field(repr=False)
    area_names: Mapping[str, str] = field(repr=False)

    def text(self) -> str:
        """The sheet as text, long tables cut short."""
        parts = []
        for heading, frame in self._sections():
            left = len(frame) - SHOWN
            more = f"\n... and {left:,} more" if left > 0 else ""
            # Chinese characters are two columns wide.
            with pd.option_context("display.unicode.east_asian_width", True):
                rows = self._shown(frame).to_string(index=False)
            parts.append(f"{heading} ({len(frame):,})\n{rows}{more}")
        return "\n\n".join([f"Order sheet of {self.unit} {self.name}".rstrip(), *parts])

    def _sections(self) -> list[tuple[str, pd.DataFrame]]:
        named = [
            *self.tables.items(),
            ("requests and orders received", self.received),
            ("requests and orders sent", self.sent),
        ]
        return [(heading, frame) for heading, frame in named if len(frame)]

    def _shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The first rows, with names behind ids and without columns in which nothing stands."""
        frame = frame.head(SHOWN)
        frame = frame[[column for column in frame if (frame[column] != "").any()]]
        for names, columns in ((self.place_names, _PLACES), (self.area_names, _AREAS)):
            for column in frame.columns.intersection(list(columns)):
                called = frame[column].map(lambda id_, names=names: f"{id_} {names.get(id_, '')}".rstrip())
                frame = frame.assign(**{column: called})
        return frame

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        heading = escape(f"Order sheet of {self.unit} {self.name}".rstrip())
        parts = [
            f"<h4>{escape(title)} ({len(frame):,})</h4>{self._shown(frame).to_html(index=False)}"
            for title, frame in self._sections()
        ]
        return f"<h3>{heading}</h3>{''.join(parts)}"


def order_sheet(scenario: Scenario, tables: Mapping[str, pd.DataFrame], unit: str) -> OrderSheet:
    """The order sheet of a unit.

    Parameters
    ----------
    scenario : Scenario
        What the plan was made for.
    tables : mapping of str to DataFrame
        The plan's tables.
    unit : str
        Id of the area whose unit it is.

    Raises
    ------
    PlanError
        If there is no such area.
    """
    areas = scenario.tables["areas"]
    area_names = dict(zip(areas["area"], areas["name"], strict=True))
    if unit not in area_names:
        raise PlanError(f"There is no area {unit!r}; give the id of an area of the scenario.")
    places, pools = scenario.tables["places"], scenario.tables["pools"]
    units = _Units(
        of_place=dict(zip(places["place"], places["unit"], strict=True)),
        of_pool=dict(zip(pools["pool"], pools["authority"], strict=True)),
    )
    own = {
        name: frame[(doer(frame, units) == unit).to_numpy(dtype=bool)].reset_index(drop=True)
        for name, doer in _DOER.items()
        for frame in (tables[name],)
    }
    requests = tables["requests"]
    return OrderSheet(
        unit=unit,
        name=area_names[unit],
        tables=own,
        received=requests[requests["asked"] == unit].reset_index(drop=True),
        sent=requests[requests["asker"] == unit].reset_index(drop=True),
        place_names=dict(zip(places["place"], places["name"], strict=True)),
        area_names=area_names,
    )
