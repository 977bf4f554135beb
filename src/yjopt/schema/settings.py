"""The settings of a scenario (``scenario.toml``), as data."""

from __future__ import annotations

from typing import Final

from yjopt.schema.columns import Setting
from yjopt.schema.tables_command import RESOURCES

#: Kinds of travel, each with a limit of its own.
TRAVEL_KINDS: Final = ("supplies", "patients", "contacts", "teams")

_LIMITS = tuple(
    Setting(section="limits", name=kind, type="decimal", unit="minute", per_unit=60, minimum=0, maximum=100_000, default=default,
            meaning=f"Longest travel time for {kind}; a pair beyond it does not exist.", meaning_zh="最长行车时间")
    for kind, default in zip(TRAVEL_KINDS, (480.0, 180.0, 180.0, 480.0), strict=True)
)  # fmt: skip

_NEAREST = tuple(
    Setting(section="nearest", name=kind, type="integer", unit="pairs", minimum=0, maximum=1_000_000, default=0,
            meaning=f"Keep only so many nearest givers per taker for {kind}; 0 keeps all. The plan reports what is left out.",
            meaning_zh="仅保留最近的若干配对")
    for kind in TRAVEL_KINDS
)  # fmt: skip

_WEIGHTS = tuple(
    Setting(section="weights", name=stage, type="decimal", per_unit=1_000_000, minimum=0, maximum=1_000_000, default=default,
            meaning=f"Weight of one unit of the stage {stage} in the weighted objective.", meaning_zh="加权目标中的权重")
    for stage, default in (("rules", 1000.0), ("unmet_people", 100.0), ("unmet_goods", 1.0), ("support", 0.0001),
                           ("time", 0.000001), ("money", 0.000001))
)  # fmt: skip

_STRICT = tuple(
    Setting(section="strict", name=resource, type="flag", default=True,
            meaning=f"Whether rule strict holds for {resource}.", meaning_zh="严格逐级适用范围")
    for resource in RESOURCES
)  # fmt: skip

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(section="", name="name", type="text", default="", meaning="Name of the scenario.", meaning_zh="名称"),
    Setting(section="", name="periods", type="integer", default=1, minimum=1, maximum=366, unit="periods",
            meaning="Number of periods; 1 is a static plan.", meaning_zh="时段数"),
    Setting(section="", name="period_hours", type="decimal", default=24.0, minimum=0.25, maximum=8784, per_unit=100, unit="hour",
            meaning="Length of a period.", meaning_zh="时段小时数"),
    Setting(section="", name="start", type="text", default="",
            meaning="Date of period 1, as 2020-02-01; only shown.", meaning_zh="起始日期"),
    Setting(section="", name="ignore_delays", type="flag", default=False,
            meaning="Waive travel, release, call-up, lead and set-up delays; the plan says so.", meaning_zh="忽略各种时延"),
    Setting(section="", name="objective", type="choice", default="stages", choices=("stages", "weighted"),
            meaning="Stages one after the other, or their weighted sum.", meaning_zh="目标方式"),
    Setting(section="", name="rule", type="choice", default="priority", choices=("flat", "priority", "strict"),
            meaning="Support from higher steps is free (flat), a stage (priority), or comes only when lower steps are exhausted (strict).",
            meaning_zh="支援规则"),
    Setting(section="", name="delays", type="choice", default="direct", choices=("direct", "by_rung"),
            meaning="Whether decisions take the time of their step, and nobody asks before a need is known (by_rung).", meaning_zh="决策时延"),
    Setting(section="", name="cover_periods", type="integer", default=1, minimum=0, maximum=366, unit="periods",
            meaning="How many periods ahead of its needs a place may be supplied (rule strict, delays by_rung).", meaning_zh="保障提前时段"),
    Setting(section="carry", name="person", type="decimal", default=100.0, per_unit=1, maximum=100_000, unit="kg",
            meaning="Load that moving a person counts in the time stage.", meaning_zh="运送一人折合重量"),
    Setting(section="carry", name="team", type="decimal", default=500.0, per_unit=1, maximum=100_000, unit="kg",
            meaning="Load that moving a team counts in the time stage.", meaning_zh="运送一队折合重量"),
    *_STRICT,
    Setting(section="support", name="people", type="flag", default=False,
            meaning="Support stages count admissions, isolations and tours, too, not goods only.", meaning_zh="梯次目标计入人员"),
    *_LIMITS,
    *_NEAREST,
    *_WEIGHTS,
)  # fmt: skip
