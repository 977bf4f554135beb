"""The cases: scenarios of the generator, by name or by options of the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    import pandas as pd

#: Families that may be made alone, all of them when none is named.
FAMILIES: Final = ("supplies", "beds", "isolation", "teams")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scenario of the generator.

    Parameters
    ----------
    towns, periods, seed : int
        As of ``yjopt generate``; `towns` is not used with `areas`.
    case : str
        Dials: reference, scarce or loose.
    plain : bool
        Without couplings.
    rule : {"priority", "strict"}
        Whether lower steps of the ladder must be exhausted before a higher one is asked.
    family : str
        One family alone; blank for all.
    areas, towns_from : str
        CSV files of a real country's tree and towns, instead of a made-up map; both or neither.
    within : str
        With a real country: only counties whose id begins so.
    """

    towns: int = 850
    periods: int = 1
    seed: int = 11
    case: str = "reference"
    plain: bool = False
    rule: str = "priority"
    family: str = ""
    areas: str = ""
    towns_from: str = ""
    within: str = ""

    @property
    def place(self) -> str:
        """Where: the number of made-up towns, or the part of the real country."""
        return f"real{self.within or '-nation'}" if self.areas else str(self.towns)

    @property
    def name(self) -> str:
        """Short name, as result files have it."""
        return f"{self.kind}-{self.place}x{self.periods}-seed{self.seed}"

    @property
    def kind(self) -> str:
        """What sets this case apart beside its size: dials, couplings, rule, family."""
        parts = (
            self.case,
            "plain" if self.plain else "",
            "strict" if self.rule == "strict" else "",
            self.family,
        )
        return "-".join(part for part in parts if part)

    def with_seed(self, seed: int) -> Case:
        """The same case drawn with another seed."""
        return replace(self, seed=seed)

    def write(self, folder: Path) -> dict[str, Any]:
        """Generate the scenario into a folder; returns what the generator's dials came to."""
        from yjopt.files import write_tables
        from yjopt.generation import generate

        areas, towns_from = (_table(self.areas), _table(self.towns_from)) if self.areas else (None, None)
        frames, settings, achieved = generate(
            towns=self.towns,
            periods=self.periods,
            seed=self.seed,
            case=self.case,
            plain=self.plain,
            areas=areas,
            towns_from=towns_from,
            within=self.within or None,
            families=(self.family,) if self.family else FAMILIES,
        )
        settings["rule"] = self.rule
        write_tables(folder, frames, settings)
        return achieved


@cache
def _table(path: str) -> pd.DataFrame:
    """A table of a real country, as text."""
    import pandas as pd

    return pd.read_csv(path, dtype=str, keep_default_na=False)


#: Sizes by name. The last two are made of the tables of a real country when these are given, else of a made-up one.
SIZES: Final[dict[str, Case]] = {
    "town": Case(towns=20),
    "city": Case(towns=85),
    "prefecture": Case(towns=850),
    "large": Case(towns=5_000),
    "guangdong": Case(towns=1_611, within="44"),
    "nation": Case(towns=39_478),
}
#: Periods by name: a static plan, and a week.
SPANS: Final = {"": 1, "week": 7}
#: What else sets cases apart, one thing at a time.
VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "": {},
    "plain": {"plain": True},
    "strict": {"rule": "strict"},
    "scarce": {"case": "scarce"},
    "loose": {"case": "loose"},
    **{family: {"family": family} for family in FAMILIES},
}
#: Every case by name, such as ``prefecture``, ``city-week-strict`` or ``guangdong-beds``; options make others.
CASES: Final[dict[str, Case]] = {
    "-".join(part for part in (size, span, variant) if part): replace(case, periods=periods, **facts)
    for size, case in SIZES.items()
    for span, periods in SPANS.items()
    for variant, facts in VARIANTS.items()
}


def add_case_options(parser: argparse.ArgumentParser) -> None:
    """The options that name or describe a case."""
    parser.add_argument("--of", dest="case_name", metavar="NAME", help="a case with a name, see `list`")
    parser.add_argument("--towns", type=int, help="number of made-up towns (default 850)")
    parser.add_argument("--periods", type=int, help="periods of a day (default 1)")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--case", choices=("reference", "scarce", "loose"), help="the dials (default reference)"
    )
    parser.add_argument("--plain", action="store_true", default=None, help="without couplings")
    parser.add_argument("--rule", choices=("priority", "strict"), help="of the ladder (default priority)")
    parser.add_argument("--family", choices=FAMILIES, help="one family alone")
    parser.add_argument("--areas", metavar="CSV", help="tree of a real country")
    parser.add_argument("--towns-from", metavar="CSV", help="towns of a real country")
    parser.add_argument("--within", help="only counties whose id begins so")


def case_of(options: argparse.Namespace) -> Case:
    """The case that the options describe: what is given outright goes before what a name says.

    Raises
    ------
    SystemExit
        If the name is none, or half of a real country is given, or a part of one without the country.
    """
    if options.case_name and options.case_name not in CASES:
        raise SystemExit(f"There is no case {options.case_name}; `list` says what names are made of.")
    if bool(options.areas) != bool(options.towns_from):
        raise SystemExit("Give --areas and --towns-from of a real country, or neither.")
    if options.within and not options.areas:
        raise SystemExit("--within names a part of a real country: give --areas and --towns-from too.")
    names = [field.name for field in fields(Case)]
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    case = replace(CASES[options.case_name] if options.case_name else Case(), **given)
    return case if case.areas else replace(case, within="")
