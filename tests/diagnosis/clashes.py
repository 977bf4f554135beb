"""Scenarios whose hard rules clash, each with the repair that was planted as the cheapest.

The world is a city C of two counties, CA and CB, in a province P. What a repair costs is added up here from the
figures that were drawn, never asked of the library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd

import yjopt as yj

if TYPE_CHECKING:
    from collections.abc import Callable

Named = tuple[str, str, str]


@dataclass
class Clash:
    """Rows by table, and what is planted.

    Parameters
    ----------
    cost, given_up : float
        Of the cheapest repair, in yuan and in weighted units.
    conflicts : list of set of (rule, area, what)
        The sets that clash, in any order; None where there are several answers.
    """

    random: Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    periods: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    cost: float = 0.0
    given_up: float = 0.0
    conflicts: list[set[Named]] | None = None

    def add(self, table: str, **row: Any) -> None:
        """Add a row; ``class_`` stands for a Python word."""
        self.rows.setdefault(table, []).append({name.rstrip("_"): value for name, value in row.items()})

    def rule(self, rule: str, area: str, amount: float, what: str = "", **more: Any) -> None:
        """Add a hard rule."""
        self.add("rules", rule=rule, area=area, what=what, amount=amount, hard=True, **more)

    def place(self, place: str, kind: str, area: str, near: str = "") -> None:
        """Add a place, ten minutes from every other one, or from one alone."""
        for row in self.rows.get("places", []):
            if near and row["place"] != near:
                continue
            self.add("times", from_=place, to=row["place"], minutes=10.0)
            self.add("times", from_=row["place"], to=place, minutes=10.0)
        self.add("places", place=place, kind=kind, area=area)

    def site(self, place: str, area: str, setup: int = -1, cost: float = 0.0, rooms: int = 10) -> None:
        """Add an isolation site, a candidate if it has a set-up."""
        self.place(place, "isolation", area)
        state = "open" if setup < 0 else "candidate"
        self.add("isolation_sites", place=place, rooms=rooms, state=state, setup=max(setup, 0), cost=cost)

    def may_hold(self, place: str, category: str, *, allowed: bool = True, cost: float = 0.0) -> None:
        """Add a row of ``site_category``."""
        self.add("site_category", place=place, category=category, allowed=allowed, conversion_cost=cost)

    def money(self, low: int = 1, high: int = 5000) -> float:
        """An amount in yuan, with fen."""
        return self.random.randint(100 * low, 100 * high) / 100

    def scenario(self) -> yj.Scenario:
        """The checked scenario."""
        frames = {name: pd.DataFrame(rows) for name, rows in self.rows.items()}
        return yj.Scenario.from_tables(
            frames, {"periods": self.periods, "period_hours": 24.0, **self.settings}
        )


def _world(name: str, seed: int) -> Clash:
    random = Random(f"{name} {seed}")
    clash = Clash(random, periods=random.randint(1, 4))
    for area, level, parent in (
        ("P", "province", ""), ("C", "city", "P"), ("CA", "county", "C"), ("CB", "county", "C"),
        ("TA", "town", "CA"), ("TB", "town", "CB"),
    ):  # fmt: skip
        clash.add("areas", area=area, level=level, parent=parent, name=f"name of {area}")
    clash.place("a", "town", "TA")
    clash.place("b", "town", "TB")
    for category in ("close", "key"):
        clash.add("categories", category=category, stay=2, wait=1)
    return clash


def _minimum(clash: Clash, area: str, category: str, amount: int = 1, **more: Any) -> None:
    clash.rule("isolation_minimum", area, amount, category, **{"from_period": 1, **more})


def not_allowed(seed: int) -> Clash:
    """No site of the county may hold the category: the cheapest are allowed to."""
    clash = _world("not_allowed", seed)
    sites, wanted = clash.random.randint(2, 5), 1
    if sites > 3 and clash.random.random() < 0.5:
        wanted = 2
    costs = [clash.money() for _ in range(sites)]
    for number, cost in enumerate(costs):
        clash.site(f"s{number}", "CA")
        clash.may_hold(f"s{number}", "close", allowed=False, cost=cost)
    # Sites elsewhere do not help.
    clash.site("far", "CB")
    clash.may_hold("far", "close", allowed=clash.random.random() < 0.5)
    _minimum(clash, "CA", "close", wanted)
    clash.cost = sum(sorted(costs)[:wanted])
    clash.conflicts = [{("isolation_minimum", "CA", "close")}]
    return clash


def contested(seed: int) -> Clash:
    """Two minimums want the only site: another one is allowed to hold the cheaper category."""
    clash = _world("contested", seed)
    clash.site("one", "CA")
    clash.may_hold("one", "close")
    clash.may_hold("one", "key")
    costs = []
    for number in range(clash.random.randint(1, 3)):
        clash.site(f"s{number}", "CA")
        for category in ("close", "key"):
            if clash.random.random() < 0.7 or not costs:
                costs.append(clash.money())
                clash.may_hold(f"s{number}", category, allowed=False, cost=costs[-1])
    _minimum(clash, "CA", "close")
    _minimum(clash, "CA", "key")
    clash.cost = min(costs)
    clash.conflicts = [{("isolation_minimum", "CA", "close"), ("isolation_minimum", "CA", "key")}]
    return clash


def no_money(seed: int) -> Clash:
    """The budget pays for no candidate: it is raised by what the cheapest lacks."""
    clash = _world("no_money", seed)
    costs = [clash.money(10) for _ in range(clash.random.randint(2, 4))]
    for number, cost in enumerate(costs):
        clash.site(f"s{number}", "CA", setup=0, cost=cost)
        clash.may_hold(f"s{number}", "close")
    budget = round(min(costs) * clash.random.random(), 2)
    clash.rule("opening_budget", clash.random.choice(["CA", "C", "P"]), budget)
    _minimum(clash, "CA", "close")
    clash.cost = round(min(costs) - budget, 2)
    area = clash.rows["rules"][0]["area"]
    clash.conflicts = (
        [{("isolation_minimum", "CA", "close"), ("opening_budget", area, "")}] if clash.cost > 0 else []
    )
    return clash


def shared_money(seed: int) -> Clash:
    """Two counties want a candidate each, and the city's budget pays for one: raising it is all or both."""
    clash = _world("shared_money", seed)
    cheapest = []
    for county, letter in (("CA", "a"), ("CB", "b")):
        costs = [clash.money(10) for _ in range(clash.random.randint(1, 3))]
        for number, cost in enumerate(costs):
            conversion = clash.money(1, 9) if clash.random.random() < 0.5 else 0.0
            clash.site(f"{letter}{number}", county, setup=0, cost=cost)
            clash.may_hold(f"{letter}{number}", "close", cost=conversion)
            costs[number] = cost + conversion
        cheapest.append(min(costs))
        _minimum(clash, county, "close")
    budget = round(max(cheapest) + (min(cheapest) * 0.99) * clash.random.random(), 2)
    clash.rule("opening_budget", "C", budget)
    clash.cost = round(sum(cheapest) - budget, 2)
    clash.conflicts = [
        {
            ("isolation_minimum", "CA", "close"),
            ("isolation_minimum", "CB", "close"),
            ("opening_budget", "C", ""),
        }
    ]
    return clash


