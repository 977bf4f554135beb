"""The only border between labels and integers: a scenario and its reach become arrays.

Inside, periods count from 0, amounts of goods are packs, times are seconds, money is fen, weights are thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yjopt.instance.arcs import Arcs
from yjopt.instance.beds import Beds, index_beds
from yjopt.instance.channels import counted_once
from yjopt.instance.command import Command
from yjopt.instance.consumption import Consumption, index_consumption
from yjopt.instance.context import Context, Labels, labels_of
from yjopt.instance.durables import Durables, index_durables
from yjopt.instance.facilities import Facilities, index_facilities
from yjopt.instance.isolation import Isolation, index_isolation
from yjopt.instance.items import Items, Lots, Orders, index_items
from yjopt.instance.rules import (
    Budgets,
    Ceilings,
    Fleets,
    Minimums,
    MobileQuotas,
    index_budgets,
    index_ceilings,
    index_fleets,
    index_minimums,
    index_mobile_quotas,
)
from yjopt.instance.supplies import Supplies, index_supplies
from yjopt.instance.teams import Staffing, Teams, index_staffing, index_teams
from yjopt.instance.transfers import Transfers, index_transfers
from yjopt.instance.waiting import Waiting
from yjopt.instance.wards import Wards, index_wards

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.scenario import Scenario


@dataclass(frozen=True)
class Instance:
    """A scenario as arrays of integers.

    Parameters
    ----------
    horizon : int
        Number of periods.
    carry_person, carry_team : int
        Load in kg that moving one counts in the time stage.
    rule : str
        ``flat``, ``priority`` or ``strict``.
    unit, area : int64 array, shape (places,)
        Unit that runs each place, area it lies in.
    command : Command
        Who may ask whom, when, and how long it takes.
    reach_seconds : float
        Time that searching the roads took.
    """

    labels: Labels
    horizon: int
    carry_person: int
    carry_team: int
    rule: str
    unit: IntArray
    area: IntArray
    items: Items
    supplies: Supplies
    durables: Durables
    fleets: Fleets
    wards: Wards
    beds: Beds
    transfers: Transfers
    isolation: Isolation
    teams: Teams
    consumption: Consumption
    facilities: Facilities
    minimums: Minimums
    budgets: Budgets
    mobile_quotas: MobileQuotas
    ceilings: Ceilings
    command: Command
    reach_seconds: float = 0.0

    @property
    def left_out(self) -> dict[str, int]:
        """Pairs that thinning left out, by kind of travel."""
        found = {
            "supplies": self.supplies.left_out + self.durables.left_out,
            "patients": self.beds.left_out + self.transfers.left_out,
            "contacts": self.isolation.left_out,
            "teams": self.teams.left_out,
        }
        return {kind: count for kind, count in found.items() if count}


def index(scenario: Scenario) -> Instance:
    """Turn a scenario into integers.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario.

    Returns
    -------
    Instance
    """
    canonical = counted_once(scenario.canonical)
    context = Context(canonical, labels_of(canonical))
    command = Command(context)
    settings = scenario.settings
    items = index_items(context)
    wards = index_wards(context)
    beds = index_beds(context, command, wards)
    facilities = index_facilities(context, command, wards)
    isolation = index_isolation(context, command, wards)
    teams = index_teams(context, command, wards, index_staffing(context, wards))
    consumption = index_consumption(context, wards, teams)
    return Instance(
        labels=context.labels,
        horizon=context.horizon,
        carry_person=settings.carry("person"),
        carry_team=settings.carry("team"),
        rule=settings.rule,
        unit=context.unit,
        area=context.area,
        items=items,
        supplies=index_supplies(context, command, items, consumption),
        durables=index_durables(context, command, items),
        fleets=index_fleets(context),
        wards=wards,
        beds=beds,
        transfers=index_transfers(context, command, wards, beds),
        isolation=isolation,
        teams=teams,
        consumption=consumption,
        facilities=facilities,
        minimums=index_minimums(context, wards, isolation),
        budgets=index_budgets(context, wards, beds, isolation, facilities),
        mobile_quotas=index_mobile_quotas(context),
        ceilings=index_ceilings(context),
        command=command,
        # Last: by now every road that was asked for has been searched.
        reach_seconds=sum(context.reach_seconds),
    )


__all__ = [
    "Arcs", "Beds", "Budgets", "Command", "Consumption", "Durables", "Fleets", "Instance", "Isolation", "Items",
    "Labels", "Lots", "Minimums", "Orders", "Staffing", "Supplies", "Teams", "Transfers", "Waiting", "Wards", "index",
]  # fmt: skip
