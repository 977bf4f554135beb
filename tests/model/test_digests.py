"""Twenty recorded matrices: a feature nobody uses must not change one of them.

The scenarios were drawn by `tiny` with the seed in their name. They stand in files, so that the matrices are compared
on the same scenarios also when the drawing changes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import FAMILIES

import yjopt as yj
from yjopt.instance import index
from yjopt.model.assembly import assemble

RECORDED = Path(__file__).parent / "recorded"

#: SHA-256 of the model of each recorded scenario. A change here means that the mathematics of scenarios that do not
#: use a new feature has changed: say why in the changelog.
DIGESTS: dict[str, str] = {
    "beds-103": "728ed861fc65f5feac5430a0b25d4635371ff7e3c6c96f79dc70b1315072a042",
    "beds-112": "6efbbfcededf0dbc44cab1c813390421d1e2bbb3975fdbeb0ef40ca6fd2c7db9",
    "consumables-100": "99b1c03bdb768fd24cbdd4bad877a8bf0ac87887da61754eb9994e357e3bd636",
    "consumables-109": "d7a10b3341757ea904ce8da3fcbc699cf4b148b6fe5cea8c3f2465cf17aa267a",
    "consumables-118": "cbe13c1f36fbc31ee2a965bd70d54392a027ef86362c521015aae4d17b621228",
    "couplings-106": "bb657a55174f8048602f13c3e519ea2ec74f5931a21e4f0f54d826cd214d37c5",
    "couplings-115": "eb35fabd081ef1b807a25149470fb42bb0a704ff76c8fc5609877796fb0a5572",
    "durables-101": "322560c99c8f12356ec9d6a0c539e61d7bc8f8b52d39d3b1589d68683fdad924",
    "durables-110": "9dc80be20dad7266c32057c0a3c497092b80587eb6f722ab08856f87a6888f95",
    "durables-119": "15566f9e997df161e64bf08be45927a6c547e9cefbb67904670a796b8ea49368",
    "isolation-104": "5bf1272e4e9d0eb4e90ad94438d3f1cff86e4d2fc15d7fad75747946081bcd97",
    "isolation-113": "47dedf7f2eef85bd8fb1b76e882024c34a001a030de1d82a2d5d4dc86e94dee0",
    "mixed-108": "be0a1df83bcbc42c589129ce6b58ae79e9b401f02f5a4f97717b950e502103ea",
    "mixed-117": "de4036eb65eadc6253707490a5d9dedf10b9f833f3cdd49fc8a587df2e2f7a97",
    "rules-107": "718848f47427f7adf3cbfbc3412a6edbfad699bcab909ca0ef29ba0f59c0bd99",
    "rules-116": "2fceb48bd859757f0b0f96141d0a32f042965ee831fa53bff8c34a4baf857725",
    "teams-105": "161709612da98307c51fd9f09541e7245a0d165c19288838867cbcef2d536454",
    "teams-114": "bafa79595ed9820a1a12ad21cfb247cc399847ebe2f324a59c7f5c0808113cdc",
    "trips-102": "0971cefd5a4c4358bdd9ffc1dd7ffa7ef1a76b24e34bb69d859eb9c413d3c35d",
    "trips-111": "25d58ffe75aa23bd10c99a026e50eff93c34019ea5d11d1028654f96bd460f72",
}


@pytest.mark.parametrize("name", list(DIGESTS))
def test_the_matrix_is_the_recorded_one(name: str) -> None:
    """The same scenario gives the same matrix, to the last bit."""
    scenario = yj.read(RECORDED / f"{name}.json")
    assert assemble(index(scenario)).mip.digest() == DIGESTS[name]


def test_twenty_are_recorded() -> None:
    """All families are there, twenty matrices in all, and no file without its digest."""
    assert len(DIGESTS) == 20
    assert {name.partition("-")[0] for name in DIGESTS} == set(FAMILIES)
    assert {path.stem for path in RECORDED.glob("*.json")} == set(DIGESTS)
