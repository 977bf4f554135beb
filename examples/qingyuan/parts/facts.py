"""What is known of the case, and what the words in the ``source`` columns mean."""

from __future__ import annotations

CITY = "441800"
PROVINCE = "440000"
NATION = "CN"
COUNTIES = ("441802", "441803", "441821", "441823", "441825", "441826", "441881", "441882")

#: Short English names, for ids people read and for names beside the Chinese ones.
ENGLISH = {
    "441800": "Qingyuan",
    "441802": "Qingcheng",
    "441803": "Qingxin",
    "441821": "Fogang",
    "441823": "Yangshan",
    "441825": "Lianshan",
    "441826": "Liannan",
    "441881": "Yingde",
    "441882": "Lianzhou",
}

#: The town that is the county's seat; it stands where `areas.csv` puts the county.
SEATS = {
    "441802": "441802001",
    "441803": "441803102",
    "441821": "441821100",
    "441823": "441823119",
    "441825": "441825104",
    "441826": "441826100",
    "441881": "441881001",
    "441882": "441882100",
}

LETTER = "letter of the city's emergency bureau 2020-109"
CODES = "division codes of the national statistics bureau"
CENSUS = "census 2020"
MADE = "made"

#: Three-person teams (one of health, one of police, one of the community), grid communities, mobile reserve.
TEAMS = 4875
COMMUNITIES = 2394
MOBILE_PEOPLE = 50

#: 22 sites for key persons: the letter gives the total, how they spread over the counties is made up.
KEY_SITES = {
    "441802": 5,
    "441803": 3,
    "441821": 2,
    "441823": 2,
    "441825": 1,
    "441826": 1,
    "441881": 5,
    "441882": 3,
}
#: 7 sites for close contacts: the party school is the city's own. The letter does not say where the other
#: six are; these six counties are made up. Lianshan and Liannan are left without one.
CLOSE_SITES = ("441802", "441803", "441821", "441823", "441881", "441882")
WITHOUT_CLOSE_SITE = ("441825", "441826")
