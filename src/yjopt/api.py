"""The four verbs: read, check, solve, audit. Wiring and nothing clever."""

from __future__ import annotations

import math
import time
from dataclasses import fields, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pandas as pd

from yjopt.api_clock import Clock
from yjopt.areas import Tree
from yjopt.auditing import audit as audit_tables
from yjopt.checks import check as check_tables
from yjopt.engines.lexicographic import solve as solve_stages
from yjopt.engines.outcome import Outcome, StageOutcome, Status, StoppedBy
from yjopt.engines.params import Guide, Later, Params
from yjopt.errors import AuditError, EngineError, Finding
from yjopt.files import read_tables
from yjopt.instance import index
from yjopt.model.assembly import assemble
from yjopt.model.districts import districts
from yjopt.model.manual import manual
from yjopt.model.manual.guided import guided, guiding_weights, to_be_whole
from yjopt.model.manual.relaying import Polish
from yjopt.model.manual.resending import needed, resent, sent_and_ordered, to_be_resent, trips_and_orders
from yjopt.model.names import STAGE_HARD
from yjopt.model.nothing import nothing
from yjopt.model.tightening import tighten
from yjopt.plan import FIRST_STAGES, Plan, StageResult, decode
from yjopt.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from yjopt.auditing import Audit
    from yjopt.engines.events import Event
    from yjopt.engines.knowledge import Knowledge
    from yjopt.instance import Instance, Labels
    from yjopt.instance.joining import IntArray
    from yjopt.model.assembly import Model
    from yjopt.model.mip import Stage

MANUAL = "manual"

#: Quanta of the weighted sum in one natural unit: weights are millionths, stages are brought to millionths.
WEIGHTED_UNIT = 10**12

#: Told when the baseline of all figures is not what it is with time enough.
_CUT_SHORT = (
    "The time limit ended before the plan by hand was laid: its figures are those of what was laid by then."
)

#: A solve whose time went into assembling still gets this long.
LEAST_SECONDS = 0.05

#: Reading a plan off and auditing it take about this share of the time of the plan by hand: 0.3 s of 0.6 at 850 towns,
#: 18 s of 45 at 40,000. So much is kept back for them, up to a part of the limit.
READ_OFF, MOST_RESERVED = 0.4, 0.1


class Beginning(NamedTuple):
    """What a solve begins with.

    Attributes
    ----------
    x : int64 array, shape (columns,)
        Keeps every row, and is the plan by hand itself or no worse in the order of stages.
    knowledge : Knowledge or None
        What was learned of a model like this one, in its rows and columns.
    targets : mapping of str to int
        Per stage, the value in quanta that need not become better.
    """

    x: IntArray
    knowledge: Knowledge | None = None
    targets: Mapping[str, int] = MappingProxyType({})


class Replanning(Protocol):
    """What a planner that goes on from an earlier plan brings to a solve."""

    def start(self, instance: Instance, model: Model, by_hand: IntArray) -> Beginning:
        """What to begin with."""

    def finish(self, instance: Instance, model: Model, outcome: Outcome) -> Outcome:
        """The outcome that is read off as the plan."""


def read(path: str | Path) -> Scenario:
    """Read a scenario: a folder of CSV files, or a ``.json``, ``.zip`` or ``.xlsx`` file.

    Parameters
    ----------
    path : path
        The folder or file.

    Raises
    ------
    FileError
        If there is no such file, or it is no scenario at all.
    ScenarioError
        If the tables are no scenario; the exception carries every finding.
    """
    return Scenario.read(path)


def check(path: str | Path) -> pd.DataFrame:
    """Everything that is wrong with a scenario, each at its place with the mend. Never raises on bad data.

    Parameters
    ----------
    path : path
        The folder or file.

    Returns
    -------
    DataFrame
        One row a finding: rule, severity, table, file, line, column, value, message, mend. Empty when all is well.

    Raises
    ------
    FileError
        If there is no such file or folder.
    """
    names = [field.name for field in fields(Finding)]
    order = ["rule", "severity", "table", "file", "line", "column", "value", "message", "mend"]
    rows = [[getattr(finding, name) for name in names] for finding in check_tables(read_tables(path))]
    return pd.DataFrame(rows, columns=names)[order]


def audit(scenario: Scenario, plan: Plan | str | Path) -> Audit:
    """Check a plan, from its tables and the scenario's alone.

    Parameters
    ----------
    scenario : Scenario
        What the plan was made for.
    plan : Plan or path
        The plan, or the folder it was written to.

    Raises
    ------
    FileError
        If the folder holds no plan.
    PlanError
        If there is no plan in it, or it was made for another scenario.
    """
    return (plan if isinstance(plan, Plan) else Plan.read(plan, scenario)).audit()


