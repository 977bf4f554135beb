"""Roads: who can be reached from where, in how many seconds, by which way, in which period.

`reach` is the list of pairs the model may use; `path` shows one of them on the map; `to_networkx` and
`roads_from_networkx` exchange the graph with everything that speaks networkx. The rules are section 3 of
``docs/concepts/model.md``.
"""

from __future__ import annotations

from yjopt.roads.exchange import roads_from_networkx, to_networkx
from yjopt.roads.pairs import Pairs, Reach, reach
from yjopt.roads.routes import Path, path

__all__ = ["Pairs", "Path", "Reach", "path", "reach", "roads_from_networkx", "to_networkx"]
