"""Cases by name and by options."""

from __future__ import annotations

import argparse

import pytest

from benchmarks.cases import CASES, Case, add_case_options, case_of


def _case(*words: str) -> Case:
    parser = argparse.ArgumentParser()
    add_case_options(parser)
    return case_of(parser.parse_args(words))


def test_every_case_of_the_list_has_a_name() -> None:
    """Six sizes, static and over a week, in nine manners each: all differ but for a country that is not given."""
    assert len(CASES) == 6 * 2 * 9
    assert CASES["prefecture-week-strict"] == Case(towns=850, periods=7, rule="strict")
    assert CASES["city-beds"] == Case(towns=85, family="beds")
    assert len({case.name for case in CASES.values()}) == len(CASES)


def test_options_go_before_the_name() -> None:
    """A name is a start: what is said beside it counts, what is not stays."""
    assert _case() == Case(towns=850, periods=1, seed=11)
    assert _case("--of", "city-week-strict") == Case(towns=85, periods=7, rule="strict")
    assert _case("--of", "city-week-strict", "--periods", "2", "--rule", "priority", "--plain") == Case(
        towns=85, periods=2, plain=True
    )


def test_a_real_country_is_optional() -> None:
    """Without its tables the province is a made-up one of as many towns; with them it is that part of the country."""
    assert _case("--of", "guangdong") == Case(towns=1_611)
    country = ("--areas", "areas.csv", "--towns-from", "towns.csv")
    assert _case("--of", "guangdong", *country).within == "44"
    assert _case(*country, "--within", "4418").name == "reference-real4418x1-seed11"
    assert _case("--of", "nation", *country).name == "reference-real-nationx1-seed11"


@pytest.mark.parametrize("words", [("--areas", "areas.csv"), ("--within", "44")])
def test_half_a_country_is_refused(words: tuple[str, ...]) -> None:
    """A tree without towns, a part without a whole."""
    with pytest.raises(SystemExit, match="--towns-from"):
        _case(*words)


def test_an_unknown_name_is_refused() -> None:
    """The answer says where the names are."""
    with pytest.raises(SystemExit, match="no case metropolis; `list`"):
        _case("--of", "metropolis")
