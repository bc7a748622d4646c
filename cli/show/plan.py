"""How a drawn plan is shown on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.language.messages import _, listed
from cases.office.model import Office
from cli.console import Terminal
from evaluation.pages.plan.buys import HEADS, counted, price, rows
from evaluation.statistics.saying import band
from policies.spot_check.planning import floor_cost
from serving.kept.plan import plan_sheet
from serving.use_cases.spot_checks import PlannedSpotChecks

SHOWN_FIRST, REASONS = 10, 3  # cases, and reasons of each


def show_plan(terminal: Terminal, result: PlannedSpotChecks, office: Office) -> None:
    """The first cases, the notes, how many were drawn by what, and what the plan buys."""
    sheet = plan_sheet(result, office, terminal.language)
    heads = _("rank"), _("case"), _("risk"), _("why it is on the list"), _("reasons")
    first = sheet.sort("rank").head(SHOWN_FIRST).iter_rows(named=True)
    terminal.table(heads, map(_row, first), lines=True)
    terminal.show(*result.plan.notes)
    drawn = _(
        "{drawn:,} of {cases:,} cases drawn: {how}.",
        drawn=sheet.height,
        cases=result.plan.frame.height,
        how=listed(counted(result.plan.drawn)),
    )
    terminal.show(drawn)
    terminal.table(HEADS, rows(result.plan.outlook))
    terminal.show(*price(result.plan.parameters.floor, floor_cost(result.plan)))


def _row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """The cells of a line of `plan_sheet`."""
    risk = _(
        "{risk:.0%}: {band}", risk=line["risk"], band=band(line["risk_low"], line["risk_high"])
    )
    reasons = (line[f"reason_{number}"] for number in range(1, REASONS + 1))
    sentences = "\n".join(reason for reason in reasons if reason)
    return line["rank"], line["case_id"], risk, line["why"], sentences
