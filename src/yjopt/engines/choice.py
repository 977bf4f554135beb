"""From an engine's name to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.engine import Engine
    from yjopt.engines.params import Params


def choose(params: Params) -> Engine:
    """The engine that ``params.engine`` names.

    Raises
    ------
    EngineError
        If the name is none of ``auto``, ``lagrange``, ``highs``, ``pulp:NAME``.
    """
    name = params.engine
    if name in ("auto", "lagrange", "highs"):
        from yjopt.engines.highs import HighsEngine

        return HighsEngine(threads=params.threads, seed=params.seed)
    if name.startswith("pulp:"):
        from yjopt.engines.pulp_bridge import PulpEngine

        return PulpEngine(name.removeprefix("pulp:"), threads=params.threads, seed=params.seed)
    raise EngineError(
        f"There is no engine {name!r}; use auto, lagrange, highs or pulp:NAME, as in pulp:PULP_CBC_CMD."
    )
