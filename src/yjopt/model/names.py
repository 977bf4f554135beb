"""Names and order of the stages, and the marks on blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yjopt.areas import step_name
from yjopt.schema import POSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

STAGE_HARD: Final = "hard_rules"
STAGE_RULES: Final = "rules"
STAGE_PEOPLE: Final = "unmet_people"
STAGE_GOODS: Final = "unmet_goods"
STAGE_TIME: Final = "time"
STAGE_MONEY: Final = "money"

#: Mark of the rows that form a pure network of goods.
NETWORK_GOODS: Final = "goods"

#: Kinds of sources with a stage of their own, last resort first.
_LAST_RESORTS: Final = ("import", "purchase", "requisition")

#: The step that has each position by default.
_STEP_AT: Final = {position: step for step, position in POSITIONS.items()}

#: More steps than any tree can have.
_MOST_STEPS: Final = 16


def step_stage(step: int) -> str:
    """The stage that counts support of a step."""
    return f"support:{step_name(step)}"


def position_stage(position: int) -> str:
    """The stage that counts support of a position: that of the step whose place it is; blank for one's own."""
    name = _STEP_AT[position]
    return "" if name == "own" else f"support:{name}"


def stage_order() -> list[tuple[str, int]]:
    """Every stage that may exist, most important first, with the quanta in one natural unit."""
    support: Iterable[str] = (
        *(f"support:{name}" for name in _LAST_RESORTS),
        *(step_stage(step) for step in range(_MOST_STEPS, 0, -1)),
    )
    return [
        (STAGE_HARD, 1),
        (STAGE_RULES, 1_000),
        (STAGE_PEOPLE, 1_000_000),
        (STAGE_GOODS, 1_000_000),
        *((name, 1) for name in support),
        (STAGE_TIME, 1),
        (STAGE_MONEY, 100),
    ]