def not_ready(seed: int) -> Clash:
    """The candidates need longer than the rule gives them: one is had ready beforehand, category allowed if need be."""
    clash = _world("not_ready", seed)
    clash.periods = clash.random.randint(2, 4)
    prices = []
    for number in range(clash.random.randint(1, 4)):
        cost, allowed = clash.money(), clash.random.random() < 0.6
        conversion = 0.0 if allowed else clash.money()
        clash.site(f"s{number}", "CA", setup=clash.random.randint(1, 3), cost=cost)
        clash.may_hold(f"s{number}", "close", allowed=allowed, cost=conversion)
        prices.append(cost + conversion)
    _minimum(clash, "CA", "close")
    clash.cost = round(min(prices), 2)
    clash.conflicts = [{("isolation_minimum", "CA", "close")}]
    return clash


def nothing_there(seed: int) -> Clash:
    """The county has no site at all: one minimum is given up, the lighter of what can be."""
    clash = _world("nothing_there", seed)
    amount, weight = clash.random.randint(1, 3), clash.random.choice([0.5, 1.0, 2.0])
    begins = clash.random.randint(1, clash.periods)
    clash.site("s0", "CB")
    clash.may_hold("s0", "close", allowed=clash.random.random() < 0.5, cost=0.0)
    _minimum(clash, "CA", "close", amount, weight=weight, from_period=begins)
    clash.given_up = amount * weight * (clash.periods - begins + 1)
    clash.conflicts = [{("isolation_minimum", "CA", "close")}]
    return clash


