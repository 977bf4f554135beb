"""A relaxation's process that misbehaves as the environment asks for; run as a module by the tests."""

from __future__ import annotations

import os
import time

import numpy as np

from yjopt.engines import lp_worker
from yjopt.engines.serving import Reply, Request, serve


def solve(request: Request, reply: Reply) -> None:
    mode = os.environ["YJOPT_TEST_MODE"]
    columns, rows = len(request.cost), len(request.model["row_lower"])
    end = {"kind": "done", "native": "kOptimal", "iterations": 0, "processor": 0.0}
    if mode == "hangs":
        time.sleep(60)
    elif mode == "dies":
        os._exit(3)
    elif mode == "out of memory":
        raise MemoryError
    elif mode == "new word":
        reply.send({**end, "native": "kSomethingNew"})
    elif mode == "NaN":
        reply.send(end, {"x": np.zeros(columns), "duals": np.full(rows, np.nan)})
    elif mode == "optimal without a vector":
        reply.send(end)
    elif mode == "trips once" and request.header["warm"]:
        raise RuntimeError("HiGHS refused to run")
    else:
        lp_worker.solve(request, reply)


if __name__ == "__main__":
    serve(solve)
