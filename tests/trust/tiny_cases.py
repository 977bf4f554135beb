"""What the tests of this folder share: tiny scenarios by number, solved to proof, and a fingerprint of their plans."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tiny import FAMILIES

import yjopt as yj
from yjopt.areas import step_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

Frames = dict[str, "pd.DataFrame"]
Nested = dict[str, Any]

#: Every stage name in the order in which stages are solved.
STAGES = (
    "hard_rules",
    "rules",
    "unmet_people",
    "unmet_goods",
    *(f"support:{kind}" for kind in ("import", "purchase", "requisition")),
    *(f"support:{step_name(order)}" for order in range(20, 0, -1)),
    "time",
    "money",
)


def cases(first: int, count: int, families: Sequence[str] = tuple(FAMILIES)) -> Iterator[tuple[str, int]]:
    """So many pairs of family and seed, families in turn, seeds from `first`."""
    for number in range(count):
        yield families[number % len(families)], first + number // len(families)


def drawn(family: str, seed: int) -> tuple[Frames, Nested]:
    """Tables and settings of a tiny scenario."""
    return FAMILIES[family](seed)


def solved(frames: Frames, settings: Nested) -> yj.Plan:
    """The plan of a scenario, every stage to the last quantum, audited.

    Raises
    ------
    AssertionError
        If it is neither proven best nor proven impossible.
    """
    plan = yj.solve(yj.Scenario.from_tables(frames, settings), gap=0, time_limit=60)
    assert plan.status in ("optimal", "impossible"), plan.status
    assert plan.stopped_by == "proof"
    return plan


def worth(plan: yj.Plan) -> tuple[int, ...] | str:
    """What a plan comes to, stage by stage in the order of stages; a word where no plan is possible.

    A stage that a model does not have counts 0 in it.
    """
    if plan.status == "impossible":
        return plan.status
    values = plan.stage_values
    assert set(values) <= set(STAGES), values
    return tuple(values.get(name, 0) for name in STAGES)


def fingerprint(tables: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 (hex) of plan tables as text, to the last row."""
    total = hashlib.sha256()
    for name in sorted(tables):
        total.update(f"{name}\n{tables[name].to_csv(index=False, lineterminator=chr(10))}".encode())
    return total.hexdigest()
