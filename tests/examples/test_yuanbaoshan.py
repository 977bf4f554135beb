"""The scenario of Yuanbaoshan holds the facts it claims, is sound, and builds again to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import yjopt as yj
from yjopt.schema import STOCK_KINDS

FOLDER = Path(__file__).parents[2] / "examples" / "yuanbaoshan"
DISTRICT, CITY, REGION = "150403", "150400", "150000"
TOWNS = {
    "150403001": "西露天街道",
    "150403002": "平庄城区街道",
    "150403003": "平庄东城街道",
    "150403004": "平庄西城街道",
    "150403005": "云杉路街道",
    "150403006": "马林街道",
    "150403100": "风水沟镇",
    "150403101": "元宝山镇",
    "150403102": "美丽河镇",
    "150403103": "平庄镇",
    "150403104": "五家镇",
    "150403201": "小五家乡",
    "150403400": "赤峰市资源型经济转型开发试验区",
}
CENSUS_2020 = 284_990


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted(FOLDER.glob("*.csv"))
    }


def test_thirteen_towns_under_district_city_and_region(tables: dict[str, pd.DataFrame]) -> None:
    areas = tables["areas"].set_index("area")
    assert areas.query("level == 'town'").name.to_dict() == TOWNS
    assert set(areas.query("level == 'town'").parent) == {DISTRICT}
    assert areas.loc[[DISTRICT, CITY, REGION], "level"].tolist() == ["county", "city", "province"]
    assert areas.loc[[DISTRICT, CITY, REGION], "parent"].tolist() == [CITY, REGION, ""]
    assert areas.loc[[DISTRICT, CITY, REGION], "name"].tolist() == ["元宝山区", "赤峰市", "内蒙古自治区"]


def test_towns_hold_the_census_population(tables: dict[str, pd.DataFrame]) -> None:
    towns = tables["places"].query("kind == 'town'")
    assert set(towns.area) == set(TOWNS)
    assert towns.population.astype(int).sum() == CENSUS_2020


def test_every_place_can_be_reached(tables: dict[str, pd.DataFrame]) -> None:
    graph = nx.from_pandas_edgelist(tables["roads"], "from", "to")
    assert set(graph) == set(tables["places"].place)
    assert nx.is_connected(graph)


def test_the_district_holds_six_reserve_kinds_each_with_its_own_release(
    tables: dict[str, pd.DataFrame],
) -> None:
    """Kinds are lots of their own; the further a reserve is from goods on a shelf, the later it leaves."""
    lots = tables["stocks"].query("authority == @DISTRICT and floor == '0'")
    hours = lots.assign(hours=lots.release_hours.astype(float)).groupby("kind").hours.min()
    assert set(hours.index) == set(STOCK_KINDS)
    order = ["physical", "professional", "social", "commercial", "capacity", "technical"]
    assert hours[order].is_monotonic_increasing and hours.is_unique


def test_what_opens_at_which_level(tables: dict[str, pd.DataFrame]) -> None:
    gates = tables["gates"].set_index(["opens", "which"])
    assert gates.loc[("kind", "professional"), "level"] == "II"
    assert gates.loc[("step", "peer-1"), "level"] == "II"
    assert gates.loc[("step", "above-3"), "severity"] == "major"
    district = tables["levels"].query("area == @DISTRICT and level != ''")
    assert district.level.tolist() == ["IV", "III", "II"]


def test_each_level_has_its_own_time_to_decide(tables: dict[str, pd.DataFrame]) -> None:
    """A town's request: the district decides first, then the city, the region last."""
    ladder = tables["ladder"].query("resource == ''")
    for town in TOWNS:
        hours = ladder.query("area == @town").set_index("step").decision_hours.astype(float)
        assert 0 < hours["pool"] < hours["above-2"] < hours["above-3"], town
    assert set(ladder.area) == {*TOWNS, DISTRICT, CITY}


def test_five_types_of_teams_and_work_for_each(tables: dict[str, pd.DataFrame]) -> None:
    types = {"medical", "tracing", "testing", "psychology", "social_control"}
    assert set(tables["skills"].skill) == set(tables["tasks"].skill) == types


def test_every_rule_of_the_command_has_rows(tables: dict[str, pd.DataFrame]) -> None:
    assert {"own_first", "mobile_quota"} <= set(tables["rules"].rule)
    assert set(tables["pairing"].consent) == {"true", "false"}
    assert len(tables["quotas"]) == 1
    assert set(tables["blind"].place) == {"150403100"}
    needs = tables["needs"].query("known_from != ''")
    assert (needs.known_from.astype(int) < needs.period.astype(int)).any()


