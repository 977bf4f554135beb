"""Cases with a published optimum: ``python -m benchmarks.published --instances FOLDER -o results/``.

The folder is not part of the project; README.md says where the public gets the files.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from benchmarks.machine import describe

if TYPE_CHECKING:
    from yjopt import Scenario

#: Best possible ventilator-days short when states lend to each other (whole ventilators, floor of 90 %).
VENTILATORS_OPTIMUM: Final = 5_813
#: A ventilator arrives three days after it leaves.
LEAD_MINUTES: Final = 3 * 24 * 60.0


def ventilators(folder: Path) -> Scenario:
    """Fifty states lend each other ventilators: demand from 15 April 2020, one row a state and day.

    Parameters
    ----------
    folder : Path
        Holds ``demand.csv`` with columns state, date, supply, demand.

    Returns
    -------
    Scenario
        One durable of one authority, a period a day. A giver keeps nine tenths of its own stock, rounded up.
    """
    from yjopt import Scenario

    table = pd.read_csv(folder / "demand.csv", keep_default_na=False)
    # The public table has a row for the whole country beside the states.
    table = table[table["state"] != "US"]
    states, days = sorted(table["state"].unique()), sorted(table["date"].unique())
    own = np.floor(table.groupby("state")["supply"].first().loc[states].to_numpy()).astype(int)
    demand = np.ceil(table["demand"].to_numpy(dtype=float) - 1e-9).astype(int)
    period = table["date"].map({day: n for n, day in enumerate(days, start=1)})
    needs = pd.DataFrame(
        {"place": table["state"], "item": "ventilator", "period": period, "quantity": demand}
    )
    frames = {
        "areas": pd.DataFrame(
            [("US", "nation", ""), *((state, "province", "US") for state in states)],
            columns=["area", "level", "parent"],
        ),
        "places": pd.DataFrame({"place": states, "kind": "hospital", "area": states}),
        "times": pd.DataFrame(
            [(a, b, LEAD_MINUTES) for a in states for b in states if a != b],
            columns=["from", "to", "minutes"],
        ),
        "items": pd.DataFrame({"item": ["ventilator"], "durable": [True]}),
        "stocks": pd.DataFrame(
            {
                "place": states,
                "item": "ventilator",
                "authority": "US",
                "quantity": own,
                "floor": np.ceil(0.9 * own - 1e-9).astype(int),
            }
        ),
        "needs": needs[needs["quantity"] > 0],
    }
    settings = {"name": "Ventilators", "periods": len(days), "rule": "flat", "limits": {"supplies": 5000}}
    return Scenario.from_tables(frames, settings)


def measure(folder: Path, time_limit: float) -> dict[str, Any]:
    """Solve the case and compare it with the published value."""
    import yjopt as yj

    start = time.perf_counter()
    scenario = ventilators(folder / "ventilators")
    plan = yj.solve(scenario, gap=0, time_limit=time_limit)
    goods = next(stage for stage in plan.stage_results if stage.name == "unmet_goods")
    return {
        "case": "ventilators",
        "published": VENTILATORS_OPTIMUM,
        "value": goods.value / goods.unit,
        "bound": None if goods.bound is None else goods.bound / goods.unit,
        "manual": goods.manual / goods.unit,
        "status": plan.status,
        "size": dict(plan.size),
        "seconds": {**plan.seconds, "all": round(time.perf_counter() - start, 3)},
        "audit": {"ok": plan.audit().ok},
    }


def main(words: list[str] | None = None) -> int:
    """Exit 0 when the published value is reached and proven, else 1."""
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="python -m benchmarks.published", description=__doc__)
    parser.add_argument("--instances", type=Path, required=True, help="folder of public instances")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds")
    parser.add_argument("-o", "--output", default="", help="folder for the result file")
    options = parser.parse_args(words)
    result = {
        "benchmark": "published",
        "command": "python -m benchmarks.published --instances FOLDER " + shlex.join(words[2:]),
        **describe(),
        **measure(options.instances, options.time_limit),
    }
    text = json.dumps(result, indent=2, ensure_ascii=False)
    print(text)
    if options.output:
        path = Path(options.output) / "published-ventilators.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return 0 if result["value"] == result["bound"] == VENTILATORS_OPTIMUM else 1


if __name__ == "__main__":
    raise SystemExit(main())
