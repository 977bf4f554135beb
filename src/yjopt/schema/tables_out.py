"""The tables of a plan, as data."""

from __future__ import annotations

from typing import Final

from yjopt.schema.columns import Column, Table, choice, identifier, integer, text
from yjopt.schema.tables_command import RESOURCES
from yjopt.schema.tables_in import SOURCE_KINDS, STOCK_KINDS


def _id(name: str, meaning: str, meaning_zh: str, *, key: bool = True, default: object = "") -> Column:
    return identifier(name, meaning, meaning_zh, key=key, default=default)


def _whole(name: str, unit: str, meaning: str, meaning_zh: str, *, key: bool = False) -> Column:
    return integer(name, unit, meaning, meaning_zh, key=key, maximum=10**15)


def _period(name: str, meaning: str, meaning_zh: str, *, key: bool = True) -> Column:
    return integer(name, "period", meaning, meaning_zh, key=key)


def _table(name: str, meaning: str, meaning_zh: str, *columns: Column) -> Table:
    return Table(name=name, meaning=meaning, meaning_zh=meaning_zh, columns=columns, required=True)


_FROM = _id("from", "Origin.", "起点")
_TO = _id("to", "Destination.", "终点")
_PLACE = _id("place", "Where.", "地点")
_ITEM = _id("item", "The supply.", "物资")
_AUTHORITY = _id("authority", "The area that releases it.", "调拨权")
_KIND = choice("kind", STOCK_KINDS, "Reserve kind.", "储备方式", key=True)