def test_needs_of_tests_are_standards_times_people(tables: dict[str, pd.DataFrame]) -> None:
    """The rounds take whole boxes: a test a resident of Yuanbaoshan town, fewer elsewhere."""
    people = tables["places"].set_index("place").population.astype(int)
    pack = int(tables["items"].set_index("item").pack["test_kit"])
    rounds = tables["needs"].query("item == 'test_kit' and place == '150403101'")
    assert set(rounds.quantity.astype(int)) == {people["150403101"] // pack * pack}


def test_nothing_is_to_be_mended() -> None:
    findings = yj.check(FOLDER)
    assert findings.empty, findings.message.tolist()


def test_a_shortage_climbs_from_the_town_to_the_region() -> None:
    """Solved to 0.1 %; the town's own kits go first, then each level is asked, and each request says why."""
    plan = yj.solve(yj.read(FOLDER), time_limit=120)
    assert plan.audit().ok
    assert plan.status == "optimal"
    assert np.minimum(plan.stages.gap, plan.stages.gap_scale).max() <= 1e-3
    assert (plan.stages.set_index("name").loc["unmet_goods", ["value", "bound"]] > 0).all()
    kits = plan.shipments.query("item == 'test_kit' and to == '150403101'")
    assert {"own", "pool", "peer-2", "above-2", "above-3"} <= set(kits.step)
    asked = plan.requests.query("what == 'test_kit' and taker == '150403101' and kind == 'request'")
    assert (asked.proof != "").all()
    chain = asked.query("giver == @REGION")
    assert set(zip(chain.asker, chain.asked, strict=True)) == {
        ("150403101", DISTRICT),
        (DISTRICT, CITY),
        (CITY, REGION),
    }
    assert chain.groupby(["issued", "arrive"]).quantity.nunique().max() == 1


@pytest.mark.long
@pytest.mark.parametrize(
    "rule", ["own_first", "mobile_quota", "pairing", "quotas", "blind", "gates", "ladder"]
)
def test_every_rule_of_the_command_bites(rule: str) -> None:
    """Without it people or goods are served otherwise: a rule that changes nothing has no place in an example."""
    scenario = yj.read(FOLDER)
    rules = scenario.rules
    if rule in set(rules.rule):
        changed = scenario.replace(rules=rules[rules.rule != rule])
    else:
        changed = scenario.replace(**{rule: getattr(scenario, rule).iloc[:0]})
    unmet = []
    for one in (scenario, changed):
        stages = yj.solve(one, time_limit=120).stages.set_index("name")
        unmet.append(stages.loc[["unmet_people", "unmet_goods"]])
    with_rule, without = unmet
    # The intervals in which the two best values lie do not touch.
    apart = (with_rule.bound > without.value) | (without.bound > with_rule.value)
    assert apart.any()


def test_the_page_tells_the_figures_of_the_tables(tables: dict[str, pd.DataFrame]) -> None:
    page = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    contacts = tables["contacts"]
    people = contacts.people.astype(int).groupby(contacts.category).sum()
    kits = tables["needs"].query("item == 'test_kit' and place.str.isdigit()")
    wanted = kits.quantity.astype(int).groupby(kits.place == "150403101").sum()
    told = {
        "{} people": CENSUS_2020,
        "{} in five days": tables["arrivals"].people.astype(int).sum(),
        "with {} contacts": people["close_contact"],
        "and {} arrivals from risk areas": people["key_person"],
        "{} tests for the town of Yuanbaoshan": wanted[True],
        "{} for the two others": wanted[False],
    }
    for words, figure in told.items():
        assert words.format(f"{figure:,}") in page
    stocks = tables["stocks"].query("item == 'test_kit'").set_index("place").quantity.astype(int)
    for place in ("150403101", "district-depot", "health-store"):
        assert f"{stocks[place]:,}" in page


def test_it_builds_again_to_the_same_bytes(tmp_path: Path) -> None:
    geography = os.environ.get("YJOPT_DATA")
    if not geography:
        pytest.skip("YJOPT_DATA names no geography folder, so the scenario cannot be built again")
    build = [sys.executable, str(FOLDER / "build.py"), geography, "-o", str(tmp_path)]
    elsewhere = {"PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(build, check=True, env={**os.environ, **elsewhere})
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = [path for path in FOLDER.iterdir() if path.suffix in (".csv", ".toml")]
    assert built == {path.name: path.read_bytes() for path in kept}
