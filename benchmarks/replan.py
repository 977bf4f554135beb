"""How long a plan takes after a few figures have changed, and how many orders change with it."""

from __future__ import annotations

import copy
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import add_case_options, case_of

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from yjopt import Plan, Planner, Scenario

#: By how much a changed need shrinks or grows at most.
SWING: Final = 0.5


def add_options(parser: argparse.ArgumentParser) -> None:
    """The case, what changes, and how it is solved."""
    add_case_options(parser)
    parser.add_argument("--share", type=float, default=0.01, help="of the needs that change")
    parser.add_argument("--engine", default="auto", help="of yjopt.solve")
    parser.add_argument("--gap", type=float, default=0.01, help="of every stage")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds of each solve")
    parser.add_argument(
        "--again-limit",
        type=float,
        default=None,
        help="seconds of solves that go on (default: as --time-limit)",
    )
    parser.add_argument(
        "--change-cost",
        type=float,
        default=1.0,
        help="what a changed order must be worth, as Planner.solve has it",
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Plan once, change needs, and plan on: with and without a price of changed orders, only as good, and from nothing.

    Raises
    ------
    SystemExit
        If the share is none, or no plan was found to begin with.
    """
    from yjopt import Planner, read

    if not 0 < options.share <= 1:
        raise SystemExit(f"--share takes a number above 0 and up to 1, not {options.share}.")
    case = case_of(options)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "scenario"
        case.write(folder)
        scenario = read(folder)
    search = {"gap": options.gap, "time_limit": options.time_limit, "engine": options.engine}
    planner = Planner(scenario)
    began = time.perf_counter()
    cold = planner.solve(**search)
    cold_facts = {"seconds": round(time.perf_counter() - began, 4), **_facts(cold)}
    if not cold.tables:
        raise SystemExit(f"The first solve found no plan ({cold.status}).")
    rows = changed_needs(scenario, options.share, case.seed)

    shorter = {**search, "time_limit": options.again_limit or options.time_limit}
    again = {
        name: _replanned(planner, rows, {**shorter, "change_cost": price, "as_good": is_mended})
        for name, price, is_mended in (
            ("without price", None, False),
            ("with price", options.change_cost, False),
            ("as good", options.change_cost, True),
        )
    }
    fresh = Planner(scenario)
    # Its first solve is that of the changed scenario, compared with the plan before.
    fresh.update(needs=rows)
    began = time.perf_counter()
    plan = fresh.solve(**search)
    again["from nothing"] = {
        "seconds": round(time.perf_counter() - began, 4),
        "changed_share": _share(cold, plan),
        **_facts(plan),
    }
    for facts in again.values():
        facts["share_of_cold"] = round(facts["seconds"] / cold_facts["seconds"], 4)
    return {
        "case": f"{case.name}-{options.share:g}",
        "share": options.share,
        "changed_needs": len(rows),
        "orders": _orders(cold),
        "engine": options.engine,
        "gap": options.gap,
        "time_limit": options.time_limit,
        "again_limit": shorter["time_limit"],
        "change_cost": options.change_cost,
        "cold": cold_facts,
        "again": again,
    }


def changed_needs(scenario: Scenario, share: float, seed: int) -> pd.DataFrame:
    """A share of the rows of needs, drawn by the seed, up to half as much again or half as much."""
    import numpy as np

    draw = np.random.default_rng(seed)
    needs = scenario.needs
    count = max(1, round(share * len(needs)))
    rows = needs.iloc[np.sort(draw.choice(len(needs), count, replace=False))]
    factor = draw.uniform(1 - SWING, 1 + SWING, count)
    quantity = np.maximum(np.rint(rows["quantity"].to_numpy(dtype=float) * factor), 1).astype(int)
    return rows.assign(quantity=quantity)


def show(result: dict[str, Any]) -> str:
    """A line for the first plan, and one for each way of planning again."""
    cold = result["cold"]
    lines = [
        f"replan {result['case']}: {result['changed_needs']} needs changed, {result['orders']:,} orders,"
        f" gap {result['gap']:g}",
        f"  first plan      {cold['seconds']:8.2f} s, {_gaps(cold)}",
    ]
    lines += [
        f"  {name:15} {facts['seconds']:8.2f} s, {facts['share_of_cold']:6.1%} of the first,"
        f" {facts['changed_share']:6.1%} of the orders changed, {_gaps(facts)}"
        for name, facts in result["again"].items()
    ]
    return "\n".join(lines)


def _gaps(facts: dict[str, Any]) -> str:
    return (
        f"{facts['status']}, gap of people and goods {facts['gap']:.5f}, avoidable {facts['avoidable']:.3f}"
    )


def _replanned(planner: Planner, rows: pd.DataFrame, search: dict[str, Any]) -> dict[str, Any]:
    """Update and solve of a planner that has a plan, the audit included; the planner stays as it is."""
    other = copy.copy(planner)
    began = time.perf_counter()
    other.update(needs=rows)
    updated = time.perf_counter()
    plan = other.solve(**search)
    ended = time.perf_counter()
    return {
        "seconds": round(ended - began, 4),
        "update_seconds": round(updated - began, 4),
        "started": other.started,
        "changed_share": round(other.changed_share, 6),
        **_facts(plan),
    }


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "status": plan.status,
        "stopped_by": plan.stopped_by,
        "gap": plan.gap,
        "avoidable": plan.avoidable,
        "phases": dict(plan.seconds),
        "audit": plan.audited is not None and plan.audited.ok,
        "stages": [
            {"name": stage.name, "unit": stage.unit, "value": stage.value, "bound": stage.bound,
             "scale": stage.scale, "first": stage.manual}
            for stage in plan.stage_results
        ],
    }  # fmt: skip


def _share(before: Plan, after: Plan) -> float:
    from yjopt.planner.orders import changed_orders

    return round(len(changed_orders(before.tables, after.tables)) / max(_orders(before), 1), 6)


def _orders(plan: Plan) -> int:
    from yjopt.planner.orders import number_of_orders

    return number_of_orders(plan.tables)
