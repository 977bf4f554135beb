"""Faults to plant, by what they are about; each says which finding must come of it, and where."""

from __future__ import annotations

import datetime

from checks.planting import (
    HEADER,
    WHOLE,
    Fault,
    add,
    both,
    cell,
    new_column,
    new_table,
    put,
    setting,
    twice,
    without_column,
    without_rows,
    without_table,
)

#: What a minimum of sites follows from.
SITES = ("areas", "rules", "isolation_sites", "site_category", "places")

#: What people already there are compared with.
BEDS = ("occupied", "beds", "surge")

TABLES_AND_COLUMNS = [
    Fault("a table misspelt", "unknown_table", "stock", WHOLE, "", new_table("stock")),
    Fault("no areas", "missing_table", "areas", WHOLE, "", without_table("areas"), alone=True),
    Fault("places without rows", "no_rows", "places", WHOLE, "", without_rows("places"), alone=True),
    Fault(
        "a column that nothing reads", "unknown_column", "needs", HEADER, "qty", new_column("needs", "qty")
    ),
    Fault("a column twice", "repeated_column", "surge", HEADER, "beds", twice("surge", "beds")),
    Fault(
        "a column gone",
        "missing_column",
        "needs",
        HEADER,
        "quantity",
        without_column("needs", "quantity"),
        alone=True,
    ),
]

CELLS = [
    cell("no quantity", "blank", "needs", 0, "quantity", ""),
    cell("nothing at all", "blank", "needs", 3, "quantity", None),
    cell("a quantity of blanks", "blank", "receipts", 0, "quantity", "  "),
    cell("no item", "blank", "stocks", 0, "item", ""),
    cell("no kind", "blank", "places", 12, "kind", ""),
    cell("a list as quantity", "strange_cell", "stocks", 1, "quantity", [1, 2]),
    cell("an object as place", "strange_cell", "receipts", 1, "place", {"id": "depot-C"}),
    cell("a date as flag", "strange_cell", "categories", 1, "together", datetime.date(2020, 2, 1)),
    cell("an invisible character in an id", "unseen_character", "contacts", 0, "place", "town-E1\u200b"),
    cell("a control character in a name", "unseen_character", "areas", 3, "name", "West\x00"),
    cell("a lone surrogate in a name", "unseen_character", "items", 2, "name", "Food \ud800"),
    cell("blanks around an id", "outer_blanks", "arrivals", 0, "group", " mild "),
    cell("an id as number", "number_as_id", "fleets", 2, "fleet", 7),
    cell("a kind misspelt", "unknown_choice", "places", 7, "kind", "hosptial"),
    cell("a level in capitals", "unknown_choice", "areas", 2, "level", "COUNTY"),
    cell("a flag of doubt", "not_a_flag", "items", 0, "durable", "maybe"),
    cell("a word as quantity", "not_number", "stocks", 2, "quantity", "abc"),
    cell("a separator of thousands", "not_number", "stocks", 3, "quantity", "1,500"),
    cell("half a thing", "not_number", "needs", 8, "quantity", "½"),
    cell("full-width digits", "not_number", "needs", 1, "quantity", "３０"),
    cell("a decimal comma", "not_number", "roads", 3, "minutes", "5,5"),
    cell("powers of ten", "not_number", "sources", 0, "quantity", "2.5E+03"),
    cell("minutes with the unit", "not_number", "roads", 4, "minutes", "5min"),
    cell("a share in per cent", "not_number", "items", 1, "late", "2%"),
    cell("not available", "not_number", "arrivals", 1, "people", "N/A"),
    cell("a date as period", "not_number", "arrivals", 2, "period", "2020-02-02"),
    cell("a letter among digits", "not_number", "beds", 0, "beds", "1O"),
    cell("ten thousands", "not_number", "places", 1, "population", "1.8万"),
    cell("money with its sign", "not_number", "surge", 0, "cost", "¥12000"),
    cell("a broken number", "not_number", "fleets", 0, "payload_kg", "9.0.0"),
    cell("infinity", "not_finite", "stocks", 4, "quantity", "inf"),
    cell("infinity as a number", "not_finite", "sources", 1, "cost", float("inf")),
    cell("not a number", "not_finite", "contacts", 2, "people", "NaN"),
    cell("one and a half beds", "not_whole", "beds", 2, "beds", "6.5"),
    cell("half a person in a float", "not_whole", "contacts", 3, "people", 7.5),
    cell("beds with a point", "decimal_point", "beds", 3, "beds", "3.0"),
    cell("a weight finer than counted", "off_grid", "items", 0, "kg", "0.0045"),
    cell("minutes off the second", "off_grid", "roads", 5, "minutes", "10.33"),
    cell("stock below zero", "too_small", "stocks", 5, "quantity", "-5"),
    cell("a pack of nothing", "too_small", "items", 2, "pack", "0"),
    cell("period 0", "too_small", "closures", 0, "period", "0"),
    cell("more than there is on earth", "too_large", "stocks", 6, "quantity", "20000000000"),
    cell("more digits than fit", "too_large", "needs", 7, "quantity", 10**400),
    cell("longitude and latitude swapped", "too_large", "places", 1, "latitude", "113.12"),
]

