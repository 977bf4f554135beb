"""The process of the network simplex: ``python -m yjopt.engines.flow_worker``.

Stages are minimised one after the other. An optimal flow is one in which every arc with a positive reduced cost is at
its lower bound and every arc with a negative one at its upper bound. So these arcs are fixed there, and the next stage
is minimised over what is left: each time a smaller network, and exactly the optima of the stages before. At last, of
all that is as good, the flow nearest to the plan at hand is taken, so that no order changes for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from yjopt.engines.serving import attended

if TYPE_CHECKING:
    from yjopt.engines.serving import Named, Reply
    from yjopt.model.mip import IntArray


def main() -> None:
    """Answer the parent until it goes away."""
    reply, frames = attended()
    while True:
        _, arrays = frames.get()
        try:
            solve(arrays, reply)
        except MemoryError:
            reply.error("memory", "The network simplex ran out of memory.")
        except Exception as error:
            reply.error("failed", f"{type(error).__name__}: {error}")


def solve(arrays: Named, reply: Reply) -> None:
    """Minimise all stages; a frame with the potentials of each, and a last one with the flow to be taken.

    Parameters
    ----------
    arrays : dict of arrays
        ``tails``, ``heads``, ``lower``, ``upper``, ``supply`` of a `Network`, and ``costs``: those of its arcs in the
        first stage, then in the second, and so on; ``start``, if there is one: what columns have in a plan.
    reply : Reply
    """
    tails, heads, supply = arrays["tails"], arrays["heads"], arrays["supply"]
    lower, upper, flow = arrays["lower"].copy(), arrays["upper"].copy(), arrays["lower"]
    for cost in arrays["costs"].reshape(-1, len(tails)):
        flow, potential = minimised(tails, heads, lower, upper, supply, cost)
        reply.send({"kind": "stage"}, {"potential": potential})
        narrow(lower, upper, cost + potential[tails] - potential[heads])
    if "start" in arrays:
        flow = nearest(tails, heads, lower, upper, supply, arrays["start"])
    reply.send({"kind": "done"}, {"flow": flow})


def narrow(lower: IntArray, upper: IntArray, reduced: IntArray) -> None:
    """Fix in place what has a reduced cost at the bound where every optimal flow has it."""
    upper[reduced > 0] = lower[reduced > 0]
    lower[reduced < 0] = upper[reduced < 0]


def nearest(
    tails: IntArray, heads: IntArray, lower: IntArray, upper: IntArray, supply: IntArray, start: IntArray
) -> IntArray:
    """The flow that differs least in sum from what the first arcs have in a plan."""
    at = lower.copy()
    at[: len(start)] = np.clip(start, lower[: len(start)], upper[: len(start)])
    # What an arc has up to that pays, what it has beyond costs: two arcs, one after the other full.
    cost = np.zeros(len(tails), dtype=np.int64)
    cost[: len(start)] = 1
    both = np.tile(tails, 2), np.tile(heads, 2)
    least, most = np.concatenate([lower, 0 * at]), np.concatenate([at, upper - at])
    moved, _ = minimised(*both, least, most, supply, np.concatenate([-cost, cost]))
    return moved[: len(tails)] + moved[len(tails) :]


def minimised(
    tails: IntArray, heads: IntArray, lower: IntArray, upper: IntArray, supply: IntArray, cost: IntArray
) -> tuple[IntArray, IntArray]:
    """An optimal flow of every arc, and the potentials that prove it; 0 where no arc is free.

    Raises
    ------
    RuntimeError
        If there is no flow at all.
    """
    import pylmcf

    free = np.flatnonzero(lower < upper)
    # An arc that pays starts full, and is taken back at a cost: the solver wants no negative ones.
    flow = np.where(cost < 0, upper, lower)
    back = cost[free] < 0
    begin = np.where(back, heads[free], tails[free])
    end = np.where(back, tails[free], heads[free])
    left = supply.copy()
    np.subtract.at(left, tails, flow)
    np.add.at(left, heads, flow)
    potential = np.zeros(len(supply), dtype=np.int64)
    if not len(free):
        if left.any():
            raise RuntimeError("There is no flow.")
        return flow, potential
    nodes, ends = np.unique(np.concatenate([begin, end]), return_inverse=True)
    begin, end = ends[: len(free)], ends[len(free) :]
    if np.delete(left, nodes).any():
        raise RuntimeError("There is no flow.")
    order = np.lexsort((end, begin))
    graph = pylmcf.Graph(len(nodes), begin[order], end[order])
    graph.set_node_supply(left[nodes])
    graph.set_edge_capacities((upper - lower)[free[order]])
    graph.set_edge_costs(np.abs(cost[free[order]]))
    graph.solve()
    moved = graph.result()
    flow[free[order]] += np.where(back[order], -moved, moved)
    potential[nodes] = graph.potentials()
    return flow, potential


if __name__ == "__main__":
    main()
