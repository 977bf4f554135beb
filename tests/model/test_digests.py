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
    ("beds", 103): "cfe7f4d6933f3b77f6d52d3d1ba6712de8b341b0a0b3817dcfbd37a3bd412ecc",
    ("beds", 112): "03bb2d0d801d666449c216f32c17b7a219e446b5a8f000d5aa2c3fec0e0bcf12",
    ("consumables", 100): "79743bdd0d571dc4c493fbd5df5283b6319c88312522bfc8f1ce3fea3d6c3806",
    ("consumables", 109): "dca6e557365179342c9fc565d70ae517475bdae3a36f60fee3fefa1c21f7208c",
    ("consumables", 118): "01072637a7e334805073d3057060e7aca6b093da3c95c1a52b37c17471102e4a",
    ("couplings", 106): "3ede79da3138d2d21b2c22513e98fd54e8fb851e952a1a5a78d96d40dee44bdf",
    ("couplings", 115): "52bddbd22eac68746cdc5a72bc079af5d4cc8569e1112ccc2b9867ed3cb360f7",
    ("durables", 101): "58ef241055a3a01ab7bc0cbf0dc91f2ca89368d94f20496489cfc9654e2d40e7",
    ("durables", 110): "686f41d23a71a6e550c911b2280c26fad9be61974f6a7bf83f15ebb4d451b71b",
    ("durables", 119): "1024db3933cd23b70ca0f2bbb4d14a8373f163d8485c9a58707b07c2e11f842a",
    ("isolation", 104): "c6d1b6655ce4ae958195f370a494c58e89238af80c4826f7ecb000fae588a7e8",
    ("isolation", 113): "4a44bab8f0f8a07da40289b384cee8e80bbfd01c7e001aa334085832ce03d91d",
    ("mixed", 108): "353ab3556cd124890bb703a625a7ea3c39280dd2f56832f84e570d46bfe387dd",
    ("mixed", 117): "25222cafab96e5aa8a1a494bf27b5d05bbdbbea7be14f67688e6e2b546661249",
    ("rules", 107): "42463a515defa6dd468a0d454810e6e68322fac0dbdcd9f11052b0be142d35a4",
    ("rules", 116): "a96e5c1f83c3f6f36c7573fc028c0e295cd2c4077667580da8e626eda4f97edd",
    ("teams", 105): "eff09e9a778feac4aed4a3407e22e997d171f1e066d55a73c323d31552aeaf92",
    ("teams", 114): "5450a1ec5f4dfdde10eb461598b7cb5e002376dc603b2d3cc1aa906c7ecce31e",
    ("trips", 102): "5c612e9eb6b37088ffc31131b8c4885816114ad665c5eddf3e98e23de7ad396b",
    ("trips", 111): "8879ee107a7dc66b3cd46d2ffcd514b10e1417ba112389d730e5e82ee67582a9",
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
