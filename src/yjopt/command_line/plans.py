"""The commands that make and audit plans."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yjopt.command_line.findings import counted
from yjopt.command_line.progress import Interrupts, ProgressLine
from yjopt.command_line.report import audit_report, solve_report
from yjopt.command_line.screen import say, say_json, wrapped
from yjopt.errors import FileError, PlanError
from yjopt.files.publish import PLAN_MARKER, refuse_foreign
from yjopt.schema import OUTPUT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from yjopt.auditing import Audit
    from yjopt.engines.events import Event
    from yjopt.plan import Plan
    from yjopt.scenario import Scenario

#: Violations that are printed; the others are counted.
MOST_VIOLATIONS = 20


def solve(options: argparse.Namespace) -> int:
    """Make, audit and write a plan; 1 if there is none."""
    output = Path(options.output)
    may_become_plan(output)
    # Nobody waits for a line that tells of the first moment; but loading takes one, and Ctrl-C comes any time.
    with ExitStack() as stack:
        interrupts = stack.enter_context(Interrupts())
        line = _progress(stack, options)
        plan = _solved(options, interrupts, line)
        if line:
            line.phase("writing")
        if plan.tables:
            plan.write(output)
    if options.json:
        say_json(solve_report(plan))
    elif not options.quiet or not plan.tables:
        say(wrapped(_told(plan, output)))
    return 0 if plan.tables else 1


def read_scenario(options: argparse.Namespace) -> Scenario:
    """Read a scenario, with the rule of command and the time of decisions that the words ask for."""
    from yjopt import api

    scenario = api.read(options.scenario)
    told = {name: getattr(options, name) for name in ("rule", "delays")}
    changed = {name: word for name, word in told.items() if word and word != scenario.settings[name]}
    return scenario.replace(changed) if changed else scenario


def _progress(stack: ExitStack, options: argparse.Namespace) -> ProgressLine | None:
    if options.quiet or not sys.stderr.isatty():
        return None
    return stack.enter_context(ProgressLine(sys.stderr, options.time_limit))


def _solved(options: argparse.Namespace, interrupts: Interrupts, line: ProgressLine | None) -> Plan:
    from dataclasses import replace

    from yjopt import api

    if line:
        line.phase("reading")
    began = time.perf_counter()
    scenario = read_scenario(options)
    seconds = time.perf_counter() - began

    def hear(event: Event) -> None:
        interrupts.hear(event)
        if line:
            line.hear(event)

    if line:
        line.begin("building the model")
    plan = api.solve(
        scenario,
        gap=options.gap,
        gap_scale=options.gap_scale,
        later_gap_scale=options.later_gap_scale,
        time_limit=options.time_limit,
        engine=options.engine,
        objective=options.objective,
        threads=options.threads,
        seed=options.seed,
        on_event=hear,
    )
    return replace(plan, seconds={"read": round(seconds, 6), **plan.seconds})


def _told(plan: Plan, output: Path) -> Iterator[str]:
    """Yield what is said of a solve: the summary, the audit, where the plan is."""
    yield from plan.summary().splitlines()
    yield ""
    if not plan.tables:
        before = " The plan there is from before." if (output / PLAN_MARKER).exists() else ""
        yield f"Nothing was written to {output}.{before}"
        return
    if plan.audited is not None:
        yield str(plan.audited)
    warnings = len(plan.scenario.findings)
    if warnings:
        yield f"The scenario has {counted(warnings, 'warning')}; 'yjopt check' tells them."
    if plan.stopped_by == "interrupt":
        yield "The search was interrupted; this is the best plan it had."
    yield f"The plan is in {output}."


def may_become_plan(path: Path) -> None:
    """Raise now, before anybody waits for a plan, if it could not be written there.

    Raises
    ------
    FileError
        If the folder is not ours, or nothing can be made there.
    """
    path = Path(os.path.realpath(path))
    refuse_foreign(path, PLAN_MARKER, [f"{name}.csv" for name in OUTPUT])
    parent = path.parent
    while not os.path.lexists(parent):
        parent = parent.parent
    if not parent.is_dir():
        raise FileError(f"{parent} is a file, so there can be no folder {path}; choose another.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise FileError(f"{path} cannot be written: {parent} allows no changes; choose another folder.")


def audit(options: argparse.Namespace) -> int:
    """Check a written plan against its scenario; 1 if it breaks a rule or claims what is not so."""
    from yjopt.auditing import audit as audit_tables

    scenario = read_scenario(options)
    frames, header, altered = _read_plan(options.plan, scenario)
    audited = audit_tables(scenario, frames)
    wrong = wrong_claims(header, audited)
    if options.json:
        say_json(audit_report(audited, wrong, altered))
    else:
        say(wrapped(_audit_told(audited, wrong, altered)))
    return 0 if audited.ok and not wrong else 1


def _read_plan(path: str, scenario: Scenario) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return tables, header, and a sentence on what is not as yjopt wrote it.

    A plan that was changed by hand is what an audit is for, so it is read nevertheless.
    """
    from yjopt.files import read_plan_folder

    altered = ""
    try:
        frames, header = read_plan_folder(path)
    except FileError as error:
        frames, header = read_plan_folder(path, verify=False)
        altered = str(error).partition(";")[0] + "."
    made_for = header.get("scenario", scenario.digest)
    if made_for != scenario.digest:
        raise PlanError(
            f"The plan in {path} was made for another scenario, or the tables have changed since; solve again."
        )
    return frames, header, altered


def wrong_claims(header: dict[str, Any], audited: Audit) -> list[str]:
    """Return a sentence for each stage value in ``plan.json`` that the tables do not come to."""
    claims = header.get("stages", [])
    if not isinstance(claims, list):
        return [f"{PLAN_MARKER} has no list of stages."]
    wrong = []
    for claim in claims:
        match claim:
            case {"name": str(name), "value": int(value), "unit": int(unit)} if unit > 0:
                real = audited.stages.get(name, 0)
                if real != value:
                    wrong.append(
                        f"{PLAN_MARKER} claims {value / unit:,.6g} in the stage {name}; "
                        f"the tables come to {real / unit:,.6g}."
                    )
            case _:
                wrong.append(f"{PLAN_MARKER} has a stage that is none: {str(claim)[:60]}.")
    return wrong


def _audit_told(audited: Audit, wrong: list[str], altered: str) -> Iterator[str]:
    if altered:
        yield f"Note: {altered}"
    for rule, rows in audited.violations.groupby("rule", sort=False):
        yield f"{rule}: {counted(len(rows), 'violation')}"
        for message in rows["message"].head(max(MOST_VIOLATIONS // audited.violations["rule"].nunique(), 2)):
            yield f"  {message}"
    if wrong:
        yield "claims"
        yield from (f"  {sentence}" for sentence in wrong)
    if not audited.ok:
        yield ""
    yield str(audited)
