"""The input tables of the command rules (docs/concepts/command.md), as data."""

from __future__ import annotations

from typing import Final

from yjopt.schema.columns import SOURCE, Column, Table, choice, decimal, flag, identifier, integer

#: What the ladder, gates and pairing hold for.
RESOURCES: Final = ("supplies", "beds", "isolation", "teams")
#: Position of each step in the order of asking, where no ladder says otherwise.
POSITIONS: Final = {
    "own": 0, "pool": 1, "peer-1": 2, "peer-2": 3, "above-2": 4, "peer-3": 5, "above-3": 6, "peer-4": 7, "above-4": 8,
    "requisition": 20, "purchase": 21, "import": 22,
}  # fmt: skip
#: Response levels, the worst first.
RESPONSE_LEVELS: Final = ("I", "II", "III", "IV")
MODES: Final = ("peace", "war")
#: Severity of an emergency, the least first.
SEVERITIES: Final = ("ordinary", "large", "major", "extraordinary")
#: What a gate may open.
OPENS: Final = ("step", "kind", "lateral", "skip", "quota", "facility")
ROLES: Final = ("designated", "backup", "makeshift")


def _area(name: str, meaning: str, meaning_zh: str, *, key: bool = True) -> Column:
    return identifier(name, meaning, meaning_zh, refers_to="areas.area", key=key)


def _place() -> Column:
    return identifier("place", "Where.", "地点", refers_to="places.place", key=True)


def _state(*, key: bool, blank: str) -> tuple[Column, ...]:
    return (
        choice("level", RESPONSE_LEVELS, f"Response level, I the worst; {blank}.", "响应等级", default="", key=key),
        choice("mode", MODES, f"Peace or war; {blank}.", "平时或战时", default="", key=key),
        choice("severity", SEVERITIES, f"Severity of the emergency; {blank}.", "事件等级", default="", key=key),
    )  # fmt: skip


def _resource() -> Column:
    return choice("resource", RESOURCES, "What it holds for; blank: all.", "资源类别", default="", key=True)


def _table(name: str, meaning: str, meaning_zh: str, *columns: Column) -> Table:
    return Table(name=name, meaning=meaning, meaning_zh=meaning_zh, columns=(*columns, SOURCE))


TABLES_COMMAND: Final[tuple[Table, ...]] = (
    _table(
        "ladder", "The order in which steps are asked, and how long each decision takes.", "支援梯次",
        _area("area", "For takers inside this area.", "适用行政区"),
        _resource(),
        choice("step", tuple(POSITIONS), "The step.", "梯次", key=True),
        integer("position", "", "Its position: that of the step whose place it takes; blank: its own.", "次序", maximum=22, default=None),
        decimal("decision_hours", "hour", 100, "How long the decision takes.", "决策小时", maximum=100_000, default=0.0),
    ),
    _table(
        "levels", "Response level, mode and severity of an area from a period on.", "响应等级",
        _area("area", "The area, with all inside that have no rows of their own.", "行政区"),
        integer("period", "period", "From this period on.", "起始时段", minimum=1, key=True),
        *_state(key=False, blank="blank: as before, or as in the area above"),
    ),
    _table(
        "gates", "What is open only from a response level, in a mode, from a severity on.", "启动条件",
        identifier("gate", "Id of the gate.", "条件代码", key=True),
        _area("area", "For takers inside this area.", "适用行政区", key=False),
        choice("opens", OPENS, "A step, a reserve kind, every peer step, skip-level aid, goods sent ahead, a facility.", "开放对象"),
        identifier("which", "Name of the step, reserve kind, item or place; blank: all.", "对象名称", default=""),
        choice("resource", RESOURCES, "What it holds for; blank: all.", "资源类别", default=""),
        *_state(key=False, blank="blank: any"),
    ),
    _table(
        "pairing", "Aid between peers one to one: who helps whom.", "对口支援",
        _area("area", "Takers inside this area get peer aid only from its helpers.", "受援行政区"),
        _area("helper", "Givers inside this area may help.", "支援行政区"),
        _resource(),
        flag("consent", "The parent decides; otherwise the taker asks the giver directly.", "须上级同意", default=True),
    ),
    _table(
        "quotas", "Goods that may be sent ahead of any request: dispatch first, report after.", "先下发额度",
        _place(),
        identifier("item", "The supply.", "物资", refers_to="items.item", key=True),
        integer("quantity", "base units", "Most that may be sent ahead in all.", "额度"),
        integer("clear_by", "period", "From the end of this period all of it is booked on needs; blank: never asked.", "核销时段",
                minimum=1, default=None),
    ),
    _table(
        "blind", "Periods in which a place is cut off and gets its pre-agreed default.", "失联地点",
        _place(),
        integer("period", "period", "Period in which it cannot ask.", "时段", minimum=1, key=True),
        identifier("item", "The supply; blank: no default, only cut off.", "物资", refers_to="items.item", key=True, default=""),
        integer("quantity", "base units", "Most that is sent unasked in this period.", "默认数量", default=0),
    ),
    _table(
        "facilities", "Hospitals that open in order.", "启用顺序",
        _place(),
        choice("role", ROLES, "Designated: open; backup: after the designated ones are loaded; makeshift: converts the place.", "定位"),
        integer("setup", "periods", "Periods from decision to use.", "准备时段", maximum=10_000, default=0),
        decimal("cost", "yuan", 100, "Cost of opening.", "开设费用", default=0.0),
    ),
)  # fmt: skip
