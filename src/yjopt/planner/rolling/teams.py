"""Teams and vehicles when periods go by: who is away, and what they will have done where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from yjopt.planner.rolling.frames import from_then, number, summed, together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yjopt.planner.rolling.frames import Elapsing

#: What is taken from a table, or put into it, while something is under way: the key's columns, the figure, the sign.
HELD: Final[dict[str, tuple[list[str], str, int]]] = {
    "pools": (["pool"], "teams", -1),
    "fleets": (["fleet"], "vehicles", -1),
    "residents": (["place", "skill"], "members", 1),
}
_COLUMNS: Final = ["table", "one", "two", "amount", "last"]


@dataclass(frozen=True)
class UnderWay:
    """What is under way, beyond what the tables of a scenario can say.

    Parameters
    ----------
    rows : DataFrame
        ``table``, ``one``, ``two`` (its key), ``amount``, ``last`` (last period in which it is away or there).
    beyond : dict of str to DataFrame
        Rows of tables in periods after the last one of the scenario: they count when it is prolonged.
    """

    rows: pd.DataFrame
    beyond: dict[str, pd.DataFrame] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> UnderWay:
        """Nothing."""
        return cls(pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS}))

    def put_into(self, tables: Mapping[str, pd.DataFrame], sign: int) -> dict[str, pd.DataFrame]:
        """Tables with what is under way counted (sign 1), or no more counted (sign -1)."""
        result = {}
        for name, (key, column, way) in HELD.items():
            table = tables[name]
            mine = self.rows[(self.rows["table"] == name).to_numpy(dtype=bool)]
            mine = mine.rename(columns=dict(zip(("one", "two"), key, strict=False)))
            change = mine.assign(**{column: sign * way * mine["amount"].astype(np.int64)})
            merged = table.merge(
                summed([change], key, column).rename(columns={column: "change"}), how="outer", on=key
            )
            figure = merged[column].fillna(0) + merged["change"].fillna(0)
            result[name] = together(name, merged.assign(**{column: figure.clip(lower=0).astype(np.int64)}))
        return result

    def later(self, elapsing: Elapsing) -> UnderWay:
        """After some periods: what is still under way, and what a plan has sent on its way since."""
        k = elapsing.elapsed
        rows = pd.concat([self.rows, _tours(elapsing), _trips(elapsing)], ignore_index=True)
        rows = rows.assign(last=rows["last"].astype(np.int64) - k)
        return UnderWay(rows[(rows["last"] >= 1).to_numpy(dtype=bool)].reset_index(drop=True))


def _committed(elapsing: Elapsing) -> pd.DataFrame:
    """Tours that were begun, with the pool's columns, and when they really end and are back."""
    pools = elapsing.table("pools").rename(columns={"place": "home"})
    tours = elapsing.done("deployments", "depart").drop(columns="last").merge(pools, on="pool")
    end = tours["first"] + tours["tour"] - 1
    way = elapsing.periods(elapsing.seconds("teams", tours["home"], tours["place"], tours["depart"]))
    return tours.assign(end=end, back=end + way)


def _tours(elapsing: Elapsing) -> pd.DataFrame:
    tours = _committed(elapsing)
    away = tours.assign(table="pools", one=tours["pool"], two="", amount=tours["teams_x"], last=tours["back"])
    posts = tours[(tours["task"] == "").to_numpy(dtype=bool)]
    # Staff on the way counts as staff only when it works: until then the next roll will see to it.
    there = posts[(posts["first"] <= elapsing.elapsed + 1).to_numpy(dtype=bool)]
    staff = there.assign(
        table="residents",
        one=there["place"],
        two=there["skill"],
        amount=there["teams_x"] * there["people"],
        last=there["end"],
    )
    return pd.concat([away[_COLUMNS], staff[_COLUMNS]], ignore_index=True)


def _trips(elapsing: Elapsing) -> pd.DataFrame:
    fleets = elapsing.table("fleets").set_index("fleet")
    trips = elapsing.done("trips", "depart")
    seconds = 2 * elapsing.seconds("supplies", trips["from"], trips["to"], trips["depart"])
    day = number(fleets, "fleets", "hours") * 36
    hours = pd.Series(np.maximum(day, 1), index=fleets.index).reindex(trips["fleet"]).to_numpy()
    last = trips["depart"] + np.maximum(-(-seconds // hours), 1) - 1
    return trips.assign(table="fleets", one=trips["fleet"], two="", amount=trips["trips"], last=last)[
        _COLUMNS
    ]


def tasks_later(elapsing: Elapsing) -> pd.DataFrame:
    """Tasks without what is done of them, and without what teams on tour will have done."""
    k = elapsing.elapsed
    tasks = elapsing.table("tasks")
    tours = _committed(elapsing)
    tours = tours[(tours["task"] != "").to_numpy(dtype=bool)]
    skills = elapsing.table("skills")
    work = (skills["productivity"] * 100).round().astype(np.int64)
    tours = tours.merge(skills.assign(hundredths=work)[["pool", "skill", "hundredths"]], on=["pool", "skill"])
    tours = tours.merge(tasks[["task", "first_period", "last_period"]], on="task")
    begin = np.maximum(tours["first"], tours["first_period"])
    end = np.minimum(tours["end"], tours["last_period"])
    inside = np.maximum(end - begin + 1, 0)
    hours = (tours["hours"] * 100).round().astype(np.int64)
    done = tours.assign(done=tours["teams_x"] * inside * tours["hundredths"] * hours)
    by_task = done.groupby("task")["done"].sum().reindex(tasks["task"]).fillna(0).to_numpy(dtype=np.int64)
    is_work = (tasks["measure"] == "work").to_numpy(dtype=bool)
    left = np.maximum(-(-(tasks["amount"].to_numpy(dtype=np.int64) * 10_000 - by_task) // 10_000), 0)
    tasks = tasks.assign(amount=np.where(is_work, left, tasks["amount"]))
    tasks = tasks[(tasks["last_period"] > k).to_numpy(dtype=bool)]
    tasks = from_then(from_then(tasks, "first_period", k), "known_from", k)
    tasks = tasks.assign(last_period=tasks["last_period"] - k)
    there = tours.assign(first=begin - k, end=end - k)
    there = there[((there["end"] >= 1) & (there["first"] <= there["end"])).to_numpy(dtype=bool)]
    return _in_pieces(tasks, there)


def _in_pieces(tasks: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Tasks measured in teams, cut where the number of teams changes that are at work on them already."""
    touched = tasks["task"].isin(there["task"]) & (tasks["measure"] == "teams")
    pieces = [tasks[~touched]]
    taken = set(tasks["task"])
    for _, task in tasks[touched].iterrows():
        mine = there[(there["task"] == task["task"]).to_numpy(dtype=bool)]
        period = np.arange(task["first_period"], task["last_period"] + 1)
        at_work = (mine["first"].to_numpy()[:, None] <= period) & (period <= mine["end"].to_numpy()[:, None])
        amount = np.maximum(task["amount"] - mine["teams_x"].to_numpy() @ at_work, 0).astype(np.int64)
        cuts = np.flatnonzero(np.diff(amount)) + 1
        for piece, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(period)], strict=True)):
            name, number_of = task["task"], piece
            while piece and name in taken:
                number_of += 1
                name = f"{task['task']}~{number_of}"
            taken.add(name)
            row = {
                **task,
                "task": name,
                "first_period": period[first],
                "last_period": period[last - 1],
                "amount": amount[first],
            }
            pieces.append(pd.DataFrame([row]))
    return together("tasks", *pieces)
