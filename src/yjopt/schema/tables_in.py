"""The input tables of a scenario, as data. A column stands here only because some rule obeys it."""

from __future__ import annotations

from typing import Final

from yjopt.schema.columns import SOURCE, Column, Table, choice, decimal, flag, identifier, integer, text

#: Administrative levels, lowest first: the rank of a level is its position.
LEVELS: Final = ("town", "county", "city", "province", "nation")
STOCK_KINDS: Final = ("physical", "commercial", "capacity", "technical", "professional", "social")
SOURCE_KINDS: Final = ("production", "contract", "donation", "requisition", "purchase", "import")
#: Layers of teams, first to be sent first.
LAYERS: Final = ("standing", "mobile", "reserve", "militia", "volunteer")
RULES: Final = (
    "isolation_minimum",
    "opening_budget",
    "transfer_budget",
    "own_first",
    "mobile_quota",
    "unmet_ceiling",
    "backup_load",
)


def _place(name: str, meaning: str, meaning_zh: str, *, key: bool = False) -> Column:
    return identifier(name, meaning, meaning_zh, refers_to="places.place", key=key)


def _item(*, key: bool = True) -> Column:
    return identifier("item", "The supply.", "物资", refers_to="items.item", key=key)


def _period(name: str = "period", meaning: str = "Period, from 1.", meaning_zh: str = "时段，从1起", *, key: bool = True,
            default: object | None = ...) -> Column:  # fmt: skip
    if default is ...:
        return integer(name, "period", meaning, meaning_zh, minimum=1, key=key)
    return integer(name, "period", meaning, meaning_zh, minimum=1, key=key, default=default)


def _known() -> Column:
    meaning = "Period from which it is known and may be asked for; blank: its own period."
    return integer("known_from", "period", meaning, "获知时段", minimum=1, default=None)


def _weight(meaning: str, meaning_zh: str, *, key: bool = False) -> Column:
    return decimal(
        "weight", "per unit unmet", 1000, meaning, meaning_zh, maximum=10_000, default=1.0, key=key
    )


def _late(meaning: str, meaning_zh: str) -> Column:
    return decimal("late", "share of weight per period", 1000, meaning, meaning_zh, maximum=1, default=0.01)


def _money(name: str, meaning: str, meaning_zh: str) -> Column:
    return decimal(name, "yuan", 100, meaning, meaning_zh, default=0.0)


def _periods(name: str, meaning: str, meaning_zh: str, *, minimum: int = 0, default: object = 0) -> Column:
    return integer(name, "periods", meaning, meaning_zh, minimum=minimum, maximum=10_000, default=default)


def _table(name: str, meaning: str, meaning_zh: str, *columns: Column, required: bool = False) -> Table:
    return Table(
        name=name, meaning=meaning, meaning_zh=meaning_zh, columns=(*columns, SOURCE), required=required
    )


