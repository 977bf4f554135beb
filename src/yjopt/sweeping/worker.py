"""A process of the sweep's own pool, from inside: takes the scenario, then one variant after another."""

from __future__ import annotations

from typing import cast

from yjopt.engines.serving import attended
from yjopt.sweeping.base import Base
from yjopt.sweeping.packing import pack, unpack
from yjopt.sweeping.tasks import perform


def main() -> None:
    """Answer the parent until it goes away; then end at once, whatever is being solved."""
    reply, frames = attended()
    base: Base | None = None
    while True:
        header, arrays = frames.get()
        if header["kind"] == "base":
            base = cast(Base, unpack(arrays))
            # What all tasks share is made now, so that none of them is late for it.
            _ = base.vector
            reply.send({"kind": "ready"})
        else:
            assert base is not None
            reply.send({"kind": "answer"}, pack(perform(base, unpack(arrays))))


if __name__ == "__main__":
    main()
