"""When a gap was reached, what a peer has by the judge's figures, and what cannot both be right."""

from __future__ import annotations

from typing import Any

from benchmarks.certified import contradictions, seconds_to_gaps, stage_seconds, verdict
from benchmarks.peers.loop import Target
from benchmarks.peers.running import targets_of


def test_the_time_to_a_gap_is_the_first() -> None:
    """Scale 100: value 50 and bound 40 are 10 % apart at 2 s, value 41 makes it 1 % at 3 s."""
    events = [
        {"stage": "people", "seconds": 1.0, "value": 50, "bound": None},
        {"stage": "people", "seconds": 2.0, "value": None, "bound": 40},
        {"stage": "people", "seconds": 3.0, "value": 41, "bound": 30},
        {"stage": "", "seconds": 4.0, "value": 0, "bound": 0},
    ]
    times = seconds_to_gaps([{"name": "people", "scale": 100}], events)
    assert times == {"people": {"0.1": 2.0, "0.05": 3.0, "0.02": 3.0, "0.01": 3.0}}


def test_seconds_of_stages() -> None:
    """The time up to an event is its stage's: 1.5 s for people, 0.5 s for goods; what is before the first is not."""
    events = [
        {"stage": "people", "seconds": 1.0},
        {"stage": "people", "seconds": 2.5},
        {"stage": "goods", "seconds": 3.0},
        {"stage": "", "seconds": 9.0},
    ]
    assert stage_seconds(events) == {"people": 1.5, "goods": 0.5}


def test_events_of_one_moment_are_one() -> None:
    """Goods and people are told together twice: people, told last, have the second between."""
    names = ["goods", "people", "goods", "people", "goods"]
    seconds = [1.0, 1.0, 2.0, 2.0, 2.5]
    events = [{"stage": name, "seconds": at} for name, at in zip(names, seconds, strict=True)]
    assert stage_seconds(events) == {"goods": 0.5, "people": 1.0}


def test_a_target_asks_for_no_more_than_yjopt_has() -> None:
    """1 % of the scale 1,000 is 10; where yjopt's bound is 300 away, the peer's may be so."""
    stages = [
        {"name": "unmet_people", "scale": 1000, "value": 500, "bound": 495},
        {"name": "time", "scale": 1000, "value": 500, "bound": 200},
        {"name": "money", "scale": 1000, "value": 500, "bound": None},
    ]
    people, time, money = targets_of(stages, 0.01, 0.1)
    assert (people.value_slack, people.bound_slack) == (10, 10)
    assert (time.value_slack, time.bound_slack) == (100, 300)
    assert people.is_reached(510, 500) and not people.is_reached(511, 505) and not people.is_reached(500, 489)
    assert (
        money.is_reached(600, -(10**15)) and not money.is_reached(None, 0) and not money.is_reached(500, None)
    )


def _ran(*events: dict[str, Any], **ended: Any) -> dict[str, Any]:
    return {"events": list(events), "is_killed": False, "status": 0} | ended


TARGETS = [Target(10, 1, 1), Target(20, 2, 2)]
NAMES = ["people", "goods"]


def test_the_judge_is_believed_not_the_peer() -> None:
    """A vector that the judge finds to be no plan counts for nothing, whatever the peer says of it."""
    ran = _ran(
        {"kind": "begins", "stage": 0, "seconds": 0.0, "value": 99, "bound": 0},
        {"kind": "bound", "stage": 0, "seconds": 1.0, "value": 99, "bound": 10},
        {"kind": "incumbent", "stage": 0, "seconds": 2.0, "value": 10, "bound": 10, "vector": "a"},
        {"kind": "incumbent", "stage": 0, "seconds": 3.0, "value": 11, "bound": 10, "vector": "b"},
        {"kind": "stage", "stage": 0, "seconds": 3.5, "value": 10, "bound": 10},
        {"kind": "begins", "stage": 1, "seconds": 3.5, "value": 20, "bound": 20},
        {"kind": "stage", "stage": 1, "seconds": 3.5, "value": 20, "bound": 20},
    )
    verdicts = {"a": {"is_plan": False, "values": [10, 20]}, "b": {"is_plan": True, "values": [11, 20]}}
    told = verdict(NAMES, TARGETS, ran, verdicts, limit=60.0, finds_plans=True)
    assert told["result"] == "reached"
    assert [stage["reached_seconds"] for stage in told["stages"]] == [3.0, 3.5]
    assert (told["seconds"], told["wrong_vectors"]) == (3.5, 1)


def test_a_stage_counts_only_with_all_before_it() -> None:
    """The second stage looks good because the first is not: none is reached, and the limit counts."""
    ran = _ran(
        {"kind": "begins", "stage": 0, "seconds": 0.0, "value": 99, "bound": 0},
        {"kind": "stage", "stage": 0, "seconds": 60.5, "value": 99, "bound": 0},
        {"kind": "begins", "stage": 1, "seconds": 60.5, "value": 20, "bound": 20},
    )
    told = verdict(NAMES, TARGETS, ran, {}, limit=60.0, finds_plans=True)
    assert (told["result"], told["seconds"], told["stages_reached"]) == ("stopped_by_limit", 60.0, 0)
    assert {event["stage"] for event in told["curve"]} == {"people"}


def test_what_comes_after_the_limit_is_too_late() -> None:
    """All there is, at 61 s of 60."""
    late = {"kind": "begins", "stage": 0, "seconds": 61.0, "value": 10, "bound": 10}
    told = verdict(NAMES[:1], TARGETS[:1], _ran(late), {}, limit=60.0, finds_plans=True)
    assert told["result"] == "stopped_by_limit"


def test_how_a_peer_can_end() -> None:
    """Killed: stopped by its limit; ended early without an error: not reached; with one: failed."""
    begun = {"kind": "begins", "stage": 0, "seconds": 1.0, "value": 99, "bound": 0}
    ends = [({"is_killed": True}, "stopped_by_limit"), ({}, "not_reached"), ({"status": 1}, "failed")]
    for ended, result in ends:
        ran = _ran(begun, **ended)
        assert verdict(NAMES, TARGETS, ran, {}, limit=60.0, finds_plans=True)["result"] == result


def test_a_relaxation_is_measured_by_its_bounds() -> None:
    """Without plans, a bound within the slack of yjopt's own value proves that value."""
    event = {"kind": "bound", "stage": 0, "seconds": 2.0, "value": 10, "bound": 9}
    told = verdict(NAMES[:1], TARGETS[:1], _ran(event), {}, limit=60.0, finds_plans=False)
    assert (told["result"], told["seconds"]) == ("reached", 2.0)


def test_what_cannot_both_be_right() -> None:
    """A bound above the other's value, a plan below the other's bound; a worse plan before excuses the latter."""
    own = [{"name": "people", "value": 10, "bound": 8}, {"name": "goods", "value": 20, "bound": 18}]

    def peer(*pairs: tuple[int, int]) -> list[dict[str, Any]]:
        return [{"value": value, "bound": bound} for value, bound in pairs]

    assert contradictions(own, peer((10, 9), (19, 18)), finds_plans=True) == []
    assert contradictions(own, peer((11, 11), (20, 0)), finds_plans=True) == [
        "people: bound 11 of the peer above the value 10"
    ]
    assert contradictions(own, peer((10, 9), (17, 0)), finds_plans=True) == [
        "goods: value 17 of the peer below the bound 18"
    ]
    assert contradictions(own, peer((11, 9), (17, 0)), finds_plans=True) == []