def two_at_once(seed: int) -> Clash:
    """Two counties clash for reasons of their own: two conflicts, and both repairs."""
    clash = _world("two_at_once", seed)
    first, second = clash.money(), clash.money()
    clash.site("s0", "CA")
    clash.may_hold("s0", "close", allowed=False, cost=first)
    clash.site("s1", "CB", setup=clash.periods, cost=second)
    clash.may_hold("s1", "close")
    _minimum(clash, "CA", "close")
    _minimum(clash, "CB", "close")
    clash.cost = round(first + second, 2)
    clash.conflicts = [{("isolation_minimum", "CA", "close")}, {("isolation_minimum", "CB", "close")}]
    return clash


def _ceiling(clash: Clash, what: str, weight: float = 100.0) -> None:
    clash.periods = 1
    clash.rule("unmet_ceiling", "CA", 0, what, weight=weight)


def _pool(clash: Clash, teams: int, floor: int = 0) -> None:
    clash.place("base", "base", "CA")
    clash.add("pools", pool="crew", place="base", teams=teams, floor=floor)
    clash.add("skills", pool="crew", skill="test")


def _task(clash: Clash, teams: int, weight: float = 1.0) -> None:
    clash.add(
        "tasks", task="job", place="a", skill="test", measure="teams", amount=teams, first_period=1,
        last_period=1, weight=weight,
    )  # fmt: skip


def no_money_for_beds(seed: int) -> Clash:
    """All must be admitted, which takes surge beds that the budget does not pay for: it is raised by what they lack."""
    clash = _world("no_money_for_beds", seed)
    _ceiling(clash, "people")
    people, beds = clash.random.randint(4, 9), clash.random.randint(0, 3)
    clash.place("h", "hospital", "CA")
    clash.add("groups", group="ill", stay=1, wait=0)
    clash.add("eligibility", group="ill", class_="ward")
    clash.add("arrivals", place="a", group="ill", period=1, people=people)
    clash.add("beds", place="h", class_="ward", beds=beds)
    spent, level = 0.0, 0
    while beds < people:
        level += 1
        more, cost = clash.random.randint(1, 4), clash.money(10)
        clash.add("surge", place="h", class_="ward", level=level, beds=more, cost=cost)
        beds, spent = beds + more, spent + cost
    budget = round(spent * clash.random.random(), 2)
    clash.rule("opening_budget", "C", budget)
    clash.cost = round(spent - budget, 2)
    clash.conflicts = [{("unmet_ceiling", "CA", "people"), ("opening_budget", "C", "")}]
    return clash


def too_few_transfers(seed: int) -> Clash:
    """The only hospital in reach is full; who lies there must be moved, more than the budget allows."""
    clash = _world("too_few_transfers", seed)
    _ceiling(clash, "people")
    beds = clash.random.randint(2, 8)
    arriving = clash.random.randint(1, beds)
    clash.place("h", "hospital", "CA")
    clash.place("other", "hospital", "CB", near="h")
    clash.add("groups", group="ill", stay=1, wait=0)
    clash.add("eligibility", group="ill", class_="ward")
    clash.add("arrivals", place="a", group="ill", period=1, people=arriving)
    clash.add("beds", place="h", class_="ward", beds=beds)
    clash.add("beds", place="other", class_="ward", beds=beds)
    clash.add("occupied", place="h", class_="ward", period=1, people=beds)
    budget = clash.random.randint(0, arriving - 1)
    clash.rule("transfer_budget", clash.random.choice(["CA", "C"]), budget)
    clash.cost = 1000.0 * (arriving - budget)
    area = clash.rows["rules"][-1]["area"]
    clash.conflicts = [{("unmet_ceiling", "CA", "people"), ("transfer_budget", area, "")}]
    return clash


