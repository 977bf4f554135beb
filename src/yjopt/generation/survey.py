"""Which seeds of each case are accepted, and why the others are not: measured, kept as rows, written as a page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from yjopt.generation.accept import Verdict, judged, verdicts
from yjopt.generation.dials import CASES, GENERATOR_VERSION
from yjopt.generation.making import generate
from yjopt.generation.valuing import GOODS, PEOPLE, outlook

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

LOGGER = logging.getLogger("yjopt")

#: What tells one row of a survey from another.
KEY: Final = ("version", "towns", "periods", "case", "seed")
#: Columns of a survey: the key, the words that sum up, then the figure found for every condition.
COLUMNS: Final = (*KEY, "columns", "accepted", "refused_for")

_HEAD: Final = """# Which made scenarios are accepted

Written by `{command}`; every row is measured, none is typed.
Generator version {version}. What the conditions are stands in [Made-up scenarios](generator.md#acceptance).

*forced* is what the linear relaxation leaves of the manual plan's value, *nothing* how many times worse doing nothing
is (people / goods). Four worths follow: what switching a coupling off improves. *strict* is by how much the manual plan
is worse where everybody asks level by level; *fractional* is the share of integer columns that are not whole in the
relaxation.
"""


class Asked(NamedTuple):
    """A scenario to look at."""

    towns: int
    periods: int
    case: str
    seed: int


def measured(asked: Asked) -> list[Verdict]:
    """Make one scenario and hold it against every condition.

    Parameters
    ----------
    asked : Asked

    Returns
    -------
    list of Verdict
        The first one tells the number of columns, as ``columns``; it is always kept.

    Raises
    ------
    yjopt.errors.EngineError
        When the relaxation is not solved.
    """
    tables, settings, _ = generate(towns=asked.towns, periods=asked.periods, seed=asked.seed, case=asked.case)
    seen = outlook(tables, settings)
    size = Verdict(name="columns", found=float(seen.columns), wanted=0.0, ok=True)
    return [size, *verdicts(seen, judged(tables, settings), CASES[asked.case])]


def survey(
    wanted: Iterable[Asked],
    known: pd.DataFrame | None = None,
    *,
    measure: Callable[[Asked], Sequence[Verdict]] = measured,
    keep: Callable[[pd.DataFrame], object] = lambda frame: None,
) -> pd.DataFrame:
    """Look at scenarios that no row tells of yet.

    Parameters
    ----------
    wanted : iterable of Asked
    known : pandas.DataFrame, optional
        Rows of an earlier survey. Those of another version of the generator are dropped.
    measure : callable
        A scenario to its verdicts.
    keep : callable
        Told all rows after each new one, so that a survey that is stopped has lost nothing.

    Returns
    -------
    pandas.DataFrame
        One row per scenario, sorted; columns `COLUMNS`, then the figures found.
    """
    rows = pd.DataFrame(columns=list(COLUMNS)) if known is None else known
    rows = rows[rows["version"] == GENERATOR_VERSION]
    there = {tuple(row) for row in rows[list(KEY)].itertuples(index=False)}
    for asked in wanted:
        if (GENERATOR_VERSION, *asked) in there:
            continue
        found = measure(asked)
        broken = [verdict.name for verdict in found if not verdict.ok]
        figures = {verdict.name: verdict.found for verdict in found}
        row = {
            "version": GENERATOR_VERSION,
            **asked._asdict(),
            "accepted": not broken,
            "refused_for": " ".join(broken),
            **figures,
        }
        LOGGER.info("survey: %s %s", asked, row["refused_for"] or "is accepted")
        new = pd.DataFrame([row])
        rows = new if rows.empty else pd.concat([rows, new], ignore_index=True)
        rows = _sorted(rows)
        keep(rows)
    return _sorted(rows)


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    order = {case: number for number, case in enumerate(CASES)}
    return rows.sort_values(
        ["periods", "towns", "case", "seed"],
        key=lambda column: column.map(order) if column.name == "case" else column,
        ignore_index=True,
    )


def page(rows: pd.DataFrame, command: str) -> str:
    """The survey as a page of Markdown.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `survey` gives it.
    command : str
        What the reader has to type for the same page.

    Returns
    -------
    str
    """
    lines = [_HEAD.format(command=command, version=GENERATOR_VERSION)]
    for (periods, towns), part in rows.groupby(["periods", "towns"], sort=False):
        when = "static" if periods == 1 else f"{periods} periods"
        lines += [
            f"## {towns} towns, {when}",
            "",
            "| case | seed | accepted | refused for | columns | forced | nothing | vehicles | staff | consumption "
            "| openings | strict | fractional |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
            *(_line(row) for row in part.to_dict("records")),
            "",
            *(
                f"{case}: {int(some['accepted'].sum())} of {len(some)} accepted.  "
                for case, some in part.groupby("case", sort=False)
            ),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _line(row: Mapping[Hashable, Any]) -> str:
    def per_cent(*names: str) -> str:
        return " / ".join(f"{100 * float(str(row[name])):.1f} %" for name in names)

    cells = [
        row["case"],
        row["seed"],
        "yes" if row["accepted"] else "no",
        row["refused_for"] if isinstance(row["refused_for"], str) else "",
        f"{int(float(str(row['columns']))):,}",
        per_cent(f"forced:{PEOPLE}", f"forced:{GOODS}"),
        " / ".join(f"{float(str(row[f'nothing:{stage}'])):.1f}" for stage in (PEOPLE, GOODS)),
        *(per_cent(f"worth:{name}") for name in ("fleet_hours", "staff", "consumables", "opening_budget")),
        per_cent("strict"),
        per_cent("fractional"),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
