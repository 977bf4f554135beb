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
    ("beds", 103): "93e54423d32fed6d5e7c970a89c2af93407412349473546af8ec08a0b7a6dec6",
    ("beds", 112): "03bb2d0d801d666449c216f32c17b7a219e446b5a8f000d5aa2c3fec0e0bcf12",
    ("consumables", 100): "99b1c03bdb768fd24cbdd4bad877a8bf0ac87887da61754eb9994e357e3bd636",
    ("consumables", 109): "d7a10b3341757ea904ce8da3fcbc699cf4b148b6fe5cea8c3f2465cf17aa267a",
    ("consumables", 118): "fa12e368935815328d317a9cb46559a61aaf1d4c8fea4f1e1ee7c4f9183c9efa",
    ("couplings", 106): "c86cfdf3919b6bc25ff857528c572c31ba6fc72e6bf79ffdae3d3b519a941ba2",
    ("couplings", 115): "5e9ec9bac3808bd6219afef6fd4d49c3e73212ba8cba8c0e5274110536de07b9",
    ("durables", 101): "58ef241055a3a01ab7bc0cbf0dc91f2ca89368d94f20496489cfc9654e2d40e7",
    ("durables", 110): "ee5aeffd4f79f99cbe4551fcfaf17949831b8e39b90c0fa048d266c3debd05ae",
    ("durables", 119): "15566f9e997df161e64bf08be45927a6c547e9cefbb67904670a796b8ea49368",
    ("isolation", 104): "0fe0995447c1723c070b6733b9dcdba69e3f9424fbe47d6b4796db8f92ef2bf3",
    ("isolation", 113): "b8026f9a9f960be5704041cc70e82bc11802051aa5e489365d78bb8393fb81c0",
    ("mixed", 108): "2f75195eecf7bb3bf1713fce64ab5d9bf3eda9dac6a0eb95b484f7ca812c5cd0",
    ("mixed", 117): "528f27873529f59c8c312077fe18fa04800d046da9e38db86f2397790632f338",
    ("rules", 107): "8a8bc2a13fa379d9f733badcc01f9f5c35525eb6f043047b5f8f93f4302b355f",
    ("rules", 116): "c41716ab1b6ca89c1023fa54976a20edcf6675afbe4939226bb61e8993646612",
    ("teams", 105): "eff09e9a778feac4aed4a3407e22e997d171f1e066d55a73c323d31552aeaf92",
    ("teams", 114): "5450a1ec5f4dfdde10eb461598b7cb5e002376dc603b2d3cc1aa906c7ecce31e",
    ("trips", 102): "75e6fc7b6253c7228144d4a1fcda716fc5671741c96a743db6cca6679b38ac0b",
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
