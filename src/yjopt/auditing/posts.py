"""Who has what: bed classes of hospitals, categories of sites, posts for staff, places that consume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.auditing.rows import distinct, isin, join
from yjopt.schema import INPUT

if TYPE_CHECKING:
    from yjopt.auditing.facts import Facts
    from yjopt.auditing.rows import Column, Ints

#: Codes of the kinds of ``staffing`` and ``consumption``.
CLASS, CATEGORY, SKILL = (
    INPUT["consumption"]["kind"].choices.index(word) for word in ("class", "category", "skill")
)


def bed_cells(facts: Facts) -> tuple[Ints, ...]:
    """(place, class) with beds or surge levels."""
    return distinct(facts["beds"].key("place", "class"), facts["surge"].key("place", "class"))


def site_cells(facts: Facts) -> tuple[Ints, ...]:
    """(site, category) that is allowed."""
    rows = facts["site_category"]
    return distinct(rows.keep(rows["allowed"]).key("place", "category"))


def wards_of(facts: Facts, kind: int) -> tuple[Ints, ...]:
    """The places of one kind with the classes or categories they have."""
    return bed_cells(facts) if kind == CLASS else site_cells(facts)


def staffed_posts(facts: Facts) -> tuple[Ints, ...]:
    """(place, skill) where a class or category of the place needs the skill."""
    staffing = facts["staffing"]
    parts = []
    for kind in (CLASS, CATEGORY):
        place, ward = wards_of(facts, kind)
        rows = staffing.keep(staffing["kind"] == kind)
        left, right = join((ward,), (rows["what"],))
        parts.append((place[left], rows["skill"][right]))
    return distinct(*parts)


def consumers(facts: Facts) -> tuple[Ints, ...]:
    """(place, item) where the item may be consumed (section 7)."""
    rates, tasks = facts["consumption"], facts["tasks"]
    parts = []
    for kind in (CLASS, CATEGORY):
        place, ward = wards_of(facts, kind)
        rows = rates.keep(rates["kind"] == kind)
        left, right = join((ward,), (rows["what"],))
        parts.append((place[left], rows["item"][right]))
    place, skill = distinct(staffed_posts(facts), tasks.key("place", "skill"))
    rows = rates.keep(rates["kind"] == SKILL)
    left, right = join((skill,), (rows["skill"],))
    parts.append((place[left], rows["item"][right]))
    return distinct(*parts)


def inherited_people(facts: Facts) -> tuple[Column, Column]:
    """For each row of ``occupied``: whether it is of a bed class, whether of an isolation category.

    A row is of a category if its place is an isolation site and its word a category, unless the place has
    beds of that name.
    """
    rows = facts["occupied"]
    beds = isin(rows.key("place", "class"), bed_cells(facts))
    site = isin((rows["place"],), (facts["isolation_sites"]["place"],))
    category = isin((rows["class"],), (facts["categories"]["category"],))
    of_site = ~beds & site & category
    return ~of_site, of_site
