"""The commands that ask something of a scenario: why rules clash, what a level buys, what a rule costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from yjopt.command_line.screen import say, say_json, wrapped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from yjopt.plan import Plan


def diagnose(options: argparse.Namespace) -> int:
    """Say which hard rules clash and what mends it; 1 if some do."""
    from yjopt import api
    from yjopt.diagnosis import diagnose as find

    found = find(
        api.read(options.scenario),
        options.hard,
        prices=dict(options.price),
        time_limit=options.time_limit,
        engine=options.engine,
        seed=options.seed,
    )
    if options.output:
        found.repaired.write(options.output)
    lines = found.text().splitlines()
    if options.output:
        lines += ["", f"The repaired scenario is in {options.output}."]
    _answer(options, found.report(), lines)
    return 0 if found.ok else 1


def raise_level(options: argparse.Namespace) -> int:
    """Say what a response level buys; 1 if there is no plan to tell it from."""
    from yjopt import api
    from yjopt.comparison import raise_level as compare

    found = compare(
        api.read(options.scenario),
        options.area,
        options.level,
        from_period=options.from_period,
        **_search(options),
    )
    _answer(options, found.report(), found.text().splitlines())
    return _status(found.plans)


def price_of_rule(options: argparse.Namespace) -> int:
    """Say what rules of command cost; 1 if a plan is missing."""
    from yjopt import api
    from yjopt.comparison import price_of_rule as compare

    found = compare(
        api.read(options.scenario), tuple(options.rules), delays=options.delays, **_search(options)
    )
    _answer(options, found.report(), found.text().splitlines())
    return _status(found.plans)


def _search(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in ("gap", "time_limit", "engine", "seed")}


def _answer(options: argparse.Namespace, report: dict[str, Any], lines: list[str]) -> None:
    if options.json:
        say_json(report)
    else:
        say(wrapped(lines))


def _status(plans: Mapping[str, Plan]) -> int:
    return 0 if all(plan.tables for plan in plans.values()) else 1


#: What each word does.
QUESTIONS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "diagnose": diagnose,
    "raise-level": raise_level,
    "price-of-rule": price_of_rule,
}