KEYS = [
    Fault(
        "an area twice",
        "repeated_key",
        "areas",
        7,
        "area",
        add("areas", {"area": "E2", "level": "town", "parent": "E"}),
    ),
    Fault(
        "a need twice",
        "repeated_key",
        "needs",
        12,
        "place",
        add("needs", {"place": "town-E1", "item": "mask", "period": "1", "quantity": "5", "weight": "1.0"}),
    ),
    Fault(
        "a lot twice, once by its default",
        "repeated_key",
        "stocks",
        13,
        "place",
        add("stocks", {"place": "depot-E", "item": "suit", "authority": "E", "quantity": "5"}),
    ),
    cell("a place unknown", "unknown_reference", "needs", 2, "place", "town-E3"),
    cell("an item unknown", "unknown_reference", "receipts", 2, "item", "foood"),
    cell("a parent unknown", "unknown_reference", "areas", 6, "parent", "X"),
    cell("a unit unknown", "unknown_reference", "places", 8, "unit", "county-E"),
    cell("an authority unknown", "unknown_reference", "pools", 1, "authority", "Z9"),
    cell("a group unknown", "unknown_reference", "arrivals", 3, "group", "severest"),
    cell("a category unknown", "unknown_reference", "contacts", 4, "category", "fevr"),
    cell("a pool unknown", "unknown_reference", "skills", 4, "pool", "carrier"),
    cell("a site unknown", "unknown_reference", "site_category", 5, "place", "depot-C"),
    Fault("an item in capitals", "look_alike", "items", 4, "item", add("items", {"item": "Mask"})),
]