def solve(
    scenario: Scenario,
    *,
    gap: float = 1e-3,
    gap_scale: float = 0.0,
    later_gap_scale: float | None = None,
    time_limit: float = 60.0,
    engine: str = "auto",
    objective: str = "",
    threads: int = 1,
    seed: int = 0,
    on_event: Callable[[Event], None] | None = None,
    replanning: Replanning | None = None,
) -> Plan:
    """Make the best plan that can be found and proven in the time given.

    Parameters
    ----------
    scenario : Scenario
        What to plan for.
    gap : float
        Relative gap per stage at which the search may stop.
    gap_scale : float
        Gap against the scale of a stage (people and goods: what doing nothing would cost; later stages: the plan by
        hand) at which it may stop, too; 0 for the relative gap alone. Of stages in order only.
    later_gap_scale : float, optional
        The same for the stages after people and goods; default: `gap_scale`.
    time_limit : float
        Seconds from indexing to the audited plan, all stages together. Reading the plan off and auditing it are not cut
        short: about as much as they take is kept back from the search.
    engine : str
        ``auto`` (by structure and size), ``lagrange`` (relaxation and regions), ``highs`` (the embedded solver on the
        whole), ``manual`` (the rule of a command centre without a solver) or ``pulp:NAME``.
    objective : {"", "stages", "weighted"}
        Stages in order, or their weighted sum; default: what the scenario's settings say.
    threads, seed : int
        Of the solver.
    on_event : callable, optional
        Called with every `Event`: plans and bounds as they are found.
    replanning : Replanning, optional
        What `yjopt.Planner` brings along: a plan to start from, where that is better than the plan by hand.

    Returns
    -------
    Plan
        Audited. On Ctrl-C and at the time limit the best one so far, never worse than the manual plan.

    Raises
    ------
    EngineError
        If the engine is unknown or missing; an `AuditError` if its plan does not pass the audit.
    """
    started = time.monotonic()
    clock = Clock()
    wanted = objective or scenario.settings.objective
    if wanted not in ("stages", "weighted"):
        raise EngineError(f"The objective is stages or weighted, not {wanted!r}.")
    later_gap_scale = gap_scale if later_gap_scale is None else later_gap_scale
    for share in (gap_scale, later_gap_scale):
        if not 0 <= share < 1:
            raise EngineError(f"A gap against the scale is a number from 0 to below 1, not {share}.")
    params = Params(
        gap=gap,
        time_limit=time_limit,
        engine="auto" if engine == MANUAL else engine,
        threads=threads,
        seed=seed,
        on_event=on_event,
    )
    with clock.phase("index"):
        instance = index(scenario)
    clock.take_out("index", "reach", instance.reach_seconds)
    with clock.phase("assemble"):
        model = assemble(instance)
    deadline = math.inf if engine == MANUAL else started + time_limit
    with clock.phase("manual"):
        by_hand = manual(instance, model, deadline)
    is_cut_short = time.monotonic() > deadline
    begin = Beginning(by_hand)
    if replanning is not None:
        # Even where the plan by hand was cut short: the last plan may be far better.
        with clock.phase("carry"):
            begin = replanning.start(instance, model, by_hand)
    with clock.phase("solve"):
        if engine == MANUAL:
            outcome = _by_hand(model, begin.x, StoppedBy.DONE)
        elif is_cut_short:
            outcome = _by_hand(model, begin.x, StoppedBy.TIME)
        else:
            # Laying anew takes as long as the rule by hand, and so does refilling at most, twice.
            params = replace(
                params,
                polish=Polish(instance, model),
                polish_seconds=3 * clock.seconds["manual"],
                # A plan to go on from is bettered, not replaced by another one altogether.
                guide=_guide(instance, model) if begin.x is by_hand else None,
                districts=lambda most: districts(instance, model, Tree(scenario.tables["areas"]), most),
                knowledge=begin.knowledge,
            )
            weights = _weights(scenario, model)
            if wanted == "weighted":
                worth = partial(_weighted, model, weights)
                params = replace(params, polish=Polish(instance, model, worth), guide=None)
            else:
                enough = _enough(instance, model, by_hand, gap_scale, later_gap_scale)
                params = replace(params, enough=enough, targets=begin.targets)
            reserve = min(READ_OFF * clock.seconds["manual"], MOST_RESERVED * time_limit)
            left = started + time_limit - reserve - time.monotonic()  # at 40,000 towns all this took seconds
            params = replace(params, time_limit=max(left, LEAST_SECONDS))
            if wanted == "weighted":
                outcome = _solve_weighted(model, params, weights, begin.x)
            else:
                outcome = solve_stages(model.mip, params, begin.x)
        outcome = _tight(model, outcome)
        if replanning is not None:
            outcome = replanning.finish(instance, model, outcome)
    if is_cut_short:
        outcome = replace(outcome, detail=f"{_CUT_SHORT} {outcome.detail}".rstrip())
    return _plan(scenario, instance, model, by_hand, outcome, clock, engine)


