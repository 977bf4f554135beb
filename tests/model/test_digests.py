"""Twenty recorded matrices: a feature nobody uses must not change one of them."""

from __future__ import annotations

import pytest
from tiny import FAMILIES

from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.scenario import Scenario

#: SHA-256 of the model of each tiny scenario (family, seed). Recorded when the model was first complete; a change
#: here means that the mathematics of scenarios that do not use a new feature has changed: say why in the changelog.
DIGESTS: dict[tuple[str, int], str] = {
    ("beds", 103): "4fefe46bade6857e55937a513d14de5676b38beeaafb85bab2f19c4bedfc91b1",
    ("beds", 112): "855b2fb23ae312162a97b4ad0ff0114bb95549bc7e1ae5b18e6adf31f8bfc097",
    ("consumables", 100): "99b1c03bdb768fd24cbdd4bad877a8bf0ac87887da61754eb9994e357e3bd636",
    ("consumables", 109): "d7a10b3341757ea904ce8da3fcbc699cf4b148b6fe5cea8c3f2465cf17aa267a",
    ("consumables", 118): "cbe13c1f36fbc31ee2a965bd70d54392a027ef86362c521015aae4d17b621228",
    ("couplings", 106): "1258424a9e05a932cfcc8f6a6796e034d987fe5b38c00bb8af3c5a9f2cefbf2c",
    ("couplings", 115): "5e9ec9bac3808bd6219afef6fd4d49c3e73212ba8cba8c0e5274110536de07b9",
    ("durables", 101): "322560c99c8f12356ec9d6a0c539e61d7bc8f8b52d39d3b1589d68683fdad924",
    ("durables", 110): "9dc80be20dad7266c32057c0a3c497092b80587eb6f722ab08856f87a6888f95",
    ("durables", 119): "15566f9e997df161e64bf08be45927a6c547e9cefbb67904670a796b8ea49368",
    ("isolation", 104): "0fe0995447c1723c070b6733b9dcdba69e3f9424fbe47d6b4796db8f92ef2bf3",
    ("isolation", 113): "b8026f9a9f960be5704041cc70e82bc11802051aa5e489365d78bb8393fb81c0",
    ("mixed", 108): "ea3d57c98e066b4b20953adff4a343e4d41e5548a072b1d5213bd09dfba3f64b",
    ("mixed", 117): "0687bb1e3ad638c3c11d7f90470c3aae2ce142a6892b8191489cdb084297a2cf",
    ("rules", 107): "f1d8c856af61031f8da523dab6c19b2ff66c0d22b7beca271b3edf6e2f0c489d",
    ("rules", 116): "1957030fe7edec2d142b9a7fc811debfad234f71d13aa2f1fbf1e13170f9604a",
    ("teams", 105): "dd9a980d197a4895434cd06cb0dc24e6e6ab48cbc71584cfdff3a6660490de86",
    ("teams", 114): "bafa79595ed9820a1a12ad21cfb247cc399847ebe2f324a59c7f5c0808113cdc",
    ("trips", 102): "0971cefd5a4c4358bdd9ffc1dd7ffa7ef1a76b24e34bb69d859eb9c413d3c35d",
    ("trips", 111): "742a52f32e7074598dd13bb8f9de077bd670d13636e1a365d45cf8230f026110",
}


@pytest.mark.parametrize(("family", "seed"), list(DIGESTS))
def test_the_matrix_is_the_recorded_one(family: str, seed: int) -> None:
    """The same scenario gives the same matrix, to the last bit."""
    scenario = Scenario.from_tables(*FAMILIES[family](seed))
    assert assemble(index(scenario)).mip.digest() == DIGESTS[family, seed]


def test_twenty_are_recorded() -> None:
    """All families are there, twenty matrices in all."""
    assert len(DIGESTS) == 20
    assert {family for family, _ in DIGESTS} == set(FAMILIES)
