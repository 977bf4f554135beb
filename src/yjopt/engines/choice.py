"""From an engine's name and a model's size to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yjopt.engines.network import network_of
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from yjopt.engines.engine import Engine
    from yjopt.engines.network import Network
    from yjopt.engines.params import Params
    from yjopt.model.mip import Mip

#: Columns from which a part is large, by the name of the engine asked for; under any other name nothing is.
LARGE: Final = {"auto": 4_000, "lagrange": 500}

#: Columns from which a pure network is solved as one, under the same names: below, HiGHS takes no longer.
NETWORK: Final = 500


def is_large(mip: Mip, params: Params) -> bool:
    """Whether a model, or a part of one, is approached by its relaxation and region by region."""
    least = LARGE.get(params.engine)
    return least is not None and mip.num_columns >= least and bool(mip.integer.any())


def as_network(mip: Mip, params: Params) -> Network | None:
    """The network that a part is to be solved as; None if it is none, or another way is asked for."""
    # Where a stage may become worse again, the stages after it are no longer found among its optima.
    is_apt = params.engine in LARGE and mip.num_columns >= NETWORK and not any(params.tolerance.values())
    return network_of(mip) if is_apt else None


def explained(parts: Sequence[Mip], networks: Collection[int], params: Params) -> str:
    """What ``auto`` has chosen and why, in a sentence; blank under any other name.

    Parameters
    ----------
    parts : sequence of Mip
        All independent parts.
    networks : collection of int
        Those solved as pure networks.
    params : Params
    """
    if params.engine != "auto":
        return ""
    others = [part for at, part in enumerate(parts) if at not in networks]
    large = [part for part in others if is_large(part, params)]
    small = [part for part in others if not is_large(part, params)]
    ways = {
        "network simplex for {} pure network(s)": [parts[at] for at in networks],
        f"relaxation and regions for {{}} part(s) of {LARGE['auto']:,} columns and more": large,
        f"HiGHS whole for {{}} part(s) of fewer than {LARGE['auto']:,} columns": small,
    }
    told = [
        f"{way.format(f'{len(own):,}')}, the largest of {max(part.num_columns for part in own):,}"
        for way, own in ways.items()
        if own
    ]
    sentence = "; ".join(told) or "nothing is to be solved"
    return f"{sentence[0].upper()}{sentence[1:]}."


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