def _guide(instance: Instance, model: Model) -> Guide:
    """How the engines make plans of relaxations: people and all else, then goods with people as they are."""
    columns = to_be_resent(model), trips_and_orders(model), sent_and_ordered(model)
    later = Later(*columns, *(partial(work, instance, model) for work in (needed, resent)))
    signs = np.sort(np.concatenate(model.strict.signs))
    lay = partial(guided, instance, model)
    return Guide(guiding_weights(model.mip), lay, to_be_whole(model), later, signs)


def _enough(
    instance: Instance, model: Model, by_hand: IntArray, first: float, later: float
) -> dict[str, int]:
    """Per stage, how far in quanta from its bound a value may be for the search to stop; up to goods, and later."""
    if not (first or later):
        return {}
    nothing_done = nothing(instance, model)
    shares = {stage.name: first if stage.name in FIRST_STAGES else later for stage in model.mip.stages}
    return {
        stage.name: int(shares[stage.name] * abs(_scale(stage, by_hand, nothing_done)))
        for stage in model.mip.stages
        if stage.name != STAGE_HARD and shares[stage.name]
    }


def _scale(stage: Stage, by_hand: IntArray, nothing_done: IntArray) -> int:
    """What a gap of a stage is measured against, in quanta."""
    value: int = stage.value(nothing_done if stage.name in FIRST_STAGES else by_hand)
    return value


