"""Frames between a solver process and its parent: a JSON header and raw arrays, nothing executable."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt

Header: TypeAlias = dict[str, Any]
Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

_MAGIC = b"yjf1"
_PREFIX = struct.Struct("<4sIQ")


def write_frame(stream: IO[bytes], header: Header, arrays: Arrays | None = None) -> None:
    """Write one frame and flush; every number in the header is finite."""
    contiguous = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    layout = [[name, array.dtype.str, array.size] for name, array in contiguous.items()]
    text = json.dumps({**header, "arrays": layout}, allow_nan=False).encode()
    payload = sum(array.nbytes for array in contiguous.values())
    stream.write(_PREFIX.pack(_MAGIC, len(text), payload) + text)
    for array in contiguous.values():
        stream.write(array.tobytes())
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[Header, dict[str, npt.NDArray[Any]]]:
    """Read one frame.

    Raises
    ------
    EOFError
        If the stream ends, or what comes is no frame.
    """
    magic, text_size, payload_size = _PREFIX.unpack(_read(stream, _PREFIX.size))
    if magic != _MAGIC:
        raise EOFError("what came is no frame")
    header: Header = json.loads(_read(stream, text_size))
    payload = memoryview(_read(stream, payload_size))
    arrays: dict[str, npt.NDArray[Any]] = {}
    at = 0
    for name, kind, size in header.pop("arrays"):
        array = np.frombuffer(payload, dtype=np.dtype(kind), count=size, offset=at)
        arrays[name] = array
        at += array.nbytes
    return header, arrays


def _read(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("the stream ended")
    return content
