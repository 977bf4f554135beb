"""The words of the command line: commands, options, help."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from yjopt import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    class Shape(Protocol):
        """Makes what lays out the help of a program."""

        def __call__(self, *, prog: str) -> argparse.HelpFormatter:
            """Return the layout for a program of this name."""

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

EXIT_STATUS: Final = """\
exit status:
  0  done, also with a plan that the time limit or an interrupt stopped
  1  no plan, impossible, the audit failed, or rules clash
  2  bad input or usage; nothing was written
"""

_RULES: Final = ("flat", "priority", "strict")
_SCENARIO: Final = "the scenario: a folder of CSV, or a .json, .zip or .xlsx file"


def build_parser(width: int | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands; ``command`` names the one chosen.

    Parameters
    ----------
    width : int, optional
        Columns of the help; by default those of the terminal.
    """

    def shape(*, prog: str) -> argparse.HelpFormatter:
        return argparse.RawDescriptionHelpFormatter(prog, width=width)

    parser = argparse.ArgumentParser(
        prog="yjopt",
        description="Plans for a city's emergency command centre in an outbreak.",
        epilog=f"{EXIT_STATUS}\n'yjopt COMMAND --help' tells more of a command.",
        formatter_class=shape,
    )
    parser.add_argument("--version", action="version", version=f"yjopt {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (
        _check, _solve, _audit, _orders, _diagnose, _raise_level, _price_of_rule, _sweep, _generate, _new,
        _convert, _schema,
    ):  # fmt: skip
        add(commands, shape)
    return parser


def _command(commands: Commands, shape: Shape, name: str, summary: str, more: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=more, epilog=EXIT_STATUS, formatter_class=shape, allow_abbrev=False
    )