def _weights(scenario: Scenario, model: Model) -> dict[str, int]:
    """Weights of the stages per quantum, as whole numbers on one scale."""
    millionths = scenario.settings.weight_millionths
    return {
        stage.name: millionths(stage.name.partition(":")[0]) * (1_000_000 // stage.unit)
        for stage in model.mip.stages
        if stage.name != STAGE_HARD
    }


def _weighted(model: Model, weights: dict[str, int], x: IntArray) -> int:
    """The weighted sum of a plan's stages, exact."""
    return sum(weights.get(stage.name, 0) * stage.value(x) for stage in model.mip.stages)


def _solve_weighted(model: Model, params: Params, weights: dict[str, int], start: IntArray) -> Outcome:
    """Minimise the weighted sum; the engine gets the weights without their common factor, to stay exact."""
    common = math.gcd(*weights.values()) or 1
    reduced = {name: weight // common for name, weight in weights.items()}
    outcome = solve_stages(model.mip, replace(params, weights=reduced), start)
    total = outcome.objective
    if total is None:
        return outcome
    bound = None if total.bound is None else total.bound * common
    return replace(outcome, objective=replace(total, value=total.value * common, bound=bound))


def _by_hand(model: Model, x: IntArray, stopped_by: StoppedBy) -> Outcome:
    """The manual plan as an answer: nothing is proven of it."""
    stages = tuple(StageOutcome(s.name, s.value(x), None, "none", 0.0, s.unit) for s in model.mip.stages)
    broken = any(stage.name == STAGE_HARD and stage.value for stage in stages)
    status = Status.NO_PLAN if broken else Status.FEASIBLE
    return Outcome(status=status, stopped_by=stopped_by, x=x, stages=stages, trace=(), seconds=0.0)


def _plan(
    scenario: Scenario,
    instance: Instance,
    model: Model,
    by_hand: IntArray,
    outcome: Outcome,
    clock: Clock,
    engine: str,
) -> Plan:
    """Read the plan off the answer, and have it audited."""
    # An interrupted search may hold no better vector than one that breaks hard rules: that is no plan.
    is_broken = any(stage.name == STAGE_HARD and stage.value for stage in outcome.stages)
    has_plan = (
        outcome.x is not None and not is_broken and outcome.status not in (Status.NO_PLAN, Status.IMPOSSIBLE)
    )
    with clock.phase("plan"):
        tables = decode(instance, model, outcome.x) if has_plan and outcome.x is not None else {}
        nothing_done = nothing(instance, model)
        results = tuple(_result(model, stage, by_hand, nothing_done) for stage in outcome.stages)
    with clock.phase("audit"):
        audited = audit_tables(scenario.canonical, tables) if tables else None
    plan = Plan(
        scenario=scenario,
        status=str(outcome.status),
        stopped_by=str(outcome.stopped_by),
        stage_results=results,
        tables=MappingProxyType(tables),
        engine=engine,
        method=outcome.method,
        seconds=clock.seconds,
        size=_size(model),
        notes=_notes(scenario, instance, model, outcome),
        objective=_objective(outcome, _weights(scenario, model), model, by_hand, nothing_done),
        trace=outcome.trace,
        audited=audited,
    )
    if audited is not None:
        _must_agree(plan, audited)
    return plan


def _tight(model: Model, outcome: Outcome) -> Outcome:
    """The same plan without what it pays or leaves for nothing, where the search had no time to see to it."""
    if outcome.x is None:
        return outcome
    x = tighten(model, outcome.x)
    value = {stage.name: stage.value(x) for stage in model.mip.stages}
    stages = tuple(replace(stage, value=value[stage.name]) for stage in outcome.stages)
    return replace(outcome, x=x, stages=stages)


def _result(model: Model, stage: StageOutcome, by_hand: IntArray, nothing_done: IntArray) -> StageResult:
    of_model = next(s for s in model.mip.stages if s.name == stage.name)
    manual_value = of_model.value(by_hand)
    return StageResult(
        name=stage.name,
        unit=stage.unit,
        value=stage.value,
        bound=stage.bound,
        scale=_scale(of_model, by_hand, nothing_done),
        manual=manual_value,
        bound_proof=stage.bound_proof,
    )


def _objective(
    outcome: Outcome, weights: dict[str, int], model: Model, by_hand: IntArray, nothing_done: IntArray
) -> StageResult | None:
    """The weighted sum, measured against doing nothing."""
    total = outcome.objective
    if total is None:
        return None

    return StageResult(
        name=total.name,
        unit=WEIGHTED_UNIT,
        value=total.value if outcome.x is None else _weighted(model, weights, outcome.x),
        bound=total.bound,
        scale=_weighted(model, weights, nothing_done),
        manual=_weighted(model, weights, by_hand),
        bound_proof=total.bound_proof,
    )


def _size(model: Model) -> dict[str, int]:
    mip = model.mip
    return {
        "rows": mip.num_rows,
        "columns": mip.num_columns,
        "integers": int(mip.integer.sum()),
        "nonzeros": int(mip.matrix.nnz),
    }


def _notes(scenario: Scenario, instance: Instance, model: Model, outcome: Outcome) -> tuple[str, ...]:
    notes = [
        f"{count:,} pairs of {kind} beyond the nearest {scenario.settings.nearest(kind)} were left out;"
        " bounds hold without them."
        for kind, count in instance.left_out.items()
    ]
    if scenario.settings.ignore_delays:
        notes.append("Delays and set-up times are waived (ignore_delays).")
    if outcome.detail:
        notes.append(outcome.detail)
    if outcome.x is not None:
        notes += _broken_hard_rules(instance, model, outcome.x)
    return tuple(notes)


def _broken_hard_rules(instance: Instance, model: Model, x: IntArray) -> Iterator[str]:
    """Which hard rule cannot hold where, in words."""
    minimums, rules = instance.minimums, model.rules
    labels = instance.labels
    short = np.flatnonzero(minimums.hard[rules.short_rule] & (x[rules.short] > 0))
    for rule in np.unique(rules.short_rule[short]):
        area, category = minimums.area[rule], labels.categories[minimums.category[rule]]
        where = _area(labels, area)
        yield (
            f"The hard rule isolation_minimum cannot hold in {where}: fewer than {minimums.amount[rule]} site(s)"
            f" for {category} can be held."
        )
    quotas, ceilings = instance.mobile_quotas, instance.ceilings
    few = np.flatnonzero(quotas.hard[rules.few_rule] & (x[rules.few] > 0))
    for rule in np.unique(rules.few_rule[few]):
        yield (
            f"The hard rule mobile_quota cannot hold in {_area(labels, quotas.area[rule])}: fewer than"
            f" {quotas.amount[rule]} team(s) with {labels.skills[quotas.skill[rule]]} are there to be kept back."
        )
    for rule in np.flatnonzero(ceilings.hard & (x[rules.beyond] > 0)):
        what = "goods" if ceilings.is_goods[rule] else "people"
        yield (
            f"The hard rule unmet_ceiling cannot hold in {_area(labels, ceilings.area[rule])}: more than"
            f" {ceilings.amount[rule] / 100:g} of {what} stays unmet."
        )


def _area(labels: Labels, area: int) -> str:
    return f"{labels.areas[area]} {labels.area_names[area]}".strip()


def _must_agree(plan: Plan, audited: Audit) -> None:
    """The audit must find nothing, and the very same stage values.

    Raises
    ------
    AuditError
        If it does not: such a plan is never handed out.
    """
    if not audited.ok:
        first = audited.violations.iloc[0]["message"]
        raise AuditError(
            f"The plan does not pass its audit ({len(audited.violations):,} violations): {first}"
        )
    for name, value in plan.stage_values.items():
        if audited.stages.get(name, 0) != value:
            raise AuditError(
                f"The audit finds {audited.stages.get(name, 0)} quanta in the stage {name}, the engine {value}."
            )
