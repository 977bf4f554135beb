"""The command that plans many variants of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.command_line.plans import read_scenario
from yjopt.command_line.screen import say, say_json, wrapped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from yjopt.generation.changes import Variant
    from yjopt.scenario import Scenario

#: Words that ask for a kind of variants; a list is empty where each thing of the kind is meant.
_KINDS = ("lose_depots", "double_towns", "delay_sources", "close_roads", "blind_towns")


def sweep(options: argparse.Namespace) -> int:
    """Plan the variants that are asked for; 1 if one of them has no plan."""
    if not any(_is_asked(options, kind) for kind in _KINDS):
        words = ", ".join(f"--{kind.replace('_', '-')}" for kind in _KINDS)
        options.refuse(f"say what is to be different: {words}")
    from yjopt.sweeping import sweep as plan_all

    scenario = read_scenario(options)
    found = plan_all(
        scenario,
        list(_variants(scenario, options)),
        workers=options.workers,
        gap=options.gap,
        time_limit=options.time_limit,
        engine=options.engine,
        seed=options.seed,
        output=options.output,
        progress=False if options.quiet else None,
    )
    if options.json:
        say_json(found.report())
    elif not options.quiet:
        lines = found.text().splitlines()
        say(wrapped([*lines, *(["", f"Plans and table are in {options.output}."] if options.output else [])]))
    return 0 if found.table["gap"].notna().all() else 1


def _is_asked(options: argparse.Namespace, kind: str) -> bool:
    told = getattr(options, kind)
    return told is not None and told is not False and told != 0


def _variants(scenario: Scenario, options: argparse.Namespace) -> Iterator[Variant]:
    from yjopt.generation import variants as make
    from yjopt.generation.changes import Variant

    draw = {"count": options.count, "seed": options.seed}
    yield Variant("as is")
    if options.lose_depots is not None:
        yield from make.lose_depots(scenario, options.lose_depots or None, **draw)
    if options.double_towns is not None:
        yield from make.double_towns(scenario, options.double_towns or None, **draw)
    if options.delay_sources is not None:
        yield from make.delay_sources(scenario, options.delay_sources or None, hours=options.hours, **draw)
    if options.close_roads:
        yield from make.close_roads(scenario, **draw)
    if options.blind_towns:
        yield from make.blind_towns(scenario, count=options.blind_towns, seed=options.seed)
