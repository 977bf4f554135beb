"""A solve and an audit as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yjopt.auditing import Audit
    from yjopt.plan import Plan

STAGE_KEYS = ("name", "value", "bound", "gap", "gap_scale", "bound_proof")
PHASES = ("read", "reach", "index", "assemble", "manual", "solve", "plan", "audit")
SIZES = ("rows", "columns", "integers", "nonzeros")


def solve_report(plan: Plan) -> dict[str, Any]:
    """Return what ``solve --json`` prints.

    Parameters
    ----------
    plan : Plan
        Fresh from a solve, or without tables when there is none: then ``objective``, ``bound``, ``gap``,
        ``avoidable``, ``unmet`` and ``audit`` are null.

    Returns
    -------
    dict
        Values and bounds in natural units. ``objective``, ``bound`` and ``gap`` are those of the people or goods
        stage with the largest gap, or of the weighted sum; ``gap`` is against the value of doing nothing.
    """
    worst = plan.worst if plan.tables else None
    stages = plan.stages
    return {
        "status": plan.status,
        "stopped_by": plan.stopped_by,
        "engine": plan.engine,
        "method": plan.method,
        "objective": worst.value / worst.unit if worst else None,
        "bound": worst.bound / worst.unit if worst and worst.bound is not None else None,
        "gap": worst.gap_scale if worst else None,
        "stages": [{key: row[key] for key in STAGE_KEYS} for row in stages.to_dict("records")],
        "avoidable": plan.avoidable if plan.tables else None,
        "seconds": {name: plan.seconds.get(name) for name in PHASES},
        "size": {name: plan.size.get(name) for name in SIZES},
        "unmet": _unmet(plan) if plan.tables else None,
        "manual": dict(zip(stages["name"], stages["manual"], strict=True)),
        "audit": _audit(plan.audited) if plan.audited is not None else None,
        "notes": list(plan.notes),
    }


def audit_report(audited: Audit, wrong: list[str], altered: str) -> dict[str, Any]:
    """Return what ``audit --json`` prints.

    Parameters
    ----------
    audited : Audit
    wrong : list of str
        Claims of ``plan.json`` that the tables do not bear out.
    altered : str
        What is not as yjopt wrote it; blank if nothing.

    Returns
    -------
    dict
        ``stages`` are in quanta, as the audit counts them.
    """
    return {
        "ok": audited.ok and not wrong,
        "checks": audited.checks,
        "worst": audited.worst,
        "violations": audited.violations.to_dict("records"),
        "wrong_claims": wrong,
        "altered": altered,
        "stages": dict(audited.stages),
    }


def _unmet(plan: Plan) -> dict[str, dict[str, Any]]:
    """Wanted, met, waiting at the end, and lost, by kind."""
    rows = plan.statistics().to_dict("records")
    return {str(row["kind"]): {key: row[key] for key in ("wanted", "met", "waiting", "lost")} for row in rows}


def _audit(audited: Audit) -> dict[str, Any]:
    return {"ok": audited.ok, "checks": audited.checks, "worst": audited.worst}
