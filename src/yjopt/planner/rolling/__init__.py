"""Periods that go by: from a scenario and a plan to the scenario that begins later.

What was decided stands: goods on the road arrive, people lie where they were taken, teams and vehicles are away, what
was opened is open. `goods`, `people`, `teams` and `rules` make the tables; docs/concepts/planner.md says what these
can say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from yjopt.errors import PlanError
from yjopt.planner.rolling.frames import Elapsing
from yjopt.planner.rolling.goods import goods_later
from yjopt.planner.rolling.people import people_later
from yjopt.planner.rolling.rules import rules_later
from yjopt.planner.rolling.teams import UnderWay, tasks_later
from yjopt.scenario import Scenario, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["UnderWay", "rolled"]

#: Tables that know of periods beyond the last one: what arrives then, and who is still there.
BEYOND: Final = ("receipts", "occupied")


def rolled(
    scenario: Scenario,
    plan: Mapping[str, pd.DataFrame],
    periods: int,
    under_way: UnderWay,
    horizon: int | None = None,
) -> tuple[Scenario, UnderWay]:
    """The scenario that begins some periods later, after a plan was carried out until then.

    Parameters
    ----------
    scenario : Scenario
        What the plan was made for.
    plan : mapping of str to DataFrame
        Its tables.
    periods : int
        Periods that go by.
    under_way : UnderWay
        What was under way when `scenario` began; it is counted in its tables.
    horizon : int, optional
        Periods of the scenario that follows; those that are left by default.

    Returns
    -------
    (Scenario, UnderWay)
        Checked, and what is under way when it begins.

    Raises
    ------
    PlanError
        If not at least one period is left, or the number of periods is none.
    ScenarioError
        If the tables that follow break a check.
    """
    last = scenario.settings.periods
    if not 1 <= periods < last + (horizon is not None):
        raise PlanError(
            f"Between 1 and {last - 1} of the {last} periods can go by, not {periods}; for more give the horizon."
        )
    ahead = last - periods if horizon is None else horizon
    canonical = scenario.canonical
    elapsing = Elapsing(canonical, plan, periods, under_way.beyond)
    later = under_way.later(elapsing)
    free = {**canonical.tables, **under_way.put_into(canonical.tables, -1)}
    tables = {
        **canonical.tables,
        **goods_later(elapsing),
        **people_later(elapsing),
        "tasks": tasks_later(elapsing),
        **rules_later(elapsing),
        **later.put_into(free, 1),
    }
    beyond = {}
    for name in BEYOND:
        after = (tables[name]["period"] > ahead).to_numpy(dtype=bool)
        beyond[name], tables[name] = tables[name][after], tables[name][~after].reset_index(drop=True)
    settings = {**scenario.settings.values, "periods": ahead, "start": _date_later(scenario, periods)}
    following = Scenario.from_tables(tables, Settings(settings).nested()).canonical
    return following, replace(later, beyond=beyond)


def _date_later(scenario: Scenario, periods: int) -> str:
    """The date of the first period, where it is a date and whole days go by."""
    start, days = str(scenario.settings["start"]), periods * float(scenario.settings["period_hours"]) / 24
    try:
        return str(date.fromisoformat(start) + timedelta(days=int(days))) if days == int(days) else start
    except (ValueError, OverflowError):
        return start
