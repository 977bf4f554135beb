"""When a search had what: the time to given gaps, and the time a peer takes to yjopt's own certified values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.peers.loop import Target

#: Gaps, against a stage's scale, whose times are told.
GAPS: Final = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0)

#: Seconds within which events are one.
MOMENT: Final = 0.02

#: How a peer can end beside not being installed.
REACHED: Final = "reached"
STOPPED_BY_LIMIT: Final = "stopped_by_limit"
NOT_REACHED: Final = "not_reached"
FAILED: Final = "failed"


def seconds_to_gaps(
    stages: Sequence[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """For each stage the first moment at which each of `GAPS` was reached.

    Parameters
    ----------
    stages : sequence of mapping
        Name and scale of each.
    events : iterable of mapping
        Seconds, stage (its name), value, bound.

    Returns
    -------
    dict
        By stage, gap (as text) and seconds; a gap that was never seen is left out.
    """
    scales = {stage["name"]: stage["scale"] for stage in stages}
    best: dict[str, tuple[int | None, int | None]] = dict.fromkeys(scales, (None, None))
    times: dict[str, dict[str, float]] = {name: {} for name in scales}
    for event in events:
        name = event["stage"]
        if name not in scales:
            continue
        value, bound = best[name] = _better(best[name], event.get("value"), event.get("bound"))
        if value is None or bound is None:
            continue
        for gap in GAPS:
            if value - bound <= gap * scales[name]:
                times[name].setdefault(f"{gap:g}", event["seconds"])
    return {name: known for name, known in times.items() if known}


def stage_seconds(events: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Seconds spent on each stage: the time up to an event belongs to the event's stage.

    Events of one moment are one: what is better in a stage is worse or better in those after it. Of these the first
    stage has the time, and it is told last.
    """
    spent: dict[str, float] = {}
    told = [event for event in events if event["stage"]]
    # What is before the first event is not the search's time.
    before = told[0]["seconds"] if told else 0.0
    for event, after in zip(told, [*told[1:], None], strict=True):
        spent.setdefault(event["stage"], 0.0)
        if after is None or after["seconds"] - event["seconds"] > MOMENT:
            spent[event["stage"]] += event["seconds"] - before
            before = event["seconds"]
    return {name: round(seconds, 4) for name, seconds in spent.items()}


def verdict(
    names: Sequence[str],
    targets: Sequence[Target],
    ran: Mapping[str, Any],
    verdicts: Mapping[str, Mapping[str, Any]],
    *,
    limit: float,
    finds_plans: bool,
) -> dict[str, Any]:
    """What a peer has reached, by the judge's figures and not its own.

    Parameters
    ----------
    names : sequence of str
        The stages in order.
    targets : sequence of Target
        What it had to reach in each.
    ran : mapping
        Its events and how it ended, see `peers.running.run_peer`.
    verdicts : mapping
        The judge's word on each vector.
    limit : float
        Seconds it had; they count for a peer that was stopped.
    finds_plans : bool
        Whether it finds plans at all; a relaxation is measured by how soon its bounds prove yjopt's values.

    Returns
    -------
    dict
        ``result``, ``seconds`` (the limit unless all was reached), and per stage value, bound, seconds to target.
    """
    stages = [
        {"name": name, "value": None, "bound": None, "reached_seconds": None, "notes": []} for name in names
    ]
    wrong, held, is_over = 0, [2**62] * len(names), False
    curves: list[dict[str, Any]] = []
    for event in ran["events"]:
        number = event.get("stage")
        if number is None:
            continue
        stage, target = stages[number], targets[number]
        value = event["value"] if event["kind"] == "begins" and finds_plans else None
        wrong += event["kind"] == "rejected"
        if "vector" in event:
            known = verdicts.get(event["vector"])
            is_plan = known is not None and known["is_plan"]
            is_plan = is_plan and all(v <= h for v, h in zip(known["values"][:number], held, strict=False))
            wrong += not is_plan
            value = known["values"][number] if is_plan else None
        if not finds_plans:
            value = target.value
        stage["value"], stage["bound"] = _better((stage["value"], stage["bound"]), value, event.get("bound"))
        is_in_time = stage["reached_seconds"] is None and event["seconds"] <= limit
        if is_in_time and target.is_reached(stage["value"], stage["bound"]):
            stage["reached_seconds"] = event["seconds"]
        if event["kind"] == "stage":
            stage["notes"] = event.get("notes", [])
            is_over = is_over or (finds_plans and stage["reached_seconds"] is None)
            held[number] = max(target.value, stage["value"] if stage["value"] is not None else target.value)
        if is_over:
            continue
        curves.append(
            {
                "seconds": event["seconds"],
                "stage": names[number],
                "value": stage["value"],
                "bound": stage["bound"],
            }
        )
    times = [stage["reached_seconds"] for stage in stages]
    # After a stage that was not reached nothing counts: its plans are worse where it matters more.
    prefix = next((number for number, time in enumerate(times) if time is None), len(times))
    for stage in stages[prefix:]:
        stage["reached_seconds"] = None
    is_reached = prefix == len(times)
    seconds = max(times, default=0.0) if is_reached else limit
    return {
        "result": _result(ran, is_reached, limit),
        "seconds": round(seconds, 4),
        "stages_reached": prefix,
        "wrong_vectors": wrong,
        "stages": stages,
        "curve": curves,
    }


def contradictions(
    own: Sequence[Mapping[str, Any]], peer: Sequence[Mapping[str, Any]], *, finds_plans: bool
) -> list[str]:
    """Bounds and plans that cannot both be right; anything here is a fault of one of the two.

    A peer's stage is minimised over all plans as good as yjopt's in the earlier stages, so its bound cannot be above
    yjopt's value. Its plan cannot be below yjopt's bound as long as it is no worse than yjopt's in earlier stages.
    """
    found = []
    is_as_good = finds_plans
    for ours, theirs in zip(own, peer, strict=True):
        if theirs["bound"] is not None and theirs["bound"] > ours["value"]:
            found.append(
                f"{ours['name']}: bound {theirs['bound']} of the peer above the value {ours['value']}"
            )
        if theirs["value"] is None:
            break
        if is_as_good and ours["bound"] is not None and theirs["value"] < ours["bound"]:
            found.append(
                f"{ours['name']}: value {theirs['value']} of the peer below the bound {ours['bound']}"
            )
        is_as_good = is_as_good and theirs["value"] <= ours["value"]
    return found


def _result(ran: Mapping[str, Any], is_reached: bool, limit: float) -> str:
    if is_reached:
        return REACHED
    last = ran["events"][-1]["seconds"] if ran["events"] else 0.0
    if ran["is_killed"] or last >= 0.98 * limit:
        return STOPPED_BY_LIMIT
    return NOT_REACHED if ran["status"] == 0 else FAILED


def _better(
    best: tuple[int | None, int | None], value: int | None, bound: int | None
) -> tuple[int | None, int | None]:
    low = value if best[0] is None else best[0] if value is None else min(best[0], value)
    high = bound if best[1] is None else best[1] if bound is None else max(best[1], bound)
    return low, high
