"""Frames: what is written is read, what is no frame is refused."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from yjopt.engines.frames import read_frame, write_frame


def test_round_trip() -> None:
    """Headers, arrays of several types, an empty array, and two frames after each other."""
    stream = io.BytesIO()
    arrays = {
        "x": np.array([1.5, -0.0, np.inf]),
        "n": np.arange(4, dtype=np.int32)[::2],
        "none": np.zeros(0, dtype=np.uint8),
    }
    write_frame(stream, {"kind": "model", "key": 3}, arrays)
    write_frame(stream, {"kind": "bound", "bound": -2.5})
    stream.seek(0)
    header, back = read_frame(stream)
    assert header == {"kind": "model", "key": 3}
    assert {name: (a.dtype, a.tolist()) for name, a in back.items()} == {
        name: (a.dtype, a.tolist()) for name, a in arrays.items()
    }
    assert read_frame(stream) == ({"kind": "bound", "bound": -2.5}, {})


@pytest.mark.parametrize("cut", [0, 3, 15, 20, -1])
def test_a_cut_stream_is_its_end(cut: int) -> None:
    """Wherever the writer died, the reader sees the end of the stream."""
    stream = io.BytesIO()
    write_frame(stream, {"kind": "done"}, {"x": np.arange(5.0)})
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(stream.getvalue()[:cut]))


def test_strange_bytes_are_no_frame() -> None:
    """A library that prints into the pipe is not taken for a header of 2 GB."""
    with pytest.raises(EOFError, match="no frame"):
        read_frame(io.BytesIO(b"Welcome to the solver, version 1.0"))
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(struct.pack("<4sIQ", b"yjf1", 10, 0)))


def test_a_number_that_is_not_finite_is_no_header() -> None:
    """JSON knows no NaN; a bound that is none is not sent."""
    with pytest.raises(ValueError, match="JSON"):
        write_frame(io.BytesIO(), {"bound": float("nan")})