TREE_AND_ROADS = [
    Fault(
        "a second root", "not_one_root", "areas", 3, "parent", put("areas", 3, parent=""), reads=("areas",)
    ),
    Fault("no root", "not_one_root", "areas", 0, "parent", put("areas", 0, parent="C"), reads=("areas",)),
    Fault(
        "an area inside itself",
        "tree_cycle",
        "areas",
        4,
        "parent",
        put("areas", 4, parent="E1"),
        reads=("areas",),
    ),
    Fault(
        "areas in a circle",
        "tree_cycle",
        "areas",
        2,
        "parent",
        put("areas", 2, parent="E2"),
        reads=("areas",),
    ),
    cell("a county below a county", "level_order", "areas", 5, "level", "county"),
    Fault(
        "run from next door",
        "unit_elsewhere",
        "places",
        9,
        "unit",
        put("places", 9, unit="W"),
        reads=("areas",),
    ),
    cell("a road to itself", "link_to_itself", "roads", 6, "to", "depot-P"),
    cell("a time to itself", "link_to_itself", "times", 0, "to", "depot-P"),
    Fault(
        "a road given both ways",
        "repeated_link",
        "roads",
        17,
        "from",
        add("roads", {"from": "town-E2", "to": "town-E1", "minutes": "40"}),
    ),
    Fault(
        "a closure given both ways",
        "repeated_link",
        "closures",
        3,
        "from",
        add("closures", {"from": "town-W1", "to": "town-E2", "period": "2", "state": "open"}),
    ),
    cell("a closure of no road", "unknown_link", "closures", 2, "to", "depot-W"),
    cell("hours for minutes", "strange_speed", "roads", 1, "minutes", "0.5"),
    cell("seconds for minutes", "strange_speed", "roads", 16, "minutes", "360"),
    cell("a time of seconds", "strange_speed", "times", 0, "minutes", "5400"),
    cell("half a coordinate", "half_coordinates", "places", 13, "latitude", ""),
    Fault(
        "a place in the sea",
        "half_coordinates",
        "places",
        14,
        "longitude",
        put("places", 14, longitude="0", latitude="0"),
    ),
    Fault(
        "a town without a road",
        "unconnected_place",
        "places",
        15,
        "place",
        both(
            add("places", {"place": "far", "kind": "town", "area": "W1"}),
            add("needs", {"place": "far", "item": "food", "period": "1", "quantity": "40"}),
        ),
    ),
    Fault(
        "a need out of reach",
        "out_of_reach",
        "needs",
        8,
        "place",
        both(
            put("needs", 8, place="far", quantity="510"),
            add("places", {"place": "far", "kind": "town", "area": "W1"}),
            add("roads", {"from": "far", "to": "town-W1", "minutes": "1000"}),
        ),
    ),
    Fault(
        "a need nobody has",
        "out_of_reach",
        "needs",
        12,
        "item",
        both(
            add("items", {"item": "gloves"}),
            add("needs", {"place": "town-E1", "item": "gloves", "period": "1", "quantity": "4"}),
        ),
    ),
    Fault(
        "patients out of reach",
        "out_of_reach",
        "arrivals",
        6,
        "place",
        both(
            add("places", {"place": "remote", "kind": "town", "area": "E2"}),
            add("roads", {"from": "town-E2", "to": "remote", "minutes": "200", "one_way": "true"}),
            add("roads", {"from": "remote", "to": "town-E2", "minutes": "300", "one_way": "true"}),
            add("arrivals", {"place": "remote", "group": "mild", "period": "1", "people": "1"}),
        ),
    ),
]

PERIODS = [
    cell("a need after the end", "beyond_horizon", "needs", 11, "period", "4"),
    cell("a task after the end", "beyond_horizon", "tasks", 0, "last_period", "5"),
    cell("beds too late", "begins_after_horizon", "beds", 1, "opening", "9"),
    cell("a release too late", "never_ready", "stocks", 8, "release_hours", "90"),
    cell("a set-up too long", "never_ready", "isolation_sites", 2, "setup", "3"),
]

SUPPLIES = [
    Fault("a durable in packs", "durable_pack", "items", 3, "pack", put("items", 3, pack="2")),
    cell("a durable not there", "durable_kind", "stocks", 11, "kind", "commercial"),
    cell("a durable on its way by contract", "durable_kind", "receipts", 1, "kind", "capacity"),
    cell("a durable that waits", "durable_deadline", "needs", 9, "deadline", "1"),
    cell("a durable used up", "durable_consumed", "consumption", 0, "item", "ventilator"),
    cell("waiting dearer than losing", "late_costs_more", "items", 1, "late", "0.8"),
    cell("a floor above the stock", "floor_above_quantity", "stocks", 7, "floor", "90"),
    cell("all teams kept at home", "floor_above_quantity", "pools", 0, "floor", "7"),
    cell("less than a pack", "less_than_a_pack", "sources", 2, "quantity", "10"),
    cell("grams for kilograms", "strange_density", "items", 2, "kg", "750"),
    cell("a pack beyond any vehicle", "heavy_pack", "items", 0, "litres", "300"),
    cell("vehicles without hours", "idle_fleet", "fleets", 2, "hours", "0"),
    cell("no vehicles", "idle_fleet", "fleets", 1, "vehicles", "0"),
    Fault(
        "consumption of nothing",
        "nothing_to_consume",
        "consumption",
        4,
        "item",
        both(
            add("items", {"item": "soap"}),
            add("consumption", {"kind": "class", "what": "ward", "item": "soap", "quantity": "1"}),
        ),
    ),
]

