"""Makers of variants: one thing lost, closed, doubled, late or cut off at a time.

Each maker returns a list of `Variant`, one for each thing of its kind or for those asked for; with `count` that many of
them, drawn without replacement by `seed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from yjopt.errors import ModelError
from yjopt.generation.changes import Edit, Variant, add, plus, put, remove, times
from yjopt.generation.draw import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from yjopt.scenario import Scenario

__all__ = [
    "Edit", "Variant", "add", "blind_towns", "close_roads", "delay_sources", "double_towns", "lose_depots",
    "plus", "put", "remove", "times",
]  # fmt: skip

#: What is gone with a depot: what lies there, what comes there, and the vehicles that have their home there.
_OF_DEPOT: Final = ("stocks", "receipts", "sources", "fleets")
#: What a town wants: the column of each table that grows with it.
_OF_TOWN: Final = {"needs": "quantity", "arrivals": "people", "contacts": "people", "tasks": "amount"}

T = TypeVar("T")


def lose_depots(
    scenario: Scenario, depots: Sequence[str] | None = None, *, count: int | None = None, seed: int = 0
) -> list[Variant]:
    """One depot lost at a time: its stocks, receipts, sources and fleets. The roads past it stay.

    Parameters
    ----------
    scenario : Scenario
    depots : sequence of str, optional
        Ids of places; default: every place of kind ``depot`` that has any of these.
    count : int, optional
        Draw so many of them.
    seed : int
        Of the draw.

    Raises
    ------
    ModelError
        If one of them has nothing to lose.
    """
    having = {name: set(scenario.tables[name]["place"]) for name in _OF_DEPOT}
    able = set().union(*having.values())
    if depots is None:
        chosen = [place for place in _places(scenario, "depot") if place in able]
    else:
        chosen = _known(depots, able, "place with stocks, receipts, sources or fleets")
    return [
        Variant(
            f"lose depot {place}",
            [remove(name, {"place": place}) for name in _OF_DEPOT if place in having[name]],
            kind="lose depot",
        )
        for place in _drawn(chosen, count, seed, "depots")
    ]


def close_roads(
    scenario: Scenario,
    roads: Sequence[tuple[str, str]] | None = None,
    *,
    count: int | None = None,
    seed: int = 0,
) -> list[Variant]:
    """One road closed at a time, in both directions and in all periods.

    Parameters
    ----------
    scenario : Scenario
    roads : sequence of pair of str, optional
        Both ends of each; default: every row of ``roads`` that is not closed in all periods anyway.
    count, seed
        As of `lose_depots`.

    Raises
    ------
    ModelError
        If there is no such road.
    """
    table, closures = scenario.tables["roads"], scenario.tables["closures"]
    periods = scenario.settings.periods
    links = {frozenset(ends): ends for ends in zip(table["from"], table["to"], strict=True)}
    states: dict[frozenset[str], list[str]] = {}
    for start, end, state in zip(closures["from"], closures["to"], closures["state"], strict=True):
        states.setdefault(frozenset((start, end)), []).append(state)
    if roads is None:
        chosen = sorted(
            ends for link, ends in links.items() if states.get(link, []).count("closed") < periods
        )
    else:
        unknown = [f"{start}-{end}" for start, end in roads if frozenset((start, end)) not in links]
        if unknown:
            raise ModelError(f"There is no road {unknown[0]}; the table roads lists them.")
        chosen = [links[frozenset(ends)] for ends in roads]
    variants = []
    for start, end in _drawn(chosen, count, seed, "roads"):
        there = zip(closures["from"], closures["to"], strict=True)
        written = {ends for ends in there if frozenset(ends) == frozenset((start, end))}
        edits = [remove("closures", {"from": one, "to": other}) for one, other in sorted(written)]
        rows = [
            {"from": start, "to": end, "period": period, "state": "closed"}
            for period in range(1, periods + 1)
        ]
        variants.append(
            Variant(f"close road {start}-{end}", [*edits, add("closures", rows)], kind="close road")
        )
    return variants


def double_towns(
    scenario: Scenario,
    towns: Sequence[str] | None = None,
    *,
    factor: float = 2.0,
    count: int | None = None,
    seed: int = 0,
) -> list[Variant]:
    """One town at a time wants twice as much: its needs, arrivals, contacts and tasks.

    Parameters
    ----------
    scenario : Scenario
    towns : sequence of str, optional
        Ids of places; default: every place of kind ``town`` that wants anything.
    factor : float
        How much of what it wants now it wants then, above 0.
    count, seed
        As of `lose_depots`.

    Raises
    ------
    ModelError
        If one of them wants nothing, or the factor is not above 0.
    """
    if not factor > 0 or not np.isfinite(factor):
        raise ModelError(f"The factor must be a number above 0, not {factor}.")
    having = {name: set(scenario.tables[name]["place"]) for name in _OF_TOWN}
    able = set().union(*having.values())
    if towns is None:
        chosen = [place for place in _places(scenario, "town") if place in able]
    else:
        chosen = _known(towns, able, "place with needs, arrivals, contacts or tasks")
    verb, kind = ("double", "double town") if factor == 2 else (f"{factor:g} times", "grow town")
    return [
        Variant(
            f"{verb} town {place}",
            [
                times(name, {"place": place}, {column: factor})
                for name, column in _OF_TOWN.items()
                if place in having[name]
            ],
            kind=kind,
        )
        for place in _drawn(chosen, count, seed, "towns")
    ]


def delay_sources(
    scenario: Scenario,
    places: Sequence[str] | None = None,
    *,
    hours: float = 24.0,
    count: int | None = None,
    seed: int = 0,
) -> list[Variant]:
    """The sources of one place at a time take longer; goods already on their way there come later, too.

    Parameters
    ----------
    scenario : Scenario
    places : sequence of str, optional
        Ids of places; default: every place with sources or receipts.
    hours : float
        Added to lead times. Receipts come as many whole periods later as that begins; those that then come after
        the last period are lost.
    count, seed
        As of `lose_depots`.

    Raises
    ------
    ModelError
        If nothing comes from or to one of them, or the delay is not above 0.
    """
    if not hours > 0 or not np.isfinite(hours):
        raise ModelError(f"A delay is a number of hours above 0, not {hours}.")
    sources, receipts = scenario.tables["sources"], scenario.tables["receipts"]
    able = {*sources["place"], *receipts["place"]}
    chosen = sorted(able) if places is None else _known(places, able, "place with sources or receipts")
    later = int(np.ceil(round(hours * 3600) / scenario.settings.period_seconds))
    return [
        Variant(
            f"{hours:g} hours later at {place}",
            [
                *(
                    [plus("sources", {"place": place}, {"lead_hours": hours})]
                    * (place in set(sources["place"]))
                ),
                *_later(receipts, place, later, scenario.settings.periods),
            ],
            kind="delay sources",
        )
        for place in _drawn(chosen, count, seed, "sources")
    ]


def blind_towns(
    scenario: Scenario,
    towns: Sequence[Sequence[str]] | None = None,
    *,
    share: float = 0.05,
    ration: float = 0.0,
    count: int = 10,
    seed: int = 0,
) -> list[Variant]:
    """Several towns at a time that nobody hears from, in all periods.

    Parameters
    ----------
    scenario : Scenario
    towns : sequence of sequence of str, optional
        For each variant ids of places; default: `count` draws of a `share` of all towns that want goods, at least
        one of them.
    share : float
        Share of the towns that is drawn for a variant, above 0 to 1.
    ration : float
        Share of what a town needs in a period that it has been agreed to send there unasked, 0 to 1.
    count : int
        Number of variants to draw.
    seed : int
        Of the draws.

    Raises
    ------
    ModelError
        If there is no such place, or a share is out of range.
    """
    if not 0 < share <= 1 or not 0 <= ration <= 1:
        raise ModelError(f"Shares lie between 0 and 1; share is {share} and ration {ration}.")
    if towns is None:
        needing = set(scenario.tables["needs"]["place"])
        able = [place for place in _places(scenario, "town") if place in needing]
        if not able:
            raise ModelError("No town of this scenario wants goods, so none can be cut off from them.")
        random = stream(seed, "blind towns")
        number = max(1, round(share * len(able)))
        drawn = [sorted(random.permutation(len(able))[:number].tolist()) for _ in range(count)]
        sets = [[able[at] for at in one] for one in drawn]
    else:
        places = set(scenario.tables["places"]["place"])
        sets = [_known(one, places, "place") for one in towns]
    return [
        Variant(f"blind towns {number}", _cut_off(scenario, one, ration), kind="blind towns")
        for number, one in enumerate(sets, start=1)
    ]


def _cut_off(scenario: Scenario, towns: Sequence[str], ration: float) -> list[Edit]:
    blind, needs = scenario.tables["blind"], scenario.tables["needs"]
    edits = [remove("blind", {"place": towns})] if blind["place"].isin(towns).any() else []
    rows: list[dict[str, Any]] = [
        {"place": town, "period": period}
        for town in towns
        for period in range(1, scenario.settings.periods + 1)
    ]
    if ration:
        wanted = needs[needs["place"].isin(towns)].groupby(["place", "period", "item"])["quantity"].sum()
        agreed = np.floor(wanted * ration).astype(np.int64)
        rows += [
            {"place": place, "period": period, "item": item, "quantity": quantity}
            for (place, period, item), quantity in agreed[agreed > 0].items()
        ]
    return [*edits, add("blind", rows)]


def _later(receipts: pd.DataFrame, place: str, later: int, periods: int) -> list[Edit]:
    """Move receipts back; those that come after the last period are taken out."""
    there = receipts["period"][receipts["place"] == place]
    lost = sorted({int(period) for period in there if period + later > periods})
    kept = sorted({int(period) for period in there if period + later <= periods})
    edits = [remove("receipts", {"place": place, "period": lost})] if lost else []
    return [*edits, *([plus("receipts", {"place": place}, {"period": later})] if kept else [])]


def _places(scenario: Scenario, kind: str) -> list[str]:
    places = scenario.tables["places"]
    return sorted(places["place"][places["kind"] == kind])


def _known(asked: Sequence[str], able: set[str], what: str) -> list[str]:
    unknown = [place for place in asked if place not in able]
    if unknown:
        raise ModelError(f"There is no {what} {unknown[0]!r}; check its id.")
    return list(asked)


def _drawn(things: list[T], count: int | None, seed: int, name: str) -> list[T]:
    """Some of them, in their order."""
    if count is None:
        return things
    if not 0 <= count <= len(things):
        raise ModelError(f"There are {len(things):,} {name} to draw from, so {count:,} cannot be drawn.")
    return [things[at] for at in sorted(stream(seed, name).permutation(len(things))[:count].tolist())]
