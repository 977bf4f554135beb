"""Executors of the caller's: threads, processes, Dask; broken ones and hanging ones."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sweeping.bad_variants import Killed, Raising
from sweeping.cases import mixed, same, some_variants, two_depots

import yjopt as yj
from yjopt.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TERMS: dict[str, Any] = {"gap": 0.0, "time_limit": 30.0, "keep_plans": True}


def test_threads_find_the_same() -> None:
    """An executor of threads: rows and tables as in one process."""
    scenario = two_depots()
    variants = some_variants(scenario)
    serial = yj.sweep(scenario, variants, workers=0, **TERMS)
    with ThreadPoolExecutor(2) as executor:
        same(serial, yj.sweep(scenario, variants, executor, **TERMS))


def test_processes_of_an_executor_find_the_same(tmp_path: Path) -> None:
    """An executor of processes; plans that come back are written here."""
    scenario = two_depots()
    variants = [*some_variants(scenario), Raising("trips")]
    serial = yj.sweep(scenario, variants, workers=0, **TERMS)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        found = yj.sweep(scenario, variants, executor, output=tmp_path, **TERMS)
    same(serial, found)
    assert yj.Plan.read(tmp_path / "001-as-is", scenario).stage_values == serial.plan("as is").stage_values
    assert not (tmp_path / f"{len(variants):03}-trips").exists()


def test_an_executor_that_breaks_loses_nothing(tmp_path: Path) -> None:
    """One process killed breaks the whole executor; what it lost is done by the sweep's own processes."""
    scenario = two_depots()
    variants = [
        *some_variants(scenario),
        Killed("once", file=str(tmp_path / "once"), times=1),
        Killed("always", file=str(tmp_path / "always")),
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        found = yj.sweep(scenario, variants, executor, workers=1, engine="manual")
    assert list(found.table["status"]) == ["feasible"] * (len(variants) - 1) + ["failed"]


def test_a_closed_executor_is_refused() -> None:
    """It takes no tasks, and the sentence says what to do."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(EngineError, match="takes no tasks"):
        yj.sweep(two_depots(), [yj.Variant("as is")], executor)


class Hanging(Executor):
    """Does the first task, is at the second forever, and never begins the others."""

    def __init__(self) -> None:
        self.number = 0

    def submit(self, work: Callable[..., Any], /, *words: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.number += 1
        if self.number == 1:
            future.set_result(work(*words, **named))
        elif self.number == 2:
            future.set_running_or_notify_cancel()
        return future


def test_an_executor_that_hangs_is_given_up() -> None:
    """What it is at is late; what it never began is done by the sweep's own processes."""
    variants = [yj.Variant(name) for name in ("one", "two", "three")]
    found = yj.sweep(two_depots(), variants, Hanging(), deadline=3.0, workers=1, engine="manual")
    assert list(found.table["status"]) == ["feasible", "late", "feasible"]


def test_ctrl_c_cancels_what_waits() -> None:
    """Tasks that have not begun never do."""
    executor = Hanging()

    def interrupt(name: str, status: str) -> None:
        raise KeyboardInterrupt

    variants = [yj.Variant(name) for name in ("one", "two", "three")]
    found = yj.sweep(two_depots(), variants, executor, engine="manual", on_done=interrupt)
    assert found.is_interrupted
    assert list(found.table["status"]) == ["feasible", "not_run", "not_run"]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A real cluster of Dask's on this machine: two processes."""
    distributed = pytest.importorskip(
        "distributed", reason="Dask is not installed; 'pip install yjopt[cluster]' brings it."
    )
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_dask_finds_the_same(client: Any, tmp_path: Path) -> None:
    """A client of a cluster, and the executor it gives: rows and tables as in one process."""
    scenario, variants = mixed()
    variants.append(Raising("trips"))
    serial = yj.sweep(scenario, variants, workers=0, **TERMS)
    same(serial, yj.sweep(scenario, variants, client, output=tmp_path, **TERMS))
    assert len(list(tmp_path.iterdir())) == len(variants)
    with client.get_executor(pure=False) as executor:
        same(serial, yj.sweep(scenario, variants, executor, **TERMS))


def test_dask_loses_nothing_by_a_killed_worker(client: Any, tmp_path: Path) -> None:
    """A worker killed with its task: Dask gives the task to another."""
    scenario = two_depots()
    variants = [*some_variants(scenario), Killed("once", file=str(tmp_path / "once"), times=1)]
    found = yj.sweep(scenario, variants, client, engine="manual")
    assert set(found.table["status"]) == {"feasible"}
    assert (tmp_path / "once").exists()
