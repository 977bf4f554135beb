"""From an instance to one matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yjopt.model.beds import BedColumns, add_beds, surge_in_use
from yjopt.model.builder import Builder
from yjopt.model.durables import DurableColumns, add_durables
from yjopt.model.facilities import FacilityColumns, add_facilities, bind_facilities
from yjopt.model.goods_rules import GoodsRules, add_goods_rules
from yjopt.model.isolation import IsolationColumns, add_isolation
from yjopt.model.names import stage_order
from yjopt.model.occupancy import join_occupancy
from yjopt.model.rules import RuleColumns, add_rules
from yjopt.model.strict_people import StrictColumns, add_strict_people
from yjopt.model.supplies import SupplyColumns, add_supplies
from yjopt.model.teams import CouplingColumns, TeamColumns, add_couplings, add_teams
from yjopt.model.trips import TripColumns, add_trips

if TYPE_CHECKING:
    from yjopt.instance import Instance
    from yjopt.model.mip import Mip


@dataclass(frozen=True)
class Model:
    """The matrix, and which columns mean what."""

    mip: Mip
    supplies: SupplyColumns
    durables: DurableColumns
    trips: TripColumns
    beds: BedColumns
    isolation: IsolationColumns
    teams: TeamColumns
    couplings: CouplingColumns
    facilities: FacilityColumns
    rules: RuleColumns
    strict: StrictColumns
    goods_rules: GoodsRules


def assemble(instance: Instance) -> Model:
    """Build the matrix of an instance.

    Parameters
    ----------
    instance : Instance
        The scenario as integers.

    Returns
    -------
    Model
        The matrix and its columns by family.
    """
    builder = Builder()
    supplies = add_supplies(builder, instance)
    durables = add_durables(builder, instance)
    trips = add_trips(builder, instance, supplies, durables)
    facilities = add_facilities(builder, instance)
    beds = add_beds(builder, instance, facilities)
    isolation = add_isolation(builder, instance)
    teams = add_teams(builder, instance)
    lying = join_occupancy([beds.occupancy, isolation.occupancy])
    couplings = add_couplings(builder, instance, lying, teams.presence, supplies)
    surge = surge_in_use(instance, beds)
    waiting = bind_facilities(builder, instance, facilities, beds, isolation, surge)
    rules = add_rules(builder, instance, supplies, durables, beds, isolation, teams, facilities)
    strict = add_strict_people(builder, instance, beds, isolation, teams, facilities, surge, waiting)
    goods_rules = add_goods_rules(builder, instance, supplies, durables, trips)
    mip = builder.build(stage_order())
    return Model(
        mip,
        supplies,
        durables,
        trips,
        beds,
        isolation,
        teams,
        couplings,
        facilities,
        rules,
        strict,
        goods_rules,
    )
