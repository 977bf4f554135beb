"""From an engine's name and a model's size to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yjopt.errors import EngineError

if TYPE_CHECKING:
    from yjopt.engines.engine import Engine
    from yjopt.engines.params import Params
    from yjopt.model.mip import Mip

#: Columns from which a part is large, by the name of the engine asked for; under any other name nothing is.
LARGE: Final = {"auto": 4_000, "lagrange": 500}


def is_large(mip: Mip, params: Params) -> bool:
    """Whether a model, or a part of one, is approached by its relaxation and region by region."""
    least = LARGE.get(params.engine)
    return least is not None and mip.num_columns >= least and bool(mip.integer.any())


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
