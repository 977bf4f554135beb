"""The home part of a lot is written nowhere; the audit's condition against every way to split own use."""

from __future__ import annotations

from itertools import product

import numpy as np
from auditing.cases import plan, scenario
from hypothesis import given
from hypothesis import strategies as st

from yjopt.auditing import audit

PACKS = st.integers(0, 3)


def possible(
    start: int, floor: int, refill: bool, receipts: list[int], own: list[int], other: list[int]
) -> bool:
    """Whether own use can be split over home and free part so that neither ever falls below 0."""
    home_in, free_in, home = [], [], min(start, floor)
    put = home
    for packs in receipts:
        kept = min(packs, floor - put) if refill else 0
        put += kept
        home_in.append(kept)
        free_in.append(packs - kept)
    for split in product(*(range(packs + 1) for packs in own)):
        at_home, free = home, start - home
        for t, from_home in enumerate(split):
            at_home += home_in[t] - from_home
            free += free_in[t] - (own[t] - from_home) - other[t]
            if at_home < 0 or free < 0:
                break
        else:
            return True
    return False


@given(PACKS, PACKS, st.booleans(), *(st.lists(PACKS, min_size=3, max_size=3) for _ in range(3)))
def test_home_part(
    start: int, floor: int, refill: bool, receipts: list[int], own: list[int], other: list[int]
) -> None:
    """The audit finds `stock_balance` or `home_part` broken exactly where no split is possible."""
    case = scenario(
        {
            "places": "place,kind,area,unit\ndepot,depot,E1,E\nours,town,E1,E\ntown,town,E1,\n",
            "roads": "from,to,minutes\ndepot,ours,10\ndepot,town,10\n",
            "items": "item,pack\nmask,1\n",
            "stocks": f"place,item,quantity,floor,refill\ndepot,mask,{start},{floor},{str(refill).lower()}\n",
            "receipts": "place,item,period,quantity\n"
            + "".join(f"depot,mask,{t},{q}\n" for t, q in enumerate(receipts, 1)),
            "needs": "place,item,period,quantity\nours,mask,1,9\ntown,mask,1,9\n",
        },
        {"periods": 3},
    )
    sent = "from,to,item,authority,kind,use,depart,arrive,quantity,rung,step\n" + "".join(
        f"depot,{to},mask,E,physical,supply,{t},{t},{packs},{step}\n"
        for to, flow, step in (("ours", own, "0,own"), ("town", other, "1,pool"))
        for t, packs in enumerate(flow, 1)
        if packs
    )
    found = set(audit(case, plan(shipments=sent)).violations["rule"])
    broken = bool(found & {"stock_balance", "home_part"})
    assert broken == (not possible(start, floor, refill, receipts, own, other))
    left = start + np.cumsum(receipts) - np.cumsum(own) - np.cumsum(other)
    assert ("stock_balance" in found) == bool((left < 0).any())
