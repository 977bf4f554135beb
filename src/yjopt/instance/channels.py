"""Needs filed on both channels count once (docs/concepts/command.md, section 10)."""

from __future__ import annotations

from types import MappingProxyType

from yjopt.scenario import Scenario

KEY = ["place", "item", "period", "weight"]


def counted_once(scenario: Scenario) -> Scenario:
    """The scenario with one row for each need: the command row, with the larger quantity of the two.

    Parameters
    ----------
    scenario : Scenario
        Checked; it is not changed.
    """
    needs = scenario.tables["needs"]
    if not (needs["channel"] == "functional").any():
        return scenario
    largest = needs.groupby(KEY, sort=False)["quantity"].transform("max").astype(needs["quantity"].dtype)
    # The command row comes first, wherever the two stand in the table.
    by_channel = needs.assign(quantity=largest).sort_values("channel", kind="stable")
    once = by_channel[~by_channel.duplicated(KEY)].sort_index().reset_index(drop=True)
    return Scenario(
        MappingProxyType({**scenario.tables, "needs": once}), scenario.settings, scenario.findings
    )
