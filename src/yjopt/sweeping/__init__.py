"""Many variants of one scenario planned side by side: what if a depot is lost, a road closed, a town twice as ill?

`running` holds the verb, `base` what all variants share, `rechecking` the checks of a changed table alone, `tasks` one
variant from its tables to its answer; `pool` is the sweep's own processes and `worker` their inside; `dispatch` hands
tasks to an executor of the caller's; `result` is what comes back. Variants are made in `yjopt.generation.variants`.
"""

from __future__ import annotations

from yjopt.generation import variants
from yjopt.generation.changes import Variant
from yjopt.sweeping.result import Sweep
from yjopt.sweeping.running import sweep

__all__ = ["Sweep", "Variant", "sweep", "variants"]