def quota_against_ceiling(seed: int) -> Clash:
    """Teams are wanted at home and at a task: the lighter promise is broken."""
    clash = _world("quota_against_ceiling", seed)
    light, heavy = clash.random.sample([1.0, 2.0, 3.0, 5.0], 2)
    _ceiling(clash, "people", weight=light)
    teams = clash.random.randint(3, 9)
    wanted = clash.random.randint(1, teams)
    quota = clash.random.randint(teams - wanted + 1, teams)
    weight = float(clash.random.randint(1, 3))
    _pool(clash, teams)
    _task(clash, wanted, weight)
    clash.rule("mobile_quota", "CA", quota, "test", weight=heavy)
    clash.given_up = (wanted + quota - teams) * min(heavy, light * weight)
    clash.conflicts = [{("unmet_ceiling", "CA", "people"), ("mobile_quota", "CA", "test")}]
    return clash


def floor_against_ceiling(seed: int) -> Clash:
    """A task takes teams that are kept at home: fewer are kept."""
    clash = _world("floor_against_ceiling", seed)
    _ceiling(clash, "people")
    teams = clash.random.randint(2, 9)
    wanted = clash.random.randint(1, teams)
    floor = clash.random.randint(teams - wanted + 1, teams + 2)
    _pool(clash, teams, floor)
    _task(clash, wanted)
    clash.given_up = float(wanted - max(teams - floor, 0))
    clash.conflicts = [{("unmet_ceiling", "CA", "people"), ("floor", "CA", "crew")}]
    return clash


def stock_against_ceiling(seed: int) -> Clash:
    """A county needs packs that the city keeps for its own places: it keeps fewer."""
    clash = _world("stock_against_ceiling", seed)
    _ceiling(clash, "goods")
    pack = clash.random.randint(1, 5)
    packs = clash.random.randint(2, 9)
    wanted = clash.random.randint(1, packs)
    floor = clash.random.randint(packs - wanted + 1, packs)
    clash.add("items", item="mask", pack=pack)
    clash.place("depot", "depot", "C")
    refill = clash.random.random() < 0.5
    there = clash.random.randint(0, packs) if refill else packs
    clash.add("stocks", place="depot", item="mask", quantity=there * pack, floor=floor * pack, refill=refill)
    if there < packs:
        clash.add("receipts", place="depot", item="mask", period=1, quantity=(packs - there) * pack)
    clash.add("needs", place="a", item="mask", period=1, quantity=wanted * pack)
    # A lot without refill keeps the smaller of floor and stock.
    clash.given_up = float(wanted - (packs - floor))
    clash.conflicts = [{("unmet_ceiling", "CA", "goods"), ("floor", "C", "mask")}]
    return clash


def ceiling_beyond_means(seed: int) -> Clash:
    """There are no beds for all, whatever is paid: the ceiling is raised to what can be reached."""
    clash = _world("ceiling_beyond_means", seed)
    weight = clash.random.choice([0.5, 1.0, 3.0])
    _ceiling(clash, "people", weight=weight)
    people, beds = clash.random.randint(4, 9), clash.random.randint(0, 3)
    clash.place("h", "hospital", "CA")
    clash.add("groups", group="ill", stay=1, wait=0, weight=2.0)
    clash.add("eligibility", group="ill", class_="ward")
    clash.add("arrivals", place="a", group="ill", period=1, people=people)
    clash.add("beds", place="h", class_="ward", beds=beds)
    clash.given_up = 2.0 * (people - beds) * weight
    clash.conflicts = [{("unmet_ceiling", "CA", "people")}]
    return clash


