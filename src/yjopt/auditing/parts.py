"""Into how many parts a group kept together is cut (section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from yjopt.auditing.rows import ceil_div, expand, find, join

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Ints
    from yjopt.auditing.travel import Travel

#: Groups looked at together: a country has fifty thousand, and thousands of sites for each of them.
_BATCH: Final = 500


def part_counts(facts: Facts, travel: Travel) -> Ints:
    """Number of parts of every contacts row: 1 unless it must be split."""
    contacts, categories, allowed = facts["contacts"], facts["categories"], facts["site_category"]
    count = np.ones(len(contacts), dtype=np.int64)
    category = find((categories["category"],), (contacts["category"],))
    if not len(contacts) or not len(categories):
        return count
    splits = categories["together"][category] & categories["split"][category] & (contacts["people"] > 1)
    allowed = allowed.keep(allowed["allowed"])
    rooms = _rooms(facts, allowed["place"])
    # Only a group larger than some site of its category can be larger than the largest it reaches.
    of = find((categories["category"],), (allowed["category"],))
    smallest = np.full(len(categories), np.iinfo(np.int64).max)
    np.minimum.at(smallest, of[of >= 0], rooms[of >= 0])
    large = np.flatnonzero(splits & (contacts["people"] > smallest[category]))

    largest = np.zeros(len(contacts), dtype=np.int64)
    for batch in np.split(large, range(_BATCH, len(large), _BATCH)):
        left, right = join((contacts["category"][batch],), (allowed["category"],))
        group = batch[left]
        due = contacts["period"][group]
        row, period = expand(due, facts.last_chance(due, categories["wait"][category[group]]))
        group, right = group[row], right[row]
        reached = _reached(facts, travel, contacts["place"][group], allowed["place"][right], period)
        np.maximum.at(largest, group[reached], rooms[right[reached]])
    cut = splits & (largest > 0) & (contacts["people"] > largest)
    count[cut] = ceil_div(contacts["people"][cut], largest[cut])
    return count


def part_sizes(people: Column, parts: Column, part: Column) -> Ints:
    """People in a part: as equal as possible, the larger parts first."""
    return np.asarray(people // parts + (part <= people % parts))


def _rooms(facts: Facts, place: Column) -> Ints:
    sites = facts["isolation_sites"]
    row = find((sites["place"],), (place,))
    return np.where(row >= 0, sites["rooms"][row], 0) if len(sites) else row * 0


def _reached(facts: Facts, travel: Travel, place: Column, site: Column, period: Column) -> Column:
    """Whether the site is within reach, among the nearest ones if the scenario keeps only these."""
    seconds = travel.seconds("contacts", period, place, site)
    keep = facts.nearest["contacts"]
    if keep == 0:
        return seconds >= 0
    # All sites count as givers, in the order of the places table, but not the place itself.
    sites = np.sort(facts["isolation_sites"]["place"])
    asked, inverse = np.unique(np.stack([place, period]), axis=1, return_inverse=True)
    count = len(sites)
    origin, when = np.repeat(asked[0], count), np.repeat(asked[1], count)
    times = travel.seconds("contacts", when, origin, np.tile(sites, asked.shape[1])).reshape(-1, count)
    times = np.where((times < 0) | (sites[None, :] == asked[0][:, None]), np.iinfo(np.int64).max, times)
    rank = np.argsort(np.argsort(times, axis=1, kind="stable"), axis=1)
    among = rank[inverse.ravel(), np.searchsorted(sites, site)] < keep
    return np.asarray((seconds >= 0) & (among | (place == site)))
