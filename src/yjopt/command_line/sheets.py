"""The command ``orders``: what each unit has to do under a written plan, and who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.command_line.plans import read_scenario
from yjopt.command_line.screen import say, say_json
from yjopt.plan import Plan

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from yjopt.plan.orders import OrderSheet


def orders(options: argparse.Namespace) -> int:
    """Print the order sheet of a unit, or how much stands on the sheet of each."""
    plan = Plan.read(options.plan, read_scenario(options))
    if options.unit:
        sheet = plan.orders(options.unit)
        if options.json:
            say_json(_sheet_as_object(sheet))
        else:
            say(f"{sheet.text()}\n")
        return 0
    sheets = [plan.orders(unit) for unit in plan.scenario.tables["areas"]["area"]]
    busy = [sheet for sheet in sheets if any(_sizes(sheet).values())]
    if options.json:
        say_json([{"unit": sheet.unit, "name": sheet.name, **_sizes(sheet)} for sheet in busy])
    else:
        say("".join(f"{line}\n" for line in _overview(busy)))
    return 0


def _sizes(sheet: OrderSheet) -> dict[str, int]:
    """Rows of each part of a sheet."""
    carried_out = {name: len(frame) for name, frame in sheet.tables.items()}
    return carried_out | {"received": len(sheet.received), "sent": len(sheet.sent)}


def _overview(sheets: list[OrderSheet]) -> Iterator[str]:
    if not sheets:
        yield "Nobody has anything to do under this plan."
        return
    for sheet in sheets:
        parts = [f"{count:,} {name}" for name, count in _sizes(sheet).items() if count]
        yield f"{sheet.unit} {sheet.name}".rstrip() + f": {', '.join(parts)}"
    yield ""
    yield "'yjopt orders SCENARIO DIR UNIT' prints one sheet; received and sent are requests and orders."


def _sheet_as_object(sheet: OrderSheet) -> dict[str, object]:
    parts = {**sheet.tables, "received": sheet.received, "sent": sheet.sent}
    rows = {name: frame.to_dict("records") for name, frame in parts.items()}
    return {"unit": sheet.unit, "name": sheet.name, **rows}
