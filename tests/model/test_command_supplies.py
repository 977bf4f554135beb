"""Goods under the command rules (docs/concepts/command.md): each rule in a scenario solved by hand, with and without.

A province P with a city C; below it the counties A and B; in A the towns T and U. Every area has a depot (p, c, a, b)
or is a town (t, u), all ten minutes from the city's. Packs hold one mask, a mask unmet costs 1, each period of waiting
a tenth of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny_command import command

import yjopt as yj
from yjopt.auditing import audit
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.goods_rules import with_goods_rules
from yjopt.model.manual import manual
from yjopt.model.manual.refill import refill
from yjopt.model.nothing import nothing
from yjopt.plan import decode

Rows = list[tuple[Any, ...]]
MILLION = 1_000_000
STRICT: dict[str, Any] = {"rule": "strict"}
BY_RUNG: dict[str, Any] = {"delays": "by_rung"}


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """A table with the columns named in one text."""
    return pd.DataFrame(list(rows), columns=columns.split())


def needs(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Needs of masks: place, period, quantity, deadline, period from which they are known."""
    table = frame("place period quantity deadline known_from", *rows).assign(item="mask")
    return table.astype({"deadline": "Int64", "known_from": "Int64"})


def stocks(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Masks: place, quantity."""
    return frame("place quantity", *rows).assign(item="mask")


BASE: dict[str, pd.DataFrame] = {
    "areas": frame(
        "area level parent",
        ("P", "province", ""),
        ("C", "city", "P"),
        ("A", "county", "C"),
        ("B", "county", "C"),
        ("T", "town", "A"),
        ("U", "town", "A"),
    ),
    "places": frame(
        "place kind area",
        *((name, "depot", name.upper()) for name in "pcab"),
        *((name, "town", name.upper()) for name in "tu"),
    ),
    "roads": frame("from to minutes", *(("c", place, 10.0) for place in "pabtu")),
    "items": frame("item late", ("mask", 0.1)),
}


def scenario(settings: dict[str, Any], **tables: pd.DataFrame) -> yj.Scenario:
    """The base with what else is given."""
    return yj.Scenario.from_tables(BASE | tables, {"periods": 2} | settings)


def planned(settings: dict[str, Any], **tables: pd.DataFrame) -> yj.Plan:
    """A proven plan; the plan by hand, and what is filled up, keep every row, too."""
    made = scenario(settings, **tables)
    instance = index(made)
    model = assemble(instance)
    for start in (nothing(instance, model), manual(instance, model)):
        assert model.mip.is_feasible(start)
        assert model.mip.is_feasible(refill(instance, model, start))
    plan = yj.solve(made, gap=0, time_limit=60)
    assert plan.status == "optimal"
    return plan


def sent(plan: yj.Plan, *columns: str) -> Rows:
    """Shipments as rows of the columns given."""
    return [tuple(row) for row in plan.shipments[list(columns)].to_numpy().tolist()]


def unmet(plan: yj.Plan) -> int:
    """Quanta of the stage of goods: a mask never sent costs a million and what it waited."""
    return plan.stage_values.get("unmet_goods", 0)


@pytest.mark.parametrize("swapped", [False, True])
def test_a_ladder_turns_the_order_round(swapped: bool) -> None:
    """Ten needed, five at the county, ten at the city: the county first, unless the ladder puts the city before it.

    Each of ten packs counts 100,000. By default five of the city count in its stage. Swapped, the city's ten
    count as the pool, and nothing in the stage of what is asked last.
    """
    rows = (("C", "supplies", "pool", 4, 0.0), ("C", "supplies", "above-2", 1, 0.0))
    ladder = frame("area resource step position decision_hours", *rows[: 2 * swapped])
    plan = planned(
        {"periods": 1},
        needs=needs(("t", 1, 10, None, None)),
        stocks=stocks(("a", 5), ("c", 10)),
        ladder=ladder,
    )
    assert plan.stage_values["support:above-2"] == (0 if swapped else 500_000)
    assert plan.stage_values["support:pool"] == (MILLION if swapped else 500_000)
    assert sent(plan, "from", "quantity") == ([("c", 10)] if swapped else [("a", 5), ("c", 5)])


GATES = {
    "a step": (("g", "P", "step", "above-2", "supplies", "III"),),
    "a kind": (("g", "C", "kind", "physical", "", "III"),),
    "another resource": (("g", "P", "step", "above-2", "beds", "III"),),
    "another taker": (("g", "B", "step", "above-2", "supplies", "III"),),
}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_holds_goods_until_the_level_rises(name: str) -> None:
    """The city sends ten when the level III of period 2 opens its gate: each waits a period. Others hold nobody."""
    shut = name in ("a step", "a kind")
    plan = planned(
        {},
        needs=needs(("t", 1, 10, None, None)),
        stocks=stocks(("c", 10)),
        levels=frame("area period level", ("P", 1, "IV"), ("P", 2, "III")),
        gates=frame("gate area opens which resource level", *GATES[name]),
    )
    assert sent(plan, "depart", "quantity") == [(2 if shut else 1, 10)]
    assert unmet(plan) == (MILLION if shut else 0)


@pytest.mark.parametrize("mode", ["peace", "war"])
def test_a_requisition_needs_its_step_open(mode: str) -> None:
    """Goods are requisitioned in war alone."""
    plan = planned(
        {"periods": 1},
        needs=needs(("t", 1, 4, None, None)),
        sources=frame("place item kind quantity", ("a", "mask", "requisition", 4)),
        levels=frame("area period mode", ("P", 1, mode)),
        gates=frame("gate area opens which mode", ("g", "A", "step", "requisition", "war")),
    )
    assert unmet(plan) == (4 * MILLION if mode == "peace" else 0)
    assert plan.stage_values.get("support:requisition", 0) == (0 if mode == "peace" else MILLION)


@pytest.mark.parametrize(("consent", "arrive"), [(True, 2), (False, 1), (None, 1)])
def test_a_pair_helps_with_consent_or_at_once(consent: bool | None, arrive: int) -> None:
    """T may ask B but not U. The parent decides in a day; without consent, and with delays direct, nobody does."""
    plan = planned(
        {} if consent is None else BY_RUNG,
        needs=needs(("t", 1, 5, None, None)),
        stocks=stocks(("u", 5), ("b", 5)),
        pairing=frame("area helper consent", ("T", "B", bool(consent))),
        ladder=frame("area step decision_hours", ("C", "peer-2", 24.0)),
    )
    assert sent(plan, "from", "arrive", "quantity") == [("b", arrive, 5)]


def test_an_order_is_decided_before_it_runs() -> None:
    """Twelve hours to decide and twelve of lead time: the goods of period 1 arrive in period 2."""
    tables = {
        "needs": needs(("a", 1, 4, None, None)),
        "sources": frame("place item kind quantity lead_hours", ("a", "mask", "purchase", 4, 12.0)),
        "ladder": frame("area step decision_hours", ("P", "purchase", 12.0)),
    }
    for settings, arrive in ((BY_RUNG, 2), ({}, 1), (BY_RUNG | {"ignore_delays": True}, 1)):
        plan = planned(settings, **tables)
        assert plan.procurements[["order", "arrive"]].to_numpy().tolist() == [[1, arrive]]


@pytest.mark.parametrize(("settings", "depart"), [(BY_RUNG, 2), ({}, 1)])
def test_nobody_asks_before_the_need_is_known(settings: dict[str, Any], depart: int) -> None:
    """A need of period 1 is told in period 2: the county is asked then, the town's own goods were there before."""
    plan = planned(settings, needs=needs(("t", 1, 5, None, 2)), stocks=stocks(("t", 2), ("a", 9)))
    assert sent(plan, "from", "depart", "quantity") == [("a", depart, 3), ("t", 1, 2)]
    assert unmet(plan) == (300_000 if depart == 2 else 0)


@pytest.mark.parametrize("cover", [0, 1])
def test_what_is_used_may_be_asked_for_so_many_periods_before(cover: int) -> None:
    """A ward uses two masks in period 2; the road is open in period 1 alone. One period ahead they may be sent.

    Strict, so that no pack is opened before it is used: otherwise opening is what may be asked for.
    """
    plan = planned(
        STRICT | BY_RUNG | {"cover_periods": cover},
        stocks=stocks(("a", 9)),
        groups=frame("group stay wait", ("g", 1, 0)),
        eligibility=frame("group class", ("g", "ward")),
        beds=frame("place class beds", ("t", "ward", 9)),
        arrivals=frame("place group period people", ("t", "g", 2, 2)),
        consumption=frame("kind what item quantity", ("class", "ward", "mask", 1.0)),
        closures=frame("from to period state", ("c", "a", 2, "closed")),
    )
    assert plan.admissions["people"].sum() == 2 * cover
    assert sent(plan, "depart", "quantity") == [(1, 2)][:cover]


def far_u(settings: dict[str, Any], **tables: pd.DataFrame) -> yj.Plan:
    """The city reaches T, the county T and U: a limit of 15 minutes keeps the city from U."""
    roads = frame("from to minutes", ("c", "t", 10.0), ("a", "t", 10.0), ("a", "u", 10.0), ("a", "c", 10.0))
    return planned({"limits": {"supplies": 15.0}} | settings, roads=roads, **tables)


@pytest.mark.parametrize("rule", ["priority", "strict"])
def test_the_city_comes_after_the_county_has_nothing_left(rule: str) -> None:
    """T needs 4 in period 1, U 3 in period 2; the county has 3 and the city 9. Only the county reaches U.

    Without strict the county waits for U and the city serves T. Strict: while the county holds anything at the end of
    period 1, the city may send nothing then. Emptied for T, U is never served: 3 * 1.0 lost in its only period. Kept
    for U, T waits for period 2, when the county has sent its goods to U: 4 * 0.1. That is cheaper.
    """
    plan = far_u(
        {"rule": rule, "cover_periods": 0},
        needs=needs(("t", 1, 4, None, None), ("u", 2, 3, None, None)),
        stocks=stocks(("a", 3), ("c", 9)),
    )
    depart = 2 if rule == "strict" else 1
    assert ("c", "t", depart, 4) in sent(plan, "from", "to", "depart", "quantity")
    assert unmet(plan) == (400_000 if rule == "strict" else 0)


@pytest.mark.parametrize("opens", [False, True])
def test_aid_may_skip_levels_where_the_gate_is_open(opens: bool) -> None:
    """T needs 4 in period 1 alone, B 3 in period 2, five times as much; B holds 3, the province 4. Only T reaches both.

    Before the province B must have sent all to T, which then is short of one, and B of three: 1 + 15. Keeping its own
    B leaves T without its 4: that is cheaper. With the gate open nobody but own and pool comes before the province.
    """
    plan = planned(
        STRICT | {"cover_periods": 0, "limits": {"supplies": 15.0}},
        roads=frame("from to minutes", ("b", "t", 10.0), ("p", "t", 10.0), ("c", "t", 10.0)),
        needs=needs(("t", 1, 4, 0, None), ("b", 2, 3, 0, None)).assign(weight=[1.0, 5.0]),
        stocks=stocks(("b", 3), ("p", 4)),
        gates=frame("gate area opens mode", *([("g", "P", "skip", "peace")] if opens else [])),
    )
    assert unmet(plan) == (0 if opens else 4 * MILLION)


@pytest.mark.parametrize("vehicles", [1, 2])
def test_a_giver_without_hours_is_out_of_the_question(vehicles: int) -> None:
    """The county's lorries carry 2 and drive 42 minutes a day, a round trip takes 40: 4 of 6 stay behind, or 2.

    T needs 6 at once. When all have driven, the county is exhausted though goods are left, and the city sends the rest.
    """
    plan = planned(
        {"periods": 1} | STRICT,
        items=frame("item late kg", ("mask", 0.1, 1.0)),
        needs=needs(("t", 1, 6, None, None)),
        stocks=stocks(("a", 6), ("c", 6)),
        fleets=frame("fleet place vehicles payload_kg volume_litres hours", ("f", "a", vehicles, 2, 99, 0.7)),
    )
    assert unmet(plan) == 0
    assert sent(plan, "from", "quantity") == [("a", 2 * vehicles), ("c", 6 - 2 * vehicles)]


@pytest.mark.parametrize(("rule", "cover"), [("strict", 0), ("strict", 1), ("priority", 0)])
def test_no_more_arrives_than_covers_the_need(rule: str, cover: int) -> None:
    """A need of period 2, and a road that is open in period 1 alone: strict sends ahead only as far as it covers."""
    plan = planned(
        {"rule": rule, "cover_periods": cover},
        needs=needs(("t", 2, 5, None, None)),
        stocks=stocks(("a", 9)),
        closures=frame("from to period state", ("c", "t", 2, "closed")),
    )
    assert unmet(plan) == (5 * MILLION if (rule, cover) == ("strict", 0) else 0)


@pytest.mark.parametrize("rule", ["priority", "strict"])
def test_nobody_requisitions_while_a_depot_holds_goods(rule: str) -> None:
    """U needs 4 in period 2; the county has 1, the city 3; two may be requisitioned a period, to arrive a day later.

    Only the county reaches U. By priority two are ordered in period 1, and the city's stay where they are. Strict, what
    is ordered in period 1 needs the county's lot empty at its end, and what is of use to it from the city sent: the one
    goes to U early, which may be supplied a period ahead, and the city is asked for nothing, as it cannot reach U. But
    an order for the county comes after what the city could send to the county: it still holds 3, so none is placed.
    """
    plan = far_u(
        {"rule": rule},
        needs=needs(("u", 2, 4, None, None)),
        stocks=stocks(("a", 1), ("c", 3)),
        sources=frame("place item kind quantity lead_hours", ("a", "mask", "requisition", 2, 24.0)),
    )
    assert unmet(plan) == (3 * MILLION if rule == "strict" else MILLION)
    assert plan.procurements["quantity"].sum() == (0 if rule == "strict" else 2)


def test_a_requisition_follows_when_the_lot_is_empty() -> None:
    """The same without the city's goods: the county sends its one early, and orders two in the same period."""
    plan = far_u(
        STRICT,
        needs=needs(("u", 2, 4, None, None)),
        stocks=stocks(("a", 1)),
        sources=frame("place item kind quantity lead_hours", ("a", "mask", "requisition", 2, 24.0)),
    )
    assert unmet(plan) == MILLION
    assert ("a", "u", 1, 1) in sent(plan, "from", "to", "depart", "quantity")


@pytest.mark.parametrize("ceiling", [1, 3])
def test_the_earlier_source_is_used_up_before_the_later_one(ceiling: int) -> None:
    """Requisition gives 1 (or 3) a period, purchase the rest of 3: strict orders up to the ceiling first.

    The requisition is decided in a day, so that only a purchase arrives in time. By priority nothing is requisitioned.
    """
    tables = {
        "needs": needs(("a", 1, 3, 0, None)),
        "sources": frame(
            "place item kind quantity lead_hours",
            ("a", "mask", "requisition", ceiling, 24.0),
            ("a", "mask", "purchase", 3, 0.0),
        ),
    }
    kinds = planned(STRICT, **tables).procurements.set_index("kind")["quantity"].to_dict()
    assert kinds == {"purchase": 3, "requisition": ceiling}
    assert planned({}, **tables).procurements["kind"].tolist() == ["purchase"]


PUMPS: dict[str, pd.DataFrame] = {
    "items": frame("item durable", ("pump", True)),
    "needs": frame("place item period quantity", ("t", "pump", 1, 2), ("u", "pump", 2, 1)),
    "stocks": frame("place item quantity floor", ("a", "pump", 1, 0), ("c", "pump", 2, 0)),
}


@pytest.mark.parametrize("rule", ["priority", "strict"])
@pytest.mark.parametrize("floor", [0, 1])
def test_durables_of_the_county_go_before_those_of_the_city(rule: str, floor: int) -> None:
    """T needs two pumps in period 1, U one in period 2; the county has one and the city two.

    By priority as few of the city's are used as can be: one. The county's goes to T and on to U. Strict asks the same
    as long as the county may give; with a floor of 1 it has nothing to give, and the city gives two.
    """
    pumps = frame("place item quantity floor", ("a", "pump", 1, floor), ("c", "pump", 2, 0))
    plan = planned({"rule": rule}, **PUMPS | {"stocks": pumps})
    assert unmet(plan) == 0
    from_city = plan.shipments.query("authority == 'C' and use == 'supply' and depart == 1")["quantity"].sum()
    assert from_city == 1 + floor


@pytest.mark.parametrize(
    ("rule", "reaches", "short"), [("strict", True, 1), ("strict", False, 0), ("priority", True, 0)]
)
def test_a_pump_kept_for_another_town_holds_up_the_city(rule: str, reaches: bool, short: int) -> None:
    """The county's pump waits for U, whose road opens in period 2, while the city's two could serve T in period 1.

    Strict, where the pump could reach T: sent there it does not come back to U in time, and kept it leaves T short of
    two. One is short. If it cannot reach T it is no reason to wait.
    """
    roads = [("c", "t", 10.0), ("a", "u", 10.0), ("a", "c", 10.0), *([("a", "t", 10.0)] if reaches else [])]
    plan = planned(
        {"limits": {"supplies": 15.0}, "rule": rule},
        **PUMPS,
        roads=frame("from to minutes", *roads),
        closures=frame("from to period state", ("a", "u", 1, "closed")),
    )
    assert unmet(plan) == short * MILLION


def test_a_durable_is_asked_for_when_the_need_is_known() -> None:
    """Known in period 2: the need of period 1 is short of its pump, the one of period 2 is not."""
    table = frame(
        "place item period quantity known_from", ("t", "pump", 1, 1, 2), ("t", "pump", 2, 1, pd.NA)
    ).astype({"known_from": "Int64"})
    tables = PUMPS | {"needs": table}
    assert unmet(planned(BY_RUNG, **tables)) == MILLION
    assert unmet(planned({}, **tables)) == 0


@pytest.mark.parametrize("quota", [0, 3])
def test_goods_are_sent_ahead_of_any_request(quota: int) -> None:
    """The need of period 1 becomes known in period 2, and the city takes a day to decide: five arrive in period 3.

    Three may be sent ahead and arrive at once; they count in the stage of their step like the rest.
    """
    plan = planned(
        {"periods": 3} | BY_RUNG,
        needs=needs(("t", 1, 5, None, 2)),
        stocks=stocks(("c", 9)),
        quotas=frame("place item quantity", ("t", "mask", quota)),
        ladder=frame("area step decision_hours", ("P", "above-2", 24.0)),
    )
    ahead = [("ahead", 1, quota)] if quota else []
    assert sent(plan, "use", "arrive", "quantity") == [*ahead, ("supply", 3, 5 - quota)]
    assert unmet(plan) == 200_000 * (5 - quota)
    assert plan.stage_values["support:above-2"] == MILLION


@pytest.mark.parametrize(("clear_by", "ahead"), [(None, 3), (3, 3), (2, 2)])
def test_what_was_sent_ahead_is_booked_in_time(clear_by: int | None, ahead: int) -> None:
    """Five are needed in period 3, two of them known from period 2, three from period 3; the road closes after 1.

    Three may go ahead in period 1. Cleared by the end of period 2 they must stand on what is known then: two.
    """
    quotas = frame("place item quantity clear_by", ("t", "mask", 3, clear_by))
    plan = planned(
        {"periods": 3} | BY_RUNG,
        needs=needs(("t", 3, 2, None, 2), ("t", 3, 3, 0, 3)).assign(weight=[1.0, 2.0]),
        stocks=stocks(("c", 9)),
        quotas=quotas.astype({"clear_by": "Int64"}),
        closures=frame("from to period state", ("c", "t", 2, "closed"), ("c", "t", 3, "closed")),
    )
    assert sent(plan, "use", "quantity") == [("ahead", ahead)]


@pytest.mark.parametrize(("rows", "got"), [((), 5), ((("t", 1, "mask", 2),), 2), ((("t", 1, "", 0),), 0)])
def test_a_place_that_is_cut_off_gets_its_default(rows: tuple[Any, ...], got: int) -> None:
    """T needs five in its only period and the county has nine: all can be asked for, or a default of two, or none."""
    plan = planned(
        {"periods": 1},
        needs=needs(("t", 1, 5, None, None)),
        stocks=stocks(("a", 9)),
        blind=frame("place period item quantity", *rows),
    )
    assert plan.shipments["quantity"].sum() == got


def test_a_default_is_sent_without_a_decision_and_without_being_known() -> None:
    """The pool takes a day to decide and the need is known in period 2: the default of period 1 comes all the same."""
    plan = planned(
        BY_RUNG,
        needs=needs(("t", 1, 5, None, 2)),
        stocks=stocks(("a", 9)),
        ladder=frame("area step decision_hours", ("P", "pool", 24.0)),
        blind=frame("place period item quantity", ("t", 1, "mask", 2)),
    )
    assert sent(plan, "use", "arrive", "quantity") == [("supply", 1, 2)]


@pytest.mark.parametrize("keeps", [False, True])
def test_own_needs_come_before_those_of_peers(keeps: bool) -> None:
    """U has 3, needs 2 at weight 1 and T needs 3 at weight 5: peers get all, or only what U has left over.

    T gets 3 of U: 2 of U lost. Under own_first U must be served first, and 2 of T are lost at weight 5.
    """
    table = needs(("t", 1, 3, None, None), ("u", 1, 2, None, None)).assign(weight=[5.0, 1.0])
    plan = planned(
        {"periods": 1},
        needs=table,
        stocks=stocks(("u", 3)),
        rules=frame("rule area", *([("own_first", "A")] if keeps else [])),
    )
    assert unmet(plan) == (10 * MILLION if keeps else 2 * MILLION)


def test_a_need_filed_on_both_channels_counts_once() -> None:
    """Five on one line, seven on the other: seven are needed, with the deadline of the command row."""
    table = frame(
        "place item period quantity deadline channel",
        ("t", "mask", 1, 7, 1, "functional"),
        ("t", "mask", 1, 5, 0, "command"),
        ("u", "mask", 1, 2, 0, "functional"),
    )
    plan = planned({}, needs=table, stocks=stocks(("a", 20)))
    assert plan.served[["place", "quantity"]].to_numpy().tolist() == [["t", 7], ["u", 2]]
    assert unmet(planned({}, needs=table)) == 9 * MILLION


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(12, 300))]
)
def test_plans_by_hand_and_filled_up_keep_every_rule(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """All rules at once: nothing, the plan by hand, and what is filled up keep every row and pass the audit."""
    made = yj.Scenario.from_tables(*command(seed))
    instance = index(made)
    model = assemble(instance)
    idle, by_hand = nothing(instance, model), manual(instance, model)
    assert not caplog.records
    for x in (idle, by_hand, refill(instance, model, idle), refill(instance, model, by_hand)):
        assert model.mip.is_feasible(x)
        assert np.array_equal(with_goods_rules(instance, model, x), x)
        if not any(stage.name == "hard_rules" and stage.value(x) for stage in model.mip.stages):
            audited = audit(made, decode(instance, model, x))
            assert audited.ok, audited.violations["message"].tolist()
