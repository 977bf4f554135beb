"""Tables of a plan about people, sites and teams, read off the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.plan.frames import constant, names, overlap, tabulate

if TYPE_CHECKING:
    import pandas as pd

    from yjopt.instance import Instance
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model


def people_tables(instance: Instance, model: Model, x: IntArray) -> dict[str, pd.DataFrame]:
    """Admissions, transfers, isolations, deployments, openings and holdings."""
    return {
        "admissions": _admissions(instance, model, x),
        "transfers": _transfers(instance, model, x),
        "isolations": _isolations(instance, model, x),
        "deployments": _deployments(instance, model, x),
        "openings": _openings(instance, model, x),
        "holdings": _holdings(instance, model, x),
    }


def _admissions(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    """Who came first is admitted first: the waiting list of a queue is matched with its admissions in order.

    Where decisions take time, whoever was known longest goes where they take longest.
    """
    beds, columns, labels, horizon = instance.beds, model.beds, instance.labels, instance.horizon
    served, admitted = x[columns.serve], x[columns.admit]
    listed = beds.queue[columns.serve_demand] * horizon + columns.serve_period
    taken = beds.choice_queue * horizon + beds.choice_period
    some, any_ = np.flatnonzero(served), np.flatnonzero(admitted)
    waits = columns.serve_demand[some]
    some = some[np.lexsort((beds.arrivals.period[waits], beds.known[waits], listed[some]))]
    any_ = any_[np.lexsort((beds.choice_ward[any_], -beds.choice_delay[any_], taken[any_]))]
    one, other, people = overlap(listed[some], served[some], taken[any_], admitted[any_])
    demand, choice = columns.serve_demand[some[one]], any_[other]
    ward = beds.choice_ward[choice]
    return tabulate(
        "admissions",
        {
            "from": names(labels.places, beds.place[demand]),
            "to": names(labels.places, instance.wards.place[ward]),
            "class": names(labels.classes, instance.wards.what[ward]),
            "group": names(labels.groups, beds.group[demand]),
            "arrived": beds.arrivals.period[demand] + 1,
            "period": beds.choice_period[choice] + 1,
            "people": people,
        },
        ("people",),
    )


def _transfers(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    transfers, wards, labels = instance.transfers, instance.wards, instance.labels
    cohort = transfers.move_cohort
    left, entered = transfers.cohort_ward[cohort], transfers.move_ward
    return tabulate(
        "transfers",
        {
            "from": names(labels.places, wards.place[left]),
            "to": names(labels.places, wards.place[entered]),
            "from_class": names(labels.classes, wards.what[left]),
            "to_class": names(labels.classes, wards.what[entered]),
            "group": names(labels.groups, transfers.cohort_group[cohort]),
            "last": transfers.cohort_last[cohort] + 1,
            "period": transfers.move_period + 1,
            "people": x[model.beds.move],
        },
        ("people",),
    )


def _isolations(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    isolation, labels = instance.isolation, instance.labels
    part = isolation.choice_part
    return tabulate(
        "isolations",
        {
            "from": names(labels.places, isolation.place[part]),
            "to": names(labels.places, instance.wards.place[isolation.choice_ward]),
            "category": names(labels.categories, isolation.category[part]),
            "arrived": isolation.period[part] + 1,
            "part": isolation.number[part],
            "period": isolation.choice_period + 1,
            "people": x[model.isolation.settle] * model.isolation.size[part],
        },
        ("people",),
    )


def _deployments(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    teams, labels = instance.teams, instance.labels
    return tabulate(
        "deployments",
        {
            "pool": names(labels.pools, teams.tour_pool),
            "place": names(labels.places, teams.tour_place),
            "skill": names(labels.skills, teams.tour_skill),
            "task": names(labels.tasks, teams.tour_task),
            "depart": teams.tour_depart + 1,
            "first": teams.tour_first + 1,
            "last": teams.tour_last + 1,
            "teams": x[model.teams.deploy],
        },
        ("teams",),
    )


def _openings(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    beds, isolation, labels, horizon = instance.beds, instance.isolation, instance.labels, instance.horizon
    surge, sites = model.beds, model.isolation
    decided = np.flatnonzero(x[surge.decide])
    level, when = surge.decide_level[decided], surge.decide_period[decided]
    last = np.full(len(beds.surge_ward), horizon, dtype=np.int64)
    closed = np.flatnonzero(x[surge.close])
    last[surge.close_level[closed]] = surge.close_period[closed]
    ward = beds.surge_ward[level]
    opened = np.flatnonzero(x[sites.decide])
    site, site_when = sites.decide_site[opened], sites.decide_period[opened]
    facilities, chosen = instance.facilities, model.facilities
    opened = np.flatnonzero(x[chosen.decide])
    facility, facility_when = chosen.decide_facility[opened], chosen.decide_period[opened]
    no_class = np.concatenate([site, facility])
    return tabulate(
        "openings",
        {
            "place": names(
                labels.places,
                np.concatenate(
                    [instance.wards.place[ward], isolation.site_place[site], facilities.place[facility]]
                ),
            ),
            "what": np.concatenate(
                [constant("surge", level), constant("site", site), constant("facility", facility)]
            ),
            "class": np.concatenate(
                [names(labels.classes, instance.wards.what[ward]), constant("", no_class)]
            ),
            "level": np.concatenate([beds.surge_level[level], np.zeros_like(no_class)]),
            "decided": np.concatenate([when, site_when, facility_when]) + 1,
            "first": np.concatenate(
                [
                    when + beds.surge_setup[level],
                    site_when + isolation.site_ready[site],
                    facility_when + facilities.setup[facility],
                ]
            )
            + 1,
            "last": np.concatenate([last[level], np.full_like(no_class, horizon)]),
        },
        (),
    )


def _holdings(instance: Instance, model: Model, x: IntArray) -> pd.DataFrame:
    hold, labels = model.isolation.hold, instance.labels
    ward, period = np.nonzero((hold >= 0) & (np.append(x, 0)[hold] == 1))
    return tabulate(
        "holdings",
        {
            "place": names(labels.places, instance.wards.place[ward]),
            "category": names(labels.categories, instance.wards.what[ward]),
            "period": period + 1,
        },
        (),
    )
