from __future__ import annotations

import tomllib

from yjopt.generation import achieved_text, generate


def test_the_record_is_toml_and_comes_back_equal() -> None:
    achieved = generate(towns=12, periods=2, seed=1)[2]
    assert tomllib.loads(achieved_text(achieved).decode()) == achieved


def test_odd_keys_and_values() -> None:
    record = {
        "a b": {"广东": '省\t"x"', "ok": True, "none": [], "list": ["1", "二"]},
        "e": {},
        "f": {"g": {"h": 1.5e-7}},
    }
    assert tomllib.loads(achieved_text(record).decode()) == record
