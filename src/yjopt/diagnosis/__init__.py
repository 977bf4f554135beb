"""When hard rules clash: which ones, where, and the cheapest change of the tables with which they hold.

`asking` leads through the question, `catalogue` says what may be changed at what price, `elastic` turns that into
columns of the model, `conflicts` finds which rules cannot hold together, `repairing` writes the changes into a
scenario, `report` is the answer.
"""

from __future__ import annotations

from yjopt.diagnosis.asking import diagnose
from yjopt.diagnosis.report import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
