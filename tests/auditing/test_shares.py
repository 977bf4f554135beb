"""The share of all need that a pack is, to the last millionth."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from auditing.cases import scenario

from yjopt.auditing.facts import Facts


@pytest.mark.parametrize(
    ("pack", "needs", "share"),
    [
        (1, [1], 1_000_000),
        (1, [3], 333_333),
        (2, [3], 666_667),
        (1, [1, 2, 4], 142_857),
        (100, [30, 50], 1_250_000),
        (1, [2_000_000], 1),  # 0.5 is rounded up
        (1, [2_000_001], 1),  # less would be 0, and is 1
        (1, [400_000], 3),  # 2.5 is rounded up
        (3, [1_000_000_000], 1),
        (5, [0], 1),  # nobody needs it
        (5, [], 1),
    ],
)
def test_shares(pack: int, needs: list[int], share: int) -> None:
    """Millionths, half a millionth rounded up, at least 1; needs of all places and periods count."""
    city = scenario(
        {
            "places": "place,kind,area,unit\ntown,town,E1,\n",
            "items": f"item,pack\nother,7\nmask,{pack}\n",
            "needs": "place,item,period,quantity\ntown,other,1,11\n"
            + "".join(f"town,mask,{period},{quantity}\n" for period, quantity in enumerate(needs, start=1)),
        },
        {"periods": 5},
    )
    facts = Facts(city.canonical)
    assert facts.shares[facts.ids["item"].index("mask")] == share
    wanted = sum(needs)
    assert share == (max(1, math.floor(Fraction(1_000_000 * pack, wanted) + Fraction(1, 2))) if wanted else 1)