def pumps_against_ceiling(seed: int) -> Clash:
    """A county needs pumps of which some are kept on hand elsewhere: fewer are kept."""
    clash = _world("pumps_against_ceiling", seed)
    _ceiling(clash, "goods")
    units = clash.random.randint(2, 9)
    wanted = clash.random.randint(1, units)
    floor = clash.random.randint(units - wanted + 1, units + 2)
    clash.add("items", item="pump", durable=True)
    clash.place("depot", "depot", "C")
    clash.add("stocks", place="depot", item="pump", quantity=units, floor=floor)
    clash.add("needs", place="a", item="pump", period=1, quantity=wanted)
    clash.given_up = float(wanted - max(units - floor, 0))
    clash.conflicts = [{("unmet_ceiling", "CA", "goods"), ("floor", "C", "pump")}]
    return clash


def return_against_ceiling(seed: int) -> Clash:
    """Pumps are to be back in the period in which a county needs them: they need not come back."""
    clash = _world("return_against_ceiling", seed)
    _ceiling(clash, "goods")
    units = clash.random.randint(2, 9)
    clash.add("items", item="pump", durable=True)
    clash.place("depot", "depot", "C")
    clash.add("stocks", place="depot", item="pump", quantity=units, return_by=1)
    clash.add("needs", place="a", item="pump", period=1, quantity=clash.random.randint(1, units))
    clash.given_up = float(units)
    clash.conflicts = [{("unmet_ceiling", "CA", "goods"), ("return_by", "C", "pump")}]
    return clash


def own_first_against_ceiling(seed: int) -> Clash:
    """The neighbour's masks are not enough for both, and it serves its own first: it need not any more."""
    clash = _world("own_first_against_ceiling", seed)
    _ceiling(clash, "goods")
    weight = clash.random.choice([0.5, 1.0, 2.0])
    own, other = clash.random.randint(1, 6), clash.random.randint(1, 6)
    there = clash.random.randint(other, own + other - 1)
    clash.add("items", item="mask")
    clash.place("depot", "depot", "CB")
    clash.add("stocks", place="depot", item="mask", quantity=there)
    clash.add("needs", place="a", item="mask", period=1, quantity=other)
    clash.add("needs", place="b", item="mask", period=1, quantity=own)
    area = clash.random.choice(["CB", "C"])
    clash.rule("own_first", area, 0, weight=weight)
    clash.given_up = weight
    clash.conflicts = [{("unmet_ceiling", "CA", "goods"), ("own_first", area, "")}]
    return clash


def backup_against_ceiling(seed: int) -> Clash:
    """A backup hospital waits for more people than the others have beds for: it waits no more."""
    clash = _world("backup_against_ceiling", seed)
    _ceiling(clash, "people")
    weight = clash.random.choice([0.5, 1.0, 2.0])
    beds, more = clash.random.randint(1, 6), clash.random.randint(1, 6)
    clash.place("h", "hospital", "CA")
    clash.place("backup", "hospital", "CA")
    clash.add("groups", group="ill", stay=1, wait=0)
    clash.add("eligibility", group="ill", class_="ward")
    clash.add("arrivals", place="a", group="ill", period=1, people=beds + clash.random.randint(1, more))
    clash.add("beds", place="h", class_="ward", beds=beds)
    clash.add("beds", place="backup", class_="ward", beds=more)
    clash.add("facilities", place="backup", role="backup")
    area = clash.random.choice(["CA", "C"])
    clash.rule("backup_load", area, clash.random.randint(101, 150), weight=weight)
    clash.given_up = weight
    clash.conflicts = [{("unmet_ceiling", "CA", "people"), ("backup_load", area, "")}]
    return clash


KINDS: dict[str, Callable[[int], Clash]] = {
    maker.__name__: maker
    for maker in (
        not_allowed, contested, no_money, shared_money, not_ready, nothing_there, two_at_once, no_money_for_beds,
        too_few_transfers, quota_against_ceiling, floor_against_ceiling, stock_against_ceiling, ceiling_beyond_means,
        pumps_against_ceiling, return_against_ceiling, own_first_against_ceiling, backup_against_ceiling,
    )
}  # fmt: skip
