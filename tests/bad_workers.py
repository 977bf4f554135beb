"""A worker that misbehaves in the way that the solver's name asks for; run as a module by the tests."""

from __future__ import annotations

import os
import time

import numpy as np

from yjopt.engines import highs_worker
from yjopt.engines.serving import Reply, Request, serve


def solve(request: Request, reply: Reply) -> None:
    mode = request.header["solver"]
    with_presolve = request.header["presolve"]
    if mode == "hangs" or (mode == "hangs with presolve" and with_presolve):
        time.sleep(60)
    elif mode == "hangs after a vector":
        reply.incumbent(request.model["lower"])
        time.sleep(60)
    elif mode == "dies after a vector":
        reply.incumbent(request.model["lower"])
        os._exit(3)
    elif mode == "infeasible" or (mode == "infeasible with presolve" and with_presolve):
        reply.done("kInfeasible")
    elif mode == "error with presolve" and with_presolve:
        reply.done("kSolveError")
    elif mode == "dies with presolve" and with_presolve:
        os._exit(3)
    elif mode == "out of memory":
        raise MemoryError
    elif mode == "new word":
        reply.done("kSomethingNew")
    elif mode == "too high a bound":
        reply.done("kOptimal", request.model["lower"], 1e6)
    elif mode == "breaks rows":
        reply.done("kOptimal", request.model["upper"], 0.0)
    elif mode == "NaN":
        reply.done("kOptimal", np.full(len(request.cost), np.nan), 0.0)
    elif mode == "prints":
        os.write(1, b"a native library says something on standard output\n" * 100)
        highs_worker.solve(request, reply)
    else:
        highs_worker.solve(request, reply)


if __name__ == "__main__":
    serve(solve)
