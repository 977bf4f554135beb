"""Objects as what a frame between two processes of one user can carry."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

#: Name under which a frame carries a pickled object.
PACKED: Final = "packed"


def pack(value: object) -> dict[str, npt.NDArray[np.uint8]]:
    """An object as the arrays of a frame."""
    return {PACKED: np.frombuffer(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL), dtype=np.uint8)}


def unpack(arrays: Mapping[str, npt.NDArray[Any]]) -> Any:
    """The object that the arrays of a frame carry; it was packed by a process of our own."""
    return pickle.loads(arrays[PACKED].tobytes())