TABLES_IN: Final[tuple[Table, ...]] = (
    _table(
        "areas", "The administrative tree: one row an area.", "行政区划树",
        identifier("area", "Id of the area.", "行政区代码", key=True),
        choice("level", LEVELS, "Its level.", "级别"),
        identifier("parent", "The area above; blank for the root.", "上级", refers_to="areas.area", default=""),
        text("name", "Name for people.", "名称"),
        required=True,
    ),
    _table(
        "places", "Points on the road graph.", "地点",
        identifier("place", "Id of the place.", "地点代码", key=True),
        choice("kind", "town depot hospital isolation lab plant base", "What it is.", "类型"),
        identifier("area", "The area it lies in.", "所在行政区", refers_to="areas.area"),
        identifier("unit", "The area whose unit runs it; blank: the area it lies in.", "管理单位", refers_to="areas.area", default=""),
        text("name", "Name for people.", "名称"),
        decimal("longitude", "degree", 1_000_000, "Longitude.", "经度", minimum=-180, maximum=180, default=None),
        decimal("latitude", "degree", 1_000_000, "Latitude.", "纬度", minimum=-90, maximum=90, default=None),
        integer("population", "people", "Residents.", "常住人口", default=0),
        required=True,
    ),
    _table(
        "roads", "Road links between places.", "道路",
        _place("from", "One end.", "起点", key=True),
        _place("to", "Other end.", "终点", key=True),
        decimal("minutes", "minute", 60, "Driving time when open.", "行车分钟", minimum=0.05, maximum=100_000),
        flag("one_way", "Only from 'from' to 'to'.", "单行"),
    ),
    _table(
        "closures", "State of a road link in a period; without a row it is open.", "道路管制",
        _place("from", "One end of the link.", "起点", key=True),
        _place("to", "Other end of the link.", "终点", key=True),
        _period(),
        choice("state", "open slowed closed relief", "State; 'relief' lets goods, teams and patients pass, not contacts.", "状态"),
        integer("percent", "per cent", "Time on a slowed link in per cent of its minutes.", "减速后时间百分比", minimum=100,
                maximum=10_000, default=200),
    ),
    _table(
        "times", "Travel times that replace what the roads say, for every kind and period.", "指定行车时间",
        _place("from", "Origin.", "起点", key=True),
        _place("to", "Destination.", "终点", key=True),
        decimal("minutes", "minute", 60, "Travel time.", "分钟", maximum=100_000),
    ),
    _table(
        "items", "Catalogue of supplies.", "物资目录",
        identifier("item", "Id of the item.", "物资代码", key=True),
        text("name", "Name for people.", "名称"),
        text("unit", "Base unit in which it is counted.", "计量单位"),
        integer("pack", "base units", "Base units in one pack; only whole packs are shipped. 1 for a durable.", "每包数量", minimum=1,
                maximum=1_000_000, default=1),
        decimal("kg", "kg per base unit", 1000, "Weight of a base unit.", "单位重量", maximum=100_000, default=0.0),
        decimal("litres", "litre per base unit", 1000, "Volume of a base unit.", "单位体积", maximum=100_000, default=0.0),
        flag("durable", "It is used, not used up.", "耐用品"),
        _periods("turnaround", "Periods of cleaning after a period of use (durables).", "周转时段"),
        _late("Share of the weight that each period of waiting costs.", "延迟系数"),
    ),
    _table(
        "stocks", "Lots: an item at a place under one authority, of one reserve kind.", "库存",
        _place("place", "Where it lies.", "地点", key=True),
        _item(),
        identifier("authority", "The area that may release it; blank: the unit of the place.", "调拨权", refers_to="areas.area",
                   key=True, default=""),
        choice("kind", STOCK_KINDS, "Reserve kind.", "储备方式", default="physical", key=True),
        integer("quantity", "base units", "Serviceable quantity before period 1.", "数量"),
        integer("floor", "base units", "Kept at home: for the authority's own places only.", "留存底线", default=0),
        decimal("release_hours", "hour", 100, "Delay from order to departure.", "出库小时", maximum=100_000, default=0.0),
        flag("refill", "Receipts fill the home part first.", "先补底线"),
        integer("return_by", "period", "From the end of this period all of it stands at home again (durables).", "归还时段",
                minimum=1, default=None),
    ),
    _table(
        "receipts", "Goods already on their way to a lot.", "在途到货",
        _place("place", "Where they arrive.", "地点", key=True),
        _item(),
        identifier("authority", "As in stocks.", "调拨权", refers_to="areas.area", key=True, default=""),
        choice("kind", STOCK_KINDS, "Reserve kind.", "储备方式", default="physical", key=True),
        _period(),
        integer("quantity", "base units", "Quantity.", "数量"),
    ),
    _table(
        "sources", "Where new goods may be ordered: production, contracts, purchases.", "货源",
        _place("place", "Where the goods become a lot.", "地点", key=True),
        _item(),
        choice("kind", SOURCE_KINDS, "Kind of source.", "来源类型", key=True),
        identifier("authority", "The area that orders and owns them; blank: the unit of the place.", "调拨权",
                   refers_to="areas.area", key=True, default=""),
        integer("quantity", "base units", "Ceiling per period.", "每时段上限"),
        decimal("lead_hours", "hour", 100, "From order to arrival.", "交货小时", maximum=100_000, default=0.0),
        _money("cost", "Cost of a base unit.", "单价"),
        _period("first_period", "First period in which it may be ordered.", "起始时段", key=False, default=1),
    ),
    _table(
        "needs", "Items wanted at places: an amount of a consumable, a level of a durable.", "需求",
        _place("place", "Where.", "地点", key=True),
        _item(),
        _period(),
        integer("quantity", "base units", "Quantity.", "数量"),
        _weight("Urgency: what one base unit unmet counts (a durable: per period).", "权重", key=True),
        integer("deadline", "periods", "Periods after which it is lost; blank: it waits to the end.", "时限", default=None),
        _known(),
        choice("channel", "command functional", "Line on which it was filed; a need filed on both counts once.", "申请渠道",
               default="command", key=True),
    ),
    _table(
        "groups", "Care groups of patients.", "病情分级",
        identifier("group", "Id of the group.", "分级代码", key=True),
        text("name", "Name for people.", "名称"),
        _periods("stay", "Periods in bed.", "住院时段", minimum=1, default=1),
        _periods("wait", "Periods a person may wait before being lost.", "可等待时段"),
        _weight("What one person never admitted counts.", "权重"),
        _late("Share of the weight that each period of waiting costs.", "延迟系数"),
    ),
    _table(
        "eligibility", "Which bed classes a group may use.", "床位匹配",
        identifier("group", "Care group.", "病情分级", refers_to="groups.group", key=True),
        identifier("class", "Bed class.", "床位类别", key=True),
        decimal("penalty", "minute", 60, "How much further a person would rather travel than lie in this class.", "不适配分钟",
                maximum=100_000, default=0.0),
    ),
    _table(
        "arrivals", "People who need a bed.", "新增患者",
        _place("place", "Where they are.", "地点", key=True),
        identifier("group", "Care group.", "病情分级", refers_to="groups.group", key=True),
        _period(),
        integer("people", "people", "How many.", "人数", maximum=1_000_000),
        _known(),
    ),
    _table(
        "beds", "Beds in place, per hospital and class.", "床位",
        _place("place", "Hospital.", "医院", key=True),
        identifier("class", "Bed class.", "床位类别", key=True),
        integer("beds", "beds", "Number of beds.", "床位数", maximum=1_000_000),
        _period("opening", "First period in which they may be used.", "启用时段", key=False, default=1),
    ),
    _table(
        "surge", "Ordered blocks of extra beds.", "扩充床位",
        _place("place", "Hospital.", "医院", key=True),
        identifier("class", "Bed class.", "床位类别", key=True),
        integer("level", "", "Order of opening, 1 first.", "扩充级次", minimum=1, maximum=100, key=True),
        integer("beds", "beds", "Beds this level adds.", "增加床位", maximum=1_000_000),
        _periods("setup", "Periods from decision to use.", "准备时段"),
        _periods("breakdown", "Periods of running cost after closing.", "撤收时段"),
        _money("cost", "Cost of opening.", "开设费用"),
        _money("running_cost", "Cost per period from use to the end of break-down.", "每时段运行费用"),
    ),
    _table(
        "occupied", "People already there: in a bed class, or in an isolation category.", "已占用",
        _place("place", "Hospital or isolation site.", "地点", key=True),
        identifier("class", "Bed class or isolation category.", "类别", key=True),
        _period(),
        integer("people", "people", "People still there in this period.", "人数", maximum=1_000_000),
    ),
    _table(
        "categories", "Isolation categories, which never share a site in a period.", "隔离类别",
        identifier("category", "Id of the category.", "类别代码", key=True),
        text("name", "Name for people.", "名称"),
        _periods("stay", "Periods of isolation, counted from when they are due.", "隔离时段", minimum=1, default=14),
        _periods("wait", "Periods a group may wait; waiting shortens the stay.", "可等待时段"),
        _weight("What one person counts per period without isolation.", "权重"),
        flag("together", "A group (one town, category and period) goes to one site.", "同批同点", default=True),
        flag("split", "A group larger than every site it reaches may be split.", "可拆分"),
    ),
    _table(
        "isolation_sites", "Isolation sites, open or candidate.", "隔离点",
        _place("place", "The site.", "隔离点", key=True),
        integer("rooms", "rooms", "Rooms, one person each.", "房间数", maximum=1_000_000),
        choice("state", "open candidate", "Open from period 1, or to be opened.", "状态", default="open"),
        _periods("setup", "Periods from decision to use (candidates).", "准备时段"),
        _money("cost", "Cost of opening.", "开设费用"),
        _money("running_cost", "Cost per period of use (candidates).", "每时段运行费用"),
    ),
    _table(
        "site_category", "Which category a site may hold.", "隔离点类别",
        identifier("place", "The site.", "隔离点", refers_to="isolation_sites.place", key=True),
        identifier("category", "Isolation category.", "隔离类别", refers_to="categories.category", key=True),
        flag("allowed", "It may hold this category.", "允许", default=True),
        _money("conversion_cost", "Paid once when the site first holds this category.", "改造费用"),
        _periods("cleaning", "Empty periods before this category may follow another.", "清洁时段"),
    ),
    _table(
        "contacts", "People who need isolation.", "需隔离人员",
        _place("place", "Where they are.", "地点", key=True),
        identifier("category", "Isolation category.", "隔离类别", refers_to="categories.category", key=True),
        _period(),
        integer("people", "people", "How many.", "人数", maximum=1_000_000),
        _known(),
    ),
    _table(
        "pools", "Teams of one kind at one home.", "队伍",
        identifier("pool", "Id of the pool.", "队伍代码", key=True),
        _place("place", "Home.", "驻地"),
        identifier("authority", "The area that may send it; blank: the unit of the home.", "调派权", refers_to="areas.area", default=""),
        integer("teams", "teams", "Number of teams.", "队数", maximum=1_000_000),
        integer("people", "people", "People per team.", "每队人数", minimum=1, maximum=10_000, default=1),
        choice("layer", LAYERS, "Standing, mobile, reserve, militia or volunteer.", "层次", default="standing"),
        decimal("callup_hours", "hour", 100, "From the call to departure.", "集结小时", maximum=100_000, default=0.0),
        integer("floor", "teams", "Teams kept at home.", "留守队数", default=0),
        _periods("tour", "Periods of work per deployment.", "执勤时段", minimum=1, default=1),
        decimal("hours", "hour", 100, "Hours a team works in a period.", "每时段工时", maximum=10_000, default=8.0),
        _money("cost", "Cost of a team and period of work.", "每队每时段费用"),
    ),
    _table(
        "skills", "What a pool can do.", "技能",
        identifier("pool", "Pool.", "队伍", refers_to="pools.pool", key=True),
        identifier("skill", "Skill.", "技能", key=True),
        decimal("productivity", "work per team-hour", 100, "Work done by a team in an hour.", "每队每小时产出", maximum=1_000_000,
                default=1.0),
    ),
    _table(
        "tasks", "Team work wanted at a place.", "任务",
        identifier("task", "Id of the task.", "任务代码", key=True),
        _place("place", "Where.", "地点"),
        identifier("skill", "Skill it takes.", "技能"),
        choice("measure", "teams work", "'teams': so many in each period; 'work': so much by the last period.", "计量方式"),
        integer("amount", "teams or work", "Teams per period, or work in all.", "数量"),
        _period("first_period", "First period.", "起始时段", key=False),
        _period("last_period", "Last period.", "截止时段", key=False),
        _weight("What one team-period, or one unit of work, unmet counts.", "权重"),
        _known(),
    ),
    _table(
        "staffing", "Members needed for occupied beds or rooms.", "人员配比",
        choice("kind", "class category", "Bed class or isolation category.", "类型", key=True),
        identifier("what", "The class or category.", "类别", key=True),
        identifier("skill", "Skill of the members; all skills listed must be there.", "技能", key=True),
        integer("members", "members per 100 occupied", "Members per 100 occupied beds or rooms.", "每百床人数", maximum=100_000),
    ),
    _table(
        "residents", "Members of staff who are at a hospital or site anyway.", "在岗人员",
        _place("place", "Hospital or site.", "地点", key=True),
        identifier("skill", "Skill.", "技能", key=True),
        integer("members", "members", "How many.", "人数", maximum=1_000_000),
    ),
    _table(
        "consumption", "Items used up by occupied beds, rooms, or teams at work.", "消耗定额",
        choice("kind", "class category skill", "Per person in a class or category, or per team of a skill.", "类型", key=True),
        identifier("what", "The class, category or skill.", "类别", key=True),
        _item(),
        decimal("quantity", "base units per period", 1000, "Quantity per person or team and period.", "每时段定额", maximum=100_000),
    ),
    _table(
        "fleets", "Vehicles of one type at one home.", "车队",
        identifier("fleet", "Id of the fleet.", "车队代码", key=True),
        _place("place", "Home, whose departures it serves.", "驻地"),
        integer("vehicles", "vehicles", "Number of vehicles.", "车辆数", maximum=1_000_000),
        integer("payload_kg", "kg", "Weight one vehicle carries.", "载重", minimum=1, maximum=1_000_000),
        integer("volume_litres", "litre", "Volume one vehicle carries.", "容积", minimum=1, maximum=10_000_000),
        decimal("hours", "hour", 100, "Hours a vehicle drives in a period.", "每时段行驶小时", maximum=10_000, default=10.0),
        _money("cost_per_hour", "Cost of an hour of driving.", "每小时费用"),
    ),
    _table(
        "rules", "Rules with figures: minimum sites, budgets, what is kept back.", "规则",
        choice("rule", RULES, "Name of the rule.", "规则", key=True),
        identifier("area", "The area it holds for, with all areas inside.", "适用行政区", refers_to="areas.area", key=True),
        identifier("what", "Isolation category (isolation_minimum), skill (mobile_quota), people or goods (unmet_ceiling); else blank.", "对象", key=True, default=""),
        decimal("amount", "sites, yuan, people, teams, unmet or per cent", 100, "The figure; 0 for own_first.", "数值", default=0.0),
        integer("from_period", "period", "First period it holds; blank: 1, or as soon as a site could be ready.", "起始时段", minimum=1,
                default=None),
        flag("hard", "It must hold; otherwise breaking it is counted.", "刚性", default=True),
        _weight("What one missing site, team or unit and period counts when soft.", "权重"),
        flag("count_upper_units", "Sites run by a higher area count where they lie.", "计入上级单位"),
    ),
)  # fmt: skip
