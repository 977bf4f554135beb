"""The plan: tables, status, stages, statistics, and how they are read off a solution."""

from __future__ import annotations

from yjopt.plan.decoding import decode
from yjopt.plan.plan import FIRST_STAGES, UNMET_STAGES, Plan, StageResult

__all__ = ["FIRST_STAGES", "UNMET_STAGES", "Plan", "StageResult", "decode"]