def _check(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "check",
        "say everything that is wrong with a scenario",
        "Say everything that is wrong with a scenario: each finding at its place, with the mend.\n"
        "Errors make exit status 2; with warnings alone the scenario can be solved.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    _json(parser, "print every finding as a list of objects")


def _solve(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "solve",
        "make the best plan that can be found and proven in the time given",
        "Make the best plan that can be found and proven in the time given, have it audited, and write it:\n"
        "one CSV per table and plan.json. Ctrl-C writes the best plan so far, which is never worse than the\n"
        "manual plan.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        required=True,
        help="folder of the plan; an earlier plan there is replaced, any other folder is refused",
    )
    _search(parser, "seconds for all stages together (default: 60)")
    parser.add_argument(
        "--gap-scale",
        type=_decimal("a number from 0 to below 1, such as 0.01", lambda value: 0 <= value < 1),
        default=0.0,
        help="gap at which a stage may stop, too, of what doing nothing would cost (from support on: of the plan by"
        " hand; default: 0)",
    )
    parser.add_argument(
        "--later-gap-scale",
        metavar="GAP",
        type=_decimal("a number from 0 to below 1, such as 0.01", lambda value: 0 <= value < 1),
        help="the same for the stages after people and goods (default: as --gap-scale)",
    )
    parser.add_argument(
        "--objective",
        choices=("stages", "weighted"),
        default="",
        help="stages one after another, or one weighted sum of them (default: what the scenario says)",
    )
    parser.add_argument("--threads", type=_whole(1, 1_024), default=1, help="of the solver (default: 1)")
    _rules(parser)
    _json(parser, "print one object with status, stages, bounds, times and audit")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary, only errors")


def _audit(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "audit",
        "check a written plan against its scenario, by independent code",
        "Check every limit of a written plan against its scenario, by code that shares nothing with what made it,\n"
        "and compare the stage values it claims. A plan that was changed by hand is checked as it is now.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument("plan", metavar="DIR", help="the folder of the plan")
    _rules(parser)
    _json(parser, "print one object with every violation")


def _orders(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "orders",
        "say what each unit has to do under a written plan, and who asked for it",
        "Print the order sheet of a unit: what it has to send, take in, open and drive under a written plan, and\n"
        "which requests and orders it received and sent. Without a unit: how much stands on each sheet.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument("plan", metavar="DIR", help="the folder of the plan")
    parser.add_argument("unit", metavar="UNIT", nargs="?", default="", help="id of the area whose unit it is")
    _rules(parser)
    _json(parser, "print one object with every row of the sheet, or a list of units")


def _diagnose(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "diagnose",
        "say which hard rules cannot hold together, and the cheapest repair",
        "Say which hard rules cannot hold together, at which places, and the cheapest change of the tables with\n"
        "which they hold. Exit status 0 means that all of them can hold, 1 that some cannot.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument(
        "--hard",
        metavar="RULE",
        action="append",
        default=[],
        help="take a rule as hard for this question: isolation_minimum, mobile_quota or unmet_ceiling; may be repeated",
    )
    parser.add_argument(
        "--price",
        metavar="RULE=YUAN",
        type=_price,
        action="append",
        default=[],
        help="price per unit of what has none in the tables: transfer_budget, isolation_minimum, mobile_quota, "
        "unmet_ceiling or floor; may be repeated",
    )
    parser.add_argument("-o", "--output", metavar="OTHER", help="write the repaired scenario")
    _time_and_engine(parser, "seconds for all of it (default: 60)", manual=False)
    _seed(parser)
    _json(parser, "print one object with conflicts, repair and its cost")


def _raise_level(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "raise-level",
        "say what a higher response level of an area would buy",
        "Say what a higher response level of an area would buy, from two audited plans: which gates open, what\n"
        "stands behind them, and what it saves stage by stage.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument("area", metavar="AREA", help="id of the area")
    parser.add_argument(
        "level", metavar="LEVEL", choices=("I", "II", "III", "IV"), help="I, II, III or IV; I is the worst"
    )
    parser.add_argument(
        "--from-period", type=_whole(1, 366), default=1, help="first period of the level (default: 1)"
    )
    _search(parser, "seconds for each of the two solves (default: 60)")
    _json(parser, "print one object with gates, means, plans and stages")


def _price_of_rule(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "price-of-rule",
        "plan under several rules of command, and lay the stages side by side",
        "Plan under several rules of command, and lay the stages side by side: what asking step by step costs.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument(
        "--rules",
        nargs="+",
        choices=_RULES,
        default=_RULES,
        help="rules to compare, the first with the others (default: all three)",
    )
    parser.add_argument(
        "--delays",
        action="store_true",
        help="compare decisions that take no time with decisions that take that of their step instead",
    )
    _search(parser, "seconds for each solve (default: 60)")
    _json(parser, "print one object with plans and stages")


def _sweep(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "sweep",
        "plan many variants: a depot lost, a road closed, a town doubled",
        "Plan many variants of a scenario side by side, the scenario as it is first: one change at a time, for each\n"
        "thing of the kinds that are asked for. Ctrl-C prints what is done by then. Exit status 1 means that some\n"
        "variant has no plan.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    for word, what in (
        ("--lose-depots", "lose each depot, or those named: stocks, receipts, sources and fleets"),
        ("--double-towns", "double what each town wants, or those named"),
        ("--delay-sources", "delay the sources of each place, or of those named"),
    ):
        parser.add_argument(word, metavar="PLACE", nargs="*", help=what)
    parser.add_argument(
        "--close-roads", action="store_true", help="close each road, both ways in all periods"
    )
    parser.add_argument(
        "--blind-towns",
        metavar="N",
        type=_whole(1, 100_000),
        default=0,
        help="cut off several towns at a time, N draws of them",
    )
    parser.add_argument(
        "--count", metavar="N", type=_whole(1, 1_000_000), help="of each kind only N, drawn by --seed"
    )
    parser.add_argument(
        "--hours",
        type=_decimal("a number of hours above 0", lambda value: 0 < value < 100_000),
        default=24.0,
        help="of a delay (default: 24)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        help="folder for the plans, each in a folder of its own, and for their table sweep.csv",
    )
    parser.add_argument(
        "--workers", type=_whole(1, 1_024), help="processes that plan (default: one for each processor)"
    )
    _search(parser, "seconds for each variant (default: 60)")
    _rules(parser)
    _json(parser, "print one object with a row for each variant")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary, only errors")
    parser.set_defaults(refuse=parser.error)


def _generate(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "generate",
        "make up a scenario, on a made-up or a real map",
        "Make up a scenario out of one epidemic, on a made-up or a real map. The same words give the same bytes.",
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", required=True, help="folder (or .zip, .json, .xlsx) of the scenario"
    )
    parser.add_argument("--towns", type=_whole(2, 1_000_000), help="number of made-up towns (default: 85)")
    parser.add_argument(
        "--periods", type=_whole(1, 366), default=7, help="days; 1 is a static plan (default: 7)"
    )
    parser.add_argument("--seed", type=_whole(0, 2**63 - 1), default=7, help="of all draws (default: 7)")
    parser.add_argument(
        "--case",
        choices=("reference", "scarce", "loose"),
        default="reference",
        help="how scarce things are (default: reference)",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="no couplings: no vehicles, staffing, consumption, budgets, minimum sites or openings",
    )
    parser.add_argument(
        "--rule",
        choices=("flat", "priority", "strict"),
        default="priority",
        help="how places ask one another for help (default: priority)",
    )
    parser.add_argument(
        "--accept",
        action="store_true",
        help="take the first seed from --seed on whose scenario is neither trivial nor absurd; each costs some solves",
    )
    parser.add_argument(
        "--areas", metavar="CSV", help="areas of a real country: id, level, name, parent, population, ..."
    )
    parser.add_argument("--towns-from", metavar="CSV", help="its towns: code, name, county")
    parser.set_defaults(refuse=parser.error)
    parser.add_argument("--within", metavar="ID", help="only the counties whose id begins so, such as 4418")


def _new(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "new",
        "write empty tables to be filled in",
        "Write a folder with every table, empty: the second line of each tells what its columns mean.\n"
        "Tables that are not needed may be deleted.",
    )
    parser.add_argument("output", metavar="DIR", help="the folder; it must not exist yet, or be empty")


def _convert(commands: Commands, shape: Shape) -> None:
    parser = _command(
        commands,
        shape,
        "convert",
        "write a scenario in another format",
        "Write a scenario as a folder of CSV, or as one .json, .zip or .xlsx file: the ending of OTHER decides.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO)
    parser.add_argument("-o", "--output", metavar="OTHER", required=True, help="what to write")


def _schema(commands: Commands, shape: Shape) -> None:
    _command(
        commands,
        shape,
        "schema",
        "print the reference of all tables and settings",
        "Print the reference of all tables, columns and settings as Markdown.",
    )


def _rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule", choices=_RULES, default="", help="rule of command instead of the scenario's own"
    )
    parser.add_argument(
        "--delays",
        choices=("direct", "by_rung"),
        default="",
        help="whether decisions take the time of their step, instead of what the scenario says",
    )


def _search(parser: argparse.ArgumentParser, seconds: str) -> None:
    parser.add_argument(
        "--gap",
        type=_decimal("a number from 0 to below 1, such as 0.001", lambda value: 0 <= value < 1),
        default=1e-3,
        help="relative gap per stage at which the search may stop (default: 0.001)",
    )
    _time_and_engine(parser, seconds)
    _seed(parser)


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=_whole(0, 2**31 - 1), default=0, help="of the solver (default: 0)")


def _time_and_engine(parser: argparse.ArgumentParser, seconds: str, *, manual: bool = True) -> None:
    parser.add_argument(
        "--time-limit",
        metavar="SECONDS",
        type=_decimal("a number of seconds above 0", lambda value: 0 < value < math.inf),
        default=60.0,
        help=seconds,
    )
    by_hand = "manual (the rule of a command centre without a solver), " if manual else ""
    parser.add_argument(
        "--engine",
        type=_engine if manual else _solver,
        default="auto",
        help=f"auto (by structure and size), lagrange (relaxation and regions), highs, {by_hand}or pulp:NAME for a "
        "solver that PuLP knows, such as pulp:PULP_CBC_CMD (default: auto)",
    )


def _json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=what)


def _decimal(wanted: str, holds: Callable[[float], bool]) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not holds(value):
            raise argparse.ArgumentTypeError(f"give {wanted}, not {text!r}")
        return value

    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"give a whole number from {least:,} to {most:,}, not {text!r}")
        return int(text)

    return read


def _engine(text: str) -> str:
    if text in ("auto", "lagrange", "manual", "highs") or re.fullmatch(r"pulp:.+", text):
        return text
    raise argparse.ArgumentTypeError(
        f"there is no engine {text!r}; give auto, lagrange, highs, manual or pulp:NAME"
    )


def _solver(text: str) -> str:
    if text == "manual":
        raise argparse.ArgumentTypeError(
            "a rule by hand proves nothing; give auto, lagrange, highs or pulp:NAME"
        )
    return _engine(text)


def _price(text: str) -> tuple[str, float]:
    name, equals, yuan = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"give RULE=YUAN, such as transfer_budget=500, not {text!r}")
    read = _decimal("a price from 0 on, such as transfer_budget=500", lambda value: 0 <= value < math.inf)
    return name, read(yuan)


def real_map(options: argparse.Namespace) -> tuple[Path, Path] | None:
    """Return the two files of a real country, or None; ends with a usage error where the words disagree."""
    if bool(options.areas) != bool(options.towns_from):
        options.refuse("--areas and --towns-from go together: a real country needs both files")
    if options.areas and options.towns is not None:
        options.refuse("--towns is for made-up maps; with --areas the towns come from --towns-from")
    if options.within and not options.areas:
        options.refuse("--within is for a real country: give --areas and --towns-from too")
    return (Path(options.areas), Path(options.towns_from)) if options.areas else None
