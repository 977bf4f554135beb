"""The scenario of Qingyuan holds the facts it claims, is sound, and builds again to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

import yjopt as yj

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = EXAMPLES / "qingyuan"
FIRST_DAY = EXAMPLES / "qingyuan_first_day"
COUNTIES = ["441802", "441803", "441821", "441823", "441825", "441826", "441881", "441882"]
CENSUS_2020 = [1_119_901, 618_523, 315_502, 367_175, 95_136, 134_691, 941_325, 377_220]
WITHOUT_CLOSE_SITE = {"441825": "连山壮族瑶族自治县", "441826": "连南瑶族自治县"}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted(FOLDER.glob("*.csv"))
    }


def county_of(tables: dict[str, pd.DataFrame], areas: pd.Series) -> pd.Series:
    """The county of towns, counties of themselves; others have none."""
    parent = tables["areas"].set_index("area").parent
    return areas.where(areas.isin(COUNTIES), areas.map(parent))


def sites(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Sites with the one category they may hold, the county they lie in and the unit that runs them."""
    allowed = tables["site_category"].query("allowed == 'true'")[["place", "category"]]
    found = tables["isolation_sites"].merge(allowed, on="place").merge(tables["places"], on="place")
    return found.assign(county=county_of(tables, found.area))


def test_towns_and_counties_are_the_real_ones(tables: dict[str, pd.DataFrame]) -> None:
    areas = tables["areas"]
    assert areas.query("level == 'county'").area.tolist() == COUNTIES
    towns = areas.query("level == 'town'")
    assert len(towns) == 85
    assert (towns.area.str.len() == 9).all()
    assert (towns.area.str[:6] == towns.parent).all()
    assert {"凤城街道", "连州镇", "秤架瑶族乡"} <= set(towns.name)


def test_towns_hold_the_census_population(tables: dict[str, pd.DataFrame]) -> None:
    towns = tables["places"].query("kind == 'town'")
    people = towns.population.astype(int).groupby(county_of(tables, towns.area)).sum()
    assert people[COUNTIES].tolist() == CENSUS_2020


def test_sites_are_those_of_the_letter(tables: dict[str, pd.DataFrame]) -> None:
    """22 sites for key persons in eight counties; 6 for close contacts in six, a seventh the city's."""
    standing = sites(tables).query("state == 'open'")
    key = standing.query("category == 'key_person'")
    assert (len(key), set(key.unit)) == (22, set(COUNTIES))
    close = standing.query("category == 'close_contact'")
    assert len(close) == 7
    assert close.query("place == 'party-school'").unit.tolist() == ["441800"]
    assert set(COUNTIES) - set(close.unit) == set(WITHOUT_CLOSE_SITE)


def test_every_site_takes_one_category(tables: dict[str, pd.DataFrame]) -> None:
    allowed = tables["site_category"].query("allowed == 'true'")
    assert sorted(allowed.place) == sorted(tables["isolation_sites"].place)
    other = tables["site_category"].query("allowed == 'false'")
    assert (other.conversion_cost.astype(float) > 0).all()


def test_the_rule_asks_for_both_kinds_in_each_county_and_is_soft(tables: dict[str, pd.DataFrame]) -> None:
    rules = tables["rules"].query("rule == 'isolation_minimum'")
    assert len(rules) == 16
    assert set(zip(rules.area, rules.what, strict=True)) == {
        (county, category) for county in COUNTIES for category in ("key_person", "close_contact")
    }
    assert (rules.hard == "false").all() and (rules.count_upper_units == "false").all()
    assert (rules.amount == "1").all()


def test_one_of_the_two_counties_can_be_mended_from_the_fourth_day(tables: dict[str, pd.DataFrame]) -> None:
    """Liannan has a candidate that takes three days of set-up; Lianshan has none for close contacts."""
    candidates = sites(tables).query("state == 'candidate' and category == 'close_contact'")
    setup = candidates.set_index("county").setup.astype(int)
    assert 1 + setup["441826"] == 4
    assert "441825" not in setup


def test_four_levels_answer_a_town_each_in_its_time(tables: dict[str, pd.DataFrame]) -> None:
    """The county, the city and the province decide on what a town asks, higher levels later; peers in between."""
    hours = tables["ladder"].set_index("step").decision_hours.astype(float)
    assert hours["pool"] < hours["peer-1"] < hours["peer-2"] <= hours["above-2"] < hours["above-3"]
    levels = tables["levels"]
    assert set(levels.level) == {"III", "II"}
    assert levels.query("area == '441800'").level.tolist() == ["III", "II"]


def test_strict_rule_and_slow_decisions_may_be_asked_of_it() -> None:
    """By default the demo plans by priority and directly; both settings may be changed without a finding."""
    scenario = yj.read(FOLDER)
    assert (scenario.settings["rule"], scenario.settings["delays"]) == ("priority", "direct")
    strict = scenario.replace({"rule": "strict", "delays": "by_rung"})
    assert (strict.settings["rule"], strict.settings["delays"]) == ("strict", "by_rung")


