"""Plans of one scenario under different rules, side by side, stage by stage.

`modes` prices the command rules, `levels` tells what a higher response level buys, `alone` what each area reaches by
itself; `stages` lays the values of several plans beside each other.
"""

from __future__ import annotations

from yjopt.comparison.alone import StandAlone, stand_alone
from yjopt.comparison.levels import RaisedLevel, raise_level
from yjopt.comparison.modes import PriceOfRule, price_of_rule

__all__ = ["PriceOfRule", "RaisedLevel", "StandAlone", "price_of_rule", "raise_level", "stand_alone"]
