"""Goods: the catalogue, needs, who holds how much where, what is on its way and what can be ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.generation.demand import ITEMS
from yjopt.generation.draw import Floats, Ints, factors, stream, sums
from yjopt.generation.frames import long

if TYPE_CHECKING:
    from yjopt.generation.beds import Beds
    from yjopt.generation.use import Use
    from yjopt.generation.world import Tables, World

#: Of the goods that are not the county's own: in stock with city and province, to be ordered by either.
BEYOND: Final = {"city": 0.55, "province": 0.20, "city_order": 0.15, "province_order": 0.10}
#: Share of a city's stock that lies in depots of its counties, and share of the counties that hold some.
OUT, HOLDING = 0.4, 0.3
#: Share of a county's goods that arrives after period 1, and share kept for its own hospitals and sites.
LATER, KEPT = 0.15, 0.05
#: Share of a town's medical need that lies in the town.
IN_TOWN = 0.08
#: Kind of source of the city and of the province, and price of a base unit, per item.
SOURCES: Final = {
    "food": ("production", "donation", 15.0),
    "masks": ("production", "import", 1.0),
    "suits": ("purchase", "import", 120.0),
    "medicine": ("purchase", "requisition", 200.0),
    "tests": ("contract", "purchase", 20.0),
}
#: Hours from order to departure of the stock of each level.
RELEASE: Final = {"town": 0.0, "county": 1.0, "city": 3.0, "province": 8.0}
#: Ventilators wanted per bed of intensive care, and the share of them that stands at the hospitals.
VENTILATED, AT_HOSPITAL = 0.6, 0.6
#: With more cities than this their ventilators are the province's: each owner has a network of its own.
MANY_CITIES = 40


@dataclass(frozen=True, kw_only=True)
class Supplies:
    """Tables of the goods, and what other parts need to know.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
    need, supply : dict of str to float
        Base units of each consumable over the horizon, use by beds, rooms and teams included.
    own : float
        Share of the supply that belongs to towns and counties, by weight.
    kilograms : ndarray of float, shape (depots,)
        What each depot may send out.
    """

    tables: Tables
    need: dict[str, float]
    supply: dict[str, float]
    own: float
    kilograms: Floats


def supplies(world: World, used: Use, bedding: Beds | None) -> Supplies:
    """Goods whose supply is need divided by `scarcity`, in the hands the dials say.

    Parameters
    ----------
    world : World
    used : Use
    bedding : Beds or None

    Returns
    -------
    Supplies
    """
    rng = stream(world.seed, "supplies")
    stocks, receipts, orders, needs = [], [], [], []
    need_of, supply_of = {}, {}
    for item in SOURCES:
        pack = int(_catalogue(item, "pack"))
        wanted, by_place = _wanted(world, used, item)
        if wanted is not None:
            needs.append(_needs(world, item, wanted))
        if by_place.sum() == 0:
            continue
        parts = _lots(world, item, pack, wanted, by_place, rng)
        stocks += parts[0]
        receipts += parts[1]
        orders += parts[2]
        stocks.append(_for_those_there(world, item, pack, used.there[item]))
        need_of[item] = float(by_place.sum())
        supply_of[item] = sum(float(part["quantity"].sum()) for part in parts[0] + parts[1])
        supply_of[item] += sum(float((part["quantity"] * part["times"]).sum()) for part in parts[2])
    if bedding is not None:
        lots, levels = _ventilators(world, bedding)
        stocks.append(lots)
        needs.append(levels)
    stock = _merged(stocks)
    receipt = _merged(receipts)
    order = pd.concat(orders, ignore_index=True) if orders else pd.DataFrame()
    tables = {
        "items": ITEMS[["item", "unit", "pack", "kg", "litres", "durable", "turnaround", "late"]].assign(
            name=ITEMS["item"]
        ),
        "needs": pd.concat(needs, ignore_index=True),
        "stocks": stock,
        "receipts": receipt,
        "sources": order.drop(columns=["times", "level"]) if len(order) else order,
    }
    tables["needs"]["deadline"] = (
        tables["needs"]["deadline"].astype("Int64").where(tables["needs"]["deadline"] >= 0)
    )
    kilograms = _kilograms(world, [stock, receipt, order])
    levels_of = dict(zip(world.geography.areas["area"], world.geography.areas["level"], strict=True))
    weight = pd.concat([frame for frame in (stock, receipt, order) if len(frame)], ignore_index=True)
    weight = weight[weight["item"].isin(SOURCES)]
    kilo = (
        weight["quantity"]
        * weight["item"].map(ITEMS.set_index("item")["kg"])
        * weight.get("times", pd.Series(1.0)).fillna(1.0)
    )
    own = weight["authority"].map(levels_of).isin(["town", "county"])
    return Supplies(
        tables=tables,
        need=need_of,
        supply=supply_of,
        own=float(kilo[own].sum() / max(kilo.sum(), 1e-9)),
        kilograms=kilograms,
    )


def _wanted(world: World, used: Use, item: str) -> tuple[Ints | None, Floats]:
    """Needs of the towns (towns, periods), and what will be wanted of an item per place over the horizon."""
    by_place = used.new[item] * world.couplings.consumables
    if item == "tests":
        # Where no team uses them up, tests are asked for like any other goods.
        if world.links("supplies", "teams"):
            return None, by_place
        wanted = np.zeros((world.towns, world.periods), dtype=np.int64)
        wanted[:, world.demand.windows[:, 0] - 1] = world.demand.samples
    else:
        wanted = world.demand.goods[item]
    by_place = by_place.copy()
    by_place[: world.towns] += wanted.sum(axis=1)
    return wanted, by_place


def _catalogue(item: str, column: str) -> float:
    return float(ITEMS[column].to_numpy(dtype=np.float64)[list(ITEMS["item"]).index(item)])


def _needs(world: World, item: str, wanted: Ints) -> pd.DataFrame:
    frame = long(
        wanted,
        {"place": world.facilities.ids[: world.towns], "period": np.arange(1, world.periods + 1)},
        "quantity",
    )
    # The sealed go first: nobody there can buy anything.
    sealed = frame["place"].isin(set(world.facilities.ids[world.outbreak.sealed]))
    weight = np.where(sealed & (item == "food"), 2.0, 1.0) * _catalogue(item, "weight")
    return frame.assign(item=item, weight=weight, deadline=int(_catalogue(item, "deadline")))


def _lots(
    world: World, item: str, pack: int, wanted: Ints | None, by_place: Floats, rng: np.random.Generator
) -> tuple[list[pd.DataFrame], list[pd.DataFrame], list[pd.DataFrame]]:
    """Stocks, receipts and sources of an item, whole packs."""
    geography, ids, depots = world.geography, world.facilities.ids, world.facilities.depots
    level = world.facilities.depot_level
    depot = {name: ids[depots[level == name]] for name in ("county", "city")}
    area = {"county": geography.counties, "city": geography.cities, "province": geography.provinces}
    counties, cities = len(geography.counties), len(geography.cities)
    scarcity = world.dials.scarcity * (world.dials.suits if item == "suits" else 1.0)
    total = float(by_place.sum()) / scarcity
    every = np.arange(len(by_place))
    by_county = sums(world.county(every), by_place, counties)
    local = by_county * factors(rng, world.dials.imbalance, by_county)
    by_city = sums(geography.city_of, by_county, cities)
    by_city = by_city * factors(rng, world.dials.imbalance / 2, by_city)
    held = np.zeros(world.towns)
    if item in ("masks", "suits", "medicine") and wanted is not None:
        held = np.floor(IN_TOWN * wanted.sum(axis=1) / pack) * pack
    of_counties = max(0.0, world.dials.locality * total - held.sum())
    beyond = total - of_counties - held.sum()

    def lot(
        place: np.ndarray, authority: np.ndarray, amount: Floats, name: str, kept: float = 0.0
    ) -> pd.DataFrame:
        quantity = np.round(amount / pack).astype(np.int64) * pack
        return pd.DataFrame(
            {
                "place": place,
                "item": item,
                "authority": authority,
                "kind": "physical",
                "quantity": quantity,
                "floor": np.floor(kept * quantity / pack).astype(np.int64) * pack,
                "release_hours": RELEASE[name],
            }
        )

    later = LATER if world.periods > 1 else 0.0
    per_county = of_counties * local / max(local.sum(), 1e-9)
    stocks = [
        lot(ids[: world.towns], ids[: world.towns], held, "town", kept=1.0),
        lot(
            depot["county"],
            area["county"],
            (1 - later) * per_county,
            "county",
            KEPT if item != "food" else 0.0,
        ),
    ]
    receipts = []
    if later:
        due = rng.integers(2, world.periods + 1, counties)
        arriving = lot(depot["county"], area["county"], later * per_county, "county").drop(
            columns=["floor", "release_hours"]
        )
        receipts.append(arriving.assign(period=due))
    per_city = beyond * by_city / max(by_city.sum(), 1e-9)
    out = rng.random(counties) < HOLDING
    spread = by_county * out
    weight = spread / np.maximum(sums(geography.city_of, spread, cities), 1e-9)[geography.city_of]
    share_out = OUT * (sums(geography.city_of, spread, cities) > 0)
    in_city = BEYOND["city"] * per_city
    stocks.append(lot(depot["city"], area["city"], (1 - share_out) * in_city, "city"))
    owner = area["city"][geography.city_of]
    stocks.append(
        lot(
            depot["county"][out], owner[out], ((share_out * in_city)[geography.city_of] * weight)[out], "city"
        )
    )
    province = area["province"][geography.province_of]
    stocks.append(lot(depot["city"], province, BEYOND["province"] * per_city, "province"))
    lead = min(world.dials.lead, world.periods - 1)
    orders = [
        _source(
            world,
            item,
            depot["city"],
            area["city"],
            SOURCES[item][0],
            BEYOND["city_order"] * per_city,
            pack,
            lead,
        ),
        _source(
            world,
            item,
            depot["city"],
            province,
            SOURCES[item][1],
            BEYOND["province_order"] * per_city,
            pack,
            lead,
        ),
    ]
    return (
        [frame[frame["quantity"] > 0] for frame in stocks],
        [part[part["quantity"] > 0] for part in receipts],
        orders,
    )


def _source(
    world: World,
    item: str,
    place: np.ndarray,
    authority: np.ndarray,
    kind: str,
    amount: Floats,
    pack: int,
    lead: int,
) -> pd.DataFrame:
    times = world.periods - lead
    dear = 1.5 if kind in ("import", "requisition") else 1.0
    frame = pd.DataFrame(
        {
            "place": place,
            "item": item,
            "kind": kind,
            "authority": authority,
            "quantity": np.round(amount / times / pack).astype(np.int64) * pack,
            # Even goods round the corner take some hours; they are there within the period.
            "lead_hours": lead * world.period_hours + world.period_hours / 8,
            "cost": SOURCES[item][2] * dear,
            "first_period": 1,
            "times": times,
            "level": "",
        }
    )
    return frame[frame["quantity"] > 0]


def _for_those_there(world: World, item: str, pack: int, there: Floats) -> pd.DataFrame:
    """What people there at the start will use, kept where they are: no rule is broken by accident."""
    place = np.flatnonzero(there > 0)
    quantity = (np.ceil(there[place] / pack) * pack).astype(np.int64)
    return pd.DataFrame(
        {
            "place": world.facilities.ids[place],
            "item": item,
            "authority": world.facilities.units[place],
            "kind": "physical",
            "quantity": quantity,
            "floor": quantity,
            "release_hours": 0.0,
        }
    )


def _ventilators(world: World, bedding: Beds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Durables: wanted where there is intensive care; some at the hospitals, some in the city's depot."""
    geography, ids = world.geography, world.facilities.ids
    hospitals, depots = world.facilities.hospitals, world.facilities.depots
    there = bedding.occupied[:, :, 1]
    course = np.minimum(1.0, np.arange(1, world.periods + 1) / max(1, world.periods))
    wanted = np.ceil(VENTILATED * (there + bedding.free[:, 1:2] * course)).astype(np.int64)
    needs = long(wanted, {"place": ids[hospitals], "period": np.arange(1, world.periods + 1)}, "quantity")
    needs = needs.assign(item="ventilators", weight=50.0, deadline=-1)
    most = wanted.max(axis=1)
    city = world.city(hospitals)
    owners = (
        geography.cities
        if len(geography.cities) <= MANY_CITIES
        else geography.provinces[geography.province_of]
    )
    at = np.flatnonzero(most > 0)
    quantity = np.floor(AT_HOSPITAL * most[at] / world.dials.scarcity).astype(np.int64)
    central = np.round(
        sums(city, most, len(geography.cities)) * (1 - AT_HOSPITAL) / world.dials.scarcity
    ).astype(np.int64)
    city_depots = ids[depots[world.facilities.depot_level == "city"]]
    lots = pd.concat(
        [
            pd.DataFrame(
                {
                    "place": ids[hospitals[at]],
                    "authority": owners[city[at]],
                    "quantity": quantity,
                    "floor": np.where(quantity > 1, quantity // 2, 0),
                    "release_hours": 1.0,
                }
            ),
            pd.DataFrame(
                {
                    "place": city_depots,
                    "authority": owners,
                    "quantity": central,
                    "floor": 0,
                    "release_hours": 2.0,
                }
            ),
        ],
        ignore_index=True,
    ).assign(item="ventilators", kind="physical")
    return lots[lots["quantity"] > 0], needs


def _merged(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per lot (and period): what several reasons put in the same place is added up."""
    if not parts:
        return pd.DataFrame()
    frame = pd.concat(parts, ignore_index=True)
    keys = [name for name in ("place", "item", "authority", "kind", "period") if name in frame.columns]
    how = {
        name: "sum" if name in ("quantity", "floor") else "max" for name in frame.columns if name not in keys
    }
    return frame.groupby(keys, sort=False, as_index=False).agg(how)


def _kilograms(world: World, frames: list[pd.DataFrame]) -> Floats:
    """What the lots of each depot weigh, orders of all periods included."""
    kg = ITEMS.set_index("item")["kg"]
    index = pd.Index(world.facilities.ids[world.facilities.depots])
    total = np.zeros(len(index))
    for frame in frames:
        if len(frame):
            at = index.get_indexer(frame["place"])
            times = frame["times"] if "times" in frame.columns else 1
            weight = (frame["quantity"] * frame["item"].map(kg) * times).to_numpy(dtype=np.float64)
            total += sums(at[at >= 0], weight[at >= 0], len(index))
    return total
