"""What people in wards and teams at work use up, as integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yjopt.instance.joining import IntArray, ceil_div, groups, known_position, matches, total

if TYPE_CHECKING:
    from yjopt.instance.context import Context
    from yjopt.instance.teams import Teams
    from yjopt.instance.wards import Wards


@dataclass(frozen=True)
class Consumption:
    """Rates of use, and the places where an item may be used up.

    Parameters
    ----------
    user_place, user_item : int64 array, shape (users,)
        Every (place, item) that may consume.
    ward_user, ward, ward_rate : int64 array
        Use of a user by a person in a ward, thousandths of a base unit per period.
    skill_user, skill, skill_rate : int64 array
        Use of a user by a team at work there with a skill.
    most : int64 array, shape (users,)
        Most base units a period can use.
    inherited : int64 array, shape (users, periods)
        Base units that people there at the start use (rounded up): the limit of the exception.
    """

    user_place: IntArray
    user_item: IntArray
    ward_user: IntArray
    ward: IntArray
    ward_rate: IntArray
    skill_user: IntArray
    skill: IntArray
    skill_rate: IntArray
    most: IntArray
    inherited: IntArray


def index_consumption(context: Context, wards: Wards, teams: Teams) -> Consumption:
    """Index the table ``consumption``."""
    labels = context.labels
    table = context.table("consumption")
    item, rate = context.code("consumption", "item", labels.items), context.number("consumption", "quantity")
    kind, what = table["kind"].to_numpy(dtype=object), table["what"].to_numpy(dtype=object)
    rows_of: dict[str, IntArray] = {}
    code_of: dict[str, IntArray] = {}
    for name, ids in (("class", labels.classes), ("category", labels.categories), ("skill", labels.skills)):
        code = known_position(what, ids)
        rows_of[name] = np.flatnonzero((kind == name) & (code >= 0) & (rate > 0))
        code_of[name] = code[rows_of[name]]

    ward_row: list[IntArray] = []
    ward: list[IntArray] = []
    for name, is_site in (("class", False), ("category", True)):
        here = np.flatnonzero(wards.is_site == is_site)
        row, at = matches(code_of[name], wards.what[here])
        ward_row.append(rows_of[name][row])
        ward.append(here[at])
    of_ward, at_ward = np.concatenate(ward_row), np.concatenate(ward)

    # Teams may stand at the place of a task, or of staffing, of their skill.
    spot_place = np.concatenate([teams.task_place, teams.staffing.post_place])
    spot_skill = np.concatenate([teams.task_skill, teams.staffing.post_skill])
    _, (spot_place, spot_skill) = groups(spot_place, spot_skill)
    row, spot = matches(code_of["skill"], spot_skill)
    of_skill = rows_of["skill"][row]

    user, (user_place, user_item) = groups(
        np.concatenate([wards.place[at_ward], spot_place[spot]]),
        np.concatenate([item[of_ward], item[of_skill]]),
    )
    ward_user, skill_user = user[: len(at_ward)], user[len(at_ward) :]
    teams_there = _teams_at(teams, spot_place, spot_skill)
    most = total(rate[of_ward] * wards.full[at_ward], ward_user, len(user_place))
    most += total(rate[of_skill] * teams_there[spot], skill_user, len(user_place))
    inherited = np.zeros((len(user_place), context.horizon), dtype=np.int64)
    np.add.at(inherited, ward_user, rate[of_ward][:, None] * wards.inherited[at_ward])
    return Consumption(
        user_place=user_place,
        user_item=user_item,
        ward_user=ward_user,
        ward=at_ward,
        ward_rate=rate[of_ward],
        skill_user=skill_user,
        skill=spot_skill[spot],
        skill_rate=rate[of_skill],
        most=ceil_div(most, 1000),
        inherited=ceil_div(inherited, 1000),
    )


def _teams_at(teams: Teams, place: IntArray, skill: IntArray) -> IntArray:
    """Most teams of any pool that could ever stand at each (place, skill) in a period."""
    width = int(max(skill.max(initial=0), teams.tour_skill.max(initial=0))) + 1
    _, (pool, at) = groups(teams.tour_pool, teams.tour_place * width + teams.tour_skill)
    spot, found = matches(place * width + skill, at)
    return total(teams.available[pool[found]], spot, len(place))
