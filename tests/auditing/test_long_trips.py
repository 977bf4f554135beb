"""Trips longer than a vehicle's day, and loads that just fit, worked out by hand."""

from __future__ import annotations

import pytest
from auditing.cases import plan, scenario

from yjopt.auditing import Audit, audit


def audited(trips: str, sent: str = "1,1", hours: float = 1, vehicles: int = 1, minutes: int = 90) -> Audit:
    """The audit of five packs of 2 kg and 3 litres sent 90 minutes far, in periods of a day.

    A van carries 10 kg and 15 litres and drives an hour a period. The way there and back takes three hours: the van
    is away for three periods, all of its hour in each.
    """
    city = scenario(
        {
            "places": "place,kind,area,unit\ndepot,depot,E1,E\ntown,town,E1,\n",
            "roads": f"from,to,minutes\ndepot,town,{minutes}\n",
            "items": "item,pack,kg,litres\nmask,1,2,3\n",
            "stocks": "place,item,quantity\ndepot,mask,50\n",
            "needs": "place,item,period,quantity\ntown,mask,1,50\n",
            "fleets": "fleet,place,vehicles,payload_kg,volume_litres,hours,cost_per_hour\n"
            f"van,depot,{vehicles},10,15,{hours},60\n",
        },
        {"periods": 5},
    )
    shipments = "from,to,item,authority,kind,use,depart,arrive,quantity,rung,step\n" + "".join(
        f"depot,town,mask,E,physical,supply,{period},{period},5,1,pool\n" for period in sent.split(",")[::2]
    )
    return audit(city, plan(shipments=shipments, trips="fleet,from,to,depart,trips\n" + trips))


def broken(found: Audit) -> set[str]:
    """The rules of vehicles that are broken."""
    return set(found.violations["rule"]) & {"vehicle_hours", "payload", "volume"}


@pytest.mark.parametrize(
    ("second", "rules"),
    [(2, {"vehicle_hours"}), (3, {"vehicle_hours"}), (4, set()), (5, set())],
)
def test_a_long_trip_takes_three_days(second: int, rules: set[str]) -> None:
    """The next trip of the only van can start on the fourth day, not before."""
    found = audited(f"van,depot,town,1,1\nvan,depot,town,{second},1\n", f"1,1,{second},{second}")
    assert broken(found) == rules
    first = found.violations[found.violations["rule"] == "vehicle_hours"]
    assert first["period"].tolist() == [period for period in (2, 3) if period >= second]
    assert (first["amount"] == 3600).all()


def test_two_vans_go_one_after_the_other() -> None:
    """With two, a second trip on the second day is right, a third on the third is not."""
    assert broken(audited("van,depot,town,1,1\nvan,depot,town,2,1\n", "1,1,2,2", vehicles=2)) == set()
    three = "van,depot,town,1,1\nvan,depot,town,2,1\nvan,depot,town,3,1\n"
    assert broken(audited(three, "1,1,2,2,3,3", vehicles=2)) == {"vehicle_hours"}


def test_a_trip_that_just_fits_into_the_hours() -> None:
    """Three hours for three hours of driving: the van is back the same day, and only once."""
    assert broken(audited("van,depot,town,1,1\nvan,depot,town,2,1\n", "1,1,2,2", hours=3)) == set()
    assert broken(audited("van,depot,town,1,2\n", hours=3)) == {"vehicle_hours"}
    assert broken(audited("van,depot,town,1,2\n", hours=6)) == set()
    assert broken(audited("van,depot,town,1,2\n", hours=5.99)) == {"vehicle_hours"}


def test_a_van_without_hours_makes_no_trip() -> None:
    """However many of them there are, and however near the town."""
    assert broken(audited("van,depot,town,1,1\n", hours=0, vehicles=9)) == {"vehicle_hours"}


def test_every_trip_is_paid_to_the_second() -> None:
    """Three hours at 60 yuan: 180 yuan a trip, in fen, whatever the days it takes; 182 minutes are 182 yuan."""
    assert audited("van,depot,town,1,1\n").stages["money"] == 18_000
    assert audited("van,depot,town,1,2\n", hours=6, minutes=91).stages["money"] == 2 * 18_200


def test_a_load_that_just_fits() -> None:
    """Five packs are 10 kg and 15 litres: one trip; two trips for five packs more."""
    assert broken(audited("van,depot,town,1,1\n", hours=3)) == set()
    assert broken(audited("", hours=3)) == {"payload", "volume"}