TABLES_OUT: Final[tuple[Table, ...]] = (
    _table(
        "shipments", "Goods sent: from a lot to a place. 'from' equals 'to' when a lot is used where it lies.", "调运",
        _FROM, _TO, _ITEM, _AUTHORITY, _KIND,
        choice("use", "supply ahead store", "'supply': handed to the taker; 'ahead': sent ahead of any request; 'store': moved to another store "
               "of the same authority.", "用途", key=True),
        _period("depart", "Period of departure.", "出发时段"),
        _period("arrive", "Period of arrival.", "到达时段", key=False),
        _whole("quantity", "base units", "Quantity, whole packs.", "数量"),
        _whole("rung", "", "Levels climbed from the taker's unit.", "级次"),
        text("step", "Step of the ladder: own, pool, peer-1, peer-2, above-2, ...", "支援梯次"),
    ),
    _table(
        "trips", "Round trips of vehicles.", "车次",
        _id("fleet", "Fleet.", "车队"), _FROM, _TO,
        _period("depart", "Period of departure.", "出发时段"),
        _whole("trips", "trips", "Number of round trips.", "车次"),
    ),
    _table(
        "procurements", "Goods ordered from sources.", "订购",
        _PLACE, _ITEM,
        choice("kind", SOURCE_KINDS, "Kind of source.", "来源类型", key=True),
        _AUTHORITY,
        _period("order", "Period of the order.", "下单时段"),
        _period("arrive", "Period of arrival.", "到货时段", key=False),
        _whole("quantity", "base units", "Quantity, whole packs.", "数量"),
    ),
    _table(
        "served", "Which need is met when.", "满足需求",
        _PLACE, _ITEM,
        _period("needed", "Period of the need.", "需求时段"),
        Column(name="weight", type="decimal", meaning="Weight of the need.", meaning_zh="权重", per_unit=1000, key=True),
        _period("period", "Period in which it is met (a durable: the same).", "满足时段"),
        _whole("quantity", "base units", "Base units of the need met.", "数量"),
        _whole("packs", "packs", "Packs handed over for it; the last one may be partly filled by the need.", "包数"),
    ),
    _table(
        "admissions", "People admitted to beds.", "收治",
        _FROM, _TO,
        _id("class", "Bed class.", "床位类别"),
        _id("group", "Care group.", "病情分级"),
        _period("arrived", "Period in which they fell ill.", "到达时段"),
        _period("period", "Period of admission.", "收治时段"),
        _whole("people", "people", "How many.", "人数"),
    ),
    _table(
        "transfers", "People moved between hospitals.", "转院",
        _FROM, _TO,
        _id("from_class", "Bed class left.", "原床位类别"),
        _id("to_class", "Bed class entered.", "新床位类别"),
        _id("group", "Care group; blank for people already there at the start.", "病情分级"),
        _period("last", "Last period of their stay (people there at the start: at most the horizon).", "最后时段"),
        _period("period", "First period in the new bed.", "转入时段"),
        _whole("people", "people", "How many.", "人数"),
    ),
    _table(
        "isolations", "People brought to isolation sites.", "隔离安置",
        _FROM, _TO,
        _id("category", "Isolation category.", "隔离类别"),
        _period("arrived", "Period in which isolation is due.", "应隔离时段"),
        _whole("part", "", "Part of a group that had to be split, from 1.", "分批", key=True),
        _period("period", "First period on the site.", "入住时段"),
        _whole("people", "people", "How many.", "人数"),
    ),
    _table(
        "deployments", "Tours of teams.", "派遣",
        _id("pool", "Pool.", "队伍"), _PLACE,
        _id("skill", "Skill used.", "技能"),
        _id("task", "Task; blank for staffing of beds or rooms.", "任务"),
        _period("depart", "Period of the call.", "召集时段"),
        _period("first", "First period of work.", "首个工作时段", key=False),
        _period("last", "Last period of work (at most the horizon).", "末个工作时段", key=False),
        _whole("teams", "teams", "Number of teams.", "队数"),
    ),
    _table(
        "openings", "Surge levels and candidate sites opened.", "开设",
        _PLACE,
        choice("what", "surge site facility", "Surge level of a class, isolation site, or backup or makeshift hospital.", "对象", key=True),
        _id("class", "Bed class of a surge level; else blank.", "床位类别"),
        _whole("level", "", "Surge level; else 0.", "级次", key=True),
        _period("decided", "Period in which set-up starts.", "决定时段"),
        _period("first", "First period of use.", "启用时段", key=False),
        _period("last", "Last period of use (at most the horizon).", "停用时段", key=False),
    ),
    _table(
        "holdings", "Which category a site holds in which periods.", "隔离点用途",
        _PLACE,
        _id("category", "Isolation category.", "隔离类别"),
        _period("period", "Period.", "时段"),
    ),
    _table(
        "stocks", "Stock at the end of each period.", "期末库存",
        _PLACE, _ITEM,
        _id("authority", "Authority of the lot; blank for goods handed over.", "调拨权"),
        choice("kind", (*STOCK_KINDS, "received", "loose", "in_use"), "Reserve kind; 'received': packs handed over; 'loose': opened packs; "
               "'in_use': durables at work or in cleaning.", "储备方式", key=True),
        _period("period", "Period.", "时段"),
        _whole("quantity", "base units", "Quantity.", "数量"),
    ),
    _table(
        "unmet", "What waits at the end of a period, and what is lost in it.", "未满足",
        choice("kind", "supply durable bed isolation task", "Kind.", "类型", key=True),
        choice("state", "waiting lost", "Waiting at the end of the period, or lost in it.", "状态", key=True),
        _PLACE,
        _id("what", "Item, group, category or task.", "对象"),
        _period("period", "Period.", "时段"),
        _whole("amount", "base units, people or teams", "How much.", "数量"),
    ),
    _table(
        "exceptions", "Where the people already there break a limit, and soft rules broken.", "例外",
        choice("rule", "bed_capacity staffing consumption site_capacity isolation_minimum mobile_quota unmet_ceiling", "What is broken.", "规则", key=True),
        _id("place", "Place, or area of a rule.", "地点"),
        _id("what", "Class, category, skill or item.", "对象"),
        _period("period", "Period.", "时段"),
        _whole("amount", "people, members, base units, sites, teams or unmet", "By how much.", "数量"),
    ),
    _table(
        "requests", "Who asks whom for what, and what is ordered, one row for each border that support crosses.", "申请与指令",
        choice("resource", RESOURCES, "Supplies, beds, isolation or teams.", "资源类别", key=True),
        _id("what", "Item, care group, category or skill.", "对象"),
        choice("kind", "request order report", "'request': upwards; 'order': downwards; 'report': upwards, after goods were sent unasked.", "类型",
               key=True),
        _id("asker", "The area that asks or orders.", "申请方"),
        _id("asked", "The area that is asked or ordered.", "受理方"),
        _id("taker", "The unit that gets it.", "受援单位"),
        _id("giver", "The area that gives it.", "支援单位"),
        text("step", "Step of the ladder.", "支援梯次"),
        _period("issued", "Period in which it is asked and decided.", "申请时段"),
        _period("arrive", "Period in which it arrives or begins.", "到达时段"),
        choice("use", "supply ahead default", "Asked for, sent ahead, or default of a blind place.", "用途", key=True),
        _whole("quantity", "base units, people or teams", "Granted.", "批准数量"),
        _whole("asked_quantity", "base units, people or teams", "Asked for: granted and still unmet.", "申请数量"),
        text("rule", "Rule that lets it pass: a gate, pairing, skip; blank: level by level.", "依据"),
        text("proof", "Why lower steps could not give it (rule strict).", "逐级用尽证明"),
    ),
    _table(
        "accounts", "Clearing account of goods sent ahead, at the end of each period.", "核销账",
        _PLACE, _ITEM,
        _period("period", "Period.", "时段"),
        _whole("sent", "base units", "Sent ahead so far.", "已先下发"),
        _whole("booked", "base units", "Of it booked on known needs.", "已核销"),
        _whole("unbooked", "base units", "Of it not booked.", "未核销"),
    ),
)  # fmt: skip
