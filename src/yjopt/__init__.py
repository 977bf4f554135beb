"""
yjopt (应急): plans for a city's emergency command centre in an outbreak.

Supplies, beds, isolation sites and teams on a road graph under command rules, planned by an exact integer
programme and checked by an independent audit. Plans are pandas tables.

>>> import yjopt as yj
>>> scenario = yj.read("examples/qingyuan")  # doctest: +SKIP
>>> plan = yj.solve(scenario, gap=1e-3, time_limit=60)  # doctest: +SKIP
>>> plan.audit().ok  # doctest: +SKIP
True
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

# Every public name and the module that has it. A name is loaded when it is first asked for, which keeps
# `import yjopt` light. No module may bear one of these names, for it would hide the name.
_HOME = {
    "read": "api",
    "check": "api",
    "solve": "api",
    "audit": "api",
    "diagnose": "diagnosis",
    "price_of_rule": "comparison",
    "raise_level": "comparison",
    "stand_alone": "comparison",
    "generate": "generation",
    "sweep": "sweeping",
    "Variant": "sweeping",
    "variants": "sweeping",
    "Scenario": "scenario",
    "Plan": "plan",
    "Planner": "planner",
    "Finding": "checks",
    "YjoptError": "errors",
    "ScenarioError": "errors",
    "FileError": "errors",
    "PlanError": "errors",
    "ModelError": "errors",
    "EngineError": "errors",
    "AuditError": "errors",
}

__all__ = ["__version__", *_HOME]

logging.getLogger("yjopt").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'yjopt' has no attribute {name!r}")
    value = getattr(import_module(f"yjopt.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
