"""Scenarios around a known plan that serves everybody, and their twins that one cut makes impossible.

The plan comes first: every need goes to the nearest depot, patient to the nearest hospital, group to the nearest site
of its category, task to the nearest base. Then each of them gets exactly what this takes, and hard ceilings say that
nobody may go without. A plan exists by construction. One unit less anywhere, and none exists, by counting: a pack, a
bed, a room or a team is used by one need, patient, person or task alone, and there are as many as are wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from yjopt.errors import Finding, ScenarioError
from yjopt.generation.demand import SAMPLES_PER_HOUR, TEAM_HOURS
from yjopt.generation.facilities import facilities
from yjopt.generation.frames import complete
from yjopt.generation.geography import made_up
from yjopt.generation.making import PERIOD_HOURS, generate
from yjopt.generation.network import network
from yjopt.generation.sharing import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.generation.draw import Ints
    from yjopt.generation.network import Network

#: What a cut takes one unit of, and the table and column where it stands.
CUTS: Final = {
    "goods": ("stocks", "quantity"),
    "beds": ("beds", "beds"),
    "rooms": ("isolation_sites", "rooms"),
    "teams": ("pools", "teams"),
}
#: Class in which the patients of each group lie.
CLASS_OF: Final = {"mild": "makeshift", "moderate": "ward", "severe": "icu", "critical": "icu"}
#: Type of vehicle that carries everything.
VEHICLE: Final = "lorry"
#: Tables of the generator whose figures do not depend on what is planted.
_KEPT: Final[tuple[str, ...]] = (
    "areas", "places", "roads", "items", "groups", "eligibility", "arrivals", "contacts", "tasks",
)  # fmt: skip


def planted(
    towns: int = 10, seed: int = 1, cut: str | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, Any], dict[str, Any]]:
    """Make a static scenario in which everybody can be served, with not a unit to spare; or its impossible twin.

    Parameters
    ----------
    towns : int
        Number of made-up towns, 2 or more.
    seed : int
        Seed of all draws, 0 or more.
    cut : {"goods", "beds", "rooms", "teams"}, optional
        Take one unit of this away where there is most of it, so that no plan keeps every hard rule.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        Input tables by name, all columns of the schema.
    settings : dict
        Settings nested as in ``scenario.toml``.
    record : dict
        ``record["plan"]`` holds the planted flows as lists by column: ``shipments``, ``admissions``,
        ``isolations`` and ``deployments``, each from, to, what, amount. ``record["cut"]`` names table, row and column
        of the cut, with its figure before and after; it is empty without one.

    Raises
    ------
    yjopt.errors.ScenarioError
        When an argument is out of range, or there is nothing to cut.
    """
    if cut is not None and cut not in CUTS:
        raise ScenarioError((_finding("cut", cut, f"Choose one of {', '.join(CUTS)}."),))
    base, settings, achieved = generate(towns=towns, periods=1, seed=seed, plain=True)
    everything = facilities(made_up(towns, seed), seed)
    reach = _Reach(network(everything, seed), everything.places)
    tables = {name: base[name] for name in _KEPT if name in base}
    flows = {
        "shipments": _goods(tables, base, reach),
        "admissions": _beds(tables, reach),
        "isolations": _rooms(tables, base, reach),
        "deployments": _teams(tables, reach),
    }
    cities = base["areas"].loc[base["areas"]["level"] == "city", "area"]
    tables["rules"] = pd.DataFrame(
        [("unmet_ceiling", city, what, 0.0, True) for city in cities for what in ("people", "goods")],
        columns=["rule", "area", "what", "amount", "hard"],
    )
    record: dict[str, Any] = {
        "generator": achieved["generator"] | {"case": "planted"},
        "plan": {name: frame.to_dict("list") for name, frame in flows.items()},
        "cut": _cut(tables, cut) if cut else {},
    }
    twin = f" without one unit of {cut}" if cut else ""
    return (
        complete(tables),
        settings | {"name": f"planted {towns} towns seed {seed}{twin}", "limits": reach.limits},
        record,
    )


class _Reach:
    """Nearest givers, and the limits of travel that reach them."""

    def __init__(self, roads: Network, places: pd.DataFrame) -> None:
        self.roads, self.places = roads, places
        self.row = pd.Index(places["place"])
        self.limits: dict[str, float] = {}

    def nearest(self, givers: Ints, takers: pd.Series[Any], kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Ids of the nearest givers and the minutes to them; the limit of the kind grows to reach them."""
        at, minutes = self.roads.nearest(givers)
        row = self.row.get_indexer(takers)
        away = minutes[row]
        # Some minutes more than the farthest: sums of links may be rounded up.
        farthest = float(np.ceil(away.max(initial=0.0) / 5) * 5 + 5)
        self.limits[kind] = max(self.limits.get(kind, 0.0), farthest)
        return self.places["place"].to_numpy(dtype=object)[givers[at[row]]], away

    def of_kind(self, kind: str) -> Ints:
        return np.flatnonzero(self.places["kind"].to_numpy() == kind).astype(np.int64)

    def unit(self, ids: pd.Series[Any]) -> np.ndarray:
        """Area whose unit runs each place."""
        return np.asarray(self.places["unit"].to_numpy(dtype=object)[self.row.get_indexer(ids)])


