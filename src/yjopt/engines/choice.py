"""From an engine's name and a model's size to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yjopt.engines.engine import Engine
    from yjopt.engines.params import Params
    from yjopt.model.mip import Mip

#: Columns from which a part is large, by the name of the engine asked for; under any other name nothing is.
LARGE: Final = {"auto": 4_000, "lagrange": 500}


def is_large(mip: Mip, params: Params) -> bool:
    """Whether a model, or a part of one, is approached by its relaxation and region by region."""
    least = LARGE.get(params.engine)
    return least is not None and mip.num_columns >= least and bool(mip.integer.any())


def explained(parts: Sequence[Mip], params: Params) -> str:
    """What ``auto`` has chosen and why, in a sentence; blank under any other name."""
    if params.engine != "auto":
        return ""
    sizes = sorted((part.num_columns for part in parts if is_large(part, params)), reverse=True)
    rest = len(parts) - len(sizes)
    largest = max((part.num_columns for part in parts), default=0)
    if not sizes:
        return (
            f"HiGHS whole: the largest of {len(parts):,} independent part(s) has {largest:,} columns, fewer than"
            f" {LARGE['auto']:,}."
        )
    others = f"; HiGHS whole for the other {rest:,}" if rest else ""
    return (
        f"Relaxation and regions for {len(sizes):,} part(s) of {LARGE['auto']:,} columns and more, the largest of"
        f" {sizes[0]:,}{others}."
    )


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
