"""The outbreak: cases by town and day, who is sealed in, who is tested; all figures made."""

from __future__ import annotations

from parts.facts import CENTRE, DAYS, EAST, FENGSHUIGOU, MADE, WUJIA, YUANBAOSHAN

#: Cases found on each of the five days.
CASES = {
    YUANBAOSHAN: (4, 5, 7, 8, 6),
    EAST: (0, 3, 4, 5, 4),
    FENGSHUIGOU: (0, 0, 3, 3, 2),
}
#: Every sixth case is severe, counted through the towns as above.
SEVERE_EVERY = 6
CONTACTS_PER_CASE = 4
#: Arrivals from risk areas to be observed, by day.
KEY_PERSONS = {CENTRE: (0, 16, 0, 14, 0), WUJIA: (8, 0, 12, 0, 0)}
#: Town: first day sealed, share of its people, rounded to hundreds.
SEALED = {YUANBAOSHAN: (1, 0.6), EAST: (2, 0.25), FENGSHUIGOU: (2, 0.4)}
#: Town: day of a round of testing, share of its people, days before that it is known.
ROUNDS = (
    (YUANBAOSHAN, 2, 1.0, 0),
    (YUANBAOSHAN, 4, 1.0, 2),
    (YUANBAOSHAN, 5, 1.0, 2),
    (EAST, 3, 0.8, 0),
    (FENGSHUIGOU, 3, 0.6, 0),
)


def cases() -> list[tuple[str, int, str]]:
    """Town, day and group of every case."""
    rows: list[tuple[str, int, str]] = []
    for town, days in CASES.items():
        for day, count in enumerate(days, 1):
            for _ in range(count):
                rows.append((town, day, "severe" if len(rows) % SEVERE_EVERY == 2 else "mild"))
    return rows


def sealed(people: int, town: str, day: int) -> int:
    """People sealed in their homes, of the people of a town."""
    first, share = SEALED.get(town, (DAYS + 1, 0.0))
    return int(share * people) // 100 * 100 if day >= first else 0


OUTBREAK = f"{MADE}: one outbreak of {sum(map(sum, CASES.values()))} cases in {DAYS} days"
