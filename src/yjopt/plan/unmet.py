"""What a plan leaves unmet, and the exceptions it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from yjopt.instance.joining import spans, total
from yjopt.plan.frames import constant, names, tabulate

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import IdArray, IntArray
    from yjopt.model.assembly import Model


def unmet_table(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    """What waits at the end of each period, and what is lost."""
    supplies, durables, beds = instance.supplies, instance.durables, instance.beds
    isolation, teams, labels = instance.isolation, instance.teams, instance.labels
    goods, content = model.supplies, supplies.need_content
    needs, arrivals, part = supplies.needs, beds.arrivals, isolation.choice_part
    waiting = [
        _waiting(
            "supply",
            labels.places[supplies.taker_place[supplies.need_taker]],
            labels.items[supplies.taker_item[supplies.need_taker]],
            needs.period,
            needs.last,
            needs.amount * content,
            goods.serve_demand,
            goods.serve_period,
            x[goods.serve] * content[goods.serve_demand],
        ),
        _waiting(
            "bed",
            labels.places[beds.place],
            labels.groups[beds.group],
            arrivals.period,
            arrivals.last,
            arrivals.amount,
            model.beds.serve_demand,
            model.beds.serve_period,
            x[model.beds.serve],
        ),
        _waiting(
            "isolation",
            labels.places[isolation.place],
            labels.categories[isolation.category],
            isolation.period,
            isolation.last,
            isolation.people,
            part,
            isolation.choice_period,
            x[model.isolation.settle] * model.isolation.size[part],
        ),
    ]
    task = model.teams.short_task
    lost = [
        _lost(
            "durable",
            labels.places[durables.spot_place[durables.need_spot]],
            labels.items[durables.spot_item[durables.need_spot]],
            durables.need_period,
            x[model.durables.lost],
        ),
        _lost(
            "task",
            labels.places[teams.task_place[task]],
            labels.tasks[task],
            model.teams.short_period,
            x[model.teams.short],
        ),
    ]
    parts = [*waiting, *lost]
    return tabulate(
        "unmet", {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, ("amount",)
    )


def _waiting(
    kind: str,
    place: IdArray,
    what: IdArray,
    first: IntArray,
    last: IntArray,
    amount: IntArray,
    demand: IntArray,
    period: IntArray,
    served: IntArray,
) -> dict[str, npt.NDArray[Any]]:
    """Rows of demands that wait; in their last period what is left is lost."""
    left_at_last = amount - total(served, demand, len(amount))
    at, open_in = spans(first, last)
    start = np.cumsum(last - first + 1) - (last - first + 1)
    met = np.zeros(len(at), dtype=np.int64)
    np.add.at(met, start[demand] + period - first[demand], served)
    running = np.cumsum(met)
    before = np.concatenate([[0], running])[start]
    left = amount[at] - (running - before[at])
    is_last = open_in == last[at]
    left[is_last] = left_at_last[at[is_last]]
    return {
        "kind": constant(kind, at),
        "state": np.where(is_last, "lost", "waiting").astype(object),
        "place": place[at],
        "what": what[at],
        "period": open_in + 1,
        "amount": left,
    }


def _lost(
    kind: str, place: IdArray, what: IdArray, period: IntArray, amount: IntArray
) -> dict[str, npt.NDArray[Any]]:
    return {
        "kind": constant(kind, period),
        "state": constant("lost", period),
        "place": place,
        "what": what,
        "period": period + 1,
        "amount": amount,
    }


def exceptions_table(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    """Limits that people there at the start break, and rules that are broken."""
    labels, wards, use = instance.labels, instance.wards, instance.consumption
    staffing, minimums, couplings = instance.teams.staffing, instance.minimums, model.couplings
    beds, sites, rules = model.beds, model.isolation, model.rules
    quotas, ceilings = instance.mobile_quotas, instance.ceilings
    parts = [
        _exception(
            "bed_capacity",
            labels.places[wards.place[beds.excess_ward]],
            names(labels.classes, wards.what[beds.excess_ward]),
            beds.excess_period,
            x[beds.excess],
        ),
        _exception(
            "site_capacity",
            labels.places[wards.place[sites.excess_ward]],
            names(labels.categories, wards.what[sites.excess_ward]),
            sites.excess_period,
            x[sites.excess],
        ),
        _exception(
            "staffing",
            labels.places[staffing.post_place[couplings.staff_post]],
            labels.skills[staffing.post_skill[couplings.staff_post]],
            couplings.staff_period,
            x[couplings.staff],
        ),
        _exception(
            "consumption",
            labels.places[use.user_place[couplings.goods_user]],
            labels.items[use.user_item[couplings.goods_user]],
            couplings.goods_period,
            x[couplings.goods],
        ),
        _exception(
            "isolation_minimum",
            labels.areas[minimums.area[rules.short_rule]],
            labels.categories[minimums.category[rules.short_rule]],
            rules.short_period,
            x[rules.short],
        ),
        _exception(
            "mobile_quota",
            labels.areas[quotas.area[rules.few_rule]],
            labels.skills[quotas.skill[rules.few_rule]],
            rules.few_period,
            x[rules.few],
        ),
        _exception(
            "unmet_ceiling",
            labels.areas[ceilings.area],
            np.where(ceilings.is_goods, "goods", "people").astype(object),
            np.full(len(ceilings.area), instance.horizon - 1, dtype=np.int64),
            x[rules.beyond],
        ),
    ]
    return tabulate(
        "exceptions", {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, ("amount",)
    )


def _exception(
    rule: str, place: IdArray, what: IdArray, period: IntArray, amount: IntArray
) -> dict[str, npt.NDArray[Any]]:
    return {
        "rule": constant(rule, period),
        "place": place,
        "what": what,
        "period": period + 1,
        "amount": amount,
    }
