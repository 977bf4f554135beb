"""Areas, towns and places; what the words in the ``source`` columns mean."""

from __future__ import annotations

REGION = "150000"
CITY = "150400"
DISTRICT = "150403"
HONGSHAN, SONGSHAN, NINGCHENG = "150402", "150404", "150429"
PEERS = (HONGSHAN, SONGSHAN, NINGCHENG)

PLAN = "support plan of the district's headquarters 2020-70"
CODES = "division codes of the national statistics bureau"
CENSUS = "census 2020"
MADE = "made"

DAYS = 5

YUANBAOSHAN, FENGSHUIGOU, WUJIA = "150403101", "150403100", "150403104"
CENTRE, EAST, WEST = "150403002", "150403003", "150403004"
YUNSHAN, MEILIHE, PINGZHUANG, ZONE = "150403005", "150403102", "150403103", "150403400"
#: Town: longitude, latitude, people in thousands before they are fitted to the census.
TOWNS = {
    "150403001": (119.262, 42.018, 24),
    CENTRE: (119.286, 42.042, 38),
    EAST: (119.303, 42.040, 40),
    WEST: (119.268, 42.036, 33),
    YUNSHAN: (119.296, 42.056, 18),
    "150403006": (119.274, 42.060, 14),
    FENGSHUIGOU: (119.400, 42.345, 20),
    YUANBAOSHAN: (119.300, 42.325, 34),
    MEILIHE: (119.140, 42.235, 20),
    PINGZHUANG: (119.325, 42.085, 22),
    WUJIA: (119.130, 42.090, 17),
    "150403201": (119.190, 41.965, 9),
    ZONE: (119.165, 42.160, 6),
}

DEPOT, HEALTH_STORE, WAREHOUSE = "district-depot", "health-store", "supermarket-warehouse"
PLANT, LABORATORY, BASE = "protective-goods-plant", "reagent-laboratory", "district-base"
HOSPITAL, TOWN_HOSPITAL = "district-hospital", "yuanbaoshan-hospital"
HOTEL, PARTY_SCHOOL, SCHOOL, GUEST_HOUSE = "hotel", "party-school", "yuanbaoshan-school", "guest-house"
HONGSHAN_DEPOT, SONGSHAN_DEPOT, NINGCHENG_DEPOT = "hongshan-depot", "songshan-depot", "ningcheng-depot"
HONGSHAN_HOSPITAL = "hongshan-hospital"
CITY_DEPOT, CITY_HOSPITAL, CITY_SITE = "city-depot", "city-hospital", "city-site"
REGION_DEPOT = "region-depot"

#: Place: kind, area it lies in, unit that runs it, name, degrees east and north of the area's centre.
PLACES = {
    DEPOT: ("depot", CENTRE, DISTRICT, "District reserve depot 区应急物资储备库", 0.010, -0.008),
    HEALTH_STORE: (
        "depot",
        WEST,
        DISTRICT,
        "Store of the health commission 区卫健委专业储备库",
        -0.008,
        0.006,
    ),
    WAREHOUSE: ("depot", PINGZHUANG, DISTRICT, "Supermarket warehouse 商超配送中心", 0.012, 0.006),
    PLANT: ("plant", ZONE, DISTRICT, "Protective goods plant 防护用品厂", 0.008, 0.005),
    LABORATORY: ("lab", YUNSHAN, DISTRICT, "Reagent laboratory 检测试剂技术储备单位", 0.006, 0.006),
    BASE: ("base", CENTRE, DISTRICT, "District headquarters 区防控指挥部", -0.004, 0.004),
    HOSPITAL: ("hospital", CENTRE, DISTRICT, "District hospital 区定点医院", 0.005, 0.008),
    TOWN_HOSPITAL: (
        "hospital",
        YUANBAOSHAN,
        YUANBAOSHAN,
        "Yuanbaoshan town hospital 元宝山镇医院",
        0.006,
        -0.006,
    ),
    PARTY_SCHOOL: ("isolation", CENTRE, DISTRICT, "District party school 区委党校", -0.010, -0.006),
    HOTEL: ("isolation", EAST, DISTRICT, "Hotel in Pingzhuang 平庄备用酒店", 0.008, -0.006),
    SCHOOL: ("isolation", YUANBAOSHAN, YUANBAOSHAN, "School in Yuanbaoshan town 元宝山镇学校", -0.008, 0.006),
    GUEST_HOUSE: ("isolation", MEILIHE, DISTRICT, "Guest house in Meilihe 美丽河镇招待所", 0.006, 0.006),
    HONGSHAN_DEPOT: ("depot", HONGSHAN, HONGSHAN, "Hongshan depot and base 红山区储备库", 0.0, 0.0),
    HONGSHAN_HOSPITAL: ("hospital", HONGSHAN, HONGSHAN, "Hongshan hospital 红山区医院", 0.010, 0.006),
    SONGSHAN_DEPOT: ("depot", SONGSHAN, SONGSHAN, "Songshan depot and base 松山区储备库", 0.0, 0.0),
    NINGCHENG_DEPOT: ("depot", NINGCHENG, NINGCHENG, "Ningcheng depot and base 宁城县储备库", 0.0, 0.0),
    CITY_DEPOT: ("depot", HONGSHAN, CITY, "City reserve depot and base 市应急物资储备库", -0.015, -0.010),
    CITY_HOSPITAL: ("hospital", SONGSHAN, CITY, "City designated hospital 市定点救治医院", 0.012, -0.008),
    CITY_SITE: ("isolation", HONGSHAN, CITY, "City isolation site 市集中隔离点", 0.020, -0.012),
    REGION_DEPOT: ("depot", REGION, REGION, "Depot and base of the region 自治区储备库", 0.0, 0.0),
}