PEOPLE = [
    cell("waiting dearer than never", "waiting_costs_more", "groups", 0, "late", "1"),
    Fault(
        "a group nobody takes", "group_without_class", "groups", 2, "group", add("groups", {"group": "other"})
    ),
    cell("a class nobody has", "class_without_beds", "eligibility", 1, "class", "isolation ward"),
    Fault(
        "beds for nobody",
        "class_for_nobody",
        "beds",
        4,
        "class",
        add("beds", {"place": "hospital-C", "class": "maternity", "beds": "4"}),
    ),
    cell("a level left out", "surge_levels", "surge", 1, "level", "3"),
    cell("people in no bed", "occupied_nowhere", "occupied", 1, "class", "icu"),
    cell("people in a category not allowed", "occupied_nowhere", "occupied", 6, "class", "fever"),
    Fault(
        "more people than before",
        "occupied_rises",
        "occupied",
        1,
        "people",
        put("occupied", 1, people="5"),
        reads=BEDS,
    ),
    Fault(
        "people who come later",
        "occupied_rises",
        "occupied",
        7,
        "people",
        add("occupied", {"place": "hospital-C", "class": "ward", "period": "2", "people": "1"}),
        reads=BEDS,
    ),
    Fault(
        "more people than beds",
        "beds_below_occupied",
        "occupied",
        0,
        "people",
        put("occupied", 0, people="19"),
        reads=BEDS,
    ),
    cell("more patients than residents", "more_than_residents", "arrivals", 4, "people", "10000"),
]

ISOLATION = [
    cell("waiting as long as the stay", "wait_not_below_stay", "categories", 0, "wait", "3"),
    Fault(
        "a site for nothing",
        "site_without_category",
        "isolation_sites",
        3,
        "place",
        add("isolation_sites", {"place": "lab-C", "rooms": "5"}),
    ),
    Fault(
        "a group for no site",
        "group_too_large",
        "contacts",
        5,
        "people",
        both(
            put("categories", 1, together="true", stay="3"),
            add("contacts", {"place": "town-E2", "category": "fever", "period": "2", "people": "16"}),
        ),
    ),
    Fault(
        "two categories in one house",
        "two_categories",
        "occupied",
        7,
        "class",
        both(
            put("site_category", 1, allowed="true"),
            add("occupied", {"place": "hotel-E", "class": "fever", "period": "1", "people": "2"}),
        ),
    ),
    Fault(
        "people in a candidate",
        "occupied_candidate",
        "occupied",
        7,
        "place",
        add("occupied", {"place": "hotel-W", "class": "fever", "period": "1", "people": "2"}),
    ),
    cell("more people than rooms", "rooms_below_occupied", "occupied", 5, "people", "21"),
]

TEAMS = [
    Fault(
        "a pool that can do nothing",
        "pool_without_skill",
        "pools",
        4,
        "pool",
        add("pools", {"pool": "helpers", "place": "base-C", "teams": "2"}),
    ),
    cell("a task nobody can do", "skill_without_pool", "tasks", 2, "skill", "deliver"),
    cell("staff nobody has", "skill_without_members", "staffing", 1, "skill", "doctoring"),
    cell("residents nobody asks for", "residents_unused", "residents", 2, "skill", "nurse"),
    cell("staffing of no class", "unknown_what", "staffing", 0, "what", "wrad"),
    cell("consumption of no category", "unknown_what", "consumption", 2, "what", "clos"),
    cell("consumption of no skill", "unknown_what", "consumption", 3, "what", "sample"),
    cell("a task that ends before it begins", "window_reversed", "tasks", 1, "last_period", "1"),
    cell("minutes for hours", "hours_beyond_period", "pools", 2, "hours", "600"),
    cell("a vehicle of thirty hours", "hours_beyond_period", "fleets", 0, "hours", "30"),
]

