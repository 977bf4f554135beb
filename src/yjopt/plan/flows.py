"""What crosses borders in a plan: shipments, admissions, isolations and tours by taker and giver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.instance.joining import groups, position, total
from yjopt.schema import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yjopt.instance import Instance
    from yjopt.instance.command import Command
    from yjopt.instance.joining import BoolArray, IdArray, IntArray

ASKED, AHEAD, DEFAULT = range(3)
USES: Final = np.array(["supply", "ahead", "default"], dtype=object)


@dataclass(frozen=True)
class Flows:
    """What crosses a border, added up: one entry per resource, thing, taker, giver, periods and use.

    Parameters
    ----------
    resource, what : int64 array
        Position in `RESOURCES`; position among `names`.
    taker, giver : int64 array
        Areas.
    issued, arrive : int64 array
        Periods from 0.
    use : int64 array
        `ASKED`, `AHEAD` or `DEFAULT`.
    quantity : int64 array
        Base units, people or teams.
    names : object array
        Ids of items, groups, categories and skills.
    row_flow, row_place : int64 array, shape (rows of the plan,)
        The flow that each row of the plan's tables belongs to, and the taker's place.
    """

    resource: IntArray
    what: IntArray
    taker: IntArray
    giver: IntArray
    issued: IntArray
    arrive: IntArray
    use: IntArray
    quantity: IntArray
    names: IdArray
    row_flow: IntArray
    row_place: IntArray

    @property
    def is_asked(self) -> BoolArray:
        """Whether each is asked for."""
        return np.asarray(self.use == ASKED, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.taker)

    def step(self, command: Command) -> IntArray:
        """Step of each flow."""
        return command.step(self.giver, self.taker)

    def by_resource(self) -> Iterator[tuple[str, IntArray]]:
        """The resources, and which flows are theirs."""
        for number, resource in enumerate(RESOURCES):
            here = np.flatnonzero(self.resource == number)
            if len(here):
                yield resource, here


def flows_of(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> Flows:
    """The flows of a plan that are not of the step ``own``, equal ones added up."""
    command, labels = instance.command, instance.labels
    names = np.array(
        sorted({*labels.items, *labels.groups, *labels.categories, *labels.skills}), dtype=object
    )
    parts = [
        _shipments(instance, tables["shipments"]),
        _people(instance, tables["admissions"], "beds", "group"),
        _people(instance, tables["isolations"], "isolation", "category"),
        _tours(instance, tables["deployments"]),
    ]
    frame = pd.concat(parts, ignore_index=True)
    what = position(frame["what"], names)
    resource, place, giver, issued, arrive, use, quantity = (
        frame[name].to_numpy(dtype=np.int64)
        for name in ("resource", "place", "giver", "issued", "arrive", "use", "quantity")
    )
    taker = instance.unit[place]
    foreign = np.flatnonzero((command.step(giver, taker) > 0) & (quantity > 0))
    keys = (resource, what, taker, giver, issued, arrive, use)
    group, (resource, what, taker, giver, issued, arrive, use) = groups(*(key[foreign] for key in keys))
    added_up = total(quantity[foreign], group, len(resource))
    return Flows(resource, what, taker, giver, issued, arrive, use, added_up, names, group, place[foreign])


def _frame(resource: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"resource": RESOURCES.index(resource), **columns})


def _shipments(instance: Instance, table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["use"] != "store"]
    place = position(table["to"], instance.labels.places)
    depart = table["depart"].to_numpy(dtype=np.int64) - 1
    use = np.where((table["use"] == "ahead").to_numpy(dtype=bool), AHEAD, ASKED)
    cut_off = instance.command.blind[place, depart]
    return _frame(
        "supplies",
        what=table["item"].to_numpy(dtype=object),
        place=place,
        giver=position(table["authority"], instance.labels.areas),
        issued=depart,
        arrive=table["arrive"].to_numpy(dtype=np.int64) - 1,
        use=np.where((use == ASKED) & cut_off, DEFAULT, use),
        quantity=table["quantity"].to_numpy(dtype=np.int64),
    )


def _people(instance: Instance, table: pd.DataFrame, resource: str, what: str) -> pd.DataFrame:
    command = instance.command
    place = position(table["from"], instance.labels.places)
    taker, giver = instance.unit[place], instance.unit[position(table["to"], instance.labels.places)]
    period = table["period"].to_numpy(dtype=np.int64) - 1
    # They are let in at once; it was asked when the decision began.
    decision = command.decision(resource, command.step(giver, taker), taker, giver)
    return _frame(
        resource,
        what=table[what].to_numpy(dtype=object),
        place=place,
        giver=giver,
        issued=np.maximum(period - command.context.delay(decision), 0),
        arrive=period,
        use=ASKED,
        quantity=table["people"].to_numpy(dtype=np.int64),
    )


def _tours(instance: Instance, table: pd.DataFrame) -> pd.DataFrame:
    pool = position(table["pool"], instance.labels.pools)
    return _frame(
        "teams",
        what=table["skill"].to_numpy(dtype=object),
        place=position(table["place"], instance.labels.places),
        giver=instance.teams.authority[pool],
        issued=table["depart"].to_numpy(dtype=np.int64) - 1,
        arrive=table["first"].to_numpy(dtype=np.int64) - 1,
        use=ASKED,
        quantity=table["teams"].to_numpy(dtype=np.int64),
    )
