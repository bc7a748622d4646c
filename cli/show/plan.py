"""How a drawn plan is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cases.language.messages import Sayable, _, listed
from cases.office.model import Office
from cli.console import Terminal
from cli.files.plan import plan_sheet
from evaluation.statistics.saying import band
from policies.spot_check.choices import CHOICES
from policies.spot_check.plan import Outlook, SpotCheckPlan
from policies.spot_check.planning import floor_cost
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
        how=listed(_counted(result.plan.drawn)),
    )
    terminal.show(drawn)
    _show_outlook(terminal, result.plan.outlook)
    terminal.show(*_price(result.plan))


def _row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """The cells of a line of `plan_sheet`."""
    risk = _(
        "{risk:.0%}: {band}", risk=line["risk"], band=band(line["risk_low"], line["risk_high"])
    )
    reasons = (line[f"reason_{number}"] for number in range(1, REASONS + 1))
    sentences = "\n".join(reason for reason in reasons if reason)
    return line["rank"], line["case_id"], risk, line["why"], sentences


def _counted(drawn: Mapping[str, int]) -> list[Sayable]:
    """How many cases were drawn, by how they were selected."""
    templates = {
        "mandatory": _("{count:,} mandatory"),
        "search": _("{count:,} by search"),
        "lottery": _("{count:,} by random draw"),
    }
    return [templates[how].filled(count=count) for how, count in drawn.items()]


def _show_outlook(terminal: Terminal, outlook: Iterable[Outlook]) -> None:
    heads = (
        _("What it buys"),
        _("defects expected"),
        _("defect rate known to"),
        _("upper end at most"),
    )
    rows = (
        (
            CHOICES[way.choice],
            _("{number:.1f}", number=way.expected_defects),
            _margin(way.margin),
            _upper(way.upper_margin),
        )
        for way in outlook
    )
    terminal.table(heads, rows)


def _margin(margin: float | None) -> Sayable:
    """Half the width of the interval of the rate."""
    if margin is None:
        return _("cannot be estimated")
    return _("± {points:.1f} percentage points", points=100 * margin)


def _upper(margin: float | None) -> Sayable:
    """How far the interval of the rate reaches above the estimate."""
    if margin is None:
        return _("cannot be estimated")
    return _("+ {points:.1f} percentage points", points=100 * margin)


def _price(plan: SpotCheckPlan) -> Iterator[Sayable]:
    """What the floor of the inclusion probability costs."""
    cost = floor_cost(plan)
    if cost:
        yield _(
            "No case has less than {floor:.0%} of the inclusion probability of an even draw. That "
            "costs {cost:.1f} of the defects expected and keeps the defect rate's interval true "
            "where the model is wrong about a group of cases.",
            floor=plan.parameters.floor,
            cost=cost,
        )