def _goods(tables: dict[str, pd.DataFrame], base: Mapping[str, pd.DataFrame], reach: _Reach) -> pd.DataFrame:
    """Whole packs for every need in the nearest depot, vehicles for the trips; durables stand where they are used."""
    items = base["items"].set_index("item")
    needs = base["needs"]
    durable = needs["item"].map(items["durable"]).to_numpy(dtype=bool)
    pack = needs["item"].map(items["pack"]).to_numpy(dtype=np.int64)
    packs = -(-needs["quantity"].to_numpy(dtype=np.int64) // pack)
    depot, away = reach.nearest(reach.of_kind("depot"), needs["place"], "supplies")
    flows = pd.DataFrame(
        {
            "from": np.where(durable, needs["place"].to_numpy(dtype=object), depot),
            "to": needs["place"].to_numpy(dtype=object),
            "what": needs["item"].to_numpy(dtype=object),
            "amount": packs * pack,
        }
    )
    stock = _summed(flows, {"from": "place", "what": "item"}, "quantity")
    tables["needs"] = needs
    tables["stocks"] = stock.assign(
        authority=reach.unit(stock["place"]), kind="physical", floor=0, release_hours=0.0
    )
    tables["fleets"] = _fleets(flows, items, away, durable)
    return flows


def _summed(flows: pd.DataFrame, keys: Mapping[str, str], value: str) -> pd.DataFrame:
    """Amounts added up by some columns, all of them renamed."""
    total = flows.groupby(list(keys), sort=False)["amount"].sum().reset_index()
    return total.rename(columns={**keys, "amount": value})


def _fleets(flows: pd.DataFrame, items: pd.DataFrame, away: np.ndarray, durable: np.ndarray) -> pd.DataFrame:
    """At every depot so many vehicles that whole trips to each of its towns fit into their hours."""
    payload, volume, cost = VEHICLES[VEHICLE]
    sent = flows.assign(
        kg=flows["amount"] * flows["what"].map(items["kg"]),
        litres=flows["amount"] * flows["what"].map(items["litres"]),
        hours=2 * (away + 1) / 60,
    )[~durable]
    pairs = sent.groupby(["from", "to"], as_index=False).agg({"kg": "sum", "litres": "sum", "hours": "max"})
    trips = np.ceil(np.maximum(pairs["kg"] / payload, pairs["litres"] / volume))
    needed = (trips * pairs["hours"]).groupby(pairs["from"]).sum()
    return pd.DataFrame(
        {
            "fleet": [f"{VEHICLE}-{place}" for place in needed.index],
            "place": needed.index,
            "vehicles": np.ceil(needed.to_numpy() / PERIOD_HOURS).astype(np.int64),
            "payload_kg": payload,
            "volume_litres": volume,
            "hours": PERIOD_HOURS,
            "cost_per_hour": cost,
        }
    )


def _beds(tables: dict[str, pd.DataFrame], reach: _Reach) -> pd.DataFrame:
    """A bed of the group's class in the nearest hospital for every patient; no class serves another's patients."""
    arrivals = tables["arrivals"]
    hospital, _ = reach.nearest(reach.of_kind("hospital"), arrivals["place"], "patients")
    flows = pd.DataFrame(
        {
            "from": arrivals["place"].to_numpy(dtype=object),
            "to": hospital,
            "what": arrivals["group"].to_numpy(dtype=object),
            "amount": arrivals["people"].to_numpy(dtype=np.int64),
        }
    )
    lying = flows.assign(what=flows["what"].map(CLASS_OF))
    tables["beds"] = _summed(lying, {"to": "place", "what": "class"}, "beds")
    only = pd.DataFrame({"group": list(CLASS_OF), "class": list(CLASS_OF.values()), "penalty": 0.0})
    tables["eligibility"] = only[only["group"].isin(tables["groups"]["group"])]
    return flows


def _rooms(tables: dict[str, pd.DataFrame], base: Mapping[str, pd.DataFrame], reach: _Reach) -> pd.DataFrame:
    """Rooms for every group, kept together, in the nearest site of its category."""
    contacts, sites = base["contacts"], base["site_category"]
    parts = []
    for category, group in contacts.groupby("category", sort=False):
        able = reach.row.get_indexer(sites.loc[sites["category"] == category, "place"]).astype(np.int64)
        site, _ = reach.nearest(able, group["place"], "contacts")
        parts.append(
            pd.DataFrame(
                {
                    "from": group["place"].to_numpy(dtype=object),
                    "to": site,
                    "what": category,
                    "amount": group["people"].to_numpy(dtype=np.int64),
                }
            )
        )
    flows = pd.concat(parts, ignore_index=True)
    used = flows.groupby("to")["amount"].sum()
    tables["contacts"] = contacts
    tables["categories"] = base["categories"].assign(together=True, split=False)
    tables["isolation_sites"] = pd.DataFrame({"place": used.index, "rooms": used.to_numpy(), "state": "open"})
    tables["site_category"] = sites[sites["place"].isin(used.index)]
    return flows


def _teams(tables: dict[str, pd.DataFrame], reach: _Reach) -> pd.DataFrame:
    """Whole teams for every task in the nearest base, a pool for each skill."""
    tasks = tables["tasks"]
    base, _ = reach.nearest(reach.of_kind("base"), tasks["place"], "teams")
    each = np.where(tasks["measure"] == "work", SAMPLES_PER_HOUR * TEAM_HOURS, 1.0)
    flows = pd.DataFrame(
        {
            "from": base,
            "to": tasks["task"].to_numpy(dtype=object),
            "what": tasks["skill"].to_numpy(dtype=object),
            "amount": np.ceil(tasks["amount"].to_numpy(dtype=np.float64) / each).astype(np.int64),
        }
    )
    pools = flows.groupby(["from", "what"], as_index=False)["amount"].sum()
    name = pools["what"] + "-" + pools["from"]
    tables["pools"] = pd.DataFrame(
        {
            "pool": name,
            "place": pools["from"],
            "authority": reach.unit(pools["from"]),
            "teams": pools["amount"],
            "people": 3,
            "layer": "standing",
            "callup_hours": 0.0,
            "floor": 0,
            "tour": 1,
            "hours": TEAM_HOURS,
            "cost": 900.0,
        }
    )
    productivity = np.where(pools["what"] == "sampling", SAMPLES_PER_HOUR, 1.0)
    tables["skills"] = pd.DataFrame({"pool": name, "skill": pools["what"], "productivity": productivity})
    return flows


def _cut(tables: dict[str, pd.DataFrame], cut: str) -> dict[str, Any]:
    """Take one unit away where there is most; of goods a pack, of a good that is used up."""
    table, column = CUTS[cut]
    frame = tables[table].reset_index(drop=True)
    unit = pd.Series(1, index=frame.index)
    able = frame[column] > 0
    if cut == "goods":
        items = tables["items"].set_index("item")
        unit = frame["item"].map(items["pack"]).astype("int64")
        able &= ~frame["item"].map(items["durable"]).astype(bool)
    if not able.any():
        raise ScenarioError((_finding("cut", cut, "Give more towns: there is nothing of it to take away."),))
    row = int((frame[column] / unit).where(able, -1).argmax())
    before = int(frame[column].iloc[row])
    after = before - int(unit.iloc[row])
    frame.loc[row, column] = after
    tables[table] = frame
    what = [name for name in ("item", "class", "pool") if name in frame.columns]
    return {
        "what": cut,
        "table": table,
        "place": str(frame["place"].iloc[row]),
        "of": str(frame[what[0]].iloc[row]) if what else "",
        "column": column,
        "before": before,
        "after": after,
    }


def _finding(column: str, value: str, mend: str) -> Finding:
    return Finding(
        rule="generator_argument",
        severity="error",
        column=column,
        value=value,
        message=f"A planted scenario cannot use {column} = '{value}'.",
        mend=mend,
    )
