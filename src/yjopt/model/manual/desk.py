"""Everybody who lays a plan by hand, at one desk: vehicles, goods in use, teams, hosts, needs, loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import ceil_div
from yjopt.instance.teams import WORK_UNIT
from yjopt.model.manual.carriers import Carriers
from yjopt.model.manual.crews import Crews
from yjopt.model.manual.hosts import Hosts
from yjopt.model.manual.lending import Lending
from yjopt.model.manual.pantry import Pantry
from yjopt.model.manual.shelves import Shelves
from yjopt.model.nothing import short_of_minimum, with_shortfalls

if TYPE_CHECKING:
    from yjopt.instance.joining import IntArray
    from yjopt.model.manual.ledger import Ledger


class Desk:
    """One plan being laid.

    Parameters
    ----------
    ledger : Ledger
        With the vector to begin from, nothing of it decided yet.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.carriers = Carriers(ledger)
        self.pantry = Pantry(ledger, self.carriers)
        self.crews = Crews(ledger, self.pantry)
        self.hosts = Hosts(ledger, self.crews, self.pantry)
        self.shelves = Shelves(ledger, self.carriers)
        self.lending = Lending(ledger, self.carriers)

    def relieve(self) -> None:
        """Provide for people who are there at the start."""
        self.crews.relieve()
        self.pantry.relieve()

    def host(self, period: int) -> None:
        """Admit and isolate in a period."""
        self.hosts.admit(period)
        self.hosts.settle(period)

    def care(self, period: int) -> None:
        """Admit, isolate, and send teams to tasks in a period."""
        self.host(period)
        self.crews.do_tasks(period)

    def closed(self) -> IntArray:
        """The vector, with what follows from the steps taken: stocks, what is received, what is lost or short."""
        ledger, instance, model, x = self.ledger, self.ledger.instance, self.ledger.model, self.ledger.x
        self.hosts.hold_minimum()
        x[model.supplies.stock] = self.carriers.stock
        x[model.supplies.received] = self.pantry.opened_in_time(self.shelves.received())
        x[model.supplies.loose] = self.pantry.loose
        x[model.supplies.lost] = self.shelves.left
        x[model.beds.lost] = self.hosts.waiting
        isolation = instance.isolation
        x[model.isolation.lost] = (isolation.people - self.hosts.placed) // model.isolation.size
        teams, columns = instance.teams, model.teams
        task, period = columns.short_task, columns.short_period
        work = self.crews.done.sum(axis=1)[task]
        lacking = ceil_div(WORK_UNIT * teams.task_amount[task] - work, WORK_UNIT)
        in_teams = teams.task_amount[task] - self.crews.done[task, period]
        x[columns.short] = np.maximum(np.where(teams.task_is_work[task], lacking, in_teams), 0)
        x[model.rules.short] = short_of_minimum(instance, model, x)
        self.lending.book()
        return with_shortfalls(model, ledger.x)