def test_three_person_teams_and_the_mobile_reserve(tables: dict[str, pd.DataFrame]) -> None:
    pools = tables["pools"].set_index("pool")
    grid = pools[pools.index.str.endswith("-grid")]
    assert grid.teams.astype(int).sum() == 4875
    assert (grid.people == "3").all()
    mobile = pools.loc["city-mobile"]
    assert int(mobile.teams) * int(mobile.people) == 50


def test_every_place_can_be_reached(tables: dict[str, pd.DataFrame]) -> None:
    graph = nx.from_pandas_edgelist(tables["roads"], "from", "to")
    assert set(graph) == set(tables["places"].place)
    assert nx.is_connected(graph)


def test_nobody_lies_where_there_is_no_bed(tables: dict[str, pd.DataFrame]) -> None:
    beds = tables["beds"].set_index(["place", "class"]).beds.astype(int)
    rooms = sites(tables).set_index(["place", "category"]).rooms.astype(int)
    rooms.index.names = ["place", "class"]
    there = tables["occupied"].set_index(["place", "class"]).people.astype(int)
    assert (there <= pd.concat([beds, rooms]).reindex(there.index)).all()


@pytest.mark.parametrize("folder", [FOLDER, FIRST_DAY], ids=["week", "first day"])
def test_the_check_names_the_two_counties_and_hours_that_are_not_in_force(folder: Path) -> None:
    """The hours of decision stand there for those who ask for them: by default decisions take no time."""
    findings = yj.check(folder)
    assert set(findings.severity) == {"warning"}
    assert findings.rule.tolist() == ["minimum_cannot_hold"] * len(WITHOUT_CLOSE_SITE) + ["no_effect"]
    assert "delays is direct" in findings.message.iloc[-1]
    for message, (county, name) in zip(findings.message[:-1], WITHOUT_CLOSE_SITE.items(), strict=True):
        assert county in message and name in message and "close_contact" in message


def test_the_manual_plan_is_sound_and_names_the_two_counties() -> None:
    plan = yj.solve(yj.read(FOLDER), engine="manual")
    assert plan.audit().ok
    short = plan.exceptions.query("rule == 'isolation_minimum'")
    assert set(zip(short.place, short.what, strict=True)) == {
        (county, "close_contact") for county in WITHOUT_CLOSE_SITE
    }
    assert set(plan.exceptions.rule) == {"isolation_minimum"}
    assert short.query("place == '441825'").period.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert {1, 2, 3} <= set(short.query("place == '441826'").period)
    assert all(name in plan.summary() for name in WITHOUT_CLOSE_SITE.values())


@pytest.mark.long
def test_the_first_day_is_solved_to_half_a_percent() -> None:
    """People and goods stages; the manual plan leaves something to gain on the first day already."""
    plan = yj.solve(yj.read(FIRST_DAY), gap=0.005, time_limit=60)
    assert plan.audit().ok
    first = plan.stages.set_index("name").loc[["unmet_people", "unmet_goods"]]
    assert (first.gap_scale <= 0.005).all()
    assert first.value["unmet_people"] < first.manual["unmet_people"]


@pytest.mark.parametrize(("folder", "periods"), [(FOLDER, 7), (FIRST_DAY, 1)], ids=["week", "first day"])
def test_it_builds_again_to_the_same_bytes(tmp_path: Path, folder: Path, periods: int) -> None:
    geography = os.environ.get("YJOPT_DATA")
    if not geography:
        pytest.skip("YJOPT_DATA names no geography folder, so the scenario cannot be built again")
    build = [sys.executable, str(FOLDER / "build.py"), geography, "-o", str(tmp_path)]
    elsewhere = {"PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*build, "--periods", str(periods)], check=True, env={**os.environ, **elsewhere})
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = [path for path in folder.iterdir() if path.suffix in (".csv", ".toml")]
    assert built == {path.name: path.read_bytes() for path in kept}


def test_the_page_tells_the_figures_of_the_tables(tables: dict[str, pd.DataFrame]) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    arrivals, contacts, needs = tables["arrivals"], tables["contacts"], tables["needs"]
    due = contacts.people.astype(int).groupby(contacts.category).sum()
    goods = needs.query("item == 'living_goods'")
    sealed = goods.quantity.astype(int).groupby(goods.period).sum().max() // 2
    told = {
        "{} people fall ill": arrivals.people.astype(int).sum(),
        "in {} towns": arrivals.place.nunique(),
        "{} of their contacts": due["close_contact"],
        "{}\narrivals from risk areas": due["key_person"],
        "Up to {} people are sealed": round(sealed, -4),
    }
    for words, figure in told.items():
        assert words.format(f"{figure:,}") in page