RULES_AND_FIGURES = [
    cell("half a site", "amount_not_whole", "rules", 0, "amount", "0.5"),
    cell("half a person moved", "amount_not_whole", "rules", 3, "amount", "2.5"),
    cell("a minimum of nothing", "minimum_without_category", "rules", 0, "what", ""),
    cell("a minimum of an unknown category", "minimum_without_category", "rules", 1, "what", "fevers"),
    cell("a budget for something", "budget_with_what", "rules", 2, "what", "close"),
    cell("a soft budget", "soft_budget", "rules", 3, "hard", "false"),
    Fault(
        "more sites than there are",
        "minimum_cannot_hold",
        "rules",
        1,
        "amount",
        put("rules", 1, amount="2"),
        reads=SITES,
    ),
    Fault(
        "a minimum too early",
        "minimum_cannot_hold",
        "rules",
        0,
        "amount",
        put("rules", 0, amount="2"),
        reads=SITES,
    ),
    Fault(
        "one site for two rules",
        "minimums_clash",
        "rules",
        4,
        "amount",
        add(
            "rules",
            {"rule": "isolation_minimum", "area": "W", "what": "close", "amount": "1", "hard": "false"},
        ),
        reads=SITES,
    ),
    Fault(
        "a budget below the rules",
        "budget_below_minimum",
        "rules",
        2,
        "amount",
        both(put("rules", 0, amount="2", from_period="2"), put("rules", 2, amount="14000")),
        reads=SITES,
    ),
    cell("a durable's date on food", "no_effect", "stocks", 9, "return_by", "2"),
    cell("receipts into a durable's floor", "no_effect", "stocks", 10, "refill", "true"),
    cell("cleaning of food", "no_effect", "items", 2, "turnaround", "1"),
    cell("set-up of an open site", "no_effect", "isolation_sites", 0, "setup", "1"),
    Fault(
        "splitting who go singly", "no_effect", "categories", 1, "split", put("categories", 1, split="true")
    ),
    cell("per cent of a closed link", "no_effect", "closures", 1, "percent", "150"),
    cell("a budget that begins", "no_effect", "rules", 2, "from_period", "2"),
    Fault(
        "the sum of all towns",
        "sum_row",
        "places",
        15,
        "population",
        add("places", {"place": "US", "kind": "town", "area": "C", "name": "合计", "population": "69800"}),
        reads=("places",),
    ),
    Fault(
        "stock of the whole city",
        "sum_row",
        "stocks",
        13,
        "quantity",
        both(
            add("places", {"place": "all-stock", "kind": "depot", "area": "C"}),
            add("roads", {"from": "all-stock", "to": "town-E1", "minutes": "9"}),
            add(
                "stocks",
                {"place": "all-stock", "item": "mask", "quantity": "32050"},
                {"place": "all-stock", "item": "suit", "quantity": "585"},
            ),
        ),
        reads=("stocks",),
    ),
    Fault(
        "a need a million times as urgent",
        "wide_range",
        "needs",
        9,
        "weight",
        both(put("needs", 9, weight="10000"), put("tasks", 0, weight="0.001")),
    ),
]

SETTINGS = [
    Fault("a setting misspelt", "unknown_setting", "settings", WHOLE, "period", setting("period", 3)),
    Fault(
        "a setting in the wrong section",
        "unknown_setting",
        "settings",
        WHOLE,
        "limits.supply",
        setting("limits.supply", 3),
    ),
    Fault("a section that is none", "unknown_setting", "settings", WHOLE, "weights", setting("weights", 3)),
    Fault(
        "half a period", "wrong_setting", "settings", WHOLE, "nearest.teams", setting("nearest.teams", 2.5)
    ),
    Fault("a choice that is none", "wrong_setting", "settings", WHOLE, "rule", setting("rule", "flatt")),
    Fault(
        "a switch half on",
        "wrong_setting",
        "settings",
        WHOLE,
        "ignore_delays",
        setting("ignore_delays", "perhaps"),
    ),
    Fault(
        "a limit of a list",
        "wrong_setting",
        "settings",
        WHOLE,
        "limits.teams",
        setting("limits.teams", [480]),
    ),
    Fault(
        "a load beyond all", "wrong_setting", "settings", WHOLE, "carry.person", setting("carry.person", 1e9)
    ),
    Fault("a day that is not", "wrong_date", "settings", WHOLE, "start", setting("start", "2020-02-30")),
]

FAULTS = [
    *TABLES_AND_COLUMNS,
    *CELLS,
    *KEYS,
    *TREE_AND_ROADS,
    *PERIODS,
    *SUPPLIES,
    *PEOPLE,
    *ISOLATION,
    *TEAMS,
    *RULES_AND_FIGURES,
    *SETTINGS,
]
